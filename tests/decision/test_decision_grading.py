"""The grade of a verdict is what its facts allow, and no better."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from advisor.decision.facts import Said
from advisor.decision.flips import Flips
from advisor.decision.grading import Assurance, Bearing, Subject, grade
from advisor.decision.weighting import Weightings

SUBJECT = Subject(None, Said("north", "conditional", ("north",)))
EXECUTED = Bearing("c.claim", executed=True, carries=True, verdict="south", option=None)
SURE = Assurance(
    grade="",
    decided=True,
    possible=("north",),
    weights=Weightings.EVERY,
    whatever_evidence=True,
    together=True,
    bearings=(EXECUTED,),
    margin=None,
    shares={"north": Fraction(1)},
    samples=1,
    seed=0,
    critical=(),
    flips=Flips(2, (), proven=True),
    compared=(),
    unproven=(),
)
"""Everything that an A asks for."""


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        ("A", SURE),
        ("B", replace(SURE, decided=False)),
        ("B", replace(SURE, weights=Weightings.LEVELS)),
        ("B", replace(SURE, whatever_evidence=False)),
        ("B", replace(SURE, whatever_evidence=None)),
        ("B", replace(SURE, together=False)),
        ("C", replace(SURE, together=False, flips=Flips(1, (), proven=True))),
        ("C", replace(SURE, together=False, flips=None)),
        ("C", replace(SURE, together=False, bearings=(replace(EXECUTED, executed=False),))),
        ("C", replace(SURE, together=False, unproven=("load-bearing claims",))),
        ("C", replace(SURE, together=False, unproven=("variations",))),
        ("D", replace(SURE, unproven=("possible",))),
    ],
)
def test_what_is_missing_costs_the_grade(expected: str, facts: Assurance) -> None:
    """One fact taken away at a time."""
    assert expected == grade(SUBJECT, facts)


def test_a_claim_that_carries_nothing_need_not_be_executed() -> None:
    """Only what the verdict rests on counts; that claim decides on the design."""
    idle = replace(EXECUTED, executed=False, carries=False)
    assert "B" == grade(SUBJECT, replace(SURE, together=False, bearings=(EXECUTED, idle)))


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("D", Said("north", "conditional", ("north", "south"))),
        ("D", Said("undetermined", "tie", ("undetermined",))),
        ("C", Said("undetermined", "unmet", ("undetermined",))),
    ],
)
def test_no_single_winner_is_no_sure_winner(expected: str, said: Said) -> None:
    """Whatever else is known."""
    assert expected == grade(Subject(None, said), SURE)
