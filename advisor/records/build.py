"""A recommendation turned into the content of a record."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from advisor.domain.recommendation import Contribution, Ranked, Recommendation, WorkloadAdvice
from advisor.domain.requirements import Answer, Requirements, Standing
from advisor.domain.rules import RuleBook
from advisor.records.content import (
    Content,
    Driver,
    EvidenceRow,
    OptionContent,
    Point,
    WorkloadContent,
)
from advisor.wording.assumptions import (
    assumption_sentence,
    assumptions_in_order,
    flip_sentences,
    question_sentences,
)
from advisor.wording.evidence import correction_sentence, evidence_summary, where
from advisor.wording.lookup import PAIR, Lookup, look_up
from advisor.wording.selection import by_weight, carrying, outdated_claims, picked_of
from advisor.wording.sentences import (
    grade_sentence,
    system_sentence,
    verdict_name,
    workload_sentence,
)
from advisor.wording.words import joined, value_text

ASSUMPTIONS_KEPT = 5


def content_of(
    recommendation: Recommendation, requirements: Requirements, book: RuleBook
) -> Content:
    """The record's content; the requirements must be those that the recommendation is about."""
    lookup = look_up(book)
    workloads = recommendation.workloads
    carried = [one for workload in workloads for one in carrying(workload, lookup)]
    rows = (
        EvidenceRow(one.claim, one.check or "none", one.outcome.value, where(one), one.rerun or "")
        for one in carried
    )
    return Content(
        title=title_of(recommendation, requirements.system),
        system=requirements.system,
        team=_stated(requirements.team),
        workloads=tuple(_workload(one, requirements, lookup) for one in workloads),
        options=tuple(_options(workloads, lookup)),
        system_sentence=system_sentence(recommendation),
        status_sentence=grade_sentence(recommendation.system.grade),
        consequences=tuple(_consequences(workloads, lookup)),
        evidence_summary=evidence_summary(carried),
        evidence=tuple(dict.fromkeys(rows)),
        recommend_command=f"advisor recommend {shlex.quote(requirements.file)}",
        assumptions=tuple(_assumptions(workloads, lookup)),
        questions=tuple(_questions(workloads)),
        flips=tuple(
            f"{workload.name}: {sentence}"
            for workload in workloads
            for sentence in flip_sentences(workload, lookup)
        ),
        outdated=tuple(
            correction_sentence(found, lookup) for found in outdated_claims(recommendation, lookup)
        ),
        made_by=_made_by(recommendation),
    )


def title_of(recommendation: Recommendation, system: str) -> str:
    """The problem solved and the solution found, in a few words."""
    verdict = recommendation.system.verdict
    if verdict == "undetermined":
        return f"Messaging of {system}: not decided yet"
    return f"Use {verdict_name(verdict)} for the messaging of {system}"


def _workload(
    advice: WorkloadAdvice, requirements: Requirements, lookup: Lookup
) -> WorkloadContent:
    answers = {one.name: one.answers for one in requirements.workloads}.get(advice.name, {})
    picked = picked_of(advice)
    needed = sorted(
        picked.contributions if picked else (), key=lambda one: (-one.level, one.criterion)
    )
    return WorkloadContent(
        name=advice.name,
        stated=_stated(answers),
        drivers=tuple(Driver(lookup.matter(one.criterion), one.level.word) for one in needed),
        option=lookup.title(advice.option) if advice.option else "none",
        because=_because(advice, lookup),
    )


def _stated(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    return tuple(
        f"{need} {_answer_text(answer)}"
        for need, answer in answers.items()
        if answer.standing is not Standing.ASSUMED
    )


def _answer_text(answer: Answer) -> str:
    if answer.standing is Standing.UNKNOWN:
        return "unknown"
    if answer.value is None:
        ends = (answer.low, answer.high)
        return " to ".join("any" if end is None else value_text(end) for end in ends)
    level = f" ({answer.level.word})" if answer.level is not None else ""
    return value_text(answer.value) + level


def _because(advice: WorkloadAdvice, lookup: Lookup) -> str:
    """The claims that weigh most for it, then how settled it is."""
    picked = picked_of(advice)
    reasons = [one for one in by_weight(picked) if one.value > 0][:3] if picked else []
    matters = joined(lookup.matter(one.criterion) for one in reasons)
    settled = workload_sentence(advice, lookup)
    return f"it answers {matters}. {settled}" if reasons else f"nothing fits better. {settled}"


def _options(workloads: tuple[WorkloadAdvice, ...], lookup: Lookup) -> Iterator[OptionContent]:
    """Every option that was ranked for a workload, in the order of the first ranking."""
    ranked = dict.fromkeys(one.option for workload in workloads for one in workload.ranking)
    for option in ranked:
        summaries = [
            lookup.options[one].summary for one in option.split(PAIR) if one in lookup.options
        ]
        points = [
            point
            for workload in workloads
            for one in workload.ranking
            if one.option == option
            for point in _points(one, workload.name if len(workloads) > 1 else "", lookup)
        ]
        yield OptionContent(lookup.title(option), " ".join(summaries), tuple(points))


def _points(ranked: Ranked, workload: str, lookup: Lookup) -> Iterator[Point]:
    """Missed musts first, then what counts for and against it, heaviest first."""
    of_workload = f" of {workload}" if workload else ""
    for missed in ranked.eliminated_by:
        matters = " together with ".join(lookup.matter(one) for one in missed.criteria)
        yield Point("Bad", f"it misses a must{of_workload}: {matters}")
    for contribution in by_weight(ranked):
        yield _point(contribution, of_workload, lookup)


def _point(contribution: Contribution, of_workload: str, lookup: Lookup) -> Point:
    said = " ".join(lookup.says(claim) for claim in contribution.claims)
    sign = "Good" if contribution.value > 0 else "Bad"
    return Point(sign, f"{lookup.matter(contribution.criterion)}{of_workload}: {said}")


def _consequences(workloads: tuple[WorkloadAdvice, ...], lookup: Lookup) -> Iterator[Point]:
    """What the chosen designs bring, and what they cost."""
    for workload in workloads:
        picked = picked_of(workload)
        if picked is not None:
            yield from _points(picked, workload.name if len(workloads) > 1 else "", lookup)


def _assumptions(workloads: tuple[WorkloadAdvice, ...], lookup: Lookup) -> Iterator[str]:
    for workload in workloads:
        for one in assumptions_in_order(workload, lookup)[:ASSUMPTIONS_KEPT]:
            yield f"{workload.name}: {assumption_sentence(one)}"


def _questions(workloads: tuple[WorkloadAdvice, ...]) -> Iterator[str]:
    for workload in workloads:
        for sentence in question_sentences(workload.ask_next):
            yield f"{workload.name}: {sentence}"


def _made_by(recommendation: Recommendation) -> str:
    made_by = recommendation.made_by
    versions = joined(f"{name} {version}" for name, version in made_by.broker_versions.items())
    return (
        f"Made by advisor {made_by.advisor} with rules {made_by.rules_digest[:12]} from input "
        f"{made_by.input_digest[:12]}; broker versions: {versions or 'none'}."
    )
