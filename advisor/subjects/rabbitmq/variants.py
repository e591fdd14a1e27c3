"""Configurations and workarounds of the RabbitMQ designs, one class for each.

A configuration is another queue, exchange or setting; a workaround is the team's own code and
says so in ``parts``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from advisor.checks.session import Group, Message
from advisor.domain.outcome import Done, Outcome
from advisor.subjects.rabbitmq import wire
from advisor.subjects.rabbitmq.base import RabbitMQSession
from advisor.subjects.rabbitmq.protocol import (
    BasicAck,
    BasicPublish,
    BasicReject,
    Delivered,
    QueueBind,
)
from advisor.subjects.rabbitmq.publishing import CONFIRM_MS
from advisor.subjects.rabbitmq.queue_session import QueueSession
from advisor.subjects.rabbitmq.reader import Handle, Reader
from advisor.subjects.rabbitmq.stream_session import StreamSession

CONSUMER_TIMEOUT_SINCE = (4, 0)
RETRY_AFTER_MS = 1000
DEDUPLICATION = "deduplication table"
OUTBOX = "outbox table and forwarder"
COPYING = "publisher copies body fields into headers"
COUNTING = "attempts counted in the reader"


class DelayQueues(QueueSession):
    """A queue for each delay, whose messages expire into the entry exchange: one queue with
    mixed delays would hold the short ones behind the long ones."""

    def declare(self) -> Outcome[Any]:
        outcome = super().declare()
        for delay_ms in self.plan.delays_ms:
            if isinstance(outcome, Done):
                outcome = self._make_delay(delay_ms)
        return outcome

    def _name(self, delay_ms: int) -> str:
        return f"{self.prefix}.delay.{delay_ms}"

    def _make_delay(self, delay_ms: int) -> Outcome[Any]:
        name = self._name(delay_ms)
        outcome = self.make_exchange(name, "fanout")
        if isinstance(outcome, Done):
            outcome = self.make_queue(
                name, {"x-message-ttl": delay_ms, "x-dead-letter-exchange": self.entry}
            )
        return (
            self.call(QueueBind(self.ADMIN, name, name)) if isinstance(outcome, Done) else outcome
        )

    def publish(self, message: Message) -> Outcome[None]:
        if message.delay_ms is not None and self._name(message.delay_ms) not in self.queues:
            outcome = self._make_delay(message.delay_ms)
            if not isinstance(outcome, Done):
                return outcome
        return super().publish(message)

    def destination(self, message: Message) -> tuple[str, str]:
        if message.delay_ms is None:
            return super().destination(message)
        return self._name(message.delay_ms), message.routing_key


class SingleActiveConsumer(QueueSession):
    """One reader works, the others stand by."""

    def queue_arguments(self, group: Group) -> dict[str, Any]:
        return {**super().queue_arguments(group), "x-single-active-consumer": True}


class ConsumerTimeout(QueueSession):
    """Twice as long a consumer timeout as the longest task: an argument of quorum queues from
    4.0, the brokers' configuration elsewhere."""

    @property
    def timeout_ms(self) -> int:
        return 2 * self.plan.task_ms_max + 60_000

    @property
    def _by_argument(self) -> bool:
        version = self.client.version
        return self.kind == "quorum" and (version.major, version.minor) >= CONSUMER_TIMEOUT_SINCE

    def declare(self) -> Outcome[Any]:
        if not self._by_argument:
            outcome = self.configure("consumer_timeout", self.timeout_ms)
            if not isinstance(outcome, Done):
                return outcome
        return super().declare()

    def queue_arguments(self, group: Group) -> dict[str, Any]:
        arguments = super().queue_arguments(group)
        if self._by_argument:
            arguments["x-consumer-timeout"] = self.timeout_ms
        return arguments


class _RaisedMessageLimit(RabbitMQSession):
    """``max_message_size`` of the brokers raised for the largest message planned."""

    def declare(self) -> Outcome[Any]:
        outcome = self.configure("max_message_size", 2 * self.plan.message_bytes_max)
        return super().declare() if isinstance(outcome, Done) else outcome


class QueueRaisedMessageLimit(_RaisedMessageLimit, QueueSession):
    """Queues of brokers with a larger limit."""


class StreamRaisedMessageLimit(_RaisedMessageLimit, StreamSession):
    """Streams of brokers with a larger limit."""


class ConsistentHash(QueueSession):
    """Behind the entry a consistent-hash exchange spreads keys over as many queues as readers
    are planned, each with a single active consumer.

    Every reader consumes a queue of its own first and then stands by on those of the others.
    """

    def __init__(self, option: str, client: Any, prefix: str) -> None:
        super().__init__(option, client, prefix)
        self._owners: dict[str, Reader] = {}

    def queues_of(self, group: Group) -> list[str]:
        name = self.queue_name(group)
        return [f"{name}.{number}" for number in range(max(1, self.plan.parallelism))]

    def declare_group(self, group: Group) -> Outcome[Any]:
        exchange = f"{self.queue_name(group)}.hash"
        outcome = self.make_exchange(exchange, "x-consistent-hash", hash_header=wire.KEY)
        if isinstance(outcome, Done):
            outcome = self.call.all(*self.bindings(group, exchange, to_exchange=True))
        for queue in self.queues_of(group):
            if isinstance(outcome, Done):
                outcome = self.make_queue(queue, self.queue_arguments(group))
            if isinstance(outcome, Done):
                outcome = self.call(QueueBind(self.ADMIN, queue, exchange, "1"))
        return outcome

    def queue_arguments(self, group: Group) -> dict[str, Any]:
        return {**super().queue_arguments(group), "x-single-active-consumer": True}

    def consume(self, reader: Reader, start: Literal["new", "first"]) -> Outcome[Any]:
        del start
        queues = self.queues_of(reader.group)
        own = next((queue for queue in queues if queue not in self._owners), None)
        outcome: Outcome[Any] = Done(None)
        if own is not None:
            self._owners[own] = reader
            outcome = self.consume_from(reader, own)
        for queue in queues:
            if isinstance(outcome, Done) and queue != own and queue in self._owners:
                outcome = self.consume_from(reader, queue)
        for other in self.readers.values():
            alike = other is not reader and other.group is reader.group
            if isinstance(outcome, Done) and own is not None and alike:
                outcome = self.consume_from(other, own)
        return outcome

    def dropped(self, reader: Reader) -> None:
        """Its queues go on with whoever stands by; where nobody does, the next reader's own."""
        for queue, owner in tuple(self._owners.items()):
            if owner is reader:
                heir = next((one for one in self.readers.values() if queue in one.consumes), None)
                if heir is None or heir is reader:
                    del self._owners[queue]
                else:
                    self._owners[queue] = heir
        super().dropped(reader)


class CopiedIntoHeaders(QueueSession):
    """The publisher copies body fields into headers, and headers bindings select by them."""

    def published_as(self, message: Message) -> Message:
        if not message.fields:
            return message
        self.uses(COPYING)
        return replace(message, headers={**message.fields, **message.headers})

    def broker_selects_by(self) -> set[str]:
        asked = {group.selector.by for group in self.plan.groups} - {"none"}
        return {"headers" if by == "content" else by for by in asked}

    def selects_by_headers(self, group: Group) -> bool:
        return group.selector.by in ("headers", "content")

    def filters(self, group: Group) -> bool:
        del group
        return False


class RetryLoop(QueueSession):
    """Rejected messages wait in a queue of their own and come back; the reader counts in
    ``x-death`` how often, and sets aside what has failed too often."""

    def declare_group(self, group: Group) -> Outcome[Any]:
        name = self.queue_name(group)
        retry = f"{name}.retry"
        waits = {
            "x-message-ttl": RETRY_AFTER_MS,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": name,
        }
        outcome = self.make_exchange(retry, "fanout")
        if isinstance(outcome, Done):
            outcome = self.make_queue(retry, waits)
        if isinstance(outcome, Done):
            outcome = self.call(QueueBind(self.ADMIN, retry, retry))
        return super().declare_group(group) if isinstance(outcome, Done) else outcome

    def queue_arguments(self, group: Group) -> dict[str, Any]:
        return {
            **super().queue_arguments(group),
            "x-dead-letter-exchange": f"{self.queue_name(group)}.retry",
        }

    def attempt(self, delivered: Delivered) -> int | None:
        deaths = delivered.properties.headers.get("x-death", [])
        return 1 + sum(int(death["count"]) for death in deaths if death["reason"] == "rejected")

    def fail(self, handle: Handle) -> Outcome[Any]:
        self.uses(COUNTING)
        delivered = handle.delivered
        attempts = self.attempt(delivered) or 1
        if self.plan.attempts_max is None or attempts < self.plan.attempts_max:
            return self.call(BasicReject(handle.channel, delivered.delivery_tag, False))
        outcome = self._put_aside(delivered)
        if isinstance(outcome, Done):
            outcome = self.call(BasicAck(handle.channel, delivered.delivery_tag))
        return outcome

    def _put_aside(self, delivered: Delivered) -> Outcome[Any]:
        trouble = self._ready_to_publish(self.PUBLISHER)
        if trouble is not None:
            return trouble
        outcome = self.call(
            BasicPublish(self.PUBLISHER, self.aside, "", delivered.body, delivered.properties, True)
        )
        if isinstance(outcome, Done):
            outcome = self.client.wait_for_confirm(self.PUBLISHER, within_ms=CONFIRM_MS)
        return outcome


class _DeduplicationTable(RabbitMQSession):
    """Each group keeps the identities of what it has in work or done, and drops the rest.

    A death or a failure gives an identity back.
    """

    def __init__(self, option: str, client: Any, prefix: str) -> None:
        super().__init__(option, client, prefix)
        self._taken: dict[tuple[str, str | None], tuple[str, int]] = {}
        self._done: set[tuple[str, str | None]] = set()

    def accepts(self, reader: Reader, delivered: Delivered) -> bool:
        if not super().accepts(reader, delivered):
            return False
        self.uses(DEDUPLICATION)
        row = (reader.group.name, delivered.properties.message_id)
        if row in self._done or row in self._taken:
            return False
        self._taken[row] = (reader.channel, delivered.delivery_tag)
        return True

    def settled(self, handle: Handle) -> None:
        row = self._give_back(handle)
        if row is not None:
            self._done.add(row)
        super().settled(handle)

    def fail(self, handle: Handle) -> Outcome[Any]:
        self._give_back(handle)
        return super().fail(handle)

    def _give_back(self, handle: Handle) -> tuple[str, str | None] | None:
        row = (handle.reader.group.name, handle.delivered.properties.message_id)
        if self._taken.get(row) != (handle.channel, handle.delivered.delivery_tag):
            return None
        del self._taken[row]
        return row

    def dropped(self, reader: Reader) -> None:
        self._taken = {
            row: holder for row, holder in self._taken.items() if holder[0] != reader.channel
        }
        super().dropped(reader)


class QueueDeduplicationTable(_DeduplicationTable, QueueSession):
    """Readers of a queue with a deduplication table."""


class StreamDeduplicationTable(_DeduplicationTable, StreamSession):
    """Readers of a stream with a deduplication table."""


class _Outbox(RabbitMQSession):
    """The message is a row of the same database transaction as the data; a forwarder publishes
    the rows that were committed, and deletes each once it is confirmed."""

    def __init__(self, option: str, client: Any, prefix: str) -> None:
        super().__init__(option, client, prefix)
        self._rows: list[Message] = []

    def publish_with_data(self, message: Message, *, commit: bool) -> Outcome[None]:
        if commit:
            self.database[message.label] = "committed"
            self._rows.append(message)
        return self._forward()

    def _forward(self) -> Outcome[None]:
        while self._rows:
            self.uses(OUTBOX)
            outcome = self.publish(self._rows[0])
            if not isinstance(outcome, Done):
                return outcome
            self._rows.pop(0)
        return Done(None)


class QueueOutbox(_Outbox, QueueSession):
    """A queue behind an outbox."""


class StreamOutbox(_Outbox, StreamSession):
    """A stream behind an outbox."""


class StreamPerGroup(StreamSession):
    """A stream for each group, bound by what it selects: the broker filters once, for good."""

    def declare(self) -> Outcome[Any]:
        return self.declare_entry()

    def declare_group(self, group: Group) -> Outcome[Any]:
        (name,) = self.queues_of(group)
        outcome = self.make_queue(name, self.stream_arguments())
        if isinstance(outcome, Done):
            outcome = self.call.all(*self.bindings(group, name))
        return outcome

    def queues_of(self, group: Group) -> list[str]:
        return [f"{self.stream}.{group.name}"]

    def filters(self, group: Group) -> bool:
        return group.selector.by == "content"

    def copies(self, message: Message) -> int:
        return len(self.wanted_by(message))
