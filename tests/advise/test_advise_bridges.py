"""Where messages pass between two systems, the bridge checks run on the two designs."""

from pathlib import Path

import pytest

from advisor import advise
from advisor.domain.recommendation import Bridge, Recommendation

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
