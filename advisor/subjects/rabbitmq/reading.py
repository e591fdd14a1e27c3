"""What all RabbitMQ designs share, second half: readers that join, receive, settle and go."""

from __future__ import annotations

from typing import Any, Literal

from advisor.checks.session import Delivery, Group
from advisor.domain.outcome import Done, Outcome, Trouble
from advisor.subjects.rabbitmq import wire
from advisor.subjects.rabbitmq.protocol import (
    BasicAck,
    BasicCancel,
    BasicConsume,
    BasicNack,
    BasicQos,
    ConnectionClose,
    ConnectionDrop,
    Delivered,
)
from advisor.subjects.rabbitmq.publishing import Publishing
from advisor.subjects.rabbitmq.reader import Handle, Reader

RETRY_MS = 1000

_DONE: Done[None] = Done(None)
_NOTHING: Done[Delivery | None] = Done(None)


class Reading(Publishing):
    """Readers of any design; they connect again when a connection is lost."""

    def join(self, reader: str, group: str, *, start: Literal["new", "first"]) -> Outcome[None]:
        if group not in self.groups:
            if not self.client.is_open(self.ADMIN):
                self._open(self.ADMIN)
            added = self.add_group(Group(group))
            if not isinstance(added, Done):
                return added
        member = Reader(reader, self.groups[group], "")
        self.readers[reader] = member
        return self.connect(member, start)

    def connect(self, member: Reader, start: Literal["new", "first"]) -> Outcome[None]:
        """A new connection on which the reader consumes."""
        self._opened += 1
        member.channel = f"{member.name}#{self._opened}"
        member.consumes.clear()
        member.fetched.clear()
        member.in_hand.clear()
        outcome = self._open(member.channel)
        if isinstance(outcome, Done):
            outcome = self.call(BasicQos(member.channel, self.plan.prefetch))
        if isinstance(outcome, Done):
            outcome = self.consume(member, start)
        self.pump(member)
        return _DONE if isinstance(outcome, Done) else outcome

    def consume_from(self, member: Reader, queue: str, **arguments: Any) -> Outcome[Any]:
        """One ``basic.consume``; argument names have ``_`` for ``-``."""
        given = {name.replace("_", "-"): value for name, value in arguments.items()}
        tag = f"{member.channel}@{queue}"
        outcome = self.call(BasicConsume(member.channel, queue, tag, arguments=given))
        if isinstance(outcome, Done):
            member.consumes.append(queue)
        return outcome

    def pump(self, member: Reader) -> None:
        """Take what has arrived at the reader's client."""
        arrived = self.client.take_deliveries(member.channel)
        if arrived:
            self._fetched += len(arrived)
            member.fetched.extend(arrived)
            self._held_max = max(self._held_max, member.held)

    def receive(self, reader: str, *, within_ms: int) -> Outcome[Delivery | None]:
        member = self.readers.get(reader)
        if member is None:
            return _NOTHING  # nobody is there to receive
        end_ms = self.client.now_ms + within_ms
        while True:
            trouble = self._keep_reading(member)
            delivery = self._take(member)
            if delivery is not None:
                return Done(delivery)
            left_ms = end_ms - self.client.now_ms
            if left_ms <= 0:
                return _NOTHING if trouble is None else trouble
            if trouble is None:
                self.client.wait_for_activity(left_ms)
            else:
                self.client.wait(min(RETRY_MS, left_ms))

    def _keep_reading(self, member: Reader) -> Trouble | None:
        """Connect and consume again where the connection or a consumer was lost."""
        cancelled = self.client.take_cancelled(member.channel)
        if self.client.is_open(member.channel) and not cancelled and member.consumes:
            self.pump(member)
            return None
        if self.client.is_open(member.channel):
            self.call(ConnectionClose(member.channel))
        self.dropped(member)
        self.reconnects(member)
        outcome = self.connect(member, "new")
        return None if isinstance(outcome, Done) else outcome

    def reconnects(self, member: Reader) -> None:
        """The same process is about to connect again, and still knows what it had."""

    def _take(self, member: Reader) -> Delivery | None:
        while member.fetched:
            delivered = member.fetched.popleft()
            if self.accepts(member, delivered):
                member.in_hand[delivered.delivery_tag] = delivered
                return Delivery(
                    wire.label_of(delivered),
                    member.name,
                    wire.key_of(delivered),
                    delivered.redelivered,
                    self.attempt(delivered),
                    Handle(member, member.channel, delivered),
                )
            self._thrown_away += 1
            self.call(BasicAck(member.channel, delivered.delivery_tag))
            self.settled(Handle(member, member.channel, delivered))
            self.pump(member)
        return None

    def attempt(self, delivered: Delivered) -> int | None:
        """Which try it is, where the broker tells."""
        del delivered
        return None

    def settle(self, delivery: Delivery) -> Outcome[None]:
        handle = self._let_go(delivery)
        outcome = self.call(BasicAck(handle.channel, handle.delivered.delivery_tag))
        if isinstance(outcome, Done):
            self.settled(handle)
            return _DONE
        return outcome

    def reject(self, delivery: Delivery) -> Outcome[None]:
        outcome = self.fail(self._let_go(delivery))
        return _DONE if isinstance(outcome, Done) else outcome

    def _let_go(self, delivery: Delivery) -> Handle:
        handle = delivery.handle
        assert isinstance(handle, Handle)
        if handle.channel == handle.reader.channel:
            self.pump(handle.reader)
            handle.reader.in_hand.pop(handle.delivered.delivery_tag, None)
        return handle

    def leave(self, reader: str) -> Outcome[None]:
        member = self.readers.pop(reader)
        for queue in member.consumes:
            self.call(BasicCancel(member.channel, f"{member.channel}@{queue}"))
        self.pump(member)
        self.hand_back(member)
        self.dropped(member)
        outcome = self.call(ConnectionClose(member.channel))
        return _DONE if isinstance(outcome, Done) else outcome

    def hand_back(self, member: Reader) -> None:
        """Return what was fetched and never looked at."""
        for delivered in member.fetched:
            self.call(BasicNack(member.channel, delivered.delivery_tag))

    def crash(self, reader: str) -> Outcome[None]:
        member = self.readers.pop(reader)
        self.pump(member)
        self.dropped(member)
        self.call(ConnectionDrop(member.channel))
        return _DONE

    def wait(self, duration_ms: int) -> Outcome[None]:
        self.client.wait(duration_ms)
        for member in self.readers.values():
            self.pump(member)
        return _DONE
