"""Past the limit of completions: what is said then is held against every single one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

import decision_oracle as oracle
import pytest
from decision_problems import (
    OPTIONS,
    Table,
    domain,
    flat_costs,
    founded,
    one_workload,
    problems,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.decision import Answers, Decision, Effort, Matter, SystemProblem, decide
from advisor.decision import drawn as drawing
from advisor.decision import search as searching
from advisor.decision import words as wording
from advisor.decision.bounds import Bounds
from advisor.decision.cases import Box, Cases
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.table import first_denominator
from advisor.domain.cell import Cell
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side

SLOW = settings(max_examples=80, deadline=None)
EFFORT = Effort(samples=20, flips=1, opened=20, critical=0)


@contextmanager
def everything_searched(small: int = 1, drawn: int = 8) -> Iterator[None]:
    """Nothing is gone through one by one, and little is drawn."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "SMALL_BOX", small)
        patched.setattr(searching, "DRAWN", drawn)
        patched.setattr(wording, "ENUMERATED", 0)
        patched.setattr(drawing, "TRIES", 4)
        yield


def searched(problem: SystemProblem, limit: int = 400) -> Decision:
    """The decision by search, for problems with more than one completion."""
    count = 0
    for _world in oracle.worlds(problem):
        count += 1
        if count > 60:
            break
    assume(1 < count <= 60)
    with everything_searched(), pytest.MonkeyPatch.context() as patched:
        patched.setattr("advisor.decision.decision.EVERY_LIMIT", 0)
        return decide(problem, node_limit=limit, effort=EFFORT)


def verdicts(problem: SystemProblem, place: int | None) -> set[str]:
    """Every verdict of the system or a workload, by the oracle."""
    return {
        said.verdict if place is None else said.workloads[place][0]
        for said in (oracle.said(problem, *world) for world in oracle.worlds(problem))
    }


def answered(problem: SystemProblem, workload: str | None, name: str, cell: Cell) -> SystemProblem:
    """The problem with one answer replaced."""

    def changed(answers: Answers) -> Answers:
        return replace(answers, cells={**answers.cells, name: (cell,)})

    if workload is None:
        return replace(problem, team=changed(problem.team))
    return replace(
        problem,
        workloads=tuple(
            replace(one, answers=changed(one.answers)) if one.name == workload else one
            for one in problem.workloads
        ),
    )


@SLOW
@given(problems(questions=3))
def test_possible_verdicts_are_all_of_them_or_said_not_to_be_proven(problem: SystemProblem) -> None:
    """None that can be is left out, and where it is called proven none is too many."""
    decision = searched(problem)
    subjects: list[tuple[int | None, tuple[str, ...]]] = [(None, decision.possible)]
    subjects += [(place, one.possible) for place, one in enumerate(decision.workloads)]
    for place, possible in subjects:
        expected = verdicts(problem, place)
        assert expected - {"undetermined"} <= set(possible)
        if "possible" not in decision.unproven:
            assert set(possible) <= expected


@SLOW
@given(problems(questions=3))
def test_what_is_called_decisive_is_and_what_settles_settles(problem: SystemProblem) -> None:
    """By going through all completions, of every answer to every question."""
    decision = searched(problem)
    names = [one.name for one in problem.workloads]
    for question in decision.questions:
        for reply in question.replies:
            after = answered(problem, question.workload, question.question, reply.cell)
            if reply.system != "undetermined":
                assert {reply.system} == verdicts(after, None)
            for place, verdict in enumerate(reply.workloads):
                if verdict != "undetermined":
                    assert {verdict} == verdicts(after, place)
        for name in question.decides:
            assert _decisive(problem, question.workload, question.question, names.index(name))


def _decisive(problem: SystemProblem, workload: str | None, name: str, place: int) -> bool:
    """Whether two completions that agree in all other free answers differ in the winners."""
    seen: dict[object, set[object]] = {}
    place_of = {one.name: k for k, one in enumerate(problem.workloads)}
    for team, each in oracle.worlds(problem):
        said = oracle.said(problem, team, each)
        free = [
            (k, n, each[k][n].label)
            for k, one in enumerate(problem.workloads)
            for n in one.answers.cells
            if (k, n) != (place_of.get(workload or ""), name)
        ]
        free += [
            (-1, n, team[n].label) for n in problem.team.cells if workload is not None or n != name
        ]
        seen.setdefault(tuple(free), set()).add(said.workloads[place][3])
    return any(len(winners) > 1 for winners in seen.values())


@SLOW
@given(problems(questions=3))
def test_changed_answers_do_what_is_said_of_them(problem: SystemProblem) -> None:
    """Each variation is real; where they are called proven none is missing."""
    decision = searched(problem)

    def common(after: SystemProblem, place: int | None) -> str:
        words = verdicts(after, place)
        return words.pop() if len(words) == 1 else "undetermined"

    expected = set()
    owners: list[tuple[str | None, Answers]] = [(None, problem.team)]
    owners += [(one.name, one.answers) for one in problem.workloads]
    for owner, answers in owners:
        for standing, others in (
            (Standing.ASSUMED, answers.unsaid),
            (Standing.STATED, answers.alternatives),
        ):
            for name, cells in others.items():
                for cell in cells if answers.standing[name] is standing else ():
                    after = answered(problem, owner, name, cell)
                    if next(iter(oracle.worlds(after)), None) and any(
                        common(after, place) != common(problem, place)
                        for place in (None, *range(len(problem.workloads)))
                    ):
                        expected.add((owner, name, cell.label))
    found = {(one.workload, one.question, one.after.label) for one in decision.variations}
    proven = {"possible", "variations"}.isdisjoint(decision.unproven)
    if proven:
        assert expected == found


@settings(max_examples=400, deadline=None)
@given(problems(workloads_max=2, questions=2, criteria_max=5), st.integers(0, 10**6))
def test_a_box_says_everything_that_its_completions_say(problem: SystemProblem, seed: int) -> None:
    """For boxes drawn at random, pairs, ties and missed musts included."""
    engine = Engine(problem, first_denominator(problem.conventions))
    answers = [one.answers for one in problem.workloads]
    cases = Cases(engine, problem.team, answers)
    assume(next(cases.cases_of(cases.everything), None) is not None)
    random = Random(seed)
    bounds = Bounds(cases)
    for attempt in range(6):
        box: Box = tuple(
            tuple(sorted(random.sample(own, random.randint(1, len(own))))) if attempt else own
            for own in cases.everything
        )
        can_say = bounds.can_say(box)
        outcomes = [cases.outcome(case) for case in cases.cases_of(box)]
        if can_say is None or not outcomes:
            continue
        for outcome in outcomes:
            said = [(outcome, can_say.system)]
            said += list(zip(outcome.workloads, can_say.verdicts, strict=True))  # type: ignore[arg-type]
            for one, words in said:
                assert one.verdict in words or (one.status == "tie" and can_say.tie)
            for workload, options in zip(outcome.workloads, can_say.options, strict=True):
                if workload.status not in ("tie", "unmet"):
                    assert workload.option in options
        only = can_say.only(design=True)
        if only is not None:
            assert {only} == {cases.designs(case) for case in cases.cases_of(box)}


@SLOW
@given(problems(workloads_max=2, questions=3), st.integers(0, 10**6))
def test_a_case_is_scored_as_the_method_says(problem: SystemProblem, seed: int) -> None:
    """Read by number instead of by cell, merged or not; the oracle reads neither."""
    engine = Engine(problem, first_denominator(problem.conventions))
    answers = [one.answers for one in problem.workloads]
    plain, random = Cases(engine, problem.team, answers), Random(seed)
    for cases in (plain, Cases.merged(engine, problem.team, answers)):
        case = cases.likely(random)
        if case is None:
            continue
        each = tuple(cases.cells(case, place) for place in range(len(answers)))
        said = oracle.said(problem, dict(cases.team_cells(case)), each)
        outcome = cases.outcome(case)
        assert (said.verdict, said.status) == (outcome.verdict, outcome.status)
        assert [one[0] for one in said.workloads] == [one.verdict for one in outcome.workloads]


@SLOW
@given(problems(questions=3))
def test_the_same_problem_is_searched_in_the_same_way(problem: SystemProblem) -> None:
    """Nodes and all; and a share is of what was drawn."""
    first, second = searched(problem, limit=30), searched(problem, limit=30)
    assert (first.nodes, first.unproven, first.possible) == (
        second.nodes,
        second.unproven,
        second.possible,
    )
    assert first.nodes <= 30 + 8 + 2
    assert first.assurance is not None and second.assurance is not None
    assert first.assurance.shares == second.assurance.shares
    assert Fraction(1) == sum(first.assurance.shares.values())


def rarely_south(count: int) -> SystemProblem:
    """North beside every answer but one: south only where all ``count`` answers are yes."""
    cells = {f"q{k}": domain(f"q{k}", 2) for k in range(count)}
    rows = {
        labels: Matter(Level.SHOULD, "row", {best: (founded(Fraction(1)),)})
        for labels in product(*([one.label for one in own] for own in cells.values()))
        for best in ["s1" if all(label.endswith("1") for label in labels) else "n1"]
    }
    problem = one_workload([OPTIONS[0], OPTIONS[2]], [Table("c", Side.WHOLE, tuple(cells), rows)])
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    return replace(problem, workloads=(replace(problem.workloads[0], answers=answers),))


def test_an_answer_settles_only_what_is_proven() -> None:
    """All that was drawn gives north; "no" proves it, "yes" leaves one case of 128 for south."""
    with everything_searched(drawn=3), pytest.MonkeyPatch.context() as patched:
        patched.setattr("advisor.decision.decision.EVERY_LIMIT", 0)
        decision = decide(rarely_south(7), node_limit=5_000)
    assert {"north", "south"} == set(decision.possible)
    for question in decision.questions:
        given = {reply.cell.label[-1]: reply.workloads[0] for reply in question.replies}
        assert {"0": "north", "1": "undetermined"} == given


def test_words_that_a_limit_cut_off_are_no_words() -> None:
    """What was seen until then agrees, and nothing says that the rest does."""
    problem = rarely_south(9)
    engine = Engine(problem, first_denominator(problem.conventions))
    answers = [one.answers for one in problem.workloads]
    with everything_searched(drawn=3):
        with pytest.raises(TooManyError):
            wording.words_at(engine, problem.team, answers, (), 12)
        words, nodes = wording.words_at(engine, problem.team, answers, (), 5_000)
    assert (("undetermined", ("undetermined",), (None,)), True) == (words, nodes < 5_000)


def test_two_flows_that_were_seen_apart_are_looked_at_together() -> None:
    """Each has been north and south before: that some completion needs both is found as well."""
    rows: dict[tuple[str, ...], Matter] = {
        ("q0",): Matter(Level.SHOULD, "row", {"n1": (founded(Fraction(1)),)}),
        ("q1",): Matter(Level.SHOULD, "row", {"s1": (founded(Fraction(1)),)}),
    }
    problem = one_workload([OPTIONS[0], OPTIONS[2]], [Table("c", Side.WHOLE, ("q",), rows)])
    answers = Answers({"q": domain("q", 2)}, {"q": Standing.UNKNOWN})
    first = replace(problem.workloads[0], answers=answers)
    free = {"north": Fraction(0), "south": Fraction(0)}
    problem = replace(
        problem,
        workloads=(first, replace(first, name="other")),
        cost=flat_costs(free, second=Fraction(0)),
    )
    engine = Engine(problem, first_denominator(problem.conventions))
    with everything_searched(drawn=0):
        found = searching.search(Cases(engine, problem.team, [answers, answers]), 100)
    assert {"north", "south", "both"} == {one.verdict for one in found.outcomes}
    assert found.proven
