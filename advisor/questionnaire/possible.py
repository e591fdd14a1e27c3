"""All that can still be the case of one requirements file while it is asked about.

What was left out is open: its default and the values that teams leave unsaid, but for those that
contradict what the file states or are implausible beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.decision import Answers, SystemProblem
from advisor.decision.cases import Cases
from advisor.decision.engine import Engine
from advisor.decision.opened import opened
from advisor.decision.table import first_denominator
from advisor.domain.predicate import Value

Excluded = Mapping[int | None, Mapping[str, set[Value]]]
"""The values that an open question of a workload (None: the team) cannot have."""


def cases_of(problem: SystemProblem, excluded: Excluded) -> Cases:
    """The cases of a problem; ``first`` has everything left out at its default."""
    return Cases(
        Engine(problem, first_denominator(problem.conventions)),
        _opened(problem.team, excluded.get(None, {})),
        [
            _opened(one.answers, excluded.get(place, {}))
            for place, one in enumerate(problem.workloads)
        ],
    )


def _opened(answers: Answers, excluded: Mapping[str, set[Value]]) -> Answers:
    """The answers with what was left out open; the default always stays possible."""
    wide = opened(answers)
    cells = {
        name: tuple(
            cell
            for cell in own
            if cell in answers.cells[name] or cell.sample not in excluded.get(name, ())
        )
        for name, own in wide.cells.items()
    }
    return replace(wide, cells=cells)
