"""Options of one workload, scored for one completion: elimination first, then value.

Whole numbers over the common denominator inside; ``Candidate.value`` gives the fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from advisor.decision.elimination import minimum_hitting_set
from advisor.decision.table import Column, Conflicts, Tables
from advisor.domain.rules import Level


class Opposed(NamedTuple):
    """Musts that an option cannot meet together; ``conflict`` is None for one that fails alone."""

    criteria: frozenset[str]
    conflict: str | None


class Candidate(NamedTuple):
    """One option, or a pair of them, for one completion.

    ``parts`` are places in the option list; ``systems`` a bit for each broker family; ``violated``
    the fewest musts to relax (h); ``points`` the weighted sum, a pair's own cost taken off, over
    the common denominator.
    """

    parts: tuple[int, ...]
    systems: int
    violated: int
    points: int


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Every candidate of one workload for one completion; ``weights`` is the sum W.

    The engine makes each different one once, so they are compared by identity.
    """

    weights: int
    candidates: tuple[Candidate, ...]

    def value(self, candidate: Candidate, denominator: int) -> Fraction:
        """N (a pair's cost taken off): 0 where nothing is needed."""
        if self.weights == 0:
            return Fraction(0)
        return Fraction(candidate.points, self.weights * denominator)


class Tally:
    """Running sums over columns; ``add`` returns a new one, so that a part can be shared."""

    __slots__ = ("failing", "points", "weights")

    def __init__(self, options: int) -> None:
        self.points = [0] * options
        self.weights = 0
        self.failing: list[tuple[int, ...]] = []

    def plus(self, columns: Sequence[Column | None]) -> Tally:
        """These sums with the columns added."""
        grown = Tally(0)
        points = self.points
        failing = self.failing.copy()
        weights = self.weights
        for column in columns:
            if column is not None:
                weights += column.weight
                points = [a + b for a, b in zip(points, column.weighted, strict=True)]
                if column.failing:
                    failing.append(column.failing)
        grown.points, grown.weights, grown.failing = list(points), weights, failing
        return grown

    def violated(self) -> list[int]:
        """For each option, the musts whose value is not above zero."""
        counts = [0] * len(self.points)
        for failing in self.failing:
            for option in failing:
                counts[option] += 1
        return counts


def conflict_families(
    option: int,
    tables: Tables,
    columns: Sequence[Column | None],
    conflicts: Conflicts,
) -> list[Opposed]:
    """What stands against an option: each must that fails alone, each conflict among musts."""
    musts = must_names(tables, columns)
    alone = [
        Opposed(frozenset({name}), None)
        for name, column in zip(tables.ids, columns, strict=True)
        if column is not None and option in column.failing
    ]
    together = [
        Opposed(rule.criteria, rule.id)
        for rule in conflicts.get(option, ())
        if rule.criteria <= musts
    ]
    return alone + together


def must_names(tables: Tables, columns: Sequence[Column | None]) -> frozenset[str]:
    """The criteria at level must."""
    return frozenset(
        name
        for name, column in zip(tables.ids, columns, strict=True)
        if column is not None and column.level is Level.MUST
    )


def fewest(opposed: Sequence[Opposed]) -> int:
    """h: the size of the smallest set of musts whose relaxation takes all of it away."""
    return len(minimum_hitting_set([one.criteria for one in opposed]))


def singles(
    tables: Tables, columns: Sequence[Column | None], tally: Tally, conflicts: Conflicts
) -> list[int]:
    """h of every option, available or not."""
    violated = tally.violated()
    for option in conflicts:
        violated[option] = fewest(conflict_families(option, tables, columns, conflicts))
    return violated
