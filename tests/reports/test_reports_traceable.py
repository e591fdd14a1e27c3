"""Every number of a recommendation follows from what stands beside it: done again from the text.

Only the document, and strengths and trust factors of the rule book, are read; nothing of the
decision's own code.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.recommend import advise
from advisor.reports.decision_page import decision_page, options_of
from advisor.reports.document import as_json
from advisor.reports.plain import as_plain
from advisor.requirements import load_requirements
from advisor.wording.lookup import Lookup, look_up

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "examples").glob("*.yaml")),
    ROOT / "tests" / "cases" / "hellofresh-bridge.yaml",
    ROOT / "tests" / "cases" / "nyt-fabrik-websockets.yaml",
]
FAMILIES = ("kafka", "rabbitmq")


@cache
def lookup() -> Lookup:
    return look_up(load_library().book)


@cache
def document_of(path: Path) -> dict[str, Any]:
    made = as_json(advise(load_requirements(path), _court()))
    found: dict[str, Any] = json.loads(made)
    return found


@cache
def _court() -> Court:
    return Court(load_library())


def contribution(claim: str, workload: dict[str, Any]) -> Fraction:
    """Strength times the trust in the best evidence; nothing where one check refuted it."""
    grades = [one["grade"] for one in workload["evidence"] if one["claim"] == claim]
    trust = {grade.value: t for grade, t in lookup().book.conventions.trust.items()}
    factors = [Fraction(0)] if "refuted" in grades else [trust[grade] for grade in grades]
    return lookup().claims[claim].strength * max(factors)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_values_and_scores_add_up_from_claims_and_evidence(path: Path) -> None:
    """Of every single design, on every criterion."""
    for workload in document_of(path)["workloads"]:
        for row in workload["ranking"]:
            if " + " in row["option"]:
                continue
            total, weights = Fraction(0), 0
            for one in row["contributions"]:
                worth = [contribution(claim, workload) for claim in one["claims"]]
                value = max([Fraction(0), *worth]) + min([Fraction(0), *worth])
                assert value == Fraction(one["value"]), (row["option"], one)
                total += one["weight"] * value
                weights += one["weight"]
            musts = Fraction(row["score"]) - total / max(1, weights)
            assert musts <= 0 and musts.denominator == 1 and musts % 3 == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_systems_are_worth_is_their_best_designs_less_costs(path: Path) -> None:
    """For one workload, whose share of the system is all of it."""
    document = document_of(path)
    if len(document["workloads"]) > 1:
        pytest.skip("several workloads have shares that the document does not hold")
    (workload,) = document["workloads"]
    for compared in document["system"]["compared"]:
        inside = [
            row
            for row in workload["ranking"]
            if _families(row["option"]) <= set(compared["systems"])
        ]
        weights = sum(one["weight"] for one in inside[0]["contributions"])
        best = max(Fraction(row["score"]) for row in inside) + 3 * compared["musts"]
        worth = best - Fraction(compared["cost"]) / max(1, weights)
        assert worth == Fraction(compared["value"])


def _families(option: str) -> set[str]:
    return {part.partition(".")[0] for part in option.split(" + ")} & set(FAMILIES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_design_and_system_can_be_asked_about(path: Path) -> None:
    """And both; the walk names each claim that has a part in the score."""
    document = document_of(path)
    for option in options_of(document):
        shown = as_plain(decision_page(document, lookup(), option))
        assert "Why not" in shown or "is what was chosen" in shown or "not among" in shown
    forwards = " ".join(as_plain(decision_page(document, lookup())).split())
    for workload in document["workloads"]:
        for row in workload["ranking"]:
            if row["option"] == workload["option"]:
                for one in row["contributions"]:
                    assert all(claim in forwards for claim in one["claims"])


def test_other_rules_than_those_it_was_made_with_are_said() -> None:
    """Strengths and words may differ then."""
    document = document_of(FILES[0])
    assert "other rules" not in as_plain(decision_page(document, lookup()))
    made_by = {**document["made_by"], "rules_digest": "0" * 64}
    assert "other rules" in as_plain(decision_page({**document, "made_by": made_by}, lookup()))


def test_why_not_both_shows_what_both_cost() -> None:
    """By hand for the article's case: 7 points over 11 are +0.64."""
    document = document_of(ROOT / "examples" / "image-generation.yaml")
    shown = " ".join(as_plain(decision_page(document, lookup(), "both")).split())
    assert "Why not both" in shown
    assert "The costs differ by 7 weight points, over 11 that is +0.64." in shown
