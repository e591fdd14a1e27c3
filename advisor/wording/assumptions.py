"""Assumptions, flips and questions in sentences, the telling ones first."""

from __future__ import annotations

from advisor.domain.recommendation import Assumption, Flip, WorkloadAdvice
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import fork_sentence, verdict_name
from advisor.wording.words import value_text


def assumptions_in_order(workload: WorkloadAdvice, lookup: Lookup) -> list[Assumption]:
    """Those that change the verdict first, then by how commonly they are left unsaid."""
    return sorted(
        workload.assumptions,
        key=lambda one: (not one.verdicts, lookup.unsaid_rank(one.need)),
    )


def assumption_sentence(assumption: Assumption) -> str:
    """``replay: not said, none is assumed. If replay is recent: Kafka.``"""
    change = fork_sentence(assumption.need, assumption.verdicts)
    return (
        f"{assumption.need}: not said, {value_text(assumption.value)} is assumed. "
        f"{change or 'No other likely answer changes this.'}"
    )


def single_flips(workload: WorkloadAdvice) -> list[Flip]:
    """The flips of one answer each, in the document's order."""
    return [flip for flip in workload.flips if len(flip.changes) == 1]


def flip_sentence(flip: Flip, lookup: Lookup) -> str:
    """``replay: none -> recent gives Kafka (Kafka topic)``"""
    changes = ", ".join(
        f"{change.need}: {value_text(change.before)} -> {change.after}" for change in flip.changes
    )
    design = f" ({lookup.title(flip.option)})" if flip.option else ""
    return f"{changes} gives {verdict_name(flip.verdict)}{design}"
