"""Where a consumer begins without a usable offset: auto.offset.reset.

Keeps: earliest (log start), latest (high watermark, so what was sent before the first assignment
is skipped), none (an error of the client). Leaves out: by_duration
(:data:`Gap.RESET_BY_DURATION`).
"""

from __future__ import annotations

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.unmodelled import Gap, GapError


def reset_offset(partition: Partition, policy: str, *, committed: bool) -> int:
    """The offset to begin at; ``committed`` readers take the last stable offset as the end."""
    if policy == "earliest":
        return partition.log.start_offset
    if policy == "latest":
        partition.log  # noqa: B018 - an unavailable leader cannot tell its end
        return partition.last_stable_offset if committed else partition.high_watermark
    if policy.startswith("by_duration"):
        raise GapError(Gap.RESET_BY_DURATION)
    raise KafkaError(ErrorCode.AUTO_OFFSET_RESET)
