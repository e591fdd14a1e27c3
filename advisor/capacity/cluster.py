"""Law 3: what a RabbitMQ cluster moves through many queues.

Keeps how it grows with nodes and cores. Leaves out the disk: the study found it to matter little
for messages of 1 KB.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def cluster_per_s(
    nodes: float, *, node_per_s: float, node_exponent: float, core_factor: float
) -> float:
    """``C = A n^e g(cores)`` messages per second, published and consumed, at 1 KB.

    Source: RabbitMQ, "Cluster Sizing Case Study", mirrored and quorum queues (2020).
    """
    return node_per_s * float(nodes**node_exponent) * core_factor


def core_factor(cores: float, points: Sequence[tuple[float, float]]) -> float:
    """``g``: linear between the measured (cores, factor) points.

    In proportion to the cores below the first point, constant above the last: nothing larger was
    measured.
    """
    first_cores, first_factor = points[0]
    if cores <= first_cores:
        return first_factor * cores / first_cores
    for (low, low_factor), (high, high_factor) in pairwise(points):
        if cores <= high:
            return low_factor + (high_factor - low_factor) * (cores - low) / (high - low)
    return points[-1][1]
