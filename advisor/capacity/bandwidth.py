"""Law 4: a replicated log moves as many bytes as its disks and network cards let through.

Keeps replication and the reading groups. Leaves out compression, the page cache's misses (readers
far behind), and the cost of very many partitions.
"""

from __future__ import annotations


def log_mb_per_second(
    nodes: float,
    *,
    replicas: float,
    groups: float,
    disk_mb_per_second: float,
    network_mb_per_second: float,
    efficiency: float,
) -> float:
    """``T = eta n min(D/r, B/r, B/(g + r - 1))`` MB/s published.

    Every byte is written ``r`` times, comes in ``r`` times and goes out ``g + r - 1`` times; cards
    are counted for each direction. Source: the form of the AWS MSK sizing advice (recalled).
    """
    node = min(
        disk_mb_per_second / replicas,
        network_mb_per_second / replicas,
        network_mb_per_second / max(1.0, groups + replicas - 1),
    )
    return efficiency * nodes * node


def leader_mb_per_second(
    *, replicas: float, groups: float, disk_mb_per_second: float, network_mb_per_second: float
) -> float:
    """The same for a log that one leader holds: its disk, its card in, its card out."""
    outgoing = network_mb_per_second / max(1.0, groups + replicas - 1)
    return min(disk_mb_per_second, network_mb_per_second, outgoing)
