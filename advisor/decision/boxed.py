"""One workload in a box of answers: how much each candidate leads each other one by, at least.

A candidate is a design or a pair of them. Differences are bounded criterion by criterion, and each
is computed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import inf, prod

from advisor.decision.cases import Box, Cases, Teams
from advisor.decision.ratios import least_ratio
from advisor.decision.score import Candidate
from advisor.decision.scoring import READ_LIMIT, Flow
from advisor.decision.systems import Chooser
from advisor.decision.table import Column
from advisor.domain.rules import Level, Side

Lead = Fraction | int | float
"""Points or value by which something leads; ``inf`` where it fails fewer musts for sure."""


@dataclass(frozen=True, slots=True)
class Row:
    """A column as the candidates have it: whether each fails a must, and its points."""

    fails: tuple[int, ...]
    points: tuple[int, ...]


class Candidates:
    """The designs and pairs of all workloads, by number; singles come first."""

    def __init__(self, cases: Cases) -> None:
        engine = cases.engine
        chooser: Chooser = engine.chooser
        bits = chooser.system_bits()
        places = range(len(engine.problem.options))
        self.singles = len(places)
        self.parts: tuple[tuple[int, ...], ...] = (
            *((one,) for one in places),
            *combinations(places, 2),
        )
        self.number = {parts: c for c, parts in enumerate(self.parts)}
        self.systems = tuple(bits[one[0]] | bits[one[-1]] for one in self.parts)
        plain = [
            Candidate(one, own, 0, 0) for one, own in zip(self.parts, self.systems, strict=True)
        ]
        self.names = tuple(map(chooser.name, plain))
        self.order = tuple(map(chooser.plainness, plain))
        self.words = tuple(chooser.words(one, divided=True)[0] for one in self.systems)
        cost = engine.problem.conventions.costs.pair_in_one_system * engine.denominator
        self.off = tuple(
            int(cost) if len(parts) > 1 and own.bit_count() <= 1 else 0
            for parts, own in zip(self.parts, self.systems, strict=True)
        )


class FlowBounds:
    """One workload's rows and their differences, each computed once."""

    def __init__(self, flow: Flow, candidates: Candidates) -> None:
        self.flow = flow
        self.candidates = candidates
        self.share = flow.engine.chooser.shares[flow.place]
        self._rows: dict[tuple[int, int], Row] = {}
        self._ends: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._differences: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def inside(self, box: Box, teams: Teams, champions: dict[int, set[int]]) -> FlowBox | None:
        """The workload in this box; None where a criterion has too many combinations in it."""
        columns: list[tuple[Column | None, ...]] = [(one,) for one in self.flow.columns]
        for j, reads, _known in self.flow.moving:
            every = [box[i] for i in reads]
            if prod(map(len, every)) > READ_LIMIT:
                return None
            found = {
                id(column): column
                for column in (self.flow.column_at(j, reads, one) for one in product(*every))
            }
            columns[j] = tuple(found[one] for one in sorted(found))
        return FlowBox(self, columns, self._conflicts(box), teams, champions)

    def _conflicts(self, box: Box) -> list[int]:
        """How many conflicts may stand against each candidate."""
        tables = self.flow.tables
        each = [0] * self.candidates.singles
        for k, reads, _known in self.flow.conflicts:
            every = [box[i] for i in reads]
            if prod(map(len, every)) > READ_LIMIT or any(
                self.flow.conflict_at(k, reads, places) for places in product(*every)
            ):
                each[tables.place_of(tables.conflicts[k].option)] += 1
        return [sum(each[one] for one in parts) for parts in self.candidates.parts]

    def row(self, j: int, column: Column | None) -> Row:
        key = (j, id(column))
        if key not in self._rows:
            self._rows[key] = self._row(j, column)
        return self._rows[key]

    def _row(self, j: int, column: Column | None) -> Row:
        if column is None:
            nothing = (0,) * len(self.candidates.parts)
            return Row(nothing, nothing)
        merged = min if self.flow.tables.sides[j] is Side.WHOLE else max
        values = [merged(column.values[one] for one in parts) for parts in self.candidates.parts]
        must = column.level is Level.MUST
        return Row(
            tuple(int(must and value <= 0) for value in values),
            tuple(column.weight * value for value in values),
        )

    def ends(
        self, j: int, columns: Sequence[Column | None]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """For each candidate, whether it fails at least, and at most."""
        key = (j, *map(id, columns))
        if key not in self._ends:
            fails = [self.row(j, column).fails for column in columns]
            self._ends[key] = tuple(map(min, *fails, fails[0])), tuple(map(max, *fails, fails[0]))
        return self._ends[key]

    def difference(
        self, j: int, columns: Sequence[Column | None], c: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The least that a candidate leads each other one by, and the most that it fails more."""
        key = (c, j, *map(id, columns))
        if key not in self._differences:
            rows = [self.row(j, column) for column in columns]
            points = [[row.points[c] - there for there in row.points] for row in rows]
            fails = [[row.fails[c] - there for there in row.fails] for row in rows]
            self._differences[key] = (
                tuple(map(min, *points, points[0])),
                tuple(map(max, *fails, fails[0])),
            )
        return self._differences[key]


class FlowBox:
    """One workload in a box. ``open`` are the candidates that can be in play."""

    def __init__(
        self,
        bounds: FlowBounds,
        columns: Sequence[tuple[Column | None, ...]],
        conflicts: Sequence[int],
        teams: Teams,
        champions: dict[int, set[int]],
    ) -> None:
        self.bounds = bounds
        self.candidates = bounds.candidates
        self.columns = columns
        self.conflicts = conflicts
        self.always, self.sometimes, _costs = teams
        weights = [[0 if c is None else c.weight for c in own] for own in columns]
        self.weights = (sum(map(min, weights)), sum(map(max, weights)))
        ends = [bounds.ends(j, own) for j, own in enumerate(columns)]
        nothing = (0,) * len(self.candidates.parts)
        self.fails_least = [sum(each) for each in zip(*(e[0] for e in ends), nothing, strict=True)]
        fails_most = [sum(each) for each in zip(*(e[1] for e in ends), nothing, strict=True)]
        self.sure = {
            c
            for c in range(len(fails_most))
            if fails_most[c] + conflicts[c] == 0 and self._surely_in_play(c)
        }
        single_fits = any(c < self.candidates.singles for c in self.sure)
        self.open = [
            c
            for c, parts in enumerate(self.candidates.parts)
            if self.sometimes.issuperset(parts)
            and not (single_fits and c >= self.candidates.singles)
        ]
        self._against = {
            c: self._differences(c)
            for c in sorted(set().union(*champions.values()))
            if self._surely_in_play(c)
        }
        self._ratios: dict[tuple[int, int], Fraction] = {}
        self.champions = {
            systems: [c for c in sorted(own) if c in self._against]
            for systems, own in champions.items()
        }

    def systems(self, c: int) -> int:
        return self.candidates.systems[c]

    def _surely_in_play(self, c: int) -> bool:
        """Whether it is a candidate in every completion of the box.

        A pair is where no single design fits and each of the two has something of its own to do.
        """
        parts = self.candidates.parts[c]
        if not self.always.issuperset(parts):
            return False
        if len(parts) == 1:
            return True
        if any(self.fails_least[one] == 0 for one in self.sometimes):
            return False
        first, second = parts
        sides = self.bounds.flow.tables.sides
        leads = [
            [0 if one is None else one.values[first] - one.values[second] for one in own]
            for j, own in enumerate(self.columns)
            if sides[j] is not Side.WHOLE
        ]
        return any(min(one) > 0 for one in leads) and any(max(one) < 0 for one in leads)

    def _differences(self, c: int) -> dict[int, tuple[int, int]]:
        """Against each open candidate: the least lead in points, the most musts missed more."""
        found = [self.bounds.difference(j, own, c) for j, own in enumerate(self.columns)]
        points = [sum(each) for each in zip(*(one[0] for one in found), strict=True)]
        fails = [sum(each) for each in zip(*(one[1] for one in found), strict=True)]
        off = self.candidates.off
        return {
            y: (
                (points[y] if points else 0) + off[y] - off[c],
                (fails[y] if fails else 0) + self.conflicts[c],
            )
            for y in self.open
        }

    def leads(self, systems: int, *, exactly: bool = False) -> list[Lead | None]:
        """For each open candidate, by how much it is outdone within these systems at least.

        None: perhaps nothing within them violates as few musts. A candidate that is within them
        itself is as good as itself. ``exactly``: with the weights that go with each difference,
        which takes longer.
        """
        found: list[Lead | None] = []
        for y in self.open:
            best: Lead | None = None if self.systems(y) & ~systems else 0
            for c in self.champions[systems]:
                points, fails = self._against[c][y]
                if fails < 0:
                    best = inf
                elif fails == 0:
                    lead = self._ratio(c, y) if exactly else self._scaled(points)
                    best = lead if best is None else max(best, lead)
            found.append(best)
        return found

    def _scaled(self, points: int) -> Fraction | int:
        """Points as value times the denominator, at the weights where they are least."""
        if self.bounds.share == 1:
            return points
        weights = max(1, self.weights[1 if points >= 0 else 0])
        return self.bounds.share * Fraction(points, weights)

    def _ratio(self, c: int, y: int) -> Fraction:
        """The least lead in value times the denominator, each difference over its weights."""
        key = (c, y)
        if key not in self._ratios:
            fixed, choices = self._parts
            off = self.candidates.off
            self._ratios[key] = self.bounds.share * least_ratio(
                (
                    sum(row.points[c] - row.points[y] for row, _w in fixed) + off[y] - off[c],
                    sum(weight for _row, weight in fixed),
                ),
                [
                    [(row.points[c] - row.points[y], weight) for row, weight in parts]
                    for parts in choices
                ],
            )
        return self._ratios[key]

    @cached_property
    def _parts(self) -> tuple[list[tuple[Row, int]], list[list[tuple[Row, int]]]]:
        """The rows with their weights of what is fixed in the box, and of what is not."""
        every = [
            [(self.bounds.row(j, one), 0 if one is None else one.weight) for one in own]
            for j, own in enumerate(self.columns)
        ]
        fixed = [parts[0] for parts in every if len(parts) == 1 and parts[0][1]]
        return fixed, [parts for parts in every if len(parts) > 1]

    def named(self, systems: int) -> frozenset[int]:
        """The candidates that can be used within these systems."""
        inside = [y for y in self.open if not self.systems(y) & ~systems]
        rivals = self.champions[systems]
        return frozenset(y for y in inside if not any(self._outdoes(c, y) for c in rivals))

    def _outdoes(self, c: int, y: int) -> bool:
        """Whether one candidate is named before the other in every completion of the box."""
        points, fails = self._against[c][y]
        if c == y or fails > 0:
            return False
        if fails < 0 or points > 0:
            return True
        here, there = self.systems(c), self.systems(y)
        if points < 0 or here.bit_count() > there.bit_count():
            return False
        order = self.candidates.order
        return here.bit_count() < there.bit_count() or (here == there and order[c] < order[y])

    def misses(self, systems: int) -> bool | None:
        """Whether what is used within these systems violates a must: surely, surely not, None."""
        if any(not self.systems(c) & ~systems for c in self.sure):
            return False
        inside = [y for y in self.open if not self.systems(y) & ~systems]
        return True if all(self.fails_least[y] for y in inside) else None
