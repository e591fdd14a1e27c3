"""What all RabbitMQ designs share, first half: the hooks of a design, set-up and publishing.

A design says where messages go, what a group reads and what rejecting means; each variant
overrides one of these hooks.
"""

from __future__ import annotations

from typing import Any, Literal

from advisor.checks.selection import wants
from advisor.checks.session import Group, Message, Plan
from advisor.domain.outcome import Done, Outcome, Refused, Trouble
from advisor.subjects.rabbitmq import wire
from advisor.subjects.rabbitmq.calls import Calls
from advisor.subjects.rabbitmq.protocol import (
    BasicPublish,
    ChannelOpen,
    ConfirmSelect,
    ConnectionOpen,
    Delivered,
    RabbitMQClient,
    Setting,
)
from advisor.subjects.rabbitmq.reader import Handle, Reader

CONFIRM_MS = 5000
FILTER = "filter in the client"

_DONE: Done[None] = Done(None)


class Publishing:
    """One installation on one client; ``prefix`` begins every queue and exchange name.

    ``parts`` and ``native_calls`` are those of :class:`~advisor.checks.session.Session`.
    """

    option = ""
    ADMIN = "admin"
    PUBLISHER = "publisher"

    def __init__(self, option: str, client: RabbitMQClient, prefix: str) -> None:
        self.option = option
        self.client = client
        self.prefix = prefix
        self.call = Calls(client)
        self.plan = Plan(groups=())
        self.groups: dict[str, Group] = {}
        self.readers: dict[str, Reader] = {}
        self.database: dict[str, str] = {}
        self.queues: list[str] = []
        self.exchanges: list[str] = []
        self._parts: dict[str, None] = {}
        self._opened = 0
        self._requesters: dict[str, str] = {}
        self._published: list[Message] = []
        self._held_max = self._fetched = self._thrown_away = 0

    # hooks of the designs

    def declare(self) -> Outcome[Any]:
        """What all groups share, before any of them."""
        raise NotImplementedError

    def declare_group(self, group: Group) -> Outcome[Any]:
        """What one group reads."""
        raise NotImplementedError

    def queues_of(self, group: Group) -> list[str]:
        """The queues or streams that hold a group's messages."""
        raise NotImplementedError

    def consume(self, reader: Reader, start: Literal["new", "first"]) -> Outcome[Any]:
        """Begin to read; called again after a lost connection."""
        raise NotImplementedError

    def destination(self, message: Message) -> tuple[str, str]:
        """The exchange and routing key to publish to."""
        raise NotImplementedError

    def filters(self, group: Group) -> bool:
        """Whether the reader's own code must select, because the broker does not."""
        raise NotImplementedError

    def fail(self, handle: Handle) -> Outcome[Any]:
        """What a rejection is, once the delivery is out of the reader's hands."""
        raise NotImplementedError

    def published_as(self, message: Message) -> Message:
        """The message as the publisher really sends it."""
        return message

    def accepts(self, reader: Reader, delivered: Delivered) -> bool:
        """Whether the reader's own code lets it through; False settles and throws away."""
        if not self.filters(reader.group):
            return True
        self.uses(FILTER)
        return wants(reader.group.selector, wire.decode(delivered))

    def settled(self, handle: Handle) -> None:
        """The work on a delivery is done."""

    def dropped(self, reader: Reader) -> None:
        """A reader is gone with what it held."""

    # what is observed

    @property
    def now_ms(self) -> int:
        return self.client.now_ms

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def native_calls(self) -> tuple[str, ...]:
        return self.call.lines()

    def uses(self, part: str) -> None:
        """The team's own code worked."""
        self._parts[part] = None

    # steps

    def set_up(self, plan: Plan) -> Outcome[None]:
        self.plan = plan
        outcome: Outcome[Any] = _DONE
        if plan.nodes > 1:
            self.call.rig("form-cluster", plan.nodes)
            outcome = self.client.form_cluster(plan.nodes)
        if isinstance(outcome, Done):
            outcome = self._open(self.ADMIN)
        if isinstance(outcome, Done):
            outcome = self.declare()
        for group in plan.groups:
            if isinstance(outcome, Done):
                outcome = self.add_group(group)
        return outcome if not isinstance(outcome, Done) else _DONE

    def add_group(self, group: Group) -> Outcome[Any]:
        """Declare what a group reads, once."""
        outcome = self.declare_group(group)
        if isinstance(outcome, Done):
            self.groups[group.name] = group
        return outcome

    def _open(self, name: str) -> Outcome[Any]:
        """A connection and its channel under one name."""
        return self.call.all(ConnectionOpen(name), ChannelOpen(name, name))

    def publish(self, message: Message) -> Outcome[None]:
        return self._send(message, self.PUBLISHER)

    def _send(self, message: Message, channel: str, **properties: Any) -> Outcome[None]:
        trouble = self._ready_to_publish(channel)
        if trouble is not None:
            return trouble
        sent = self.published_as(message)
        exchange, routing_key = self.destination(sent)
        outcome = self.call(
            BasicPublish(
                channel,
                exchange,
                routing_key,
                wire.body_of(sent),
                wire.encode(
                    sent,
                    persistent=self.plan.durability != "memory",
                    priority=0 if self.plan.priorities else None,
                    **properties,
                ),
                True,
            )
        )
        if isinstance(outcome, Done):
            outcome = self.client.wait_for_confirm(channel, within_ms=CONFIRM_MS)
        if not isinstance(outcome, Done):
            return outcome
        if outcome.value is False and self.wanted_by(message):
            return Refused("312", "NO_ROUTE")
        self._published.append(message)
        return _DONE

    def _ready_to_publish(self, channel: str) -> Trouble | None:
        """Connect, or connect again after the connection was lost."""
        if self.client.is_open(channel):
            return None
        outcome = self._open(channel)
        if isinstance(outcome, Done):
            outcome = self.call(ConfirmSelect(channel))
        return None if isinstance(outcome, Done) else outcome

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        """A line of the brokers' configuration."""
        self.call.rig("configure", setting, value)
        return self.client.configure(setting, value)

    def wanted_by(self, message: Message) -> list[Group]:
        return [group for group in self.groups.values() if wants(group.selector, message)]
