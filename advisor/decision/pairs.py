"""Pairs of designs, for a workload that no single design can serve."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

from advisor.decision.score import Candidate, Opposed, fewest
from advisor.decision.table import Column, Conflicts, Tables
from advisor.domain.rules import Level, Side


class Split(NamedTuple):
    """One needed criterion of a pair: its value, and by how much the first design leads."""

    name: str
    whole: bool
    column: Column
    value: int
    lead: int


def pairs(
    tables: Tables,
    columns: Sequence[Column | None],
    places: Sequence[int],
    conflicts: Conflicts,
    systems: Sequence[int],
    cost: Fraction,
) -> tuple[Candidate, ...]:
    """Every pair of available designs in which each has something of its own to do.

    A need of one message class or reader goes to the design that meets it better; a need of the
    whole flow takes the worse of the two. A pair that adds no second system costs ``cost`` weight
    points.
    """
    points = cost * tables.denominator
    found = []
    needed = [
        (side is Side.WHOLE, column.level is Level.MUST, column.weight, column.values)
        for side, column in zip(tables.sides, columns, strict=True)
        if column is not None
    ]
    for first, second in combinations(places, 2):
        total = failing = 0
        ahead = behind = False
        for whole, must, weight, values in needed:
            here, there = values[first], values[second]
            if whole:
                value = min(here, there)
            else:
                value = max(here, there)
                ahead = ahead or here > there
                behind = behind or here < there
            total += weight * value
            failing += must and value <= 0
        if not (ahead and behind):
            continue
        if first in conflicts or second in conflicts:
            split = split_between(first, second, tables, columns)
            failing = min(fewest(way) for way in pair_families(first, second, split, conflicts))
        systems_of_both = systems[first] | systems[second]
        off = int(points) if systems_of_both.bit_count() <= 1 else 0
        found.append(Candidate((first, second), systems_of_both, failing, total - off))
    return tuple(found)


def split_between(
    first: int, second: int, tables: Tables, columns: Sequence[Column | None]
) -> list[Split]:
    """Every needed criterion with the value that the pair gives it."""
    return [
        Split(
            name,
            side is Side.WHOLE,
            column,
            (min if side is Side.WHOLE else max)(column.values[first], column.values[second]),
            column.values[first] - column.values[second],
        )
        for name, side, column in zip(tables.ids, tables.sides, columns, strict=True)
        if column is not None
    ]


def pair_families(
    first: int, second: int, split: Sequence[Split], conflicts: Conflicts
) -> list[list[Opposed]]:
    """What stands against a pair, once for each way to hand out what both meet equally well.

    A conflict of one design stands only where that design carries all of its criteria.
    """
    failing = [
        Opposed(frozenset({one.name}), None)
        for one in split
        if one.column.level is Level.MUST and one.value <= 0
    ]
    musts = {one.name for one in split if one.column.level is Level.MUST}
    standing = [
        (partner, rule)
        for partner in (first, second)
        for rule in conflicts.get(partner, ())
        if rule.criteria <= musts
    ]
    concerned = frozenset().union(*(rule.criteria for _partner, rule in standing))
    carriers = {one.name: _carriers(first, second, one) for one in split if one.name in concerned}
    ways = []
    for handed in product(*carriers.values()):
        by_name = dict(zip(carriers, handed, strict=True))
        together = [
            Opposed(rule.criteria, rule.id)
            for partner, rule in standing
            if all(partner in by_name[name] for name in rule.criteria)
        ]
        ways.append(failing + together)
    return ways


def _carriers(first: int, second: int, one: Split) -> tuple[frozenset[int], ...]:
    if one.whole:
        return (frozenset({first, second}),)
    if one.lead > 0:
        return (frozenset({first}),)
    if one.lead < 0:
        return (frozenset({second}),)
    return (frozenset({first}), frozenset({second}))
