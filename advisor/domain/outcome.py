"""What became of one step: a value, never an exception. Not knowing is an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """It happened; ``value`` is what it gave."""

    value: Result


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker or its client library said no, with its own code and words."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came in time: it may or may not have happened."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """The model does not cover this; ``gap`` is a member of its ``unmodelled`` enumeration."""

    gap: str
    text: str = ""


Trouble = Refused | Unknown | Unmodelled
Outcome = Done[Result] | Trouble
