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
    A capacity check must come out the same at both ends. The ends belong to the piece unless
    ``low_open`` or ``high_open`` says otherwise.
    """

    sample: Value
    label: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __hash__(self) -> int:
        """That of the label: tables are looked up by cells far more often than cells differ."""
        return hash(self.label)

    def holds(self, number: float) -> bool:
        """Whether the number lies in this piece of numbers."""
        return self.meets(number, number)

    def meets(self, low: float, high: float) -> bool:
        """Whether a number from ``low`` to ``high``, both included, lies in this piece."""
        if self.low is None or self.high is None:
            return False
        above = low < self.high if self.high_open else low <= self.high
        below = self.low < high if self.low_open else self.low <= high
        return above and below
