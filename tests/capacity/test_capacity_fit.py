"""The shipped constants are what the measurements give, and their bands are honest."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from advisor.capacity import load_capacity
from advisor.capacity.calibration import Design, Era, Station
from advisor.documents import rules_folder

FOLDER = rules_folder() / "capacity"
ROOT = Path(__file__).parents[2]


@cache
def fits() -> ModuleType:
    """The script as a module."""
    path = ROOT / "benchmarks" / "fit_capacity.py"
    spec = importlib.util.spec_from_file_location("fit_capacity", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit_capacity"] = module
    spec.loader.exec_module(module)
    return module


def stations(design: Design) -> Iterator[tuple[str, Station]]:
    """Every law of a design, with the part of it that it belongs to."""
    for part in ("rate", "publishing", "latency", "drain", "work", "queues"):
        found = getattr(design, part)
        for station in found if isinstance(found, tuple) else (found,):
            if isinstance(station, Station):
                yield part, station


def eras() -> Iterator[tuple[str, str, str, Era]]:
    """(option, part, law, era) of everything shipped, variants included."""
    for option, calibration in load_capacity(FOLDER).calibrations.items():
        designs = [variant.design for variant in calibration.variants.values()]
        if calibration.native is not None:
            designs.append(calibration.native)
        for design in designs:
            for part, station in stations(design):
                for era in station.eras:
                    yield option, part, station.law, era


SHIPPED = [
    ("rabbitmq.quorum-queue", "rate", "single-queue", "3.10", "quorum queue, 3.10 to 3.11"),
    ("rabbitmq.quorum-queue", "rate", "single-queue", "3.12", "quorum queue, 3.12 to 4.3"),
    ("rabbitmq.quorum-queue", "rate", "cluster", "3.8", "quorum queues of a cluster"),
    ("rabbitmq.quorum-queue", "publishing", "window", "3.8", "confirms of a quorum queue"),
    ("rabbitmq.quorum-queue", "drain", "single-queue", "3.10", "drain, 3.10 to 3.11"),
    ("rabbitmq.quorum-queue", "drain", "single-queue", "3.12", "drain, 3.12 to 4.3"),
    ("rabbitmq.quorum-queue", "work", "task-queue", None, "round trip of a task, prefetch 1"),
    ("rabbitmq.classic-queue", "rate", "single-queue", "3.10", "classic queue, 3.10 to 3.13"),
    ("rabbitmq.classic-queue", "rate", "single-queue", "4.0", "classic queue, 4.0 to 4.3"),
    ("rabbitmq.classic-queue", "rate", "cluster", "3.8", "classic queues of a cluster"),
    ("rabbitmq.classic-queue", "publishing", "window", "3.8", "confirms of a mirrored queue"),
    ("rabbitmq.classic-queue", "drain", "single-queue", "3.10", "classic queue, 3.10 to 3.13"),
    ("rabbitmq.classic-queue", "work", "task-queue", None, "round trip of a task, prefetch 1"),
    ("rabbitmq.stream", "rate", "chunk", "3.9", "stream chunks, 3.9 to 4.1"),
    ("rabbitmq.stream", "rate", "chunk", "4.2", "stream chunks, 4.2 to 4.3"),
    ("rabbitmq.stream", "drain", "chunk", "3.9", "stream chunks, 3.9 to 4.1"),
    ("rabbitmq.stream", "drain", "chunk", "4.2", "stream chunks, 4.2 to 4.3"),
    ("rabbitmq.stream", "rate", "single-queue", "3.9", "publishing to a stream"),
    ("rabbitmq.stream", "rate", "bandwidth", None, "log on disks and network"),
    ("rabbitmq.stream", "rate", "leader", None, "log on disks and network"),
    *(
        (option, part, law, since, name)
        for option in ("kafka.topic", "kafka.compacted-topic", "kafka.share-group")
        for part, law, since, name in (
            ("rate", "bandwidth", "2.6", "log on disks and network"),
            ("rate", "partitions", "2.6", "log on disks and network"),
            ("rate", "partitions", "2.6", "one Kafka producer"),
            ("publishing", "producer", "0.8", "one Kafka producer"),
            ("publishing", "client-link", "0.8", "network card of a client"),
        )
    ),
]


@pytest.mark.parametrize(("option", "part", "law", "since", "name"), SHIPPED)
def test_shipped_constants_are_the_fitted_ones(
    option: str, part: str, law: str, since: str | None, name: str
) -> None:
    """Rounded copies, within 1 %."""
    rows = fits().read_rows()
    fit = next(fit for fit in fits().FITS if fit.name == name)
    fitted = fits().fitted(fit, [rows[row] for row in fit.rows])
    shipped = _era(option, part, law, since).constants
    expected = {key: value for key, value in fitted.items() if key in shipped}

    assert expected
    assert expected == pytest.approx({key: shipped[key] for key in expected}, rel=0.01)


@pytest.mark.parametrize(("option", "part", "law", "since", "name"), SHIPPED)
def test_the_band_covers_the_error_of_a_source_left_out(
    option: str, part: str, law: str, since: str | None, name: str
) -> None:
    """The widest miss on a source that was not fitted lies inside the least band in use.

    Where the others do not tell the constants, the band is the widest.
    """
    rows = fits().read_rows()
    fit = next(fit for fit in fits().FITS if fit.name == name)
    misses = fits().left_out(fit, [rows[row] for row in fit.rows])
    calibrated = _era(option, part, law, since).calibrated
    rule = 1.5 if calibrated.reference_machine else 2.0
    widest = max((3.0 if miss is None else miss for miss in misses.values()), default=1.0)

    assert widest <= max(rule, calibrated.band_least)


def _era(option: str, part: str, law: str, since: str | None) -> Era:
    for found_option, found_part, found_law, era in eras():
        first = None if era.calibrated.era is None else str(era.calibrated.era[0])
        if (found_option, found_part, found_law, first) == (option, part, law, since):
            return era
    raise LookupError((option, part, law, since))


def test_every_fitted_law_is_compared() -> None:
    """No shipped constant of a fitted law escapes the comparison above."""
    fitted = {"single-queue", "cluster", "window", "bandwidth", "leader", "partitions"}
    fitted |= {"producer", "client-link", "chunk", "task-queue"}
    shipped = {
        (option, part, law, None if era.calibrated.era is None else str(era.calibrated.era[0]))
        for option, part, law, era in eras()
        if law in fitted
    }

    assert shipped == {(option, part, law, since) for option, part, law, since, _ in SHIPPED}


def test_every_row_named_is_there_and_every_row_there_is_used() -> None:
    """Constants, fits and tests name the measurements that travel with the rules, and no others."""
    rows = set(fits().read_rows())
    named = {row for *_, era in eras() for row in era.rows}
    named |= {row for fit in fits().FITS for row in fit.rows}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))

    assert set() == named - rows
    assert set() == {row for row in rows - named if f'"{row}"' not in tests}


def test_measured_numbers_are_copied_right() -> None:
    """Latencies, counts and the rate of the share group, which no law predicts."""
    rows = fits().read_rows()
    shipped = {(option, part): era for option, part, _, era in eras()}
    quorum = shipped["rabbitmq.quorum-queue", "latency"].constants
    classic = shipped["rabbitmq.classic-queue", "latency"].constants
    topic = shipped["kafka.topic", "latency"].constants
    stream = shipped["rabbitmq.stream", "latency"].constants

    def number(row: str, column: str) -> float:
        return float(rows[row][column])

    assert number("dk-lat-400", "p50_ms") == quorum["light_p50_ms"]
    assert number("dk-lat-400", "p99_ms") == quorum["light_p99_ms"]
    assert number("siz-lat-q-io1", "p50_ms") == quorum["loaded_p50_ms"]
    assert number("siz-lat-q-gp2", "p99_ms") == quorum["loaded_p99_ms"]
    assert number("cf-r-30k-classic", "p50_ms") == classic["light_p50_ms"]
    assert number("cf-r-30k-classic", "p99_ms") == classic["light_p99_ms"]
    assert number("siz-lat-m-gp2", "p99_ms") == classic["loaded_p99_ms"]
    assert number("cf-k-200k", "p50_ms") == pytest.approx(topic["loaded_p50_ms"], rel=0.01)
    assert number("msk-m5.2xlarge-16", "p99_ms") == topic["light_p99_ms"]
    assert number("sn-lat-all", "p99_ms") == pytest.approx(topic["loaded_p99_ms"], rel=0.01)
    assert number("ja-lat-st", "p99_ms") == stream["light_p99_ms"]
    assert number("str-2021-ws", "p99_ms") == pytest.approx(stream["loaded_p99_ms"], rel=0.01)
    assert (
        number("st-q-200q-w2", "partitions_or_queues")
        == (shipped["rabbitmq.quorum-queue", "queues"].constants["queues"])
    )
    assert (
        number("mqtt-311", "partitions_or_queues")
        == (shipped["rabbitmq.classic-queue", "queues"].constants["queues"])
    )
    assert (
        number("sg-default", "throughput_msg_s")
        == (shipped["kafka.share-group", "drain"].constants["messages_per_second"])
    )
    assert (
        number("kafka-catch-up", "throughput_mb_s")
        == (shipped["kafka.topic", "drain"].constants["mb_per_second"])
    )


def test_published_latencies_lie_in_the_bands() -> None:
    """Ratios that no law explains: each measured 99th percentile is within the band of its kind."""
    rows = fits().read_rows()
    topic = next(era for option, part, _, era in eras() if (option, part) == TOPIC_LATENCY)
    for row in ("cf-k-200k", "sn-lat-all", "sn-lat-1", "msk-m5.2xlarge-16", "msk-m5.2xlarge-96"):
        p99_ms = float(rows[row]["p99_ms"])
        assert topic.constants["loaded_p50_ms"] / 3 <= p99_ms
        assert p99_ms <= topic.constants["loaded_p99_ms"] * 3


TOPIC_LATENCY = ("kafka.topic", "latency")


def test_the_script_prints_every_fit(capsys: pytest.CaptureFixture[str]) -> None:
    """A reader sees constants, errors and the sources left out."""
    fits().main()
    printed = capsys.readouterr().out

    assert [] == [fit.name for fit in fits().FITS if f"{fit.name}: " not in printed]
    assert "without github.com/confluentinc/openmessaging-benchmark" in printed
    assert "one source only: nothing to leave out" in printed


def test_constants_taken_from_another_fit_are_its_own() -> None:
    """What bytes cost a classic queue is from its largest messages, a quorum queue from 3.12."""
    rows = fits().read_rows()

    def fitted(name: str) -> float:
        fit = next(fit for fit in fits().FITS if fit.name == name)
        found: float = fits().fitted(fit, [rows[row] for row in fit.rows])["mb_per_second"]
        return found

    borrowed = {
        "rabbitmq.classic-queue": fitted("classic queue, bytes"),
        "rabbitmq.quorum-queue": fitted("quorum queue, 3.12 to 4.3"),
    }
    shipped = [
        (option, era.constants["mb_per_second"])
        for option, part, law, era in eras()
        if option in borrowed and part == "rate" and law in ("single-queue", "cluster")
    ]

    assert shipped
    assert [] == [
        (option, number)
        for option, number in shipped
        if number != pytest.approx(borrowed[option], rel=0.01)
    ]
