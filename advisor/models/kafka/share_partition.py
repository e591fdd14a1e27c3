"""What one share group knows of one partition: which record is with whom, and how often it was.

Keeps: Available, Acquired, Acknowledged and Archived; acquisition from the lowest Available
offset, so released records come before newer ones; whole batches at a time (batch_optimized);
locks that expire; the delivery count and its limit; the window of in-flight records that stops the
partition; a closed connection releases at once; a change of leader forgets who holds what but not
the counts. Leaves out: share.acquire.mode=record_limit (:data:`Gap.SHARE_RECORD_LIMIT`); up to 4.0
the window is checked only before a fetch, here as exactly as later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Literal

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.record import Batch, ConsumerRecord, Record
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.share_settings import ShareSettings
from advisor.models.kernel import Kernel

Acknowledgement = Literal["ACCEPT", "RELEASE", "REJECT", "RENEW"]
_FETCH_BYTES_MAX = 1 << 20


class InFlight:
    """One record between start offset and the last one acquired."""

    __slots__ = ("count", "lock", "owner", "record", "rejected", "state", "timestamp_ms")

    def __init__(self, record: Record, timestamp_ms: int) -> None:
        self.record = record
        self.timestamp_ms = timestamp_ms
        self.state: Literal["available", "acquired", "ended"] = "available"
        self.owner = ""
        self.count = 0
        self.lock = 0
        self.rejected = False


Archived = Callable[[str, int, int, InFlight], None]


class SharePartition:
    """State of one partition for one group; ``archived`` is told of every record given up."""

    def __init__(
        self,
        kernel: Kernel,
        topic: str,
        number: int,
        partition: Partition,
        *,
        start_offset: int,
        settings: Callable[[], ShareSettings],
        archived: Archived,
    ) -> None:
        self._kernel = kernel
        self._topic = topic
        self._number = number
        self._partition = partition
        self._settings = settings
        self._archived = archived
        self._leader_epoch = partition.leader_epoch
        self._locks = 0
        self._available: list[int] = []
        self._order: deque[int] = deque()
        self.in_flight: dict[int, InFlight] = {}
        self.start_offset = start_offset
        self.next_offset = start_offset

    # Acquiring

    def acquire(self, owner: str, records_max: int) -> list[ConsumerRecord]:
        """Records for one poll, at least one if there is any; their locks start now."""
        self._notice_leader()
        offsets: list[int] = []
        while self._available and len(offsets) < records_max:
            offset = heappop(self._available)
            entry = self.in_flight.get(offset)
            if entry is not None and entry.state == "available":
                offsets.append(offset)
        if len(offsets) < records_max:
            offsets.extend(self._fetch(records_max - len(offsets)))
        if not offsets:
            return []
        self._lock(owner, offsets)
        return [self._delivery(offset) for offset in offsets]

    def _fetch(self, wanted: int) -> list[int]:
        settings = self._settings()
        log = self._partition.log
        self.next_offset = max(self.next_offset, log.start_offset)
        if self.next_offset - self.start_offset >= settings.locks_max:
            return []
        found: list[int] = []
        committed = settings.isolation == "read_committed"
        for batch in self._partition.read(
            self.next_offset, committed=committed, bytes_max=_FETCH_BYTES_MAX
        ):
            if len(found) >= wanted or self.next_offset - self.start_offset >= settings.locks_max:
                break
            found.extend(self._take(batch, committed=committed))
            self.next_offset = batch.last_offset + 1
        self._advance()
        return found

    def _take(self, batch: Batch, *, committed: bool) -> list[int]:
        transaction = batch.transaction
        if committed and transaction is not None and transaction.state == "aborted":
            return []
        found = []
        for offset, record in zip(batch.numbered(), batch.records, strict=True):
            if offset >= self.next_offset:
                self.in_flight[offset] = InFlight(record, batch.stamp_of(record))
                self._order.append(offset)
                found.append(offset)
        return found

    def _delivery(self, offset: int) -> ConsumerRecord:
        entry = self.in_flight[offset]
        key, value, headers, _ = entry.record
        return ConsumerRecord(
            self._topic,
            self._number,
            offset,
            entry.timestamp_ms,
            key,
            value,
            headers,
            entry.count,
        )

    def _lock(self, owner: str, offsets: list[int], *, renewed: bool = False) -> None:
        self._locks += 1
        lock = self._locks
        for offset in offsets:
            entry = self.in_flight[offset]
            entry.state, entry.owner, entry.lock = "acquired", owner, lock
            if not renewed:
                entry.count += 1

        def expire() -> None:
            for offset in offsets:
                entry = self.in_flight.get(offset)
                if entry is not None and entry.state == "acquired" and entry.lock == lock:
                    self._release(offset, entry)

        self._kernel.after(self._settings().lock_ms, expire)

    # Ending

    def acknowledge(self, owner: str, offset: int, kind: Acknowledgement) -> None:
        """What the owner of an acquired record decided; INVALID_RECORD_STATE if it is not its."""
        if self._partition.leader_epoch != self._leader_epoch:
            self._notice_leader()
            raise KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER)
        self._partition.log  # noqa: B018 - without a leader nobody takes it
        entry = self.in_flight.get(offset)
        if entry is None or entry.state != "acquired" or entry.owner != owner:
            raise KafkaError(ErrorCode.INVALID_RECORD_STATE)
        if kind == "ACCEPT":
            self._finish(entry)
        elif kind == "RELEASE":
            self._release(offset, entry)
        elif kind == "REJECT":
            entry.rejected = True
            self._archive(offset, entry)
        else:
            self._lock(owner, [offset], renewed=True)

    def release_all(self, owner: str) -> None:
        """The owner's connection is closed."""
        for offset, entry in list(self.in_flight.items()):
            if entry.state == "acquired" and entry.owner == owner:
                self._release(offset, entry)

    def _release(self, offset: int, entry: InFlight) -> None:
        if entry.count >= self._settings().delivery_count_max:
            self._archive(offset, entry)
            return
        entry.state = "available"
        heappush(self._available, offset)

    def _archive(self, offset: int, entry: InFlight) -> None:
        self._finish(entry)
        self._archived(self._topic, self._number, offset, entry)

    def _finish(self, entry: InFlight) -> None:
        entry.state = "ended"
        self._advance()

    def _advance(self) -> None:
        order, in_flight = self._order, self.in_flight
        while order and in_flight[order[0]].state == "ended":
            del in_flight[order.popleft()]
        self.start_offset = order[0] if order else self.next_offset

    def _notice_leader(self) -> None:
        if self._partition.leader_epoch == self._leader_epoch:
            return
        self._leader_epoch = self._partition.leader_epoch
        for offset, entry in self.in_flight.items():
            if entry.state == "acquired":
                entry.state, entry.count = "available", entry.count - 1
                heappush(self._available, offset)

    @property
    def acquired(self) -> int:
        """Records that are with a member now."""
        return sum(entry.state == "acquired" for entry in self.in_flight.values())
