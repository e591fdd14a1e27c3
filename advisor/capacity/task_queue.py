"""Law 8: tasks wait for one of several equal workers (M/M/c), each task with the broker's delta.

Keeps prefetch 1, where the queue stays in the broker. With a large prefetch tasks are committed to
workers early, and each worker becomes a queue of its own (E_c/M/1): waits grow. Leaves out task
times that vary more than exponentially.
"""

from __future__ import annotations

import math

WORKERS_EXACT_MAX = 1000


def erlang_c(workers: int, offered: float) -> float:
    """The share of tasks that must wait; ``offered`` = rate times task time, in Erlang.

    1 where the workers cannot keep up. Exact up to ``WORKERS_EXACT_MAX`` (the recurrence of Erlang
    B), beyond it the limit for many workers. Sources: A. K. Erlang (1917); Halfin and Whitt (1981).
    """
    if offered >= workers:
        return 1.0
    if workers > WORKERS_EXACT_MAX:
        return _of_many(workers, offered)
    blocked = 1.0
    for count in range(1, workers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - offered / workers * (1 - blocked))


def _of_many(workers: int, offered: float) -> float:
    """Halfin and Whitt: ``1 / (1 + b Phi(b) / phi(b))`` with ``b = (1 - rho) sqrt(c)``."""
    spare = (1 - offered / workers) * math.sqrt(workers)
    density = math.exp(-spare * spare / 2) / math.sqrt(2 * math.pi)
    below = (1 + math.erf(spare / math.sqrt(2))) / 2
    return density / (density + spare * below)


def mean_wait_s(*, workers: int, rate_per_s: float, task_s: float) -> float:
    """Mean wait of all tasks, ``C / (c/s - lambda)``; infinite where it grows without end."""
    spare = workers / task_s - rate_per_s
    if spare <= 0:
        return math.inf
    return erlang_c(workers, rate_per_s * task_s) / spare


def wait_p99_s(*, workers: int, rate_per_s: float, task_s: float) -> float:
    """``t99 = ln(C / 0.01) / (c/s - lambda)``: 0 where fewer than 1 % of the tasks wait."""
    spare = workers / task_s - rate_per_s
    if spare <= 0:
        return math.inf
    waiting = erlang_c(workers, rate_per_s * task_s)
    return max(0.0, math.log(waiting / 0.01)) / spare if waiting > 0 else 0.0


def general_wait_s(
    *, rate_per_s: float, service_s: float, arrival_scv: float, service_scv: float
) -> float:
    """Kingman: mean wait at one station, ``rho/(1-rho) (ca2+cs2)/2 s``; scv = squared variation.

    Exact for M/G/1 (``arrival_scv`` 1: Pollaczek and Khinchine). Source: Kingman (1961).
    """
    load = rate_per_s * service_s
    if load >= 1:
        return math.inf
    return load / (1 - load) * (arrival_scv + service_scv) / 2 * service_s
