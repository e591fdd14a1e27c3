"""Which old segments a log deletes, by age and by size (cleanup.policy delete).

Keeps: whole segments, oldest first; by age when the largest stamp is older than retention.ms, the
active segment included (it is rolled for that); by size while what is left over would still reach
retention.bytes without the oldest, which keeps up to almost one segment more; nothing at or above
the high watermark. Leaves out: the delay between marking a file and its removal (1 min).
"""

from __future__ import annotations

from advisor.models.kafka.log import Log

CHECK_INTERVAL_MS = 300_000


def expired(log: Log, now_ms: int, *, retention_ms: int, high_watermark: int) -> int:
    """How many of the oldest segments are too old; -1 for ``retention_ms`` keeps all."""
    if retention_ms < 0:
        return 0
    count = 0
    for index, segment in enumerate(log.segments):
        ends = log.segments[index + 1].base_offset if index + 1 < len(log.segments) else None
        upper = log.end_offset if ends is None else ends
        if not segment.batches and ends is None:
            break
        if upper > high_watermark or now_ms - segment.max_timestamp_ms <= retention_ms:
            break
        count += 1
    return count


def oversized(log: Log, *, retention_bytes: int, high_watermark: int) -> int:
    """How many of the oldest segments size alone removes; -1 keeps all, the active one stays."""
    if retention_bytes < 0:
        return 0
    over = sum(segment.size_bytes for segment in log.segments) - retention_bytes
    count = 0
    for segment, following in zip(log.segments, log.segments[1:], strict=False):
        if over - segment.size_bytes < 0 or following.base_offset > high_watermark:
            break
        over -= segment.size_bytes
        count += 1
    return count


def apply(
    log: Log, now_ms: int, *, retention_ms: int, retention_bytes: int, high_watermark: int
) -> None:
    """Delete what the two rules say."""
    count = expired(log, now_ms, retention_ms=retention_ms, high_watermark=high_watermark)
    if count == len(log.segments):
        log.roll()
    if count:
        log.drop_before(log.segments[count].base_offset)
    count = oversized(log, retention_bytes=retention_bytes, high_watermark=high_watermark)
    if count:
        log.drop_before(log.segments[count].base_offset)


def next_expiry_ms(log: Log, *, retention_ms: int) -> int | None:
    """When the oldest segment becomes too old, None if nothing can."""
    if retention_ms < 0:
        return None
    for segment in log.segments:
        if segment.batches:
            return segment.max_timestamp_ms + retention_ms + 1
    return None
