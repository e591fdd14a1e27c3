"""Everything that can still be the case, and what the method says of any one case, quickly.

A *variable* is a question with several possible cells: one that was left open, or one that was
answered with "don't know" or a range. A *case* picks one cell for each variable; the cells of
derived questions (products) are variables that follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from random import Random

from advisor.decision.completions import excludes, potential
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers, Derived
from advisor.decision.score import Scored
from advisor.decision.scoring import Case, Flow
from advisor.decision.space import merged_team, merged_workload
from advisor.decision.systems import Outcome
from advisor.domain.cell import Cell
from advisor.domain.requirements import Standing

MUST_WEIGHT = 100
Key = tuple[int | None, str]
"""A question: its workload's place, None for the team's, and its name."""

Box = tuple[tuple[int, ...], ...]
"""For each variable, the places of the cells that a box leaves it."""

Teams = tuple[frozenset[int], frozenset[int], tuple[tuple[Fraction, ...], ...]]
"""The options that every team of a box has, those that some have, the costs of the system sets."""

Result = tuple[tuple[str | None, ...], ...]
"""What is said of the system and of each workload: the verdict, or verdict and design."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A question with several possible cells; ``place`` is its workload, None for the team.

    ``open``: nothing was said of it. ``asks`` is the need to ask then: of a derived number, a
    factor. ``derived`` says how it follows. ``counts`` are as many cells as each cell stands for,
    ``group`` the cell that stands for each other one (none where each stands for itself).
    """

    place: int | None
    name: str
    cells: tuple[Cell, ...]
    open: bool
    asks: str = ""
    derived: Derived | None = None
    counts: tuple[int, ...] = ()
    group: Mapping[Cell, Cell] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.place, self.name


class Cases:
    """All cases of the team's and the workloads' answers.

    ``groups`` has for questions whose cells were merged the cell that stands for each, and
    ``counts`` how many cells each of those stands for.
    """

    def __init__(
        self,
        engine: Engine,
        team: Answers,
        workloads: Sequence[Answers],
        *,
        groups: Mapping[Key, Mapping[Cell, Cell]] | None = None,
        counts: Mapping[Key, tuple[int, ...]] | None = None,
    ) -> None:
        self.engine = engine
        self.team = team
        self.workloads = tuple(workloads)
        self.groups = groups or {}
        self._counts = counts or {}
        self.fixed: dict[int | None, dict[str, Cell]] = {}
        self.variables = tuple(self._variables())
        self._numbers = {one.key: i for i, one in enumerate(self.variables)}
        domains = tuple(one.cells for one in self.variables)
        self.flows = tuple(
            Flow(engine, place, self.fixed[place], self._visible(place), domains)
            for place in range(len(self.workloads))
        )
        self._team = self._visible(None)
        self._following = [i for i, one in enumerate(self.variables) if one.derived is not None]
        self._known: dict[Case, tuple[tuple[Scored, ...], Outcome]] = {}
        self._teams: dict[Case, tuple[dict[str, Cell], tuple[int, ...]]] = {}
        self._boxes: dict[Box, Teams] = {}

    @classmethod
    def merged(cls, engine: Engine, team: Answers, workloads: Sequence[Answers]) -> Cases:
        """The cases with the cells of each question merged that nothing tells apart."""
        every = potential(team, {})
        opened = [
            (None, team, merged_team(engine, team, workloads)),
            *(
                (place, one, merged_workload(engine, place, one, every))
                for place, one in enumerate(workloads)
            ),
        ]
        answers, groups, counts = [], {}, {}
        for place, own, merged in opened:
            answers.append(replace(own, cells={**own.cells, **merged.cells}))
            groups.update({(place, name): group for name, group in merged.groups.items()})
            counts.update({(place, name): count for name, count in merged.counts.items()})
        return cls(engine, answers[0], answers[1:], groups=groups, counts=counts)

    def _variables(self) -> Iterator[Variable]:
        every = potential(self.team, {})
        for place, answers in ((None, self.team), *enumerate(self.workloads)):
            self.fixed[place] = dict(self.fixed.get(None, {}))
            for name, cells in answers.cells.items():
                if len(cells) == 1:
                    self.fixed[place][name] = cells[0]
                    continue
                free = answers.standing.get(name) is Standing.ASSUMED
                counts = self._counts.get((place, name), (1,) * len(cells))
                asks = name if free else ""
                yield Variable(place, name, cells, free, asks, counts=counts)
            own = potential(answers, every)
            for one in answers.derived:
                if one.question in answers.cells:
                    continue
                group = self.groups.get((place, one.question), {})
                cells = tuple(dict.fromkeys(group.get(c, c) for c in own[one.question]))
                if len(cells) == 1 and own[one.question]:
                    self.fixed[place][one.question] = cells[0]
                asks = _factor(answers, one)
                if len(cells) != 1 or excludes(one, own):
                    yield Variable(place, one.question, cells, bool(asks), asks, one, group=group)

    def _visible(self, place: int | None) -> dict[str, int]:
        """The variables that something of this workload can read, by name."""
        return {name: i for (own, name), i in self._numbers.items() if own in (place, None)}

    # One case

    def outcome(self, case: Case) -> Outcome:
        """What the method says in this case; remembered."""
        return self.looked_at(case)[1]

    def scored(self, case: Case) -> tuple[Scored, ...]:
        """Every candidate of each workload in this case."""
        return self.looked_at(case)[0]

    def looked_at(self, case: Case) -> tuple[tuple[Scored, ...], Outcome]:
        known = self._known.get(case)
        if known is None:
            team, allowed = self._team_at(case)
            scored = tuple(flow.scored(case, allowed) for flow in self.flows)
            known = self._known[case] = scored, self.engine.outcome(scored, team)
        return known

    def team_cells(self, case: Case) -> Mapping[str, Cell]:
        """The team's answers in this case."""
        return self._team_at(case)[0]

    def cells(self, case: Case, place: int) -> dict[str, Cell]:
        """All answers in this case that a workload can see, the team's among them."""
        seen = self._visible(place)
        return self.fixed[place] | {n: self.variables[i].cells[case[i]] for n, i in seen.items()}

    def _team_at(self, case: Case) -> tuple[dict[str, Cell], tuple[int, ...]]:
        key = tuple([case[i] for i in self._team.values()])
        if key not in self._teams:
            cells = dict(self.fixed[None])
            cells.update({n: self.variables[i].cells[case[i]] for n, i in self._team.items()})
            self._teams[key] = (cells, self.engine.places(cells))
        return self._teams[key]

    def verdicts(self, case: Case) -> Result:
        """The verdict for the system and for each workload."""
        outcome = self.outcome(case)
        return ((outcome.verdict,), *((one.verdict,) for one in outcome.workloads))

    def designs(self, case: Case) -> Result:
        """The verdicts with the design that is named for each workload."""
        outcome = self.outcome(case)
        return ((outcome.verdict,), *((one.verdict, one.option) for one in outcome.workloads))

    @cached_property
    def weights(self) -> Mapping[int, int]:
        """How much may hang on each variable: first the musts, then the criteria that read it."""
        found = dict.fromkeys(range(len(self.variables)), 0)
        for flow in self.flows:
            for j, reads, _known in flow.moving:
                weight = 1 + MUST_WEIGHT * flow.can_fail(j, reads)
                for i in reads:
                    found[i] += weight
        for i in reversed(self._following):
            one = self.variables[i]
            assert one.derived is not None
            for name in one.derived.parents:
                k = self._number(one.place, name)
                if k is not None:
                    found[k] += found[i]
        return found

    def _number(self, place: int | None, name: str) -> int | None:
        return self._numbers.get((place, name), self._numbers.get((None, name)))

    # Which cases there are

    @cached_property
    def first(self) -> Case:
        """Everything left out at its default, everything unknown at its first possible cell.

        Raises ValueError where the answers exclude each other.
        """
        found = self.first_of(self.everything)
        if found is None:
            raise ValueError("the answers exclude each other")
        return found

    @property
    def everything(self) -> Box:
        """The box of all cases."""
        return tuple(tuple(range(len(one.cells))) for one in self.variables)

    def first_of(self, box: Box) -> Case | None:
        """The first case of the box that is possible."""
        found = self.settled([own[0] if own else 0 for own in box])
        if found is not None:
            return found
        return next(self.cases_of(box), None)

    def cases_of(self, box: Box) -> Iterator[Case]:
        """Every case of the box that is possible, each once."""
        free = [own if one.derived is None else (0,) for one, own in self._with(box)]
        for places in product(*free):
            yield from self._follow(list(places), box, 0)

    def _with(self, box: Box) -> Iterator[tuple[Variable, tuple[int, ...]]]:
        return zip(self.variables, box, strict=True)

    def _follow(self, case: list[int], box: Box, start: int) -> Iterator[Case]:
        """The case with derived cells in every way that its others and the box allow."""
        if start == len(self._following):
            yield tuple(case)
            return
        i = self._following[start]
        for place in self.allowed(i, case):
            if place in box[i]:
                case[i] = place
                yield from self._follow(case, box, start + 1)

    def settled(self, case: list[int]) -> Case | None:
        """The case with derived cells that its others allow: kept where they can be.

        None where they exclude each other.
        """
        for i in self._following:
            allowed = self.allowed(i, case)
            if not allowed:
                return None
            if case[i] not in allowed:
                case[i] = allowed[0]
        return tuple(case)

    def allowed(self, i: int, case: Sequence[int]) -> tuple[int, ...]:
        """The places of the cells that a variable can have beside the others."""
        one = self.variables[i]
        if one.derived is None:
            return tuple(range(len(one.cells)))
        parents = {name: self._cell(one.place, name, case) for name in one.derived.parents}
        found = dict.fromkeys(one.group.get(c, c) for c in one.derived.cells_at(parents))
        return tuple([one.cells.index(cell) for cell in found])

    def _cell(self, place: int | None, name: str, case: Sequence[int]) -> Cell:
        i = self._number(place, name)
        return self.fixed[place][name] if i is None else self.variables[i].cells[case[i]]

    def tightened(self, box: Box) -> Box:
        """The box with the cells of derived numbers that its other cells allow."""
        tight = list(box)
        for i in self._following:
            one = self.variables[i]
            assert one.derived is not None
            every = [self._cells(one.place, name, tight) for name in one.derived.parents]
            found = {
                one.group.get(cell, cell)
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
        i = self._number(place, name)
        if i is None:
            return (self.fixed[place][name],)
        return tuple(self.variables[i].cells[k] for k in box[i])

    def teams_of(self, box: Box) -> Teams:
        """What the teams of a box have in common, and what sets of systems cost them."""
        key = tuple([box[i] for i in self._team.values()])
        if key not in self._boxes:
            offers: list[frozenset[int]] = []
            costs: dict[tuple[Fraction, ...], None] = {}
            sets = range(1 << len(self.engine.chooser.families))
            for places in product(*key):
                cells = dict(self.fixed[None])
                for (name, i), place in zip(self._team.items(), places, strict=True):
                    cells[name] = self.variables[i].cells[place]
                offers.append(frozenset(self.engine.places(cells)))
                costs[tuple(self.engine.cost(one, cells) for one in sets)] = None
            always = frozenset.intersection(*offers)
            self._boxes[key] = always, frozenset.union(*offers), tuple(costs)
        return self._boxes[key]

    def changed(self, case: Case, i: int, cell: int) -> Case | None:
        """The case with one variable changed, and what follows from it; None if impossible."""
        changed = list(case)
        changed[i] = cell
        found = self.settled(changed)
        return found if found is not None and found[i] == cell else None

    def drawn(self, random: Random, away: float) -> Case | None:
        """A case at random: each variable leaves its first cell with probability ``away``.

        None where what was drawn excludes each other.
        """
        case = []
        for one in self.variables:
            others = len(one.cells) - 1
            case.append(1 + int(random.random() * others) if random.random() < away else 0)
        return self.settled(case)

    def likely(self, random: Random) -> Case | None:
        """A case at random, every cell of a question that is not derived being equally likely."""
        case = [_weighted(random, one.counts) if one.counts else 0 for one in self.variables]
        for i in self._following:
            allowed = self.allowed(i, case)
            if not allowed:
                return None
            case[i] = allowed[int(random.random() * len(allowed))]
        return tuple(case)


def _weighted(random: Random, counts: Sequence[int]) -> int:
    left = int(random.random() * sum(counts))
    for place, count in enumerate(counts):
        left -= count
        if left < 0:
            return place
    raise AssertionError("a draw lies below the sum of the counts")


def _factor(answers: Answers, derived: Derived) -> str:
    """The need to ask for a number that follows: a factor left out, best one that is not open."""
    free = [name for name in derived.parents if answers.standing.get(name) is Standing.ASSUMED]
    free.sort(key=lambda name: len(answers.cells.get(name, ())) > 1)
    return free[0] if free else ""
