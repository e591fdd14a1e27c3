"""Claims are held against checks that really run."""

from dataclasses import replace
from fractions import Fraction

import pytest

from advisor.advise.court import Court
from advisor.advise.founding import found, grade, written
from advisor.advise.library import load_library
from advisor.domain.evidence import Evidence, Verdict
from advisor.domain.rules import Claim, Source, Trust
from advisor.requirements import vocabulary
from advisor.rulebook import point
from advisor.subjects.address import Address

LIBRARY = load_library()
COURT = Court(LIBRARY)
NEWEST = {name: point(need.default) for name, need in vocabulary().items()}


def claim_of(name: str) -> Claim:
    """A shipped claim by its id."""
    for criterion in LIBRARY.book.criteria:
        for claim in criterion.claims:
            if claim.id == name:
                return claim
    raise KeyError(name)


def some_claim(strength: Fraction) -> Claim:
    """The first shipped claim of that strength which a scenario check agrees with."""
    for criterion in LIBRARY.book.criteria:
        for claim in criterion.claims:
            executed = claim.checks and all(one in LIBRARY.checks for one in claim.checks)
            if claim.strength == strength and executed and "none" not in claim.option:
                heard = COURT.hear(claim, NEWEST)
                if all(one.outcome is Verdict.AGREES for one in heard):
                    return claim
    raise AssertionError(f"no claim of {strength} is executed")


@pytest.mark.parametrize("strength", [Fraction(1), Fraction(1, 2), Fraction(-1, 2), Fraction(-1)])
def test_the_opposite_of_an_agreed_claim_is_refuted(strength: Fraction) -> None:
    """The same checks that agree with a claim refute what says the contrary."""
    claim = some_claim(strength)
    contrary = replace(claim, strength=-strength)
    heard = COURT.hear(contrary, NEWEST)
    assert Verdict.REFUTES in {one.outcome for one in heard}
    assert Trust.REFUTED is grade(contrary, heard)


def test_evidence_says_where_it_was_run_and_how_to_run_it_again() -> None:
    """The address has the version, the command too."""
    (heard, *_) = COURT.hear(claim_of("replay.offset-reset"), NEWEST)
    assert heard.model == f"model:kafka.topic@{NEWEST['kafka_version'].sample}"
    assert heard.rerun == (
        "advisor check what-was-read-can-be-read-again --option kafka.topic "
        f"--kafka-version {NEWEST['kafka_version'].sample}"
    )
    assert heard.measured


def test_a_claim_without_a_check_is_not_executed_with_its_reason() -> None:
    """What cannot be run says why and keeps the grade of its source."""
    claim = next(one for row in LIBRARY.book.criteria for one in row.claims if one.not_run_because)
    (heard,) = COURT.hear(claim, NEWEST)
    assert (heard.outcome, heard.because) == (Verdict.NOT_EXECUTED, claim.not_run_because)
    assert heard.grade is written(claim)


def test_what_nobody_can_perform_is_not_executed() -> None:
    """The team's own queue cannot be run here, whatever its claim names."""
    claim = replace(claim_of("replay.offset-reset"), option="none.existing-queue")
    assert {one.outcome for one in COURT.hear(claim, NEWEST)} == {Verdict.NOT_EXECUTED}


def test_checks_that_were_not_asked_for_are_not_executed() -> None:
    """Without checks every claim stands as it is written."""
    heard = Court(LIBRARY, executing=False).hear(claim_of("replay.offset-reset"), NEWEST)
    assert {one.outcome for one in heard} == {Verdict.NOT_EXECUTED}


def test_each_check_runs_once_for_each_design() -> None:
    """The second hearing is the first one's run."""
    court = Court(LIBRARY)
    claim = claim_of("replay.offset-reset")
    court.hear(claim, NEWEST)
    address = Address.parse(f"model:kafka.topic@{NEWEST['kafka_version'].sample}")
    assert court.run(claim.checks[0], address, None) is court.run(claim.checks[0], address, None)


def test_capacity_is_calculated_and_never_called_run() -> None:
    """A law has no address and no command, and its grade is calculated."""
    claim = claim_of("throughput.sequential-log:kafka.topic")
    cells = {**NEWEST, "messages_per_second": point(1000), "megabytes_per_second": point(1.0)}
    heard = COURT.hear(claim, cells)
    assert {(one.outcome, one.grade, one.model, one.rerun) for one in heard} == {
        (Verdict.AGREES, Trust.CALCULATED, None, None)
    }


def evidence(outcome: Verdict, trust: Trust) -> Evidence:
    """Evidence of that outcome and grade for no claim in particular."""
    return Evidence("a.b", "c", "kafka.topic", outcome, trust, None, {}, None)


CLAIM = replace(claim_of("replay.offset-reset"), strength=Fraction(1, 2))
WRITTEN = replace(CLAIM, source=Source("documentation", "page"))


@pytest.mark.parametrize(
    ("claim", "heard", "contribution", "least", "most"),
    [
        (WRITTEN, [], Fraction(2, 5), 0, Fraction(1, 2)),
        (CLAIM, [], Fraction(3, 10), 0, Fraction(1, 2)),
        (
            CLAIM,
            [evidence(Verdict.AGREES, Trust.CALCULATED)],
            Fraction(2, 5),
            0,
            Fraction(1, 2),
        ),
        (
            CLAIM,
            [evidence(Verdict.AGREES, Trust.MODEL)],
            Fraction(1, 2),
            Fraction(1, 2),
            Fraction(1, 2),
        ),
        (
            CLAIM,
            [evidence(Verdict.AGREES, Trust.MODEL), evidence(Verdict.REFUTES, Trust.REFUTED)],
            0,
            0,
            0,
        ),
        (
            replace(WRITTEN, strength=Fraction(-1)),
            [evidence(Verdict.INCONCLUSIVE, Trust.DOCUMENTED)],
            Fraction(-4, 5),
            -1,
            0,
        ),
    ],
)
def test_contributions_follow_trust(
    claim: Claim,
    heard: list[Evidence],
    contribution: Fraction,
    least: Fraction,
    most: Fraction,
) -> None:
    """``t * strength``, a point once executed, nought once refuted, an interval otherwise."""
    worth = found(claim, heard, LIBRARY.book.conventions)
    assert (worth.contribution, worth.least, worth.most) == (contribution, least, most)


def test_a_refuted_claim_keeps_its_strength_in_sight() -> None:
    """Struck out, not turned round."""
    heard = [evidence(Verdict.REFUTES, Trust.REFUTED)]
    worth = found(CLAIM, heard, LIBRARY.book.conventions)
    assert (worth.strength, worth.trust) == (Fraction(1, 2), Trust.REFUTED)
