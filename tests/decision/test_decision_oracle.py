"""The decision equals a naive reading of the method on small random problems."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import product
from math import log2

import decision_oracle as oracle
import pytest
from decision_problems import CONVENTIONS, OPTIONS, domain, flat_costs, problems
from hypothesis import assume, given, settings

from advisor.decision import Answers, Decision, SystemProblem, WorkloadProblem, decide
from advisor.domain.requirements import Standing

SLOW = settings(max_examples=150, deadline=None)


def every_said(problem: SystemProblem) -> list[oracle.Said]:
    return [oracle.said(problem, team, each) for team, each in oracle.worlds(problem)]


def common(words: set[str]) -> str:
    return next(iter(words)) if len(words) == 1 else "undetermined"


def plain(problem: SystemProblem) -> Decision:
    """The decision without single changes, which cost most of the time."""
    workloads = tuple(
        replace(one, answers=replace(one.answers, unsaid={}, alternatives={}))
        for one in problem.workloads
    )
    team = replace(problem.team, unsaid={}, alternatives={})
    return decide(replace(problem, workloads=workloads, team=team))


@SLOW
@given(problems())
def test_possible_verdicts_and_options_are_those_of_all_completions(
    problem: SystemProblem,
) -> None:
    """Possible and necessary winners are the union and the intersection over completions."""
    expected = every_said(problem)
    assume(expected)
    decision = plain(problem)
    assert tuple(sorted({one.verdict for one in expected})) == decision.possible
    for place, workload in enumerate(decision.workloads):
        outcomes = [one.workloads[place] for one in expected]
        assert tuple(sorted({verdict for verdict, *_ in outcomes})) == workload.possible
        necessary = frozenset.intersection(*(winners for *_, winners in outcomes))
        assert tuple(sorted(necessary)) == workload.necessary_options
        named = {option for _v, status, option, _w in outcomes if status not in ("unmet", "tie")}
        assert named <= set(workload.possible_options)
        if len(set(outcomes)) == 1 and outcomes[0][1] not in ("unmet", "tie"):
            assert outcomes[0][2] == workload.option
            assert outcomes[0][:2] == (workload.verdict, workload.status)


@SLOW
@given(problems())
def test_statuses_follow_the_table(problem: SystemProblem) -> None:
    """One verdict is said with its status; several mean that one must ask first."""
    expected = every_said(problem)
    assume(expected)
    decision = plain(problem)
    words = {(one.verdict, one.status) for one in expected}
    if len(words) == 1:
        assert next(iter(words)) == (decision.verdict, decision.status)
    else:
        assert ("undetermined", "ask-first") == (decision.verdict, decision.status)


@SLOW
@given(problems())
def test_regret_is_the_most_that_any_completion_loses(problem: SystemProblem) -> None:
    """The largest regret of each option, and the pick, equal brute force over completions."""
    worlds = list(oracle.worlds(problem))
    assume(worlds)
    decision = plain(problem)
    for place, workload in enumerate(decision.workloads):
        if not workload.regrets:
            continue
        worst: dict[str, list[tuple[int, object]]] = defaultdict(list)
        for team, each in worlds:
            for name, regret in oracle.regrets(problem, team, each, place).items():
                worst[name].append(regret)
        expected = {name: max(every) for name, every in worst.items() if len(every) == len(worlds)}
        actual = {name: (one.violated, one.value) for name, one in workload.regrets.items()}
        assert expected == actual
        if workload.option is not None and workload.status != "unmet":
            assert min(expected.values()) == actual[workload.option]


@SLOW
@given(problems())
def test_scores_lie_in_their_interval_and_reach_its_ends(problem: SystemProblem) -> None:
    """The interval of a score is exactly from its least to its greatest value."""
    worlds = list(oracle.worlds(problem))
    assume(worlds)
    for place, workload in enumerate(plain(problem).workloads):
        scores = defaultdict(set)
        for _team, each in worlds:
            world = oracle.World(problem, problem.workloads[place], each[place])
            for option in world.options:
                design = world.single(option.id)
                scores[design.name].add(design.n - 3 * design.h)
        assert {
            name: (min(every), max(every)) for name, every in scores.items()
        } == workload.intervals


def changed(answers: Answers, question: str, label: str) -> Answers:
    others = (*answers.unsaid.get(question, ()), *answers.alternatives.get(question, ()))
    cell = next(one for one in (*others, *answers.cells[question]) if one.label == label)
    return replace(answers, cells={**answers.cells, question: (cell,)})


def with_answer(
    problem: SystemProblem, owner: str | None, question: str, label: str
) -> SystemProblem:
    if owner is None:
        return replace(problem, team=changed(problem.team, question, label))
    return replace(
        problem,
        workloads=tuple(
            replace(one, answers=changed(one.answers, question, label))
            if one.name == owner
            else one
            for one in problem.workloads
        ),
    )


@SLOW
@given(problems(criteria_max=3))
def test_variations_are_real_and_complete(problem: SystemProblem) -> None:
    """Every single answer that gives another verdict is found, and no other is."""
    before = every_said(problem)
    assume(before)
    names = [None, *(one.name for one in problem.workloads)]
    owners = [problem.team, *(one.answers for one in problem.workloads)]
    expected = set()
    for owner, answers in zip(names, owners, strict=True):
        for standing, every in (
            (Standing.ASSUMED, answers.unsaid),
            (Standing.STATED, answers.alternatives),
        ):
            for question, cells in every.items():
                for one in cells:
                    after = every_said(with_answer(problem, owner, question, one.label))
                    if not after:
                        continue
                    then = verdicts(after)
                    if then != verdicts(before):
                        expected.add((owner, question, standing, one.label, then))
    actual = {
        (one.workload, one.question, one.standing, one.after.label, (one.system, *one.verdicts))
        for one in decide(problem).variations
    }
    assert expected == actual


def verdicts(every: list[oracle.Said]) -> tuple[str, ...]:
    columns = zip(*(one.workloads for one in every), strict=True)
    return (
        common({one.verdict for one in every}),
        *(common({verdict for verdict, *_ in column}) for column in columns),
    )


@SLOW
@given(problems(criteria_max=3))
def test_decisive_questions_are_those_that_change_some_winner(problem: SystemProblem) -> None:
    """A question decides exactly the workloads whose winners it alone can change."""
    worlds = list(oracle.worlds(problem))
    assume(worlds)
    decision = plain(problem)
    names = [one.name for one in problem.workloads]
    opened: list[tuple[int | None, str]] = [
        (None, name) for name, cells in problem.team.cells.items() if len(cells) > 1
    ]
    for place, workload in enumerate(problem.workloads):
        opened += [(place, q) for q, cells in workload.answers.cells.items() if len(cells) > 1]
    asked = {(one.workload, one.question): one for one in decision.questions}
    for asked_of, question in opened:
        owner = None if asked_of is None else names[asked_of]
        decides = set()
        groups: dict[tuple[str, ...], list[oracle.Said]] = defaultdict(list)
        for team, each in worlds:
            rest = [
                f"{where}:{name}:{cell.label}"
                for where, cells in ((None, team), *enumerate(each))
                for name, cell in cells.items()
                if name != "derived" and not (where is not None and name == "t")
                if (where, name) != (asked_of, question)
            ]
            # Cells that are derived from other questions stay what they are.
            rest += [
                f"{where}:{cells['derived'].label}"
                for where, cells in enumerate(each)
                if "derived" in cells
                and not (
                    where == asked_of
                    and question in problem.workloads[where].answers.derived[0].parents
                )
            ]
            groups[tuple(rest)].append(oracle.said(problem, team, each))
        for alike in groups.values():
            for i, name in enumerate(names):
                if len({one.workloads[i][3] for one in alike}) > 1:
                    decides.add(name)
        assert decides == set(asked[owner, question].decides)
        for reply in asked[owner, question].replies:
            after = every_said(with_answer(problem, owner, question, reply.cell.label))
            assert verdicts(after) == (reply.system, *reply.workloads)


def entropy(every: list[oracle.Said]) -> float:
    """Of the winners of all workloads, in bits, every completion being equally likely."""
    counts = Counter(tuple(winners for *_, winners in one.workloads) for one in every)
    return -sum(n / len(every) * log2(n / len(every)) for n in counts.values())


@SLOW
@given(problems(criteria_max=3))
def test_the_best_question_comes_first(problem: SystemProblem) -> None:
    """Gains are the fall in entropy, and decisive questions come in their order."""
    # Cells of a derived question would not be equally likely.
    assume(not any(one.answers.derived for one in problem.workloads))
    everything = every_said(problem)
    questions = plain(problem).questions
    for one in questions:
        answers = next(
            (w.answers for w in problem.workloads if w.name == one.workload), problem.team
        )
        cells = answers.cells[one.question]
        left = [
            entropy(every_said(with_answer(problem, one.workload, one.question, cell.label)))
            for cell in cells
        ]
        assert one.gain == pytest.approx(entropy(everything) - sum(left) / len(cells), abs=1e-8)
    order = [(not one.decides, -(one.gain or 0)) for one in questions]
    assert sorted(order) == order


@SLOW
@given(problems(workloads_max=1))
def test_alone_is_a_system_of_one(problem: SystemProblem) -> None:
    """With a single workload the system and the workload by itself are the same."""
    assume(every_said(problem))
    (workload,) = (decision := plain(problem)).workloads
    assert (workload.verdict, workload.option) == (workload.alone_verdict, workload.alone_option)
    assert decision.verdict == workload.verdict


def test_the_oracle_tries_every_completion() -> None:
    """Guards the oracle itself: two questions of two and three cells are six completions."""

    cells = {"a": domain("a", 2), "b": domain("b", 3)}
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    problem = SystemProblem(
        OPTIONS, (WorkloadProblem("w", answers, ()),), Answers({}, {}), CONVENTIONS, flat_costs({})
    )
    seen = {(each["a"].label, each["b"].label) for _team, (each,) in oracle.worlds(problem)}
    assert set(product(["a0", "a1"], ["b0", "b1", "b2"])) == seen
