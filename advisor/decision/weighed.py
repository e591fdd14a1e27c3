"""One completion with the values behind the scores: what other weights would make of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod

from advisor.decision.cases import Cases
from advisor.decision.completions import completions
from advisor.decision.engine import Engine
from advisor.decision.pairs import split_between
from advisor.decision.problem import Cells
from advisor.decision.score import Candidate, Scored, Tally
from advisor.decision.scoring import Case
from advisor.decision.space import Space
from advisor.decision.systems import Choice
from advisor.decision.table import Column, Tables
from advisor.decision.weighting import least_lead
from advisor.domain.rules import Level


class Weighed:
    """One workload for one completion: the value of each needed criterion for each candidate."""

    def __init__(self, engine: Engine, place: int, cells: Cells) -> None:
        self.place = place
        self.tables: Tables = engine.tables[place]
        self.cells = cells
        self.columns = self.tables.columns(cells)
        self.conflicts = self.tables.standing_conflicts(cells)
        tally = Tally(len(self.tables.options)).plus(self.columns)
        self.scored: Scored = engine.score(place, self.columns, tally, engine.places(cells), cells)
        self.needed: tuple[tuple[int, Column], ...] = tuple(
            (j, column) for j, column in enumerate(self.columns) if column is not None
        )
        self.levels: tuple[Level, ...] = tuple(column.level for _j, column in self.needed)
        self._values: dict[tuple[int, ...], tuple[int, ...]] = {}

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Its value on each needed criterion, over the common denominator."""
        known = self._values.get(candidate.parts)
        if known is None:
            if len(candidate.parts) == 1:
                (option,) = candidate.parts
                known = tuple(column.values[option] for _j, column in self.needed)
            else:
                first, second = candidate.parts
                split = split_between(first, second, self.tables, self.columns)
                known = tuple(one.value for one in split)
            self._values[candidate.parts] = known
        return known

    def taken_off(self, candidate: Candidate) -> int:
        """The points that a pair inside one system costs, over the common denominator."""
        values = zip(self.needed, self.values(candidate), strict=True)
        return sum(column.weight * value for (_j, column), value in values) - candidate.points

    def least_lead(self, own: Candidate, rival: Candidate, *, alike: bool) -> Fraction:
        """The least that the value of one exceeds that of the other by, whatever the weights."""
        pairs = zip(self.levels, self.values(own), self.values(rival), strict=True)
        lead = least_lead([(level, here - there) for level, here, there in pairs], alike=alike)
        off = self.taken_off(own) - self.taken_off(rival)
        return (lead - Fraction(off, max(1, self.scored.weights))) / self.tables.denominator


@dataclass(frozen=True, slots=True)
class Situations:
    """One completion of everything, with the choice that wins it (None at a tie).

    ``share`` says how likely it is, relative to the others; ``choices`` are all that could be made.
    """

    team: Cells
    workloads: tuple[Weighed, ...]
    own: Choice | None
    choices: tuple[Choice, ...]
    share: Fraction | int


def every_situation(space: Space, limit: int) -> tuple[Situations, ...] | None:
    """Every completion; None where there are more than the limit."""
    count = sum(
        prod(len(part.beside[team]) for part in space.parts) for team in range(len(space.teams))
    )
    return None if count > limit else tuple(situations(space))


def situations(space: Space) -> Iterator[Situations]:
    """Every completion; those of a workload that score alike are told apart by their values."""
    engine = space.engine
    for team in space.teams:
        each = [
            [
                (Weighed(engine, place, dict(one.cells)), one.share)
                for one in completions(part.merged, team.cells)
            ]
            for place, part in enumerate(space.parts)
        ]
        for combination in product(*each):
            workloads = tuple(one for one, _share in combination)
            share = prod((share for _one, share in combination), start=team.share)
            yield _situation(engine, team.cells, workloads, share)


def situation_of(cases: Cases, case: Case) -> Situations:
    """One case."""
    engine = cases.engine
    workloads = tuple(
        Weighed(engine, place, cases.cells(case, place)) for place in range(len(cases.flows))
    )
    return _situation(engine, cases.team_cells(case), workloads, 1)


def _situation(
    engine: Engine, team: Cells, workloads: tuple[Weighed, ...], share: Fraction | int
) -> Situations:
    scored = [one.scored for one in workloads]
    choices = engine.chooser.choices(scored, partial(_cost, engine, team))
    best = engine.chooser.winners(choices)
    return Situations(team, workloads, best[0] if len(best) == 1 else None, tuple(choices), share)


def _cost(engine: Engine, team: Cells, systems: int) -> Fraction:
    return engine.cost(systems, team)


def leads_whatever_the_weights(
    engine: Engine, here: Situations, *, alike: bool
) -> tuple[bool, tuple[bool, ...]]:
    """Whether no weighting makes another set of systems better; and other systems for a workload.

    What is used now is held against the best that any other set offers: exact for the designs that
    are named, so that a verdict called robust is never overturned by weights.
    """
    if here.own is None:
        return False, (False,) * len(here.workloads)
    uses = [use[0] for use in here.own.uses]
    system = all(
        _holds_against(engine, here, here.own, uses, systems, alike)
        for systems in range(1 << len(engine.chooser.families))
        if systems != here.own.systems
    )
    inside = here.own.systems
    return system, tuple(
        system
        and all(
            one.least_lead(use, rival, alike=alike) >= 0
            for rival in _rivals(one, inside)
            if rival.systems != use.systems
        )
        for one, use in zip(here.workloads, uses, strict=True)
    )


def _rivals(one: Weighed, systems: int) -> list[Candidate]:
    """What could be used within these systems: the candidates that violate fewest musts."""
    within = [each for each in one.scored.candidates if not each.systems & ~systems]
    fewest = min((each.violated for each in within), default=0)
    return [each for each in within if each.violated == fewest]


def _holds_against(
    engine: Engine,
    here: Situations,
    own: Choice,
    uses: Sequence[Candidate],
    systems: int,
    alike: bool,
) -> bool:
    chooser = engine.chooser
    lead = scale = Fraction(0)
    violated = 0
    for share, one, use in zip(chooser.shares, here.workloads, uses, strict=True):
        rivals = _rivals(one, systems)
        if not rivals:
            return True
        violated += rivals[0].violated
        lead += share * min(one.least_lead(use, rival, alike=alike) for rival in rivals)
        scale += share * one.scored.weights
    if violated > own.merit.violated:
        return True
    more = engine.cost(own.systems, here.team) - engine.cost(systems, here.team)
    if chooser.feeds and own.systems.bit_count() > 1:
        more += chooser.bridge
    return lead >= more / max(Fraction(1), scale)
