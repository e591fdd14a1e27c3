"""What a claim's strength expects of a check, and whether the runs meet it.

+1: held natively. +1/2: held only with the named configuration, without own code of the team.
-1/2: held only with the named workaround, with own code. -1: not held natively.
"""

from __future__ import annotations

from fractions import Fraction

from advisor.checks.judge import Held, NotHeld, Result, Undecided
from advisor.domain.evidence import Verdict

HALF = Fraction(1, 2)


def needs_variant(strength: Fraction) -> bool:
    """Whether a claim of this strength is judged by two runs, native and with its variant."""
    return abs(strength) == HALF


def judge_claim(strength: Fraction, native: Result, configured: Result | None) -> Verdict:
    """Agrees, refutes, or why neither; ``configured`` is the run with the claim's variant.

    One run can refute alone; to agree, both must be decided.
    """
    expectations = [_native(strength, native)]
    if needs_variant(strength):
        if configured is None:
            raise ValueError("a claim of one half is judged by two runs")
        expectations.append(_configured(strength, configured))
    for verdict in (Verdict.REFUTES, Verdict.UNMODELLED, Verdict.UNKNOWN):
        if verdict in expectations:
            return verdict
    return Verdict.AGREES


def _native(strength: Fraction, native: Result) -> Verdict:
    match native:
        case Held():
            return Verdict.AGREES if strength == 1 else Verdict.REFUTES
        case NotHeld():
            return Verdict.REFUTES if strength == 1 else Verdict.AGREES
        case Undecided(kind=kind):
            return Verdict(kind)


def _configured(strength: Fraction, configured: Result) -> Verdict:
    match configured:
        case Held(parts=parts):
            return Verdict.AGREES if bool(parts) == (strength < 0) else Verdict.REFUTES
        case NotHeld():
            return Verdict.REFUTES
        case Undecided(kind=kind):
            return Verdict(kind)
