"""The closed condition form of the rules: a field, a comparison, a literal; all, any, not.

In YAML: ``[messages_per_second, ">", 500]``, ``{all: [...]}``, ``{any: [...]}``,
``{not: ...}``. No functions, no patterns, nothing that is evaluated. On a field that holds a
list, ``in`` asks whether the list shares a member with the literal list. Fields that hold a
broker's version compare with versions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from advisor.domain.version import BrokerVersion

Scalar = bool | int | float | str | BrokerVersion
Value = Scalar | tuple[str, ...]
Literal = Scalar | tuple[Scalar, ...]


def _within(value: Anything, literal: Anything) -> bool:
    if isinstance(value, tuple):
        return any(member in literal for member in value)
    return value in literal


OPERATORS: Mapping[str, Callable[[Anything, Anything], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": _within,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison of a declared field with a literal."""

    field: str
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts it always holds."""

    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate


Predicate = Atom | All | Any | Not
ALWAYS = All()


def atoms(predicate: Predicate) -> Iterator[Atom]:
    """Every comparison in it, left to right."""
    match predicate:
        case Atom():
            yield predicate
        case All(parts) | Any(parts):
            for part in parts:
                yield from atoms(part)
        case Not(part):
            yield from atoms(part)


def fields(predicate: Predicate) -> frozenset[str]:
    """The names of the fields that it reads."""
    return frozenset(atom.field for atom in atoms(predicate))


def holds(predicate: Predicate, answers: Mapping[str, Anything]) -> bool:
    """The plain reading, one node after the other; the compiled rule book must agree with it."""
    match predicate:
        case Atom(field, comparison, literal):
            return OPERATORS[comparison](answers[field], literal)
        case All(parts):
            return all(holds(part, answers) for part in parts)
        case Any(parts):
            return any(holds(part, answers) for part in parts)
        case Not(part):
            return not holds(part, answers)
