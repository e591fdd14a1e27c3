"""Law 9: a backlog grows and shrinks like a fluid: ``dB/dt = lambda - min(c / s, drain)``.

Leaves out that a broker's drain rate changes while a backlog shrinks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable


def drained_messages(*, drain_per_s: float, rate_per_s: float, within_s: float) -> float:
    """The largest backlog that is gone in that time while publishing goes on."""
    return max(0.0, drain_per_s - rate_per_s) * within_s


def drain_s(backlog: float, *, drain_per_s: float, rate_per_s: float) -> float:
    """``B / (mu - lambda)``: infinite where it never ends."""
    if backlog <= 0:
        return 0.0
    return backlog / (drain_per_s - rate_per_s) if drain_per_s > rate_per_s else math.inf


def peak_backlog(phases: Iterable[tuple[float, float, float]]) -> float:
    """Largest backlog over phases of (seconds, rate per second, drain per second).

    A backlog never falls below none. Source: RabbitMQ, "Cluster Sizing Case Study", part 2.
    """
    backlog = peak = 0.0
    for seconds, rate_per_s, drain_per_s in phases:
        backlog = max(0.0, backlog + (rate_per_s - drain_per_s) * seconds)
        peak = max(peak, backlog)
    return peak
