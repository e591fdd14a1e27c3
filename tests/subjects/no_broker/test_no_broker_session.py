"""The job table does what a job table does: natively, and with each of its variants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pytest

from advisor.checks.judge import Held, NotHeld, Undecided
from advisor.checks.load import load_checks
from advisor.checks.session import Delivery, Group, Message, Plan, Selector
from advisor.documents import rules_folder
from advisor.domain.outcome import Done, Outcome, Refused, Unmodelled
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform
from advisor.subjects.no_broker import SUPPORTED_OPTIONS, VARIANTS, open_session
from advisor.subjects.no_broker.design import DESIGNS, OPTION

Result = TypeVar("Result")
CHECKS = load_checks([rules_folder() / "checks"])
ADDRESS = Address("model", OPTION)
HELD, BY_CODE, NOT, UNKNOWN = "held", "held by own code", "not held", "undecided"
EXPECTED: Mapping[tuple[str, str | None], str] = {
    ("tasks-are-shared", None): NOT,
    ("tasks-are-shared", "lease-column"): HELD,
    ("slow-task-does-not-block", None): HELD,
    ("added-reader-gets-work", None): HELD,
    ("task-of-2-hours", None): HELD,
    ("task-of-2-hours", "lease-column"): HELD,
    ("failed-task-is-tried-again", None): HELD,
    ("poison-message-is-set-aside", None): NOT,
    ("poison-message-is-set-aside", "attempts-column"): HELD,
    ("attempts-are-counted", None): NOT,
    ("attempts-are-counted", "attempts-column"): HELD,
    ("expired-message-is-not-delivered", None): NOT,
    ("expired-message-is-not-delivered", "expiry-column"): HELD,
    ("message-waits-for-its-delay", None): NOT,
    ("message-waits-for-its-delay", "due-column"): HELD,
    ("urgent-message-overtakes-backlog", None): NOT,
    ("urgent-message-overtakes-backlog", "priority-column"): HELD,
    ("reader-gets-only-its-key", None): NOT,
    ("reader-gets-only-its-key", "selector-in-query"): BY_CODE,
    ("reader-gets-only-its-pattern", None): NOT,
    ("reader-gets-only-its-pattern", "selector-in-query"): BY_CODE,
    ("reader-gets-only-its-headers", "selector-in-query"): BY_CODE,
    ("reader-gets-only-its-content", "selector-in-query"): BY_CODE,
    ("what-was-read-can-be-read-again", None): NOT,
    ("what-was-read-can-be-read-again", "kept-rows"): BY_CODE,
    ("late-reader-gets-everything", None): NOT,
    ("late-reader-gets-everything", "kept-rows"): BY_CODE,
    ("kept-for-a-year", None): NOT,
    ("kept-for-a-year", "kept-rows"): BY_CODE,
    ("newest-value-of-each-key-stays", None): NOT,
    ("newest-value-of-each-key-stays", "newest-row-per-key"): BY_CODE,
    ("order-per-key-in-parallel", None): NOT,
    ("order-per-key-in-parallel", "key-lock-column"): HELD,
    ("order-of-all-messages", None): NOT,
    ("order-of-all-messages", "key-lock-column"): HELD,
    ("result-is-stored-once", None): NOT,
    ("result-is-stored-once", "lease-column"): HELD,
    ("publisher-retry-is-stored-once", None): NOT,
    ("publisher-retry-is-stored-once", "deduplication-key"): HELD,
    ("confirmed-survives-restart", None): HELD,
    ("confirmed-survives-node-loss", None): NOT,
    ("confirmed-survives-power-loss", None): UNKNOWN,
    ("publishing-continues-without-a-node", None): NOT,
    ("every-group-gets-everything", None): NOT,
    ("every-group-gets-everything", "row-per-group"): BY_CODE,
    ("one-stored-copy-for-all-groups", None): NOT,
    ("one-stored-copy-for-all-groups", "row-per-group"): NOT,
    ("reply-reaches-its-requester", None): HELD,
    ("reader-is-not-overrun", None): HELD,
    ("backlog-waits", None): HELD,
    ("message-and-data-commit-together", None): HELD,
    ("message-of-50-megabytes", None): HELD,
}  # fmt: skip


@pytest.mark.parametrize(("check", "variant"), sorted(EXPECTED, key=str))
def test_comes_out_as_a_job_table_does(check: str, variant: str | None) -> None:
    """What the design lacks shows; what a column or own code adds shows too."""
    result = perform(CHECKS[check], ADDRESS, variant).result
    match result:
        case Held(parts=parts):
            found = BY_CODE if parts else HELD
        case NotHeld():
            found = NOT
        case Undecided():
            found = UNKNOWN

    assert EXPECTED[check, variant] == found, result


def test_every_variant_has_a_design() -> None:
    """And every design is native or a variant."""
    assert {OPTION} == SUPPORTED_OPTIONS
    assert {None, *VARIANTS[OPTION]} == set(DESIGNS)


def value(outcome: Outcome[Result]) -> Result:
    assert isinstance(outcome, Done), outcome
    return outcome.value


def test_a_design_has_to_be_known() -> None:
    """A mistake of ours, not an outcome."""
    with pytest.raises(KeyError):
        open_session("none.other", None)


def test_one_database_down_refuses_every_call() -> None:
    """And after the restart what was committed is there."""
    session = open_session(OPTION, "lease-column")
    value(session.set_up(Plan((Group("g"),))))
    value(session.publish(Message("a")))
    value(session.join("ann", "g", start="first"))
    delivery = value(session.receive("ann", within_ms=0))
    assert delivery is not None

    value(session.stop_nodes(1, power_loss=False))
    outcomes = (
        session.publish(Message("b")),
        session.join("bob", "g", start="first"),
        session.receive("ann", within_ms=10),
        session.settle(delivery),
        session.set_aside(),
        session.process(delivery, Message("r"), dies_before_settling=False),
        session.publish_with_data(Message("c"), commit=True),
        session.stored(),
    )
    value(session.start_nodes())
    value(session.start_nodes())

    assert ["unavailable"] * 8 == [one.code for one in outcomes if isinstance(one, Refused)]
    assert isinstance(session.settle(delivery), Done)
    session.close()
    session.close()


def test_a_power_cut_is_not_run() -> None:
    """It says so: nobody can look what was synced."""
    session = open_session(OPTION, None)

    assert isinstance(session.stop_nodes(1, power_loss=True), Unmodelled)


def test_a_lost_claim_is_refused() -> None:
    """Whoever works past the lease learns it when settling."""
    session = open_session(OPTION, "lease-column")
    value(session.set_up(Plan((Group("g"),), task_ms_max=1000)))
    value(session.publish(Message("a")))
    for reader in ("ann", "bob"):
        value(session.join(reader, "g", start="first"))
    first = value(session.receive("ann", within_ms=0))
    second = value(session.receive("bob", within_ms=60_000))
    assert first is not None
    assert second is not None

    assert 31_000 == session.now_ms
    assert Refused("lost-claim", "the row is no longer claimed by this worker") == session.settle(
        first
    )
    assert isinstance(session.settle(second), Done)


def test_a_cursor_that_starts_with_new_rows_skips_the_old() -> None:
    """Only for a service without a cursor; later it goes on where it was."""
    session = open_session(OPTION, "kept-rows")
    value(session.set_up(Plan((Group("g"),))))
    value(session.publish(Message("old")))
    value(session.join("ann", "g", start="new"))
    value(session.publish(Message("one")))
    value(session.publish(Message("two")))
    first = value(session.receive("ann", within_ms=0))
    assert first is not None
    value(session.reject(first))
    again = value(session.receive("ann", within_ms=0))
    assert again is not None
    value(session.settle(again))
    value(session.leave("ann"))
    value(session.join("bob", "g", start="new"))
    next_one = value(session.receive("bob", within_ms=0))

    assert ["one", "one", "two"] == [
        one.label for one in (first, again, next_one) if one is not None
    ]


def test_a_message_that_was_no_request_has_no_requester() -> None:
    """A direct call is answered to whoever called."""
    session = open_session(OPTION, None)

    assert isinstance(session.reply(Delivery("a", "ann"), Message("b")), Refused)
    assert Done(None) == session.receive_reply("ann", within_ms=500)
    assert 500 == session.now_ms


def test_the_trace_lists_the_statements() -> None:
    """A reader sees what was really executed."""
    session = open_session(OPTION, None)
    value(session.set_up(Plan((Group("g", Selector("key", keys=("a",))),))))
    value(session.publish(Message("one", routing_key="a")))

    assert 1 == len(session.native_calls)
    assert session.native_calls[0].strip().startswith("INSERT OR ABORT INTO jobs")
