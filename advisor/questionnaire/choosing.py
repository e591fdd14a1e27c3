"""The question to ask next, why just that one, and what each answer to it would favour.

A question is asked only with a witness: two cases that differ in its answer and in their result.
Among those with one, the expected gain decides: the fall in the entropy of the result, estimated
over cases drawn with a fixed seed in which each question leaves its default with the probability
that the conventions give (``asking``). The order never decides whether something is asked: that is
proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from random import Random

from advisor.decision.cases import Cases, Key
from advisor.decision.drawn import information
from advisor.decision.scoring import Case
from advisor.decision.words import common_verdict
from advisor.questionnaire.deciding import NODE_LIMIT, Level, Proof, Witness, prove

CASES = 160
SEED = 7
GAIN_STEP = 1 / 50
"""Gains in bits that differ by less are taken for equal."""
TRIES = 16
"""So many cases of each question are changed in search of a witness, before that for a proof."""
GIVEN_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the verdict of the workload (of the system, for the team) with all else left as
    it is assumed, and the design. ``of`` names what is meant where only something else changes."""

    label: str
    verdict: str
    option: str | None
    of: str = ""


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """What to ask. ``level`` is what it can change; ``example`` has the other answers beside which
    it does where it changes nothing by itself, and the verdicts that it then gives."""

    key: Key
    level: Level
    gain: float
    replies: tuple[Reply, ...]
    alone: bool
    example: tuple[tuple[str, str], ...]
    example_replies: tuple[Reply, Reply]


@dataclass(frozen=True, slots=True)
class Status:
    """What can still happen. ``verdict`` and ``design`` say whether those can still change: open,
    or proven not to (``True``), or not proven (``None``)."""

    question: NextQuestion | None
    verdict: bool | None
    design: bool | None
    left_out: tuple[Key, ...]


def status_of(
    world: Cases,
    ranks: Mapping[str, int],
    *,
    designs: bool = True,
) -> Status:
    """What to ask next, or that nothing can change the result.

    ``ranks`` order needs of equal gain. Without ``designs`` only verdicts count.
    """
    return _Choosing(world, ranks).status(designs)


class _Choosing:
    def __init__(self, world: Cases, ranks: Mapping[str, int]) -> None:
        self.world = world
        self.ranks = ranks
        self.limit = NODE_LIMIT
        random = Random(SEED)
        away = float(world.engine.problem.conventions.asking.leaves_default)
        drawn = [world.drawn(random, away) for _ in range(CASES)]
        self.cases = [world.first, *(case for case in drawn if case is not None)]
        self.open = [i for i, one in enumerate(world.variables) if one.open]

    def status(self, designs: bool) -> Status:
        left = tuple(dict.fromkeys(self._key(i) for i in self.open))
        decided: list[bool | None] = []
        for level in (Level.VERDICT, Level.DESIGN) if designs else (Level.VERDICT,):
            gains = self._gains(level)
            witness = self._witness(level, gains)
            proof = Proof(witness, False) if witness else prove(self.world, level, self.limit)
            if proof.witness is not None:
                question = self._question(level, proof.witness, gains)
                return Status(question, decided[0] if decided else False, False, left)
            decided.append(True if proof.proven else None)
            if not proof.proven:
                break
        return Status(None, decided[0], decided[-1] if designs else False, left)

    def _key(self, i: int) -> Key:
        variable = self.world.variables[i]
        return variable.place, variable.asks

    def _gains(self, level: Level) -> dict[int, float]:
        result = level.of(self.world)
        results = [result(case) for case in self.cases]
        return {i: information(results, [case[i] for case in self.cases]) for i in self.open}

    def _ordered(self, level: Level, gains: Mapping[int, float]) -> list[int]:
        """One workload after the other, the team's questions with the first that is not decided.

        Gain comes first within, in steps that the estimate can tell apart; then what changes the
        result by itself; then how commonly a need is left unsaid.
        """
        steps = {i: round(gains[i] / GAIN_STEP) for i in self.open}
        first = min((self.world.variables[i].place or 0 for i in steps if steps[i] > 0), default=0)

        def order(i: int) -> tuple[int, int, bool, int, int]:
            variable = self.world.variables[i]
            rank = self.ranks.get(variable.name, len(self.ranks) + 1)
            place = first if variable.place is None else variable.place
            alone = self._flip(level, i, self.world.first) is not None
            return (place, -steps[i], not alone, rank, i)

        return sorted(self.open, key=order)

    def _witness(self, level: Level, gains: Mapping[int, float]) -> Witness | None:
        """The first in order for which one is found in a few cases."""
        for i in self._ordered(level, gains):
            for case in self.cases[:TRIES]:
                if (found := self._flip(level, i, case)) is not None:
                    return found
        return None

    def _flip(self, level: Level, i: int, case: Case) -> Witness | None:
        result = level.of(self.world)
        for cell in self.world.allowed(i, case):
            if cell != case[i]:
                after = self.world.changed(case, i, cell)
                if after is not None and result(after) != result(case):
                    return Witness(i, case, after)
        return None

    def _question(self, level: Level, witness: Witness, gains: Mapping[int, float]) -> NextQuestion:
        world, i = self.world, witness.variable
        cells = world.allowed(i, world.first)
        bases = [world.changed(world.first, i, cell) for cell in cells]
        replies = self._replies(i, [list(self._beside(base)) for base in bases if base is not None])
        before, after = self._replies(i, [[witness.before], [witness.after]])
        return NextQuestion(
            key=self._key(i),
            level=level,
            gain=gains.get(i, 0.0),
            replies=replies,
            alone=len({(one.verdict, one.option) for one in replies}) > 1,
            example=tuple(
                (self._name(i, k), one.cells[witness.before[k]].label)
                for k, one in enumerate(world.variables)
                if k != i and one.derived is None and witness.before[k] != world.first[k]
            ),
            example_replies=(before, after),
        )

    def _name(self, i: int, k: int) -> str:
        """The need of another variable, with its workload where that is another one."""
        place, name = self.world.variables[k].key
        if place in (None, self.world.variables[i].place):
            return name
        return f"{self._flow(place)}: {name}"

    def _flow(self, place: int | None) -> str:
        return "" if place is None else self.world.engine.problem.workloads[place].name

    def _replies(self, i: int, groups: Sequence[Sequence[Case]]) -> tuple[Reply, ...]:
        """What each group of cases says together: of the variable's workload (of the system, for
        the team), or of the first of the others where only that differs."""
        flows = range(len(self.world.workloads))
        own = self.world.variables[i].place
        if own is None and len(flows) == 1:
            own = 0
        every = [own, *(place for place in (*flows, None) if place != own)]
        told = {view: [self._said(i, cases, view) for cases in groups] for view in every}
        differing = [
            view for view in every if len({(one.verdict, one.option) for one in told[view]}) > 1
        ]
        view = differing[0] if differing else own
        of = "" if view == own else self._flow(view) or "all together"
        return tuple(replace(one, of=of) for one in told[view])

    def _beside(self, base: Case) -> Iterator[Case]:
        """The case with everything that the given answers leave possible, if that is not much."""
        world = self.world
        every = [
            range(len(one.cells)) if not one.open and one.derived is None else (base[k],)
            for k, one in enumerate(world.variables)
        ]
        if prod(map(len, every)) > GIVEN_LIMIT:
            random = Random(SEED)
            every_case = (
                [own[int(random.random() * len(own))] for own in every] for _ in range(GIVEN_LIMIT)
            )
        else:
            every_case = (list(places) for places in product(*every))
        yield base
        for places in every_case:
            case = world.settled(places)
            if case is not None and case != base:
                yield case

    def _said(self, i: int, cases: Sequence[Case], view: int | None) -> Reply:
        """What these cases say together about one workload, or about the system."""
        variable = self.world.variables[i]
        label = variable.cells[cases[0][i]].label
        if variable.derived is not None:
            label = f"{label} {variable.name}"
        outcomes = [self.world.outcome(case) for case in cases]
        if view is None:
            return Reply(label, common_verdict(one.verdict for one in outcomes), None)
        own = [one.workloads[view] for one in outcomes]
        options = {one.option for one in own}
        return Reply(
            label,
            common_verdict(one.verdict for one in own),
            options.pop() if len(options) == 1 else None,
        )
