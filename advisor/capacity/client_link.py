"""Law 6: one client sends no faster than its network card.

Leaves out the processor of the client (see ``partition`` for a producer's own rate).
"""

from __future__ import annotations

RECORD_OVERHEAD_BYTES = 22


def client_link_per_s(
    size_bytes: float, *, network_mb_per_second: float, efficiency: float
) -> float:
    """``eta B / (S + 22)`` messages per second.

    Source: LinkedIn, "Benchmarking Apache Kafka: 2 million writes per second" (2014): 22 bytes of
    overhead on each record of that time.
    """
    return efficiency * network_mb_per_second * 1e6 / (size_bytes + RECORD_OVERHEAD_BYTES)
