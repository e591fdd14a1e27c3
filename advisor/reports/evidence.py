"""The evidence that carries a decision, and what the article says that no longer holds."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.domain.evidence import Verdict
from advisor.domain.recommendation import Recommendation, WorkloadAdvice
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table
from advisor.wording.evidence import correction_sentence, evidence_summary, where
from advisor.wording.lookup import Lookup
from advisor.wording.selection import carrying, outdated_claims


def evidence_blocks(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    """Claims that make the score of the design or of its rival, each with its check."""
    shown = carrying(workload, lookup)
    if not shown:
        return
    yield Heading("Evidence", 3)
    yield Paragraph(evidence_summary(shown))
    yield Table(
        ("claim", "check", "outcome", "grade", "run on", "run again"),
        tuple(
            (
                one.claim,
                one.check or "none",
                one.outcome.value,
                one.grade.value,
                where(one),
                one.rerun or "-",
            )
            for one in shown
        ),
        whole_cells=True,
    )
    unsettled = [one for one in shown if one.because and one.outcome is not Verdict.AGREES]
    if unsettled:
        remarks = (f"{one.claim}: {one.outcome.value}, {one.because}" for one in unsettled)
        yield Items(tuple(dict.fromkeys(remarks)))


def outdated(recommendation: Recommendation, lookup: Lookup) -> Iterator[Block]:
    """The article's claims that a check refuted; nothing where there are none."""
    found = outdated_claims(recommendation, lookup)
    if found:
        yield Heading("What the article says differently today")
        yield Items(tuple(correction_sentence(one, lookup) for one in found))
