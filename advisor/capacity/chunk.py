"""Law 7: a stream is stored and delivered in chunks, and each chunk costs a read.

Keeps the number of messages in a chunk. Leaves out filters, and that from 4.2 on chunks under
4 KiB are read together (there one constant stands for a range).
"""

from __future__ import annotations


def chunked_rate_per_s(
    messages_per_chunk: float,
    *,
    size_bytes: float,
    message_us: float,
    chunk_us: float,
    mb_per_second: float,
) -> float:
    """``X = 1 / (c_msg + S / Bw + c_chunk / k)`` messages per second to one reader.

    Source: RabbitMQ, "Stream delivery optimization" (2025).
    """
    cost_us = message_us + size_bytes / mb_per_second + chunk_us / messages_per_chunk
    return 1e6 / cost_us


def messages_per_chunk(*, producers: float, window: float, in_flight_share: float) -> float:
    """How many messages come to lie in one chunk: a share of those in flight, at least one.

    The share is taken from one run (10,000 in flight, chunks of 2,654).
    """
    return max(1.0, producers * window * in_flight_share)
