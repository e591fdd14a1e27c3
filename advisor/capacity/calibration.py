"""What is calibrated of an option: which laws apply to the design, with which constants.

Read from ``capacity/<option id>.yaml`` of a rule folder, schema capacity/1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from advisor.capacity.confidence import SAME_MACHINE, Calibrated
from advisor.domain.version import BrokerVersion

Constants = Mapping[str, Any]
"""Numbers by name, units last in the names; core_factors is a list of (cores, factor)."""


@dataclass(frozen=True, slots=True)
class Era:
    """Constants of one era of versions, and the measurements (ids) that they come from."""

    constants: Constants
    rows: tuple[str, ...]
    calibrated: Calibrated


@dataclass(frozen=True, slots=True)
class Station:
    """One law with its constants, an entry for each era, oldest first."""

    law: str
    eras: tuple[Era, ...]

    def era(self, version: BrokerVersion | None) -> Era:
        """The newest constants not newer than the version; the newest of all without one."""
        if version is None:
            return self.eras[-1]
        chosen = self.eras[0]
        for era in self.eras[1:]:
            first = era.calibrated.era
            if first is not None and first[0] <= version:
                chosen = era
        return chosen


@dataclass(frozen=True, slots=True)
class Gap:
    """A measure that the laws do not give for this design, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Design:
    """One option, natively or with one variant.

    ``publishing`` are the laws of the publishers: more of them can be added, so they never show
    that the design itself is too slow. ``spread_over`` is the number of queues of this design
    that share the load, None for the workload's own number of queues. ``nodes_open``: the laws
    grow with the nodes, and ``nodes_max`` is only where the planning ends.
    """

    nodes_least: int
    nodes_max: int
    nodes_open: bool
    replicas: int
    rate: tuple[Station, ...]
    publishing: tuple[Station, ...]
    latency: Station | Gap
    drain: Station | Gap
    work: Station | Gap
    queues: Station | Gap
    spread_over: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A design with a configuration, or with a part that the team writes (``own_code``)."""

    design: Design
    own_code: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that is calibrated of one option; ``not_calibrated`` says why there is nothing.

    ``measure_with`` is the command that measures it where the laws are too close.
    """

    option: str
    version_field: str | None = None
    native: Design | None = None
    variants: Mapping[str, Variant] = field(default_factory=dict)
    not_calibrated: str = ""
    measure_with: str = ""


def calibration_of(data: Mapping[str, Any]) -> Calibration:
    """The content of one file that meets schema capacity/1."""
    option = data["option"]
    if "not_calibrated" in data:
        return Calibration(option, not_calibrated=data["not_calibrated"])
    native = Design(
        nodes_least=data["nodes"]["least"],
        nodes_max=data["nodes"]["most"],
        nodes_open=data["nodes"].get("open", False),
        replicas=data["replicas"],
        rate=_stations(data["rate"]),
        publishing=_stations(data["publishing"]),
        latency=_station_or_gap(data["latency"]),
        drain=_station_or_gap(data["drain"]),
        work=_station_or_gap(data["work"]),
        queues=_station_or_gap(data["queues"]),
    )
    variants = {
        name: Variant(_varied(native, changes), changes["own_code"])
        for name, changes in data.get("variants", {}).items()
    }
    return Calibration(
        option, data["version_field"], native, variants, measure_with=data["measure_with"]
    )


def _varied(native: Design, changes: Mapping[str, Any]) -> Design:
    work = _station_or_gap(changes["work"]) if "work" in changes else native.work
    return replace(native, spread_over=changes["spread_over"], work=work)


def _stations(data: list[Any]) -> tuple[Station, ...]:
    return tuple(_station(entry) for entry in data)


def _station_or_gap(data: Mapping[str, Any]) -> Station | Gap:
    return Gap(data["gap"]) if "gap" in data else _station(data)


def _station(data: Mapping[str, Any]) -> Station:
    return Station(data["law"], tuple(_era(entry, data) for entry in data["eras"]))


def _era(entry: Mapping[str, Any], station: Mapping[str, Any]) -> Era:
    versions = entry.get("versions")
    era = (BrokerVersion.parse(versions[0]), BrokerVersion.parse(versions[1])) if versions else None
    calibrated = Calibrated(
        era=era,
        reference_machine=entry["reference_machine"],
        by_processor=station["by_processor"],
        nodes_max=entry.get("nodes_max"),
        band_least=entry.get("band_least", SAME_MACHINE),
    )
    return Era(entry["constants"], tuple(entry["rows"]), calibrated)
