"""Verdicts come from what was observed, and not knowing is an answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniatures import Miniature

from advisor.checks.check import (
    Check,
    Crash,
    Duration,
    Join,
    Leave,
    Publish,
    Receive,
    Reject,
    Settle,
    Work,
    needs_rig,
)
from advisor.checks.claims import judge_claim, needs_variant
from advisor.checks.judge import Held, NotHeld, Result, Undecided, judge
from advisor.checks.observation import Observation
from advisor.checks.runner import run
from advisor.checks.smoke import SMOKE, smoke
from advisor.domain.evidence import Verdict
from advisor.domain.predicate import All, Any, Atom, Not

HALF = Fraction(1, 2)
STRENGTHS = (Fraction(1), HALF, -HALF, Fraction(-1))
HELD, HELD_BY_CODE = Held(), Held(("filter",))
NOT_HELD = NotHeld("it was lost")
UNKNOWN, UNMODELLED = Undecided("late", "unknown"), Undecided("gap", "unmodelled")
RESULTS: tuple[Result, ...] = (HELD, HELD_BY_CODE, NOT_HELD, UNKNOWN, UNMODELLED)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("", Held), ("never-answers", Undecided), ("not-modelled", Undecided)],
)
def test_smoke(fault: str, expected: type) -> None:
    """An adapter that does not answer is broken, which says nothing of its broker."""
    result = smoke(Miniature(fault))

    assert isinstance(result, expected)


@pytest.mark.parametrize(
    ("fault", "kind"), [("never-answers", "unknown"), ("not-modelled", "unmodelled")]
)
def test_not_knowing_has_a_kind(fault: str, kind: str) -> None:
    """An answer that never came and a gap of the model are two things."""
    result = judge(SMOKE, run(SMOKE, Miniature(fault)))

    assert isinstance(result, Undecided)
    assert kind == result.kind


def test_a_gap_decides_nothing_though_tolerated() -> None:
    """No step can tolerate what the model does not cover."""
    step = Publish(label="one", tolerate=frozenset({"refused", "unknown"}))
    check = replace(SMOKE, steps=(step,), held_when=Atom("unconfirmed", "==", 1))

    result = judge(check, run(check, Miniature("not-modelled")))

    assert Undecided("everything: a miniature", "unmodelled") == result


def large(*tolerate: str) -> Check:
    step = Publish(label="large", size_bytes=2_000_000, tolerate=frozenset(tolerate))  # type: ignore[arg-type]
    return replace(SMOKE, steps=(step,), held_when=Atom("unconfirmed", "==", 1))


def test_a_refusal_where_the_property_needs_it_is_not_held() -> None:
    """The reason names the call and the broker's own code."""
    result = judge(large(), run(large(), Miniature("refuses-large")))

    assert isinstance(result, NotHeld)
    assert "send large refused: 406 too large" == result.because


def test_a_tolerated_refusal_leaves_the_verdict_to_the_measures() -> None:
    """The check itself asks what was confirmed."""
    result = judge(large("refused"), run(large("refused"), Miniature("refuses-large")))

    assert Held((), {"unconfirmed": 1}) == result


def test_a_refused_settle_is_observed_and_not_judged() -> None:
    """Work that outlives its claim is finished, redelivered, and counted."""
    long = Duration(30_000, None)
    check = replace(
        SMOKE,
        steps=(
            Publish(label="long"),
            Join(readers=("ann", "bob"), group="readers"),
            Work(members=("ann", "bob"), service=long),
        ),
        held_when=All((Atom("unsettled", ">", 0), Atom("done_again", ">", 0))),
    )

    result = judge(check, run(check, Miniature("times-out")))

    assert isinstance(result, Held)


def test_time_that_stands_still_is_not_waited_for() -> None:
    """A session whose clock is broken ends the run as unknown."""
    check = replace(
        SMOKE,
        steps=(
            Join(readers=("ann",), group="readers"),
            Work(members=("ann",), service=Duration.plain(10)),
        ),
    )

    result = judge(check, run(check, Miniature("time-stands-still")))

    assert Undecided("wait: time does not pass", "unknown") == result


def test_says_which_comparison_failed() -> None:
    """A reader of the report sees what was measured and what was wanted."""
    nested = All(
        (
            Any((Atom("lost", ">", 5), Atom("duplicated", ">", 7))),
            Not(Atom("confirmed", "==", 0)),
            Not(All((Atom("lost", "==", 0), Not(Atom("got.got", "!=", ()))))),
        )
    )
    check = replace(SMOKE, held_when=nested)

    result = judge(check, Observation())

    assert isinstance(result, NotHeld)
    assert (
        "lost is 0, not > 5 and duplicated is 0, not > 7; confirmed is 0, that is == 0; "
        "one of [got.got, lost] is as it must not be" == result.because
    )


def test_runs_need_the_right_number_of_sessions() -> None:
    """A bridge has two ends, anything else one."""
    with pytest.raises(ValueError, match="smoke"):
        run(SMOKE, Miniature(), Miniature())


def test_live_runs_need_live_durations() -> None:
    """What cannot be shortened is not run on a live broker by mistake."""
    with pytest.raises(ValueError, match="live"):
        run(replace(SMOKE, live_plan=None), Miniature(), live=True)


def test_smoke_runs_live_and_needs_no_rig() -> None:
    """The first thing asked of any broker works on one given by address."""
    assert isinstance(smoke(Miniature(), live=True), Held)
    assert not needs_rig(SMOKE)


def test_a_crash_step_frees_what_was_held() -> None:
    """The next reader gets it, as a second delivery."""
    check = replace(
        SMOKE,
        steps=(
            Publish(label="one"),
            Join(readers=("ann", "bob"), group="readers"),
            Receive(reader="ann", then="hold"),
            Crash(reader="ann"),
            Receive(reader="bob", capture="got"),
        ),
        held_when=All((Atom("duplicated", "==", 1), Atom("got.got", "==", ("one",)))),
    )

    assert isinstance(judge(check, run(check, Miniature())), Held)


def test_steps_settle_reject_and_leave() -> None:
    """Each frees what the reader held, and only settling ends it."""
    check = replace(
        SMOKE,
        steps=(
            Publish(label="one"),
            Join(readers=("ann",), group="readers"),
            Receive(reader="ann", then="reject"),
            Receive(reader="ann", then="hold"),
            Reject(reader="ann"),
            Receive(reader="ann", then="hold"),
            Settle(reader="ann"),
            Leave(reader="ann"),
            Join(readers=("bob",), group="readers"),
            Receive(reader="bob", capture="got"),
        ),
        held_when=All(
            (Atom("tries.one", "==", 3), Atom("lost", "==", 0), Atom("got.got", "==", ()))
        ),
    )

    assert isinstance(judge(check, run(check, Miniature())), Held)


EXPECTED: dict[Fraction, dict[str, Verdict]] = {
    Fraction(1): {"held": Verdict.AGREES, "not held": Verdict.REFUTES},
    Fraction(-1): {"held": Verdict.REFUTES, "not held": Verdict.AGREES},
}


@pytest.mark.parametrize("strength", sorted(EXPECTED))
def test_whole_claims_need_one_run(strength: Fraction) -> None:
    """Native and missing are judged natively alone."""
    assert not needs_variant(strength)
    assert EXPECTED[strength]["held"] == judge_claim(strength, HELD, None)
    assert EXPECTED[strength]["held"] == judge_claim(strength, HELD_BY_CODE, None)
    assert EXPECTED[strength]["not held"] == judge_claim(strength, NOT_HELD, None)
    assert Verdict.UNKNOWN == judge_claim(strength, UNKNOWN, None)
    assert Verdict.UNMODELLED == judge_claim(strength, UNMODELLED, None)


@pytest.mark.parametrize(
    ("native", "configured", "configuration", "workaround"),
    [
        (NOT_HELD, HELD, Verdict.AGREES, Verdict.REFUTES),
        (NOT_HELD, HELD_BY_CODE, Verdict.REFUTES, Verdict.AGREES),
        (NOT_HELD, NOT_HELD, Verdict.REFUTES, Verdict.REFUTES),
        (HELD, HELD, Verdict.REFUTES, Verdict.REFUTES),
        (HELD, UNKNOWN, Verdict.REFUTES, Verdict.REFUTES),
        (UNMODELLED, NOT_HELD, Verdict.REFUTES, Verdict.REFUTES),
        (NOT_HELD, UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN),
        (NOT_HELD, UNMODELLED, Verdict.UNMODELLED, Verdict.UNMODELLED),
        (UNKNOWN, HELD, Verdict.UNKNOWN, Verdict.REFUTES),
    ],
)
def test_half_claims_need_two_runs(
    native: Result, configured: Result, configuration: Verdict, workaround: Verdict
) -> None:
    """Parts of the team's own code tell a workaround from a configuration."""
    assert needs_variant(HALF)
    assert configuration == judge_claim(HALF, native, configured)
    assert workaround == judge_claim(-HALF, native, configured)


def test_half_claims_without_a_second_run_are_our_mistake() -> None:
    """Whoever calls must make both runs."""
    with pytest.raises(ValueError, match="two runs"):
        judge_claim(HALF, NOT_HELD, None)


@given(st.sampled_from(STRENGTHS), st.sampled_from(RESULTS), st.sampled_from(RESULTS))
def test_an_agreed_claim_refutes_its_opposite(
    strength: Fraction, native: Result, configured: Result
) -> None:
    """Swapping a claim for its opposite must make the same check refute it."""
    if Verdict.AGREES == judge_claim(strength, native, configured):
        assert Verdict.REFUTES == judge_claim(-strength, native, configured)
