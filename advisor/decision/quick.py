"""Only what is decided, for answers that are all known: no questions, no changes, no reasons."""

from __future__ import annotations

from advisor.decision.engine import Engine
from advisor.decision.problem import SystemProblem
from advisor.decision.space import Space
from advisor.decision.systems import Outcome
from advisor.decision.table import FinerScaleError, first_denominator

LIMIT = 10_000


def quick_outcome(problem: SystemProblem) -> Outcome:
    """The one outcome; ValueError where open answers leave several or exclude each other."""
    denominator = first_denominator(problem.conventions)
    answers = [workload.answers for workload in problem.workloads]
    while True:
        try:
            space = Space(Engine(problem, denominator), problem.team, answers, limit=LIMIT)
            outcomes = space.outcomes()
        except FinerScaleError as finer:
            denominator = finer.denominator
            continue
        if len(outcomes) != 1:
            raise ValueError(f"{len(outcomes)} outcomes instead of one")
        return outcomes[0]
