"""What a limit cuts off is named, and what callers ask of a decision is filtered as it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decision_problems import (
    HALF,
    ONE,
    OPTIONS,
    Table,
    domain,
    flat_costs,
    founded,
    one_workload,
)

from advisor.decision import Answers, Derived, Matter, SystemProblem, boxed, decide
from advisor.decision import decision as deciding
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side


def row(**strengths: object) -> Matter:
    claims = {name: (founded(value),) for name, value in strengths.items()}  # type: ignore[arg-type]
    return Matter(Level.SHOULD, "row", claims)


NORTHERN = row(n1=ONE, s1=-ONE)
SOUTHERN = row(n1=-ONE, s1=ONE)


def flipping(standing: Standing, *, cells: int = 1) -> SystemProblem:
    """The first answer means north, the second south; two more questions change little."""
    names = domain("a", 2)
    table = Table("c", Side.WHOLE, ("a",), {("a0",): NORTHERN, ("a1",): SOUTHERN})
    more: dict[tuple[str, ...], Matter] = {("b0",): row(n1=HALF), ("b1",): row(n1=ONE)}
    nearly = Table("d", Side.WHOLE, ("b",), more)
    problem = one_workload([OPTIONS[0], OPTIONS[2]], [table, nearly])
    answers = Answers(
        {"a": names[:cells], "b": domain("b", 2)[:cells]},
        {"a": standing, "b": standing},
        unsaid={"a": names[1:]} if standing is Standing.ASSUMED else {},
        alternatives={"a": names[1:]} if standing is Standing.STATED else {},
    )
    workload = replace(problem.workloads[0], answers=answers)
    other = replace(workload, name="other", answers=Answers(answers.cells, answers.standing))
    costs = flat_costs({"north": HALF, "south": HALF}, second=HALF - HALF)
    return replace(problem, workloads=(workload, other), cost=costs)


@pytest.mark.parametrize("standing", [Standing.ASSUMED, Standing.STATED])
def test_changes_are_those_of_the_workload_and_of_the_standing_asked_for(
    standing: Standing,
) -> None:
    """The other workload has nothing of its own to change."""
    decision = decide(flipping(standing))
    (change,) = decision.changes("only", standing)
    assert ("only", "a", "a0", "a1") == (
        change.workload,
        change.question,
        change.before.label if change.before else None,
        change.after.label,
    )
    assert (("south", "north"), ("s1", "n1")) == (change.verdicts, change.options)
    assert "both" == change.system
    assert frozenset({"only"}) == change.changed
    assert () == decision.changes("other", standing)
    unwanted = Standing.STATED if standing is Standing.ASSUMED else Standing.ASSUMED
    assert () == decision.changes("only", unwanted)


def test_changes_that_could_not_be_afforded_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No change is shown, and the decision says that this is not proven."""
    monkeypatch.setattr(deciding, "CHANGE_LIMIT", 1)
    decision = decide(flipping(Standing.ASSUMED))
    assert ("variations",) == decision.unproven
    assert () == decision.variations
    assert decision.decided_whatever


def test_questions_of_the_whole_system_are_the_decisive_ones() -> None:
    """What decides nothing is not asked."""
    decision = decide(flipping(Standing.UNKNOWN, cells=2))
    assert {("only", "a"), ("other", "a")} <= {
        (one.workload, one.question) for one in decision.ask_next()
    }
    assert all(one.decides for one in decision.ask_next())
    assert not decision.decided_whatever
    assert decision.workloads[0].provisional


def test_answers_that_exclude_each_other_are_refused() -> None:
    """A derived question without a cell leaves no completion, searched or enumerated."""
    problem = flipping(Standing.UNKNOWN, cells=2)
    first, other = problem.workloads
    nothing = (Derived("never", ("a",), lambda _cells: ()),)
    broken = replace(
        problem, workloads=(replace(first, answers=replace(first.answers, derived=nothing)), other)
    )
    with pytest.raises(ValueError, match="exclude each other"):
        decide(broken)
    with pytest.raises(ValueError, match="exclude each other"):
        decide(broken, node_limit=1)


def test_what_cannot_be_bounded_at_once_is_cut_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that would read too many combinations are left out, not guessed."""
    monkeypatch.setattr(boxed, "READ_LIMIT", 0)
    decision = decide(flipping(Standing.UNKNOWN, cells=2), node_limit=15)
    assert {"north", "south"} <= set(decision.workloads[0].possible)


def test_a_question_decides_another_workload_beside_some_of_its_answers_alone() -> None:
    """The second workload follows the first only where it has no need of its own."""
    follow: dict[tuple[str, ...], Matter] = {("b0",): NORTHERN, ("b1",): row(n1=ONE, s1=ONE)}
    lead = Table("c", Side.WHOLE, ("a",), {("a0",): NORTHERN, ("a1",): SOUTHERN})
    problem = one_workload([OPTIONS[0], OPTIONS[2]], [lead])
    (first,) = problem.workloads
    answers = [Answers({name: domain(name, 2)}, {name: Standing.UNKNOWN}) for name in ("a", "b")]
    decision = decide(
        replace(
            problem,
            workloads=(
                replace(first, answers=answers[0]),
                replace(
                    first,
                    name="second",
                    answers=answers[1],
                    tables=(Table("d", Side.WHOLE, ("b",), follow),),
                ),
            ),
            cost=flat_costs({"north": HALF, "south": HALF}, second=ONE),
        )
    )
    decides = {one.question: one.decides for one in decision.questions}
    assert {"a": frozenset({"only", "second"}), "b": frozenset({"second"})} == decides


def test_the_question_of_more_gain_comes_first_although_it_was_named_last() -> None:
    """The second answer leaves one bit open in one of three cells, the first nearly everything."""
    rows: dict[tuple[str, ...], Matter] = {
        (a, b): NORTHERN if (b, a) in {("b0", "a0"), ("b0", "a1"), ("b2", "a0")} else SOUTHERN
        for a in ("a0", "a1")
        for b in ("b0", "b1", "b2")
    }
    problem = one_workload([OPTIONS[0], OPTIONS[2]], [Table("c", Side.WHOLE, ("a", "b"), rows)])
    cells = {"a": domain("a", 2), "b": domain("b", 3)}
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    workload = replace(problem.workloads[0], answers=answers)
    decision = decide(replace(problem, workloads=(workload,)))
    assert ["b", "a"] == [one.question for one in decision.ask_next("only")]
    assert [pytest.approx(2 / 3), pytest.approx(0.0817041660)] == [
        one.gain for one in decision.ask_next("only")
    ]
