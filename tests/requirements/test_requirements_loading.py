"""A sound file gives every need an answer: stated, assumed or unknown."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.documents import Data, check_schema, examples_folder, read_yaml
from advisor.domain.problem import InputError, Position
from advisor.domain.requirements import Answer, Requirements, Standing
from advisor.domain.rules import Level
from advisor.domain.version import BrokerVersion
from advisor.requirements import load_requirements, validate, vocabulary
from advisor.requirements.answers import value_of
from advisor.requirements.loading import Reading

STATED, ASSUMED, UNKNOWN = Standing.STATED, Standing.ASSUMED, Standing.UNKNOWN
ISSUE_EXAMPLE = """\
schema: requirements/1
system: image-generation
team: {already_runs: [rabbitmq], operations: low}
workloads:
- name: generate
  needs:
    work_queue: true
    task_seconds: 20
    task_seconds_max: 60
    replay: none
    messages_per_second: unknown
    delivery: {value: at_least_once, level: must}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "advisor.yaml"


def load(path: Path, text: str) -> Requirements:
    path.write_text(text, encoding="utf-8")
    assert [] == validate(path)
    return load_requirements(path)


def answers(path: Path, *lines: str, more: str = "") -> dict[str, Answer]:
    """The answers of one workload with these needs."""
    needs = "".join(f"\n    {line}" for line in lines)
    head = "schema: requirements/1\nsystem: s\nworkloads:\n- name: w\n"
    return dict(load(path, f"{head}{more}  needs:{needs}\n").workloads[0].answers)


def shape(answer: Answer) -> tuple[object, ...]:
    return (answer.standing, answer.value, answer.low, answer.high, answer.level)


def test_the_example_of_the_issue_is_read(path: Path) -> None:
    """Its name, team, needs and digest."""
    read = load(path, ISSUE_EXAMPLE)
    (workload,) = read.workloads
    assert ("image-generation", str(path), sha256(ISSUE_EXAMPLE.encode()).hexdigest()) == (
        read.system,
        read.file,
        read.digest,
    )
    assert ("generate", 1, (), Position(str(path), 5, 3)) == (
        workload.name,
        workload.weight,
        workload.feeds,
        workload.position,
    )
    assert {
        "work_queue": (STATED, True, None, None, None),
        "task_seconds": (STATED, 20, None, None, None),
        "task_seconds_max": (STATED, 60, None, None, None),
        "replay": (STATED, "none", None, None, None),
        "messages_per_second": (UNKNOWN, None, None, None, None),
        "delivery": (STATED, "at_least_once", None, None, Level.MUST),
    } == {
        name: shape(answer)
        for name, answer in workload.answers.items()
        if answer.standing is not ASSUMED
    }
    assert (STATED, ("rabbitmq",)) == shape(read.team["already_runs"])[:2]
    assert (STATED, "low") == shape(read.team["operations"])[:2]
    assert Position(str(path), 12, 15) == workload.answers["delivery"].position


def test_every_need_has_an_answer_and_silence_is_an_assumption(path: Path) -> None:
    """A file that says nothing assumes the default of everything, newest versions included."""
    read = load(path, "schema: requirements/1\nsystem: s\nworkloads:\n- name: w\n")
    everything = {**read.team, **read.workloads[0].answers}
    assert {name: (ASSUMED, need.default) for name, need in vocabulary().items()} == {
        name: (answer.standing, answer.value) for name, answer in everything.items()
    }
    assert {need.name for need in vocabulary().values() if need.of_team} == set(read.team)


@pytest.mark.parametrize(("section", "line"), [("  needs:\n", 6), ("  needs: {}\n", 6), ("", 5)])
def test_an_empty_section_says_nothing(path: Path, section: str, line: int) -> None:
    """A heading whose needs are all commented out is no fault."""
    head = "schema: requirements/1\nsystem: s\nteam:\nworkloads:\n- name: w\n"
    answer = load(path, head + section).workloads[0].answers["replay"]
    assert (ASSUMED, "none", line) == (
        answer.standing,
        answer.value,
        answer.position.line,
    )


def test_the_rest_can_be_stated_as_not_needed(path: Path) -> None:
    """All that is left out is then stated to have its default; what is written stays."""
    read = answers(path, "priority: unknown", "task_seconds: 5", more="  rest: not_needed\n")
    assert {
        "priority": (UNKNOWN, None, None, None, None),
        "task_seconds": (STATED, 5, None, None, None),
        "task_seconds_max": (STATED, 5, None, None, None),
        "replay": (STATED, "none", None, None, None),
    } == {
        name: shape(read[name])
        for name in ("priority", "task_seconds", "task_seconds_max", "replay")
    }
    assert {STATED, UNKNOWN} == {answer.standing for answer in read.values()}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("messages_per_second: {min: 50, max: 400}", (STATED, None, 50, 400, None)),
        ("messages_per_second: {min: 50}", (STATED, None, 50, 1000000000, None)),
        ("messages_per_second: {max: 400}", (STATED, None, 0.0001, 400, None)),
        ("messages_per_second: {min: 50, max: 50}", (STATED, 50, None, None, None)),
        ("messages_per_second: {value: 50, level: nice}", (STATED, 50, None, None, Level.NICE)),
        ("consumers: 3.0", (STATED, 3, None, None, None)),
        ("protocols: [mqtt, stomp]", (STATED, ("mqtt", "stomp"), None, None, None)),
        ("protocols: {value: [mqtt], level: must}", (STATED, ("mqtt",), None, None, Level.MUST)),
        ("frameworks: [my-own_thing.2]", (STATED, ("my-own_thing.2",), None, None, None)),
        ("delivery: at_most_once", (STATED, "at_most_once", None, None, None)),
        ("priority: {value: true, level: should}", (STATED, True, None, None, Level.SHOULD)),
        ("protocols: unknown", (UNKNOWN, None, None, None, None)),
    ],
)
def test_every_way_to_write_a_need(path: Path, line: str, expected: tuple[object, ...]) -> None:
    """Values, ranges with one or two ends, levels, lists, unknown."""
    answer = answers(path, line)[line.partition(":")[0]]
    assert (expected, type(expected[1])) == (shape(answer), type(answer.value))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("task_seconds: 5", (ASSUMED, 5, None, None, None)),
        ("task_seconds: {min: 1, max: 9}", (ASSUMED, None, 1, 9, None)),
        ("task_seconds: unknown", (UNKNOWN, None, None, None, None)),
        ("task_seconds: {value: 5, level: must}", (ASSUMED, 5, None, None, None)),
    ],
)
def test_a_default_follows_the_need_that_it_names(
    path: Path, line: str, expected: tuple[object, ...]
) -> None:
    """The longest task is as long as the usual one, but has no level of its own."""
    read = answers(path, line)["task_seconds_max"]
    assert (expected, "task_seconds_max") == (shape(read), read.need)


@pytest.mark.parametrize(
    ("lines", "usual", "longest"),
    [
        (("{min: 1, max: 100}", "60"), (1, 60), (60, 60)),
        (("20", "{max: 60}"), (20, 20), (20, 60)),
        (("20", "{max: 20}"), (20, 20), (20, 20)),
        (("{min: 5, max: 30}", "{min: 1, max: 20}"), (5, 20), (5, 20)),
        (("{min: 5, max: 30}", "{min: 40, max: 50}"), (5, 30), (40, 50)),
        (("{min: 5, max: 30}", "unknown"), (5, 30), (None, None)),
        (("unknown", "30"), (None, None), (30, 30)),
    ],
)
def test_ranges_lose_what_the_other_need_excludes(
    path: Path,
    lines: tuple[str, str],
    usual: tuple[float | None, float | None],
    longest: tuple[float | None, float | None],
) -> None:
    """A usual value is never above the longest one."""
    read = answers(path, f"task_seconds: {lines[0]}", f"task_seconds_max: {lines[1]}")
    ends = [
        (answer.value, answer.value) if answer.value is not None else (answer.low, answer.high)
        for answer in (read["task_seconds"], read["task_seconds_max"])
    ]
    assert [usual, longest] == ends


@pytest.mark.parametrize(
    "lines",
    [
        ("retention_days: 7",),
        ("replay: unknown", "retention_days: 7"),
        ("replay: none", "retention_days: 0"),
        ("replay: none", "retention_days: {max: 7}"),
        ("replay: none", "retention_days: unknown"),
        ("replay: none", "latest_value_per_key: true"),
        ("delayed_delivery: unknown", "delay_seconds_max: 60"),
        ("delayed_delivery: true", "delay_seconds_max: unknown"),
        ("delayed_delivery: true",),
        ("delayed_delivery: false", "delay_seconds_max: 0"),
        ("high_availability: true", "durability: replicated"),
        ("delivery: exactly_once", "ordering: global", "messages_per_second: 1000000"),
    ],
)
def test_what_can_be_true_together_is_no_fault(path: Path, lines: tuple[str, ...]) -> None:
    """Needs that no broker meets together are a verdict, and what is open is no contradiction."""
    assert len(lines) <= len(answers(path, *lines))


def test_versions_compare_as_versions(path: Path) -> None:
    """A patch number is read and ignored; one version can be given alone."""
    text = ISSUE_EXAMPLE.replace("operations: low", 'broker_versions: {rabbitmq: "3.13.7"}')
    read = load(path, text)
    assert (
        STATED,
        BrokerVersion(3, 13),
        Position(str(path), 3, 1 + text.splitlines()[2].index('"3.13')),
    ) == (
        read.team["rabbitmq_version"].standing,
        read.team["rabbitmq_version"].value,
        read.team["rabbitmq_version"].position,
    )
    assert (ASSUMED, BrokerVersion(4, 4)) == shape(read.team["kafka_version"])[:2]


def test_hardware_takes_numbers_ranges_and_unknown(path: Path) -> None:
    """What is left out stays that of the reference machine, as an assumption."""
    text = ISSUE_EXAMPLE.replace(
        "operations: low", "hardware: {nodes: 5, cpu_cores: {min: 4}, disk_mb_per_second: unknown}"
    )
    team = load(path, text).team
    assert [
        (STATED, 5, None, None, None),
        (STATED, None, 4, 1024, None),
        (UNKNOWN, None, None, None, None),
        (ASSUMED, 0.5, None, None, None),
    ] == [
        shape(team[f"hardware_{name}"])
        for name in ("nodes", "cpu_cores", "disk_mb_per_second", "network_round_trip_ms")
    ]


@pytest.mark.parametrize(
    "team",
    [
        'broker_versions: {rabbitmq: "3.10", kafka: "3.9"}',
        'broker_versions: {rabbitmq: "4.3.6", kafka: "4.4.0"}',
        "hardware: {nodes: {min: 1, max: 3}}",
        "hardware: {nodes: unknown}",
        "hardware: {nodes: 2}",
    ],
)
def test_a_team_at_the_edge_is_no_fault(path: Path, team: str) -> None:
    """The oldest and the newest version, and a cluster that may have nodes to lose."""
    text = ISSUE_EXAMPLE.replace("operations: low", team)
    load(path, text + "    high_availability: true\n    durability: replicated\n")


@pytest.mark.parametrize(
    ("need", "data", "value"),
    [
        ("consumers", 1.5, None),
        ("consumers", 2.0, 2),
        ("consumers", True, None),
        ("consumers", 10**400, None),
        ("task_seconds", float("nan"), None),
        ("priority", 0, None),
        ("routing", "patern", None),
        ("protocols", ["mqtt", 5], None),
        ("kafka_version", "latest", None),
        ("kafka_version", 4.4, None),
    ],
)
def test_what_is_no_value_of_a_need_is_none(need: str, data: Data, value: object) -> None:
    """The loader never takes what the schema refuses."""
    assert value == value_of(vocabulary()[need], data)


def test_several_workloads_feed_one_another(path: Path) -> None:
    """Weights, names and targets are kept; a ring of flows is allowed."""
    read = load(
        path,
        "schema: requirements/1\nsystem: s\nworkloads:\n"
        "- {name: a, weight: 3, feeds: [b]}\n- {name: b, feeds: [a]}\n",
    )
    assert [("a", 3, ("b",)), ("b", 1, ("a",))] == [
        (one.name, one.weight, one.feeds) for one in read.workloads
    ]


PIECES = st.sampled_from([
    b"unknown", b"{", b"}", b"[", b"]", b": ", b"- ", b"\n", b"  ", b"null", b"1e400", b"-1",
    b"{min: 3}", b"{value: 1, level: must}", b"true", b"&a ", b"*a", b"!!str ", b"? ", b"|",
    b"\t", b"\xff", b"needs: ", b"team: ", b"hardware: 3", b"weight: .nan", b"workloads: {}",
])  # fmt: skip
EDITS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 12), PIECES), max_size=5)


@given(EDITS)
@settings(deadline=None, max_examples=300)
def test_no_file_makes_it_crash(edits: list[tuple[int, int, bytes]]) -> None:
    """However a file was spoilt, it is read or refused with problems that name their place."""
    content = bytearray((examples_folder() / "orders.yaml").read_bytes())
    for at, length, piece in edits:
        content[at : at + length] = piece
    try:
        document = read_yaml(Path("orders.yaml"), text=bytes(content))
    except InputError as error:
        assert 1 == len(error.problems)
        return
    reading = Reading(document)
    assert bool(check_schema(document, "requirements")) <= bool(reading.problems)
    assert all(problem.position.line > 0 for problem in reading.problems)
    if not reading.problems:
        names = [workload.name for workload in reading.requirements().workloads]
        assert sorted(set(names)) == sorted(names)
