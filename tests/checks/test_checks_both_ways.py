"""Every shipped check holds on an honest miniature and catches a liar."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from miniatures import Miniature

from advisor.checks.check import Check
from advisor.checks.judge import Held, NotHeld, judge
from advisor.checks.load import load_checks
from advisor.checks.runner import run
from advisor.documents import rules_folder

CHECKS: Mapping[str, Check] = load_checks([rules_folder() / "checks"])
LIARS: Mapping[str, tuple[str, ...]] = {
    "added-reader-gets-work": ("binds-to-readers", "shares-nothing", "loses-one"),
    "attempts-are-counted": ("counts-wrongly", "tries-for-ever", "drops-rejected"),
    "backlog-waits": ("loses-one", "newest-first"),
    "bridge-loses-nothing": ("loses-one", "loses-what-a-dead-reader-held"),
    "confirmed-survives-node-loss": ("loses-with-a-node",),
    "confirmed-survives-power-loss": ("loses-in-power-cut",),
    "confirmed-survives-restart": ("loses-with-a-node",),
    "every-group-gets-everything": ("loses-one", "doubles-one"),
    "expired-message-is-not-delivered": ("ignores-expiry",),
    "failed-task-is-tried-again": ("drops-rejected",),
    "kept-for-30-days": ("forgets-what-was-read",),
    "kept-for-7-days": ("forgets-what-was-read",),
    "kept-for-a-year": ("forgets-what-was-read",),
    "late-reader-gets-everything": ("forgets-what-was-read", "loses-one"),
    "message-and-data-commit-together": ("ignores-roll-back", "loses-one"),
    "message-of-10-megabytes": ("refuses-large",),
    "message-of-50-megabytes": ("refuses-large",),
    "message-waits-for-its-delay": ("ignores-delays",),
    "newest-value-of-each-key-stays": ("keeps-old-values", "forgets-what-was-read"),
    "one-stored-copy-for-all-groups": ("copies-for-each",),
    "order-of-all-messages": ("locks-nothing", "newest-first", "loses-one"),
    "order-per-key-in-parallel": ("locks-nothing", "newest-first", "shares-nothing"),
    "poison-message-is-set-aside": ("tries-for-ever", "drops-rejected"),
    "publisher-retry-is-stored-once": ("stores-retries", "loses-one"),
    "publishing-continues-without-a-node": ("stops-without-a-node",),
    "reader-gets-only-its-content": ("ignores-selectors", "sends-in-vain", "loses-one"),
    "reader-gets-only-its-headers": ("ignores-selectors", "sends-in-vain"),
    "reader-gets-only-its-key": ("ignores-selectors", "sends-in-vain", "doubles-one"),
    "reader-gets-only-its-pattern": ("ignores-selectors", "sends-in-vain"),
    "reader-is-not-overrun": ("overruns", "loses-one"),
    "reply-reaches-its-requester": ("replies-to-all",),
    "result-is-stored-once": ("stores-retries",),
    "slow-task-does-not-block": ("binds-to-readers", "shares-nothing"),
    "task-of-2-hours": ("times-out",),
    "task-of-20-seconds": ("times-out",),
    "task-of-30-minutes": ("times-out",),
    "task-of-5-minutes": ("times-out",),
    "tasks-are-shared": ("loses-what-a-dead-reader-held", "doubles-one", "loses-one"),
    "urgent-message-overtakes-backlog": ("ignores-priorities",),
    "what-was-read-can-be-read-again": ("forgets-what-was-read", "loses-one"),
}


def performed(check: Check, fault: str = "") -> Held | NotHeld:
    target = Miniature() if check.kind == "bridge" else None
    result = judge(check, run(check, Miniature(fault), target))
    assert isinstance(result, Held | NotHeld), result
    return result


def test_every_check_has_a_liar() -> None:
    """A new check without a liar is not trusted."""
    assert sorted(LIARS) == sorted(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_holds_on_the_honest_miniature(name: str) -> None:
    """What does everything right has every property."""
    result = performed(CHECKS[name])

    assert isinstance(result, Held), result


@pytest.mark.parametrize(
    ("name", "fault"), [(name, fault) for name, faults in LIARS.items() for fault in faults]
)
def test_catches_the_liar(name: str, fault: str) -> None:
    """One fault in an otherwise honest session makes the property not hold."""
    result = performed(CHECKS[name], fault)

    assert isinstance(result, NotHeld), result
    assert result.because


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_closes_the_session_once(name: str) -> None:
    """Whatever happened, nothing is left behind."""
    session = Miniature("loses-one")
    run(CHECKS[name], session, Miniature() if CHECKS[name].kind == "bridge" else None)

    assert 1 == session.closed
