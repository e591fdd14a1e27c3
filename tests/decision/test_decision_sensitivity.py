"""A critical convention is one that changes the verdict when the whole is decided anew with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import decision_oracle as oracle
from decision_problems import CONVENTIONS, HALF, ONE, OPTIONS, fixed_table, one_workload, problems
from hypothesis import assume, given, settings

from advisor.decision import Critical, Effort, SystemProblem, decide
from advisor.decision.problem import Cells
from advisor.domain.rules import Costs, Level

EFFORT = Effort(samples=1, flips=1, opened=1)
LEVELS = {f"weight.{level.word}": level for level in Level}


def weighing(problem: SystemProblem, level: Level, value: Fraction) -> SystemProblem:
    """The problem with another weight: all weights and costs as whole multiples of its parts."""
    unit = value.denominator
    weight = {one: own * unit for one, own in problem.conventions.weight.items()}
    costs = replace(
        problem.conventions.costs,
        bridge=problem.conventions.costs.bridge * unit,
        pair_in_one_system=problem.conventions.costs.pair_in_one_system * unit,
    )
    conventions = replace(
        problem.conventions, weight={**weight, level: int(value * unit)}, costs=costs
    )

    def cost(systems: frozenset[str], cells: Cells) -> Fraction:
        return problem.cost(systems, cells) * unit

    return replace(problem, conventions=conventions, cost=cost)


@settings(max_examples=60, deadline=None)
@given(problems(workloads_max=1, criteria_max=3))
def test_a_critical_weight_changes_the_verdict_and_the_other_end_does_not(
    problem: SystemProblem,
) -> None:
    """Decided anew at both ends, with one completion and a sum of weights of at least one."""
    assume(len(list(oracle.worlds(problem))) == 1)
    decision = decide(problem, effort=EFFORT)
    assert decision.assurance is not None
    for one in decision.assurance.critical:
        level = LEVELS[one.convention]
        at_end = weighing(problem, level, one.holds)
        beyond = weighing(problem, level, one.changes)
        if _weights(at_end) < one.holds.denominator or _weights(beyond) < one.changes.denominator:
            continue
        assert decision.verdict == decide(at_end).verdict
        assert decision.verdict != decide(beyond).verdict


def _weights(problem: SystemProblem) -> int:
    return sum(one.weight for one in decide(problem).workloads[0].ranking[0].contributions)


def priced(costs: Costs) -> Callable[[frozenset[str], Cells], Fraction]:
    """North costs what the one convention says, south the other."""
    points = {"north": costs.rabbitmq, "south": costs.kafka}

    def cost(systems: frozenset[str], _cells: Cells) -> Fraction:
        both = costs.second_system if len(systems) > 1 else Fraction(0)
        return sum((points[one] for one in systems), both)

    return cost


def critical(north: Fraction, south: Fraction) -> dict[str, list[Critical]]:
    """One should; north costs 1, south 3/2."""
    options = [one for one in OPTIONS if one.id in ("n1", "s1")]
    table = fixed_table("c", Level.SHOULD, {"n1": north, "s1": south})
    problem = replace(
        one_workload(options, [table]), cost=priced(CONVENTIONS.costs), recosted=priced
    )
    decision = decide(problem, effort=EFFORT)
    assert "north" == decision.verdict
    assert decision.assurance is not None
    found: dict[str, list[Critical]] = {}
    for one in decision.assurance.critical:
        found.setdefault(one.convention, []).append(one)
    return found


def test_equal_values_turn_where_the_costs_cross() -> None:
    """North wins while it is cheaper than south: up to 3/2 for it, down to 1 for the other."""
    found = critical(ONE, ONE)
    (north,), (south,) = found["costs.rabbitmq"], found["costs.kafka"]
    assert north.holds <= Fraction(3, 2) <= north.changes
    assert south.changes <= Fraction(1) <= south.holds
    assert "south" in (north.verdict, south.verdict)
    assert "costs.bridge" not in found


def test_a_lead_in_value_holds_for_longer() -> None:
    """Half a should is 3/2 points, so north may cost 3."""
    (north,) = critical(ONE, HALF)["costs.rabbitmq"]
    assert north.holds <= Fraction(3) <= north.changes
    assert (Fraction(1), "costs.rabbitmq") == (north.given, north.convention)
