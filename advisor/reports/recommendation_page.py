"""The readable page of a recommendation: the verdict first, then why, on what evidence, and what
would change it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.domain.recommendation import Recommendation, WorkloadAdvice
from advisor.domain.rules import RuleBook
from advisor.reports.blocks import Block, Heading, Items, Page, Paragraph, Table
from advisor.reports.comparison import why
from advisor.reports.confidence_blocks import (
    confidence_blocks,
    contradiction_blocks,
    system_blocks,
)
from advisor.reports.conventions import conventions_table
from advisor.reports.evidence import evidence_blocks, outdated
from advisor.wording.assumptions import (
    assumption_sentence,
    assumptions_in_order,
    flip_sentences,
    question_sentences,
)
from advisor.wording.lookup import Lookup, look_up
from advisor.wording.sentences import (
    grade_sentence,
    status_words,
    system_sentence,
    workload_sentence,
)
from advisor.wording.words import joined, signed

ASSUMPTIONS_SHOWN = 5
FLIPS_SHOWN = 8


def recommendation_page(recommendation: Recommendation, book: RuleBook, *, system: str) -> Page:
    """The whole page; ``system`` is the name that the requirements file gives."""
    lookup = look_up(book)
    blocks: list[Block] = [Heading(system, 1), Paragraph(system_sentence(recommendation))]
    blocks += _overview(recommendation, lookup)
    blocks += system_blocks(recommendation.system, lookup)
    for workload in recommendation.workloads:
        blocks += _workload(workload, lookup)
    blocks += outdated(recommendation, lookup)
    blocks += _colophon(recommendation, book)
    return tuple(blocks)


def _overview(recommendation: Recommendation, lookup: Lookup) -> Iterator[Block]:
    yield Table(
        ("workload", "design", "verdict", "status", "grade"),
        tuple(
            (
                workload.name,
                lookup.title(workload.option) if workload.option else "-",
                workload.verdict,
                workload.status,
                workload.grade or "not computed",
            )
            for workload in recommendation.workloads
        ),
    )
    system = recommendation.system
    yield Paragraph(
        f"Status: {system.status}, {status_words(system.status)}. {grade_sentence(system.grade)}"
    )


def _workload(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    yield Heading(f"Workload {workload.name}")
    yield Paragraph(workload_sentence(workload, lookup))
    if workload.alone and workload.alone != workload.option:
        yield Paragraph(
            f"By itself it would get {lookup.title(workload.alone)}; running one system less, or "
            "what already runs, outweighs that."
        )
    yield from contradiction_blocks(workload.contradiction, lookup)
    yield from why(workload, lookup)
    yield from confidence_blocks(workload.confidence, workload.status)
    yield from _ranking(workload, lookup)
    yield from evidence_blocks(workload, lookup)
    yield from _rests_on(workload, lookup)
    yield from _ask_next(workload)
    yield from _flips(workload, lookup)


def _ranking(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    if not workload.ranking:
        return
    yield Heading("All designs", 3)
    yield Table(
        ("design", "score", "musts that it misses"),
        tuple(
            (
                lookup.title(ranked.option),
                signed(ranked.score),
                "; ".join(
                    " with ".join(lookup.matter(criterion) for criterion in missed.criteria)
                    for missed in ranked.eliminated_by
                )
                or "none",
            )
            for ranked in workload.ranking
        ),
    )


def _rests_on(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    ordered = assumptions_in_order(workload, lookup)
    if not ordered:
        return
    yield Heading("What it rests on", 3)
    yield Items(tuple(assumption_sentence(one) for one in ordered[:ASSUMPTIONS_SHOWN]))
    yield from _left_out(len(ordered) - ASSUMPTIONS_SHOWN, "assumption")


def _ask_next(workload: WorkloadAdvice) -> Iterator[Block]:
    if not workload.ask_next:
        return
    yield Heading("What to ask next", 3)
    yield Items(tuple(question_sentences(workload.ask_next)))


def _flips(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    sentences = flip_sentences(workload, lookup)
    if not sentences:
        return
    yield Heading("One changed answer that changes the result", 3)
    yield Items(tuple(sentences[:FLIPS_SHOWN]))
    yield from _left_out(len(sentences) - FLIPS_SHOWN, "such answer")


def _left_out(count: int, what: str) -> Iterator[Block]:
    if count > 0:
        plural = f"{what}s are" if count > 1 else f"{what} is"
        yield Paragraph(f"{count} more {plural} in the JSON document (--format json).")


def _colophon(recommendation: Recommendation, book: RuleBook) -> Iterator[Block]:
    yield Heading("Conventions")
    yield Paragraph(
        "Chosen, not measured; another choice may give another result. "
        "See: advisor explain conventions"
    )
    yield conventions_table(book.conventions)
    made_by = recommendation.made_by
    versions = joined(f"{name} {version}" for name, version in made_by.broker_versions.items())
    yield Paragraph(
        f"Made by advisor {made_by.advisor} with rules {made_by.rules_digest[:12]} from input "
        f"{made_by.input_digest[:12]}; broker versions: {versions or 'none'}."
    )
