"""Laws 2 and 2': one queue replica runs on one core, and many queues share their node.

Keeps the cost of a message and of its bytes. Leaves out acknowledgement batching, consumers that
are slower than the queue, and what a long backlog costs (see ``backlog``).
"""

from __future__ import annotations


def message_cost_s(
    size_bytes: float, *, message_us: float, size_exponent: float, mb_per_second: float
) -> float:
    """Seconds of one core for one message: ``c S^e + S / Bw``, with c in microseconds.

    ``c`` belongs to the kind of queue, the broker version and the processor. Source: RabbitMQ
    documentation, Queues: "a single queue replica is limited to a single CPU core".
    """
    return message_us * 1e-6 * float(size_bytes**size_exponent) + size_bytes / (mb_per_second * 1e6)


def many_queues_per_s(queues: float, *, queue_per_s: float, node_per_s: float) -> float:
    """Law 2': ``min(q mu_q, node)``. Source: README of binque/RabbitMQ-performance-test (2015)."""
    return min(queues * queue_per_s, node_per_s)
