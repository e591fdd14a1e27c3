"""What is possible while assumptions are open as well as unknown answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.decision.cases import Cases
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers, Cells, Derived
from advisor.decision.search import search
from advisor.decision.space import Space
from advisor.decision.systems import Outcome
from advisor.domain.cell import Cell
from advisor.domain.requirements import Standing


@dataclass(frozen=True, slots=True)
class Opened:
    """Outcomes that were found, and whether no other verdict is possible."""

    outcomes: tuple[Outcome, ...]
    proven: bool

    def verdicts(self, place: int | None) -> set[str]:
        """Those of the system (None) or of one workload."""
        if place is None:
            return {one.verdict for one in self.outcomes}
        return {one.workloads[place].verdict for one in self.outcomes}


def opened(answers: Answers) -> Answers:
    """The answers with every assumption open: its default and all that a team leaves unsaid."""
    cells = dict(answers.cells)
    derived = []
    for question, unsaid in answers.unsaid.items():
        if answers.standing.get(question) is Standing.ASSUMED and question in cells:
            cells[question] = tuple(dict.fromkeys((*cells[question], *unsaid)))
    for one in answers.derived:
        unsaid = answers.unsaid.get(one.question, ())
        if unsaid and answers.standing.get(one.question) is Standing.ASSUMED:
            derived.append(replace(one, cells_at=_Beside(one, unsaid)))
        else:
            derived.append(one)
    return replace(answers, cells=cells, derived=tuple(derived))


@dataclass(frozen=True, slots=True)
class _Beside:
    """The cells of a derived question, those that may be left unsaid beside them."""

    one: Derived
    unsaid: tuple[Cell, ...]

    def __call__(self, cells: Cells) -> tuple[Cell, ...]:
        return tuple(dict.fromkeys((*self.one.cells_at(cells), *self.unsaid)))


def open_assumptions(
    engine: Engine, team: Answers, workloads: Sequence[Answers], *, limit: int
) -> Opened:
    """What is found with all assumptions open; a few telling corners first, then a full search."""
    wide_team, wide = opened(team), [opened(one) for one in workloads]
    if wide_team.cells == team.cells and all(
        here.cells == there.cells and here.derived == there.derived
        for here, there in zip(wide, workloads, strict=True)
    ):
        # Nothing is assumed: what is possible for the unknown answers is all.
        return Opened((), proven=True)
    found: dict[Outcome, None] = {}
    for last in (False, True):
        try:
            space = Space(
                engine, _corner(team, last), [_corner(one, last) for one in workloads], limit=limit
            )
            found.update(dict.fromkeys(space.outcomes()))
        except TooManyError:
            return Opened(tuple(found), proven=False)
    outcomes = tuple(found)
    if len({one.verdict for one in outcomes}) > 1:
        return Opened(outcomes, proven=False)
    result = search(Cases.merged(engine, wide_team, wide), limit)
    return Opened((*outcomes, *result.outcomes), result.verdicts_proven)


def _corner(answers: Answers, last: bool) -> Answers:
    """Every assumption at the first or the last of the values that teams leave unsaid."""
    cells = dict(answers.cells)
    for question, unsaid in answers.unsaid.items():
        if answers.standing.get(question) is Standing.ASSUMED and unsaid:
            cells[question] = (unsaid[-1 if last else 0],)
    return replace(answers, cells=cells)
