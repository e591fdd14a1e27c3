"""The measures that a capacity check may ask for, each an estimate with a band.

What the laws do not explain is not turned into a number: a 99th percentile is a band around
measured ones, a design without measurements is a ``Gap``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from advisor.capacity import backlog, partition, share_group, task_queue
from advisor.capacity.calibration import Constants, Design, Gap, Station
from advisor.capacity.check import CapacityCheck
from advisor.capacity.flow import Flow
from advisor.capacity.rate import Rate, era_and_band, planned_rate, setting_of
from advisor.capacity.stations import STATIONS, TITLES

LATENCY_BAND = 3.0
LIGHT_LOAD = 0.05
LOAD_MAX = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """A calculated number as an interval; ``high`` may be infinite where nobody measured an end.

    ``law`` is the binding one. ``plan`` has what the plan takes to get there (nodes, publishers,
    workers); ``rows`` the measurements behind.
    """

    low: float
    high: float
    unit: str
    law: str
    explanation: str
    plan: Mapping[str, float] = field(default_factory=dict)
    rows: tuple[str, ...] = ()


def shown(number: float) -> str:
    """Three significant digits: no law is better than that."""
    rounded = float(f"{number:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def _of_rate(rate: Rate, factor: float, unit: str) -> Estimate:
    plan = {"nodes": rate.nodes}
    if math.isfinite(rate.publishers):
        plan["publishers"] = rate.publishers
    on = "one node" if rate.nodes == 1 else f"{rate.nodes:g} nodes"
    explanation = f"{TITLES[rate.law]} gives {shown(rate.usual * factor)} {unit} on {on}"
    low, high = rate.low * factor, rate.high * factor
    return Estimate(low, high, unit, rate.law, explanation, plan, rate.rows)


def _messages(design: Design, flow: Flow, _check: CapacityCheck) -> Estimate:
    rate = planned_rate(design, flow, need_per_s=flow.messages_per_second)
    return _of_rate(rate, 1.0, "messages/s")


def _megabytes(design: Design, flow: Flow, _check: CapacityCheck) -> Estimate:
    rate = planned_rate(design, flow, need_per_s=flow.messages_per_second)
    return _of_rate(rate, flow.message_bytes / 1e6, "MB/s")


def _in_one_order(design: Design, flow: Flow, _check: CapacityCheck) -> Estimate:
    rate = planned_rate(design, flow, need_per_s=flow.messages_per_second, one_order=True)
    return _of_rate(rate, 1.0, "messages/s in one order")


def _latency(design: Design, flow: Flow, _check: CapacityCheck) -> Estimate | Gap:
    """From the measured median to the measured 99th percentile, both three times wider.

    Beyond what the design carries, latency is backlog: no bound.
    """
    if isinstance(design.latency, Gap):
        return design.latency
    rate = planned_rate(design, flow, need_per_s=flow.messages_per_second)
    era = design.latency.era(flow.version)
    loaded = flow.messages_per_second > LIGHT_LOAD * rate.usual
    when = "loaded" if loaded else "light"
    further_ms = era.constants["round_trips"] * flow.machine.further_round_trip_ms
    low = era.constants[f"{when}_p50_ms"] / LATENCY_BAND + further_ms
    high = era.constants[f"{when}_p99_ms"] * LATENCY_BAND + further_ms
    explanation = (
        "no law gives a broker's 99th percentile: a band around measured ones, "
        f"{era.constants[f'{when}_p99_ms']:g} ms {'under load' if loaded else 'when hardly loaded'}"
    )
    if flow.messages_per_second > rate.high:
        low = high = math.inf
    elif flow.messages_per_second > rate.low:
        high = math.inf
    if math.isinf(high):
        explanation = f"waits grow where {shown(rate.usual)} messages/s are not enough"
    return Estimate(low, high, "ms", "latency-band", explanation, {"nodes": rate.nodes}, era.rows)


def _drained(design: Design, flow: Flow, check: CapacityCheck) -> Estimate | Gap:
    """Law 9 with the measured rate of reading a backlog, and publishing at the full rate."""
    if isinstance(design.drain, Gap):
        return design.drain
    rate = planned_rate(design, flow, need_per_s=flow.messages_per_second)
    era, factor = era_and_band(design.drain, flow, rate.nodes)
    if design.drain.law == "measured-up-to":
        drain, high_factor = float(era.constants["messages_per_second"]), math.inf
    else:
        drain, high_factor = _drain_per_s(design, design.drain, flow, rate), factor

    def within(drain_per_s: float) -> float:
        return backlog.drained_messages(
            drain_per_s=drain_per_s,
            rate_per_s=flow.messages_per_second,
            within_s=check.within_seconds,
        )

    explanation = (
        f"a backlog is read at {shown(drain)} messages/s while "
        f"{shown(flow.messages_per_second)} more arrive"
    )
    low, high = within(drain / factor), within(drain * high_factor)
    unit, plan = f"messages in {check.within_seconds:g} s", {"nodes": rate.nodes}
    return Estimate(low, high, unit, "backlog", explanation, plan, era.rows)


def _drain_per_s(design: Design, station: Station, flow: Flow, rate: Rate) -> float:
    """All queues together, but no more than one of them drains or the whole design carries."""
    setting = setting_of(design, flow, rate.nodes)
    together = STATIONS[station.law](station.era(flow.version).constants, setting)
    return min(together, max(together / setting.queues, rate.usual))


def _queues(design: Design, flow: Flow, _check: CapacityCheck) -> Estimate | Gap:
    if isinstance(design.queues, Gap):
        return design.queues
    if design.queues.law == "measured-up-to":
        era = design.queues.era(flow.version)
        most = float(era.constants["queues"])
        explanation = f"{shown(most)} were measured; nobody measured where it ends"
        return Estimate(most, math.inf, "queues", "measured-up-to", explanation, {}, era.rows)
    sizes = (
        (flow.nodes,) if flow.nodes is not None else range(design.nodes_least, design.nodes_max + 1)
    )
    estimate = Estimate(0, 0, "topics", "partition-count", "")
    for nodes in sizes:
        estimate = _topics(design, design.queues, flow, nodes)
        if estimate.low >= flow.queues:
            break
    return estimate


def _topics(design: Design, station: Station, flow: Flow, nodes: float) -> Estimate:
    era, factor = era_and_band(station, flow, nodes)
    each = flow.consumers or 1.0
    most = partition.partitions_max(
        nodes,
        replicas=setting_of(design, flow, nodes).replicas,
        replicas_per_node=era.constants["replicas_per_node"],
    )
    explanation = f"{shown(most)} partitions on {nodes:g} nodes, {each:g} for each topic"
    low, high = most / factor / each, most * factor / each
    plan = {"nodes": nodes}
    return Estimate(low, high, "topics", "partition-count", explanation, plan, era.rows)


def _worked(design: Design, flow: Flow, check: CapacityCheck) -> Estimate | Gap:
    """Tasks per second through the workers given, or as many as the rate takes.

    What falls to workers that the design cannot reach is not done. Few workers given lower the low
    end only: the design does not forbid more of them. Only the broker's part of a task is
    uncertain, so only that is banded. More partitions than were measured are not ruled out.
    """
    if isinstance(design.work, Gap):
        return design.work
    carried = _messages(design, flow, check)
    era, factor = era_and_band(design.work, flow, carried.plan["nodes"])
    overhead_s = era.constants["overhead_ms"] / 1e3
    slow_s = flow.task_seconds + overhead_s * factor
    fast_s = flow.task_seconds + overhead_s / factor
    needed = max(1, math.ceil(flow.messages_per_second * slow_s / LOAD_MAX))
    workers = int(flow.consumers) if flow.consumers is not None else needed
    enough = max(workers, needed)
    partitions_max = era.constants.get("partitions_max", math.inf)
    reached = workers_reached(era.constants, design.work.law, workers, partitions_max)
    most = workers_reached(era.constants, design.work.law, enough, math.inf)
    estimate = Estimate(
        min(reached / slow_s, _shared(flow, reached, workers)),
        min(most / fast_s, _shared(flow, most, enough)),
        "messages/s",
        design.work.law,
        _work_explained(flow, workers, reached, flow.task_seconds + overhead_s),
        {**carried.plan, "workers": float(workers)},
        era.rows,
    )
    slower = carried if carried.low < estimate.low else estimate
    return replace(slower, high=min(estimate.high, carried.high), plan=estimate.plan)


def _work_explained(flow: Flow, workers: int, reached: int, task_s: float) -> str:
    """How many workers can work at once, and law 8: the wait that 99 % stay under."""
    wait_s = task_queue.wait_p99_s(
        workers=reached, rate_per_s=flow.messages_per_second, task_s=task_s
    )
    waits = f"99 % wait less than {wait_s:.3g} s" if math.isfinite(wait_s) else "the wait grows"
    return f"{reached} of {workers} workers of {task_s:.4g} s can work at once; {waits}"


def _shared(flow: Flow, reached: int, workers: int) -> float:
    """What the workers within reach are given of the rate, no bound where all are."""
    return flow.messages_per_second * reached / workers if reached < workers else math.inf


def workers_reached(constants: Constants, law: str, workers: int, partitions_max: float) -> int:
    """How many workers of one group can hold a task at the same time.

    A log is given as many partitions as there are workers, up to ``partitions_max`` (beyond what
    was measured nobody knows).
    """
    if law == "single-reader":
        return 1
    if law == "task-queue":
        return workers
    partitions = int(min(workers, partitions_max))
    if law == "partition-readers":
        return partitions
    each = share_group.consumers_per_partition(
        record_locks=constants["record_locks"], poll_records=constants["poll_records"]
    )
    return min(workers, each * partitions)


MEASURES: Mapping[str, Callable[[Design, Flow, CapacityCheck], Estimate | Gap]] = {
    "messages_per_second": _messages,
    "megabytes_per_second": _megabytes,
    "messages_per_second_in_one_order": _in_one_order,
    "messages_per_second_worked": _worked,
    "latency_ms_p99": _latency,
    "drained_messages": _drained,
    "queues": _queues,
}
