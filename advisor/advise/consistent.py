"""Leaves out of the other answers that are tried those that no sound file could give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.decision import Answers
from advisor.domain.cell import Cell
from advisor.domain.requirements import Answer, Standing
from advisor.requirements import vocabulary
from advisor.requirements.contradictions import contradictions


def consistent(
    known: Answers, answers: Mapping[str, Answer], team: Mapping[str, Answer]
) -> Answers:
    """The answers of a workload with what may be left unsaid, and what flips try, made possible.

    A value that contradicts what the file states beside it is no other answer: messages that are
    kept for a month although nobody reads again, say.
    """

    def kept(others: Mapping[str, tuple[Cell, ...]]) -> dict[str, tuple[Cell, ...]]:
        possible = {
            name: tuple(cell for cell in cells if not _contradicts(name, cell, answers, team))
            for name, cells in others.items()
        }
        return {name: cells for name, cells in possible.items() if cells}

    return replace(known, unsaid=kept(known.unsaid), alternatives=kept(known.alternatives))


def _contradicts(
    name: str, cell: Cell, answers: Mapping[str, Answer], team: Mapping[str, Answer]
) -> bool:
    """Whether all of the cell contradicts a stated answer."""
    before = answers.get(name)
    if before is None:
        return False
    is_range = cell.low is not None and cell.low != cell.high
    said = replace(
        before,
        standing=Standing.STATED,
        value=None if is_range else cell.sample,
        low=cell.low if is_range else None,
        high=cell.high if is_range else None,
    )
    return bool(contradictions({**answers, name: said}, team, vocabulary(), {name}))
