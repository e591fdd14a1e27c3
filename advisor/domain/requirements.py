"""What a team wrote: its needs for each workload, each stated, assumed or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from advisor.domain.predicate import Value
from advisor.domain.problem import Position
from advisor.domain.rules import Level


class Kind(Enum):
    """What the values of a need are."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class NeedType:
    """A need of the vocabulary, as schemas/requirements.schema.json declares it.

    ``least`` and ``greatest`` bound numbers (both included); ``choices`` are the values of a
    choice, or the known members of a list. ``default_from`` names the need whose value is the
    default. ``unsaid`` lists what a team may leave unsaid although it is so. ``not_needed`` holds
    the values that ask for nothing, on which a level is an error.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str
    default: Value
    default_from: str | None = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    greatest: float | None = None
    whole_numbers: bool = False
    unsaid: tuple[Value, ...] = ()
    not_needed: tuple[Value, ...] = ()
    of_team: bool = False


class Standing(Enum):
    """Who answers for a value: the file, the default of the vocabulary, or nobody."""

    STATED = "stated"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One need of one workload.

    Exactly one of: ``value`` (stated or assumed), ``low``..``high`` (a range, both ends included:
    one value, nobody knows which; assumed where the default follows a need that is a range), or
    neither (unknown: every value stays possible).
    """

    need: str
    standing: Standing
    value: Value | None = None
    low: float | None = None
    high: float | None = None
    level: Level | None = None
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Workload:
    """One flow of messages. ``answers`` has an entry for every need that is not the team's."""

    name: str
    weight: int
    feeds: tuple[str, ...]
    answers: Mapping[str, Answer]
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Requirements:
    """A whole file: ``team`` has an entry for every need of the team, broker versions included."""

    system: str
    team: Mapping[str, Answer]
    workloads: tuple[Workload, ...]
    digest: str
    file: str = ""
    notes: tuple[str, ...] = field(default=())
