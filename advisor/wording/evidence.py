"""Evidence in sentences: how much of it was executed, where, and what it struck out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from advisor.domain.evidence import Evidence
from advisor.domain.rules import Trust
from advisor.wording.lookup import Lookup
from advisor.wording.words import joined, measured_text, source_text

_GRADES = {
    Trust.BROKER: "executed on a real broker",
    Trust.MODEL: "executed on the built-in models",
    Trust.CALCULATED: "calculated by a capacity law",
    Trust.DOCUMENTED: "documented only",
    Trust.ARTICLE: "from the article only",
    Trust.REFUTED: "refuted",
}


def evidence_summary(shown: Iterable[Evidence]) -> str:
    """How many claims were executed, calculated, only documented, or refuted."""
    grades = Counter({one.claim: one.grade for one in shown}.values())
    parts = [f"{grades[grade]} {words}" for grade, words in _GRADES.items() if grades[grade]]
    claims = "claim that carries" if grades.total() == 1 else "claims that carry"
    return f"Of {grades.total()} {claims} this: {joined(parts)}."


def where(evidence: Evidence) -> str:
    """The address that was run, and what a real broker said."""
    if evidence.broker is not None:
        agreed = "agreed" if evidence.broker.agrees else "disagreed"
        return f"{evidence.model} ({evidence.broker.version} {agreed}, {evidence.broker.date})"
    if evidence.grade is Trust.CALCULATED and evidence.model is None:
        return "calculated, not run"
    return evidence.model or "not run"


def correction_sentence(found: Sequence[Evidence], lookup: Lookup) -> str:
    """An outdated claim, with the checks that struck it out; ``found`` is all about one claim."""
    claim = lookup.claims[found[0].claim]
    checks = joined(dict.fromkeys(one.check or "none" for one in found))
    measured = measured_text(found[0].measured)
    return (
        f"{lookup.title(claim.option)}: {claim.says} [{source_text(claim.source)}] "
        f"Refuted by {checks} on {where(found[0])}"
        + (f" ({measured})." if measured else ".")
        + " The claim is struck out."
    )
