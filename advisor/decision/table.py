"""Criteria as columns of whole numbers, remembered for each combination of cells.

Values are held over one common denominator, so that sums over many completions are exact and
cheap; fractions appear again where results are handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import itemgetter

from advisor.decision.problem import (
    Cells,
    ConflictRule,
    CriterionTable,
    Matter,
    OptionFacts,
    SystemProblem,
    WorkloadProblem,
)
from advisor.decision.value import value_of
from advisor.domain.evidence import Founded
from advisor.domain.rules import Conventions, Level, Side

Key = Hashable
"""The cells that are read: one by itself, several as a tuple."""
Conflicts = Mapping[int, tuple[ConflictRule, ...]]


class FinerScaleError(Exception):
    """A contribution does not fit the denominator; ``denominator`` would fit it."""

    def __init__(self, denominator: int) -> None:
        super().__init__(denominator)
        self.denominator = denominator


def first_denominator(conventions: Conventions) -> int:
    """Enough for every trust factor times a half, and for the cost of a pair."""
    trusts = (factor.denominator for factor in conventions.trust.values())
    return lcm(*trusts, 2) * lcm(2, conventions.costs.pair_in_one_system.denominator)


def _key_of(reads: Sequence[str]) -> Callable[[Cells], Key]:
    return itemgetter(*reads) if reads else lambda _cells: ()


@dataclass(frozen=True, slots=True)
class Column:
    """One criterion for one combination of answers.

    ``values`` and ``weighted`` (the weight times the value) have one number for each option, over
    the common denominator; ``failing`` the options whose value does not meet a must.
    """

    level: Level
    weight: int
    values: tuple[int, ...]
    weighted: tuple[int, ...]
    failing: tuple[int, ...]


class Tables:
    """The criteria and conflicts of one workload, read at most once for each combination."""

    def __init__(self, problem: SystemProblem, workload: WorkloadProblem, denominator: int) -> None:
        self.options: tuple[OptionFacts, ...] = problem.options
        self.conventions = problem.conventions
        self.criteria: tuple[CriterionTable, ...] = workload.tables
        self.ids = tuple(table.id for table in workload.tables)
        self.sides: tuple[Side, ...] = tuple(table.side for table in workload.tables)
        self.reads = tuple(tuple(table.reads) for table in workload.tables)
        self.denominator = denominator
        self._keys = tuple(_key_of(reads) for reads in self.reads)
        self._conflict_keys = tuple(_key_of(rule.reads) for rule in workload.conflicts)
        self._index = {option.id: place for place, option in enumerate(problem.options)}
        unknown = {rule.option for rule in workload.conflicts} - set(self._index)
        self.conflicts = workload.conflicts
        if unknown:
            raise ValueError(f"conflicts of options that do not exist: {sorted(unknown)}")
        self._columns: list[dict[Key, Column | None]] = [{} for _ in self.criteria]
        self._matters: list[dict[Key, Matter]] = [{} for _ in self.criteria]
        self._conflicts: list[dict[Key, bool]] = [{} for _ in self.conflicts]

    def with_table(self, place: int, table: CriterionTable) -> Tables:
        """The same with another criterion at ``place``; the others keep what they have read."""
        changed = copy(self)
        changed.criteria = (*self.criteria[:place], table, *self.criteria[place + 1 :])
        changed._columns = [*self._columns[:place], {}, *self._columns[place + 1 :]]
        changed._matters = [*self._matters[:place], {}, *self._matters[place + 1 :]]
        return changed

    def over(self, denominator: int) -> Tables:
        """The same over another denominator; levels and claims stay known, columns do not."""
        changed = copy(self)
        changed.denominator = denominator
        changed._columns = [{} for _ in self.criteria]
        return changed

    def without_conflict(self, name: str) -> Tables:
        """The same without one conflict."""
        kept = [place for place, rule in enumerate(self.conflicts) if rule.id != name]
        changed = copy(self)
        changed.conflicts = tuple(self.conflicts[place] for place in kept)
        changed._conflicts = [self._conflicts[place] for place in kept]
        changed._conflict_keys = tuple(self._conflict_keys[place] for place in kept)
        return changed

    def place_of(self, option: str) -> int:
        """The place of an option, by its id."""
        return self._index[option]

    def matter(self, place: int, cells: Cells) -> Matter:
        """What the criterion at ``place`` says for these answers."""
        key = self._keys[place](cells)
        known = self._matters[place].get(key)
        if known is None:
            known = self.criteria[place].at({name: cells[name] for name in self.reads[place]})
            self._matters[place][key] = known
        return known

    def column(self, place: int, cells: Cells) -> Column | None:
        """The column of the criterion at ``place``; None where it is not needed."""
        key = self._keys[place](cells)
        columns = self._columns[place]
        if key not in columns:
            columns[key] = self._column(self.matter(place, cells))
        return columns[key]

    def _column(self, matter: Matter) -> Column | None:
        if matter.level is Level.NO:
            return None
        weight = self.conventions.weight[matter.level]
        values = tuple(self._scaled(value_of(claims)) for claims in self._founded(matter))
        must = matter.level is Level.MUST
        return Column(
            level=matter.level,
            weight=weight,
            values=values,
            weighted=tuple(weight * value for value in values),
            failing=tuple(i for i, value in enumerate(values) if must and value <= 0),
        )

    def _founded(self, matter: Matter) -> list[tuple[Founded, ...]]:
        return [matter.founded.get(option.id, ()) for option in self.options]

    def _scaled(self, value: Fraction) -> int:
        whole, rest = divmod(value.numerator * self.denominator, value.denominator)
        if rest:
            raise FinerScaleError(lcm(self.denominator, value.denominator))
        return whole

    def columns(self, cells: Cells) -> tuple[Column | None, ...]:
        """One column for each criterion, in their order."""
        return tuple([self.column(place, cells) for place in range(len(self.criteria))])

    def conflicting(self, place: int, cells: Cells) -> bool:
        """Whether the condition of the conflict at ``place`` holds."""
        rule = self.conflicts[place]
        key = self._conflict_keys[place](cells)
        known = self._conflicts[place]
        if key not in known:
            known[key] = rule.holds({name: cells[name] for name in rule.reads})
        return known[key]

    def standing_conflicts(self, cells: Cells) -> Conflicts:
        """Every conflict whose condition holds, by the place of its option."""
        found: dict[int, tuple[ConflictRule, ...]] = {}
        for place, rule in enumerate(self.conflicts):
            if rule.criteria and self.conflicting(place, cells):
                option = self._index[rule.option]
                found[option] = (*found.get(option, ()), rule)
        return found
