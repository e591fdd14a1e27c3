"""Criteria and conflicts as tables over cells: rules, evidence and levels put together."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from advisor.advise.court import Court
from advisor.advise.founding import found
from advisor.decision.problem import Cells, ConflictRule, Matter
from advisor.domain.cell import Cell
from advisor.domain.evidence import Evidence, Founded, Verdict
from advisor.domain.predicate import Value, fields, holds
from advisor.domain.rules import (
    Claim,
    Conflict,
    Conventions,
    Criterion,
    Level,
    NeedRow,
    Side,
    Trust,
)

Levels = Mapping[str, Level]


def answers_of(cells: Mapping[str, Cell]) -> Mapping[str, Value]:
    """A value inside each cell: the rules tell no other value of the cell from it."""
    return {name: cell.sample for name, cell in cells.items()}


class Table:
    """One criterion of one workload; ``levels`` are those that the file gives to its needs.

    ``unsaid`` has the cells of what the file left out: a capacity check plans these for itself.
    """

    def __init__(
        self,
        criterion: Criterion,
        court: Court,
        conventions: Conventions,
        levels: Levels,
        unsaid: Mapping[str, Cell],
    ) -> None:
        self.criterion = criterion
        self._court = court
        self._conventions = conventions
        self._levels = levels
        self._unsaid = unsaid
        self._holding = court.library.rules.of[criterion.id]

    @property
    def id(self) -> str:
        return self.criterion.id

    @property
    def side(self) -> Side:
        return self.criterion.side

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The fields of its rules and of the evidence for its claims, sorted."""
        read = set(self._court.library.rules.reads[self.criterion.id])
        for claim in self.criterion.claims:
            read |= self._court.reads(claim)
        return tuple(sorted(read))

    def at(self, cells: Cells) -> Matter:
        """The level, and what each option's claims are worth, for these answers."""
        answers = answers_of({name: cells[name] for name in self.reads})
        row, level = self.level(answers)
        if level is Level.NO:
            return Matter(level, row.id if row else None, {})
        founded: dict[str, list[Founded]] = {}
        for claim in self.applying(answers):
            evidence = self.evidence(claim, cells)
            founded.setdefault(claim.option, []).append(found(claim, evidence, self._conventions))
        return Matter(
            level,
            row.id if row else None,
            {option: tuple(claims) for option, claims in founded.items()},
        )

    def level(self, answers: Mapping[str, Value]) -> tuple[NeedRow | None, Level]:
        """The highest row that fires, after the file's own levels."""
        fired = [(self._level_of(row), row) for row in self.rows(answers)]
        if not fired:
            return None, Level.NO
        level, row = max(fired, key=lambda pair: pair[0])
        return row, level

    def rows(self, answers: Mapping[str, Value]) -> tuple[NeedRow, ...]:
        """The need rows that fire."""
        holding = self._holding(answers)
        return tuple(
            row for row in self.criterion.needs if f"{self.criterion.id}.{row.id}" in holding
        )

    def _level_of(self, row: NeedRow) -> Level:
        """The lowest of the levels of the needs that the row reads."""
        return min(
            (self._levels.get(need, row.level) for need in fields(row.when)), default=row.level
        )

    def applying(self, answers: Mapping[str, Value]) -> tuple[Claim, ...]:
        """The claims whose condition holds."""
        holding = self._holding(answers)
        return tuple(claim for claim in self.criterion.claims if claim.id in holding)

    def evidence(self, claim: Claim, cells: Mapping[str, Cell]) -> tuple[Evidence, ...]:
        """The claim held against its checks; what the file left out is planned by the law."""
        return self._court.hear(claim, said(claim, cells, self._court, self._unsaid))


def said(
    claim: Claim, cells: Mapping[str, Cell], court: Court, unsaid: Mapping[str, Cell]
) -> Mapping[str, Cell]:
    """The cells without those that a capacity check plans for itself where nothing was said."""
    planned = {
        name
        for check in claim.checks
        if check in court.library.capacity_checks
        for name in court.library.capacity_checks[check].planned_when_unsaid
    }
    return {
        name: cell
        for name, cell in cells.items()
        if not (name in planned and unsaid.get(name) == cell)
    }


def standing_conflict(conflict: Conflict, court: Court, unsaid: Mapping[str, Cell]) -> ConflictRule:
    """The conflict as long as no check refutes it: it is held against them as a claim of -1."""
    claim = as_claim(conflict)
    reads = fields(conflict.when) | court.reads(claim)

    def stands(cells: Cells) -> bool:
        if not holds(conflict.when, answers_of(cells)):
            return False
        heard = court.hear(claim, said(claim, cells, court, unsaid))
        return all(one.outcome is not Verdict.REFUTES for one in heard)

    def executed(cells: Cells) -> bool:
        heard = court.hear(claim, said(claim, cells, court, unsaid))
        return any(one.grade in (Trust.MODEL, Trust.BROKER) for one in heard)

    return ConflictRule(
        conflict.id, conflict.option, conflict.criteria, stands, tuple(sorted(reads)), executed
    )


def as_claim(conflict: Conflict) -> Claim:
    """That the option lacks all of the criteria together."""
    return Claim(
        id=conflict.id,
        option=conflict.option,
        when=conflict.when,
        strength=Fraction(-1),
        says=conflict.says,
        source=conflict.source,
        checks=conflict.checks,
        not_run_because=conflict.not_run_because,
        position=conflict.position,
    )
