"""The shipped book judges claims: enough, not enough or too close, and never more than it knows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.capacity import (
    CapacityBook,
    CapacityCheck,
    Estimate,
    Gap,
    NotCalibrated,
    load_capacity,
    read_check,
)
from advisor.capacity.flow import Flow, Input, filled
from advisor.capacity.stations import STATIONS, TITLES
from advisor.capacity.verdict import Enough, verdict
from advisor.documents import check_schema, read_yaml, rules_folder, schema_of
from advisor.domain.cell import Cell
from advisor.domain.evidence import Verdict
from advisor.domain.problem import InputError

FOLDER = rules_folder() / "capacity"
CHECKS = (
    "sustains-rate",
    "sustains-rate-in-one-order",
    "sustains-volume",
    "sustains-fan-out",
    "latency-within",
    "drains-backlog",
    "workers-keep-up",
    "holds-many-queues",
)
CALIBRATED = (
    "rabbitmq.classic-queue",
    "rabbitmq.quorum-queue",
    "rabbitmq.stream",
    "kafka.topic",
    "kafka.compacted-topic",
    "kafka.share-group",
)
NEWEST: Mapping[str, Input] = {"rabbitmq_version": "4.3", "kafka_version": "4.4"}
SMALL: Mapping[str, Input] = {
    **NEWEST,
    "messages_per_second": 10,
    "message_bytes": 1000,
    "megabytes_per_second": 0.01,
    "producers": 1,
    "window": 100,
    "consumers": 1,
    "task_seconds": 0.01,
    "independent_readers": 1,
    "latency_ms_p99": 60000,
    "backlog_messages": 1000,
    "queue_count": 1,
    "hardware_nodes": 3,
    "hardware_cpu_cores": 8,
    "hardware_disk_mb_per_second": 655,
    "hardware_network_mb_per_second": 1050,
    "hardware_network_round_trip_ms": 0.5,
}
ONE, HALF = Fraction(1), Fraction(1, 2)


@cache
def book() -> CapacityBook:
    return load_capacity(FOLDER)


@cache
def check(name: str) -> CapacityCheck:
    return read_check(read_yaml(rules_folder() / "checks" / f"{name}.yaml"))


def cells(inputs: Mapping[str, Input]) -> dict[str, Cell]:
    """Each value as a cell of that one value."""
    return {
        name: Cell(value, str(value), float(value), float(value))
        if isinstance(value, (int, float))
        else Cell(value, str(value))
        for name, value in inputs.items()
    }


def spread(name: str, low: float, high: float) -> dict[str, Cell]:
    return {name: Cell(low, f"{low} to {high}", low, high)}


def estimate(name: str, option: str, variant: str | None = None, /, **inputs: Input) -> Estimate:
    found = book().assess(check(name), option, variant, {**NEWEST, **inputs})
    assert isinstance(found, Estimate)
    return found


def judged(
    name: str,
    option: str,
    strength: Fraction,
    variant: str | None = None,
    /,
    **inputs: Input,
) -> Verdict:
    given_cells = cells({**NEWEST, **inputs})
    return book().judge(check(name), option, variant, strength, given_cells)[0]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_files_meet_their_schema(path: Path) -> None:
    """Files that are loaded without this check at run time."""
    assert [] == check_schema(read_yaml(path), "capacity")


@pytest.mark.parametrize("name", CHECKS)
def test_shipped_checks_meet_their_schema(name: str) -> None:
    """And plan only what they read."""
    document = read_yaml(rules_folder() / "checks" / f"{name}.yaml")

    assert [] == check_schema(document, "check")
    assert check(name) == read_check(document, trusted=False)
    assert name == check(name).id
    assert set() == set(check(name).planned_when_unsaid) - set(check(name).reads)


@pytest.mark.parametrize("option", CALIBRATED)
@pytest.mark.parametrize("name", CHECKS)
def test_small_needs_are_met_by_everything(name: str, option: str) -> None:
    """10 messages a second, stated in full or left to the plan, or nothing is known of it."""
    check_ = check(name)
    stated = {key: SMALL[key] for key in check_.reads}
    planned = {key: SMALL[key] for key in check_.reads if key not in check_.planned_when_unsaid}
    verdicts = {
        book().judge(check_, option, None, ONE, cells(inputs))[0] for inputs in (stated, planned)
    }
    gap = {("latency-within", "kafka.share-group"), ("holds-many-queues", "rabbitmq.stream")}

    assert verdicts == {Verdict.UNMODELLED if (name, option) in gap else Verdict.AGREES}


@pytest.mark.parametrize("option", CALIBRATED)
@pytest.mark.parametrize("name", CHECKS)
def test_opposite_claims_never_agree_on_small_needs(name: str, option: str) -> None:
    """A claim that something is missing is refuted where the same check holds."""
    inputs = cells({key: SMALL[key] for key in check(name).reads})
    verdicts = [
        book().judge(check(name), option, None, strength, inputs)[0]
        for strength in (-ONE, -HALF, HALF)
    ]

    assert verdicts in (
        [Verdict.REFUTES, Verdict.REFUTES, Verdict.INCONCLUSIVE],
        [Verdict.UNMODELLED] * 3,
    )


@pytest.mark.parametrize("option", ["none.no-broker", "none.existing-queue", "unheard.of"])
def test_what_nobody_measured_is_not_executed(option: str) -> None:
    """With the reason, and whatever the strength."""
    assessed = book().assess(check("sustains-rate"), option, None, SMALL)
    outcome, numbers = book().judge(check("sustains-rate"), option, None, ONE, cells(SMALL))

    assert isinstance(assessed, NotCalibrated)
    assert outcome is Verdict.NOT_EXECUTED
    assert {"because": assessed.reason} == numbers


def test_a_gap_is_unmodelled_with_its_reason() -> None:
    """No latency of a share group was published."""
    found = book().assess(check("latency-within"), "kafka.share-group", None, SMALL)
    outcome, numbers = book().judge(
        check("latency-within"), "kafka.share-group", None, ONE, cells(SMALL)
    )

    assert isinstance(found, Gap)
    assert (Verdict.UNMODELLED, {"because": found.reason}) == (outcome, numbers)


@pytest.mark.parametrize(
    ("rate", "native", "missing"),
    [
        (20_000, Verdict.AGREES, Verdict.REFUTES),
        (50_000, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
        (100_000, Verdict.REFUTES, Verdict.AGREES),
    ],
)
def test_one_quorum_queue_is_one_core(rate: int, native: Verdict, missing: Verdict) -> None:
    """Enough at the pessimistic end, not even at the optimistic one, or too close to say."""
    found = estimate("sustains-rate", "rabbitmq.quorum-queue", messages_per_second=rate)

    assert "single-queue" == found.law
    assert native is judged("sustains-rate", "rabbitmq.quorum-queue", ONE, messages_per_second=rate)
    assert missing is judged(
        "sustains-rate", "rabbitmq.quorum-queue", -ONE, messages_per_second=rate
    )


@pytest.mark.parametrize(
    ("variant", "rate", "degree", "workaround"),
    [
        ("several-queues", 92_000, Verdict.AGREES, Verdict.REFUTES),
        (None, 92_000, Verdict.AGREES, Verdict.REFUTES),
        ("several-queues", 10_000, Verdict.INCONCLUSIVE, Verdict.REFUTES),
        ("several-queues", 60_000, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
        ("several-queues", 500_000, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
        ("several-queues", 900_000, Verdict.REFUTES, Verdict.AGREES),
        ("raised-message-limit", 92_000, Verdict.INCONCLUSIVE, Verdict.AGREES),
    ],
)
def test_degrees_turn_on_the_configuration(
    variant: str | None, rate: int, degree: Verdict, workaround: Verdict
) -> None:
    """A claim of degree needs a configuration that is enough where the plain design is not."""
    option = "rabbitmq.classic-queue"
    given_rate = {"messages_per_second": rate}

    assert degree is judged("sustains-rate", option, HALF, variant, **given_rate)
    assert workaround is judged("sustains-rate", option, -HALF, variant, **given_rate)


def test_a_variant_shows_its_numbers_beside_the_native_ones() -> None:
    """Both estimates that decided, by name."""
    inputs = cells({**NEWEST, "messages_per_second": 92_000})
    _, numbers = book().judge(check("sustains-rate"), "rabbitmq.classic-queue", None, HALF, inputs)

    assert (22_200.0, 89_000.0) == numbers["messages_per_second"]
    assert "law 2: one queue is one core" == numbers["law"]
    assert "law 3: queues of a cluster" == numbers["law (several-queues)"]
    assert 92_000.0 == numbers["need_messages_per_second"]


def test_a_cell_must_come_out_the_same_at_every_corner() -> None:
    """From 1,000 to 20,000 a second: enough; up to 200,000: not the same at both ends."""
    sure = {**cells(NEWEST), **spread("messages_per_second", 1_000, 20_000)}
    wide = {**cells(NEWEST), **spread("messages_per_second", 1_000, 200_000)}
    large = {**sure, **spread("message_bytes", 1_000, 1_000_000)}

    def of(given_cells: Mapping[str, Cell]) -> Verdict:
        option = "rabbitmq.quorum-queue"
        return book().judge(check("sustains-rate"), option, None, ONE, given_cells)[0]

    assert [Verdict.AGREES, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE] == [
        of(sure),
        of(wide),
        of(large),
    ]


def test_the_numbers_shown_are_those_of_the_hardest_corner() -> None:
    """Of 1 KB and 100 KB, the large messages."""
    inputs = {**cells({**NEWEST, "messages_per_second": 100}), **spread("message_bytes", 1e3, 1e5)}
    _, numbers = book().judge(check("sustains-rate"), "rabbitmq.quorum-queue", None, ONE, inputs)
    hardest = estimate(
        "sustains-rate", "rabbitmq.quorum-queue", messages_per_second=100, message_bytes=1e5
    )

    shown = numbers["messages_per_second"]
    assert isinstance(shown, tuple)
    assert (hardest.low, hardest.high) == pytest.approx(shown, rel=0.01)


def test_lists_are_not_read() -> None:
    """Our own mistake crashes."""
    inputs = {**cells(SMALL), "kafka_version": Cell(("a", "b"), "a list")}
    with pytest.raises(TypeError, match="kafka_version is a list"):
        book().judge(check("sustains-rate"), "kafka.topic", None, ONE, inputs)


def test_kafka_grows_with_its_nodes_where_none_are_stated() -> None:
    """A million messages of 1 KB: three nodes are too close to say, the plan takes more."""
    rate: dict[str, Input] = {"messages_per_second": 1e6, "message_bytes": 1000}
    planned = estimate("sustains-rate", "kafka.topic", **rate)
    few = planned.plan["nodes"] - 1

    assert 3 < planned.plan["nodes"] <= 100
    assert Verdict.AGREES is judged("sustains-rate", "kafka.topic", ONE, **rate)
    assert Verdict.INCONCLUSIVE is judged(
        "sustains-rate", "kafka.topic", ONE, hardware_nodes=few, **rate
    )


def test_one_partition_is_the_limit_of_one_order() -> None:
    """Kafka's partitions carry a million, one of them does not."""
    rate: dict[str, Input] = {"messages_per_second": 1e6}

    assert Verdict.AGREES is judged("sustains-rate", "kafka.topic", ONE, **rate)
    assert Verdict.AGREES is judged("sustains-rate-in-one-order", "kafka.topic", -ONE, **rate)
    few = estimate(
        "sustains-rate-in-one-order", "kafka.topic", messages_per_second=1000, producers=1
    )
    many = estimate(
        "sustains-rate-in-one-order", "kafka.topic", messages_per_second=1000, producers=10
    )
    assert few.high < many.high


def test_no_variant_spreads_what_needs_one_order() -> None:
    """Several queues do not help."""
    name, option = "sustains-rate-in-one-order", "rabbitmq.quorum-queue"

    assert estimate(name, option).high == estimate(name, option, "several-queues").high


def test_few_publishers_never_refute_a_design() -> None:
    """One publisher with one confirm in flight: too close, and the plan says how many it takes."""
    slow: dict[str, Input] = {"messages_per_second": 5000, "window": 1}
    found = estimate("sustains-rate", "rabbitmq.quorum-queue", producers=1, **slow)

    assert "window" == found.law
    assert found.low < 5000 < found.high
    assert found.plan["publishers"] > 1
    assert Verdict.AGREES is judged("sustains-rate", "rabbitmq.quorum-queue", ONE, **slow)
    assert Verdict.AGREES is judged(
        "sustains-rate", "rabbitmq.quorum-queue", ONE, producers=20, **slow
    )


def test_a_long_way_slows_one_publisher() -> None:
    """50 ms between nodes: ten confirms in flight carry far less, and latency rises."""
    option = "rabbitmq.quorum-queue"
    near = estimate("sustains-rate", option, producers=1, window=10)
    far = estimate(
        "sustains-rate", option, producers=1, window=10, hardware_network_round_trip_ms=50
    )
    late = estimate("latency-within", option, hardware_network_round_trip_ms=50)

    assert far.low < near.low / 10
    assert "latency-band" == late.law
    assert late.low > 99


def test_versions_choose_the_constants() -> None:
    """A classic queue of 3.13 is four times slower than one of 4.0; unknown versions are wider."""

    def width(option: str, version: str) -> float:
        inputs: dict[str, Input] = {"rabbitmq_version": version}
        found = book().assess(check("sustains-rate"), option, None, inputs)
        assert isinstance(found, Estimate)
        return found.high / found.low

    old = estimate("sustains-rate", "rabbitmq.classic-queue", rabbitmq_version="3.13")
    new = estimate("sustains-rate", "rabbitmq.classic-queue", rabbitmq_version="4.0")
    silent = book().assess(check("sustains-rate"), "rabbitmq.quorum-queue", None, {})
    assert isinstance(silent, Estimate)

    assert new.high > 4 * old.high
    assert 4 == pytest.approx(width("rabbitmq.quorum-queue", "4.3"))
    assert 9 == pytest.approx(width("rabbitmq.quorum-queue", "3.11"))
    assert 9 == pytest.approx(silent.high / silent.low)


def test_hardware_of_the_team_makes_the_band_wider() -> None:
    """An unknown processor: three times; the reference machine spelled out is still itself."""
    option = "rabbitmq.quorum-queue"
    same = estimate("sustains-rate", option, hardware_cpu_cores=8)
    other = estimate("sustains-rate", option, hardware_cpu_cores=4)

    assert 4 == pytest.approx(same.high / same.low)
    assert 9 == pytest.approx(other.high / other.low)


def test_readers_of_a_log_cost_less_than_copies_in_queues() -> None:
    """From one group to ten: a queue loses nine tenths of its cluster, a log less."""

    def kept(option: str) -> float:
        one = estimate("sustains-fan-out", option, independent_readers=2, hardware_nodes=3)
        ten = estimate("sustains-fan-out", option, independent_readers=20, hardware_nodes=3)
        return ten.high / one.high

    assert 0.1 == pytest.approx(kept("rabbitmq.quorum-queue"))
    assert kept("kafka.topic") > 0.15


def test_an_overloaded_broker_has_no_latency() -> None:
    """Far beyond its rate it misses any need; near it, nobody can say."""
    option = "rabbitmq.quorum-queue"
    need: dict[str, Input] = {"latency_ms_p99": 1000}

    assert Verdict.REFUTES is judged("latency-within", option, ONE, messages_per_second=1e6, **need)
    assert Verdict.INCONCLUSIVE is judged(
        "latency-within", option, ONE, messages_per_second=50_000, **need
    )
    assert Verdict.AGREES is judged("latency-within", option, ONE, messages_per_second=10, **need)
    _, numbers = book().judge(
        check("latency-within"),
        option,
        None,
        ONE,
        cells({**NEWEST, "messages_per_second": 1e6, **need}),
    )
    assert "without bound" == numbers["latency_ms_p99"]


def test_latency_depends_on_the_load() -> None:
    """A quorum queue meets 50 ms when idle, and may not under load."""
    option = "rabbitmq.quorum-queue"

    assert Verdict.AGREES is judged(
        "latency-within", option, ONE, latency_ms_p99=50, messages_per_second=10
    )
    assert Verdict.INCONCLUSIVE is judged(
        "latency-within", option, ONE, latency_ms_p99=50, messages_per_second=10_000
    )


def test_only_some_workers_of_a_stream_get_work() -> None:
    """One reader does all the work; a super stream shares it."""
    name, option = "workers-keep-up", "rabbitmq.stream"
    four: dict[str, Input] = {"messages_per_second": 10, "consumers": 4, "task_seconds": 0.2}

    assert Verdict.REFUTES is judged(name, option, ONE, **four)
    assert Verdict.AGREES is judged(name, option, HALF, "super-stream", **four)
    assert Verdict.REFUTES is judged(name, option, -HALF, "super-stream", **four)


def test_too_few_workers_are_the_teams_matter() -> None:
    """One worker for ten tasks of 20 s a second: too close, and the plan says how many it takes."""
    option = "rabbitmq.quorum-queue"
    tasks: dict[str, Input] = {"messages_per_second": 10, "task_seconds": 20}

    assert Verdict.INCONCLUSIVE is judged("workers-keep-up", option, ONE, consumers=1, **tasks)
    assert Verdict.AGREES is judged("workers-keep-up", option, ONE, **tasks)
    assert 251 == estimate("workers-keep-up", option, **tasks).plan["workers"]
    assert "the wait grows" in estimate("workers-keep-up", option, consumers=1, **tasks).explanation


def test_workers_of_a_share_group_are_bound_by_what_was_measured() -> None:
    """Its rate record by record was published once: 4,800 a second."""
    option = "kafka.share-group"
    found = estimate("workers-keep-up", option, messages_per_second=5000)

    assert "measured-up-to" == found.law
    assert 2400 == found.low


def test_a_backlog_of_large_messages_drains_slowly_in_old_versions() -> None:
    """Five million of 5 KB: not in an hour on 3.11, surely on a topic."""
    backlog: dict[str, Input] = {
        "messages_per_second": 10,
        "message_bytes": 5000,
        "backlog_messages": 25_000_000,
    }
    name, option = "drains-backlog", "rabbitmq.quorum-queue"

    assert Verdict.REFUTES is judged(name, option, ONE, **{**backlog, "rabbitmq_version": "3.11"})
    assert Verdict.INCONCLUSIVE is judged(name, option, ONE, **backlog)
    assert Verdict.AGREES is judged(name, "kafka.topic", ONE, **backlog)
    assert Verdict.INCONCLUSIVE is judged(name, "kafka.share-group", ONE, **backlog)


def test_queues_are_known_up_to_what_was_measured() -> None:
    """200 quorum queues were; nobody measured where it ends, so nothing refutes more."""
    name, option = "holds-many-queues", "rabbitmq.quorum-queue"
    _, numbers = book().judge(check(name), option, None, ONE, cells({"queue_count": 10_000}))

    assert Verdict.AGREES is judged(name, option, ONE, queue_count=200)
    assert Verdict.INCONCLUSIVE is judged(name, option, ONE, queue_count=10_000)
    assert 200.0 == numbers["queues_at_least"]


def test_topics_are_bound_by_the_partitions_of_the_nodes() -> None:
    """With ten readers each, a thousand topics take more than three nodes."""
    name, option = "holds-many-queues", "kafka.topic"
    found = estimate(name, option, queue_count=1000, consumers=10)

    assert 23 == found.plan["nodes"]
    assert Verdict.REFUTES is judged(
        name, option, ONE, queue_count=10_000, consumers=10, hardware_nodes=3
    )


def test_volume_sets_the_rate() -> None:
    """50 MB/s in messages of 1 MB and of 100 bytes."""
    found = {
        size: estimate(
            "sustains-volume",
            "rabbitmq.quorum-queue",
            megabytes_per_second=50,
            message_bytes=size,
        )
        for size in (100, 1_000_000)
    }

    assert found[100].high < 50
    assert found[1_000_000].low > 50


@given(
    option=st.sampled_from(CALIBRATED),
    name=st.sampled_from(CHECKS),
    rate=st.floats(1, 5e6),
    size=st.floats(1, 1e8),
    readers=st.integers(1, 100),
    nodes=st.one_of(st.none(), st.integers(1, 50)),
    producers=st.one_of(st.none(), st.integers(1, 1000)),
    task_s=st.floats(0, 1e5),
)
def test_estimates_are_intervals_of_finite_low_ends(
    option: str,
    name: str,
    rate: float,
    size: float,
    readers: int,
    nodes: int | None,
    producers: int | None,
    task_s: float,
) -> None:
    """Whatever is asked: low to high, never negative, never not a number, with its law."""
    inputs: dict[str, Input] = {
        "messages_per_second": rate,
        "message_bytes": size,
        "independent_readers": readers,
        "task_seconds": task_s,
        "queue_count": readers,
    }
    if nodes is not None:
        inputs["hardware_nodes"] = nodes
    if producers is not None:
        inputs["producers"] = producers
    found = book().assess(check(name), option, None, {**NEWEST, **inputs})

    if isinstance(found, Estimate):
        assert 0 <= found.low <= found.high
        assert not math.isnan(found.low)
        assert found.law and found.explanation


@given(
    option=st.sampled_from(CALIBRATED),
    size=st.floats(1, 1e7),
    nodes=st.integers(1, 40),
    readers=st.integers(1, 40),
)
def test_more_is_never_easier(option: str, size: float, nodes: int, readers: int) -> None:
    """Larger messages or more readers never raise the rate, more nodes never lower its high end."""

    def high(**changed: float) -> float:
        inputs: dict[str, Input] = {
            "messages_per_second": 100,
            "message_bytes": size,
            "hardware_nodes": nodes,
            "independent_readers": readers,
        }
        return estimate("sustains-fan-out", option, **{**inputs, **changed}).high

    assert high(message_bytes=size * 2) <= high() * (1 + 1e-9)
    assert high(independent_readers=readers + 1) <= high() * (1 + 1e-9)


@given(option=st.sampled_from(CALIBRATED), rate=st.floats(1, 1e6), factor=st.floats(1, 100))
def test_a_higher_need_is_never_met_more_easily(option: str, rate: float, factor: float) -> None:
    """What is refuted at one rate does not agree at a higher one."""
    order = [Verdict.AGREES, Verdict.INCONCLUSIVE, Verdict.REFUTES]
    lower = judged("sustains-rate", option, ONE, messages_per_second=rate)
    higher = judged("sustains-rate", option, ONE, messages_per_second=rate * factor)

    assert order.index(lower) <= order.index(higher)


def test_faulty_files_are_refused(tmp_path: Path) -> None:
    """No reference machine, a file named otherwise, an unknown key: one message with its place."""
    with pytest.raises(InputError, match="there is no reference machine"):
        load_capacity(tmp_path)

    named = tmp_path / "a.b.yaml"
    named.write_text("schema: capacity/1\noption: a.c\nnot_calibrated: nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.b\.yaml:2:9: a file is named after its option"):
        load_capacity(tmp_path)

    named.write_text("schema: capacity/1\noption: a.b\nnot_calibrate: x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.b\.yaml:3:1: unknown key"):
        load_capacity(tmp_path, trusted=False)

    bad_check = tmp_path / "check.yaml"
    bad_check.write_text("schema: check/1\nid: x\nkind: capacity\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_check(read_yaml(bad_check), trusted=False)


def test_parts_without_a_law_are_gaps(tmp_path: Path) -> None:
    """A design of which only the rate is known: everything else is unmodelled."""
    text = (FOLDER / "reference-machine.yaml").read_text(encoding="utf-8")
    (tmp_path / "reference-machine.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "some.queue.yaml").write_text(
        """schema: capacity/1
option: some.queue
version_field: some_version
nodes: {least: 1, most: 1}
replicas: 1
measure_with: some-load --rate {messages_per_second}
rate:
- law: bytes
  by_processor: false
  eras:
  - {constants: {mb_per_second: 1}, reference_machine: true, rows: []}
publishing: []
latency: {gap: no latency}
drain: {gap: no drain}
work: {gap: no work}
queues: {gap: no queues}
""",
        encoding="utf-8",
    )
    small = load_capacity(tmp_path, trusted=False)
    reasons = {
        name: found.reason
        for name in CHECKS
        if isinstance(found := small.assess(check(name), "some.queue", None, SMALL), Gap)
    }
    expected = {
        "latency-within": "no latency",
        "drains-backlog": "no drain",
        "workers-keep-up": "no work",
        "holds-many-queues": "no queues",
    }
    rate = small.assess(check("sustains-rate"), "some.queue", None, SMALL)

    assert expected == reasons
    assert isinstance(rate, Estimate)
    assert (1000 / 1.5, 1000 * 1.5) == pytest.approx((rate.low, rate.high))


def test_the_schema_knows_every_law_that_is_computed() -> None:
    """Names in the schema, in the titles and in the tables are the same."""
    definitions = schema_of("capacity")["definitions"]
    in_schema = {
        law["properties"]["law"]["const"]
        for name, law in definitions.items()
        if name.startswith("law_")
    }

    assert in_schema | {"backlog"} == set(TITLES)
    assert set() == set(STATIONS) - in_schema


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mb_per_second: 1000", "mb_per_secnd: 1000", "unknown key"),
        ("law: bandwidth", "law: task-queue", "law"),
        ("replicas: 3", "replicas: 0", "replicas"),
        ("reference_machine: true", "reference_machine: 1", "reference_machine"),
    ],
)
def test_faulty_constants_are_refused_with_their_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """A constant misspelt, a law in the wrong part, a number out of range, a wrong type."""
    text = (FOLDER / "kafka.topic.yaml").read_text(encoding="utf-8")
    path = tmp_path / "kafka.topic.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1

    with pytest.raises(InputError) as caught:
        load_capacity(tmp_path, trusted=False)
    assert message in str(caught.value)
    assert f"{path.name}:{line}:" in str(caught.value)


def test_more_workers_than_partitions_were_measured_is_too_close() -> None:
    """Thousands of workers of one group: a topic is neither shown to reach them nor refuted."""
    tasks: dict[str, Input] = {"messages_per_second": 1000, "task_seconds": 10}

    assert Verdict.INCONCLUSIVE is judged("workers-keep-up", "kafka.topic", ONE, **tasks)
    assert Verdict.AGREES is judged("workers-keep-up", "rabbitmq.quorum-queue", ONE, **tasks)


def test_own_code_is_no_configuration() -> None:
    """The same numbers with a part of the team's: a workaround, so the degrees change places."""
    yes, no, unclear = Enough.YES, Enough.NO, Enough.UNCLEAR
    found = [
        (verdict(HALF, no, (), (outcome,)), verdict(-HALF, no, (), (outcome,)))
        for outcome in (yes, no, unclear)
    ]

    assert [
        (Verdict.REFUTES, Verdict.AGREES),
        (Verdict.REFUTES, Verdict.REFUTES),
        (Verdict.REFUTES, Verdict.INCONCLUSIVE),
    ] == found


def test_what_is_too_close_comes_with_the_command_that_measures_it() -> None:
    """The public load generator of the system, filled in with the need."""
    inputs = cells({**NEWEST, "messages_per_second": 50_000, "producers": 5, "window": 200})
    option = "rabbitmq.quorum-queue"
    outcome, numbers = book().judge(check("sustains-rate"), option, None, ONE, inputs)
    _, sure = book().judge(check("sustains-rate"), option, None, ONE, cells(SMALL))

    assert outcome is Verdict.INCONCLUSIVE
    assert (
        "perf-test --quorum-queue --queue measured --producers 5 --rate 10000"
        " --size 1000 --confirm 200 --consumers 1 --time 300"
    ) == numbers["measure_with"]
    assert "measure_with" not in sure


@pytest.mark.parametrize("option", CALIBRATED)
def test_every_command_is_filled_whole(option: str) -> None:
    """No name in braces is left."""
    calibration = book().calibrations[option]

    assert "{" not in filled(calibration.measure_with, Flow(book().machine))


def test_what_no_plan_reaches_is_not_ruled_out_where_the_laws_grow() -> None:
    """Two hundred million a second is more than any plan, yet real clusters carry it."""
    found = judged("sustains-rate", "kafka.topic", Fraction(1), messages_per_second=200_000_000.0)
    assert Verdict.INCONCLUSIVE is found
