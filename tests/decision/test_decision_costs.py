"""What a set of systems costs a team."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from decision_problems import COSTS
from hypothesis import given
from hypothesis import strategies as st

from advisor.decision import system_cost

BOTH = ("rabbitmq", "kafka")


@pytest.mark.parametrize(
    ("systems", "runs", "knows", "operations", "expected"),
    [
        ((), (), (), "medium", "0"),
        (("rabbitmq",), (), (), "medium", "1"),
        (("kafka",), (), (), "medium", "3/2"),
        (("kafka",), (), (), "low", "3"),
        (("kafka",), (), (), "high", "3/4"),
        (("kafka",), (), ("kafka",), "low", "3/2"),
        (("kafka",), ("kafka",), (), "low", "0"),
        (("kafka",), ("rabbitmq",), (), "medium", "11/2"),
        (BOTH, ("rabbitmq",), (), "medium", "11/2"),
        (BOTH, BOTH, (), "medium", "0"),
        (BOTH, (), (), "medium", "13/2"),
        (("kafka",), ("redis", "sql_database"), (), "medium", "3/2"),
        (("another",), (), (), "medium", "0"),
    ],
)
def test_costs_follow_the_conventions(
    systems: tuple[str, ...],
    runs: tuple[str, ...],
    knows: tuple[str, ...],
    operations: str,
    expected: str,
) -> None:
    """Each line worked out by hand from decision-method's list."""
    cost = system_cost(systems, COSTS, runs=runs, knows=knows, operations=operations)
    assert Fraction(expected) == cost


def test_zookeeper_makes_it_dearer() -> None:
    """Two points instead of one and a half, before the factors."""
    cost = system_cost(["kafka"], COSTS, runs=(), knows=(), operations="low", zookeeper=True)
    assert Fraction(4) == cost


subsets = st.sampled_from([(), ("rabbitmq",), ("kafka",), BOTH])


@given(subsets, subsets, st.sampled_from(["low", "medium", "high"]))
def test_more_systems_never_cost_less(
    runs: tuple[str, ...], knows: tuple[str, ...], operations: str
) -> None:
    """The search relies on it, and so does "both must earn its cost"."""
    every = [(), ("rabbitmq",), ("kafka",), BOTH]
    cost = {
        one: system_cost(one, COSTS, runs=runs, knows=knows, operations=operations) for one in every
    }
    for fewer, more in product(every, repeat=2):
        if set(fewer) <= set(more):
            assert cost[fewer] <= cost[more]
