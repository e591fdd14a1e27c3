"""Why a rule fired, and what would have been needed for one that did not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from advisor.domain.predicate import All, Any, Atom, Literal, Not, Predicate, Value, holds
from advisor.domain.recommendation import Because

Reason = tuple[tuple[Atom, bool], ...]
"""Atoms, each with whether it stands under an odd number of "not"."""

REASONS_MAX = 256


def because(predicate: Predicate, answers: Mapping[str, Value]) -> tuple[Because, ...]:
    """The fewest comparisons that make the condition hold; ValueError if it does not hold."""
    if not holds(predicate, answers):
        raise ValueError("the condition does not hold")
    return _smallest(_reasons(predicate, answers, proving=True), answers)


def missing(predicate: Predicate, answers: Mapping[str, Value]) -> tuple[Because, ...]:
    """The fewest comparisons that must come out otherwise; ValueError if the condition holds."""
    if holds(predicate, answers):
        raise ValueError("the condition holds")
    return _smallest(_reasons(predicate, answers, proving=False), answers)


def _smallest(reasons: list[Reason], answers: Mapping[str, Value]) -> tuple[Because, ...]:
    return tuple(
        Because(atom.field, answers[atom.field], _test(atom, negated))
        for atom, negated in min(reasons, key=len)
    )


def _reasons(
    predicate: Predicate, answers: Mapping[str, Value], *, proving: bool, negated: bool = False
) -> list[Reason]:
    """Sets of atoms that together prove the outcome, or that together change it if they turn.

    Only parts that came out like the whole count. To prove that "all" holds takes every part, to
    turn it takes one; for "any", and where it does not hold, it is the other way round.
    """
    match predicate:
        case Atom():
            return [((predicate, negated),)]
        case Not(part):
            return _reasons(part, answers, proving=proving, negated=not negated)
        case All(parts) | Any(parts):
            outcome = holds(predicate, answers)
            each = [
                _reasons(part, answers, proving=proving, negated=negated)
                for part in parts
                if holds(part, answers) == outcome
            ]
            if (isinstance(predicate, All) == outcome) == proving:
                return _joined(each)
            return [reason for reasons in each for reason in reasons]


def _joined(each: list[list[Reason]]) -> list[Reason]:
    joined: list[Reason] = [()]
    for reasons in each:
        union = (tuple(dict.fromkeys(a + b)) for a, b in product(joined, reasons))
        joined = sorted(dict.fromkeys(union), key=len)[:REASONS_MAX]
    return joined


def _test(atom: Atom, negated: bool) -> str:
    text = f"{atom.operator} {_shown(atom.literal)}"
    return f"not {text}" if negated else text


def _shown(literal: Literal) -> str:
    if isinstance(literal, tuple):
        return f"[{', '.join(_shown(part) for part in literal)}]"
    if isinstance(literal, bool):
        return "true" if literal else "false"
    return str(literal)
