"""Laws 1, 1' and 1'': what publishers, or readers, with a window can keep in flight.

Keeps the soft knee of a closed network of one delay and one station. Leaves out Kafka producers
that wait for each send: they batch more as load grows, so the law does not hold for them.
"""

from __future__ import annotations

import math


def windowed_rate_per_s(
    *, clients: float, window: float, round_trip_s: float, station_per_s: float
) -> float:
    """Messages per second of ``clients``, each with at most ``window`` messages in flight.

    ``X = K W / (RTT + K W / mu)``. The simpler ``min(K W / RTT, mu)`` is twice too high at the
    knee. For senders that wait for each batch, the window is the size of the batch (law 1').
    Source: RabbitMQ, "Some queuing theory" (2012), with Little's law.
    """
    in_flight = clients * window
    return in_flight / (round_trip_s + in_flight / station_per_s)


def clients_needed(
    rate_per_s: float, *, window: float, round_trip_s: float, station_per_s: float
) -> float:
    """Fewest clients that reach the rate, infinite where the station itself does not."""
    if rate_per_s >= station_per_s:
        return math.inf
    in_flight = rate_per_s * round_trip_s / (1 - rate_per_s / station_per_s)
    # The division is rounded: where it should be whole it may lie just above.
    fewer = math.ceil(in_flight / window) - 1
    enough = fewer >= 1 and rate_per_s <= windowed_rate_per_s(
        clients=fewer, window=window, round_trip_s=round_trip_s, station_per_s=station_per_s
    )
    return max(1, fewer if enough else fewer + 1)


def median_latency_s(*, window: float, rate_per_s: float) -> float:
    """Law 1'': in a closed loop the time in the system is ``W / X`` (Little)."""
    return window / rate_per_s
