"""Held, not held, or undecided: read from an observation, never from what was expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from advisor.checks.check import Check
from advisor.checks.measures import Measured, measured
from advisor.checks.observation import Observation
from advisor.domain.outcome import Refused, Unknown, Unmodelled
from advisor.domain.predicate import All, Any, Atom, Not, Predicate, holds


@dataclass(frozen=True, slots=True)
class Held:
    """The property held; ``parts`` of the team's own code had to work for it."""

    parts: tuple[str, ...] = ()
    measured: Measured = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotHeld:
    """It did not; ``because`` names the measures, or the broker's refusal."""

    because: str
    measured: Measured = field(default_factory=dict)
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing can be said: an answer never came, or the model does not cover it."""

    reason: str
    kind: Literal["unknown", "unmodelled"]


Result = Held | NotHeld | Undecided


def judge(check: Check, observation: Observation) -> Result:
    """A gap of the model decides nothing, whoever tolerates what; then the first hard trouble."""
    for failure in observation.failures:
        if isinstance(failure.trouble, Unmodelled):
            gap = failure.trouble
            return Undecided(f"{gap.gap}: {gap.text}" if gap.text else gap.gap, "unmodelled")
    for failure in observation.failures:
        if failure.tolerated:
            continue
        if isinstance(failure.trouble, Unknown):
            return Undecided(f"{failure.call}: {failure.trouble.reason}", "unknown")
        if isinstance(failure.trouble, Refused):
            refusal = f"{failure.trouble.code} {failure.trouble.text}".strip()
            return NotHeld(f"{failure.call} refused: {refusal}", parts=observation.parts)
    values = measured(check, observation)
    if holds(check.held_when, values):
        return Held(observation.parts, values)
    return NotHeld(_shown(check.held_when, values), values, observation.parts)


def _shown(predicate: Predicate, values: Measured) -> str:
    """The comparisons that failed, with what was measured."""
    match predicate:
        case Atom(name, comparison, literal):
            return f"{name} is {_text(values[name])}, not {comparison} {_text(literal)}"
        case All(parts):
            return "; ".join(_shown(part, values) for part in parts if not holds(part, values))
        case Any(parts):
            return " and ".join(_shown(part, values) for part in parts)
        case Not(Atom(name, comparison, literal)):
            return f"{name} is {_text(values[name])}, that is {comparison} {_text(literal)}"
        case Not(part):
            return f"one of {_text(tuple(sorted(set(_names(part)))))} is as it must not be"


def _names(predicate: Predicate) -> tuple[str, ...]:
    match predicate:
        case Atom(name, _, _):
            return (name,)
        case All(parts) | Any(parts):
            return tuple(name for part in parts for name in _names(part))
        case Not(part):
            return _names(part)


def _text(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)
