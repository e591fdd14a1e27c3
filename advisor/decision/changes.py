"""What one changed answer would do: to an assumption, or to something that the team stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers
from advisor.decision.words import ATTEMPT_MAX, Telling, Words, words_at
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
    """Tries single answers under one limit of nodes; what it could not afford is ``unproven``.

    ``before`` is what is said now, ``telling`` completions that show its being undetermined.
    """

    def __init__(
        self,
        engine: Engine,
        team: Answers,
        workloads: Sequence[Answers],
        before: Words | None,
        telling: Telling,
        limit: int,
    ) -> None:
        self.engine = engine
        self.team = team
        self.workloads = tuple(workloads)
        self.left = limit
        self.telling = telling
        self.unproven: list[tuple[str | None, str]] = []
        self._names = tuple(one.name for one in engine.problem.workloads)
        self._before = before

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
        team, workloads = self.team, list(self.workloads)
        if place is None:
            team = _with(team, question, after)
        else:
            workloads[place] = _with(workloads[place], question, after)
        try:
            words, nodes = words_at(self.engine, team, workloads, self.telling, self.left)
        except TooManyError:
            self.unproven.append((owner, question))
            self.left -= min(self.left, ATTEMPT_MAX)
            return None
        self.left -= nodes
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


def _with(answers: Answers, question: str, cell: Cell) -> Answers:
    return replace(answers, cells={**answers.cells, question: (cell,)})
