"""Law 11: what each further group of readers costs.

A queue for each group multiplies the operations on queues; a log multiplies the bytes that leave.
"""

from __future__ import annotations


def fanned_out_per_s(operations_per_s: float, *, copies: float) -> float:
    """Publishes per second where each is ``copies`` operations on queues.

    Source: RabbitMQ, "RabbitMQ 3.12 Performance Improvements", test 5 (1,800 in, 18,000 out).
    """
    return operations_per_s / max(1.0, copies)


def egress_mb_per_second(
    published_mb_per_second: float, *, groups: float, replicas: float
) -> float:
    """Bytes that leave the nodes of a log: ``(g + r - 1) T``."""
    return (groups + replicas - 1) * published_mb_per_second
