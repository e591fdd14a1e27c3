"""Leaves out of the other answers that are tried those that no sound file could give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.decision import Answers
from advisor.domain.cell import Cell
from advisor.domain.predicate import Value
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
    """Whether every value of the cell that is tried, its ends included, contradicts the file."""
    before = answers.get(name)
    if before is None:
        return False
    return all(
        contradictions(
            {**answers, name: replace(before, standing=Standing.STATED, value=value)},
            team,
            vocabulary(),
            {name},
        )
        for value in _values(cell)
    )


def _values(cell: Cell) -> list[Value]:
    ends = [(cell.low, cell.low_open), (cell.high, cell.high_open)]
    return [cell.sample, *(end for end, is_open in ends if end is not None and not is_open)]
