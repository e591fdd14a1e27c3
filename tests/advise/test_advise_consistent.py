"""Other answers are tried only where a file could give them."""

from __future__ import annotations

from pathlib import Path

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.problem import system_problem
from advisor.decision import Answers
from advisor.documents import read_yaml
from advisor.requirements.loading import Reading


def answers_of(needs: str, team: str = "{}") -> Answers:
    """What is known of the one workload of such a file."""
    text = (
        f"schema: requirements/1\nsystem: s\nteam: {team}\nworkloads:\n- name: a\n  needs: {needs}"
    )
    reading = Reading(read_yaml(Path("a.yaml"), text=text.encode()))
    assert [] == reading.problems
    problem = system_problem(reading.requirements(), Court(load_library(), executing=False))
    return problem.workloads[0].answers


def test_nothing_is_kept_where_nothing_is_read_again() -> None:
    """Neither as a flip of what is stated nor as an assumption that may fail."""
    stated = answers_of("{replay: none, retention_days: 0}")
    assert "retention_days" not in stated.alternatives
    assert {"recent", "everything"} == {one.label for one in stated.alternatives["replay"]}
    assert "retention_days" not in answers_of("{replay: none}").unsaid
    assert "retention_days" in answers_of("{replay: recent}").unsaid
    assert "retention_days" in answers_of("{}").unsaid


def test_one_node_cannot_be_lost() -> None:
    """Beside hardware of one node nobody means that its loss is survived."""
    one_node = answers_of("{}", team="{hardware: {nodes: 1}}")
    assert "high_availability" not in one_node.unsaid
    assert "high_availability" in answers_of("{}").unsaid


def test_only_a_range_that_contradicts_as_a_whole_is_left_out() -> None:
    """The longest task may be 30 s beside a usual one of 20 s, and never 10 s."""
    answers = answers_of("{task_seconds: 20, task_seconds_max: 60}")
    labels = {one.label for one in answers.alternatives["task_seconds_max"]}
    assert "<= 5" not in labels
    assert "> 5 and <= 30" in labels
