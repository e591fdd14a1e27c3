"""What checks found out about claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from advisor.domain.rules import Trust


class Verdict(Enum):
    """What one check says of one claim."""

    AGREES = "agrees"
    REFUTES = "refutes"
    INCONCLUSIVE = "inconclusive"
    UNKNOWN = "unknown"
    UNMODELLED = "unmodelled"
    NOT_EXECUTED = "not-executed"


Measured = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokerEvidence:
    """What a real broker said: its full version, the day, and whether it agreed with the model."""

    address: str
    version: str
    date: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim held against one check. ``model`` is an address; ``rerun`` the command."""

    claim: str
    check: str | None
    option: str
    outcome: Verdict
    grade: Trust
    model: str | None
    measured: Mapping[str, Measured | tuple[float, float]]
    rerun: str | None
    because: str = ""
    broker: BrokerEvidence | None = None


@dataclass(frozen=True, slots=True)
class Founded:
    """A claim's contribution after its checks: ``t * strength``, and how it could still move."""

    claim: str
    strength: Fraction
    trust: Trust
    contribution: Fraction
    least: Fraction
    most: Fraction
