"""The least that a sum over another sum can be, where each criterion picks its part of both.

By Dinkelbach's method (On nonlinear fractional programming, Management Science 13, 1967): a ratio
is the least one if no choice makes the upper sum less it times the lower sum fall below nought;
until then the choice that does gives a smaller ratio. Whole numbers throughout, so it is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Part = tuple[int, int]
"""What is added to the upper and to the lower sum; the lower part is not negative."""


def least_ratio(fixed: Part, choices: Sequence[Sequence[Part]]) -> Fraction:
    """The least ``upper / max(1, lower)`` over one part of each of the choices beside the fixed.

    Wherever the lower sum is nought the upper one has to be so, too: then the ratio is nought.
    """
    upper, lower = fixed
    for parts in choices:
        upper, lower = upper + parts[0][0], lower + parts[0][1]
    ratio = Fraction(upper, max(1, lower))
    none = not fixed[1] and all(any(not part[1] for part in parts) for parts in choices)
    while True:
        p, q = ratio.numerator, ratio.denominator
        upper, lower = fixed
        for parts in choices:
            part = parts[0]
            if len(parts) > 1:
                part = min(parts, key=lambda one: q * one[0] - p * one[1])
            upper, lower = upper + part[0], lower + part[1]
        if not lower or q * upper - p * lower >= 0:
            return min(ratio, Fraction(0)) if none else ratio
        ratio = Fraction(upper, lower)
