"""Streams over AMQP 0-9-1 (from 3.9): a replicated log that every consumer reads by itself.

Keeps: offsets (``x-stream-offset`` first, next, last, a number, a time, an age such as ``2s``),
nothing removed by reading, credit by prefetch, retention by bytes and age in whole old segments at
the roll of a segment, what needs a majority of replicas, and that writes reach the disk only with
the system's own write-back: all
replicas losing power lose what is younger. Reject: 540 on 3.10, settles from 4.0. What arrives
within one millisecond is one chunk, the grain of ``last`` and of times; a real broker cuts a fast
burst anywhere. Leaves out the bytes of a chunk's frame, filters, and server-side offsets, which
only the stream protocol has.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.arguments import QueueSettings, age_ms
from advisor.models.rabbitmq.consumer import Consumer
from advisor.models.rabbitmq.message import Delivery, Entry, How, Message
from advisor.models.rabbitmq.replies import channel_error, connection_error
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V4_0, V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.cluster import Node

# Linux writes dirty pages back after 30 s, looking every 5 s
WRITE_BACK_MS = 35_000

_RECORD_OVERHEAD_BYTES = 12
_INTERVAL = re.compile(r"[1-9]\d*[YMDhms]")
_BAD_INTERVAL = re.compile(r"\d+\w")


@dataclass(slots=True)
class Segment:
    """One file of the log."""

    first_offset: int
    size_bytes: int = 0
    newest_ms: int = 0


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
        "_flushed_end", "_intact", "_publishers", "_records", "_segments", "broker", "consumers",
        "end", "first_offset", "members", "name", "owner", "reachable", "settings", "used",
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
        self._records: deque[tuple[Entry, int]] = deque()
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

    def enqueue(self, message: Message) -> bool | None:
        """True: written on a majority; None: no answer."""
        if not self.has_majority:
            self._refuse_new(message.publisher)
            return None
        self._publishers.add(message.publisher)
        now_ms = self.broker.kernel.now_ms
        if self.broker.version >= V4_0 and message.properties.delivery_mode is None:
            # stored as AMQP 1.0, whose header always says whether a message is durable
            properties = replace(message.properties, delivery_mode=1)
            message = Message(message.exchange, message.routing_key, message.body, properties)
        self._records.append((Entry(message, self.end), now_ms))
        self.end += 1
        self._grow(len(message.body) + _RECORD_OVERHEAD_BYTES, now_ms)
        self.dispatch()
        return True

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
        return self.first_since(self._records[-1][1]) if self._records else self.end

    def first_since(self, at_ms: int) -> int:
        """The first offset of what was written at that time or later."""
        younger = sum(1 for _entry, written_ms in self._records if written_ms >= at_ms)
        return self.end - younger

    def add_consumer(self, consumer: Consumer, wanted: Any = None) -> None:
        """Begin to read at the offset wanted."""
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

    def _feed(self, consumer: Consumer) -> None:
        consumer.next_offset = max(consumer.next_offset, self.first_offset)
        while consumer.held < consumer.limit and consumer.next_offset < self.end:
            entry, _ = self._records[consumer.next_offset - self.first_offset]
            consumer.next_offset += 1
            consumer.deliver(entry)

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
            flushed = sum(1 for _, at_ms in self._records if at_ms <= limit_ms)
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
