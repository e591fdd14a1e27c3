"""The queueing law against sums, textbook values, simulation, and a run on a real broker."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Generator
from typing import Any

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from advisor.capacity.task_queue import erlang_c, general_wait_s, mean_wait_s, wait_p99_s


def summed(workers: int, offered: float) -> float:
    """Erlang C as the textbook's sum."""
    last = offered**workers / math.factorial(workers) / (1 - offered / workers)
    others = sum(offered**count / math.factorial(count) for count in range(workers))
    return last / (others + last)


@given(workers=st.integers(1, 60), load=st.floats(0.01, 0.99))
def test_erlang_c_is_the_sum(workers: int, load: float) -> None:
    """The recurrence and the sum agree."""
    assert summed(workers, load * workers) == pytest.approx(erlang_c(workers, load * workers))


def test_erlang_c_of_the_textbooks() -> None:
    """One worker waits as often as it is busy; two at one Erlang: a third; ten at eight: 0.409."""
    assert 0.7 == pytest.approx(erlang_c(1, 0.7))
    assert 1 / 3 == pytest.approx(erlang_c(2, 1))
    assert 0.409 == pytest.approx(erlang_c(10, 8), abs=5e-4)
    assert 1.0 == erlang_c(3, 3)


@pytest.mark.parametrize("load", [0.95, 0.99, 0.999])
def test_many_workers_follow_the_limit(load: float) -> None:
    """Just beyond the exact range the limit differs from the exact value by less than 5 %."""
    exact = erlang_c(1000, load * 1000)

    assert exact == pytest.approx(erlang_c(1001, load * 1001), rel=0.05)


def test_a_million_workers_with_room_do_not_let_tasks_wait() -> None:
    """No overflow, no long computation."""
    assert 0.0 == pytest.approx(erlang_c(10**6, 8e5))
    assert 0.0 == wait_p99_s(workers=10**6, rate_per_s=8e5, task_s=1)


def test_overload_waits_without_end() -> None:
    """As many tasks as the workers can do, or more."""
    assert math.inf == mean_wait_s(workers=2, rate_per_s=20, task_s=0.1)
    assert math.inf == wait_p99_s(workers=2, rate_per_s=20, task_s=0.1)
    assert math.inf == general_wait_s(rate_per_s=10, service_s=0.1, arrival_scv=1, service_scv=1)


def waits(
    *, workers: int, rate_per_s: float, service: Callable[[random.Random], float], tasks: int
) -> list[float]:
    """Waits of Poisson tasks at a first-come queue in simpy, without the first tenth."""
    chance = random.Random(20_260_101)
    environment = simpy.Environment()
    pool = simpy.Resource(environment, capacity=workers)
    found: list[float] = []

    def task(service_s: float) -> Generator[Any, Any, None]:
        arrived = environment.now
        with pool.request() as turn:
            yield turn
            found.append(environment.now - arrived)
            yield environment.timeout(service_s)

    def arrivals() -> Generator[Any, Any, None]:
        for _ in range(tasks):
            yield environment.timeout(chance.expovariate(rate_per_s))
            environment.process(task(service(chance)))

    environment.process(arrivals())
    environment.run()
    return found[tasks // 10 :]


def exponential(mean_s: float) -> Callable[[random.Random], float]:
    return lambda chance: chance.expovariate(1 / mean_s)


@pytest.mark.parametrize(("workers", "load"), [(1, 0.7), (3, 0.8), (10, 0.9)])
def test_simulated_workers_wait_as_the_law_says(workers: int, load: float) -> None:
    """Mean and 99th percentile of an independent simulation, within 12 %."""
    found = waits(
        workers=workers, rate_per_s=load * workers, service=exponential(1.0), tasks=60_000
    )
    mean_s = mean_wait_s(workers=workers, rate_per_s=load * workers, task_s=1)
    p99_s = wait_p99_s(workers=workers, rate_per_s=load * workers, task_s=1)

    assert sum(found) / len(found) == pytest.approx(mean_s, rel=0.12)
    assert sorted(found)[int(0.99 * len(found))] == pytest.approx(p99_s, rel=0.12)


@pytest.mark.parametrize(
    ("service", "scv"),
    [
        (lambda _chance: 1.0, 0.0),
        (lambda chance: chance.uniform(0.0, 2.0), 1 / 3),
        (lambda chance: chance.expovariate(1.0), 1.0),
    ],
    ids=["constant", "uniform", "exponential"],
)
def test_one_station_waits_by_the_variation_of_its_service(
    service: Callable[[random.Random], float], scv: float
) -> None:
    """Pollaczek and Khinchine at 70 % load: simulated means within 10 %."""
    found = waits(workers=1, rate_per_s=0.7, service=service, tasks=60_000)
    expected = general_wait_s(rate_per_s=0.7, service_s=1, arrival_scv=1, service_scv=scv)

    assert sum(found) / len(found) == pytest.approx(expected, rel=0.1)


def test_tasks_committed_early_wait_longer() -> None:
    """Round robin to ten workers (a large prefetch) against one queue for all (prefetch 1)."""
    chance = random.Random(7)
    free = [0.0] * 10
    together = [0.0] * 10
    now = early = shared = 0.0
    for number in range(250_000):
        now += chance.expovariate(8.0)
        service_s = chance.expovariate(1.0)
        worker = number % 10
        early += max(0.0, free[worker] - now)
        free[worker] = max(free[worker], now) + service_s
        first = heapq.heappop(together)
        shared += max(0.0, first - now)
        heapq.heappush(together, max(first, now) + service_s)

    assert early > 2 * shared
    assert shared / 250_000 == pytest.approx(
        mean_wait_s(workers=10, rate_per_s=8, task_s=1), rel=0.15
    )


def test_a_real_broker_waits_by_the_law_with_its_round_trip() -> None:
    """70 tasks a second of 10 ms and one consumer: 40.85 ms were measured (own-tq-c1)."""
    assert 40.85 == pytest.approx(
        1e3 * mean_wait_s(workers=1, rate_per_s=70, task_s=0.01121), rel=0.02
    )
