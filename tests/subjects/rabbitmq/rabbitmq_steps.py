"""Short words for the steps of a RabbitMQ session, all of them expected to be done."""

from __future__ import annotations

from typing import Any, Literal

from advisor.checks.session import Delivery, Group, Message, Plan, Session
from advisor.domain.outcome import Done, Outcome
from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import open_session
from advisor.subjects.rabbitmq.client_on_model import ModelClient

CLASSIC = "rabbitmq.classic-queue"
QUORUM = "rabbitmq.quorum-queue"
STREAM = "rabbitmq.stream"
QUEUES = (CLASSIC, QUORUM)
ALL = (CLASSIC, QUORUM, STREAM)


def done(outcome: Outcome[Any]) -> Any:
    """The value of what was done; anything else fails the test with what it was."""
    assert isinstance(outcome, Done), outcome
    return outcome.value


class Steps:
    """A session that is set up, on a model of its own."""

    def __init__(
        self,
        option: str,
        variant: str | None = None,
        version: str = "4.3",
        *,
        groups: tuple[Group, ...] = (Group("g"),),
        **plan: Any,
    ) -> None:
        self.client = ModelClient(BrokerVersion.parse(version))
        self.session: Session = open_session(option, variant, self.client)
        done(self.session.set_up(Plan(groups=groups, **plan)))

    def publish(self, *labels: str, **message: Any) -> None:
        for label in labels:
            done(self.session.publish(Message(label, **message)))

    def join(
        self, *readers: str, group: str = "g", start: Literal["new", "first"] = "first"
    ) -> None:
        for reader in readers:
            done(self.session.join(reader, group, start=start))

    def take(self, reader: str = "r", within_ms: int = 0) -> Delivery | None:
        found = done(self.session.receive(reader, within_ms=within_ms))
        assert found is None or isinstance(found, Delivery)
        return found

    def must_take(self, reader: str = "r", within_ms: int = 0) -> Delivery:
        found = self.take(reader, within_ms)
        assert found is not None
        return found

    def drain(self, reader: str = "r", within_ms: int = 0) -> list[str]:
        """Labels received and settled until there is none in that time."""
        labels = []
        while (delivery := self.take(reader, within_ms)) is not None:
            labels.append(delivery.label)
            done(self.session.settle(delivery))
        return labels
