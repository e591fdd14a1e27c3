"""Which rules the examples exercise: each must be seen fired, silent and unknown by some case.

Every example is a case, once as it stands and once more for each answer that it gives with that
answer unknown. A rule without a condition always holds, so it is only seen fired.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product

from advisor.domain.cell import Cell
from advisor.domain.predicate import ALWAYS, Predicate, Value, fields, holds
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Criterion
from advisor.rulebook.compile import rules_of
from advisor.rulebook.examples import Derive, answers_of

Domains = Mapping[str, tuple[Cell, ...]]
Follow = Mapping[str, frozenset[str]]
"""For a need the fields whose values follow from its own, where nothing else is said."""


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
    when: Predicate, answers: Mapping[str, Value], unknown: frozenset[str], domains: Domains
) -> Seen:
    """The condition in three values: unknown where the open answers decide."""
    open_fields = sorted(fields(when) & unknown)
    seen = {
        holds(when, {**answers, **dict(zip(open_fields, values, strict=True))})
        for values in product(*([cell.sample for cell in domains[name]] for name in open_fields))
    }
    if len(seen) > 1:
        return Seen.UNKNOWN
    return Seen.FIRED if seen.pop() else Seen.SILENT


def uncovered(
    criteria: Iterable[Criterion],
    needs: Mapping[str, NeedType],
    domains: Domains,
    derive: Derive,
    follow: Follow,
) -> Iterator[Uncovered]:
    """Every rule that the examples of its criterion leave out in some way."""
    for criterion in criteria:
        cases = tuple(_cases(criterion, needs, derive, follow))
        for rule, when in rules_of(criterion).items():
            seen = {evaluate(when, answers, unknown, domains) for answers, unknown in cases}
            wanted = [Seen.FIRED] if when == ALWAYS else list(Seen)
            never = tuple(way for way in wanted if way not in seen)
            if never:
                yield Uncovered(rule, never)


def _cases(
    criterion: Criterion, needs: Mapping[str, NeedType], derive: Derive, follow: Follow
) -> Iterator[tuple[Mapping[str, Value], frozenset[str]]]:
    for example in criterion.examples:
        answers = answers_of(example, needs, derive)
        yield answers, frozenset()
        for name in example.answers:
            yield answers, frozenset({name, *follow.get(name, ())})
