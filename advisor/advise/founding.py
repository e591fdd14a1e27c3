"""What a claim is worth after its checks: struck out, executed, calculated, or only written."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from advisor.domain.evidence import Evidence, Founded, Verdict
from advisor.domain.rules import Claim, Conventions, Trust

NOTHING = Fraction(0)


def written(claim: Claim) -> Trust:
    """The grade of a claim that nothing was run for: that of its source."""
    return Trust.ARTICLE if claim.source.kind == "article" else Trust.DOCUMENTED


def grade(claim: Claim, evidence: Iterable[Evidence]) -> Trust:
    """Refuted by any refuting check; else the best grade of a check that agreed."""
    verdicts = list(evidence)
    if any(one.outcome is Verdict.REFUTES for one in verdicts):
        return Trust.REFUTED
    agreed = {one.grade for one in verdicts if one.outcome is Verdict.AGREES}
    for trust in (Trust.BROKER, Trust.MODEL, Trust.CALCULATED):
        if trust in agreed:
            return trust
    return written(claim)


def found(claim: Claim, evidence: Iterable[Evidence], conventions: Conventions) -> Founded:
    """The contribution ``t * strength`` with its interval.

    A point once a check was executed and agreed, and once one refuted; a capacity law is a
    calculation, so its claim may still turn out to be worth nothing.
    """
    trust = grade(claim, evidence)
    contribution = conventions.trust[trust] * claim.strength
    if trust is Trust.REFUTED:
        least = most = NOTHING
    elif trust in (Trust.MODEL, Trust.BROKER):
        least = most = claim.strength
    else:
        least, most = min(NOTHING, claim.strength), max(NOTHING, claim.strength)
    return Founded(claim.id, claim.strength, trust, contribution, least, most)
