"""Which unknown answers are worth having, where there are too many completions to look at each.

That a question is decisive is shown by two completions that differ in it alone (and what follows),
so it is proven; that one is not is not, and how much it would tell is estimated from completions
that were drawn. An answer settles a verdict only where that is proven, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from math import log, log2

from advisor.decision.cases import Cases
from advisor.decision.completions import TooManyError
from advisor.decision.problem import Answers
from advisor.decision.questions import GAIN_DIGITS, OpenQuestion, Reply, winners_of
from advisor.decision.scoring import Case
from advisor.decision.search import Found
from advisor.decision.systems import UNDETERMINED
from advisor.decision.words import Gathered, Words, words_at
from advisor.domain.cell import Cell

TRIES = 12
"""In so many completions each question is changed alone."""

SETTLING = 400
"""So many nodes may be spent on whether an answer settles a verdict, ``SETTLING_ALL`` on all."""

SETTLING_ALL = 1_200


def drawn_questions(
    found: Found, team: Answers, workloads: Sequence[Answers]
) -> list[OpenQuestion]:
    """Every unknown question: decisive ones first, of which the most telling."""
    return sorted(
        _Asking(found, team, workloads).questions(),
        key=lambda one: (not one.decides, -(one.gain or 0.0)),
    )


class _Asking:
    def __init__(self, found: Found, team: Answers, workloads: Sequence[Answers]) -> None:
        self.cases: Cases = found.cases
        self.looked = found.looked
        self.team = team
        self.workloads = tuple(workloads)
        self.names = [one.name for one in self.cases.engine.problem.workloads]
        self.left = SETTLING_ALL

    def questions(self) -> Iterator[OpenQuestion]:
        results = [winners_of(self.cases.outcome(case)) for case in self.looked]
        for i, one in enumerate(self.cases.variables):
            if one.derived is None:
                gain = information(results, [case[i] for case in self.looked])
                yield OpenQuestion(
                    workload=None if one.place is None else self.names[one.place],
                    question=one.name,
                    decides=frozenset(self.names[place] for place in self._decides(i)),
                    gain=round(gain, GAIN_DIGITS),
                    replies=tuple(self._replies(i)),
                )

    def _decides(self, i: int) -> set[int]:
        """The workloads whose winners differ between two completions that differ in this alone."""
        found: set[int] = set()
        for case in self.looked[:TRIES]:
            before = winners_of(self.cases.outcome(case))
            for after in self._changed(case, i):
                winners = winners_of(self.cases.outcome(after))
                found |= {k for k, own in enumerate(winners) if own != before[k]}
            if len(found) == len(self.names):
                break
        return found

    def _changed(self, case: Case, i: int) -> Iterator[Case]:
        for cell in range(len(self.cases.variables[i].cells)):
            after = self.cases.changed(case, i, cell)
            if after is not None and after != case:
                yield after

    def _replies(self, i: int) -> Iterator[Reply]:
        variable = self.cases.variables[i]
        answers = self.team if variable.place is None else self.workloads[variable.place]
        group = self.cases.groups.get(variable.key, {})
        said: dict[Cell, Words] = {}
        for cell in answers.cells[variable.name]:
            merged = group.get(cell, cell)
            if merged not in said:
                said[merged] = self._said(i, merged)
            yield Reply(cell, said[merged][0], said[merged][1])

    def _said(self, i: int, cell: Cell) -> Words:
        """What the answer settles; undetermined where nothing is proven to be."""
        variable = self.cases.variables[i]
        gathered = Gathered(len(self.names))
        place = variable.cells.index(cell)
        for case in self.looked[:TRIES]:
            after = self.cases.changed(case, i, place)
            if after is not None:
                gathered.add(self.cases.outcome(after))
        words = gathered.words()
        if words is not None and gathered.all_differ:
            return words
        return self._proven(variable.place, variable.name, cell) or self._undetermined

    @property
    def _undetermined(self) -> Words:
        count = len(self.names)
        return UNDETERMINED, (UNDETERMINED,) * count, (None,) * count

    def _proven(self, place: int | None, name: str, cell: Cell) -> Words | None:
        team, workloads = self.team, list(self.workloads)
        own = team if place is None else workloads[place]
        changed = replace(own, cells={**own.cells, name: (cell,)})
        if place is None:
            team = changed
        else:
            workloads[place] = changed
        limit = min(self.left, SETTLING)
        if limit <= 0:
            return None
        try:
            words, nodes = words_at(self.cases.engine, team, workloads, (), limit)
        except TooManyError:
            self.left -= limit
            return None
        self.left -= nodes
        return words


def information(results: Sequence[Hashable], answers: Sequence[int]) -> float:
    """The mutual information of result and answer in bits, less what chance alone would give."""
    count = len(results)
    each, own = Counter(results), Counter(answers)
    both = Counter(zip(results, answers, strict=True))
    bits = sum(
        n / count * log2(n * count / (each[result] * own[answer]))
        for (result, answer), n in both.items()
    )
    return bits - (len(each) - 1) * (len(own) - 1) / (2 * count * log(2))
