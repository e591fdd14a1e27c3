"""Law 5: one partition is written through one leader, and each producer has a rate of its own.

Keeps the cost of a record and of its bytes for one producer, and the number of partitions a
cluster carries. Leaves out the size of batches, which both depend on.
"""

from __future__ import annotations

import math


def producer_per_s(size_bytes: float, *, record_us: float, mb_per_second: float) -> float:
    """Records per second of one producer that waits for all replicas: ``1 / (c + S / Bw)``.

    Source: StreamNative, "Benchmarking Pulsar and Kafka" (2020), one partition, one producer.
    """
    return 1 / (record_us * 1e-6 + size_bytes / (mb_per_second * 1e6))


def producers_needed(rate_per_s: float, *, one_per_s: float) -> int:
    """Fewest producers for the rate."""
    return max(1, math.ceil(rate_per_s / one_per_s))


def partition_per_s(producers: float, *, producer_per_s: float, leader_per_s: float) -> float:
    """``min(K per-producer rate, one disk, one leader)``; the leader stands for both."""
    return min(producers * producer_per_s, leader_per_s)


def partitions_max(nodes: float, *, replicas: float, replicas_per_node: float) -> float:
    """Partitions that a cluster carries before publishing slows down.

    A threshold of warning, not a law. Source: StreamNative (2020): with acks=all a cliff between
    5,000 and 8,000 partitions on three nodes of 8 cores.
    """
    return replicas_per_node * nodes / replicas
