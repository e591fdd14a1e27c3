"""Which weightings respect the levels, and the least that one option leads another over them.

A weighting gives every needed criterion of a workload a weight of its own, not below nought. It
*respects the levels* if no criterion weighs less than one of a lower level, and if all weights sum
to what the given ones sum to: costs are weight points put over that sum, so they keep their share.

These weightings are a polytope. Its corners give equal weight to some criteria of one level and to
all of higher levels, and none to the rest: a weighting that respects the levels is a mixture of
such corners, since the sets {criteria that weigh at least x} are of that form for every x. What is
linear in the weights is least at a corner. Among the corners that reach into one level with k of
its criteria, the one with the k smallest differences gives the least. So the least weighted mean of
differences is the least of the running means when the levels are gone through from the highest
down and the differences inside a level from the smallest up: a sort and cumulative sums.

Where all criteria of a level must weigh alike, only the running means at the ends of the levels are
corners.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from random import Random

from advisor.domain.rules import Level


class Weightings(Enum):
    """For which weights something holds, weakest first: the given ones; any three weights of the
    levels, in their order; every weighting of the criteria that respects the levels."""

    GIVEN = "given"
    LEVELS = "levels"
    EVERY = "every"


def least_lead(leads: Sequence[tuple[Level, int]], *, alike: bool = False) -> Fraction:
    """The least weighted mean of ``leads`` over all weightings that respect the levels.

    ``alike``: over those that weigh all criteria of a level alike. Nought if there are none.
    """
    least: Fraction | None = None
    total = count = 0
    for level in sorted({level for level, _lead in leads}, reverse=True):
        inside = sorted(lead for own, lead in leads if own is level)
        for place, lead in enumerate(inside, 1):
            total += lead
            count += 1
            if (place == len(inside) or not alike) and (least is None or total < least * count):
                least = Fraction(total, count)
    return Fraction(0) if least is None else least


def draw_weights(levels: Sequence[Level], total: int, random: Random) -> tuple[int, ...]:
    """Whole weights that respect the levels and sum to ``total``, all such weightings alike likely.

    Cuts at random places make all splits of the total alike likely; sorted, and handed out by
    level, at random inside a level, those that respect the levels stay alike likely.
    """
    if not levels:
        return ()
    cuts = sorted(random.randint(0, total) for _ in levels[1:])
    ends = (0, *cuts, total)
    sizes = sorted((ends[i + 1] - ends[i] for i in range(len(levels))), reverse=True)
    order = list(range(len(levels)))
    random.shuffle(order)
    order.sort(key=lambda place: -levels[place])
    weights = [0] * len(levels)
    for place, size in zip(order, sizes, strict=True):
        weights[place] = size
    return tuple(weights)
