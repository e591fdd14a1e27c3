"""The stream protocol: what a stream offers beyond AMQP 0-9-1.

Keeps what was seen on 3.10.8, 4.0.5 and 4.3.6: publishers with a reference, of which a message with
a number no higher than one before is confirmed and not stored again; credit in chunks; offsets
stored on the server (each takes an offset of the stream); a single active consumer of each name
(from 3.11), which says itself where it goes on; filters by chunk (from 3.13); super streams.
What arrives within one millisecond is one chunk. Leaves out sub-entry batches, the balance of
single active consumers over the partitions of a super stream, and false positives of a filter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.models.rabbitmq import super_stream
from advisor.models.rabbitmq.message import PLAIN, Message, Properties
from advisor.models.rabbitmq.stream import Filter, Stream
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import SUPER_STREAMS, V3_13, V4_0, V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker

NUMBERS = ("max-length-bytes", "stream-max-segment-size-bytes")


class StreamError(Exception):
    """The response code, in words."""


class Confirmed(NamedTuple):
    publisher: int
    publishing_id: int


class Refused(NamedTuple):
    """A publish that is not stored."""

    publisher: int
    publishing_id: int
    why: str


class Chunk(NamedTuple):
    """The smallest that is delivered, and what one credit is for."""

    subscription: int
    first_offset: int
    bodies: tuple[bytes, ...]


class ConsumerUpdate(NamedTuple):
    """The broker asks a single active consumer where to go on; it is to answer."""

    subscription: int
    active: bool


class Gone(NamedTuple):
    """A stream that this connection publishes to or reads was deleted."""

    stream: str


@dataclass(frozen=True, slots=True)
class _Publisher:
    reference: str
    stream: str


@dataclass(slots=True)
class Subscriber:
    """One subscription; ``group`` is the name of a single active consumer."""

    connection: StreamConnection
    number: int
    stream: Stream
    next_offset: int
    credit: int
    filter: Filter | None
    group: str | None
    active: bool = True

    def feed(self) -> None:
        """Hand out chunks while there is credit."""
        stream = self.stream
        while self.active and self.credit and self.next_offset < stream.end:
            first, records = stream.chunk_at(self.next_offset)
            self.next_offset = first + len(records)
            entries = [record.entry for record in records if record.entry is not None]
            if not entries or (self.filter is not None and not self.filter.passes(records)):
                continue
            self.credit -= 1
            bodies = tuple(entry.message.body for entry in entries)
            self.connection.came.append(Chunk(self.number, first, bodies))

    def gone(self) -> None:
        """The stream was deleted."""
        self.connection.forget(self.stream.name)


@dataclass(slots=True)
class StreamConnection:
    """One connection of the stream protocol. ``came`` is what the broker sends by itself.

    Every call may raise :class:`StreamError`.
    """

    broker: Broker
    came: deque[Any] = field(default_factory=deque)
    _publishers: dict[int, _Publisher] = field(default_factory=dict)
    _subscribers: dict[int, Subscriber] = field(default_factory=dict)

    def _stream(self, name: str) -> Stream:
        found = self.broker.queues.get(name)
        if not isinstance(found, Stream):
            raise StreamError("stream does not exist")
        return found

    @property
    def _properties(self) -> Properties:
        durable = V4_0 <= self.broker.version < V4_3
        return Properties(delivery_mode=2) if durable else PLAIN

    # streams

    def create(self, name: str, arguments: Mapping[str, str]) -> None:
        """``arguments`` without ``x-``, all text."""
        given = {
            f"x-{key}": int(value) if key in NUMBERS else value for key, value in arguments.items()
        }
        found = self.broker.queues.get(name)
        if found is not None:
            same = isinstance(found, Stream) and found.settings.compared == given
            raise StreamError("stream exists" if same else "precondition failed")
        channel = self.broker.connect().channel()
        self.broker.queue_declare(
            channel, name, durable=True, arguments={"x-queue-type": "stream", **given}
        )

    def delete(self, name: str) -> None:
        """With all it has; who uses it hears of it."""
        self._stream(name)
        self.broker.remove_queue(name)

    def forget(self, stream: str) -> None:
        """Publishers and subscriptions of a stream that is no more."""
        used = [number for number, one in self._publishers.items() if one.stream == stream]
        read = [number for number, one in self._subscribers.items() if one.stream.name == stream]
        for number in used:
            del self._publishers[number]
        for number in read:
            del self._subscribers[number]
        if used or read:
            self.came.append(Gone(stream))

    def partitions(self, name: str) -> list[str]:
        """The streams of a super stream in their order."""
        return super_stream.partitions_of(self._exchange(name))

    def route(self, name: str, routing_key: str) -> list[str]:
        """The streams of a super stream that this key leads to."""
        return super_stream.routed(self._exchange(name), routing_key)

    def _exchange(self, name: str) -> Any:
        found = self.broker.exchanges.get(name)
        if found is None:
            raise StreamError("stream does not exist")
        return found

    def create_super_stream(
        self, name: str, partitions: Sequence[str], keys: Sequence[str]
    ) -> None:
        """Its streams, their exchange and the bindings in one step, from 3.13."""
        if name in self.broker.exchanges:
            raise StreamError("stream exists")
        for stream in partitions:
            self.create(stream, {})
        super_stream.create(self.broker, name, partitions, keys)

    def delete_super_stream(self, name: str) -> None:
        for stream in self.partitions(name):
            self.delete(stream)
        self.broker.exchange_delete(name)

    # publishing

    def declare_publisher(self, number: int, reference: str, stream: str) -> None:
        """``reference`` empty: nothing is de-duplicated."""
        self._stream(stream)
        one = _Publisher(reference, stream)
        if number in self._publishers or (reference and one in self._publishers.values()):
            raise StreamError("precondition failed")
        self._publishers[number] = one
        self._stream(stream).watchers.append(self)

    def publish(
        self, number: int, publishing_id: int, body: bytes, filter_value: str | None = None
    ) -> None:
        """Confirmed or refused in ``came``."""
        publisher = self._publishers.get(number)
        if publisher is None:
            self.came.append(Refused(number, publishing_id, "publisher does not exist"))
            return
        stream = self._stream(publisher.stream)
        last = stream.sequences.get(publisher.reference, 0)
        if not publisher.reference or publishing_id > last:
            if publisher.reference:
                stream.sequences[publisher.reference] = publishing_id
            stream.write(Message("", stream.name, body, self._properties), filter_value or None)
        self.came.append(Confirmed(number, publishing_id))

    def sequence_of(self, reference: str, stream: str) -> int:
        """The highest number that a publisher of this reference has stored, else 0."""
        return self._stream(stream).sequences.get(reference, 0)

    # reading

    def subscribe(
        self,
        number: int,
        stream: str,
        offset: str | int,
        credit: int,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        """Read from ``first``, ``last``, ``next`` or an offset on, so many chunks."""
        if number in self._subscribers:
            raise StreamError("subscription id exists")
        found, given = self._stream(stream), properties or {}
        group = self._group_of(given)
        one = Subscriber(
            self, number, found, _begin(found, offset), credit, self._filter(given), group
        )
        self._subscribers[number] = one
        one.active = group is None
        found.subscribers.append(one)
        if group is not None:
            self._activate(found, group)
        one.feed()

    def _group_of(self, properties: Mapping[str, str]) -> str | None:
        if (
            self.broker.version < SUPER_STREAMS
            or properties.get("single-active-consumer") != "true"
        ):
            return None
        if "name" not in properties:
            raise StreamError("precondition failed")
        if "super-stream" in properties:
            raise UnmodelledError(Gap.SUPER_STREAM_SINGLE_ACTIVE_CONSUMER)
        return properties["name"]

    def _filter(self, properties: Mapping[str, str]) -> Filter | None:
        values = frozenset(
            value for name, value in properties.items() if name.startswith("filter.")
        )
        if not values or self.broker.version < V3_13:
            return None
        return Filter(values, unfiltered=properties.get("match-unfiltered") == "true")

    def _activate(self, stream: Stream, group: str) -> None:
        """Ask the first of a group where it goes on, if it does not read already."""
        members = [one for one in stream.subscribers if one.group == group]
        if members and stream.active.get(group) is not members[0]:
            stream.active[group] = members[0]
            first = members[0]
            first.connection.came.append(ConsumerUpdate(first.number, active=True))

    def answer(self, number: int, offset: str | int) -> None:
        """To a consumer update: it goes on there."""
        one = self._subscribers[number]
        one.next_offset = _begin(one.stream, offset)
        one.active = True
        one.feed()

    def grant(self, number: int, credit: int) -> None:
        """So many more chunks."""
        if number not in self._subscribers:
            raise StreamError("subscription id does not exist")
        self._subscribers[number].credit += credit
        self._subscribers[number].feed()

    def unsubscribe(self, number: int) -> None:
        one = self._subscribers.pop(number, None)
        if one is None:
            raise StreamError("subscription id does not exist")
        one.stream.subscribers.remove(one)
        if one.group is not None:
            self._activate(one.stream, one.group)

    def store_offset(self, reference: str, stream: str, offset: int) -> None:
        """As it is given, also a lower one than before."""
        self._stream(stream).store_offset(reference, offset)

    def offset_of(self, reference: str, stream: str) -> int:
        """StreamError where none was stored."""
        found = self._stream(stream).stored_offsets.get(reference)
        if found is None:
            raise StreamError("no offset")
        return found

    def close(self) -> None:
        """Other members of its groups take over."""
        for number in list(self._subscribers):
            self.unsubscribe(number)
        self._publishers.clear()


def _begin(stream: Stream, offset: str | int) -> int:
    if isinstance(offset, int):
        return max(stream.first_offset, min(offset, stream.end))
    return {"first": stream.first_offset, "last": stream.last_chunk, "next": stream.end}[offset]
