"""Fits the constants of the capacity laws to the published measurements, and says how well.

``python benchmarks/fit_capacity.py`` prints each fit: the constants, the error on every row, and
the error on each source when the others alone are fitted. Errors are factors: 1.10 is 10 % off.
Nothing is written: the shipped constants in ``rules/capacity`` are rounded copies, and a test
compares them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.capacity.bandwidth import log_mb_per_second
from advisor.capacity.chunk import chunked_rate_per_s
from advisor.capacity.client_link import client_link_per_s
from advisor.capacity.cluster import cluster_per_s, core_factor
from advisor.capacity.partition import producer_per_s
from advisor.capacity.single_queue import message_cost_s
from advisor.capacity.task_queue import mean_wait_s
from advisor.capacity.window import windowed_rate_per_s
from advisor.documents import rules_folder

MEASUREMENTS = rules_folder() / "capacity" / "measurements.csv"
Row = Mapping[str, str]
Parameters = Mapping[str, float]

SIZE_EXPONENT = 0.11
CORES = ((8.0, 1.0), (16.0, 1.25), (36.0, 1.5))
NODE_EXPONENT = 0.855
QUEUE_MB_PER_SECOND = 217.0
CHUNK_MB_PER_SECOND = 1330.0
# Network cards are not in the rows: nominal figures of the machines named there.
NETWORK_MB_PER_SECOND = {"m5.large": 93.75, "m5.2xlarge": 312.5, "i3en": 1050.0, "1GbE": 125.0}
# gp2 volumes of this size reach 250 MB/s; the NVMe figure is the row's own.
DISK_MB_PER_SECOND = {"gp2": 250.0, "NVMe": 655.0}


@dataclass(frozen=True, slots=True)
class Fit:
    """One set of constants: the rows that it is fitted to and the law that predicts a row."""

    name: str
    start: Parameters
    rows: tuple[str, ...]
    predict: Callable[[Row, Parameters], float]
    observed: Callable[[Row], float]


def read_rows(path: Path = MEASUREMENTS) -> dict[str, Row]:
    """The measurements by id."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def note(row: Row, name: str) -> float:
    """A number that the notes of a row give as ``name=number``."""
    for part in row["notes"].replace(";", " ").split():
        if part.startswith(f"{name}="):
            return float(part.removeprefix(f"{name}="))
    raise KeyError(f"{row['id']} has no {name}")


def _cores(row: Row) -> float:
    words = row["hw"].split()
    return float(words[words.index("vCPU") - 1])


def _named(table: Mapping[str, float], text: str) -> float:
    return next(number for name, number in table.items() if name in text)


def _per_s(row: Row) -> float:
    return float(row["throughput_msg_s"])


def _queue(row: Row, constants: Parameters) -> float:
    return 1 / message_cost_s(
        float(row["msg_bytes"]),
        message_us=constants["message_us"],
        size_exponent=SIZE_EXPONENT,
        mb_per_second=constants.get("mb_per_second", QUEUE_MB_PER_SECOND),
    )


def _cluster(row: Row, constants: Parameters) -> float:
    exponent = constants.get("node_exponent", NODE_EXPONENT)
    nodes = float(row["nodes"])
    factor = core_factor(_cores(row), CORES)
    return cluster_per_s(
        nodes,
        node_per_s=constants["node_per_s"],
        node_exponent=exponent,
        core_factor=factor,
    )


def _window(row: Row, constants: Parameters) -> float:
    text = row["durability(acks/confirm/fsync)"]
    window = float(text.split("window=")[1].split(";")[0])
    return windowed_rate_per_s(
        clients=float(row["producers"]),
        window=window,
        round_trip_s=constants["confirm_ms"] / 1e3,
        station_per_s=constants["station_per_s"],
    )


def _log(row: Row, constants: Parameters) -> float:
    groups = 2.0 if "consumer_groups=2" in row["notes"] else 1.0
    return log_mb_per_second(
        float(row["nodes"]),
        replicas=float(row["replication"]),
        groups=groups,
        disk_mb_per_second=_named(DISK_MB_PER_SECOND, row["disk"]),
        network_mb_per_second=_named(NETWORK_MB_PER_SECOND, row["hw"]),
        efficiency=constants["efficiency"],
    )


def _producer(row: Row, constants: Parameters) -> float:
    return float(row["producers"]) * producer_per_s(
        float(row["msg_bytes"]),
        record_us=constants["record_us"],
        mb_per_second=constants["producer_mb_per_second"],
    )


def _link(row: Row, constants: Parameters) -> float:
    return client_link_per_s(
        float(row["msg_bytes"]),
        network_mb_per_second=NETWORK_MB_PER_SECOND["1GbE"],
        efficiency=constants["link_efficiency"],
    )


def _chunk(row: Row, constants: Parameters) -> float:
    return chunked_rate_per_s(
        note(row, "chunk_msgs"),
        size_bytes=float(row["msg_bytes"]),
        message_us=constants["message_us"],
        chunk_us=constants["chunk_us"],
        mb_per_second=constants.get("mb_per_second", CHUNK_MB_PER_SECOND),
    )


def _task_wait_ms(row: Row, constants: Parameters) -> float:
    task_s = (note(row, "consumer_service_ms") + constants["overhead_ms"]) / 1e3
    return 1e3 * mean_wait_s(workers=1, rate_per_s=_per_s(row), task_s=task_s)


def _ids(prefix: str, *middle: str) -> tuple[str, ...]:
    return tuple(f"{prefix}-{name}" for name in middle)


_V310 = [f"{nodes}-3.10.1-{size}" for nodes in ("1n", "3n") for size in (10, 100, 1000)]
_NODES = ("7x16", "9x8", "5x8", "3x36", "3x16")
_SIZED = [f"{disk}-{nodes}" for disk in ("io1", "gp2", "st1") for nodes in _NODES]

FITS: tuple[Fit, ...] = (
    Fit(
        "quorum queue, 3.10 to 3.11",
        {"message_us": 13.0},
        (*_ids("v310-quorum", *_V310), "v311-t1"),
        _queue,
        _per_s,
    ),
    Fit(
        "quorum queue, 3.12 to 4.3",
        {"message_us": 9.0, "mb_per_second": 250.0},
        ("v312-t1", "a4-qq-10", "ja-qq"),
        _queue,
        _per_s,
    ),
    Fit(
        "quorum queue, 3.8 to 3.9",
        {"message_us": 15.0},
        (
            *_ids("sq-q", "w1000", "ack1", "ack10", "ack100"),
            "dk-q1-ssd1",
            *_ids("v310-quorum", *(name.replace("3.10.1", "3.9.0") for name in _V310)),
        ),
        _queue,
        _per_s,
    ),
    Fit(
        "classic queue, 3.10 to 3.13",
        {"message_us": 45.0},
        _ids("v310-cv2-1n-3.10.1", "10", "100", "1000"),
        _queue,
        _per_s,
    ),
    Fit("classic queue, 4.0 to 4.3", {"message_us": 7.7}, ("a4-cq-10",), _queue, _per_s),
    Fit(
        "classic queue, bytes",
        {"message_us": 20.0, "mb_per_second": 150.0},
        _ids("r12", "size100000", "size1000000"),
        _queue,
        _per_s,
    ),
    Fit(
        "quorum queues of a cluster",
        {"node_per_s": 9360.0, "node_exponent": 0.9},
        _ids("siz-q", *_SIZED),
        _cluster,
        _per_s,
    ),
    Fit(
        "mirrored queues of a cluster",
        {"node_per_s": 7830.0, "node_exponent": 0.9},
        _ids("siz-m", *_SIZED),
        _cluster,
        _per_s,
    ),
    Fit(
        "classic queues of a cluster",
        {"node_per_s": 40900.0},
        ("cf-r-max-classic",),
        _cluster,
        _per_s,
    ),
    Fit(
        "confirms of a quorum queue",
        {"confirm_ms": 0.8, "station_per_s": 27000.0},
        _ids("sq-q", "w1", "w20", "w1000"),
        _window,
        _per_s,
    ),
    Fit(
        "confirms of a mirrored queue",
        {"confirm_ms": 1.4, "station_per_s": 12000.0},
        _ids("sq-m", "w1", "w5", "w1000"),
        _window,
        _per_s,
    ),
    Fit(
        "log on disks and network",
        {"efficiency": 0.9},
        ("cf-k-max", "msk-m5.large-56", "msk-m5.2xlarge-192"),
        _log,
        lambda row: float(row["throughput_mb_s"]),
    ),
    Fit(
        "one Kafka producer",
        {"record_us": 1.5, "producer_mb_per_second": 120.0},
        ("li-1p-r3-sync", "sn-max-1p-1c-all", "sn-max-2000p-all-2p"),
        _producer,
        _per_s,
    ),
    Fit("network card of a client", {"link_efficiency": 0.8}, ("li-1p-r1", "li-1c"), _link, _per_s),
    Fit(
        "stream chunks, 3.9 to 4.1",
        {"message_us": 0.02, "chunk_us": 63.0, "mb_per_second": 1000.0},
        (
            *_ids("str-s-12-4.1.4", "c1", "c128"),
            *_ids("str-s-256-4.1.4", "c1", "c8", "c32"),
            *_ids("str-s-1024-4.1.4", "c1", "c2"),
        ),
        _chunk,
        _per_s,
    ),
    Fit(
        "stream chunks, 4.2 to 4.3",
        {"message_us": 0.25, "chunk_us": 11.0},
        (*_ids("str-s-12-4.2.0-b3", "c1", "c128"), "str-s-1024-4.2.0-b3-c1"),
        _chunk,
        _per_s,
    ),
    Fit("publishing to a stream", {"message_us": 0.64}, ("str-2021-ws",), _queue, _per_s),
    Fit(
        "drain, 3.10 to 3.11",
        {"message_us": 11.0, "mb_per_second": 6.0},
        ("v310-long-1n-drain", "v310-long-3n-drain", "v311-t3"),
        _queue,
        _per_s,
    ),
    Fit(
        "drain, 3.12 to 4.3",
        {"message_us": 10.6, "mb_per_second": 130.0},
        ("v310-long-1n-drain", "v310-long-3n-drain", "v312-t3"),
        _queue,
        _per_s,
    ),
    Fit(
        "round trip of a task, prefetch 1",
        {"overhead_ms": 1.2},
        ("own-tq-c1",),
        _task_wait_ms,
        lambda row: note(row, "mean_wait_ms"),
    ),
)


def error_factor(predicted: float, observed: float) -> float:
    """By what factor a prediction is off, at least 1."""
    return math.exp(abs(math.log(predicted / observed)))


def fitted(fit: Fit, rows: Sequence[Row]) -> dict[str, float]:
    """The constants of least squared logarithmic error: descent along each constant in turn.

    Constants that the rows cannot tell (fewer rows than constants) stay near the start.
    """

    def loss(constants: Parameters) -> float:
        errors = (math.log(fit.predict(row, constants) / fit.observed(row)) for row in rows)
        return sum(error * error for error in errors)

    best = dict(fit.start)
    least, step = loss(best), 1.5
    while step > 1.00001:
        moved = False
        for name in best:
            for factor in (step, 1 / step):
                tried = {**best, name: best[name] * factor}
                found = loss(tried)
                if found < least - 1e-15:
                    best, least, moved = tried, found, True
        if not moved:
            step = math.sqrt(step)
    return best


def left_out(fit: Fit, rows: Sequence[Row]) -> dict[str, float | None]:
    """For each source: the largest error factor on its rows when only the others are fitted.

    None where the others do not tell the constants apart: fewer message sizes than constants.
    """
    worst: dict[str, float | None] = {}
    for source in sorted({row["source"] for row in rows}):
        others = [row for row in rows if row["source"] != source]
        if not others:
            continue
        if len({row["msg_bytes"] for row in others}) < len(fit.start):
            worst[source] = None
            continue
        constants = fitted(fit, others)
        own = [row for row in rows if row["source"] == source]
        worst[source] = max(
            error_factor(fit.predict(row, constants), fit.observed(row)) for row in own
        )
    return worst


def main() -> None:
    measurements = read_rows()
    for fit in FITS:
        rows = [measurements[name] for name in fit.rows]
        constants = fitted(fit, rows)
        print(f"{fit.name}: " + ", ".join(f"{key} {value:.4g}" for key, value in constants.items()))
        for row in rows:
            predicted = fit.predict(row, constants)
            observed = fit.observed(row)
            off = error_factor(predicted, observed)
            print(f"  {row['id']:32} {observed:12,.1f} law {predicted:12,.1f} off {off:.2f}")
        sources = left_out(fit, rows)
        for source, miss in sources.items():
            found = "the others do not tell the constants" if miss is None else f"off {miss:.2f}"
            print(f"  without {source}: {found}")
        if not sources:
            print("  one source only: nothing to leave out")


if __name__ == "__main__":
    main()
