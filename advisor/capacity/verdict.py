"""What a calculated interval says of a claim of a given strength."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction

from advisor.domain.evidence import Verdict


class Enough(Enum):
    """Whether a design meets a need, over all corners of the answers."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "too close: measure"


def compared(low: float, high: float, need: float, *, at_least: bool) -> Enough:
    """Enough at the pessimistic end, or not even at the optimistic one."""
    if at_least:
        return Enough.YES if low >= need else Enough.NO if high < need else Enough.UNCLEAR
    return Enough.YES if high <= need else Enough.NO if low > need else Enough.UNCLEAR


def together(corners: Iterable[Enough]) -> Enough:
    """The same at every corner, or unclear."""
    found = set(corners)
    return found.pop() if len(found) == 1 else Enough.UNCLEAR


def verdict(
    strength: Fraction, natively: Enough, configured: Iterable[Enough], own_code: Iterable[Enough]
) -> Verdict:
    """Agrees, refutes or is inconclusive.

    ``configured`` are the variants to be tried that need no code of the team's, ``own_code``
    those that do. 1 expects enough natively, -1 not. 1/2 expects not natively but with some
    configuration; -1/2 expects neither natively nor with any configuration (and, where a variant
    with own code is named, enough with that). Where the plain design is enough already, nothing
    speaks against a configuration: 1/2 is then inconclusive, not refuted.
    """
    if natively is Enough.UNCLEAR:
        return Verdict.INCONCLUSIVE
    if abs(strength) == 1:
        met = (natively is Enough.YES) is (strength == 1)
        return Verdict.AGREES if met else Verdict.REFUTES
    if natively is Enough.YES:
        return Verdict.INCONCLUSIVE if strength > 0 else Verdict.REFUTES
    settled, with_own_code = tuple(configured), tuple(own_code)
    if strength > 0:
        return _by_configuration(settled, with_own_code)
    if Enough.YES in settled or Enough.NO in with_own_code:
        return Verdict.REFUTES
    if Enough.UNCLEAR in (*settled, *with_own_code):
        return Verdict.INCONCLUSIVE
    return Verdict.AGREES


def _by_configuration(configured: tuple[Enough, ...], own_code: tuple[Enough, ...]) -> Verdict:
    if Enough.YES in configured:
        return Verdict.AGREES
    tried = (*configured, *own_code)
    if not tried or Enough.UNCLEAR in configured:
        return Verdict.INCONCLUSIVE
    return Verdict.REFUTES
