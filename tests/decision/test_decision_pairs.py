"""Pairs of designs come up where no single one fits, and each half has something to do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from decision_problems import (
    CONVENTIONS,
    HALF,
    ONE,
    Table,
    cell,
    domain,
    fixed_table,
    flat_costs,
    founded,
    one_workload,
)

from advisor.decision import (
    Answers,
    ConflictRule,
    Decision,
    Matter,
    OptionFacts,
    SystemProblem,
    decide,
)
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side

QUEUE = OptionFacts("queue", "north")
LOG = OptionFacts("log", "north")
TOPIC = OptionFacts("topic", "south")
FREE = OptionFacts("free", "none")
TASKS = fixed_table(
    "tasks", Level.MUST, {"queue": ONE, "log": -ONE, "topic": -HALF, "free": -ONE}, Side.QUEUE
)
REPLAY = fixed_table(
    "replay", Level.MUST, {"queue": -ONE, "log": HALF, "topic": ONE, "free": -ONE}, Side.LOG
)
RATE = fixed_table("rate", Level.SHOULD, {"queue": HALF, "log": ONE, "topic": ONE, "free": -ONE})


def scores(decision: Decision) -> dict[str, Fraction]:
    return {one.option: one.score for one in decision.workloads[0].ranking}


def test_a_pair_takes_the_better_of_each_side_and_the_worse_of_the_whole() -> None:
    """A queue and a log of one system: (3 + 3/2 + 3/2 - 1 point) over 9."""
    decision = decide(one_workload([QUEUE, LOG, FREE], [TASKS, REPLAY, RATE]))
    assert Fraction(5, 9) == scores(decision)["log + queue"]
    assert ("north", "conditional") == (decision.verdict, decision.status)
    assert "log + queue" == decision.workloads[0].option


def test_a_pair_of_two_systems_divides_the_workload() -> None:
    """It pays for the second system instead of the point."""
    decision = decide(one_workload([QUEUE, TOPIC, FREE], [TASKS, REPLAY, RATE]))
    assert Fraction(3 + 3, 1) / 9 + Fraction(3, 2) / 9 == scores(decision)["queue + topic"]
    assert ("both", "split", ("north", "south")) == (
        decision.verdict,
        decision.status,
        decision.systems,
    )
    assert "queue + topic" == decision.workloads[0].option


def test_one_system_for_both_halves_beats_two_by_their_cost() -> None:
    """Value lost within one system is less than what a second system costs."""
    decision = decide(one_workload([QUEUE, LOG, TOPIC, FREE], [TASKS, REPLAY, RATE]))
    assert ("north", "log + queue") == (decision.verdict, decision.workloads[0].option)
    assert scores(decision)["queue + topic"] > scores(decision)["log + queue"]


def test_no_pair_comes_up_beside_a_single_design_that_fits() -> None:
    """However little value it has."""
    able = fixed_table("tasks", Level.MUST, {"queue": ONE, "log": HALF}, Side.QUEUE)
    replay = fixed_table("replay", Level.MUST, {"queue": -ONE, "log": HALF}, Side.LOG)
    decision = decide(one_workload([QUEUE, LOG], [able, replay]))
    assert {"queue", "log"} == set(scores(decision))
    assert "log" == decision.workloads[0].option


@pytest.mark.parametrize("side", list(Side))
def test_a_half_without_work_of_its_own_makes_no_pair(side: Side) -> None:
    """One design meets every one-sided need at least as well, the other is idle."""
    tasks = fixed_table("tasks", Level.MUST, {"queue": -HALF, "log": -ONE}, side)
    decision = decide(one_workload([QUEUE, LOG], [tasks]))
    assert {"queue", "log"} == set(scores(decision))
    assert "unmet" == decision.status


def test_needs_of_the_whole_flow_alone_make_no_pair() -> None:
    """There is nothing to divide between the two."""
    first = fixed_table("first", Level.MUST, {"queue": ONE, "log": -ONE}, Side.WHOLE)
    second = fixed_table("second", Level.MUST, {"queue": -ONE, "log": ONE}, Side.WHOLE)
    decision = decide(one_workload([QUEUE, LOG], [first, second]))
    assert {"queue", "log"} == set(scores(decision))


def test_a_conflict_counts_only_where_its_design_carries_all_of_it() -> None:
    """The queue's conflict between tasks and replay is gone once the log takes the replay."""
    conflict = ConflictRule("apart", "queue", frozenset({"tasks", "replay"}))
    decision = decide(one_workload([QUEUE, LOG], [TASKS, REPLAY], conflicts=[conflict]))
    row = next(one for one in decision.workloads[0].ranking if one.option == "log + queue")
    assert () == row.eliminated_by
    whole = replace(conflict, id="whole", criteria=frozenset({"tasks", "steady"}))
    steady = fixed_table("steady", Level.MUST, {"queue": ONE, "log": ONE})
    decision = decide(one_workload([QUEUE, LOG], [TASKS, REPLAY, steady], conflicts=[whole]))
    row = next(one for one in decision.workloads[0].ranking if one.option == "log + queue")
    assert ["whole"] == [one.conflict for one in row.eliminated_by]


def test_what_both_meet_equally_goes_to_the_half_without_a_conflict() -> None:
    """Of the ways to hand out equal needs the best one counts."""
    equal = fixed_table("equal", Level.MUST, {"queue": ONE, "log": ONE}, Side.QUEUE)
    conflict = ConflictRule("apart", "queue", frozenset({"tasks", "equal"}))
    decision = decide(one_workload([QUEUE, LOG], [TASKS, REPLAY, equal], conflicts=[conflict]))
    assert ("north", "log + queue") == (decision.verdict, decision.workloads[0].option)


def test_contributions_of_a_pair_name_the_claims_of_the_half_that_serves() -> None:
    """A need of one side shows the claim of the better design."""
    decision = decide(one_workload([QUEUE, LOG], [TASKS, REPLAY]))
    row = next(one for one in decision.workloads[0].ranking if one.option == "log + queue")
    assert {"tasks": ("tasks:queue",), "replay": ("replay:log",)} == {
        one.criterion: one.claims for one in row.contributions
    }


def test_an_unmet_workload_names_the_nearest_miss_of_a_broker() -> None:
    """Although the option without a broker misses by as little and costs nothing."""
    odd = fixed_table("odd", Level.MUST, {"queue": -ONE, "free": -ONE})
    decision = decide(one_workload([QUEUE, FREE], [odd]))
    assert ("undetermined", "unmet", "queue") == (
        decision.verdict,
        decision.status,
        decision.workloads[0].option,
    )


def test_where_nothing_but_tables_exist_an_unmet_workload_names_nobody() -> None:
    """There is no broker to be the nearest miss."""
    odd = fixed_table("odd", Level.MUST, {"free": -ONE})
    assert decide(one_workload([FREE], [odd])).workloads[0].option is None


def test_a_value_finer_than_the_conventions_is_still_exact() -> None:
    """The common denominator grows where a contribution needs it."""
    odd = fixed_table("odd", Level.SHOULD, {"queue": Fraction(1, 7), "free": Fraction(1, 11)})
    decision = decide(one_workload([QUEUE, FREE], [odd]))
    assert {"queue": Fraction(1, 7), "free": Fraction(1, 11)} == scores(decision)


def wrong(problem: SystemProblem, **changes: object) -> SystemProblem:
    return replace(problem, **changes)  # type: ignore[arg-type]


GOOD = one_workload([QUEUE, FREE], [RATE])


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (wrong(GOOD, options=()), "an option"),
        (wrong(GOOD, workloads=()), "a workload"),
        (wrong(GOOD, options=(QUEUE, QUEUE)), "named twice: queue"),
        (wrong(GOOD, workloads=GOOD.workloads * 2), "named twice: only"),
        (wrong(GOOD, conventions=replace(CONVENTIONS, must_penalty=2)), "exceed 2"),
        (wrong(GOOD, workloads=(replace(GOOD.workloads[0], weight=0),)), "above nought"),
        (
            one_workload([QUEUE], [RATE], conflicts=[ConflictRule("c", "nobody", frozenset("a"))]),
            "do not exist",
        ),
        (
            one_workload([replace(QUEUE, available=lambda _cells: False)], [RATE]),
            "no option that could be chosen",
        ),
    ],
)
def test_a_problem_without_an_answer_is_refused(problem: SystemProblem, message: str) -> None:
    """These are mistakes of the caller, not verdicts."""
    with pytest.raises(ValueError, match=message):
        decide(problem)


def test_cells_that_nothing_tells_apart_cost_nothing() -> None:
    """Ten questions of ten cells that no rule reads are one completion."""
    cells = {f"q{k}": domain(f"q{k}", 10) for k in range(10)}
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    (workload,) = GOOD.workloads
    problem = replace(GOOD, workloads=(replace(workload, answers=answers),))
    decision = decide(problem, node_limit=10)
    assert decision.decided_whatever
    assert () == decision.unproven
    assert () == decision.ask_next("only")
    assert cell("q00") == decision.workloads[0].cells["q0"]


def test_cells_that_differ_only_beside_another_answer_are_not_merged() -> None:
    """Two cells of the first question are alike until the second is answered its second way."""

    def matter(queue: Fraction) -> Matter:
        claims = {"queue": (founded(queue),), "topic": (founded(HALF),), "free": (founded(-ONE),)}
        return Matter(Level.MUST, "row", claims)

    rows: dict[tuple[str, ...], Matter] = {
        ("a0", "b0"): matter(ONE),
        ("a1", "b0"): matter(ONE),
        ("a0", "b1"): matter(ONE),
        ("a1", "b1"): matter(-ONE),
    }
    cells = {"a": domain("a", 2), "b": domain("b", 2)}
    answers = Answers(cells, dict.fromkeys(cells, Standing.UNKNOWN))
    problem = one_workload([QUEUE, TOPIC, FREE], [Table("c", Side.WHOLE, ("a", "b"), rows)])
    (workload,) = problem.workloads
    open_problem = replace(
        problem,
        workloads=(replace(workload, answers=answers),),
        cost=flat_costs({"north": HALF, "south": HALF}),
    )
    decision = decide(open_problem)
    assert ("north", "south") == decision.possible
    first, second = decision.ask_next("only")
    assert {"a", "b"} == {first.question, second.question}
    # One of four completions is south: knowing a (or b) leaves half a bit of 0.811.
    assert pytest.approx(0.811278124 - 0.5, abs=1e-8) == first.gain
    replies = {reply.cell.label: reply.workloads for reply in first.replies}
    assert {"a0": ("north",), "a1": ("undetermined",)} == replies
