"""What can still win where there are too many completions to look at each: branch and bound.

A *box* leaves each open question some of its cells. Where bounds over the whole box show that
nothing else can win there than what was found already, the box is done; a small box is looked at
completely; any other is cut at the question that moves most. What the limit leaves undone is not
ruled out, and is said to be so. Exact ties between families are found in small boxes only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from advisor.decision.bounds import Box, CanWin, can_win
from advisor.decision.completions import TooManyError, completions, potential
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers
from advisor.decision.space import Space, merged_team, merged_workload
from advisor.decision.systems import Outcome
from advisor.domain.cell import Cell

SMALL_BOX = 64
"""A box of no more combinations than this is looked at completely."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found.

    ``outcomes`` some completion gives; ``beside`` has, for each workload, the verdicts with their
    options that were neither found nor ruled out (empty: proven), ``verdicts_beside`` those of the
    system; ``seen`` is a space of some of the completions.
    """

    outcomes: tuple[Outcome, ...]
    beside: tuple[tuple[tuple[str, str], ...], ...]
    verdicts_beside: tuple[str, ...]
    seen: Space
    nodes: int

    @property
    def proven(self) -> bool:
        """Whether everything that can win is among the outcomes."""
        return not any(self.beside) and not self.verdicts_beside


def search(engine: Engine, limit: int) -> Found:
    """Look for everything that can win, until it is proven or ``limit`` nodes were looked at.

    Raises ValueError where no completion is possible at all.
    """
    return _Search(engine, limit).run()


class _Search:
    def __init__(self, engine: Engine, limit: int) -> None:
        self.engine = engine
        self.limit = limit
        self.nodes = 0
        self.outcomes: dict[Outcome, None] = {}
        self.verdicts: set[str] = set()
        self.options: tuple[set[str], ...] = tuple(set() for _ in engine.problem.workloads)
        self.undone: list[CanWin | None] = []

    def run(self) -> Found:
        self.seen = self._look(self._first(), sys.maxsize)
        stack: list[tuple[Box, CanWin | None]] = [(self._root(), None)]
        while stack:
            box, before = stack.pop()
            if self.nodes >= self.limit:
                self.undone.append(before)
                continue
            self.nodes += 1
            if _size(box) <= SMALL_BOX:
                try:
                    self._keep(self._look(box, self.limit - self.nodes))
                except TooManyError:
                    self.nodes = self.limit
                    self.undone.append(before)
                continue
            winners = can_win(self.engine, box)
            if winners is None or not self._known(winners):
                stack += [(part, winners) for part in self._cut(box)]
        verdicts, beside = self._left()
        return Found(tuple(self.outcomes), beside, verdicts, self.seen, self.nodes)

    def _keep(self, space: Space) -> None:
        """Remember the space that shows most."""
        if len(space.outcomes()) > len(self.seen.outcomes()):
            self.seen = space

    def _look(self, box: Box, limit: int) -> Space:
        """Take in every completion of the box."""
        space = Space(self.engine, box.team, box.workloads, limit=limit)
        for outcome in space.outcomes():
            self.outcomes[outcome] = None
            self.verdicts.add(outcome.verdict)
            for own, workload in zip(self.options, outcome.workloads, strict=True):
                own.update((workload.option,) if workload.option else workload.winners)
        self.nodes += space.nodes
        return space

    def _known(self, winners: CanWin) -> bool:
        """Whether everything that can win there was found already."""
        return all(self._verdict(one) in self.verdicts for one in winners.systems) and all(
            self.engine.problem.options[option].id in own
            for own, options in zip(self.options, winners.options, strict=True)
            for option in options
        )

    def _verdict(self, systems: int) -> str:
        return self.engine.chooser.words(systems, divided=True)[0]

    def _root(self) -> Box:
        """Every possible cell, merged."""
        problem = self.engine.problem
        answers = tuple(workload.answers for workload in problem.workloads)
        team = merged_team(self.engine, problem.team, answers)
        every = potential(problem.team, {})
        return Box(
            replace(problem.team, cells={**problem.team.cells, **team.cells}),
            tuple(
                replace(
                    one,
                    cells={
                        **one.cells,
                        **merged_workload(self.engine, place, one, every).cells,
                    },
                )
                for place, one in enumerate(answers)
            ),
        )

    def _first(self) -> Box:
        """The first possible completion."""
        problem = self.engine.problem
        answers = [workload.answers for workload in problem.workloads]
        every = potential(problem.team, {})
        opened = [
            merged_workload(self.engine, place, one, every) for place, one in enumerate(answers)
        ]
        for team in completions(merged_team(self.engine, problem.team, answers), {}):
            each = [next(completions(one, team.cells), None) for one in opened]
            if all(each):
                return Box(
                    _only(problem.team, team.cells),
                    tuple(
                        _only(one, own.cells)
                        for one, own in zip(answers, each, strict=True)
                        if own is not None
                    ),
                )
        raise ValueError("the answers exclude each other")

    def _cut(self, box: Box) -> Iterator[Box]:
        """The box once for each cell of the question on which most weight hangs."""
        owners: list[tuple[int | None, Answers]] = [(None, box.team), *enumerate(box.workloads)]
        opened = [
            (self._moves(box, place, name), place, name)
            for place, answers in owners
            for name, cells in answers.cells.items()
            if len(cells) > 1
        ]
        _weight, place, name = max(opened, key=lambda one: one[0])
        for answers_place, answers in owners:
            if answers_place == place:
                for cell in answers.cells[name]:
                    cut = replace(answers, cells={**answers.cells, name: (cell,)})
                    if place is None:
                        yield replace(box, team=cut)
                    else:
                        each = (*box.workloads[:place], cut, *box.workloads[place + 1 :])
                        yield replace(box, workloads=each)

    def _moves(self, box: Box, place: int | None, name: str) -> tuple[int, int]:
        """How many criteria read the question, and how many cells it has."""
        tables = self.engine.tables if place is None else (self.engine.tables[place],)
        answers = box.team if place is None else box.workloads[place]
        concerned = {
            one.question
            for each in (box.team, *box.workloads)
            for one in each.derived
            if name in one.parents
        } | {name}
        return (
            sum(bool(concerned.intersection(reads)) for each in tables for reads in each.reads),
            len(answers.cells[name]),
        )

    def _left(self) -> tuple[tuple[str, ...], tuple[tuple[tuple[str, str], ...], ...]]:
        """What was neither found nor ruled out: the system's verdicts, the workloads' options."""
        chooser = self.engine.chooser
        options = self.engine.problem.options
        verdicts: set[str] = set()
        beside: tuple[set[tuple[str, str]], ...] = tuple(set() for _ in self.options)
        bits = chooser.system_bits()
        for winners in self.undone:
            sets = range(1 << len(chooser.families)) if winners is None else winners.systems
            verdicts |= {self._verdict(one) for one in sets} - self.verdicts
            for place, own in enumerate(beside):
                every = range(len(options)) if winners is None else winners.options[place]
                own |= {
                    (self._verdict(bits[one]), options[one].id)
                    for one in every
                    if options[one].id not in self.options[place]
                }
        return tuple(sorted(verdicts)), tuple(tuple(sorted(own)) for own in beside)


def _size(box: Box) -> int:
    count = 1
    for answers in (box.team, *box.workloads):
        for cells in answers.cells.values():
            count *= len(cells)
    return count


def _only(answers: Answers, cells: Mapping[str, Cell]) -> Answers:
    derived = {one.question: (cells[one.question],) for one in answers.derived}
    return replace(answers, cells={name: (cells[name],) for name in answers.cells} | derived)
