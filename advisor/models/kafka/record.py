"""Records, and the batches in which they travel, are stored and are refused.

Keeps: key, value and headers as bytes, CreateTime stamps, sizes in the v2 batch format, offsets
that compaction thins out, producer id, epoch and sequence, transaction markers (one offset each).
Leaves out: compression (:data:`Gap.COMPRESSION`), and the few bytes that stamps and offsets far
from the batch's first add to a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple

from advisor.models.kafka.transaction import Transaction

BATCH_OVERHEAD_BYTES = 61


class Record(NamedTuple):
    """What a producer sends; ``timestamp_ms`` None takes the time of sending."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp_ms: int | None = None


class ConsumerRecord(NamedTuple):
    """What a consumer gets; ``delivery_count`` only from a share group."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    delivery_count: int | None = None


# Straight to the tuple: half the time of the constructor, and every record read goes through it.
_CONSUMER_RECORD: Callable[[tuple[object, ...]], ConsumerRecord] = partial(
    tuple.__new__, ConsumerRecord
)


def _varint_bytes(number: int) -> int:
    """Length of a non-negative zigzag varint."""
    return 1 if number < 64 else (number.bit_length() + 7) // 7


def record_bytes(record: Record) -> int:
    """Size of one record in a batch, its length field included."""
    key, value, headers, _ = record
    return _plain_bytes(
        -1 if key is None else len(key),
        -1 if value is None else len(value),
        sum(_field_bytes(len(name)) + _field_bytes(len(content)) for name, content in headers)
        if headers
        else 0,
    )


def _field_bytes(length: int) -> int:
    return 1 if length < 0 else length + _varint_bytes(length)


@lru_cache(maxsize=1024)
def _plain_bytes(key: int, value: int, headers: int) -> int:
    """Size by the lengths of its parts, -1 for null."""
    body = 4 + _field_bytes(key) + _field_bytes(value) + headers
    return body + _varint_bytes(body)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a batch, for idempotence: ``first`` is the sequence of its first record."""

    producer_id: int
    epoch: int
    first: int


class Batch:
    """A run of records appended together; ``offsets`` is None while they are dense.

    Replicas share the object: nothing changes after the leader appended it. A marker batch has
    no records and takes one offset.
    """

    __slots__ = (
        "base_offset",
        "last_offset",
        "leader_epoch",
        "marker",
        "max_timestamp_ms",
        "offsets",
        "origin",
        "records",
        "size_bytes",
        "stamped",
        "timestamp_ms",
        "tombstones_until_ms",
        "transaction",
    )

    def __init__(
        self,
        records: Sequence[Record],
        *,
        origin: Origin | None = None,
        transaction: Transaction | None = None,
        marker: str | None = None,
    ) -> None:
        self.records = records
        self.origin = origin
        self.transaction = transaction
        self.marker = marker
        self.offsets: Sequence[int] | None = None
        self.size_bytes = BATCH_OVERHEAD_BYTES + (
            sum(map(record_bytes, records)) if marker is None else 17
        )
        self.base_offset = -1
        self.last_offset = -1
        self.leader_epoch = -1
        self.timestamp_ms = -1
        self.max_timestamp_ms = -1
        self.tombstones_until_ms: int | None = None
        self.stamped = False

    def stamp(self, now_ms: int, *, append_time: bool) -> None:
        """Fix the stamps: records without one take ``now_ms``; all do with LogAppendTime."""
        self.timestamp_ms = now_ms
        if append_time:
            self.records = [record._replace(timestamp_ms=now_ms) for record in self.records]
        given = [record.timestamp_ms for record in self.records if record[3] is not None]
        self.stamped = bool(given)
        stamps = [stamp for stamp in given if stamp is not None]
        if len(given) < len(self.records) or not given:
            stamps.append(now_ms)
        self.max_timestamp_ms = max(stamps)

    def place(self, base_offset: int, leader_epoch: int) -> None:
        """Give it its offsets."""
        self.base_offset = base_offset
        self.last_offset = base_offset + max(len(self.records), 1) - 1
        self.leader_epoch = leader_epoch

    def kept(self, keep: Sequence[int]) -> Batch:
        """A copy with only the records at these places; its offsets do not move."""
        offsets = self.numbered()
        copy = Batch(
            [self.records[place] for place in keep],
            origin=self.origin,
            transaction=self.transaction,
            marker=self.marker,
        )
        copy.offsets = [offsets[place] for place in keep]
        copy.base_offset, copy.last_offset = self.base_offset, self.last_offset
        copy.leader_epoch = self.leader_epoch
        copy.timestamp_ms, copy.max_timestamp_ms = self.timestamp_ms, self.max_timestamp_ms
        copy.tombstones_until_ms, copy.stamped = self.tombstones_until_ms, self.stamped
        return copy

    def numbered(self) -> Sequence[int]:
        """The offset of each record."""
        if self.offsets is not None:
            return self.offsets
        return range(self.base_offset, self.base_offset + len(self.records))

    def unpacked(self, topic: str, number: int, position: int) -> Iterable[ConsumerRecord]:
        """Its records from ``position`` on, as a consumer gets them."""
        if self.offsets is None and not self.stamped and self.records:
            skipped = max(position - self.base_offset, 0)
            keys, values, headers, _ = zip(*self.records[skipped:], strict=True)
            offsets = range(self.base_offset + skipped, self.last_offset + 1)
            columns = (keys, values, headers, repeat(None))
            stamp = repeat(self.timestamp_ms)
            rows = zip(repeat(topic), repeat(number), offsets, stamp, *columns, strict=False)
            return map(_CONSUMER_RECORD, rows)
        return [
            ConsumerRecord(topic, number, offset, self.stamp_of(record), *record[:3])
            for offset, record in zip(self.numbered(), self.records, strict=True)
            if offset >= position
        ]

    def stamp_of(self, record: Record) -> int:
        """The record's own stamp, else the time of sending."""
        return self.timestamp_ms if record.timestamp_ms is None else record.timestamp_ms
