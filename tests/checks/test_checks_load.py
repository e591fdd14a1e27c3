"""A check file is read whole or refused with the place and the way out of each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.checks.check import Duration, Publish, Work, needs_rig, runs_live
from advisor.checks.forms import STEPS
from advisor.checks.load import load_check, load_checks
from advisor.documents import check_schema, read_yaml, rules_folder, schema_of
from advisor.domain.problem import InputError

GOOD = """\
schema: check/1
id: good
kind: scenario
title: Good
property: It is good.
why: So that it is.
durations:
  long: {ms: 120000, live: 3000}
  endless: {ms: 900000000}
plan:
  groups: {workers: {}, eu: {keys: [eu]}}
  delays: [long]
steps:
- publish: {label: task, count: 3, keys: 2, delay: long}
- join: {readers: [ann], group: workers}
- receive: {reader: ann, within: 1000, as: got}
- wait: {for: endless}
- work: {members: [ann], service: 100, service_of: {task-2: long}}
held_when:
  all:
  - [lost, "==", 0]
  - {any: [[got.got, in, [task-1]], {not: [tries.task-1, ">", 1]}]}
"""


def faults(tmp_path: Path, before: str, after: str) -> list[str]:
    """What is said of the good file with one text replaced; the file's name cut off."""
    assert before in GOOD
    path = tmp_path / "good.yaml"
    path.write_text(GOOD.replace(before, after))
    with pytest.raises(InputError) as caught:
        load_check(read_yaml(path))
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_reads_a_check(tmp_path: Path) -> None:
    """Durations keep both values, steps their order."""
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)

    check = load_checks([tmp_path])["good"]
    publish, work = check.steps[0], check.steps[4]

    assert isinstance(publish, Publish)
    assert isinstance(work, Work)
    assert ("task-1", "task-2", "task-3") == publish.labels()
    assert [120_000] * 3 == [message.delay_ms for message in publish.messages(live=False)]
    assert [3_000] * 3 == [message.delay_ms for message in publish.messages(live=True)]
    assert ["key-1", "key-2", "key-1"] == [m.key for m in publish.messages(live=False)]
    assert Duration(120_000, 3_000) == work.service_of["task-2"]
    assert (120_000,) == check.plan.delays_ms
    assert check.live_plan is not None
    assert (3_000,) == check.live_plan.delays_ms
    assert not runs_live(check)
    assert not needs_rig(check)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("kind: scenario", "kind: scenari", "3:7: unknown kind 'scenari' (did you mean scenario?)"),
        ("title: Good", "titel: Good", "4:1: unknown key 'titel' (did you mean title?)"),
        ("title: Good\n", "", "1:1: the key title is missing"),
        ("title: Good", "title: 3", "4:8: expected a text"),
        ("check/1", "check/2", "1:9: expected check/1"),
        ("kind: scenario", "kind: bridge", "1:1: a bridge check needs a target_plan"),
        ("- publish:", "- publsh:", "14:3: unknown step 'publsh' (did you mean publish?)"),
        ("count: 3", "cuont: 3", "14:26: unknown key 'cuont' (did you mean count?)"),
        ("count: 3", "count: -3", "14:33: expected a whole number, 0 or more"),
        ("count: 3", "count: true", "14:33: expected a whole number, 0 or more"),
        ("label: task, ", "", "14:12: the key label is missing"),
        ("delay: long", "delay: logn", "14:52: unknown duration 'logn' (did you mean long?)"),
        (
            "service: 100",
            "service: 100000",
            "18:35: more than 60000 ms need a name (add it to durations)",
        ),
        ("within: 1000", "then: sttle", "16:32: unknown word 'sttle' (did you mean settle?)"),
        ("readers: [ann]", "readers: ann", "15:19: expected a list of texts"),
        ("members: [ann]", "members: [anne]", "18:3: unknown reader 'anne' (did you mean ann?)"),
        ("service_of: {task-2: long}", "service_of: long", "18:52: expected a mapping"),
        ("- wait: {for: endless}", "- wait", "17:3: expected one step (as publish: {label: ...})"),
        ("{for: endless}", "endless", "17:9: expected the keys of the step"),
        (
            "{ms: 900000000}",
            "{live: 3}",
            "9:12: expected {ms: ..., live: ...} (leave live out where none is)",
        ),
        ("{keys: [eu]}", "{kyes: [eu]}", "11:30: unknown selector 'kyes' (did you mean keys?)"),
        ("{keys: [eu]}", "[eu]", "11:29: expected {} or one of keys, patterns, headers, content"),
        ("delays: [long]", "dleays: [long]", "12:3: unknown key 'dleays' (did you mean delays?)"),
        ("[lost,", "[lots,", "21:6: unknown measure 'lots' (did you mean lost?)"),
        ('"=="', '"="', None),
        ("got.got,", "got.gto,", "20:3: unknown name after got 'gto' (did you mean got?)"),
        ("in, [task-1]]", "in, task-1]", "22:26: expected a list of texts"),
        ("got.got, in", "got.got, <", "22:22: a list is compared with ==, != or in"),
        (
            '- [lost, "==", 0]',
            "- lost",
            "21:5: expected [measure, comparison, value], all, any or not",
        ),
    ],
)  # fmt: skip
def test_says_what_is_wrong(tmp_path: Path, before: str, after: str, expected: str | None) -> None:
    """One fault, one message, with line and column and the nearest valid name."""
    found = faults(tmp_path, before, after)

    assert 1 == len(found), found
    if expected is not None:
        assert expected == found[0]


def test_an_empty_list_of_conditions_is_no_condition(tmp_path: Path) -> None:
    """It would always hold, so that the check could not fail."""
    path = tmp_path / "good.yaml"
    path.write_text(GOOD[: GOOD.index("held_when")] + "held_when: {all: []}\n")

    with pytest.raises(InputError, match="at least one condition"):
        load_check(read_yaml(path))


@pytest.mark.parametrize("text", ["- 1\n", "schema: check/1\n"])
def test_refuses_what_is_no_check(tmp_path: Path, text: str) -> None:
    """Nothing is guessed from a part."""
    path = tmp_path / "good.yaml"
    path.write_text(text)

    with pytest.raises(InputError):
        load_checks([tmp_path])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GOOD[GOOD.index("durations") : GOOD.index("plan")], "durations: 3\n"),
        ("groups: {workers: {}, eu: {keys: [eu]}}", "parallelism: 3"),
        ("groups: {workers: {}, eu: {keys: [eu]}}", "groups: {}"),
        (GOOD[GOOD.index("steps") : GOOD.index("held_when")], "steps: []\n"),
        ("count: 3", "body_absent: 3"),
    ],
)
def test_refuses_empty_or_mistyped_parts(tmp_path: Path, before: str, after: str) -> None:
    """Each is a problem, never a crash."""
    assert faults(tmp_path, before, after)


def test_the_file_is_named_after_the_check(tmp_path: Path) -> None:
    """So that an id in a rule finds its file."""
    (tmp_path / "other.yaml").write_text(GOOD)

    with pytest.raises(InputError, match=r"the file is named other\.yaml"):
        load_checks([tmp_path])


def test_a_later_folder_replaces_a_check(tmp_path: Path) -> None:
    """A user's own folder goes before the shipped one."""
    for name, title in (("one", "Good"), ("two", "Better")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "good.yaml").write_text(GOOD.replace("title: Good", f"title: {title}"))

    checks = load_checks([tmp_path / "one", tmp_path / "two"])

    assert "Better" == checks["good"].title


def test_shipped_checks_follow_the_published_schema() -> None:
    """Editors complete by it, capacity checks included."""
    paths = sorted((rules_folder() / "checks").glob("*.yaml"))

    assert [] == [fault for path in paths for fault in check_schema(read_yaml(path), "check")]


def test_schema_and_loader_know_the_same_steps_and_keys() -> None:
    """What is written twice is compared."""
    steps = schema_of("check")["definitions"]["step"]["properties"]
    published = {
        verb: sorted({*form["properties"]} - {"at", "tolerate"}) for verb, form in steps.items()
    }
    required = {verb: sorted(form["required"]) for verb, form in steps.items()}

    assert {verb: sorted(keys) for verb, (_, keys, _) in STEPS.items()} == published
    assert {verb: sorted(needed) for verb, (_, _, needed) in STEPS.items()} == required
