"""What a record says, as plain values for the template; nothing is escaped here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Driver:
    """A criterion that is needed, and how much."""

    matter: str
    level: str


@dataclass(frozen=True, slots=True)
class Point:
    """One pro or con; ``sign`` is Good, Neutral or Bad."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkloadContent:
    """One workload in the record."""

    name: str
    stated: tuple[str, ...]
    drivers: tuple[Driver, ...]
    option: str
    because: str


@dataclass(frozen=True, slots=True)
class OptionContent:
    """One considered option with its points over all workloads."""

    title: str
    summary: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One line of the confirmation table."""

    claim: str
    check: str
    outcome: str
    where: str
    rerun: str


@dataclass(frozen=True, slots=True)
class Content:
    """The whole record before it is Markdown."""

    title: str
    system: str
    team: tuple[str, ...]
    workloads: tuple[WorkloadContent, ...]
    options: tuple[OptionContent, ...]
    system_sentence: str
    status_sentence: str
    consequences: tuple[Point, ...]
    evidence_summary: str
    evidence: tuple[EvidenceRow, ...]
    recommend_command: str
    assumptions: tuple[str, ...]
    questions: tuple[str, ...]
    flips: tuple[str, ...]
    outdated: tuple[str, ...]
    made_by: str
