"""Classic and quorum queues: one queue for each group, bound by what the group selects."""

from __future__ import annotations

from typing import Any, Literal

from advisor.checks.session import Group, Message
from advisor.domain.outcome import Done, Outcome
from advisor.subjects.rabbitmq import wire
from advisor.subjects.rabbitmq.base import RabbitMQSession
from advisor.subjects.rabbitmq.protocol import (
    BasicCancel,
    BasicGet,
    BasicReject,
    Delivered,
    ExchangeBind,
    ExchangeDeclare,
    Operation,
    QueueBind,
    QueueDeclare,
)
from advisor.subjects.rabbitmq.reader import Handle, Reader

PRIORITIES = 10
"""The broker's documentation advises against more priorities than this."""


class EntrySession(RabbitMQSession):
    """Publishers know one exchange; what a group wants is a binding.

    Its type is the simplest that the planned selectors need: fanout, direct, topic or headers.
    Where some select by headers and others by key, a headers exchange is bound behind it.
    """

    def __init__(self, option: str, client: Any, prefix: str) -> None:
        super().__init__(option, client, prefix)
        self.entry = f"{prefix}.messages"
        self.by_headers = f"{prefix}.by-headers"
        self.entry_type = "fanout"
        self._aside: list[str] = []

    @property
    def kind(self) -> str:
        """``classic``, ``quorum`` or ``stream``."""
        return {"rabbitmq.classic-queue": "classic", "rabbitmq.quorum-queue": "quorum"}.get(
            self.option, "stream"
        )

    def declare(self) -> Outcome[Any]:
        return self.declare_entry()

    def declare_entry(self) -> Outcome[Any]:
        """The exchange that publishers know, and a headers exchange behind it if needed."""
        asked = self.broker_selects_by()
        if asked == {"headers"}:
            self.entry_type = "headers"
            self.by_headers = self.entry
        elif asked:
            self.entry_type = "direct" if asked == {"key"} and self._all_by_key() else "topic"
        outcome = self.make_exchange(self.entry, self.entry_type)
        if isinstance(outcome, Done) and "headers" in asked and self.by_headers != self.entry:
            outcome = self.make_exchange(self.by_headers, "headers")
            if isinstance(outcome, Done):
                outcome = self.call(ExchangeBind(self.ADMIN, self.by_headers, self.entry, "#"))
        return outcome

    def broker_selects_by(self) -> set[str]:
        """Which kinds of selectors bindings must serve."""
        asked: set[str] = {group.selector.by for group in self.plan.groups}
        return asked - {"none", "content"}

    def _all_by_key(self) -> bool:
        return all(group.selector.by == "key" for group in self.plan.groups)

    def make_exchange(self, name: str, kind: str, **arguments: Any) -> Outcome[Any]:
        """Declare an exchange that :meth:`close` removes; ``_`` stands for ``-``."""
        given = {key.replace("_", "-"): value for key, value in arguments.items()}
        outcome = self.call(ExchangeDeclare(self.ADMIN, name, kind, arguments=given))
        if isinstance(outcome, Done) and name not in self.exchanges:
            self.exchanges.append(name)
        return outcome

    def make_queue(self, name: str, arguments: dict[str, Any]) -> Outcome[Any]:
        """Declare a queue of the design's type that :meth:`close` removes."""
        given = {"x-queue-type": self.kind, **arguments}
        if self.plan.nodes > 1 and self.kind == "quorum":
            given["x-quorum-initial-group-size"] = min(3, self.plan.nodes)
        outcome = self.call(QueueDeclare(self.ADMIN, name, arguments=given))
        if isinstance(outcome, Done) and name not in self.queues:
            self.queues.append(name)
        return outcome

    def selects_by_headers(self, group: Group) -> bool:
        return group.selector.by == "headers"

    def bindings(
        self, group: Group, destination: str, *, to_exchange: bool = False
    ) -> list[Operation]:
        """What leads the messages that the group wants to its queue."""
        selector = group.selector
        keys: tuple[str, ...] = ("",) if self.entry_type in ("fanout", "headers") else ("#",)
        source = self.entry
        arguments: dict[str, Any] = {}
        if selector.by == "key":
            keys = selector.keys
        elif selector.by == "pattern":
            keys = selector.patterns
        elif self.selects_by_headers(group):
            keys, source = ("",), self.by_headers
            arguments = {"x-match": "all", **selector.equal}
        bind: Any = ExchangeBind if to_exchange else QueueBind
        return [bind(self.ADMIN, destination, source, key, arguments) for key in keys]

    def destination(self, message: Message) -> tuple[str, str]:
        return self.entry, message.routing_key

    def filters(self, group: Group) -> bool:
        return group.selector.by == "content"

    def copies(self, message: Message) -> int:
        """One queue for each group that the bindings lead it to."""
        return len(self.wanted_by(message))

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        return Done(tuple(self._aside))


class QueueSession(EntrySession):
    """Readers of a group compete for the messages of its queue."""

    @property
    def aside(self) -> str:
        """The dead-letter exchange, and the queue behind it."""
        return f"{self.prefix}.set-aside"

    @property
    def may_set_aside(self) -> bool:
        return self.plan.attempts_max is not None

    def declare(self) -> Outcome[Any]:
        outcome = super().declare()
        if isinstance(outcome, Done) and self.may_set_aside:
            outcome = self.make_exchange(self.aside, "fanout")
            if isinstance(outcome, Done):
                outcome = self.make_queue(self.aside, {})
            if isinstance(outcome, Done):
                outcome = self.call(QueueBind(self.ADMIN, self.aside, self.aside))
        return outcome

    def declare_group(self, group: Group) -> Outcome[Any]:
        name = self.queue_name(group)
        outcome = self.make_queue(name, self.queue_arguments(group))
        if isinstance(outcome, Done):
            outcome = self.call.all(*self.bindings(group, name))
        return outcome

    def queue_name(self, group: Group) -> str:
        return f"{self.prefix}.{group.name}"

    def queues_of(self, group: Group) -> list[str]:
        return [self.queue_name(group)]

    def queue_arguments(self, group: Group) -> dict[str, Any]:
        """What the plan asks of a group's queue, as far as arguments can say it."""
        del group
        arguments: dict[str, Any] = {}
        if self.plan.priorities and self.kind == "classic":
            arguments["x-max-priority"] = PRIORITIES
        if self.plan.attempts_max is not None:
            arguments["x-dead-letter-exchange"] = self.aside
            if self.kind == "quorum":
                arguments["x-delivery-limit"] = self.plan.attempts_max - 1
        return arguments

    def consume(self, reader: Reader, start: Literal["new", "first"]) -> Outcome[Any]:
        del start  # a queue has no place to begin: what waits is what there is
        outcome: Outcome[Any] = Done(None)
        for queue in self.queues_of(reader.group):
            if isinstance(outcome, Done):
                outcome = self.consume_from(reader, queue)
        return outcome

    def fail(self, handle: Handle) -> Outcome[Any]:
        """Requeue. A quorum queue counts and sets aside; a classic one knows only whether a
        message was delivered before, so its reader sets aside what fails a second time."""
        requeue = True
        if self.kind == "classic" and self.plan.attempts_max is not None:
            requeue = self.plan.attempts_max > 1 and not handle.delivered.redelivered
        tag = handle.delivered.delivery_tag
        return self.call(BasicReject(handle.channel, tag, requeue))

    def attempt(self, delivered: Delivered) -> int | None:
        """Quorum queues count in headers: from 4.3 ``x-acquired-count`` has every return."""
        if self.kind == "classic":
            return None
        headers = delivered.properties.headers
        earlier = headers.get("x-acquired-count", headers.get("x-delivery-count", 0))
        return int(earlier) + 1

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        """Take what the dead-letter queue has by now."""
        while self.may_set_aside:
            if not self.client.is_open(self.ADMIN):
                self._open(self.ADMIN)
            outcome = self.call(BasicGet(self.ADMIN, self.aside, no_ack=True))
            if not isinstance(outcome, Done):
                return outcome
            if outcome.value is None:
                break
            self._aside.append(wire.label_of(outcome.value))
        return Done(tuple(self._aside))

    def rewind(self, reader: str) -> Outcome[None]:
        """Consume again: what was settled is gone, and nothing says so."""
        member = self.readers[reader]
        if not self.client.is_open(member.channel):
            self.dropped(member)
            return self.connect(member, "first")
        for queue in tuple(member.consumes):
            self.call(BasicCancel(member.channel, f"{member.channel}@{queue}"))
        self.pump(member)
        self.hand_back(member)
        member.consumes.clear()
        member.fetched.clear()
        outcome = self.consume(member, "first")
        return Done(None) if isinstance(outcome, Done) else outcome
