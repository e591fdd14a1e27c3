"""One workload read by number: its criteria summed up where they are fixed, looked up where not.

A *case* gives each open question the place of one of its cells (see ``cases``). The scores are
those of ``Engine.score``, which the tests hold these against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from advisor.decision.engine import Engine
from advisor.decision.problem import ConflictRule
from advisor.decision.score import Scored, Tally
from advisor.decision.table import Column
from advisor.domain.cell import Cell

READ_LIMIT = 512
"""A criterion with more combinations of cells in a box is not bounded: the box is cut first."""

Case = tuple[int, ...]
"""For each variable, the place of its cell."""

Domains = Sequence[tuple[Cell, ...]]
"""For each variable, its cells."""


class Flow:
    """The criteria and conflicts of one workload; ``numbers`` has the variable of each question."""

    def __init__(
        self,
        engine: Engine,
        place: int,
        fixed: Mapping[str, Cell],
        numbers: Mapping[str, int],
        domains: Domains,
    ) -> None:
        self.engine = engine
        self.place = place
        self.tables = engine.tables[place]
        self.fixed = fixed
        self.domains = domains
        self.names = {i: name for name, i in numbers.items()}
        self.columns: list[Column | None] = [None] * len(self.tables.reads)
        self.moving: list[tuple[int, tuple[int, ...], dict[Case, Column | None]]] = []
        for j, reads in enumerate(self.tables.reads):
            own = tuple(numbers[name] for name in reads if name in numbers)
            if own:
                self.moving.append((j, own, {}))
            else:
                self.columns[j] = self.tables.column(j, fixed)
        self._columns_known = {j: known for j, _reads, known in self.moving}
        self._alike: dict[Column | None, Column | None] = {}
        self.still = Tally(len(self.tables.options)).plus(self.columns)
        self.conflicts: list[tuple[int, tuple[int, ...], dict[Case, bool]]] = [
            (k, tuple(numbers[name] for name in rule.reads if name in numbers), {})
            for k, rule in enumerate(self.tables.conflicts)
            if rule.criteria
        ]
        self._conflicts_known = {k: known for k, _reads, known in self.conflicts}

    def can_fail(self, j: int, reads: Sequence[int]) -> bool:
        """Whether some option can fail the criterion as a must; so where it is too much to see."""
        every = [range(len(self.domains[i])) for i in reads]
        if prod(map(len, every)) > READ_LIMIT:
            return True
        columns = (self.column_at(j, reads, places) for places in product(*every))
        return any(column is not None and column.failing for column in columns)

    def scored(self, case: Case, allowed: tuple[int, ...]) -> Scored:
        """The candidates in this case, where the team has the ``allowed`` options."""
        columns = self.columns.copy()
        for j, reads, known in self.moving:
            key = tuple([case[i] for i in reads])
            columns[j] = known[key] if key in known else self.column_at(j, reads, key)
        tally = self.still.plus([columns[j] for j, _reads, _known in self.moving])
        return self.engine.score(
            self.place, tuple(columns), tally, allowed, self.fixed, self._standing(case)
        )

    def _standing(self, case: Case) -> dict[int, tuple[ConflictRule, ...]]:
        found: dict[int, tuple[ConflictRule, ...]] = {}
        for k, reads, known in self.conflicts:
            key = tuple([case[i] for i in reads])
            if known[key] if key in known else self.conflict_at(k, reads, key):
                rule = self.tables.conflicts[k]
                option = self.tables.place_of(rule.option)
                found[option] = (*found.get(option, ()), rule)
        return found

    def column_at(self, j: int, reads: Sequence[int], places: Case) -> Column | None:
        """The column of a criterion where the variables that it reads have these cells.

        Equal columns are one object.
        """
        known = self._columns_known[j]
        if places not in known:
            column = self.tables.column(j, self._cells(reads, places))
            known[places] = self._alike.setdefault(column, column)
        return known[places]

    def conflict_at(self, k: int, reads: Sequence[int], places: Case) -> bool:
        """Whether a conflict stands there."""
        known = self._conflicts_known[k]
        if places not in known:
            known[places] = self.tables.conflicting(k, self._cells(reads, places))
        return known[places]

    def _cells(self, reads: Sequence[int], places: Case) -> dict[str, Cell]:
        cells = dict(self.fixed)
        for i, place in zip(reads, places, strict=True):
            cells[self.names[i]] = self.domains[i][place]
        return cells
