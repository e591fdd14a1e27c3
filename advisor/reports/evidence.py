"""The evidence that carries a decision, and what the article says that no longer holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from advisor.domain.evidence import Evidence, Verdict
from advisor.domain.recommendation import Recommendation, WorkloadAdvice
from advisor.domain.rules import Trust
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table, joined
from advisor.reports.comparison import picked_of, rival_of
from advisor.reports.lookup import Lookup, measured_text, source_text

_GRADES = {
    Trust.BROKER: "executed on a real broker",
    Trust.MODEL: "executed on the models",
    Trust.CALCULATED: "calculated by a capacity law",
    Trust.DOCUMENTED: "documented only",
    Trust.ARTICLE: "from the article only",
    Trust.REFUTED: "refuted",
}


def evidence_blocks(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    """Claims that make the score of the design or of its rival, each with its check."""
    shown = carrying(workload, lookup)
    if not shown:
        return
    yield Heading("Evidence", 3)
    yield Paragraph(_summary(shown))
    yield Table(
        ("claim", "check", "outcome", "grade", "run on", "run again"),
        tuple(
            (
                one.claim,
                one.check or "none",
                one.outcome.value,
                one.grade.value,
                _where(one),
                one.rerun or "-",
            )
            for one in shown
        ),
    )
    remarks = tuple(
        _remark(one) for one in shown if one.because and one.outcome is not Verdict.AGREES
    )
    if remarks:
        yield Items(tuple(dict.fromkeys(remarks)))


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


def outdated(recommendation: Recommendation, lookup: Lookup) -> Iterator[Block]:
    """The article's claims that a check refuted; nothing where there are none."""
    refuted: dict[str, list[Evidence]] = {}
    for workload in recommendation.workloads:
        for one in workload.evidence:
            claim = lookup.claims.get(one.claim)
            if claim is not None and claim.source.kind == "article" and _refutes(one):
                refuted.setdefault(one.claim, []).append(one)
    if not refuted:
        return
    yield Heading("What the article says differently today")
    yield Items(tuple(_correction(found, lookup) for found in refuted.values()))


def _refutes(evidence: Evidence) -> bool:
    return evidence.outcome is Verdict.REFUTES


def _correction(found: list[Evidence], lookup: Lookup) -> str:
    claim = lookup.claims[found[0].claim]
    checks = joined(dict.fromkeys(one.check or "none" for one in found))
    measured = measured_text(found[0].measured)
    return (
        f"{lookup.title(claim.option)}: {claim.says} [{source_text(claim.source)}] "
        f"Refuted by {checks} on {_where(found[0])}"
        + (f" ({measured})." if measured else ".")
        + " The claim is struck out."
    )


def _summary(shown: list[Evidence]) -> str:
    grades = Counter({one.claim: one.grade for one in shown}.values())
    parts = [f"{grades[grade]} {words}" for grade, words in _GRADES.items() if grades[grade]]
    return f"Of {grades.total()} claims that carry this: {', '.join(parts)}."


def _where(evidence: Evidence) -> str:
    if evidence.broker is not None:
        agrees = "agreed" if evidence.broker.agrees else "disagreed"
        return f"{evidence.model} ({evidence.broker.version} {agrees}, {evidence.broker.date})"
    return evidence.model or "not run"


def _remark(evidence: Evidence) -> str:
    return f"{evidence.claim}: {evidence.outcome.value}, {evidence.because}"
