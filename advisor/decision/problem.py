"""What the decision is made from: frozen values and callables over cells, no rule and no file.

The caller turns rules, answers and evidence into these. Every question has a tuple of *possible*
cells: one where the answer is known (stated or assumed), several where it is a range or unknown.
Callables are pure; ``at``, ``holds``, ``available`` and ``cost`` see exactly the questions named
in the ``reads`` beside them (team and workload questions in one mapping), and are called once for
each combination of cells, so they need no memory of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from advisor.domain.cell import Cell
from advisor.domain.evidence import Founded
from advisor.domain.requirements import Standing
from advisor.domain.rules import Conventions, Costs, Level, Side

Cells = Mapping[str, Cell]

NO_SYSTEM = "none"
"""The family of the options that need no broker: they belong to no system and cost nothing."""


def always(_cells: Cells) -> bool:
    """Holds whatever the answers."""
    return True


def never(_cells: Cells) -> bool:
    """Holds for no answers."""
    return False


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """One design. ``available`` reads team questions alone (what runs, broker versions)."""

    id: str
    family: str
    simplicity: int = 1
    available: Callable[[Cells], bool] = always
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A criterion for one combination of answers.

    ``row`` is the need row that gave the level (None: no row fired, level no). ``founded`` has the
    claims that apply, by option; an option without an entry has the value 0. At level no the
    claims may be left out.
    """

    level: Level
    row: str | None
    founded: Mapping[str, tuple[Founded, ...]]


class CriterionTable(Protocol):
    """A criterion as a table over the cells of the questions that it reads."""

    @property
    def id(self) -> str: ...

    @property
    def side(self) -> Side: ...

    @property
    def reads(self) -> tuple[str, ...]:
        """Every question that its need rows, its claims or their evidence depend on."""

    def at(self, cells: Cells) -> Matter: ...


@dataclass(frozen=True, slots=True)
class ConflictRule:
    """``option`` cannot meet all of ``criteria`` together; refuted conflicts are not handed in.

    ``executed``: whether a check was run that agrees with it.
    """

    id: str
    option: str
    criteria: frozenset[str]
    holds: Callable[[Cells], bool] = always
    reads: tuple[str, ...] = ()
    executed: Callable[[Cells], bool] = never


@dataclass(frozen=True, slots=True)
class Derived:
    """A question whose possible cells follow from those of its parents, such as a product of two.

    ``cells_at`` gets one cell for each parent (a point has ``low == high``) and returns every cell
    that is possible beside them, in a fixed order; none where the parents exclude each other.
    Parents may be derived themselves, if they stand earlier in the list.
    """

    question: str
    parents: tuple[str, ...]
    cells_at: Callable[[Cells], tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of the team's, or of one workload's, questions.

    ``cells``: the possible cells of each question that is not derived, at least one.
    ``standing``: who answers for them (UNKNOWN also for a stated range with several cells).
    ``unsaid``: for an assumed question, the cells (points) that a team may leave unsaid.
    ``alternatives``: for a stated question, the cells of its domain that the answer does not lie
    in: what single-answer flips try.
    ``derived``: in order of dependence; a derived question may have ``standing`` and ``unsaid``.
    """

    cells: Mapping[str, tuple[Cell, ...]]
    standing: Mapping[str, Standing]
    unsaid: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkloadProblem:
    """One flow of messages; ``weight`` is relative to the other workloads (made to sum to 1)."""

    name: str
    answers: Answers
    tables: tuple[CriterionTable, ...]
    conflicts: tuple[ConflictRule, ...] = ()
    weight: int = 1
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemProblem:
    """Everything that one decision is made from.

    ``cost(systems, cells)`` is in weight points, the bridge not included; it reads the team
    questions ``cost_reads`` (see ``advisor.decision.costs.system_cost``). ``recosted`` gives the
    cost for other conventions, and is None where they have no part in it.
    """

    options: tuple[OptionFacts, ...]
    workloads: tuple[WorkloadProblem, ...]
    team: Answers
    conventions: Conventions
    cost: Callable[[frozenset[str], Cells], Fraction]
    cost_reads: tuple[str, ...] = ()
    recosted: Callable[[Costs], Callable[[frozenset[str], Cells], Fraction]] | None = None
