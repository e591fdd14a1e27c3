"""A recommendation says how sure it is, what excludes what, and what two systems cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.advise import recommend
from advisor.domain.recommendation import Confidence, Recommendation

CLEAR = """
schema: requirements/1
system: clear
team: {already_runs: [rabbitmq], knows: [rabbitmq], operations: medium}
workloads:
- name: tasks
  rest: not_needed
  needs: {work_queue: true, dead_letter: true, durability: disk, delivery: at_least_once}
"""
EXCLUDING = """
schema: requirements/1
system: excluding
workloads:
- name: ticker
  needs:
    message_ttl: {value: true, level: must}
    replay: everything
    messages_per_second: 900000
"""
BOTH = """
schema: requirements/1
system: two
team: {already_runs: [rabbitmq, kafka]}
workloads:
- name: calls
  feeds: [events]
  needs: {work_queue: true, priority: {value: true, level: must}, request_reply: true}
- name: events
  needs: {replay: everything, stream_processing: true, messages_per_second: 500000}
"""


def advised(text: str, folder: Path, *, run_checks: bool = True) -> Recommendation:
    file = folder / "advisor.yaml"
    file.write_text(text, encoding="utf-8")
    return recommend(file, run_checks=run_checks)


def confidence(found: Recommendation) -> Confidence:
    assert found.system.confidence is not None
    return found.system.confidence


def test_a_clear_case_with_nothing_left_open_is_robust(tmp_path: Path) -> None:
    """Stated throughout, executed, far ahead: decided, robust, never less than B."""
    found = advised(CLEAR, tmp_path)
    sure = confidence(found)
    assert ("rabbitmq", "robust") == (found.system.verdict, found.system.status)
    assert (True, "every") == (sure.decided, sure.weights)
    assert "A" == found.system.grade
    assert sure.sampled is not None
    assert {"rabbitmq": 1.0} == sure.sampled.shares


def test_without_checks_it_is_not_as_sure(tmp_path: Path) -> None:
    """The same answers; nothing was executed, so the evidence can turn."""
    found = advised(CLEAR, tmp_path, run_checks=False)
    assert "A" != found.system.grade
    assert not any(one.executed for one in confidence(found).load_bearing)


def test_a_silent_task_queue_is_not_suspected_of_being_a_log(tmp_path: Path) -> None:
    """Replay is not among the assumptions that change it; with two kinds of readers it is."""
    found = advised(CLEAR.replace("  rest: not_needed\n", ""), tmp_path)
    telling = {one.need for one in found.workloads[0].assumptions if one.verdicts}
    assert set() == telling & {"replay", "stream_processing", "retention_days"}
    two = CLEAR.replace("  rest: not_needed\n", "").replace(
        "work_queue: true", "work_queue: true, independent_readers: 2"
    )
    telling = {one.need for one in advised(two, tmp_path).workloads[0].assumptions if one.verdicts}
    assert "replay" in telling


def test_musts_that_exclude_each_other_are_shown_with_what_fails_each_design(
    tmp_path: Path,
) -> None:
    """Queues fail the rate, logs fail expiry; every minimal set is hit by every correction."""
    found = advised(EXCLUDING, tmp_path).workloads[0].contradiction
    assert found is not None
    musts = [set(one.criteria) for one in found.unsatisfiable]
    assert {"message-ttl", "throughput"} in musts
    for correction in found.corrections:
        assert all(one.intersection(correction) for one in musts)
    expiring = next(one for one in found.unsatisfiable if "throughput" in one.criteria)
    failing = {one.option: one for one in expiring.failing}
    assert ("expired-message-is-not-delivered",) == failing["kafka.topic"].checks
    assert ("throughput",) == failing["rabbitmq.classic-queue"].criteria
    kinds = [one.kind for one in found.ways_out]
    assert kinds == sorted(kinds, key=["split", "both", "relax", "unmet"].index)
    assert "relax" in kinds


def test_both_shows_its_costs_and_runs_its_bridge(tmp_path: Path) -> None:
    """Each set of systems with its cost; the bridge lost nothing on the models."""
    found = advised(BOTH, tmp_path).system
    assert ("both", ("kafka", "rabbitmq")) == (found.verdict, found.systems)
    assert {(), ("kafka",), ("rabbitmq",), ("kafka", "rabbitmq")} == {
        one.systems for one in found.compared
    }
    assert found.compared[0].systems == found.systems
    (bridge,) = found.bridges
    assert ("calls", "events") == (bridge.source, bridge.target)
    assert "held" == bridge.result


@pytest.mark.parametrize("text", [CLEAR, EXCLUDING])
def test_where_no_bridge_is_needed_none_is_run(text: str, tmp_path: Path) -> None:
    """One workload feeds nobody."""
    assert () == advised(text, tmp_path).system.bridges


def test_a_bridge_that_was_not_run_is_not_called_held(tmp_path: Path) -> None:
    """Without checks it says so."""
    (bridge,) = advised(BOTH, tmp_path, run_checks=False).system.bridges
    assert bridge.result.startswith("not-executed")
    assert bridge.rerun is None
