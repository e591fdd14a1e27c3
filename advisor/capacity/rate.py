"""Messages per second of a design: the least of its laws, and how many nodes and publishers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from advisor.capacity.calibration import Design, Era, Station
from advisor.capacity.confidence import band
from advisor.capacity.flow import Flow
from advisor.capacity.stations import (
    STATIONS,
    Setting,
    client_per_s,
    clients_needed,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """What a design carries, in messages per second.

    ``usual`` is what the laws give, ``low`` and ``high`` the ends of its band, ``law`` the one
    that binds. ``publishers`` is how many the rate takes (as far as it can be reached).
    """

    low: float
    usual: float
    high: float
    law: str
    nodes: float
    publishers: float = 1.0
    rows: tuple[str, ...] = field(default=())


def planned_rate(design: Design, flow: Flow, *, need_per_s: float, one_order: bool = False) -> Rate:
    """The rate on the nodes that the team has, or on the fewest that surely reach the need.

    Where no number of nodes surely reaches it, the low end is that of the fewest nodes beyond
    which more do not help, the high end that of the largest cluster planned for, or open where
    the design grows with nodes and partitions and no largest cluster is known.
    """
    flow = replace(flow, messages_per_second=need_per_s)

    def on(nodes: int) -> Rate:
        return _rate(design, flow, nodes, one_order)

    if flow.nodes is not None:
        return _counted(design, flow, _rate(design, flow, flow.nodes, one_order), one_order)
    fewest = on(design.nodes_least)
    if fewest.low >= need_per_s:
        return _counted(design, flow, fewest, one_order)
    largest = on(design.nodes_max)
    least_low = min(need_per_s, largest.low)
    few, enough = design.nodes_least, design.nodes_max
    if fewest.low >= least_low:
        enough = few
    while enough - few > 1:
        middle = (few + enough) // 2
        if on(middle).low >= least_low:
            enough = middle
        else:
            few = middle
    rate = _counted(design, flow, on(enough), one_order)
    if rate.low >= need_per_s:
        return rate
    open_end = design.nodes_open and not one_order
    return replace(rate, high=math.inf if open_end else largest.high)


def setting_of(design: Design, flow: Flow, nodes: float, one_order: bool = False) -> Setting:
    """The flow on a cluster of this design."""
    queues = flow.queues if design.spread_over is None else max(flow.queues, design.spread_over)
    return Setting(
        flow=flow,
        nodes=nodes,
        replicas=min(design.replicas, nodes),
        queues=1.0 if one_order else queues,
        one_order=one_order,
    )


def era_and_band(station: Station, flow: Flow, nodes: float) -> tuple[Era, float]:
    """The constants for the flow's version, and how far they may be off."""
    era = station.era(flow.version)
    factor = band(
        era.calibrated,
        version=flow.version,
        stated_hardware=flow.machine.stated,
        nodes=nodes,
    )
    return era, factor


class _Limit(NamedTuple):
    """What a station lets through: the ends of its band, and what the law gives."""

    low: float
    usual: float
    high: float


def _rate(design: Design, flow: Flow, nodes: float, one_order: bool) -> Rate:
    setting = setting_of(design, flow, nodes, one_order)
    low = usual = high = math.inf
    one_queue = _Limit(0.0, 0.0, 0.0)
    law = ""
    rows: tuple[str, ...] = ()
    for station in design.rate:
        era, factor = era_and_band(station, flow, nodes)
        limit = _limit(station, era, setting, factor)
        if station.law == "single-queue":
            one_queue = _Limit(*(end / setting.queues for end in limit))
        if station.law == "cluster":
            # A cluster carries at least what one of its queues does, whatever its own era says.
            copies = max(1.0, flow.groups)
            limit = _Limit(*(max(e, q / copies) for e, q in zip(limit, one_queue, strict=True)))
        low, high = min(low, limit.low), min(high, limit.high)
        if limit.usual < usual:
            usual, law, rows = limit.usual, station.law, era.rows
    rate = Rate(low, usual, high, law, nodes, 1.0, rows)
    return rate if flow.producers is None else _given_publishers(design, setting, rate)


def _limit(station: Station, era: Era, setting: Setting, factor: float) -> _Limit:
    """At most: without end where the end was not measured."""
    if station.law == "measured-up-to":
        measured = float(era.constants["messages_per_second"])
        return _Limit(measured / factor, measured, math.inf)
    each = STATIONS[station.law](era.constants, setting)
    return _Limit(each / factor, each, each * factor)


def _given_publishers(design: Design, setting: Setting, rate: Rate) -> Rate:
    """Publishers that were given may be too few: then the low end is theirs, never the high one.

    A publisher more changes nothing of the design, so few publishers do not refute it.
    """
    low, usual, law, rows = rate.low, rate.usual, rate.law, rate.rows
    for station in design.publishing:
        era, factor = era_and_band(station, setting.flow, setting.nodes)
        sent = client_per_s(station.law, era.constants, setting, rate.usual)
        low = min(low, sent / factor)
        if sent < usual and sent < rate.usual / 2:
            usual, law, rows = sent, station.law, era.rows
    return replace(rate, low=low, usual=usual, law=law, rows=rows)


def _counted(design: Design, flow: Flow, rate: Rate, one_order: bool) -> Rate:
    """With the number of publishers that the need takes.

    The brokers' own rate decides that, so it is worked out without the publishers given.
    """
    setting = setting_of(design, flow, rate.nodes, one_order)
    brokers = rate
    if flow.producers is not None:
        brokers = _rate(design, replace(flow, producers=None), rate.nodes, one_order)
    needed = 1.0
    for station in design.publishing:
        constants = station.era(flow.version).constants
        needed = max(needed, clients_needed(station.law, constants, setting, brokers.usual))
    return replace(rate, publishers=needed)
