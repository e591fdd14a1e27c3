"""Where messages pass between two systems, the bridge checks run on the two designs."""

from dataclasses import replace
from pathlib import Path

import pytest

from advisor import advise
from advisor.advise.bridges import bridges
from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.problem import system_problem
from advisor.decision import decide
from advisor.documents import examples_folder
from advisor.domain.predicate import Not
from advisor.domain.recommendation import Bridge, Recommendation
from advisor.requirements import load_requirements

EVENTS = """- name: events
  rest: not_needed
  feeds: [tasks]
  needs: {independent_readers: 4, replay: everything, retention_days: 365}
"""
TASKS = """- name: tasks
  rest: not_needed
  needs: {work_queue: true, priority: true, delayed_delivery: true, delay_seconds_max: 60}
"""


def recommended(
    folder: Path, *, runs: str, workloads: str = EVENTS + TASKS, checks: bool = True
) -> Recommendation:
    """The recommendation for a team that runs these systems."""
    path = folder / "advisor.yaml"
    path.write_text(
        f"schema: requirements/1\nsystem: s\nteam: {{already_runs: {runs}}}\n"
        f"workloads:\n{workloads}"
    )
    return advise.recommend(path, run_checks=checks)


def test_a_bridge_between_two_systems_is_run_on_both_designs(tmp_path: Path) -> None:
    """It goes from the design that is read to the one that is fed, and says how to run it."""
    found = recommended(tmp_path, runs="[rabbitmq, kafka]")
    events, tasks = found.workloads
    assert (events.verdict, tasks.verdict) == ("kafka", "rabbitmq")
    assert events.option is not None and tasks.option is not None
    (bridge,) = found.system.bridges
    assert bridge == Bridge(
        "events",
        "tasks",
        events.option,
        tasks.option,
        "bridge-loses-nothing",
        "held",
        f"advisor check bridge-loses-nothing --option {events.option}",
    )


def test_without_checks_no_bridge_counts_as_run(tmp_path: Path) -> None:
    """It is named, with why it was not run, and without a command that has run."""
    (bridge,) = recommended(tmp_path, runs="[rabbitmq, kafka]", checks=False).system.bridges
    assert (bridge.result, bridge.rerun) == ("not-executed: checks were not asked for", None)


@pytest.mark.parametrize(
    ("runs", "workloads"),
    [
        ("[rabbitmq]", EVENTS + TASKS),
        ("[rabbitmq, kafka]", EVENTS.replace("  feeds: [tasks]\n", "") + TASKS),
    ],
    ids=["one system", "nothing fed"],
)
def test_no_bridge_inside_one_system_or_between_strangers(
    tmp_path: Path, runs: str, workloads: str
) -> None:
    """Only messages that leave one system for another need one."""
    assert recommended(tmp_path, runs=runs, workloads=workloads).system.bridges == ()


def heard_by(court: Court, option: str | None, status: str = "conditional") -> tuple[Bridge, ...]:
    """The bridges of the example, whose one workload gets this design."""
    requirements = load_requirements(examples_folder() / "image-generation.yaml")
    decision = decide(system_problem(requirements, Court(court.library, executing=False)))
    workloads = (replace(decision.workloads[0], option=option, status=status),)
    return tuple(bridges(requirements, replace(decision, workloads=workloads), court))


DIVIDED = "kafka.topic + rabbitmq.classic-queue"


def test_a_workload_divided_between_two_systems_has_a_bridge_inside() -> None:
    """It goes from the first design to the second."""
    (bridge,) = heard_by(Court(load_library()), DIVIDED)
    assert (bridge.source, bridge.target) == ("generate", "generate")
    assert (bridge.source_option, bridge.target_option) == ("kafka.topic", "rabbitmq.classic-queue")
    assert bridge.result == "held"


@pytest.mark.parametrize(
    ("option", "status"),
    [
        ("rabbitmq.classic-queue + rabbitmq.stream", "conditional"),
        ("rabbitmq.classic-queue + none.no-broker", "conditional"),
        (DIVIDED, "unmet"),
        (None, "ask-first"),
    ],
)
def test_nothing_is_bridged_where_no_second_system_is_named(
    option: str | None, status: str
) -> None:
    """Two designs of one system, one without any, or no design that could be recommended."""
    assert heard_by(Court(load_library()), option, status) == ()


def test_a_bridge_that_loses_something_says_what() -> None:
    """The result is what the check saw, also where it does not hold."""
    library = load_library()
    check = library.checks["bridge-loses-nothing"]
    contrary = replace(check, held_when=Not(check.held_when))
    court = Court(replace(library, checks={**library.checks, check.id: contrary}))
    (bridge,) = heard_by(court, DIVIDED)
    assert bridge.result.startswith("not held: ")
