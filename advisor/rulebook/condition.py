"""Conditions of the rules, typed against the needs that they read.

Only what is declared gets through: a known field, an operator that makes sense for its kind, a
literal of its type and, for choices and lists, among its values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from advisor.documents import quoted
from advisor.domain.predicate import (
    ALWAYS,
    OPERATORS,
    All,
    Any,
    Atom,
    Literal,
    Not,
    Predicate,
    Scalar,
)
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.rulebook.record import Faults, Path

DEPTH_MAX = 20
_ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: ("==", "!="),
    Kind.NUMBER: ("==", "!=", "<", "<=", ">", ">=", "in"),
    Kind.CHOICE: ("==", "!=", "in"),
    Kind.LIST: ("in",),
    Kind.VERSION: ("==", "!=", "<", "<=", ">", ">=", "in"),
}
_FORM = "[field, operator, literal], {all: [...]}, {any: [...]} or {not: ...}"


def read_condition(
    faults: Faults, path: Path, data: object, needs: Mapping[str, NeedType], depth: int = 0
) -> Predicate:
    """The condition at ``path``; with problems found it is one that always holds."""
    if depth > DEPTH_MAX:
        faults.add(path, f"conditions may be nested {DEPTH_MAX} deep at most")
        return ALWAYS
    if isinstance(data, list):
        return _atom(faults, path, data, needs)
    if isinstance(data, dict) and len(data) == 1:
        ((word, inner),) = data.items()
        if word == "not":
            return Not(read_condition(faults, (*path, word), inner, needs, depth + 1))
        if word in ("all", "any"):
            parts = _several(faults, (*path, word), inner, needs, depth + 1)
            return All(parts) if word == "all" else Any(parts)
    faults.add(path, "is no condition", f"expected {_FORM}")
    return ALWAYS


def _several(
    faults: Faults, path: Path, data: object, needs: Mapping[str, NeedType], depth: int
) -> tuple[Predicate, ...]:
    if not isinstance(data, list) or not data:
        faults.add(path, f"{quoted(str(path[-1]))} needs a list with at least one condition")
        return ()
    return tuple(
        read_condition(faults, (*path, index), part, needs, depth)
        for index, part in enumerate(data)
    )


def _atom(
    faults: Faults, path: Path, data: list[object], needs: Mapping[str, NeedType]
) -> Predicate:
    if len(data) != 3:
        faults.add(path, "is no condition", f"expected {_FORM}")
        return ALWAYS
    field, comparison, literal = data
    need = needs.get(field) if isinstance(field, str) else None
    if need is None:
        faults.add_unknown((*path, 0), "field", field, needs)
        return ALWAYS
    if not isinstance(comparison, str) or comparison not in OPERATORS:
        faults.add_unknown((*path, 1), "operator", comparison, OPERATORS)
        return ALWAYS
    allowed = _ALLOWED[need.kind]
    if comparison not in allowed:
        message = f"{quoted(comparison)} does not go with {need.name}, a {need.kind.value}"
        faults.add((*path, 1), message, "one of " + ", ".join(allowed))
        return ALWAYS
    found = _literal(faults, (*path, 2), literal, need, listed=comparison == "in")
    return ALWAYS if found is None else Atom(need.name, comparison, found)


def _literal(
    faults: Faults, path: Path, data: object, need: NeedType, *, listed: bool
) -> Literal | None:
    if not listed:
        return _scalar(faults, path, data, need)
    if not isinstance(data, list) or not data:
        faults.add(path, '"in" needs a list with at least one value')
        return None
    found = [_scalar(faults, (*path, index), item, need) for index, item in enumerate(data)]
    known = [value for value in found if value is not None]
    if len(set(known)) < len(known):
        faults.add(path, "names a value twice")
    return tuple(known) if len(known) == len(data) else None


def _scalar(faults: Faults, path: Path, data: object, need: NeedType) -> Scalar | None:
    match need.kind:
        case Kind.BOOLEAN if type(data) is bool:
            return data
        case Kind.NUMBER if type(data) in (int, float) and math.isfinite(_number(data)):
            return _bounded(faults, path, _number(data), need)
        case Kind.CHOICE | Kind.LIST if isinstance(data, str):
            if data in need.choices:
                return data
            faults.add_unknown(path, f"value of {need.name}:", data, need.choices)
            return None
        case Kind.VERSION if isinstance(data, str):
            return _version(faults, path, data)
        case _:
            hint = 'in quotes, such as "4.3"' if need.kind is Kind.VERSION else ""
            kind = "true or false" if need.kind is Kind.BOOLEAN else f"a {_named(need.kind)}"
            faults.add(path, f"{need.name} is compared with {kind}", hint)
            return None


def _named(kind: Kind) -> str:
    return {Kind.CHOICE: "word", Kind.LIST: "word"}.get(kind, kind.value)


def _number(data: object) -> int | float:
    return data if isinstance(data, (int, float)) else math.nan


def _bounded(faults: Faults, path: Path, number: int | float, need: NeedType) -> int | float | None:
    low = -math.inf if need.least is None else need.least
    high = math.inf if need.greatest is None else need.greatest
    if low <= number <= high:
        return number
    faults.add(path, f"{need.name} is never {number}", f"it goes from {low:g} to {high:g}")
    return None


def _version(faults: Faults, path: Path, text: str) -> BrokerVersion | None:
    try:
        return BrokerVersion.parse(text)
    except ValueError:
        faults.add(path, f"{quoted(text)} is no version", 'such as "4.3"')
        return None
