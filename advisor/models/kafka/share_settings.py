"""Settings of a share group, by name, default and limits.

Keeps: the settings below; lock 15 to 60 s, delivery limit 2 to 10; per-group limits of deliveries
and locks only from 4.3, the dead-letter topic from 4.4: before, INVALID_CONFIG. Leaves out:
by_duration (:data:`Gap.RESET_BY_DURATION`), record_limit (:data:`Gap.SHARE_RECORD_LIMIT`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kafka.versions import Features


@dataclass(frozen=True, slots=True)
class ShareSettings:
    """One group's settings, times in milliseconds."""

    auto_offset_reset: str = "latest"
    isolation: str = "read_uncommitted"
    lock_ms: int = 30_000
    delivery_count_max: int = 5
    locks_max: int = 2000
    dead_letter_topic: str = ""
    dead_letter_copies: bool = False


def default_settings(features: Features) -> ShareSettings:
    """What a group has that nobody configured."""
    return ShareSettings(locks_max=features.share_locks_max)


def read_share_settings(
    base: ShareSettings, changes: Mapping[str, str], features: Features
) -> ShareSettings:
    """``base`` with the changes; KafkaError INVALID_CONFIG for an unknown name or a bad value."""
    for name, text in changes.items():
        base = _changed(base, name, text, features)
    return base


def _changed(base: ShareSettings, name: str, text: str, features: Features) -> ShareSettings:
    wrong = KafkaError(ErrorCode.INVALID_CONFIG, f"{name}={text}")
    if name == "share.auto.offset.reset":
        if text.startswith("by_duration"):
            raise GapError(Gap.RESET_BY_DURATION)
        if text in ("latest", "earliest"):
            return replace(base, auto_offset_reset=text)
    elif name == "share.isolation.level":
        if text in ("read_uncommitted", "read_committed"):
            return replace(base, isolation=text)
    elif name == "share.acquire.mode":
        if text == "record_limit":
            raise GapError(Gap.SHARE_RECORD_LIMIT)
        if text == "batch_optimized":
            return base
    elif name.startswith("errors.deadletterqueue.") and features.share_dead_letter:
        if name.endswith(".topic.name"):
            return replace(base, dead_letter_topic=text)
        if name.endswith(".copy.record.enable"):
            return replace(base, dead_letter_copies=text == "true")
    elif text.isdecimal():
        number = int(text)
        if name == "share.record.lock.duration.ms" and 15_000 <= number <= 60_000:
            return replace(base, lock_ms=number)
        if features.share_group_settings:
            if name == "share.delivery.count.limit" and 2 <= number <= 10:
                return replace(base, delivery_count_max=number)
            if name == "share.partition.max.record.locks" and 100 <= number <= 10_000:
                return replace(base, locks_max=number)
    raise wrong
