"""Compaction of one log: of each key the newest record stays, at its offset.

Keeps: only closed segments below the last stable offset; due when the dirty share exceeds
min.cleanable.dirty.ratio (a log never cleaned is all dirty); keyless records go; a tombstone stays
through the first clean, is stamped with now + delete.retention.ms and goes with a later one;
records of aborted transactions go; emptied batches stay where they end a segment's offsets.
Leaves out: min.compaction.lag.ms, merging of segments, removal of markers.
"""

from __future__ import annotations

from advisor.models.kafka.log import Log
from advisor.models.kafka.record import Batch
from advisor.models.kafka.segment import Segment

BACKOFF_MS = 15_000


def cleanable(log: Log, last_stable_offset: int) -> list[Segment]:
    """The closed segments that compaction may touch."""
    found = []
    for segment, following in zip(log.segments, log.segments[1:], strict=False):
        if following.base_offset > last_stable_offset:
            break
        found.append(segment)
    return found


def is_due(log: Log, last_stable_offset: int, *, dirty_ratio_min: float) -> bool:
    """Whether the share of bytes not yet cleaned is above the limit."""
    candidates = cleanable(log, last_stable_offset)
    total = sum(segment.size_bytes for segment in candidates)
    dirty = sum(segment.size_bytes for segment in candidates if not segment.cleaned)
    return total > 0 and dirty > 0 and dirty / total > dirty_ratio_min


def compact(log: Log, last_stable_offset: int, now_ms: int, *, delete_retention_ms: int) -> None:
    """Clean every closed segment once."""
    candidates = cleanable(log, last_stable_offset)
    newest: dict[bytes, int] = {}
    for segment in candidates:
        for batch in segment.batches:
            if batch.marker is None and not _aborted(batch):
                for offset, record in zip(batch.numbered(), batch.records, strict=True):
                    if record.key is not None:
                        newest[record.key] = offset
    for segment in candidates:
        _rewrite(segment, newest, now_ms, delete_retention_ms)


def _aborted(batch: Batch) -> bool:
    return batch.transaction is not None and batch.transaction.state == "aborted"


def _rewrite(segment: Segment, newest: dict[bytes, int], now_ms: int, retention_ms: int) -> None:
    batches = [_cleaned(batch, newest, now_ms, retention_ms) for batch in segment.batches]
    segment.batches = batches
    segment.base_offsets = [batch.base_offset for batch in batches]
    segment.size_bytes = sum(batch.size_bytes for batch in batches)
    segment.cleaned = True


def _cleaned(batch: Batch, newest: dict[bytes, int], now_ms: int, retention_ms: int) -> Batch:
    if batch.marker is not None:
        return batch
    outlived = batch.tombstones_until_ms is not None and now_ms > batch.tombstones_until_ms
    keep = []
    tombstone = False
    for place, offset in enumerate(batch.numbered()):
        record = batch.records[place]
        if record.key is None or _aborted(batch) or newest[record.key] != offset:
            continue
        if record.value is None:
            if outlived:
                continue
            tombstone = True
        keep.append(place)
    if len(keep) == len(batch.records) and not tombstone:
        return batch
    kept = batch.kept(keep)
    if tombstone and kept.tombstones_until_ms is None:
        kept.tombstones_until_ms = now_ms + retention_ms
    return kept
