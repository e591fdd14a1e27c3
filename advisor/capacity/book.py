"""All calibrations together: assess one corner of the answers, judge a claim over all corners."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from advisor.capacity.calibration import Calibration, Design, Gap, Variant, calibration_of
from advisor.capacity.check import CapacityCheck
from advisor.capacity.flow import NUMBERS, Input, Machine, filled, flow_of
from advisor.capacity.measures import MEASURES, Estimate
from advisor.capacity.stations import TITLES
from advisor.capacity.verdict import Enough, compared, together, verdict
from advisor.documents import Document, check_schema, read_yaml
from advisor.domain.cell import Cell
from advisor.domain.evidence import Measured, Verdict
from advisor.domain.problem import InputError, Position, Problem

Numbers = Mapping[str, Measured | tuple[float, float]]
MACHINE_FILE = "reference-machine.yaml"


@dataclass(frozen=True, slots=True)
class NotCalibrated:
    """Nothing was measured of this option: its capacity checks are not executed."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """A design over all corners, with the numbers of the corner that is hardest to meet."""

    enough: Enough
    numbers: Numbers
    hardest: Mapping[str, Input]


@dataclass(frozen=True, slots=True)
class CapacityBook:
    """The reference machine and what is calibrated of each option."""

    machine: Machine
    calibrations: Mapping[str, Calibration]

    def assess(
        self,
        check: CapacityCheck,
        option: str,
        variant: str | None,
        inputs: Mapping[str, Input],
    ) -> Estimate | Gap | NotCalibrated:
        """The measure of the check at one corner; fields left out are planned, or the reference.

        ``variant`` must be one that is calibrated (KeyError).
        """
        calibration = self.calibrations.get(option)
        if calibration is None or calibration.native is None:
            return NotCalibrated(
                calibration.not_calibrated if calibration else "nothing is calibrated of it"
            )
        design = calibration.native
        if variant is not None:
            design = calibration.variants[variant].design
        return self._estimate(check, calibration, design, inputs)

    def judge(
        self,
        check: CapacityCheck,
        option: str,
        variant: str | None,
        strength: Fraction,
        cells: Mapping[str, Cell],
    ) -> tuple[Verdict, Numbers]:
        """What the check says of a claim where the answers lie in these cells.

        ``cells`` has the fields that the check reads (those to be planned may be missing). Every
        combination of the ends of the cells must come out the same. The numbers are those of the
        corner that is hardest to meet, beside those of each variant that was tried. Where they are
        too close, ``measure_with`` is the command that measures it.
        """
        calibration = self.calibrations.get(option)
        if calibration is None or calibration.native is None:
            reason = calibration.not_calibrated if calibration else "nothing is calibrated of it"
            return Verdict.NOT_EXECUTED, {"because": reason}
        corners = tuple(_corners(check, cells))
        natively = self._over(check, calibration, calibration.native, corners)
        if isinstance(natively, Gap):
            return Verdict.UNMODELLED, {"because": natively.reason}
        numbers = dict(natively.numbers)
        configured: list[Enough] = []
        own_code: list[Enough] = []
        if abs(strength) != 1 and natively.enough is Enough.NO:
            for name, tried in _to_try(calibration, variant):
                found = self._over(check, calibration, tried.design, corners)
                assert not isinstance(found, Gap)
                (own_code if tried.own_code else configured).append(found.enough)
                numbers |= {f"{key} ({name})": value for key, value in found.numbers.items()}
        outcome = verdict(strength, natively.enough, configured, own_code)
        if outcome is Verdict.INCONCLUSIVE:
            flow = flow_of(natively.hardest, self.machine, calibration.version_field)
            numbers["measure_with"] = filled(calibration.measure_with, flow)
        return outcome, numbers

    def _over(
        self,
        check: CapacityCheck,
        calibration: Calibration,
        design: Design,
        corners: Iterable[Mapping[str, Input]],
    ) -> _Judged | Gap:
        found: list[Enough] = []
        judged: list[tuple[float, Numbers, Mapping[str, Input]]] = []
        for inputs in corners:
            estimate = self._estimate(check, calibration, design, inputs)
            if isinstance(estimate, Gap):
                return estimate
            need = float(inputs[check.need])  # type: ignore[arg-type]
            found.append(compared(estimate.low, estimate.high, need, at_least=check.at_least))
            ease = estimate.low / max(need, 1e-9) if check.at_least else need / estimate.high
            judged.append((ease, _numbers(check, estimate, need), inputs))
        _, numbers, hardest = min(judged, key=lambda corner: corner[0])
        return _Judged(together(found), numbers, hardest)

    def _estimate(
        self,
        check: CapacityCheck,
        calibration: Calibration,
        design: Design,
        inputs: Mapping[str, Input],
    ) -> Estimate | Gap:
        flow = flow_of(inputs, self.machine, calibration.version_field)
        return MEASURES[check.measure](design, flow, check)


def _to_try(calibration: Calibration, variant: str | None) -> Iterator[tuple[str, Variant]]:
    """The named variant, or without one every configuration that is calibrated."""
    for name, candidate in calibration.variants.items():
        if name == variant or (variant is None and not candidate.own_code):
            yield name, candidate


def _corners(check: CapacityCheck, cells: Mapping[str, Cell]) -> Iterator[Mapping[str, Input]]:
    """Every combination of the ends of the cells that the check reads."""
    fields = [name for name in check.reads if name in cells]
    for values in itertools.product(*(_ends(name, cells[name]) for name in fields)):
        yield dict(zip(fields, values, strict=True))


def _ends(name: str, cell: Cell) -> tuple[Input, ...]:
    if name in NUMBERS and cell.low is not None and cell.high is not None:
        return (cell.low,) if cell.low == cell.high else (cell.low, cell.high)
    if isinstance(cell.sample, tuple):
        raise TypeError(f"{name} is a list: no capacity law reads it")
    return (cell.sample,)


def _numbers(check: CapacityCheck, estimate: Estimate, need: float) -> Numbers:
    ends: Numbers
    if math.isfinite(estimate.high):
        ends = {check.measure: (_rounded(estimate.low), _rounded(estimate.high))}
    elif math.isfinite(estimate.low):
        ends = {f"{check.measure}_at_least": _rounded(estimate.low)}
    else:
        ends = {check.measure: "without bound"}
    return {
        f"need_{check.need}": need,
        **ends,
        "unit": estimate.unit,
        "law": TITLES[estimate.law],
        "because": estimate.explanation,
        **{f"plan_{name}": number for name, number in estimate.plan.items()},
        "measurements": estimate.rows,
    }


def _rounded(number: float) -> float:
    """Three significant digits: no law is better than that."""
    return float(f"{number:.3g}")


def load_capacity(folder: Path, *, trusted: bool = True) -> CapacityBook:
    """Every file of ``folder`` (``capacity`` in a rule folder); InputError for a faulty one.

    Files that are not ``trusted`` are held against schema capacity/1 first.
    """
    machine: Machine | None = None
    calibrations: dict[str, Calibration] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_yaml(path)
        if not trusted and (problems := check_schema(document, "capacity")):
            raise InputError(*problems)
        data: Any = document.data
        if path.name == MACHINE_FILE:
            machine = Machine(**data["machine"])
        else:
            calibrations[data["option"]] = _named(calibration_of(data), path, document)
    if machine is None:
        position = Position(str(folder / MACHINE_FILE))
        raise InputError(Problem(position, "there is no reference machine"))
    return CapacityBook(machine, calibrations)


def _named(calibration: Calibration, path: Path, document: Document) -> Calibration:
    if path.name != f"{calibration.option}.yaml":
        hint = f"the file is called {path.name}"
        raise InputError(document.problem(("option",), "a file is named after its option", hint))
    return calibration
