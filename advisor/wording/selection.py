"""Which of the many results a person is shown: the design, its rival, what carries the choice."""

from __future__ import annotations

from fractions import Fraction

from advisor.domain.evidence import Evidence, Verdict
from advisor.domain.recommendation import Contribution, Ranked, Recommendation, WorkloadAdvice
from advisor.wording.lookup import Lookup


def picked_of(workload: WorkloadAdvice) -> Ranked | None:
    """The ranked entry of the design that the workload is to use."""
    return next((one for one in workload.ranking if one.option == workload.option), None)


def rival_of(workload: WorkloadAdvice, lookup: Lookup) -> Ranked | None:
    """The best design of another family; the best other one where all are of one family."""
    others = [one for one in workload.ranking if one.option != workload.option]
    picked = lookup.families(workload.option or "")
    foreign = [one for one in others if not lookup.families(one.option) & picked]
    return next(iter(foreign or others), None)


def differences(picked: Ranked, rival: Ranked) -> list[tuple[Contribution, Fraction, Fraction]]:
    """For each criterion: the picked design's contribution, the rival's value, and the share of
    the difference in normalised value; the shares add up to it exactly. Largest first."""
    total = sum(one.weight for one in picked.contributions)
    theirs = {one.criterion: one.value for one in rival.contributions}
    rows = [
        (
            one,
            theirs.get(one.criterion, Fraction(0)),
            Fraction(one.weight, total or 1) * (one.value - theirs.get(one.criterion, Fraction(0))),
        )
        for one in picked.contributions
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0].criterion))


def carrying(workload: WorkloadAdvice, lookup: Lookup) -> list[Evidence]:
    """The evidence of the claims behind the design and its rival, in the document's order."""
    carriers = (picked_of(workload), rival_of(workload, lookup))
    claims = {
        claim
        for ranked in carriers
        if ranked is not None
        for contribution in ranked.contributions
        for claim in contribution.claims
    }
    return [one for one in workload.evidence if one.claim in claims]


def by_weight(ranked: Ranked) -> list[Contribution]:
    """The contributions that count, largest weighted value first, musts before equals."""
    counted = [one for one in ranked.contributions if one.weight * one.value]
    return sorted(
        counted, key=lambda one: (-abs(one.weight * one.value), -one.level, one.criterion)
    )


def outdated_claims(recommendation: Recommendation, lookup: Lookup) -> list[list[Evidence]]:
    """The article's claims that a check refuted: for each, its refuting evidence."""
    refuted: dict[str, list[Evidence]] = {}
    for workload in recommendation.workloads:
        for one in workload.evidence:
            claim = lookup.claims.get(one.claim)
            of_article = claim is not None and claim.source.kind == "article"
            if of_article and one.outcome is Verdict.REFUTES:
                refuted.setdefault(one.claim, []).append(one)
    return list(refuted.values())
