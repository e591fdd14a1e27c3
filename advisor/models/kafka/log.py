"""The log of one replica: segments, start and end offset, reading, truncating, flushing.

Keeps: dense offsets on append, holes after compaction, reading from any offset between start and
end, the next kept record where an offset is gone, search by stamp (lowest offset whose stamp is
not older), what would survive a loss of power (only what was flushed: by flush.messages, by
rolling, by a clean stop). Leaves out: flush.ms, and that an operating system writes pages back by
itself after a while: nothing promises it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from advisor.models.kafka.record import Batch
from advisor.models.kafka.segment import Segment


class Log:
    """One replica's copy of a partition; ``end_offset`` is the next offset to be written."""

    __slots__ = ("end_offset", "flushed_offset", "segments", "start_offset", "unflushed_messages")

    def __init__(self) -> None:
        self.segments = [Segment(0)]
        self.start_offset = 0
        self.end_offset = 0
        self.flushed_offset = 0
        self.unflushed_messages = 0

    def append(
        self, batch: Batch, *, segment_bytes: int, segment_ms: int, flush_messages: int
    ) -> None:
        """Add a batch that already has its offsets."""
        active = self.segments[-1]
        if active.full_for(batch, segment_bytes=segment_bytes, segment_ms=segment_ms):
            active = self.roll()
        active.append(batch)
        self.end_offset = batch.last_offset + 1
        self.unflushed_messages += len(batch.records)
        if self.unflushed_messages >= flush_messages:
            self.flush()

    def roll(self) -> Segment:
        """Close the active segment, which is flushed then, and begin the next."""
        self.flush()
        self.segments.append(Segment(self.end_offset))
        return self.segments[-1]

    def flush(self) -> None:
        self.flushed_offset = self.end_offset
        self.unflushed_messages = 0

    def batches(self) -> Iterator[Batch]:
        """Every batch still here, the oldest first."""
        return chain.from_iterable(segment.batches for segment in self.segments)

    def read(self, offset: int, until_offset: int, bytes_max: int) -> list[Batch]:
        """Batches from the one that holds ``offset`` on, all below ``until_offset``.

        The first batch is given even when it alone is above ``bytes_max``.
        """
        found: list[Batch] = []
        size = 0
        for index in range(self._segment_of(offset), len(self.segments)):
            segment = self.segments[index]
            for place in range(segment.place_of(offset), len(segment.batches)):
                batch = segment.batches[place]
                size += batch.size_bytes
                if batch.last_offset >= until_offset or (found and size > bytes_max):
                    return found
                found.append(batch)
        return found

    def _segment_of(self, offset: int) -> int:
        low, high = 0, len(self.segments) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.segments[middle].base_offset <= offset:
                low = middle
            else:
                high = middle - 1
        return low

    def offset_for_time(self, timestamp_ms: int) -> int | None:
        """The lowest offset whose stamp is ``timestamp_ms`` or later, None if there is none."""
        for batch in self.batches():
            if batch.max_timestamp_ms < timestamp_ms or batch.marker is not None:
                continue
            for offset, record in zip(batch.numbered(), batch.records, strict=True):
                if batch.stamp_of(record) >= timestamp_ms and offset >= self.start_offset:
                    return offset
        return None

    def truncate(self, end_offset: int) -> None:
        """Forget everything from ``end_offset`` on."""
        kept = [batch for batch in self.batches() if batch.last_offset < end_offset]
        bases = [segment.base_offset for segment in self.segments if segment.batches] or [0]
        cleaned = {segment.base_offset for segment in self.segments if segment.cleaned}
        self.segments = [Segment(bases[0])]
        for batch in kept:
            if batch.base_offset >= self.segments[-1].base_offset and any(
                self.segments[-1].base_offset < base <= batch.base_offset for base in bases
            ):
                self.segments.append(Segment(batch.base_offset))
            self.segments[-1].append(batch)
        for segment in self.segments:
            segment.cleaned = segment.base_offset in cleaned
        self.end_offset = min(self.end_offset, end_offset)
        self.flushed_offset = min(self.flushed_offset, self.end_offset)

    def lose_power(self) -> None:
        """Only what was flushed comes back."""
        self.truncate(self.flushed_offset)
        self.unflushed_messages = 0

    def drop_before(self, offset: int) -> None:
        """Move the start; whole segments below it go."""
        self.start_offset = max(self.start_offset, offset)
        while len(self.segments) > 1 and self.segments[1].base_offset <= self.start_offset:
            del self.segments[0]

    @property
    def last_epoch(self) -> int:
        """Leader epoch of the last batch, -1 when empty."""
        for segment in reversed(self.segments):
            if segment.batches:
                return segment.batches[-1].leader_epoch
        return -1

    def end_of_epoch(self, epoch: int) -> int:
        """Where this log's batches of that leader epoch, or an older one, end."""
        for batch in self.batches():
            if batch.leader_epoch > epoch:
                return batch.base_offset
        return self.end_offset
