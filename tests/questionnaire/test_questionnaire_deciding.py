"""What is asked can matter, what is left out cannot: held against every single case."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from questionnaire_person import court, profile, session_of

from advisor.advise.problem import system_problem
from advisor.decision import decide
from advisor.decision.cases import Cases
from advisor.decision.scoring import Case
from advisor.documents import Data
from advisor.questionnaire.choosing import status_of
from advisor.questionnaire.deciding import Level, Proof, prove, step_between
from advisor.questionnaire.session import Session
from advisor.requirements import vocabulary

STREAM: dict[str, Data] = {"stream_processing": True, "request_reply": False}
AWAY = st.sampled_from([0.0, 0.1, 0.25, 0.5])
SEEDS = st.integers(0, 10**6)


def fewer_open(seed: int, away: float, count: int, workloads: int = 1) -> Session:
    """A file that states all needs but ``count`` drawn ones of each workload."""
    random = Random(seed)
    needs: list[dict[str, Data]] = []
    team: dict[str, Data] = {}
    for number in range(workloads):
        drawn = profile(seed + number, away)
        own = [name for name in drawn if not vocabulary()[name].of_team]
        left = set(random.sample(own, count)) | {"retention_days"}
        needs.append({name: drawn[name] for name in own if name not in left})
        team = {name: drawn[name] for name in drawn if vocabulary()[name].of_team}
    return session_of(*needs, team=team)


def every_case(world: Cases) -> set[Case]:
    """All cases, derived numbers in every way that they can be."""
    ranges = [range(len(one.cells)) for one in world.variables]
    settled = (world.settled(list(places)) for places in product(*ranges))
    return {case for case in settled if case is not None}


def drawn(world: Cases, random: Random, away: float) -> Case:
    """A case of a world in which nothing excludes anything."""
    case = world.drawn(random, away)
    assert case is not None
    return case


@given(SEEDS, AWAY)
@settings(max_examples=25, deadline=None)
def test_a_case_comes_out_as_the_file_that_states_it(seed: int, away: float) -> None:
    """``decide`` on a file with these very answers is the judge."""
    session = session_of({})
    world = session.world()
    case = drawn(world, Random(seed), away)
    every = zip(world.variables, case, strict=True)
    defaults = world.settled([0 if one.derived else place for one, place in every])
    assert defaults is not None
    case = defaults
    for one, place in zip(world.variables, case, strict=True):
        if one.derived is None:
            value = one.cells[place].sample
            session._try({**session.given, (one.place, one.name): _data(value)})
    if len(session.given) < sum(one.derived is None for one in world.variables):
        return  # some of the answers contradict each other
    decided = decide(system_problem(session.requirements, court()))
    (workload,) = decided.workloads
    assert (
        (decided.verdict,),
        (workload.verdict, workload.option),
    ) == world.designs(case)


def _data(value: object) -> Data:
    return list(value) if isinstance(value, tuple) else value  # type: ignore[return-value]


@given(SEEDS, AWAY, st.sampled_from(list(Level)))
@settings(max_examples=30, deadline=None)
def test_a_proof_holds_in_every_case(seed: int, away: float, level: Level) -> None:
    """And without one there are two cases that differ in one answer and in the result."""
    world = fewer_open(seed, away, 6).world()
    result = level.of(world)
    proof = prove(world, level, limit=10_000)
    assert proof.proven == (len({result(case) for case in every_case(world)}) == 1)
    if proof.witness is not None:
        _check_witness(world, level, proof)


def _check_witness(world: Cases, level: Level, proof: Proof) -> None:
    witness = proof.witness
    assert witness is not None
    result = level.of(world)
    before, after = witness.before, witness.after
    assert result(before) != result(after)
    different = {i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    follows = {i for i, one in enumerate(world.variables) if one.derived is not None}
    assert {witness.variable} == different - follows | {witness.variable}
    assert world.variables[witness.variable].open


@given(SEEDS, AWAY, st.sampled_from(list(Level)), st.sampled_from([(3, 2), (2, 3)]))
@settings(max_examples=24, deadline=None)
def test_a_proof_for_several_workloads_holds_in_every_case(
    seed: int, away: float, level: Level, sizes: tuple[int, int]
) -> None:
    """Their verdicts hang together through the systems that are run."""
    count, workloads = sizes
    world = fewer_open(seed, away, count, workloads=workloads).world()
    result = level.of(world)
    proof = prove(world, level, limit=10_000)
    assert proof.proven == (len({result(case) for case in every_case(world)}) == 1)
    if proof.witness is not None:
        _check_witness(world, level, proof)


def test_two_flows_are_proven_with_most_left_out() -> None:
    """A stream that is processed, and tasks: the bounds hold over both at once."""
    needs: dict[str, Data] = {"work_queue": True, "task_seconds": 60, "request_reply": False}
    session = session_of(
        STREAM, STREAM | {"replay": "none"}, team={"already_runs": [], "operations": "low"}
    )
    status = session.status()
    assert (None, True, True) == (status.question, status.verdict, status.design)
    assert 30 < len(status.left_out)
    assert session_of(STREAM, needs).status().question is not None


@given(SEEDS, st.sampled_from([0.1, 0.25]), st.sampled_from(["request_reply", "replay"]))
@settings(max_examples=15, deadline=None)
def test_what_nobody_knows_is_not_asked_again(seed: int, away: float, need: str) -> None:
    """A proof then holds beside each value that the unknown answer can have."""
    session = fewer_open(seed, away, 4)
    session.answer((0, need), "unknown")
    session.answer((0, "retention_days"), 0)
    world = session.world()
    proof = prove(world, Level.VERDICT, limit=10_000)
    given = [i for i, one in enumerate(world.variables) if not one.open and not one.derived]
    results: dict[Case, set[object]] = {}
    for case in every_case(world):
        key = tuple(case[i] for i in given)
        results.setdefault(key, set()).add(world.verdicts(case))
    assert proof.proven == all(len(one) == 1 for one in results.values())
    assert need not in {
        world.variables[i].name for i in range(len(world.variables)) if _open(world, i)
    }


def _open(world: Cases, i: int) -> bool:
    return world.variables[i].open


def test_a_limit_proves_nothing() -> None:
    """It is not taken for a proof."""
    world = session_of(STREAM, team={"already_runs": []}).world()
    assert (None, False) == (
        prove(world, Level.VERDICT, 0).witness,
        prove(world, Level.VERDICT, 0).proven,
    )
    assert prove(world, Level.VERDICT).proven


def test_between_equal_cases_there_is_no_step() -> None:
    """Nothing changed, nothing found."""
    world = session_of({}).world()
    assert step_between(world, Level.VERDICT, world.first, world.first) is None


def asked_through(answers: dict[str, Data]) -> tuple[Session, list[tuple[int | None, str]], bool]:
    """The session after all that was asked has been answered, what was asked, and the proof."""
    session, asked = session_of({}), []
    while (status := session.status()).question is not None:
        key = status.question.key
        assert key not in asked, "asked twice"
        assert key not in session.answered(), "asked although it was answered"
        asked.append(key)
        assert not session.answer(key, answers[key[1]])
    return session, asked, bool(status.verdict and status.design)


@pytest.mark.parametrize(("seed", "away"), [(1, 0.0), (2, 0.1), (3, 0.25), (4, 0.25), (5, 0.5)])
def test_it_ends_asks_nothing_twice_and_says_what_all_answers_would(seed: int, away: float) -> None:
    """Invariant 7: answering the rest, as the profile does and otherwise, changes nothing."""
    answers = profile(seed, away)
    session, asked, proven = asked_through(answers)
    world = session.world()
    said = world.designs(world.first)
    assert proven
    assert len(asked) < sum(bool(need.unsaid) for need in vocabulary().values())
    random = Random(seed)
    for _ in range(200):
        assert said == world.designs(drawn(world, random, 0.5))
    left = [name for place, name in session.status().left_out if place is not None]
    for name in left:
        cells = next((one.cells for one in world.variables if one.name == name), ())
        if answers[name] in [_data(cell.sample) for cell in cells]:
            session.answer((0, name), answers[name])
    decided = decide(system_problem(session.requirements, court()))
    assert said[1] == (decided.workloads[0].verdict, decided.workloads[0].option)


def test_the_first_questions_are_about_messages_and_never_about_hardware() -> None:
    """What a reference machine stands in for is not asked."""
    _session, asked, _proven = asked_through(profile(1, 0.0))
    names = [name for _place, name in asked]
    assert "replay" in names[:4]
    assert not [name for name in names if name.startswith("hardware")]


def test_a_question_comes_with_what_each_answer_gives() -> None:
    """As if everything else were as assumed."""
    status = session_of({"stream_processing": False}).status()
    assert status.question is not None
    labels = [one.label for one in status.question.replies]
    assert len(labels) == len(set(labels)) > 1
    for reply in status.question.replies:
        session = session_of({"stream_processing": False})
        need = vocabulary()[status.question.key[1]]
        value = next(v for v in (need.default, *need.unsaid) if _label(v) == reply.label)
        session.answer(status.question.key, _data(value))
        decided = decide(system_problem(session.requirements, court()))
        workload = decided.workloads[0]
        assert (workload.verdict, workload.option) == (reply.verdict, reply.option)


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_statements_leave_nothing_to_ask() -> None:
    """``rest: not_needed`` states all that is left out; the team is settled here as well."""
    text = (
        "schema: requirements/1\nsystem: s\nteam: {already_runs: [], knows: [], operations: low}\n"
        "workloads:\n- name: a\n  rest: not_needed\n"
    )
    status = session_of(text=text).status()
    assert (None, True, True, ()) == (
        status.question,
        status.verdict,
        status.design,
        status.left_out,
    )


def test_without_designs_only_verdicts_count() -> None:
    """Fewer questions may be left."""
    session = session_of(STREAM, team={"already_runs": []})
    status = status_of(session.world(), {}, designs=False)
    assert (None, True) == (status.question, status.verdict)


def test_what_a_question_changes_elsewhere_is_said_of_where_it_changes() -> None:
    """The answers shown never give the same: the other flow, or all together, is named instead."""
    session = session_of(STREAM, {"work_queue": True, "task_seconds": 60}, team={"knows": []})
    for _ in range(12):
        status = session.status()
        if status.question is None:
            break
        before, after = status.question.example_replies
        assert (before.verdict, before.option, before.of) != (after.verdict, after.option, after.of)
        shown = {(one.verdict, one.option, one.of) for one in status.question.replies}
        assert status.question.alone == (len(shown) > 1)
        need = vocabulary()[status.question.key[1]]
        assert not session.answer(status.question.key, _data(need.default))
