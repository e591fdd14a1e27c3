"""Requirements become the problem that the decision method solves."""

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.problem import system_problem
from advisor.advise.tables import Table, answers_of
from advisor.decision import Answers, SystemProblem
from advisor.domain.predicate import ALWAYS, Atom
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, NeedRow
from advisor.requirements import derived_needs, load_requirements, vocabulary
from advisor.rulebook import compile_rules, point

COURT = Court(load_library(), executing=False)


def problem_of(folder: Path, needs: str, team: str = "{}") -> SystemProblem:
    """The problem of a file with one workload."""
    path = folder / "advisor.yaml"
    path.write_text(
        f"schema: requirements/1\nsystem: s\nteam: {team}\n"
        f"workloads: [{{name: w, needs: {needs}}}]\n"
    )
    return system_problem(load_requirements(path), COURT)


def answers(folder: Path, needs: str) -> Answers:
    """The answers of that workload."""
    return problem_of(folder, needs).workloads[0].answers


def level_of(problem: SystemProblem, criterion: str, **given: object) -> Level:
    """The level of a criterion where everything is known."""
    known = {**problem.team.cells, **problem.workloads[0].answers.cells}
    cells = {name: one[0] for name, one in known.items()}
    for derived in problem.workloads[0].answers.derived:
        cells[derived.question] = derived.cells_at(cells)[0]
    table = next(one for one in problem.workloads[0].tables if one.id == criterion)
    assert isinstance(table, Table)
    return table.level({**answers_of(cells), **given})[1]  # type: ignore[dict-item]


def test_a_stated_value_is_one_point_with_its_alternatives(tmp_path: Path) -> None:
    """The other choices are what a single flip tries."""
    found = answers(tmp_path, "{replay: recent}")
    assert found.cells["replay"] == (point("recent"),)
    assert found.standing["replay"] is Standing.STATED
    assert {cell.sample for cell in found.alternatives["replay"]} == {"none", "everything"}


def test_an_assumed_value_may_be_what_teams_leave_unsaid(tmp_path: Path) -> None:
    """The default is computed with, the unsaid values are what it may be instead."""
    found = answers(tmp_path, "{work_queue: true}")
    assert found.cells["replay"] == (point("none"),)
    assert found.standing["replay"] is Standing.ASSUMED
    assert {cell.sample for cell in found.unsaid["replay"]} == {"recent", "everything"}


def test_unknown_leaves_every_cell_possible(tmp_path: Path) -> None:
    """The cells of a number cover it from its least to its greatest value."""
    found = answers(tmp_path, "{messages_per_second: unknown}")
    cells = found.cells["messages_per_second"]
    assert len(cells) > 1
    assert found.standing["messages_per_second"] is Standing.UNKNOWN
    assert (cells[0].low, cells[-1].high) == (0.0001, 1_000_000_000)


def test_a_range_keeps_the_cells_that_it_meets(tmp_path: Path) -> None:
    """Both ends are included; thresholds outside do not cut it."""
    found = answers(tmp_path, "{messages_per_second: {min: 400, max: 600}}")
    cells = found.cells["messages_per_second"]
    assert (cells[0].low, cells[-1].high) == (400, 600)
    assert len(cells) == 2


def test_a_range_between_two_thresholds_is_stated(tmp_path: Path) -> None:
    """No rule tells its values apart, so nothing is open."""
    found = answers(tmp_path, "{messages_per_second: {min: 510, max: 600}}")
    assert found.standing["messages_per_second"] is Standing.STATED


def test_the_volume_follows_from_rate_and_size(tmp_path: Path) -> None:
    """Two known factors give one point, an unknown one every cell that the product meets."""
    known = answers(tmp_path, "{messages_per_second: 2000, message_bytes: 5000}")
    volume = next(one for one in known.derived if one.question == "megabytes_per_second")
    parents = {name: known.cells[name][0] for name in volume.parents}
    assert [cell.sample for cell in volume.cells_at(parents)] == [10.0]
    wide = answers(tmp_path, "{messages_per_second: {min: 1, max: 100000}, message_bytes: 1000}")
    (largest,) = wide.cells["messages_per_second"][-1:]
    parents = {"messages_per_second": largest, "message_bytes": wide.cells["message_bytes"][0]}
    found = volume.cells_at(parents)
    assert found[0].low is not None and found[0].low <= (largest.low or 0) / 1000
    assert found[-1].high is not None and found[-1].high >= 100


@pytest.mark.parametrize(("usual", "longest"), [(20, 20), (7200, 7200)])
def test_the_longest_task_goes_where_the_usual_one_goes(
    tmp_path: Path, usual: int, longest: int
) -> None:
    """Left out, it has the value of the other one, also where that is varied."""
    found = answers(tmp_path, "{task_seconds: 20}")
    derived = next(one for one in found.derived if one.question == "task_seconds_max")
    assert [cell.sample for cell in derived.cells_at({"task_seconds": point(usual)})] == [longest]


def test_an_open_longest_task_is_not_below_the_usual_one(tmp_path: Path) -> None:
    """What is unknown by itself still is at least as great as the other."""
    found = answers(tmp_path, "{task_seconds: 400, task_seconds_max: unknown}")
    derived = next(one for one in found.derived if one.question == "task_seconds_max")
    cells = derived.cells_at({"task_seconds": point(400)})
    assert cells and all(cell.high is not None and cell.high >= 400 for cell in cells)


def test_a_level_of_the_file_replaces_the_rows_own(tmp_path: Path) -> None:
    """Replay is a must by its row, and what the team makes of it."""
    assert level_of(problem_of(tmp_path, "{replay: recent}"), "replay") is Level.MUST
    softer = problem_of(tmp_path, "{replay: {value: recent, level: nice}}")
    assert level_of(softer, "replay") is Level.NICE


@pytest.mark.parametrize(
    ("team", "there"),
    [("{already_runs: [redis]}", True), ("{already_runs: [kafka]}", False), ("{}", False)],
)
def test_an_existing_queue_is_an_option_where_one_runs(
    tmp_path: Path, team: str, there: bool
) -> None:
    """The option's own condition reads what the team runs."""
    problem = problem_of(tmp_path, "{}", team)
    option = next(one for one in problem.options if one.id == "none.existing-queue")
    cells = {name: problem.team.cells[name][0] for name in option.reads}
    assert option.available(cells) is there


@pytest.mark.parametrize(("version", "there"), [("4.1", False), ("4.2", True), ("4.4", True)])
def test_share_groups_are_an_option_since_they_exist(
    tmp_path: Path, version: str, there: bool
) -> None:
    """An option that the team's version lacks cannot be chosen."""
    team = f'{{broker_versions: {{kafka: "{version}"}}}}'
    problem = problem_of(tmp_path, "{}", team)
    option = next(one for one in problem.options if one.id == "kafka.share-group")
    assert option.available({"kafka_version": problem.team.cells["kafka_version"][0]}) is there


def test_what_runs_costs_nothing_and_low_operations_cost_twice(tmp_path: Path) -> None:
    """The costs of the conventions, with what the team runs and can operate."""
    problem = problem_of(tmp_path, "{}", "{already_runs: [rabbitmq], operations: low}")
    cells = {name: one[0] for name, one in problem.team.cells.items()}
    assert problem.cost(frozenset({"rabbitmq"}), cells) == 0
    assert problem.cost(frozenset({"kafka"}), cells) == 3 + 4


def test_of_several_rows_that_fire_the_highest_counts() -> None:
    """Whatever their order in the file."""
    rows = (
        NeedRow("low", ALWAYS, Level.NICE),
        NeedRow("high", Atom("replay", "==", "recent"), Level.MUST),
        NeedRow("middle", ALWAYS, Level.SHOULD),
    )
    library = COURT.library
    criterion = replace(library.book.criteria[0], needs=rows, claims=(), conflicts=())
    needs = {**vocabulary(), **derived_needs()}
    rules = compile_rules(replace(library.book, criteria=(criterion,)), needs)
    court = Court(replace(library, rules=rules), executing=False)
    table = Table(criterion, court, library.book.conventions, {}, {})
    assert (rows[1], Level.MUST) == table.level({"replay": "recent"})
    assert (rows[2], Level.SHOULD) == table.level({"replay": "none"})
