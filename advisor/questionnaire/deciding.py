"""Whether open questions can still change the result: a pair of cases that shows it, or a proof.

Proof by branch and bound: a *box* leaves each variable some of its cells. Where the bounds of
``advisor.decision`` leave one result for the whole box it is done, a small box is looked at
completely, any other is cut. What was answered with "don't know" is cut first: the result may
differ there, and an open question counts only if it changes the result beside the same of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import prod

from advisor.decision.bounds import Bounds
from advisor.decision.cases import Box, Cases, Result
from advisor.decision.scoring import Case

NODE_LIMIT = 600
SMALL_BOX = 32
CASES_EACH_NODE = 4
"""So many cases looked at count as one box that is bounded."""


class Level(Enum):
    """What counts as the result: the verdicts, or the designs as well."""

    VERDICT = "verdict"
    DESIGN = "design"

    def of(self, world: Cases) -> Callable[[Case], Result]:
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


def step_between(world: Cases, level: Level, one: Case, other: Case) -> Witness | None:
    """On the way from one case to another, the first change of an open variable that matters."""
    result = level.of(world)
    here = one
    for i, variable in enumerate(world.variables):
        if variable.open and here[i] != other[i]:
            there = world.changed(here, i, other[i])
            if there is None:
                continue
            if result(there) != result(here):
                return Witness(i, here, there)
            here = there
    return None


def prove(world: Cases, level: Level, limit: int = NODE_LIMIT) -> Proof:
    """Look for a question that matters until all is proven or ``limit`` boxes were looked at."""
    return _Proving(world, level, limit).proof()


class _Proving:
    def __init__(self, world: Cases, level: Level, limit: int) -> None:
        self.world = world
        self.level = level
        self.result = level.of(world)
        self.limit = limit
        self.nodes = Fraction(0)
        self.cut_off = False
        self.bounds = Bounds(world)
        self.free = [i for i, one in enumerate(world.variables) if one.open and one.derived is None]
        self.given = [
            i for i, one in enumerate(world.variables) if not one.open and one.derived is None
        ]

    def proof(self) -> Proof:
        stack = [self.world.everything]
        while stack and not self.cut_off:
            box = stack.pop()
            several = [i for i in self.given if len(box[i]) > 1]
            if several and not self._settled(box, None):
                stack += self._cut(box, several)
            elif not several and (witness := self._within(box)) is not None:
                return Proof(witness, False, self.nodes)
        return Proof(None, not self.cut_off, self.nodes)

    def _within(self, root: Box) -> Witness | None:
        """Every box beside the same given answers."""
        first = self.world.first_of(root)
        if first is None:
            return None
        same = self.result(first)
        stack = [root]
        while stack:
            box = stack.pop()
            free = [i for i in self.free if len(box[i]) > 1]
            if not free or prod(map(len, box)) <= SMALL_BOX:
                for case in self.world.cases_of(box):
                    self._count(Fraction(1, CASES_EACH_NODE))
                    if self.result(case) != same:
                        return self._witness(first, case)
            elif self.cut_off:
                return None
            elif not self._settled(box, same):
                here = self.world.first_of(box)
                if here is not None and self.result(here) != same:
                    return self._witness(first, here)
                stack += self._cut(box, free)
        return None

    def _witness(self, first: Case, case: Case) -> Witness | None:
        found = step_between(self.world, self.level, first, case)
        if found is None:  # only what follows from given answers differs
            self.cut_off = True
        return found

    def _count(self, nodes: Fraction | int = 1) -> None:
        self.nodes += nodes
        self.cut_off = self.cut_off or self.nodes > self.limit

    def _settled(self, box: Box, same: Result | None) -> bool:
        """Whether one result is left by the bounds: ``same``, or any."""
        self._count()
        if self.cut_off:
            return False
        can_say = self.bounds.can_say(box)
        only = None if can_say is None else can_say.only(design=self.level is Level.DESIGN)
        return only is not None and (same is None or only == same)

    def _cut(self, box: Box, several: Sequence[int]) -> list[Box]:
        weights = self.world.weights
        i = max(several, key=lambda one: (weights[one], -one))
        return [(*box[:i], (cell,), *box[i + 1 :]) for cell in reversed(box[i])]
