"""Branch and bound finds what full enumeration finds, and says so when its limit cut it off."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import decision_oracle as oracle
import pytest
from decision_problems import (
    CONVENTIONS,
    HALF,
    ONE,
    OPTIONS,
    Table,
    domain,
    flat_costs,
    founded,
    problems,
)
from hypothesis import assume, given, settings

from advisor.decision import Answers, Matter, SystemProblem, WorkloadProblem, decide
from advisor.decision import search as searching
from advisor.decision.cases import Cases
from advisor.decision.engine import Engine
from advisor.decision.table import first_denominator
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side

SLOW = settings(max_examples=150, deadline=None)


def found(problem: SystemProblem, limit: int, small: int) -> searching.Found:
    engine = Engine(problem, first_denominator(problem.conventions))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "SMALL_BOX", small)
        answers = [one.answers for one in problem.workloads]
        return searching.search(Cases.merged(engine, problem.team, answers), limit)


@SLOW
@given(problems(questions=3))
def test_search_finds_every_verdict_and_option_that_can_win(problem: SystemProblem) -> None:
    """With boxes of one completion, nothing but the bounds spares any work."""
    expected = [oracle.said(problem, *world) for world in oracle.worlds(problem)]
    assume(expected)
    result = found(problem, 10**9, 1)
    assert result.proven
    # A tie shows up only where it was looked at, and its word is then one more than was asked for.
    verdicts = {one.verdict for one in expected if one.status != "tie"}
    assert verdicts <= {one.verdict for one in result.outcomes}
    assert {one.verdict for one in result.outcomes} <= {one.verdict for one in expected}
    for place in range(len(problem.workloads)):
        own = [one.workloads[place] for one in expected]
        options = {named for _v, status, named, _w in own if status not in ("tie", "unmet")}
        winners = set().union(*(winners for *_, winners in own))
        seen = {one.workloads[place].option for one in result.outcomes}
        tied = {w for one in result.outcomes for w in one.workloads[place].winners}
        assert options <= seen | tied
        assert {
            one.workloads[place].option
            for one in result.outcomes
            if one.workloads[place].status not in ("tie", "unmet")
        } <= winners


@SLOW
@given(problems(questions=3))
def test_what_the_limit_cut_off_is_not_ruled_out(problem: SystemProblem) -> None:
    """Whatever the limit, each verdict and option that can win was found or is listed beside."""
    expected = [oracle.said(problem, *world) for world in oracle.worlds(problem)]
    assume(expected)
    result = found(problem, 2, 1)
    verdicts = {one.verdict for one in expected} - {"undetermined"}
    assert verdicts <= {one.verdict for one in result.outcomes} | set(result.verdicts_beside)
    for place in range(len(problem.workloads)):
        own = [one.workloads[place] for one in expected]
        options = {n for _v, status, n, _w in own if status not in ("tie", "unmet") and n}
        singles = {name for name in options if " + " not in name}
        seen = {one.workloads[place].option for one in result.outcomes}
        tied = {w for one in result.outcomes for w in one.workloads[place].winners}
        assert singles <= seen | tied | {option for _verdict, option in result.beside[place]}


def many_questions(count: int, favour: Fraction) -> SystemProblem:
    """``count`` unknown yes-or-no questions, each a should of one side; and one must for all."""
    cells = {f"q{k}": domain(f"q{k}", 2) for k in range(count)}
    tables = []
    for k in range(count):
        best = "n1" if k % 2 else "s1"
        strengths = {one.id: ONE if one.id == best else HALF for one in OPTIONS}
        claims = {name: (founded(value),) for name, value in strengths.items()}
        rows: dict[tuple[str, ...], Matter] = {
            (f"q{k}0",): Matter(Level.NO, None, {}),
            (f"q{k}1",): Matter(Level.SHOULD, "yes", claims),
        }
        tables.append(Table(f"c{k}", Side.QUEUE, (f"q{k}",), rows))
    must = {one.id: (founded(favour if one.id == "n1" else HALF),) for one in OPTIONS[:4]}
    tables.append(Table("must", Side.WHOLE, (), {(): Matter(Level.MUST, "always", must)}))
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    return SystemProblem(
        OPTIONS[:4],
        (WorkloadProblem("w", answers, tuple(tables)),),
        Answers({}, {}),
        CONVENTIONS,
        flat_costs({"north": ONE, "south": ONE}),
    )


def test_more_completions_than_could_be_looked_at_are_still_decided_exactly() -> None:
    """A million million completions, of which the bounds leave little to look at."""
    decision = decide(many_questions(40, ONE), node_limit=20_000)
    assert "possible" not in decision.unproven
    assert {"north", "south"} <= set(decision.possible)
    assert ("undetermined", "ask-first") == (decision.verdict, decision.status)
    assert {"regrets", "questions"} <= set(decision.unproven)


def test_a_limit_that_is_too_small_is_said_and_nothing_is_ruled_out() -> None:
    """What was not proven to lose stays possible."""
    decision = decide(many_questions(40, ONE), node_limit=3)
    assert "possible" in decision.unproven
    assert {"north", "south"} <= set(decision.possible)
    assert "ask-first" == decision.status
    assert () == decision.workloads[0].necessary_options


def test_a_problem_whose_every_completion_agrees_is_decided_past_the_limit() -> None:
    """Bounds alone show one winner, however many questions are open."""
    problem = many_questions(40, ONE)
    alone = replace(problem, options=tuple(one for one in OPTIONS if one.id in ("n1", "n2")))
    decision = decide(alone, node_limit=1_000)
    assert "possible" not in decision.unproven
    assert "north" == decision.verdict
    assert "n1" in decision.workloads[0].possible_options
