"""What the walks through a written recommendation read: rows, numbers and evidence of it.

Everything is read from the document of schema recommendation/1; strengths of claims and trust
factors, which it does not hold, come from the rule book that it names by its digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from advisor.domain.rules import Trust
from advisor.reports.blocks import Table
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import verdict_name
from advisor.wording.words import joined, signed, value_text

Data = Mapping[str, Any]
BOTH = "both"


def row_of(workload: Data, option: str | None) -> Data | None:
    """The ranked entry of a design."""
    return next((row for row in workload["ranking"] if row["option"] == option), None)


def points(contribution: Data) -> Fraction:
    """Weight times value."""
    return int(contribution["weight"]) * Fraction(contribution["value"])


def weights_of(row: Data) -> int:
    """The sum of the weights of all that is needed, at least one."""
    return max(1, sum(int(one["weight"]) for one in row["contributions"]))


def because(rule: Data) -> str:
    """The answers that made a rule fire, each once."""
    atoms = {f"{one['need']} is {value_text(given(one['given']))}": None for one in rule["because"]}
    return joined(atoms) if atoms else "it always applies"


def given(value: Any) -> object:
    """Lists of the document as the values of needs that they are."""
    return tuple(value) if isinstance(value, list) else value


def check_words(evidence: Data) -> str:
    """A check, what came out, where, and how to run it again."""
    check = evidence["check"] or "no check"
    where = f" on {evidence['model']}" if evidence["model"] else ""
    again = f"; again with: {evidence['rerun']}" if evidence["rerun"] else ""
    return f"{check} {evidence['outcome']}{where} (grade {evidence['grade']}){again}"


def worth(claim: str, workload: Data, lookup: Lookup) -> str:
    """The strength of a claim, and how far its evidence is trusted: ``+1 times 4/5``."""
    known = lookup.claims.get(claim)
    if known is None:
        return ""
    grades = [Trust(one["grade"]) for one in workload["evidence"] if one["claim"] == claim]
    if not grades:
        return f"{signed(known.strength)} "
    best = Trust.REFUTED if Trust.REFUTED in grades else max(grades, key=list(Trust).index)
    trust = lookup.book.conventions.trust.get(best)
    return "" if trust is None else f"{known.strength} times {trust}, the trust in {best.value}: "


def systems_name(systems: list[str]) -> str:
    """A set of systems in words."""
    return joined(map(verdict_name, systems)) if systems else verdict_name("none")


def compared_table(document: Data) -> Table | None:
    """Every set of systems that was held against the others, best first."""
    rows = document["system"].get("compared") or ()
    if not rows:
        return None
    return Table(
        ("systems", "musts missed", "value less cost", "cost in weight points"),
        tuple(
            (
                systems_name(one["systems"]),
                str(one["musts"]),
                signed(Fraction(one["value"])),
                one["cost"],
            )
            for one in rows
        ),
    )
