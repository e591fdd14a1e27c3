"""Musts that nothing meets together, with what fails each option, and the ways out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from advisor.decision import Contradiction as Found
from advisor.domain.evidence import Evidence, Verdict
from advisor.domain.recommendation import (
    Contradiction,
    Elimination,
    Failing,
    Ranked,
    Unsatisfiable,
    WayOut,
)

PAIR = " + "
DECISIVE = (Verdict.AGREES, Verdict.REFUTES)


def contradiction_of(
    found: Found | None,
    ranking: Sequence[Ranked],
    evidence: Iterable[Evidence],
    nearest: str | None,
) -> Contradiction | None:
    """What the report shows of a contradiction; None where one design meets every must."""
    if found is None:
        return None
    heard = tuple(evidence)
    return Contradiction(
        unsatisfiable=tuple(
            Unsatisfiable(tuple(sorted(one)), tuple(_failing(one, ranking, heard)))
            for one in found.unsatisfiable
        ),
        corrections=tuple(tuple(sorted(one)) for one in found.corrections),
        ways_out=tuple(_ways(found, ranking, nearest)),
    )


def _failing(
    musts: frozenset[str], ranking: Sequence[Ranked], heard: Sequence[Evidence]
) -> Iterator[Failing]:
    """For each single design what stands against it among these musts."""
    for row in ranking:
        if PAIR in row.option:
            continue
        for missed in row.eliminated_by:
            if musts.issuperset(missed.criteria):
                claims = _claims(row, missed)
                yield Failing(
                    row.option, missed.criteria, missed.conflict, claims, _checks(claims, heard)
                )


def _claims(row: Ranked, missed: Elimination) -> tuple[str, ...]:
    if missed.conflict is not None:
        return (missed.conflict,)
    return tuple(
        claim
        for one in row.contributions
        if one.criterion in missed.criteria
        for claim in one.claims
    )


def _checks(claims: Sequence[str], heard: Sequence[Evidence]) -> tuple[str, ...]:
    """The checks that were run or calculated for these claims and said something."""
    return tuple(
        dict.fromkeys(
            one.check
            for one in heard
            if one.claim in claims and one.check is not None and one.outcome in DECISIVE
        )
    )


def _ways(found: Found, ranking: Sequence[Ranked], nearest: str | None) -> Iterator[WayOut]:
    """Divide inside one system, divide between two, relax, or take the nearest miss."""
    fitting = [row.option for row in ranking if PAIR in row.option and not row.eliminated_by]
    for kind, wanted in (("split", 1), ("both", 2)):
        option = next((one for one in fitting if len(_systems(one)) == wanted), None)
        if option is not None:
            yield WayOut(kind, option, ())
    for correction in found.corrections:
        option = _freed(correction, ranking)
        yield WayOut("relax", option, tuple(sorted(correction)))
    if not fitting:
        yield WayOut("unmet", nearest, ())


def _systems(pair: str) -> set[str]:
    return {part.partition(".")[0] for part in pair.split(PAIR)}


def _freed(correction: frozenset[str], ranking: Sequence[Ranked]) -> str | None:
    """The design of most value among those that meet every must that is left."""
    freed = [
        (_value(row), -place, row.option)
        for place, row in enumerate(ranking)
        if PAIR not in row.option
        and all(correction.intersection(missed.criteria) for missed in row.eliminated_by)
    ]
    return max(freed)[2] if freed else None


def _value(row: Ranked) -> Fraction:
    """N: the score without the penalty of missed musts."""
    weights = sum(one.weight for one in row.contributions)
    total = sum((one.weight * one.value for one in row.contributions), Fraction(0))
    return total / weights if weights else Fraction(0)
