"""How sure the decision is, as the recommendation says it."""

from __future__ import annotations

from math import sqrt

from advisor import decision
from advisor.decision import Assurance, Flips, FlipSet
from advisor.domain.recommendation import (
    Change,
    Confidence,
    CriticalConvention,
    Flip,
    LoadBearing,
    Margin,
    SampledShare,
    SmallestFlips,
    SystemsCompared,
)

DIGITS = 4


def status_of(status: str, assurance: Assurance | None) -> str:
    """A decided verdict is robust where it holds whatever the open answers and the weights."""
    if status == "conditional" and assurance is not None and assurance.robust:
        return "robust"
    return status


def confidence_of(
    assurance: Assurance | None, verdict: str, place: int | None = None
) -> Confidence | None:
    """The facts about the system, or the workload at ``place``, of which ``verdict`` is said.

    Claims that change the verdict come before those that change the design alone.
    """
    if assurance is None:
        return None
    bearings = sorted(assurance.bearings, key=lambda one: (not one.carries, one.claim))
    return Confidence(
        decided=assurance.decided,
        possible=assurance.possible,
        weights=None if assurance.weights is None else assurance.weights.value,
        evidence=assurance.whatever_evidence,
        together=assurance.together,
        load_bearing=tuple(
            LoadBearing(
                one.claim,
                one.executed,
                "verdict" if one.carries else "design",
                one.verdict,
                one.option,
            )
            for one in bearings
        ),
        flips=None if assurance.flips is None else _flips(assurance.flips, place),
        margin=None if assurance.margin is None else _margin(assurance.margin),
        sampled=_sampled(assurance, verdict),
        critical=tuple(
            CriticalConvention(one.convention, one.given, one.holds, one.changes, one.verdict)
            for one in assurance.critical
        ),
        not_proven=assurance.unproven,
    )


def compared_of(assurance: Assurance) -> tuple[SystemsCompared, ...]:
    """The sets of systems that were held against each other, best first."""
    return tuple(
        SystemsCompared(one.systems, one.cost, one.musts, one.value) for one in assurance.compared
    )


def _flips(flips: Flips, place: int | None) -> SmallestFlips:
    return SmallestFlips(flips.least, flips.proven, tuple(_flip(one, place) for one in flips.sets))


def _flip(one: FlipSet, place: int | None) -> Flip:
    changes = tuple(
        Change(
            each.question,
            "" if each.before is None else each.before.sample,
            each.after.label,
            each.workload,
        )
        for each in one.changes
    )
    if place is None:
        return Flip(changes, one.system, None)
    return Flip(changes, one.verdicts[place], one.options[place])


def _margin(margin: decision.Margin) -> Margin:
    return Margin(margin.rival, margin.musts, margin.value)


def _sampled(assurance: Assurance, verdict: str) -> SampledShare | None:
    """The shares as numbers, rounded so that every platform writes the same."""
    if not assurance.samples:
        return None
    share = float(assurance.shares.get(verdict, 0))
    return SampledShare(
        share=round(share, DIGITS),
        standard_error=round(sqrt(share * (1 - share) / assurance.samples), DIGITS),
        shares={word: round(float(part), DIGITS) for word, part in assurance.shares.items()},
        samples=assurance.samples,
        seed=assurance.seed,
    )
