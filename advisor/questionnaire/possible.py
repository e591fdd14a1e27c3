"""All that can still be the case of one requirements file while it is asked about.

What was left out is open: its default and the values that teams leave unsaid, as far as they are
possible and plausible beside what the file states.
"""

from __future__ import annotations

from advisor.decision import SystemProblem
from advisor.decision.cases import Cases
from advisor.decision.engine import Engine
from advisor.decision.opened import opened
from advisor.decision.table import first_denominator


def cases_of(problem: SystemProblem) -> Cases:
    """The cases of a problem; ``first`` has everything left out at its default."""
    return Cases(
        Engine(problem, first_denominator(problem.conventions)),
        opened(problem.team),
        [opened(one.answers) for one in problem.workloads],
    )
