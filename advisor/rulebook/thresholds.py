"""Where the rules cut a need: the cells within which no rule tells two values apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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
            cell = Cell(subset, ", ".join(subset) or "nothing of note")
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


def _numbers(
    need: NeedType, comparisons: frozenset[Comparison], low: float | None, high: float | None
) -> tuple[Cell, ...]:
    least = max(_or(need.least, -math.inf), _or(low, -math.inf))
    greatest = min(_or(need.greatest, math.inf), _or(high, math.inf))
    step = _whole_step if need.whole_numbers else math.nextafter
    pieces: list[tuple[float, float]] = []
    for first, last in _pieces(least, greatest, comparisons, step):
        before = pieces[-1] if pieces else None
        if before and _signature(before[0], comparisons) == _signature(first, comparisons):
            pieces[-1] = (before[0], last)
        else:
            pieces.append((first, last))
    return tuple(_number_cell(need, first, last, least, greatest) for first, last in pieces)


def _or(number: float | None, instead: float) -> float:
    return instead if number is None else number


def _whole_step(number: float, towards: float) -> float:
    if towards > number:
        return math.floor(number) + 1
    return math.ceil(number) - 1


def _pieces(
    least: float, greatest: float, comparisons: frozenset[Comparison], step: Anything
) -> Iterator[tuple[float, float]]:
    """Closed pieces, in order: single points at the literals and what lies between them."""
    points = sorted(
        {
            float(member)
            for _, literal in comparisons
            for member in _members(literal)
            if least <= member <= greatest
        }
    )
    start = least
    for point in points:
        if start < point and start <= (last := step(point, -math.inf)):
            yield start, last
        if not (step is _whole_step and not point.is_integer()):
            yield point, point
        start = step(point, math.inf)
    if start <= greatest:
        yield start, greatest


def _number_cell(need: NeedType, low: float, high: float, least: float, greatest: float) -> Cell:
    sample = _sample(low, high, whole=need.whole_numbers)
    return Cell(sample, _label(low, high, least, greatest, need.whole_numbers), low, high)


def _sample(low: float, high: float, *, whole: bool) -> int | float:
    """A plain number inside, in the middle of the orders of magnitude."""
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    if math.isinf(middle):
        middle = low if math.isfinite(low) else high
    rounded = float(f"{middle:.2g}")
    inside = rounded if low <= rounded <= high else middle
    if whole:
        inside = min(max(round(inside), math.ceil(low)), math.floor(high))
    elif not low <= inside <= high:
        inside = low
    return int(inside) if float(inside).is_integer() else inside


def _label(low: float, high: float, least: float, greatest: float, whole: bool) -> str:
    if low == high:
        return _plain(low)
    if low == least and high == greatest:
        return "any"
    if low == least:
        return _below(high, whole)
    return (
        _above(low, whole)
        if high == greatest
        else f"{_above(low, whole)} and {_below(high, whole)}"
    )


def _below(high: float, whole: bool) -> str:
    edge = math.nextafter(high, math.inf)
    return f"< {_plain(edge)}" if not whole and _is_plainer(edge, high) else f"<= {_plain(high)}"


def _above(low: float, whole: bool) -> str:
    edge = math.nextafter(low, -math.inf)
    return f"> {_plain(edge)}" if not whole and _is_plainer(edge, low) else f">= {_plain(low)}"


def _is_plainer(one: float, other: float) -> bool:
    return len(repr(one)) < len(repr(other))


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))
