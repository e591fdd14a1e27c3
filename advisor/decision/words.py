"""What is said for some answers: the verdicts, and no more of it than is asked for.

Where two completions already give two verdicts, nothing else is looked at. Otherwise all are, and
where there are too many of them, bounds have to show that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from advisor.decision.cases import Cases, Key
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.problem import Answers
from advisor.decision.scoring import Case
from advisor.decision.search import search
from advisor.decision.space import Space
from advisor.decision.systems import UNDETERMINED, Outcome
from advisor.domain.cell import Cell

Words = tuple[str, tuple[str, ...], tuple[str | None, ...]]
"""The system's verdict, then each workload's verdict and option: undetermined where completions
differ, an option None where several could win or none is named."""

Telling = Sequence[Mapping[Key, Cell]]
"""Completions that together give every subject two verdicts, as their open answers."""

ENUMERATED = 100
"""So many completions and outcomes are looked at one by one before bounds are tried."""

SEARCHED = 400
"""So many completions and boxes one search may look at, so that others have their turn."""

ATTEMPT_MAX = ENUMERATED + SEARCHED
"""What an attempt costs at most that ends in TooManyError."""

PREPARED = 4
"""To prepare looking at telling completions takes as long as looking at so many."""

DRAWN = 40
SEARCH_DRAWN = 16
"""Fewer are drawn before a search, since mostly one verdict is to be proven."""

SEED = 1


class Gathered:
    """What some outcomes say together."""

    def __init__(self, workloads: int) -> None:
        self.system: dict[str, None] = {}
        self.verdicts: list[dict[str, None]] = [{} for _ in range(workloads)]
        self.options: list[dict[str | None, None]] = [{} for _ in range(workloads)]

    def add(self, outcome: Outcome) -> bool:
        """Take it in; whether it gives something a verdict that had not been seen."""
        before = self._count
        self.system[outcome.verdict] = None
        for place, one in enumerate(outcome.workloads):
            self.verdicts[place][one.verdict] = None
            self.options[place][one.option] = None
        return self._count > before

    @property
    def _count(self) -> int:
        return len(self.system) + sum(map(len, self.verdicts))

    @property
    def all_differ(self) -> bool:
        """Whether everything has two verdicts, so that more completions change nothing."""
        return len(self.system) > 1 and all(len(words) > 1 for words in self.verdicts)

    def words(self) -> Words | None:
        if not self.system:
            return None
        return (
            common_verdict(self.system),
            tuple(common_verdict(words) for words in self.verdicts),
            tuple(next(iter(each)) if len(each) == 1 else None for each in self.options),
        )


def common_verdict(words: Iterable[str]) -> str:
    """The one verdict, or undetermined where there are several."""
    different = set(words)
    return different.pop() if len(different) == 1 else UNDETERMINED


def words_of(space: Space) -> Words | None:
    """What is said over all completions; None if nothing is left."""
    gathered = Gathered(len(space.parts))
    for combination in space.combinations():
        gathered.add(space.outcome(*combination))
        if gathered.all_differ:
            break
    return gathered.words()


def telling_of(engine: Engine, team: Answers, workloads: Sequence[Answers]) -> Telling:
    """A few completions that give everything two verdicts; none where none were found."""
    cases = Cases(engine, team, workloads)
    if not cases.variables:
        return ()
    gathered = Gathered(len(workloads))
    found = []
    for case in _drawn(cases):
        if gathered.add(cases.outcome(case)):
            found.append(_named(cases, case))
        if gathered.all_differ:
            return tuple(found)
    return ()


def words_at(
    engine: Engine,
    team: Answers,
    workloads: Sequence[Answers],
    telling: Telling,
    limit: int,
) -> tuple[Words | None, int]:
    """What is said for these answers, and how many completions and boxes it took to know.

    ``telling`` are completions worth looking at first. Raises TooManyError.
    """
    nodes = 0
    if telling:
        nodes = PREPARED
        cases = Cases(engine, team, workloads)
        gathered = Gathered(len(workloads))
        for case in _recalled(cases, telling):
            nodes += 1
            gathered.add(cases.outcome(case))
            if gathered.all_differ:
                return gathered.words(), nodes
    try:
        space = Space(engine, team, workloads, limit=min(limit, ENUMERATED))
        return words_of(space), nodes + space.nodes
    except TooManyError:
        if limit <= ENUMERATED:
            raise
    found = search(Cases.merged(engine, team, workloads), limit - ENUMERATED, drawn=SEARCH_DRAWN)
    gathered = Gathered(len(workloads))
    for outcome in found.outcomes:
        gathered.add(outcome)
    if not (found.proven or gathered.all_differ):
        raise TooManyError
    return gathered.words(), nodes + ENUMERATED + found.nodes


def _recalled(cases: Cases, telling: Telling) -> Iterable[Case]:
    """The telling completions beside the answers of these cases, then some that are drawn."""
    for cells in telling:
        case = []
        for one in cases.variables:
            cell = cells.get(one.key)
            case.append(one.cells.index(cell) if cell in one.cells else 0)
        settled = cases.settled(case)
        if settled is not None:
            yield settled
    yield from _drawn(cases)


def _drawn(cases: Cases) -> Iterable[Case]:
    """Some completions, always the same, each once."""
    random = Random(SEED)
    return dict.fromkeys(
        case for case in (cases.likely(random) for _ in range(DRAWN)) if case is not None
    )


def _named(cases: Cases, case: Case) -> Mapping[Key, Cell]:
    return {one.key: one.cells[k] for one, k in zip(cases.variables, case, strict=True)}
