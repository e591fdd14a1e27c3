"""The completions that facts are read from: all of them, or those that a search looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from advisor.decision.completions import completions
from advisor.decision.engine import Engine
from advisor.decision.problem import Cells
from advisor.decision.score import Scored
from advisor.decision.search import Found
from advisor.decision.space import Space
from advisor.decision.systems import WorkloadOutcome

One = TypeVar("One")


class Combination(NamedTuple):
    """The team's answers and the scores of the workloads beside them."""

    team: Cells
    scored: tuple[Scored, ...]


class Seen(Protocol):
    """Some or all completions."""

    @property
    def engine(self) -> Engine: ...

    def combinations(self) -> Iterator[Combination]:
        """All workloads together."""

    def alone(self, place: int) -> Iterator[Combination]:
        """One workload by itself."""

    def reference(self, place: int, option: str | None) -> tuple[Cells, tuple[str, ...]]:
        """The first completion in which the workload's option wins (or is named, or the first).

        Gives its cells, and the winners there.
        """


@dataclass(frozen=True, slots=True)
class AllSeen:
    """Every completion, those that score alike once."""

    space: Space

    @property
    def engine(self) -> Engine:
        return self.space.engine

    def combinations(self) -> Iterator[Combination]:
        for team, scored in self.space.combinations():
            yield Combination(self.space.teams[team].cells, scored)

    def alone(self, place: int) -> Iterator[Combination]:
        for team, cells in enumerate(self.space.teams):
            for scored in self.space.parts[place].different(team):
                yield Combination(cells.cells, (scored,))

    def reference(self, place: int, option: str | None) -> tuple[Cells, tuple[str, ...]]:
        space = self.space
        team, scored = _closest(
            (
                (space.outcome(team, scored).workloads[place], (team, scored))
                for team, scored in space.combinations()
            ),
            option,
        )
        own = scored[place]
        outcome = space.outcome(team, scored).workloads[place]
        part = space.parts[place]
        at = next(i for i, one in enumerate(part.beside[team]) if one.scored == own)
        for i, completion in enumerate(completions(part.merged, space.teams[team].cells)):
            if i == at:
                return dict(completion.cells), outcome.winners
        raise AssertionError("every situation is a completion")


@dataclass(frozen=True, slots=True)
class SomeSeen:
    """The first completion and those that the search drew."""

    found: Found

    @property
    def engine(self) -> Engine:
        return self.found.cases.engine

    def combinations(self) -> Iterator[Combination]:
        cases = self.found.cases
        for case in self.found.looked:
            yield Combination(cases.team_cells(case), cases.scored(case))

    def alone(self, place: int) -> Iterator[Combination]:
        for one in self.combinations():
            yield Combination(one.team, (one.scored[place],))

    def reference(self, place: int, option: str | None) -> tuple[Cells, tuple[str, ...]]:
        cases = self.found.cases
        chosen = _closest(
            ((cases.outcome(case).workloads[place], case) for case in self.found.looked), option
        )
        return cases.cells(chosen, place), cases.outcome(chosen).workloads[place].winners


def _closest(every: Iterable[tuple[WorkloadOutcome, One]], option: str | None) -> One:
    """The first with this option that meets every must; else the first with it, else the first."""
    named: list[One] = []
    first: list[One] = []
    for outcome, one in every:
        if outcome.option == option:
            if outcome.status != "unmet":
                return one
            named.append(one)
        first = first or [one]
    return (named or first)[0]
