"""The confidence rule: how far a calculated number may be off, by where it was calibrated.

1.5 on the hardware class and version line that were measured, 2 in another laboratory, 3 for
another era of versions or a processor that nobody knows. The factor divides and multiplies.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.domain.version import BrokerVersion

SAME_MACHINE = 1.5
OTHER_LABORATORY = 2.0
OTHER_ERA = 3.0


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Where constants were measured.

    ``era`` is the first and last version of their era, None where the version does not matter.
    ``reference_machine`` says that they were measured on the class of machine that is assumed;
    ``by_processor`` that they belong to its processor; ``nodes_max`` is the largest cluster
    measured, None where the number of nodes does not enter. ``band_least`` is wider than the rule
    where leaving one source out gave a larger error.
    """

    era: tuple[BrokerVersion, BrokerVersion] | None
    reference_machine: bool
    by_processor: bool
    nodes_max: int | None
    band_least: float = SAME_MACHINE


def band(
    calibrated: Calibrated, *, version: BrokerVersion | None, stated_hardware: bool, nodes: float
) -> float:
    """The factor for an installation of this version, hardware and size."""
    by_rule = _by_rule(calibrated, version, stated_hardware, nodes)
    return max(by_rule, calibrated.band_least)


def _by_rule(
    calibrated: Calibrated, version: BrokerVersion | None, stated_hardware: bool, nodes: float
) -> float:
    era = calibrated.era
    if era is not None and (version is None or not era[0] <= version <= era[1]):
        return OTHER_ERA
    if stated_hardware and calibrated.by_processor:
        return OTHER_ERA
    if calibrated.nodes_max is not None and nodes > calibrated.nodes_max:
        return OTHER_ERA
    if stated_hardware or not calibrated.reference_machine:
        return OTHER_LABORATORY
    return SAME_MACHINE
