"""The same answers in other worlds: other weights, other costs, other worth of open evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import lcm
from random import Random

from advisor.decision.cases import Cases
from advisor.decision.engine import Columns, Engine
from advisor.decision.problem import Cells
from advisor.decision.score import Tally
from advisor.decision.scoring import Case
from advisor.decision.systems import Chooser, Outcome
from advisor.decision.table import Column, FinerScaleError
from advisor.decision.weighed import Situations, Weighed, situation_of
from advisor.decision.weighting import draw_weights
from advisor.decision.words import Words
from advisor.domain.evidence import Founded
from advisor.domain.rules import Costs, Level

UNIT = 1_000
"""Whole units in one weight point, for weights that are drawn."""

DRAWS_MAX = 100
"""After so many impossible draws the first case is taken."""

STEPS = 8
"""Into how many steps the interval of open evidence is cut, for what is drawn."""


class Worlds:
    """Outcomes for columns whose weights are over ``unit`` and values ``finer`` than before."""

    def __init__(
        self,
        engine: Engine,
        *,
        unit: int,
        finer: int = 1,
        costs: Costs | None = None,
    ) -> None:
        """``costs`` replace what pairs and bridges cost."""
        costs = engine.problem.conventions.costs if costs is None else costs
        pair, bridge = costs.pair_in_one_system, costs.bridge
        self.priced = engine.problem.cost
        self.unit = unit
        self.denominator = engine.denominator * finer
        costs = replace(
            costs,
            pair_in_one_system=pair * unit,
            bridge=bridge * unit,
        )
        conventions = replace(engine.problem.conventions, costs=costs)
        problem = replace(engine.problem, conventions=conventions, cost=self._cost)
        scaled = copy(engine)
        scaled.problem = problem
        scaled.denominator = self.denominator
        scaled.tables = tuple(one.over(self.denominator) for one in engine.tables)
        scaled.chooser = Chooser(problem, self.denominator, unit=unit)
        scaled.forget()
        self.engine = scaled

    def _cost(self, systems: frozenset[str], cells: Cells) -> Fraction:
        return self.priced(systems, cells) * self.unit

    def outcome(self, here: Situations, columns: Sequence[Columns]) -> Outcome:
        """What the method says for these columns, one list for each workload."""
        engine = self.engine
        places = engine.places(here.team)
        scored = tuple(
            engine.score(
                one.place,
                own,
                Tally(len(one.tables.options)).plus(own),
                places,
                one.cells,
                one.conflicts,
            )
            for one, own in zip(here.workloads, columns, strict=True)
        )
        return engine.outcome(scored, here.team)


def reweighted(one: Weighed, weights: Sequence[int]) -> Columns:
    """The columns of a workload with other weights for the criteria that are needed."""
    changed = list(one.columns)
    for (j, column), weight in zip(one.needed, weights, strict=True):
        changed[j] = Column(
            column.level,
            weight,
            column.values,
            tuple([weight * value for value in column.values]),
            column.failing,
        )
    return tuple(changed)


def sampled_verdicts(
    engine: Engine, draw: Callable[[Random], Situations], *, samples: int, seed: int
) -> list[Words]:
    """What is said in worlds that are drawn: always the same ones for the same seed.

    ``draw`` gives a completion: unknown answers are as likely as their cells. Weightings that
    respect the levels are all alike likely, and a claim that was not executed is worth any part of
    its strength alike likely.
    """
    random = Random(seed)
    worlds = Worlds(engine, unit=UNIT, finer=STEPS)
    found = []
    for _sample in range(samples):
        here = draw(random)
        columns = [_drawn(one, worlds.denominator, random) for one in here.workloads]
        outcome = worlds.outcome(here, columns)
        found.append(
            (
                outcome.verdict,
                tuple(one.verdict for one in outcome.workloads),
                tuple(one.option for one in outcome.workloads),
            )
        )
    return found


class OneOf:
    """Draws from all completions."""

    def __init__(self, every: Sequence[Situations]) -> None:
        self.every = every
        self.ends = list(accumulate(float(one.share) for one in every))

    def __call__(self, random: Random) -> Situations:
        if len(self.every) == 1:
            return self.every[0]
        return random.choices(self.every, cum_weights=self.ends)[0]


class AnyOf:
    """Draws from cases that are too many to have all of them; one that is impossible is none."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self._known: dict[Case, Situations] = {}

    def __call__(self, random: Random) -> Situations:
        drawn = (self.cases.likely(random) for _ in range(DRAWS_MAX))
        case = next((one for one in drawn if one is not None), self.cases.first)
        if case not in self._known:
            self._known[case] = situation_of(self.cases, case)
        return self._known[case]


def _drawn(one: Weighed, denominator: int, random: Random) -> Columns:
    weights = draw_weights(one.levels, UNIT * one.scored.weights, random)
    changed: list[Column | None] = [None] * len(one.columns)
    for (j, column), weight in zip(one.needed, weights, strict=True):
        founded = one.tables.matter(j, one.cells).founded
        values = [
            _worth(founded.get(option.id, ()), denominator, random) for option in one.tables.options
        ]
        must = column.level is Level.MUST
        changed[j] = Column(
            column.level,
            weight,
            tuple(values),
            tuple([weight * value for value in values]),
            tuple([i for i, value in enumerate(values) if must and value <= 0]),
        )
    return tuple(changed)


def _worth(claims: Sequence[Founded], denominator: int, random: Random) -> int:
    """The value with every open claim somewhere in its interval, over the denominator."""
    best = worst = 0
    for one in claims:
        least, most = _whole(one.least, denominator), _whole(one.most, denominator)
        worth = least
        if most > least:
            worth += (most - least) * random.randint(0, STEPS) // STEPS
        best, worst = max(best, worth), min(worst, worth)
    return best + worst


def _whole(value: Fraction, denominator: int) -> int:
    whole, rest = divmod(value.numerator * denominator, value.denominator)
    if rest:
        raise FinerScaleError(lcm(denominator, value.denominator))
    return whole


Weights = Mapping[Level, Fraction]


def level_columns(every: Sequence[Situations], weights: Weights) -> tuple[int, list[list[Columns]]]:
    """The columns of all workloads with these weights of the levels, and their common unit."""
    unit = lcm(*(weight.denominator for weight in weights.values()))
    whole = {level: int(weight * unit) for level, weight in weights.items()}
    return unit, [
        [reweighted(one, [whole[level] for level in one.levels]) for one in here.workloads]
        for here in every
    ]
