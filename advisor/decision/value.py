"""The value of one option on one criterion: the strongest pro beside the strongest con."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from advisor.domain.evidence import Founded

ZERO = Fraction(0)


def value_of(founded: Iterable[Founded]) -> Fraction:
    """``max(0, strongest for) + min(0, strongest against)``, in [-1, 1].

    Maxima and not sums: saying a thing twice changes nothing.
    """
    best = worst = ZERO
    for claim in founded:
        best = max(best, claim.contribution)
        worst = min(worst, claim.contribution)
    return best + worst


def carrying(founded: Iterable[Founded]) -> tuple[str, ...]:
    """The ids of the claims that make the value: the strongest on each side, ties included."""
    claims = tuple(founded)
    best = max((claim.contribution for claim in claims), default=ZERO)
    worst = min((claim.contribution for claim in claims), default=ZERO)
    return tuple(
        claim.claim
        for claim in claims
        if claim.contribution
        and (claim.contribution == max(best, ZERO) or claim.contribution == min(worst, ZERO))
    )
