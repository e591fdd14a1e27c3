"""The examples of criteria, run: what a rule's author expected against what the rules say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from advisor.domain.predicate import Value, holds
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Criterion, Example, Level, NeedRow

Derive = Callable[[Mapping[str, Value]], Mapping[str, Value]]


def deciding_row(criterion: Criterion, answers: Mapping[str, Value]) -> NeedRow | None:
    """The row that gives the criterion its level: the highest that fires, first among equals."""
    fired = [row for row in criterion.needs if holds(row.when, answers)]
    return max(fired, key=lambda row: row.level, default=None)


def answers_of(
    example: Example, needs: Mapping[str, NeedType], derive: Derive
) -> Mapping[str, Value]:
    """The example's answers beside the defaults; ``derive`` adds fields made of others."""
    answers = {name: need.default for name, need in needs.items()} | dict(example.answers)
    for name, need in needs.items():
        if need.default_from is not None and name not in example.answers:
            answers[name] = answers[need.default_from]
    return {**answers, **derive(answers)}


def run_examples(
    criterion: Criterion, needs: Mapping[str, NeedType], derive: Derive
) -> Iterator[str]:
    """One sentence for each example that comes out otherwise than it says."""
    for number, example in enumerate(criterion.examples, start=1):
        row = deciding_row(criterion, answers_of(example, needs, derive))
        level = Level.NO if row is None else row.level
        fires = None if row is None else row.id
        if (level, fires) != (example.level, example.fires):
            yield (
                f"example {number} of {criterion.id} expects {example.level.word} by "
                f"{example.fires}, the rules say {level.word} by {fires}"
            )
