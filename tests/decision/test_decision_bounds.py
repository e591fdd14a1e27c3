"""Bounds where they are easily wrong: each problem has one thing in it, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from decision_problems import (
    CONVENTIONS,
    COSTS,
    HALF,
    ONE,
    OPTIONS,
    ZERO,
    Table,
    domain,
    fixed_table,
    flat_costs,
    founded,
    one_workload,
)

from advisor.decision import Answers, Cells, ConflictRule, Matter, SystemProblem
from advisor.decision.bounds import Bounds, CanSay
from advisor.decision.cases import Cases
from advisor.decision.engine import Engine
from advisor.decision.table import first_denominator
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side

N1, N2, S1 = OPTIONS[0], OPTIONS[1], OPTIONS[2]
FREE = {"north": ZERO, "south": ZERO}
UNKNOWN = Answers({"q": domain("q", 2)}, {"q": Standing.UNKNOWN})


def said(problem: SystemProblem) -> CanSay:
    """All that can be said of the whole problem."""
    engine = Engine(problem, first_denominator(problem.conventions))
    cases = Cases(engine, problem.team, [one.answers for one in problem.workloads])
    found = Bounds(cases).can_say(cases.everything)
    assert found is not None
    return found


def needed(values: Mapping[str, Fraction], level: Level = Level.SHOULD) -> Matter:
    return Matter(level, "row", {name: (founded(value),) for name, value in values.items()})


def two_flows(first: Sequence[Table], second: Sequence[Table], **more: object) -> SystemProblem:
    """Two workloads that weigh the same; nothing costs anything."""
    problem = one_workload([N1, S1], first, points=FREE)
    (one,) = problem.workloads
    return replace(
        problem,
        workloads=(one, replace(one, name="other", tables=tuple(second))),
        cost=flat_costs(FREE, second=ZERO),
        **more,  # type: ignore[arg-type]
    )


def test_a_cost_that_depends_on_the_team_rules_nothing_out() -> None:
    """South costs 0 or 2 and north 1: either can win."""
    problem = one_workload([N1, S1], [fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": ONE})])

    def cost(systems: frozenset[str], cells: Cells) -> Fraction:
        south = ZERO if cells["t"].label == "t0" else Fraction(2)
        own = {"north": ONE, "south": south}
        return sum((own[one] for one in systems), ZERO)

    team = Answers({"t": domain("t", 2)}, {"t": Standing.UNKNOWN})
    found = said(replace(problem, team=team, cost=cost, cost_reads=("t",)))
    assert {"north", "south"} == found.system


def test_a_bridge_counts_against_two_systems() -> None:
    """Both: (1 + 1) / 2 - 1/3 for the bridge = 2/3; north alone: (1 + 1/2) / 2 = 3/4."""
    problem = two_flows(
        [fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": -ONE})],
        [fixed_table("c", Level.SHOULD, {"n1": HALF, "s1": ONE})],
        conventions=replace(CONVENTIONS, costs=replace(COSTS, bridge=ONE)),
    )
    first, other = problem.workloads
    found = said(replace(problem, workloads=(first, replace(other, feeds=("only",)))))
    assert "north" in found.system


def test_a_lead_is_worth_least_where_most_is_needed() -> None:
    """North leads by 6/3 = 2, or 6/6 = 1 where one more thing is needed; south by 3/2."""
    more: dict[tuple[str, ...], Matter] = {
        ("q0",): Matter(Level.NO, None, {}),
        ("q1",): needed({"n1": ONE, "s1": ONE}),
    }
    problem = two_flows(
        [
            fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": -ONE}),
            Table("d", Side.WHOLE, ("q",), more),
        ],
        [fixed_table("c", Level.SHOULD, {"n1": -HALF, "s1": ONE})],
    )
    first, other = problem.workloads
    workloads = (replace(first, answers=UNKNOWN), other)
    dear = flat_costs(FREE, second=Fraction(1000))
    found = said(replace(problem, workloads=workloads, cost=dear))
    assert {"north", "south"} <= found.system


def test_a_conflict_that_may_stand_counts_against_the_winner() -> None:
    """North is cheaper, and cannot meet both musts beside one of the answers."""
    both = {"n1": ONE, "s1": ONE}
    problem = one_workload(
        [N1, S1],
        [fixed_table("c", Level.MUST, both), fixed_table("d", Level.MUST, both)],
        conflicts=[
            ConflictRule(
                "x", "n1", frozenset({"c", "d"}), lambda cells: cells["q"].label == "q1", ("q",)
            )
        ],
        points={"north": ZERO, "south": ONE},
    )
    (workload,) = problem.workloads
    found = said(replace(problem, workloads=(replace(workload, answers=UNKNOWN),)))
    assert {"north", "south"} <= found.system


def test_a_pair_inside_one_system_pays_for_it() -> None:
    """Both pairs meet everything; the one inside north loses its point, and systems are free."""
    tables = [
        fixed_table("c", Level.MUST, {"n1": ONE, "n2": -ONE, "s1": -ONE}, side=Side.QUEUE),
        fixed_table("d", Level.MUST, {"n1": -ONE, "n2": ONE, "s1": ONE}, side=Side.LOG),
    ]
    problem = one_workload([N1, N2, S1], tables, points=FREE)
    found = said(replace(problem, cost=flat_costs(FREE, second=ZERO)))
    assert (("both",), ("both", "n1 + s1")) == found.only(design=True)


def test_nothing_fits_whatever_the_answers() -> None:
    """That is one result, although any system misses as much."""
    tables = [fixed_table("c", Level.MUST, {"n1": -ONE, "s1": -ONE}, side=Side.WHOLE)]
    found = said(one_workload([N1, S1], tables))
    assert (("undetermined",), ("undetermined",)) == found.only(design=False)
    assert found.only(design=True) is None


def test_what_one_family_names_among_its_designs_does_not_hold_back_its_verdict() -> None:
    """The designs of north change places with the answer; south is behind either."""
    rows: dict[tuple[str, ...], Matter] = {
        ("q0",): needed({"n1": ONE, "n2": HALF, "s1": -HALF}),
        ("q1",): needed({"n1": HALF, "n2": ONE, "s1": -HALF}),
    }
    problem = one_workload([N1, N2, S1], [Table("c", Side.WHOLE, ("q",), rows)])
    (workload,) = problem.workloads
    found = said(replace(problem, workloads=(replace(workload, answers=UNKNOWN),)))
    assert (("north",), ("north",)) == found.only(design=False)
    assert {"n1", "n2"} == found.options[0]


def test_an_equal_design_is_named_where_it_is_the_simpler() -> None:
    """Beside one answer both tie and the simpler is named, beside the other it is behind."""
    rows: dict[tuple[str, ...], Matter] = {
        ("q0",): needed({"n1": ONE, "n2": ONE}),
        ("q1",): needed({"n1": HALF, "n2": ONE}),
    }
    problem = one_workload([N1, N2], [Table("c", Side.WHOLE, ("q",), rows)])
    (workload,) = problem.workloads
    found = said(replace(problem, workloads=(replace(workload, answers=UNKNOWN),)))
    assert {"n1", "n2"} == found.options[0]


def test_a_tie_inside_two_systems_is_no_result() -> None:
    """The others need north and south; this flow is served by both alike."""
    problem = two_flows(
        [fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": -ONE})],
        [fixed_table("c", Level.SHOULD, {"n1": -ONE, "s1": ONE})],
    )
    alike = (fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": ONE}),)
    third = replace(problem.workloads[0], name="third", tables=alike)
    found = said(replace(problem, workloads=(*problem.workloads, third)))
    assert found.tie and found.only(design=False) is None
