"""Whether open questions can still change the result: a pair of cases that shows it, or a proof.

Proof by branch and bound: a *box* leaves each variable some of its cells. Where the bounds of
``advisor.decision`` leave one result for the whole box it is done, a small box is looked at
completely, any other is cut. What was answered with "don't know" is cut first: the result may
differ there, and an open question counts only if it changes the result beside the same of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from itertools import product

from advisor.decision import Answers
from advisor.decision.bounds import Box, CanWin, can_win
from advisor.questionnaire.bounding import Bounds
from advisor.questionnaire.possible import Case, Cells, Result, World

NODE_LIMIT = 100
SMALL_BOX = 32
CASES_EACH_NODE = 4
"""So many cases looked at count as one box that is bounded."""


class Level(Enum):
    """What counts as the result: the verdicts, or the designs as well."""

    VERDICT = "verdict"
    DESIGN = "design"

    def of(self, world: World) -> Callable[[Case], Result]:
        return world.verdicts if self is Level.VERDICT else world.designs


@dataclass(frozen=True, slots=True)
class Witness:
    """Two cases that differ in one open variable (and what follows) and in their result."""

    variable: int
    before: Case
    after: Case


@dataclass(frozen=True, slots=True)
class Proof:
    """``witness``: a question can change the result. Without one: none can, if ``proven``."""

    witness: Witness | None
    proven: bool
    nodes: Fraction = Fraction(0)


def step_between(world: World, level: Level, one: Case, other: Case) -> Witness | None:
    """On the way from one case to another, the first change of an open variable that matters."""
    result = level.of(world)
    here = one
    for i, variable in enumerate(world.variables):
        if variable.open and here[i] != other[i] and other[i] in world.allowed(i, here):
            there = world.changed(here, i, other[i])
            if result(there) != result(here):
                return Witness(i, here, there)
            here = there
    return None


def prove(world: World, level: Level, limit: int = NODE_LIMIT) -> Proof:
    """Look for a question that matters until all is proven or ``limit`` boxes were looked at."""
    return _Proving(world, level, limit).proof()


class _Proving:
    def __init__(self, world: World, level: Level, limit: int) -> None:
        self.world = world
        self.level = level
        self.result = level.of(world)
        self.limit = limit
        self.nodes = Fraction(0)
        self.cut_off = False
        self.bounds = Bounds(world) if len(world.workloads) == 1 else None
        self.free = [i for i, one in enumerate(world.variables) if one.open and one.derived is None]
        self.given = [
            i for i, one in enumerate(world.variables) if not one.open and one.derived is None
        ]

    def proof(self) -> Proof:
        stack = [tuple(tuple(range(len(one.cells))) for one in self.world.variables)]
        while stack and not self.cut_off:
            box = stack.pop()
            several = [i for i in self.given if len(box[i]) > 1]
            if several and not self._settled(box, None):
                stack += self._cut(box, several)
            elif not several and (witness := self._within(box)) is not None:
                return Proof(witness, False, self.nodes)
        return Proof(None, not self.cut_off, self.nodes)

    def _within(self, root: Cells) -> Witness | None:
        """Every box beside the same given answers."""
        first = self._first(root)
        same = self.result(first)
        stack = [root]
        while stack:
            box = stack.pop()
            if self._size(box) <= SMALL_BOX:
                for case in self._cases(box):
                    self._count(Fraction(1, CASES_EACH_NODE))
                    if self.result(case) != same:
                        return self._witness(first, case)
            elif self.cut_off:
                return None
            elif not self._settled(box, same):
                here = self._first(box)
                if self.result(here) != same:
                    return self._witness(first, here)
                stack += self._cut(box, [i for i in self.free if len(box[i]) > 1])
        return None

    def _witness(self, first: Case, case: Case) -> Witness | None:
        found = step_between(self.world, self.level, first, case)
        if found is None:  # only what follows from given answers differs
            self.cut_off = True
        return found

    def _count(self, nodes: Fraction | int = 1) -> None:
        self.nodes += nodes
        self.cut_off = self.cut_off or self.nodes > self.limit

    def _settled(self, box: Cells, same: Result | None) -> bool:
        """Whether one result is left by the bounds: ``same``, or any."""
        self._count()
        if self.cut_off:
            return False
        if self.bounds is not None:
            verdict, option = self._words(self._first(box) if same is None else None, same)
            return self.bounds.settled(box, verdict, option, design=self.level is Level.DESIGN)
        winners = can_win(self.world.engine, self._box(box))
        only = None if winners is None else self._only(winners)
        return only is not None and (same is None or only == same)

    def _words(self, case: Case | None, same: Result | None) -> tuple[str, str | None]:
        """The verdict and the option of the one workload."""
        result = self.result(case) if case is not None else same
        assert result is not None
        verdict, *option = result[1]
        return str(verdict), option[0] if option else None

    def _only(self, winners: CanWin) -> Result | None:
        """The one result that these leave, None if there are several."""
        if len(winners.systems) != 1:
            return None
        chooser = self.world.engine.chooser
        bits = chooser.system_bits()
        several = len(winners.options) > 1
        found: list[tuple[str | None, ...]] = []
        used = 0
        for options in winners.options:
            sets = {bits[one] for one in options}
            if len(sets) != 1:
                return None
            used |= (own := sets.pop())
            verdict = chooser.words(own, divided=True)[0]
            if self.level is Level.VERDICT:
                found.append((verdict,))
            elif len(options) == 1:
                found.append((verdict, self.world.problem.options[next(iter(options))].id))
            else:
                return None
        return ((chooser.words(used, divided=not several)[0],), *found)

    def _box(self, box: Cells) -> Box:
        return Box(
            self._answers(None, self.world.team, box),
            tuple(self._answers(k, own, box) for k, own in enumerate(self.world.workloads)),
        )

    def _answers(self, place: int | None, answers: Answers, box: Cells) -> Answers:
        cells = dict(answers.cells)
        for i, one in enumerate(self.world.variables):
            if one.place == place and one.derived is None:
                cells[one.name] = tuple(one.cells[k] for k in box[i])
        return replace(answers, cells=cells)

    def _size(self, box: Cells) -> int:
        size = 1
        for own in box:
            size *= len(own)
        return size

    def _first(self, box: Cells) -> Case:
        return self.world.settled([own[0] for own in box])

    def _cases(self, box: Cells) -> Iterator[Case]:
        yield from dict.fromkeys(self.world.settled(list(places)) for places in product(*box))

    def _cut(self, box: Cells, several: Sequence[int]) -> list[Cells]:
        i = max(several, key=lambda one: (self._weights[one], -one))
        return [(*box[:i], (cell,), *box[i + 1 :]) for cell in reversed(box[i])]

    @property
    def _weights(self) -> Mapping[int, int]:
        return self.world.weights
