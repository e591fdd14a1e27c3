"""How sure the decision is, as the recommendation says it."""

from __future__ import annotations

from advisor.decision import Assurance
from advisor.domain.recommendation import Confidence, LoadBearing


def status_of(status: str, assurance: Assurance | None) -> str:
    """A decided verdict is robust where it holds whatever the open answers and the weights."""
    if status == "conditional" and assurance is not None and assurance.robust:
        return "robust"
    return status


def confidence_of(assurance: Assurance | None) -> Confidence | None:
    """The facts about one subject; claims that change the verdict come first."""
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
        not_proven=assurance.unproven,
    )
