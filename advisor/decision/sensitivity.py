"""Where a convention would change a verdict: the weights of the levels and the costs, one by one.

A convention is moved away from what is given, up and down, in steps; where the verdict changes
between two steps, the place is narrowed down by halving. Between two steps that agree nothing is
looked at, so a change that takes itself back inside one step is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from advisor.decision.engine import Engine
from advisor.decision.systems import UNDETERMINED, Outcome
from advisor.decision.weighed import Situations
from advisor.decision.worlds import Worlds, level_columns, reweighted
from advisor.domain.rules import Costs, Level

UP = tuple(Fraction(n, 4) for n in (5, 6, 8, 10, 12, 16, 24, 32, 48, 64))
"""Steps upwards, as multiples of the given value."""

DOWN = tuple(Fraction(n, 8) for n in (7, 6, 5, 4, 3, 2, 1, 0))
HALVINGS = 6
FROM_NOUGHT = tuple(Fraction(n, 4) for n in (1, 2, 4, 6, 8, 12, 16, 32))
"""Steps upwards of a convention that is nought, in its own unit."""

LEVELS = (Level.NICE, Level.SHOULD, Level.MUST)

Said = tuple[str, ...]
"""The verdicts of the system and of each workload."""


@dataclass(frozen=True, slots=True)
class Critical:
    """A convention with the value that was given, and where a verdict changes.

    The verdict still holds at ``holds`` and is ``verdict`` at ``changes``; the two lie close.
    """

    convention: str
    given: Fraction
    holds: Fraction
    changes: Fraction
    verdict: str


class Sensitivity:
    """Tries other conventions on the same completions."""

    def __init__(self, engine: Engine, every: Sequence[Situations]) -> None:
        self.engine = engine
        self.every = every
        self.conventions = engine.problem.conventions
        self._pairs = any(
            len(candidate.parts) > 1
            for here in every
            for one in here.workloads
            for candidate in one.scored.candidates
        )

    def critical(self, subjects: int) -> list[list[Critical]]:
        """For each subject (the system, then the workloads) the conventions that can change it."""
        found: list[list[Critical]] = [[] for _ in range(subjects)]
        for name, given, at in self._conventions():
            before = at(given)
            for steps in self._steps(given):
                for subject, one in enumerate(self._first_changes(name, given, steps, at, before)):
                    if one is not None:
                        found[subject].append(one)
        return found

    def _conventions(
        self,
    ) -> Iterator[tuple[str, Fraction, Callable[[Fraction], Said]]]:
        needed = {level for here in self.every for one in here.workloads for level in one.levels}
        for level in LEVELS:
            if level in needed:
                given = Fraction(self.conventions.weight[level])
                yield f"weight.{level.word}", given, self._weighing(level)
        if self.engine.problem.recosted is not None:
            for each in fields(Costs):
                given = getattr(self.conventions.costs, each.name)
                if each.name == "pair_in_one_system" and not self._pairs:
                    continue
                yield f"costs.{each.name}", given, self._costing(each.name)

    @staticmethod
    def _steps(given: Fraction) -> Iterator[list[Fraction]]:
        if given:
            yield [given * step for step in UP]
            yield [given * step for step in DOWN]
        else:
            yield list(FROM_NOUGHT)

    def _weighing(self, level: Level) -> Callable[[Fraction], Said]:
        def at(value: Fraction) -> Said:
            weights = {one: Fraction(own) for one, own in self.conventions.weight.items()}
            unit, columns = level_columns(self.every, {**weights, level: value})
            worlds = Worlds(self.engine, unit=unit)
            return _common(
                worlds.outcome(here, own) for here, own in zip(self.every, columns, strict=True)
            )

        return at

    def _costing(self, name: str) -> Callable[[Fraction], Said]:
        if name == "pair_in_one_system":
            return self._rescoring(name)
        recosted = self.engine.problem.recosted
        assert recosted is not None
        known: dict[tuple[Fraction, ...], Said] = {}
        chooser = self.engine.chooser
        sets = range(1 << len(chooser.families))

        def at(value: Fraction) -> Said:
            priced = recosted(replace(self.conventions.costs, **{name: value}))
            bridge = value if name == "bridge" else chooser.bridge
            every = [
                [priced(frozenset(chooser.named(one)), here.team) for one in sets]
                for here in self.every
            ]
            key = (bridge, *(cost for costs in every for cost in costs))
            if key not in known:
                bridged = copy(chooser)
                bridged.bridge = bridge
                known[key] = _common(
                    bridged.outcome([one.scored for one in here.workloads], costs.__getitem__)
                    for here, costs in zip(self.every, every, strict=True)
                )
            return known[key]

        return at

    def _rescoring(self, name: str) -> Callable[[Fraction], Said]:
        """Scores anew: the cost of a pair is taken off its points."""

        def at(value: Fraction) -> Said:
            costs = replace(self.conventions.costs, **{name: value})
            worlds = Worlds(self.engine, unit=value.denominator, costs=costs)
            columns = [
                [
                    reweighted(one, [c.weight * value.denominator for _j, c in one.needed])
                    for one in here.workloads
                ]
                for here in self.every
            ]
            return _common(
                worlds.outcome(here, own) for here, own in zip(self.every, columns, strict=True)
            )

        return at

    def _first_changes(
        self,
        name: str,
        given: Fraction,
        steps: Sequence[Fraction],
        at: Callable[[Fraction], Said],
        before: Said,
    ) -> list[Critical | None]:
        found: list[Critical | None] = [None] * len(before)
        held = given
        for step in steps:
            now = at(step)
            for subject, word in enumerate(before):
                if found[subject] is None and now[subject] != word:
                    found[subject] = _narrowed(name, given, held, step, at, subject, word)
            if all(one is not None for one in found):
                break
            held = step
        return found


def _narrowed(
    name: str,
    given: Fraction,
    holds: Fraction,
    changes: Fraction,
    at: Callable[[Fraction], Said],
    subject: int,
    word: str,
) -> Critical:
    verdict = at(changes)[subject]
    for _halving in range(HALVINGS):
        middle = (holds + changes) / 2
        now = at(middle)
        if now[subject] != word:
            changes = middle
            verdict = verdict if now[subject] == UNDETERMINED else now[subject]
        else:
            holds = middle
    return Critical(name, given, holds, changes, verdict)


def _common(outcomes: Iterator[Outcome]) -> Said:
    """The verdicts; undetermined where completions do not agree."""
    said = [(one.verdict, *(own.verdict for own in one.workloads)) for one in outcomes]
    columns = [set(words) for words in zip(*said, strict=True)]
    return tuple(words.pop() if len(words) == 1 else UNDETERMINED for words in columns)
