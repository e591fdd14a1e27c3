"""The fewest answers whose change changes a verdict, and every such set of that size.

Sizes are gone through upwards: all single changes were tried already, then all pairs, then all
triples of answers, each with every value that a stated answer could have and every value that a
team may leave unsaid. The limit of completions and outcomes ends it; then nothing shorter than what
was gone through completely exists, and that is all that is proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from advisor.decision.changes import Variation
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers
from advisor.decision.words import Telling, Words, words_at
from advisor.domain.cell import Cell
from advisor.domain.requirements import Standing

SIZE_MAX = 3


@dataclass(frozen=True, slots=True)
class Changed:
    """One answer of a set: ``workload`` is None for a question to the team."""

    workload: str | None
    question: str
    before: Cell | None
    after: Cell


@dataclass(frozen=True, slots=True)
class FlipSet:
    """Answers changed together, with what is said then: of the system, and of each workload."""

    changes: tuple[Changed, ...]
    system: str
    verdicts: tuple[str, ...]
    options: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Flips:
    """The flips of one subject. ``least`` is the smallest size with a flip, or what is proven to be
    too few plus one; ``proven`` whether ``sets`` are all of that size, and there are some or none
    at all up to SIZE_MAX."""

    least: int
    sets: tuple[FlipSet, ...]
    proven: bool


Choice = tuple[int | None, str, Cell | None, tuple[Cell, ...]]


class Flipping:
    """Tries sets of answers of growing size for all subjects at once."""

    def __init__(
        self,
        engine: Engine,
        team: Answers,
        workloads: Sequence[Answers],
        before: Words,
        telling: Telling,
        limit: int,
    ) -> None:
        self.engine = engine
        self.team = team
        self.workloads = tuple(workloads)
        self.before = before
        self.telling = telling
        self.left = limit
        self.names = [one.name for one in engine.problem.workloads]

    def flips(self, variations: Sequence[Variation], *, singles_proven: bool) -> tuple[Flips, ...]:
        """For the system, then for each workload."""
        subjects = range(1 + len(self.names))
        found: list[Flips | None] = [
            self._singles(subject, variations, singles_proven) for subject in subjects
        ]
        size = 2
        while size <= SIZE_MAX and any(one is None for one in found):
            sets, complete = self._of_size(size)
            for subject in subjects:
                if found[subject] is None:
                    own = tuple(
                        one for one in sets if self._word(one, subject) != self._now(subject)
                    )
                    if own or not complete:
                        found[subject] = Flips(size, own, complete)
            size += 1
        return tuple(one or Flips(SIZE_MAX + 1, (), proven=True) for one in found)

    def _now(self, subject: int) -> str:
        return self.before[0] if subject == 0 else self.before[1][subject - 1]

    @staticmethod
    def _word(one: FlipSet, subject: int) -> str:
        return one.system if subject == 0 else one.verdicts[subject - 1]

    def _singles(self, subject: int, variations: Sequence[Variation], proven: bool) -> Flips | None:
        sets = tuple(
            FlipSet(
                (Changed(one.workload, one.question, one.before, one.after),),
                one.system,
                one.verdicts,
                one.options,
            )
            for one in variations
            if (one.system if subject == 0 else one.verdicts[subject - 1]) != self._now(subject)
        )
        if sets or not proven:
            return Flips(1, sets, proven)
        return None

    def _of_size(self, size: int) -> tuple[list[FlipSet], bool]:
        """Every set of this size that changes something, and whether all were gone through."""
        found: list[FlipSet] = []
        for chosen in combinations(list(self._choices()), size):
            for cells in product(*(one[3] for one in chosen)):
                words = self._try(chosen, cells)
                if self.left <= 0:
                    return found, False
                if words is not None and (words[0], words[1]) != (self.before[0], self.before[1]):
                    changes = tuple(
                        Changed(
                            None if place is None else self.names[place], question, before, after
                        )
                        for (place, question, before, _cells), after in zip(
                            chosen, cells, strict=True
                        )
                    )
                    found.append(FlipSet(changes, *words))
        return found, True

    def _choices(self) -> Iterator[Choice]:
        """Every answer that may be changed, with the values that it may be changed to."""
        owners: list[tuple[int | None, Answers]] = [(None, self.team), *enumerate(self.workloads)]
        for place, answers in owners:
            for standing, cells in (
                (Standing.ASSUMED, answers.unsaid),
                (Standing.STATED, answers.alternatives),
            ):
                for question, others in cells.items():
                    if others and answers.standing.get(question) is standing:
                        known = answers.cells.get(question)
                        yield place, question, known[0] if known else None, others

    def _try(self, chosen: Sequence[Choice], cells: Sequence[Cell]) -> Words | None:
        team, workloads = self.team, list(self.workloads)
        for (place, question, _before, _cells), cell in zip(chosen, cells, strict=True):
            own = team if place is None else workloads[place]
            changed = replace(own, cells={**own.cells, question: (cell,)})
            if place is None:
                team = changed
            else:
                workloads[place] = changed
        try:
            words, nodes = words_at(self.engine, team, workloads, self.telling, self.left)
        except TooManyError:
            self.left = 0
            return None
        self.left -= nodes
        return words
