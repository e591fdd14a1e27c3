"""Bounds for one workload in a box of answers, pairs of designs included.

Every candidate, a design or a pair of them, is a sum over criteria: of points, and of musts that
it fails. Two candidates are compared by the least that their difference can be, criterion by
criterion; a conflict that may stand counts against the one that is to win. So what is said to be
settled is, while a bound may be too wide to say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import prod

from advisor.decision.score import Candidate
from advisor.decision.systems import UNDETERMINED
from advisor.decision.table import Column
from advisor.domain.rules import Level, Side
from advisor.questionnaire.possible import Cells, Flow, World

READ_LIMIT = 512


@dataclass(frozen=True, slots=True)
class Row:
    """A column as the candidates have it: whether each fails a must, and its points."""

    fails: tuple[int, ...]
    points: tuple[int, ...]


class Bounds:
    """All that is settled by bounds in boxes of this world, which has one workload."""

    def __init__(self, world: World) -> None:
        self.world = world
        (self.flow,) = world.flows
        self.tables = self.flow.tables
        self.bits = world.engine.chooser.system_bits()
        places = range(len(self.tables.options))
        self.single = tuple((one,) for one in places)
        self.parts: tuple[tuple[int, ...], ...] = (*self.single, *combinations(places, 2))
        self.systems = tuple(self._systems(one) for one in self.parts)
        chooser = world.engine.chooser
        self.words = tuple(chooser.words(one, divided=True)[0] for one in self.systems)
        plain = [
            Candidate(one, own, 0, 0) for one, own in zip(self.parts, self.systems, strict=True)
        ]
        self.plainness = tuple(map(chooser.plainness, plain))
        self.names = tuple(map(chooser.name, plain))
        self._rows: dict[tuple[int, Column | None], Row] = {}

    def _systems(self, parts: tuple[int, ...]) -> int:
        systems = 0
        for one in parts:
            systems |= self.bits[one]
        return systems

    @cached_property
    def _pair_points(self) -> tuple[Fraction | int, ...]:
        """What is taken off a pair inside one system."""
        cost = self.world.problem.conventions.costs.pair_in_one_system * self.tables.denominator
        return tuple(
            int(cost) if len(parts) > 1 and own.bit_count() <= 1 else 0
            for parts, own in zip(self.parts, self.systems, strict=True)
        )

    def settled(self, box: Cells, verdict: str, option: str | None, *, design: bool) -> bool:
        """Whether the box has no other verdict than this; nor, with ``design``, another option."""
        if verdict == UNDETERMINED:
            return False
        found = _Box(self, box)
        return found.readable and found.settled(verdict, option if design else None)

    def row(self, j: int, column: Column | None) -> Row:
        key = (j, column)
        known = self._rows.get(key)
        if known is None:
            known = self._rows[key] = self._row(j, column)
        return known

    def _row(self, j: int, column: Column | None) -> Row:
        if column is None:
            nothing = (0,) * len(self.parts)
            return Row(nothing, nothing)
        merged = min if self.tables.sides[j] is Side.WHOLE else max
        values = [merged(column.values[one] for one in parts) for parts in self.parts]
        must = column.level is Level.MUST
        return Row(
            tuple(int(must and value <= 0) for value in values),
            tuple(column.weight * value for value in values),
        )


class _Box:
    """One box: the columns that each criterion can have in it, the teams, the conflicts."""

    def __init__(self, bounds: Bounds, box: Cells) -> None:
        self.bounds = bounds
        self.world = bounds.world
        self.box = self.world.tightened(box)
        self.readable = True
        flow = bounds.flow
        self.columns: list[list[Column | None]] = [[column] for column in flow.columns]
        for j, reads, _known in flow.moving:
            self.columns[j] = list(self._columns(flow, j, reads))
        self.rows = [
            [bounds.row(j, column) for column in own] for j, own in enumerate(self.columns)
        ]
        count = len(bounds.parts)
        self.fails_least = [0] * count
        self.fails_most = [0] * count
        for rows in self.rows:
            for c in range(count):
                fails = [row.fails[c] for row in rows]
                self.fails_least[c] += min(fails)
                self.fails_most[c] += max(fails)

    def _columns(self, flow: Flow, j: int, reads: Sequence[int]) -> Iterator[Column | None]:
        found: dict[int, Column | None] = {}
        if prod(len(self.box[i]) for i in reads) > READ_LIMIT:
            self.readable = False
            return
        for places in product(*(self.box[i] for i in reads)):
            column = flow.column_at(j, reads, places, self.world.variables)
            found[id(column)] = column
        yield from found.values()

    @cached_property
    def conflicts(self) -> list[int]:
        """How many conflicts may stand against each candidate."""
        flow = self.bounds.flow
        each = [0] * len(self.bounds.tables.options)
        for k, reads, _known in flow.conflicts:
            every = [self.box[i] for i in reads]
            if prod(map(len, every)) > READ_LIMIT or any(
                flow.conflict_at(k, reads, places, self.world.variables)
                for places in product(*every)
            ):
                each[self.bounds.tables.place_of(self.bounds.tables.conflicts[k].option)] += 1
        return [sum(each[one] for one in parts) for parts in self.bounds.parts]

    def settled(self, verdict: str, option: str | None) -> bool:
        bounds = self.bounds
        always, sometimes, costs = self.world.teams_of(self.box)
        singles = range(len(bounds.single))
        own = [
            c
            for c, parts in enumerate(bounds.parts)
            if bounds.words[c] == verdict
            and option in (None, bounds.names[c])
            and all(one in always for one in parts)
            and (len(parts) == 1 or self._in_play(parts, sometimes))
        ]
        sure = [c for c in own if self.fails_most[c] + self.conflicts[c] == 0]
        if not sure:
            return False
        alone = [c for c in sure if c in singles]
        rivals = [
            c
            for c, parts in enumerate(bounds.parts)
            if (c in singles) == bool(alone)
            and all(one in sometimes for one in parts)
            and (bounds.words[c] != verdict or option not in (None, bounds.names[c]))
        ]
        champions = alone or sure
        return all(any(self._beats(c, y, costs) for c in champions) for y in rivals)

    def _in_play(self, pair: tuple[int, ...], sometimes: frozenset[int]) -> bool:
        """Whether the pair is surely a candidate: no single design fits, each part has its own."""
        if any(self.fails_least[one] == 0 for one in sometimes):
            return False
        first, second = pair
        leads = [
            [
                0 if column is None else column.values[first] - column.values[second]
                for column in own
            ]
            for j, own in enumerate(self.columns)
            if self.bounds.tables.sides[j] is not Side.WHOLE
        ]
        return any(min(one) > 0 for one in leads) and any(max(one) < 0 for one in leads)

    def _beats(self, c: int, y: int, costs: Sequence[tuple[Fraction, ...]]) -> bool:
        bounds = self.bounds
        fails = sum(min(row.fails[y] - row.fails[c] for row in rows) for rows in self.rows)
        if fails > 0:
            return True
        lead: Fraction | int = sum(
            min(row.points[c] - row.points[y] for row in rows) for rows in self.rows
        )
        lead += bounds._pair_points[y] - bounds._pair_points[c]
        here, there = bounds.systems[c], bounds.systems[y]
        saved = min(cost[there] - cost[here] for cost in costs)
        lead += saved * bounds.tables.denominator
        if lead > 0:
            return True
        return lead == 0 and here == there and bounds.plainness[c] < bounds.plainness[y]
