"""Natively, each design has the properties that its documentation gives it, and lacks the others.

The table was written from behaviours seen on real brokers and from the brokers' documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from advisor.checks.judge import Held, NotHeld, Undecided
from advisor.checks.load import load_checks
from advisor.documents import rules_folder
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform, perform_bridge
from advisor.subjects.open import variants

CHECKS = load_checks([rules_folder() / "checks"])
DESIGNS = tuple(
    map(
        Address.parse,
        (
            "model:rabbitmq.classic-queue@4.3",
            "model:rabbitmq.quorum-queue@4.3",
            "model:rabbitmq.stream@4.3",
            "model:kafka.topic@4.4",
            "model:kafka.compacted-topic@4.4",
            "model:kafka.share-group@4.4",
            "model:none.no-broker",
        ),
    )
)
NATIVE: Mapping[str, str] = {
    # C classic queue, Q quorum queue, S stream, T topic, K compacted topic, G share group, N none
    "added-reader-gets-work": "CQ---GN",
    "attempts-are-counted": "-Q---G-",
    "backlog-waits": "CQSTKGN",
    "confirmed-survives-node-loss": "-QSTKG-",
    "confirmed-survives-power-loss": "?Q----?",
    "confirmed-survives-restart": "CQSTKGN",
    "every-group-gets-everything": "CQSTKG-",
    "expired-message-is-not-delivered": "CQ-----",
    "failed-task-is-tried-again": "CQ---GN",
    "kept-for-30-days": "--ST-G-",
    "kept-for-7-days": "--ST-G-",
    "kept-for-a-year": "--ST-G-",
    "late-reader-gets-everything": "--ST-G-",
    "message-and-data-commit-together": "------N",
    "message-of-10-megabytes": "CQS---N",
    "message-of-50-megabytes": "------N",
    "message-waits-for-its-delay": "-------",
    "newest-value-of-each-key-stays": "----K--",
    "one-stored-copy-for-all-groups": "--STKG-",
    "order-of-all-messages": "--STK--",
    "order-per-key-in-parallel": "---TK--",
    "poison-message-is-set-aside": "CQ---G-",
    "publisher-retry-is-stored-once": "---TKG-",
    "publishing-continues-without-a-node": "-QSTKG-",
    "reader-gets-only-its-content": "-------",
    "reader-gets-only-its-headers": "CQ-----",
    "reader-gets-only-its-key": "CQ-----",
    "reader-gets-only-its-pattern": "CQ-----",
    "reader-is-not-overrun": "CQSTKGN",
    "reply-reaches-its-requester": "CQS---N",
    "result-is-stored-once": "---TK--",
    "slow-task-does-not-block": "CQ---GN",
    "task-of-2-hours": "C-----N",
    "task-of-20-seconds": "CQ-TKGN",
    "task-of-30-minutes": "C-----N",
    "task-of-5-minutes": "CQ----N",
    "tasks-are-shared": "CQ-T-G-",
    "urgent-message-overtakes-backlog": "CQ-----",
    "what-was-read-can-be-read-again": "--ST-G-",
}


@pytest.mark.parametrize("check", sorted(NATIVE))
def test_native_properties(check: str) -> None:
    """One letter for each design that has the property, a dash where it has not."""
    found = ""
    for letter, design in zip("CQSTKGN", DESIGNS, strict=True):
        match perform(CHECKS[check], design).result:
            case Held():
                found += letter
            case NotHeld():
                found += "-"
            case Undecided():
                found += "?"

    assert NATIVE[check] == found


def test_every_scenario_check_is_in_the_table() -> None:
    """A new check needs its row."""
    assert sorted(NATIVE) == sorted(c.id for c in CHECKS.values() if c.kind == "scenario")


@pytest.mark.parametrize(
    ("check", "address", "variant", "parts"),
    [
        ("message-waits-for-its-delay", "model:rabbitmq.quorum-queue@4.3", "delay-queues", False),
        ("message-waits-for-its-delay", "model:kafka.topic@4.4", "delay-scheduler", True),
        (
            "order-of-all-messages",
            "model:rabbitmq.classic-queue@4.3",
            "single-active-consumer",
            False,
        ),
        ("order-per-key-in-parallel", "model:rabbitmq.quorum-queue@4.3", "consistent-hash", False),
        ("task-of-30-minutes", "model:rabbitmq.quorum-queue@4.3", "consumer-timeout", False),
        ("task-of-5-minutes", "model:kafka.topic@4.4", "poll-interval", False),
        ("task-of-5-minutes", "model:kafka.share-group@4.4", "lock-renewal", True),
        ("attempts-are-counted", "model:rabbitmq.classic-queue@4.3", "retry-loop", True),
        ("attempts-are-counted", "model:kafka.topic@4.4", "retry-topic", True),
        ("reader-gets-only-its-key", "model:kafka.topic@4.4", "topic-per-routing-key", False),
        ("reader-gets-only-its-key", "model:rabbitmq.stream@4.3", "stream-per-group", False),
        ("reader-gets-only-its-headers", "model:kafka.topic@4.4", "router", True),
        ("reply-reaches-its-requester", "model:kafka.topic@4.4", "reply-topic", True),
        ("slow-task-does-not-block", "model:kafka.topic@4.4", "out-of-order-completion", True),
        ("confirmed-survives-power-loss", "model:kafka.topic@4.4", "flush-every-message", False),
        ("message-and-data-commit-together", "model:rabbitmq.stream@4.3", "outbox", True),
    ],
)  # fmt: skip
def test_variants_make_it_hold(check: str, address: str, variant: str, parts: bool) -> None:
    """A configuration needs no code of the team, a workaround does."""
    result = perform(CHECKS[check], Address.parse(address), variant).result

    assert isinstance(result, Held), result
    assert parts == bool(result.parts), result.parts


@pytest.mark.parametrize(
    ("check", "address", "expected"),
    [
        ("urgent-message-overtakes-backlog", "model:rabbitmq.quorum-queue@3.10", NotHeld),
        ("urgent-message-overtakes-backlog", "model:rabbitmq.quorum-queue@4.0", NotHeld),
        ("task-of-2-hours", "model:rabbitmq.classic-queue@4.2", NotHeld),
        ("message-of-50-megabytes", "model:rabbitmq.classic-queue@3.10", Held),
        ("poison-message-is-set-aside", "model:kafka.share-group@4.2", NotHeld),
        ("tasks-are-shared", "model:kafka.share-group@3.9", NotHeld),
    ],
)
def test_versions_differ(check: str, address: str, expected: type) -> None:
    """What came later is not there earlier, and what went is."""
    assert isinstance(perform(CHECKS[check], Address.parse(address)).result, expected)


def test_bridges_lose_nothing_either_way() -> None:
    """Killed behind each of its steps, between a queue and a log."""
    check, queue, log = CHECKS["bridge-loses-nothing"], DESIGNS[1], DESIGNS[3]

    assert isinstance(perform_bridge(check, queue, log).result, Held)
    assert isinstance(perform_bridge(check, log, queue).result, Held)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_same_check_same_observation(design: Address) -> None:
    """Run twice, every event, measure and native call is equal."""
    for variant in (None, *variants(design.option)):
        first, again = (perform(CHECKS["tasks-are-shared"], design, variant) for _ in range(2))
        assert first == again
