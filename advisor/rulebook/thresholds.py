"""Where the rules cut a need: the cells within which no rule tells two values apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any as Anything

from advisor.domain.cell import Cell
from advisor.domain.predicate import OPERATORS, Literal, Predicate, Value, atoms
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.rules import RuleBook
from advisor.domain.version import BrokerVersion
from advisor.rulebook.compile import rules_of

Comparison = tuple[str, Literal]
"""An operator and what it compares with."""

NO_FAMILY = "none"
NOTHING = "nothing of note"


def literals(book: RuleBook) -> Mapping[str, frozenset[Comparison]]:
    """For each field every comparison that some rule, option or cost makes of it."""
    found: dict[str, set[Comparison]] = {}
    for predicate in _predicates(book):
        for atom in atoms(predicate):
            found.setdefault(atom.field, set()).add((atom.operator, atom.literal))
    for option in book.options:
        if option.family == NO_FAMILY:
            continue
        # What runs and is known of a family is a cost; versions bound when an option exists.
        for field in ("already_runs", "knows"):
            found.setdefault(field, set()).add(("in", (option.family,)))
        versions = found.setdefault(f"{option.family}_version", set())
        for comparison, version in ((">=", option.since), ("<=", option.until)):
            if version is not None:
                versions.add((comparison, BrokerVersion.parse(version)))
    return {field: frozenset(comparisons) for field, comparisons in found.items()}


def _predicates(book: RuleBook) -> Iterator[Predicate]:
    for option in book.options:
        yield option.present
    for criterion in book.criteria:
        yield from rules_of(criterion).values()
    for implausible in book.conventions.implausible:
        yield implausible.when


def cells(
    need: NeedType,
    comparisons: frozenset[Comparison] = frozenset(),
    *,
    low: float | None = None,
    high: float | None = None,
    versions: Sequence[BrokerVersion] = (),
) -> tuple[Cell, ...]:
    """The cells of a need, or of the part of it from ``low`` to ``high``, both included.

    They cover it without overlap. Booleans have two, choices one each; numbers are cut at the
    literals and joined again where no comparison tells them apart; lists are represented by the
    subsets that some comparison tells apart; of ``versions`` each run that no rule tells apart.
    """
    match need.kind:
        case Kind.BOOLEAN:
            return (Cell(False, "false"), Cell(True, "true"))
        case Kind.CHOICE:
            return tuple(Cell(choice, choice) for choice in need.choices)
        case Kind.LIST:
            return _lists(comparisons)
        case Kind.VERSION:
            return _versions(need, comparisons, versions)
        case Kind.NUMBER:
            return _numbers(need, comparisons, low, high)


def _signature(value: Anything, comparisons: frozenset[Comparison]) -> frozenset[Comparison]:
    return frozenset(
        comparison for comparison in comparisons if OPERATORS[comparison[0]](value, comparison[1])
    )


def _members(literal: Literal) -> tuple[Anything, ...]:
    return literal if isinstance(literal, tuple) else (literal,)


def _lists(comparisons: frozenset[Comparison]) -> tuple[Cell, ...]:
    """Members that every comparison treats alike are represented by the first of them."""
    mentioned = sorted({member for _, literal in comparisons for member in _members(literal)})
    representatives: dict[frozenset[Comparison], str] = {}
    for member in mentioned:
        representatives.setdefault(_signature((member,), comparisons), member)
    found: dict[frozenset[Comparison], Cell] = {}
    members = list(representatives.values())
    for size in range(len(members) + 1):
        for subset in combinations(members, size):
            cell = Cell(subset, ", ".join(subset) or NOTHING)
            found.setdefault(_signature(subset, comparisons), cell)
    return tuple(found.values())


def _versions(
    need: NeedType, comparisons: frozenset[Comparison], versions: Sequence[BrokerVersion]
) -> tuple[Cell, ...]:
    """The newest version stands for a run of versions that no rule tells apart."""
    newest: Value = need.default
    known = sorted(versions) or ([newest] if isinstance(newest, BrokerVersion) else [])
    runs: list[list[BrokerVersion]] = []
    for version in known:
        same = runs and _signature(runs[-1][-1], comparisons) == _signature(version, comparisons)
        if same:
            runs[-1].append(version)
        else:
            runs.append([version])
    return tuple(
        Cell(run[-1], str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}") for run in runs
    )


@dataclass(frozen=True)
class _Piece:
    """Numbers from ``low`` to ``high``, the ends included unless open."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def sample(self, *, whole: bool) -> int | float:
        """A plain number inside, in the middle of the orders of magnitude."""
        low, high = self.low, self.high
        middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
        inside = float(f"{middle:.2g}")
        if whole:
            inside = min(max(round(inside), low), high)
        elif not self._has(inside):
            inside = middle if self._has(middle) else low if not self.low_open else high
        return int(inside) if float(inside).is_integer() else inside

    def _has(self, number: float) -> bool:
        above = self.low < number if self.low_open else self.low <= number
        below = number < self.high if self.high_open else number <= self.high
        return above and below

    def label(self, least: float, greatest: float) -> str:
        """In words of comparison; an end of the whole domain goes without saying."""
        if self.low == self.high:
            return _plain(self.low)
        above = f"{'>' if self.low_open else '>='} {_plain(self.low)}"
        below = f"{'<' if self.high_open else '<='} {_plain(self.high)}"
        said = [above] if self.low > least else []
        return " and ".join([*said, below] if self.high < greatest else said) or "any"


def _numbers(
    need: NeedType, comparisons: frozenset[Comparison], low: float | None, high: float | None
) -> tuple[Cell, ...]:
    least, greatest = _bound(need.least, low, max), _bound(need.greatest, high, min)
    joined: list[_Piece] = []
    seen: list[frozenset[Comparison]] = []
    for piece in _pieces(least, greatest, comparisons, whole=need.whole_numbers):
        signature = _signature(piece.sample(whole=need.whole_numbers), comparisons)
        if seen and seen[-1] == signature:
            joined[-1] = replace(joined[-1], high=piece.high, high_open=piece.high_open)
        else:
            joined.append(piece)
            seen.append(signature)
    return tuple(
        Cell(
            piece.sample(whole=need.whole_numbers),
            piece.label(least, greatest),
            piece.low,
            piece.high,
            piece.low_open,
            piece.high_open,
        )
        for piece in joined
    )


def _bound(
    declared: float | None, asked: float | None, narrower: Callable[[float, float], float]
) -> float:
    if declared is None:
        raise ValueError("a need that is a number declares its least and greatest value")
    return declared if asked is None else narrower(declared, asked)


def _pieces(
    least: float, greatest: float, comparisons: frozenset[Comparison], *, whole: bool
) -> Iterator[_Piece]:
    """In order: single points at the literals, and what lies between them."""
    found = {float(part) for _, literal in comparisons for part in _members(literal)}
    inside = {point for point in found if least < point < greatest}
    points = sorted({float(least), float(greatest)} | inside)
    for before, point in zip([None, *points], points, strict=False):
        if before is not None:
            between = _between(before, point, whole=whole)
            if between is not None:
                yield between
        if not whole or point.is_integer():
            yield _Piece(point, point)


def _between(low: float, high: float, *, whole: bool) -> _Piece | None:
    if not whole:
        return _Piece(low, high, low_open=True, high_open=True)
    first, last = float(math.floor(low) + 1), float(math.ceil(high) - 1)
    return _Piece(first, last) if first <= last else None


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def point(value: Value) -> Cell:
    """The cell of one value that is known."""
    if isinstance(value, bool):
        return Cell(value, "true" if value else "false")
    if isinstance(value, (int, float)):
        return Cell(value, _plain(value), value, value)
    if isinstance(value, tuple):
        return Cell(value, ", ".join(value) or NOTHING)
    return Cell(value, str(value))
