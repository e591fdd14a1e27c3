"""One segment of a log: batches from a base offset on, and what decides when it is rolled.

Keeps: size, largest stamp, the stamp of the first batch (rolling by ``segment.ms`` counts from
it). Leaves out: index files and their limits, roll jitter.
"""

from __future__ import annotations

from bisect import bisect_right

from advisor.models.kafka.record import Batch


class Segment:
    """Batches in order of offset; ``base_offsets`` mirrors them for searching."""

    __slots__ = (
        "base_offset",
        "base_offsets",
        "batches",
        "cleaned",
        "max_timestamp_ms",
        "size_bytes",
    )

    def __init__(self, base_offset: int) -> None:
        self.base_offset = base_offset
        self.batches: list[Batch] = []
        self.base_offsets: list[int] = []
        self.size_bytes = 0
        self.max_timestamp_ms = -1
        self.cleaned = False

    def append(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.base_offsets.append(batch.base_offset)
        self.size_bytes += batch.size_bytes
        if batch.max_timestamp_ms > self.max_timestamp_ms:
            self.max_timestamp_ms = batch.max_timestamp_ms

    def full_for(self, batch: Batch, *, segment_bytes: int, segment_ms: int) -> bool:
        """Whether the log must roll before ``batch``."""
        if not self.batches:
            return False
        if self.size_bytes + batch.size_bytes > segment_bytes:
            return True
        return batch.max_timestamp_ms - self.batches[0].max_timestamp_ms > segment_ms

    def place_of(self, offset: int) -> int:
        """Index of the batch that holds ``offset``, or of the next one kept."""
        place = bisect_right(self.base_offsets, offset) - 1
        if place < 0:
            return 0
        return place if self.batches[place].last_offset >= offset else place + 1
