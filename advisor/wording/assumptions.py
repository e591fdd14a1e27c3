"""Assumptions, flips and questions in sentences, the telling ones first."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.domain.recommendation import Assumption, Flip, Question, WorkloadAdvice
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import fork_sentence, verdict_name
from advisor.wording.words import joined, value_text

ANSWERS_SHOWN = 3


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


def question_sentences(questions: Sequence[Question]) -> list[str]:
    """The fork that each answer opens; those that open none by themselves in one sentence."""
    forks = [one for one in questions if len(set(one.verdicts.values())) > 1]
    sentences = [fork_sentence(one.need, one.verdicts) for one in forks]
    together = [one.need for one in questions if one not in forks]
    if len(together) == 1:
        sentences.append(
            f"{together[0]}: it settles nothing by itself, only together with the others."
        )
    elif together:
        sentences.append(
            f"{', '.join(together)}: each settles nothing by itself; ask in this order."
        )
    return sentences


def single_flips(workload: WorkloadAdvice) -> list[Flip]:
    """The flips of one answer each, in the document's order."""
    return [flip for flip in workload.flips if len(flip.changes) == 1]


def flip_sentences(workload: WorkloadAdvice, lookup: Lookup) -> list[str]:
    """``replay: none -> recent or everything gives Kafka (Kafka topic)``: the single flips, those
    of one need with one result in one sentence, the shortest answers first."""
    answers: dict[tuple[str, str, str], list[str]] = {}
    for flip in single_flips(workload):
        (change,) = flip.changes
        design = f" ({lookup.title(flip.option)})" if flip.option else ""
        start = f"{change.need}: {value_text(change.before)}"
        key = (change.need, start, f"{verdict_name(flip.verdict)}{design}")
        answers.setdefault(key, []).append(change.after)
    return [
        f"{start} -> {_answers(after)} gives {result}"
        for (_, start, result), after in answers.items()
    ]


def _answers(after: list[str]) -> str:
    """A few of the answers, the shortest first, and how many more there are."""
    shown = sorted(after, key=lambda answer: (answer.count(","), after.index(answer)))
    named, left = shown[:ANSWERS_SHOWN], len(shown) - ANSWERS_SHOWN
    quoted = [f"[{answer}]" if "," in answer else answer for answer in named]
    return joined([*quoted, f"{left} more"] if left > 0 else quoted, "or")
