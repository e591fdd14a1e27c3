"""Cells: the pieces into which the rules cut what a question can be answered with.

No rule tells two values of one cell apart, so a finite enumeration of cells is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.domain.predicate import Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of a question's domain.

    ``sample`` lies inside and stands for all of it when rules are read; ``low`` and ``high`` are
    the ends of a piece of numbers (equal for a single number), None where values are not numbers.
    A capacity check must come out the same at both ends.
    """

    sample: Value
    label: str
    low: float | None = None
    high: float | None = None
