"""Conditions of rules in words."""

from __future__ import annotations

from advisor.domain.predicate import All, Any, Atom, Literal, Not, Predicate


def condition_text(predicate: Predicate) -> str:
    """``messages_per_second > 500 and not (replay == none)``; ``always`` where nothing is asked."""
    if predicate == All():
        return "always"
    return _text(predicate)


def _text(predicate: Predicate) -> str:
    match predicate:
        case Atom(field, operator, literal):
            return f"{field} {operator} {_literal(literal)}"
        case All(parts):
            return " and ".join(_part(part) for part in parts) or "always"
        case Any(parts):
            return " or ".join(_part(part) for part in parts) or "never"
        case Not(part):
            return f"not ({_text(part)})"


def _part(predicate: Predicate) -> str:
    several = isinstance(predicate, All | Any) and len(predicate.parts) != 1
    return f"({_text(predicate)})" if several else _text(predicate)


def _literal(literal: Literal) -> str:
    match literal:
        case bool():
            return "true" if literal else "false"
        case float():
            return f"{literal:.12g}"
        case tuple():
            return "[" + ", ".join(_literal(member) for member in literal) + "]"
        case _:
            return str(literal)
