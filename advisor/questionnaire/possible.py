"""Everything that can still be the case, and what the method says of any one case, quickly.

A *variable* is a question with several cells: one that was left out (``open``: its default and the
values that teams leave unsaid), or one that was answered with "don't know" or a range. A *case*
picks one cell for each variable; the cells of derived questions (products) are variables that
follow. The scores are those of ``advisor.decision``, read by number instead of by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from random import Random

from advisor.decision import Answers, ConflictRule, Derived, SystemProblem
from advisor.decision.completions import potential
from advisor.decision.engine import Engine
from advisor.decision.opened import opened
from advisor.decision.pairs import pairs
from advisor.decision.score import Candidate, Scored, Tally, singles
from advisor.decision.systems import Outcome
from advisor.decision.table import Column, FinerScaleError, Tables, first_denominator
from advisor.domain.cell import Cell
from advisor.domain.predicate import Value
from advisor.domain.requirements import Standing

READ_LIMIT = 512
MUST_WEIGHT = 100
Cells = tuple[tuple[int, ...], ...]
"""For each variable, the places of the cells that a box leaves it."""
Teams = tuple[frozenset[int], frozenset[int], tuple[tuple[Fraction, ...], ...]]
Excluded = Mapping[int | None, Mapping[str, set[Value]]]
Case = tuple[int, ...]
"""For each variable, the place of its cell."""

Result = tuple[tuple[str | None, ...], ...]
"""What is said of the system and of each workload: the verdict, or verdict and design."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A question with several possible cells; ``place`` is its workload, None for the team.

    ``open``: nothing was said of it. ``asks`` is the need to ask then: of a derived number, a
    factor. ``derived`` says how it follows.
    """

    place: int | None
    name: str
    cells: tuple[Cell, ...]
    open: bool
    asks: str = ""
    derived: Derived | None = None


class World:
    """All cases of one requirements file.

    ``excluded`` has values that an open question of a workload (None: the team) cannot have.
    """

    def __init__(self, problem: SystemProblem, excluded: Excluded) -> None:
        self.problem = problem
        self.team = _opened(problem.team, excluded.get(None, {}))
        self.workloads = tuple(
            _opened(one.answers, excluded.get(place, {}))
            for place, one in enumerate(problem.workloads)
        )
        self.variables = tuple(self._variables())
        self._cases: dict[Case, Outcome] = {}
        self._prepare(first_denominator(problem.conventions))

    def _variables(self) -> Iterator[Variable]:
        every = potential(self.team, {})
        for place, answers in ((None, self.team), *enumerate(self.workloads)):
            for name, cells in answers.cells.items():
                if len(cells) > 1:
                    free = answers.standing[name] is Standing.ASSUMED
                    yield Variable(place, name, cells, free, name if free else "")
            own = potential(answers, every)
            for one in answers.derived:
                if len(own[one.question]) > 1:
                    asks = _factor(answers, one)
                    yield Variable(place, one.question, own[one.question], bool(asks), asks, one)

    def _prepare(self, denominator: int) -> None:
        self.engine = Engine(self.problem, denominator)
        bits = self.engine.chooser.system_bits()
        fixed = self._fixed()
        numbers = {(one.place, one.name): i for i, one in enumerate(self.variables)}
        self.flows = tuple(
            Flow(self.engine.tables[place], fixed[place], _numbers(numbers, place), bits)
            for place in range(len(self.workloads))
        )
        self._fixed_team = fixed[None]
        self._team = _numbers(numbers, None)
        self._teams: dict[Case, tuple[dict[str, Cell], tuple[int, ...]]] = {}
        self._boxes: dict[Cells, Teams] = {}
        self._interned: dict[tuple[object, ...], Scored] = {}

    def _fixed(self) -> dict[int | None, dict[str, Cell]]:
        team = {name: cells[0] for name, cells in self.team.cells.items() if len(cells) == 1}
        found: dict[int | None, dict[str, Cell]] = {None: team}
        every = potential(self.team, {})
        for place, answers in enumerate(self.workloads):
            own = potential(answers, every)
            found[place] = team | {n: c[0] for n, c in own.items() if len(c) == 1}
        return found

    def outcome(self, case: Case) -> Outcome:
        """What the method says in this case."""
        known = self._cases.get(case)
        if known is None:
            try:
                known = self._outcome(case)
            except FinerScaleError as finer:
                self._prepare(finer.denominator)
                return self.outcome(case)
            self._cases[case] = known
        return known

    def _outcome(self, case: Case) -> Outcome:
        key = tuple([case[i] for i in self._team.values()])
        if key not in self._teams:
            cells = dict(self._fixed_team)
            cells.update({n: self.variables[i].cells[case[i]] for n, i in self._team.items()})
            self._teams[key] = (cells, self.engine.places(cells))
        team, allowed = self._teams[key]
        cost = self.problem.conventions.costs.pair_in_one_system
        scored = tuple(
            flow.scored(case, self.variables, allowed, cost, self._interned) for flow in self.flows
        )
        return self.engine.outcome(scored, team)

    def verdicts(self, case: Case) -> Result:
        """The verdict for the system and for each workload."""
        outcome = self.outcome(case)
        return ((outcome.verdict,), *((one.verdict,) for one in outcome.workloads))

    def designs(self, case: Case) -> Result:
        """The verdicts with the design that is named for each workload."""
        outcome = self.outcome(case)
        return (
            (outcome.verdict,),
            *((one.verdict, one.option) for one in outcome.workloads),
        )

    @cached_property
    def weights(self) -> Mapping[int, int]:
        """How much may hang on each variable: first the musts, then the criteria that read it."""
        found = dict.fromkeys(range(len(self.variables)), 0)
        for flow in self.flows:
            for j, reads, _known in flow.moving:
                weight = 1 + MUST_WEIGHT * flow.can_fail(j, reads, self.variables)
                for i in reads:
                    found[i] += weight
        for i, one in enumerate(self.variables):
            if one.derived is not None:
                for k, other in enumerate(self.variables):
                    if other.name in one.derived.parents and other.place in (one.place, None):
                        found[k] += found[i]
        return found

    @cached_property
    def first(self) -> Case:
        """Everything left out at its default, everything unknown at its first cell."""
        return self.settled([0] * len(self.variables))

    def settled(self, case: list[int]) -> Case:
        """The case with derived cells that its others allow: kept where they can be."""
        for i, one in enumerate(self.variables):
            if one.derived is not None:
                allowed = self.allowed(i, case)
                if case[i] not in allowed:
                    case[i] = allowed[0]
        return tuple(case)

    def allowed(self, i: int, case: Sequence[int]) -> tuple[int, ...]:
        """The places of the cells that a variable can have beside the others."""
        one = self.variables[i]
        if one.derived is None:
            return tuple(range(len(one.cells)))
        parents = {name: self._cell(one.place, name, case) for name in one.derived.parents}
        return tuple(one.cells.index(cell) for cell in one.derived.cells_at(parents))

    def _cell(self, place: int | None, name: str, case: Sequence[int]) -> Cell:
        for i, one in enumerate(self.variables):
            if one.name == name and one.place in (place, None):
                return one.cells[case[i]]
        answers = self.team if place is None else self.workloads[place]
        return (answers.cells if name in answers.cells else self.team.cells)[name][0]

    def tightened(self, box: Cells) -> Cells:
        """The box with the cells of derived numbers that its other cells allow."""
        tight = list(box)
        for i, one in enumerate(self.variables):
            if one.derived is None:
                continue
            every = [self._cells(one.place, name, tight) for name in one.derived.parents]
            found = {
                cell
                for parents in product(*every)
                for cell in one.derived.cells_at(
                    dict(zip(one.derived.parents, parents, strict=True))
                )
            }
            tight[i] = tuple(k for k in box[i] if one.cells[k] in found)
        return tuple(tight)

    def _cells(
        self, place: int | None, name: str, box: Sequence[tuple[int, ...]]
    ) -> tuple[Cell, ...]:
        for i, one in enumerate(self.variables):
            if one.name == name and one.place in (place, None):
                return tuple(one.cells[k] for k in box[i])
        return (self._cell(place, name, ()),)

    def teams_of(self, box: Cells) -> Teams:
        """The options that every team of the box has, those that some have, and the costs."""
        key = tuple([box[i] for i in self._team.values()])
        if key not in self._boxes:
            offers: list[frozenset[int]] = []
            costs: dict[tuple[Fraction, ...], None] = {}
            for places in product(*key):
                cells = dict(self._fixed_team)
                for (name, i), place in zip(self._team.items(), places, strict=True):
                    cells[name] = self.variables[i].cells[place]
                offers.append(frozenset(self.engine.places(cells)))
                sets = range(1 << len(self.engine.chooser.families))
                costs[tuple(self.engine.cost(one, cells) for one in sets)] = None
            always = frozenset.intersection(*offers)
            self._boxes[key] = always, frozenset.union(*offers), tuple(costs)
        return self._boxes[key]

    def changed(self, case: Case, i: int, cell: int) -> Case:
        """The case with one variable changed, and what follows from it."""
        changed = list(case)
        changed[i] = cell
        return self.settled(changed)

    def drawn(self, random: Random, away: float) -> Case:
        """A case at random: each variable leaves its first cell with probability ``away``."""
        case = []
        for one in self.variables:
            others = len(one.cells) - 1
            case.append(1 + int(random.random() * others) if random.random() < away else 0)
        return self.settled(case)


def _opened(answers: Answers, excluded: Mapping[str, set[Value]]) -> Answers:
    """The answers with what was left out open; the default always stays possible."""
    wide = opened(answers)
    cells = {
        name: tuple(
            cell
            for cell in own
            if cell in answers.cells[name] or cell.sample not in excluded.get(name, ())
        )
        for name, own in wide.cells.items()
    }
    return replace(wide, cells=cells)


def _factor(answers: Answers, derived: Derived) -> str:
    """The need to ask for a number that follows: a factor left out, best one that is not open."""
    free = [name for name in derived.parents if answers.standing.get(name) is Standing.ASSUMED]
    free.sort(key=lambda name: len(answers.cells.get(name, ())) > 1)
    return free[0] if free else ""


def _numbers(numbers: Mapping[tuple[int | None, str], int], place: int | None) -> dict[str, int]:
    """The variables that something of this workload can read, by name."""
    return {name: i for (own, name), i in numbers.items() if own in (place, None)}


class Flow:
    """One workload: its criteria summed up where they are fixed, read by number where not."""

    def __init__(
        self,
        tables: Tables,
        fixed: Mapping[str, Cell],
        numbers: Mapping[str, int],
        bits: tuple[int, ...],
    ) -> None:
        self.tables = tables
        self.fixed = fixed
        self.bits = bits
        self.columns: list[Column | None] = [None] * len(tables.reads)
        self.moving: list[tuple[int, tuple[int, ...], dict[Case, Column | None]]] = []
        for j, reads in enumerate(tables.reads):
            own = tuple(numbers[name] for name in reads if name in numbers)
            if own:
                self.moving.append((j, own, {}))
            else:
                self.columns[j] = tables.column(j, fixed)
        self._columns_known = {j: known for j, _reads, known in self.moving}
        self.still = Tally(len(tables.options)).plus(self.columns)
        self.conflicts: list[tuple[int, tuple[int, ...], dict[Case, bool]]] = [
            (k, tuple(numbers[name] for name in rule.reads if name in numbers), {})
            for k, rule in enumerate(tables.conflicts)
            if rule.criteria
        ]
        self._conflicts_known = {k: known for k, _reads, known in self.conflicts}

    def can_fail(self, j: int, reads: Sequence[int], variables: Sequence[Variable]) -> bool:
        """Whether some option can fail the criterion as a must; so where it is too much to see."""
        every = [range(len(variables[i].cells)) for i in reads]
        if prod(map(len, every)) > READ_LIMIT:
            return True
        for places in product(*every):
            column = self.column_at(j, reads, places, variables)
            if column is not None and column.failing:
                return True
        return False

    def scored(
        self,
        case: Case,
        variables: Sequence[Variable],
        allowed: tuple[int, ...],
        cost: Fraction,
        interned: dict[tuple[object, ...], Scored],
    ) -> Scored:
        """As ``Engine.score``, which the tests hold it against."""
        tables = self.tables
        columns = self.columns.copy()
        for j, reads, known in self.moving:
            key = tuple([case[i] for i in reads])
            columns[j] = known[key] if key in known else self.column_at(j, reads, key, variables)
        tally = self.still.plus([columns[j] for j, _reads, _known in self.moving])
        conflicts = self._standing(case, variables)
        violated = singles(tables, columns, tally, conflicts)
        more: tuple[Candidate, ...] = ()
        if all(violated[option] for option in allowed):
            more = pairs(tables, columns, allowed, conflicts, self.bits, cost)
        found = (tally.weights, tuple(tally.points), tuple(violated), allowed, more)
        if found not in interned:
            alone = tuple(
                Candidate((one,), self.bits[one], violated[one], tally.points[one])
                for one in allowed
            )
            interned[found] = Scored(tally.weights, alone + more)
        return interned[found]

    def _standing(
        self, case: Case, variables: Sequence[Variable]
    ) -> dict[int, tuple[ConflictRule, ...]]:
        found: dict[int, tuple[ConflictRule, ...]] = {}
        for k, reads, known in self.conflicts:
            key = tuple([case[i] for i in reads])
            if known[key] if key in known else self.conflict_at(k, reads, key, variables):
                rule = self.tables.conflicts[k]
                option = self.tables.place_of(rule.option)
                found[option] = (*found.get(option, ()), rule)
        return found

    def column_at(
        self, j: int, reads: Sequence[int], places: Case, variables: Sequence[Variable]
    ) -> Column | None:
        """The column of a criterion where the variables that it reads have these cells."""
        known = self._columns_known[j]
        if places not in known:
            known[places] = self.tables.column(j, self._cells(reads, places, variables))
        return known[places]

    def conflict_at(
        self, k: int, reads: Sequence[int], places: Case, variables: Sequence[Variable]
    ) -> bool:
        """Whether a conflict stands there."""
        known = self._conflicts_known[k]
        if places not in known:
            known[places] = self.tables.conflicting(k, self._cells(reads, places, variables))
        return known[places]

    def _cells(
        self, reads: Sequence[int], places: Case, variables: Sequence[Variable]
    ) -> dict[str, Cell]:
        cells = dict(self.fixed)
        for i, place in zip(reads, places, strict=True):
            cells[variables[i].name] = variables[i].cells[place]
        return cells
