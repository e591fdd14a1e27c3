"""Which rules the examples exercise: each must be seen fired, silent and unknown by some case.

Every example is a case, once as it stands and once more for each answer that it gives with that
answer unknown. A rule without a condition always holds, so it is only seen fired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from advisor.domain.cell import Cell
from advisor.domain.predicate import ALWAYS, Predicate, fields, holds
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Criterion
from advisor.rulebook.cases import Answers, Domains, Tie, combined
from advisor.rulebook.compile import rules_of
from advisor.rulebook.examples import Derive, answers_of
from advisor.rulebook.thresholds import point

TiesOf = Callable[[Collection[str]], Sequence[Tie]]
"""How the fields hang together where these have answers of their own."""


class Seen(Enum):
    """What a condition came to in a case."""

    FIRED = "fired"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A rule that no case has shown in these ways."""

    rule: str
    never: tuple[Seen, ...]


def evaluate(
    when: Predicate,
    answers: Answers,
    unknown: str | None,
    domains: Domains,
    tied: Sequence[Tie],
) -> Seen:
    """The condition in three values: unknown where the open answer, or what hangs on it, decides.

    ``answers`` has one possible value of what is unknown; what is bound to it is open as well, as
    far as the ties leave it.
    """
    seen = {holds(when, answers)}
    if unknown is not None:
        cells = _open_cells(fields(when), answers, unknown, domains, tied)
        binding = [tie for tie in tied if tie.fields <= cells.keys()]
        seen |= {holds(when, case) for case in combined(cells, binding)}
    if len(seen) > 1:
        return Seen.UNKNOWN
    return Seen.FIRED if seen.pop() else Seen.SILENT


def _open_cells(
    read: frozenset[str],
    answers: Answers,
    unknown: str,
    domains: Domains,
    tied: Sequence[Tie],
) -> Mapping[str, tuple[Cell, ...]]:
    """The cells of what a condition reads and of what ties the unknown: of all else one point."""
    ties = [
        tie for tie in tied if unknown in tie.fields and (tie.follower in read or not tie.bound)
    ]
    opened = {unknown, *(tie.follower for tie in ties if tie.bound)}
    needed = read.union({unknown}, *(tie.fields for tie in ties))
    return {name: domains[name] if name in opened else (point(answers[name]),) for name in needed}


def uncovered(
    criteria: Iterable[Criterion],
    needs: Mapping[str, NeedType],
    domains: Domains,
    derive: Derive,
    ties_of: TiesOf,
) -> Iterator[Uncovered]:
    """Every rule that the examples of its criterion leave out in some way."""
    for criterion in criteria:
        shown: dict[str, set[Seen]] = {rule: set() for rule in rules_of(criterion)}
        for example in criterion.examples:
            answers = answers_of(example, needs, derive)
            tied = ties_of(example.answers)
            for rule, when in rules_of(criterion).items():
                for unknown in (None, *example.answers):
                    shown[rule].add(evaluate(when, answers, unknown, domains, tied))
        for rule, when in rules_of(criterion).items():
            wanted = [Seen.FIRED] if when == ALWAYS else list(Seen)
            never = tuple(way for way in wanted if way not in shown[rule])
            if never:
                yield Uncovered(rule, never)
