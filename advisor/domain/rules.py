"""The rule book as values: what an option is, when a need matters, what is claimed and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction

from advisor.domain.predicate import ALWAYS, Predicate, Value
from advisor.domain.problem import Position


class Level(IntEnum):
    """How much a criterion is needed."""

    NO = 0
    NICE = 1
    SHOULD = 2
    MUST = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Side(Enum):
    """Which half of a pair of designs may answer a need; the whole flow needs both halves."""

    QUEUE = "queue"
    LOG = "log"
    WHOLE = "whole"


class Trust(Enum):
    """How well a claim is founded, weakest first; the trust factor of each is a convention."""

    REFUTED = "refuted"
    ARTICLE = "article"
    DOCUMENTED = "documented"
    CALCULATED = "calculated"
    MODEL = "model"
    BROKER = "broker"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: ``kind`` is article, documentation, measurement or project."""

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Option:
    """One design. ``since`` and ``until`` are the broker versions between which it exists."""

    id: str
    title: str
    family: str
    summary: str
    simplicity: int
    present: Predicate = ALWAYS
    since: str | None = None
    until: str | None = None
    sources: tuple[Source, ...] = ()
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A row of a need table: where ``when`` holds, the criterion is needed at ``level``."""

    id: str
    when: Predicate
    level: Level
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of an option on a criterion, and the checks that can refute it.

    ``strength`` is 1 (native), 1/2 (with a configuration or plugin), -1/2 (only by a workaround)
    or -1 (missing). ``variant`` names that configuration or workaround, and is None for 1 and -1.
    ``checks`` is empty where it cannot be run; ``not_run_because`` then says why.
    """

    id: str
    option: str
    when: Predicate
    strength: Fraction
    says: str
    source: Source
    variant: str | None = None
    checks: tuple[str, ...] = ()
    not_run_because: str = ""
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Conflict:
    """This option cannot meet all of these criteria together, where ``when`` holds."""

    id: str
    option: str
    criteria: frozenset[str]
    when: Predicate
    says: str
    source: Source
    checks: tuple[str, ...] = ()
    not_run_because: str = ""
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Example:
    """Answers beside the defaults, and the level that they must give: run by the rule tests."""

    answers: Mapping[str, Value]
    level: Level
    fires: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One matter on which options differ. ``unsaid_rank`` orders what teams leave unsaid."""

    id: str
    title: str
    question: str
    why: str
    side: Side
    sources: tuple[Source, ...]
    needs: tuple[NeedRow, ...]
    claims: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...] = ()
    examples: tuple[Example, ...] = ()
    unsaid_rank: int | None = None
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Costs:
    """What running a system costs, in weight points (conventions, part of the sensitivity)."""

    rabbitmq: Fraction
    kafka: Fraction
    kafka_with_zookeeper: Fraction
    low_operations_factor: Fraction
    high_operations_factor: Fraction
    known_factor: Fraction
    second_system: Fraction
    pair_in_one_system: Fraction
    bridge: Fraction


@dataclass(frozen=True, slots=True)
class Implausible:
    """Where ``when`` holds, a team that is silent about ``needs`` does not have them.

    Without it an assumption is varied to whatever teams leave unsaid elsewhere.
    """

    id: str
    when: Predicate
    needs: tuple[str, ...]
    why: str
    position: Position = Position("")


@dataclass(frozen=True, slots=True)
class Asking:
    """How likely an answer leaves its default, where the gain of a question is estimated."""

    leaves_default: Fraction
    why: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """Constants chosen, not measured: shown in every report, never defended as facts."""

    weight: Mapping[Level, int]
    trust: Mapping[Trust, Fraction]
    must_penalty: int
    costs: Costs
    implausible: tuple[Implausible, ...] = ()
    asking: Asking = Asking(Fraction(1, 2), "nothing is said of it")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All that is believed, with the digest of the files that it was read from."""

    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...]
    conventions: Conventions
    digest: str
