"""Streams over AMQP 0-9-1 (from 3.9): a replicated log that every consumer reads by itself.

Keeps: offsets (``x-stream-offset`` first, next, last, a number, a time, an age such as ``2s``),
nothing removed by reading, credit by prefetch, retention by bytes and age in whole old segments at
the roll of a segment, what needs a majority of replicas, and that writes reach the disk only with
the system's own write-back: all
replicas losing power lose what is younger. Reject: 540 on 3.10, settles from 4.0. What arrives
within one millisecond is one chunk, the grain of ``last`` and of times; a real broker cuts a fast
burst anywhere. Filters (from 3.13) pass whole chunks. Leaves out the bytes of a chunk's frame; what
only the stream protocol has is in ``stream_protocol``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.arguments import QueueSettings, age_ms
from advisor.models.rabbitmq.consumer import Consumer
from advisor.models.rabbitmq.message import Delivery, Entry, How, Message, Table
from advisor.models.rabbitmq.replies import channel_error, connection_error
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V3_13, V4_0, V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.cluster import Node
    from advisor.models.rabbitmq.stream_protocol import StreamConnection, Subscriber

# Linux writes dirty pages back after 30 s, looking every 5 s
WRITE_BACK_MS = 35_000

_RECORD_OVERHEAD_BYTES = 12
_KNOWN_LISTS = ("CC", "x-death")
_INTERVAL = re.compile(r"[1-9]\d*[YMDhms]")
_BAD_INTERVAL = re.compile(r"\d+\w")


class Record(NamedTuple):
    """What one offset holds; no entry where an offset of a reader was stored."""

    entry: Entry | None
    at_ms: int
    filter_value: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Passes a chunk that has one of these values, or what has none if ``unfiltered``."""

    values: frozenset[str]
    unfiltered: bool = False

    def passes(self, records: Sequence[Record]) -> bool:
        return any(
            self.unfiltered if one.filter_value is None else one.filter_value in self.values
            for one in records
        )


def filter_of(arguments: Table, version: BrokerVersion) -> Filter | None:
    """What a consumer asks for with ``x-stream-filter``, from 3.13."""
    wanted = arguments.get("x-stream-filter")
    if wanted is None or version < V3_13:
        return None
    values = frozenset([wanted] if isinstance(wanted, str) else wanted)
    return Filter(values, unfiltered=bool(arguments.get("x-stream-match-unfiltered")))


@dataclass(slots=True)
class Segment:
    """One file of the log."""

    first_offset: int
    size_bytes: int = 0
    newest_ms: int = 0


def _as_stored(message: Message, version: BrokerVersion) -> Message:
    """As AMQP 1.0, whose properties of an application are simple values, and whose header says from
    4.0 on whether a message is durable."""
    properties = message.properties
    given = properties.headers
    kept = {
        name: value
        for name, value in given.items()
        if not isinstance(value, list | dict) or (version >= V4_0 and name in _KNOWN_LISTS)
    }
    if len(kept) < len(given):
        properties = replace(properties, headers=kept)
    if version >= V4_0 and properties.delivery_mode is None:
        properties = replace(properties, delivery_mode=1)
    if properties is message.properties:
        return message
    return Message(message.exchange, message.routing_key, message.body, properties)


def first_to_read(wanted: Any, stream: Stream, version: BrokerVersion) -> int:
    """The offset where a consumer begins, from its ``x-stream-offset`` argument."""
    if wanted is None or wanted == "next":
        return stream.end
    if isinstance(wanted, bool):
        raise connection_error(541, "invalid stream offset")
    if wanted == "first":
        return stream.first_offset
    if isinstance(wanted, int):
        return max(wanted, stream.first_offset)
    if wanted == "last":
        return stream.last_chunk
    if isinstance(wanted, datetime):
        return stream.first_since(int(wanted.timestamp() * 1000))
    if isinstance(wanted, str) and _INTERVAL.fullmatch(wanted):
        return stream.first_since(stream.broker.kernel.now_ms - age_ms(wanted))
    if version >= V4_3 or (isinstance(wanted, str) and _BAD_INTERVAL.fullmatch(wanted)):
        raise channel_error(406, f"invalid stream offset {wanted!r}")
    raise connection_error(541, f"invalid stream offset {wanted!r}")


class Stream:
    """The log and its readers; ``members`` are the nodes with a replica, the leader first."""

    __slots__ = (
        "_filters", "_flushed_end", "_intact", "_publishers", "_records", "_segments", "active",
        "broker", "consumers", "end", "first_offset", "members", "name", "owner", "reachable",
        "sequences", "settings", "stored_offsets", "subscribers", "used", "watchers",
    )  # fmt: skip

    def __init__(
        self, broker: Broker, name: str, settings: QueueSettings, members: Sequence[Node]
    ) -> None:
        self.broker = broker
        self.name = name
        self.settings = settings
        self.members = tuple(members)
        self.consumers: list[Consumer] = []
        self.first_offset = 0
        self.end = 0
        self.reachable = True
        self.owner: object | None = None
        self.used = False
        self.subscribers: list[Subscriber] = []
        self.watchers: list[StreamConnection] = []
        self.active: dict[str, Subscriber] = {}
        self.sequences: dict[str, int] = {}
        self.stored_offsets: dict[str, int] = {}
        self._filters: dict[Consumer, Filter] = {}
        self._records: deque[Record] = deque()
        self._segments: deque[Segment] = deque([Segment(0)])
        self._intact = set(self.members)
        self._flushed_end = 0
        self._publishers: set[object] = set()

    @property
    def has_majority(self) -> bool:
        return 2 * sum(node.running for node in self.members) > len(self.members)

    @property
    def leader(self) -> Node:
        """The first running replica; the first at all when none runs."""
        return next((node for node in self.members if node.running), self.members[0])

    def change(self, settings: QueueSettings) -> None:
        """Work like this from now on, as a policy wants it."""
        self.settings = settings

    def __len__(self) -> int:
        return self.end - self.first_offset

    def is_new(self, publisher: object) -> bool:
        """Never so that it is seen."""
        del publisher
        return False

    def enqueue(self, message: Message) -> bool | None:
        """True: written on a majority; None: no answer."""
        if not self.has_majority:
            self._refuse_new(message.publisher)
            return None
        self._publishers.add(message.publisher)
        message = _as_stored(message, self.broker.version)
        wanted = message.properties.headers.get("x-stream-filter-value")
        self.write(message, wanted if self.broker.version >= V3_13 else None)
        return True

    def write(self, message: Message, filter_value: str | None) -> None:
        """Append one message."""
        now_ms = self.broker.kernel.now_ms
        self._records.append(Record(Entry(message, self.end), now_ms, filter_value or None))
        self.end += 1
        self._grow(len(message.body) + _RECORD_OVERHEAD_BYTES, now_ms)
        self.dispatch()

    def store_offset(self, reference: str, offset: int) -> None:
        """Keep how far a reader has come, which takes an offset itself."""
        self.stored_offsets[reference] = offset
        self._records.append(Record(None, self.broker.kernel.now_ms, None))
        self.end += 1

    def forget(self) -> None:
        """It is deleted; whoever uses it by the stream protocol hears of it."""
        for watcher in self.watchers:
            watcher.forget(self.name)
        for subscriber in list(self.subscribers):
            subscriber.gone()

    def _refuse_new(self, publisher: Any) -> None:
        """Close a channel that has not published here yet: without a majority, nobody can tell it
        who leads. Others know, and wait."""
        if publisher is not None and publisher not in self._publishers:
            refusal = channel_error(506, f"stream {self.name!r} has no leader that answers")
            self.broker.kernel.after(1, lambda: publisher.close_with(refusal))

    def _grow(self, size_bytes: int, now_ms: int) -> None:
        segment = self._segments[-1]
        segment.size_bytes += size_bytes
        segment.newest_ms = now_ms
        if segment.size_bytes >= self.settings.segment_bytes:
            self._segments.append(Segment(self.end))
            self._retain(now_ms)

    def _retain(self, now_ms: int) -> None:
        """Drop whole old segments; the current one always stays."""
        most_bytes, age_ms = self.settings.limit.size_bytes, self.settings.max_age_ms
        segments = self._segments
        total_bytes = sum(segment.size_bytes for segment in segments)
        while len(segments) > 1:
            oldest = segments[0]
            too_big = most_bytes is not None and total_bytes > most_bytes
            too_old = age_ms is not None and oldest.newest_ms < now_ms - age_ms
            if not (too_big or too_old):
                break
            total_bytes -= oldest.size_bytes
            segments.popleft()
        while self.first_offset < segments[0].first_offset:
            self._records.popleft()
            self.first_offset += 1

    @property
    def last_chunk(self) -> int:
        """The offset where the newest chunk begins."""
        newest = next((one for one in reversed(self._records) if one.entry is not None), None)
        return self.end if newest is None else self.first_since(newest.at_ms)

    def first_since(self, at_ms: int) -> int:
        """The first offset of what was written at that time or later."""
        younger = sum(1 for one in self._records if one.at_ms >= at_ms)
        return self.end - younger

    def chunk_at(self, offset: int) -> tuple[int, list[Record]]:
        """The chunk that holds this offset: where it begins, and its records."""
        at, records = offset - self.first_offset, self._records
        alone = records[at].entry is None

        def together(other: int) -> bool:
            one = records[other]
            return not alone and one.entry is not None and one.at_ms == records[at].at_ms

        first, last = at, at
        while first > 0 and together(first - 1):
            first -= 1
        while last + 1 < len(records) and together(last + 1):
            last += 1
        return self.first_offset + first, [records[one] for one in range(first, last + 1)]

    def add_consumer(
        self, consumer: Consumer, wanted: Any = None, passes: Filter | None = None
    ) -> None:
        """Begin to read at the offset wanted, what the filter passes."""
        if passes is not None:
            self._filters[consumer] = passes
        if not self.has_majority:
            raise UnmodelledError(Gap.STREAM_READ_WITHOUT_MAJORITY)
        version = self.broker.version
        consumer.next_offset = first_to_read(wanted, self, version)
        self.used = True
        self.consumers.append(consumer)
        self._feed(consumer)

    def remove_consumer(self, consumer: Consumer) -> None:
        if consumer in self.consumers:
            self.consumers.remove(consumer)
        self._filters.pop(consumer, None)

    def limit_of(self, prefetch: int, *, no_ack: bool) -> int:
        """A stream needs a limit and acknowledgements: they are its credit."""
        if no_ack:
            raise connection_error(540, "streams need acknowledgements")
        if prefetch == 0:
            raise channel_error(406, "consumer prefetch count is not set for stream queue")
        return prefetch

    def dispatch(self) -> None:
        for consumer in self.consumers:
            self._feed(consumer)
        for subscriber in self.subscribers:
            subscriber.feed()

    def _feed(self, consumer: Consumer) -> None:
        consumer.next_offset = max(consumer.next_offset, self.first_offset)
        while consumer.held < consumer.limit and consumer.next_offset < self.end:
            at = consumer.next_offset
            entry = self._records[at - self.first_offset].entry
            consumer.next_offset += 1
            if entry is not None and self._passes(consumer, at):
                consumer.deliver(entry)

    def _passes(self, consumer: Consumer, offset: int) -> bool:
        passes = self._filters.get(consumer) if self._filters else None
        return passes is None or passes.passes(self.chunk_at(offset)[1])

    def settle(self, delivery: Delivery) -> None:
        """Give credit for one more; nothing is removed."""
        consumer = delivery.consumer
        if consumer is not None:
            consumer.held -= 1
            if consumer in self.consumers:
                self._feed(consumer)

    def discard(self, delivery: Delivery, how: How) -> None:
        """Reject and nack settle from 4.0; before they were not implemented."""
        del how
        if self.broker.version < V4_0:
            raise connection_error(540, "basic.nack and basic.reject not supported by streams")
        self.settle(delivery)

    def give_back(self, deliveries: Sequence[Delivery], how: How) -> None:
        """As :meth:`discard`; when a channel closes nothing comes back."""
        if how != "closed":
            for delivery in deliveries:
                self.discard(delivery, how)

    def headers_of(self, entry: Entry, *, got: bool = False) -> dict[str, int]:
        del got
        return {"x-stream-offset": entry.sequence}

    def check_power_loss(self, node: Node) -> None:
        """Always answered: see :meth:`node_stopped`."""

    def node_stopped(self, node: Node, *, power_loss: bool) -> None:
        """A replica that lost power has only what was written back."""
        if power_loss and node in self._intact:
            self._intact.discard(node)
            limit_ms = self.broker.kernel.now_ms - WRITE_BACK_MS
            flushed = sum(1 for one in self._records if one.at_ms <= limit_ms)
            self._flushed_end = self.first_offset + flushed

    def node_started(self, node: Node) -> None:
        """With a majority back, the fullest running replica decides what is kept."""
        if node not in self.members or not self.has_majority:
            return
        running = {member for member in self.members if member.running}
        if not running & self._intact:
            while self.end > self._flushed_end:
                self._records.pop()
                self.end -= 1
        self._intact |= running
        self.dispatch()
