"""Law 12: the hottest partition is full first."""

from __future__ import annotations


def usable_per_s(partition_per_s: float, *, hottest_share: float) -> float:
    """What the whole can carry where ``hottest_share`` of it falls on one partition: ``X / p``."""
    return partition_per_s / hottest_share
