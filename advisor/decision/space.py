"""Every completion of the open answers, scored: each workload beside each team.

Completions that score every option alike are one *situation* from here on, so that later facts
cost by different situations and not by completions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeVar

from advisor.decision.completions import (
    Completion,
    Open,
    Possible,
    Reader,
    TooManyError,
    completions,
    excludes,
    merge,
    potential,
)
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers
from advisor.decision.score import Scored, Tally
from advisor.decision.systems import Outcome
from advisor.domain.cell import Cell

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Situation:
    """One scored completion of a workload; ``choice`` and ``derived`` are those of it."""

    choice: tuple[int, ...]
    derived: tuple[Cell, ...]
    scored: Scored
    share: Fraction | int


@dataclass(frozen=True, slots=True)
class Part:
    """One workload: its merged answers, and its situations beside each completion of the team."""

    merged: Open
    beside: tuple[tuple[Situation, ...], ...]

    def different(self, team: int) -> tuple[Scored, ...]:
        """The different scores beside one completion of the team."""
        return tuple(dict.fromkeys(one.scored for one in self.beside[team]))


def merged_team(engine: Engine, team: Answers, workloads: Sequence[Answers]) -> Open:
    """The team's answers, with the cells merged that no workload, option or cost tells apart."""
    every = potential(team, {})
    if all(len(cells) == 1 for cells in every.values()):
        return merge(team, {}, ())
    readers = engine.team_readers(every)
    for place, answers in enumerate(workloads):
        beside = potential(answers, every)
        readers += engine.workload_readers(place, beside)
        readers += [Reader(one.parents, one.cells_at, beside) for one in answers.derived]
    return merge(team, {}, readers)


def merged_workload(engine: Engine, place: int, answers: Answers, team: Possible) -> Open:
    """One workload's answers, with the cells merged that none of its criteria tells apart."""
    every = potential(answers, team)
    known = all(len(cells) == 1 for cells in every.values())
    return merge(answers, team, [] if known else engine.workload_readers(place, every))


class Space:
    """All completions of the team's and the workloads' answers.

    Raises TooManyError, here or while facts are read, when more than ``limit`` completions and
    outcomes have to be looked at. ``nodes`` counts them.
    """

    def __init__(
        self,
        engine: Engine,
        team: Answers,
        workloads: Sequence[Answers],
        *,
        limit: int,
        shared: Mapping[int, Part] | None = None,
    ) -> None:
        """``shared`` has the parts of workloads that another space with this team has made."""
        self.engine = engine
        self.limit = limit
        self.nodes = 0
        self._outcomes: dict[tuple[int, tuple[Scored, ...]], Outcome] = {}
        every = potential(team, {})
        self.team = merged_team(engine, team, workloads)
        self.teams = tuple(
            replace(one, cells=dict(one.cells)) for one in self._counted(completions(self.team, {}))
        )
        self.parts = tuple(
            shared[place] if shared and place in shared else self._part(place, answers, every)
            for place, answers in enumerate(workloads)
        )

    def _counted(self, every: Iterable[One]) -> Iterator[One]:
        for one in every:
            self.nodes += 1
            if self.nodes > self.limit:
                raise TooManyError
            yield one

    def _part(self, place: int, answers: Answers, team: Possible) -> Part:
        every = potential(answers, team)
        merged = merged_workload(self.engine, place, answers, team)
        if self.nodes + len(self.teams) * _at_least(merged, every) > self.limit:
            raise TooManyError
        changing = {*merged.cells, *(name for name, cells in every.items() if len(cells) > 1)}
        return Part(
            merged,
            tuple(
                tuple(self._situations(place, merged, team_answers, changing))
                for team_answers in self.teams
            ),
        )

    def _situations(
        self, place: int, merged: Open, team: Completion, changing: set[str]
    ) -> Iterator[Situation]:
        tables = self.engine.tables[place]
        allowed = self.engine.places(team.cells)
        moving = tuple(j for j, reads in enumerate(tables.reads) if changing.intersection(reads))
        still: Tally | None = None
        for one in self._counted(completions(merged, team.cells)):
            if still is None:
                first = tables.columns(one.cells)
                columns = list(first)
                fixed = [column for j, column in enumerate(first) if j not in moving]
                still = Tally(len(tables.options)).plus(fixed)
            for j in moving:
                columns[j] = tables.column(j, one.cells)
            tally = still.plus([columns[j] for j in moving])
            scored = self.engine.score(place, tuple(columns), tally, allowed, one.cells)
            yield Situation(one.choice, one.derived, scored, one.share)

    def outcome(self, team: int, scored: tuple[Scored, ...]) -> Outcome:
        """What these scores lead to beside one completion of the team; remembered."""
        key = (team, scored)
        known = self._outcomes.get(key)
        if known is None:
            self.nodes += 1
            if self.nodes > self.limit:
                raise TooManyError
            known = self.engine.outcome(scored, self.teams[team].cells)
            self._outcomes[key] = known
        return known

    def combinations(self) -> Iterator[tuple[int, tuple[Scored, ...]]]:
        """Every combination of different scores, with the team completion it stands beside."""
        for team in range(len(self.teams)):
            for scored in product(*(part.different(team) for part in self.parts)):
                yield team, scored

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every different outcome that some completion gives."""
        return tuple(dict.fromkeys(self.outcome(*one) for one in self.combinations()))


def _at_least(merged: Open, every: Possible) -> int:
    """How many completions there are at least: as many as combinations, if none is excluded."""
    if any(excludes(one, every) for one in merged.derived):
        return 0
    return prod(map(len, merged.cells.values()))
