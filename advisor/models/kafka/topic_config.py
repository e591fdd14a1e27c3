"""Settings of a topic: names, defaults and checks as the broker has them.

Keeps: the settings below with Kafka's defaults. Leaves out: every other setting, refused as
INVALID_CONFIG (40) here; ``remote.storage.enable`` and compression are declared gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kafka.versions import Features

FOREVER = (1 << 63) - 1
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """One topic's settings; field names are Kafka's with ``_`` for ``.``."""

    cleanup_policy: str = "delete"
    retention_ms: int = 7 * DAY_MS
    retention_bytes: int = -1
    segment_bytes: int = 1 << 30
    segment_ms: int = 7 * DAY_MS
    min_insync_replicas: int = 1
    max_message_bytes: int = 1_048_588
    message_timestamp_type: str = "CreateTime"
    unclean_leader_election_enable: bool = False
    flush_messages: int = FOREVER
    min_cleanable_dirty_ratio: float = 0.5
    delete_retention_ms: int = DAY_MS
    errors_deadletterqueue_group_enable: bool = False

    @property
    def compacts(self) -> bool:
        return "compact" in self.cleanup_policy

    @property
    def deletes(self) -> bool:
        return "delete" in self.cleanup_policy


_NUMBERS = {
    "retention.ms": -1,
    "retention.bytes": -1,
    "segment.bytes": 1,
    "segment.ms": 1,
    "min.insync.replicas": 1,
    "max.message.bytes": 0,
    "flush.messages": 1,
    "delete.retention.ms": 0,
}
_CHOICES = {
    "cleanup.policy": ("delete", "compact", "compact,delete", "delete,compact"),
    "message.timestamp.type": ("CreateTime", "LogAppendTime"),
}
_SWITCHES = ("unclean.leader.election.enable", "errors.deadletterqueue.group.enable")


def read_topic_config(settings: Mapping[str, str], features: Features) -> TopicConfig:
    """The settings as values; KafkaError INVALID_CONFIG for an unknown one or a bad value."""
    found: dict[str, str | int | float | bool] = {}
    for name, text in settings.items():
        if name == "remote.storage.enable":
            raise GapError(Gap.TIERED_STORAGE)
        if name == "compression.type" and text != "producer":
            raise GapError(Gap.COMPRESSION)
        found[name.replace(".", "_")] = _value(name, text, features)
    found.pop("compression_type", None)
    return TopicConfig(**found)  # type: ignore[arg-type]


def _value(name: str, text: str, features: Features) -> str | int | float | bool:
    wrong = KafkaError(ErrorCode.INVALID_CONFIG, f"{name}={text}")
    if name == "compression.type":
        return text
    if name in _CHOICES:
        if text not in _CHOICES[name]:
            raise wrong
        return text
    if name in _SWITCHES:
        if name.startswith("errors.") and not features.share_dead_letter:
            raise wrong
        return text == "true"
    try:
        if name == "min.cleanable.dirty.ratio":
            ratio = float(text)
            if not 0 <= ratio <= 1:
                raise wrong
            return ratio
        number = int(text)
    except ValueError:
        raise wrong from None
    least = features.segment_bytes_min if name == "segment.bytes" else _NUMBERS.get(name)
    if least is None or number < least:
        raise wrong
    return number
