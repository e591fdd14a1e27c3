"""What one changed answer would do: to an assumption, or to something that the team stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.decision.completions import TooManyError
from advisor.decision.problem import Answers
from advisor.decision.questions import common_verdict
from advisor.decision.space import Part, Space
from advisor.domain.cell import Cell
from advisor.domain.requirements import Standing


@dataclass(frozen=True, slots=True)
class Variation:
    """One answer changed alone, and what would then be said.

    ``workload`` is None for a question to the team. ``before`` is None for a derived question.
    ``verdicts`` and ``options`` have every workload, in order; an option is None where several
    could win or none is named. ``changed`` names the workloads whose verdict is another one than
    before, ``system_changed`` says so of the system's.
    """

    workload: str | None
    question: str
    standing: Standing
    before: Cell | None
    after: Cell
    system: str
    verdicts: tuple[str, ...]
    options: tuple[str | None, ...]
    changed: frozenset[str]
    system_changed: bool


class Variations:
    """Tries single answers under one limit of nodes; what it could not afford is ``unproven``."""

    def __init__(
        self, base: Space, team: Answers, workloads: Sequence[Answers], limit: int
    ) -> None:
        self.base = base
        self.team = team
        self.workloads = tuple(workloads)
        self.left = limit
        self.unproven: list[tuple[str | None, str]] = []
        self._names = tuple(one.name for one in base.engine.problem.workloads)
        self._before = words_of(base)

    def every(self) -> tuple[Variation, ...]:
        """All single changes that change a verdict: assumptions first, then what was stated."""
        found = []
        for standing in (Standing.ASSUMED, Standing.STATED):
            for place, question, before, after in self._changes(standing):
                variation = self._try(standing, place, question, before, after)
                if variation is not None and (variation.changed or variation.system_changed):
                    found.append(variation)
        return tuple(found)

    def _changes(self, standing: Standing) -> Iterator[tuple[int | None, str, Cell | None, Cell]]:
        owners: list[tuple[int | None, Answers]] = [(None, self.team), *enumerate(self.workloads)]
        for place, answers in owners:
            cells = answers.unsaid if standing is Standing.ASSUMED else answers.alternatives
            for question, others in cells.items():
                if answers.standing.get(question) is standing:
                    known = answers.cells.get(question)
                    before = known[0] if known else None
                    for after in others:
                        yield place, question, before, after

    def _try(
        self,
        standing: Standing,
        place: int | None,
        question: str,
        before: Cell | None,
        after: Cell,
    ) -> Variation | None:
        owner = None if place is None else self._names[place]
        try:
            space = self._space(place, question, after)
            words = words_of(space)
        except TooManyError:
            self.unproven.append((owner, question))
            return None
        self.left -= space.nodes
        if words is None or self._before is None:
            return None
        system, verdicts, options = words
        changed = frozenset(
            name
            for name, now, then in zip(self._names, verdicts, self._before[1], strict=True)
            if now != then
        )
        return Variation(
            owner,
            question,
            standing,
            before,
            after,
            system,
            verdicts,
            options,
            changed,
            system != self._before[0],
        )

    def _space(self, place: int | None, question: str, after: Cell) -> Space:
        team, workloads = self.team, list(self.workloads)
        shared: Mapping[int, Part] | None = None
        if place is None:
            team = _with(team, question, after)
        else:
            workloads[place] = _with(workloads[place], question, after)
            if len(self.base.teams) == 1 and not self.base.team.cells:
                shared = {i: part for i, part in enumerate(self.base.parts) if i != place}
        return Space(self.base.engine, team, workloads, limit=self.left, shared=shared)


def _with(answers: Answers, question: str, cell: Cell) -> Answers:
    return replace(answers, cells={**answers.cells, question: (cell,)})


Words = tuple[str, tuple[str, ...], tuple[str | None, ...]]


def words_of(space: Space) -> Words | None:
    """The system's verdict, then each workload's verdict and option; None if nothing is left.

    Stops where more completions could not change what is said any more.
    """
    system: set[str] = set()
    verdicts: list[set[str]] = [set() for _ in space.parts]
    options: list[set[str | None]] = [set() for _ in space.parts]
    for combination in space.combinations():
        outcome = space.outcome(*combination)
        system.add(outcome.verdict)
        for place, one in enumerate(outcome.workloads):
            verdicts[place].add(one.verdict)
            options[place].add(one.option)
        if len(system) > 1 and all(len(words) > 1 for words in verdicts):
            break
    if not system:
        return None
    return (
        common_verdict(system),
        tuple(common_verdict(words) for words in verdicts),
        tuple(each.pop() if len(each) == 1 else None for each in options),
    )
