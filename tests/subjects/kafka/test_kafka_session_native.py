"""What a topic, a compacted topic and a share group do by themselves, step by step."""

from __future__ import annotations

import pytest

from advisor.checks.session import Delivery, Group, Message, Plan, Selector, Session
from advisor.domain.outcome import Done, Refused, Unknown, Unmodelled
from advisor.domain.version import BrokerVersion
from advisor.models.kafka.versions import NEWEST
from advisor.subjects.kafka import SUPPORTED_OPTIONS, VARIANTS, model_client, open_session

TOPIC, COMPACTED, SHARE = "kafka.topic", "kafka.compacted-topic", "kafka.share-group"
GROUP_OPTIONS = [TOPIC, COMPACTED]


def started(
    option: str, variant: str | None = None, *, version: str = str(NEWEST), **plan: object
) -> Session:
    client = model_client(BrokerVersion.parse(version))
    session = open_session(option, variant, client)
    groups = plan.pop("groups", (Group("g"),))
    outcome = session.set_up(Plan(groups=groups, **plan))  # type: ignore[arg-type]
    assert Done(None) == outcome
    return session


def publish(session: Session, *labels: str, key: str | None = "k", **fields: object) -> None:
    for label in labels:
        message = Message(label, key=key, **fields)  # type: ignore[arg-type]
        assert Done(None) == session.publish(message)


def join(session: Session, *readers: str, group: str = "g") -> None:
    for reader in readers:
        assert Done(None) == session.join(reader, group, start="first")


def take(session: Session, reader: str = "r", within_ms: int = 0) -> Delivery | None:
    outcome = session.receive(reader, within_ms=within_ms)
    assert isinstance(outcome, Done), outcome
    return outcome.value


def drain(session: Session, reader: str = "r", within_ms: int = 0) -> list[str]:
    """Labels taken and settled until none comes."""
    labels = []
    while (delivery := take(session, reader, within_ms)) is not None:
        assert Done(None) == session.settle(delivery)
        labels.append(delivery.label)
    return labels


def stored(session: Session) -> tuple[int, int, int, int, int]:
    outcome = session.stored()
    assert isinstance(outcome, Done)
    numbers = outcome.value
    return (
        numbers.copies,
        numbers.waiting,
        numbers.held_max,
        numbers.fetched,
        numbers.thrown_away,
    )


@pytest.mark.parametrize(
    ("option", "variant"),
    [(option, variant) for option in VARIANTS for variant in (None, *VARIANTS[option])],
)
@pytest.mark.parametrize("version", ["4.2", "4.3", "4.4"])
def test_every_design_delivers_once_and_cleans_up(
    option: str, variant: str | None, version: str
) -> None:
    client = model_client(BrokerVersion.parse(version))
    session = open_session(option, variant, client, prefix="run-7")
    session.set_up(Plan(groups=(Group("g"),), attempts_max=3))
    join(session, "r")
    publish(session, "m", routing_key="a.b")
    assert ["m"] == drain(session, within_ms=30_000)
    assert 0 == stored(session)[1]
    session.close()
    session.close()
    assert ({}, {}) == (client.cluster.topics.by_name, client.cluster.groups)


@pytest.mark.parametrize("option", sorted(SUPPORTED_OPTIONS))
def test_messages_of_a_key_arrive_in_order_and_wait_for_their_reader(option: str) -> None:
    session = started(option)
    publish(session, "a", "b", "c")
    assert 3 == stored(session)[1]
    join(session, "r")
    assert ["a", "b", "c"] == drain(session)


@pytest.mark.parametrize("option", GROUP_OPTIONS)
def test_a_group_that_begins_at_the_end_skips_what_was(option: str) -> None:
    session = started(option)
    publish(session, "old")
    assert Done(None) == session.join("r", "g", start="new")
    publish(session, "new")
    join(session, "other")
    assert ["new"] == drain(session) + drain(session, "other")


@pytest.mark.parametrize("option", GROUP_OPTIONS)
def test_a_reader_beyond_the_partitions_gets_nothing(option: str) -> None:
    session = started(option, parallelism=2)
    join(session, "a", "b", "c")
    for number in range(8):
        publish(session, f"m{number}", key=None)
    found = [len(drain(session, reader)) for reader in "abc"]
    assert 0 == found[2]
    assert 8 == sum(found)


def test_keyless_messages_are_dealt_out_in_turn() -> None:
    session = started(TOPIC, parallelism=2)
    join(session, "a", "b")
    publish(session, "m0", "m1", "m2", "m3", key=None)
    assert [["m0", "m2"], ["m1", "m3"]] == [drain(session, "a"), drain(session, "b")]


@pytest.mark.parametrize("option", GROUP_OPTIONS)
def test_rejecting_natively_is_a_skip(option: str) -> None:
    session = started(option, attempts_max=3)
    join(session, "r")
    publish(session, "bad", "good")
    bad = take(session)
    assert bad is not None
    assert Done(None) == session.reject(bad)
    assert ["good"] == drain(session)
    assert Done(()) == session.set_aside()
    assert () == session.parts


def test_the_dead_of_a_consumer_group_are_missed_for_45_seconds() -> None:
    session = started(TOPIC, parallelism=2)
    join(session, "a", "b")
    publish(session, "m0", "m1", key=None)
    assert take(session, "a") is not None
    session.crash("a")
    assert ["m1"] == drain(session, "b", within_ms=40_000)
    before_ms = session.now_ms
    again = take(session, "b", within_ms=60_000)
    assert again is not None
    assert ("m0", True) == (again.label, session.now_ms - before_ms <= 45_000)


def test_a_reader_holds_no_more_than_the_prefetch() -> None:
    for option in (TOPIC, SHARE):
        session = started(option, prefetch=2)
        join(session, "r")
        publish(session, "a", "b", "c")
        held = [take(session), take(session), take(session, within_ms=1_000)]
        assert ["a", "b", None] == [one and one.label for one in held]
        assert 2 == stored(session)[2]


def test_what_is_finished_out_of_turn_is_not_committed_before_the_rest() -> None:
    session = started(TOPIC, prefetch=2)
    join(session, "r")
    publish(session, "a", "b")
    first, second = take(session), take(session)
    assert first is not None and second is not None
    session.settle(second)
    session.crash("r")
    join(session, "heir")
    assert ["a", "b"] == drain(session, "heir", within_ms=60_000)


@pytest.mark.parametrize(("duration_ms", "done"), [(20_000, True), (300_000, False)])
def test_a_long_task_loses_its_membership(duration_ms: int, done: bool) -> None:
    session = started(TOPIC)
    join(session, "r")
    publish(session, "long")
    task = take(session)
    assert task is not None
    session.wait(duration_ms)
    outcome = session.settle(task)
    assert done == isinstance(outcome, Done)
    if not done:
        assert isinstance(outcome, Refused)
        assert "UNKNOWN_MEMBER_ID" == outcome.code
        assert ["long"] == drain(session, within_ms=10_000)


def test_a_selector_is_a_filter_that_throws_away() -> None:
    europe = Group("g", Selector("key", keys=("eu",)))
    for option in SUPPORTED_OPTIONS:
        session = started(option, groups=(europe,))
        publish(session, "us", routing_key="us")
        publish(session, "eu", routing_key="eu")
        join(session, "r")
        assert ["eu"] == drain(session)
        assert (2, 1) == stored(session)[3:]
        assert ("filter in the reader",) == session.parts


@pytest.mark.parametrize("option", [TOPIC, SHARE])
def test_rewinding_reads_everything_again(option: str) -> None:
    session = started(option)
    join(session, "r")
    publish(session, "a", "b")
    assert ["a", "b"] == drain(session)
    assert Done(None) == session.rewind("r")
    assert ["a", "b"] == drain(session, within_ms=10_000)


def test_a_share_group_with_other_members_cannot_be_rewound() -> None:
    session = started(SHARE)
    join(session, "r", "other")
    publish(session, "a")
    drain(session)
    outcome = session.rewind("r")
    assert isinstance(outcome, Refused)
    assert "NON_EMPTY_GROUP" == outcome.code
    publish(session, "b")
    assert ["b"] == drain(session)


def test_compaction_keeps_the_newest_and_needs_a_key() -> None:
    session = started(COMPACTED, newest_per_key=True)
    publish(session, "old", "new")
    publish(session, "alone", key=None)
    session.wait(60_000)
    publish(session, "later", key="other")
    session.wait(60_000)
    join(session, "r")
    assert ["new", "alone", "later"] == drain(session)


def test_retention_is_the_plan_s() -> None:
    session = started(TOPIC, retention_ms=30 * 86_400_000)
    publish(session, "m")
    session.wait(31 * 86_400_000)
    join(session, "r")
    assert [] == drain(session)


def test_priority_expiry_and_delay_do_nothing() -> None:
    for option in SUPPORTED_OPTIONS:
        session = started(option, priorities=True, expiry=True, delays_ms=(60_000,))
        publish(session, "plain", key="1", priority=0)
        publish(session, "urgent", key="2", priority=9)
        publish(session, "expired", key="3", expires_after_ms=1)
        publish(session, "delayed", key="4", delay_ms=60_000)
        session.wait(10)
        join(session, "r")
        assert ["plain", "urgent", "expired", "delayed"] == drain(session)


def test_a_share_group_counts_attempts_and_sets_aside_since_4_4() -> None:
    for version, aside in (("4.3", ()), ("4.4", ("bad",))):
        session = started(SHARE, version=version, attempts_max=3)
        join(session, "r")
        publish(session, "bad")
        attempts = []
        while (delivery := take(session)) is not None:
            attempts.append((delivery.attempt, delivery.redelivered))
            session.reject(delivery)
        assert [(1, False), (2, True), (3, True)] == attempts
        assert Done(aside) == session.set_aside()


def test_before_4_3_the_limit_is_the_broker_s_own() -> None:
    session = started(SHARE, version="4.2", attempts_max=3)
    join(session, "r")
    publish(session, "bad")
    tries = 0
    while (delivery := take(session)) is not None:
        tries += 1
        session.reject(delivery)
    assert 5 == tries


@pytest.mark.parametrize("version", ["3.9", "4.1"])
def test_an_older_broker_refuses_share_groups(version: str) -> None:
    outcome = started(SHARE, version=version).join("r", "g", start="first")
    assert isinstance(outcome, Refused)
    assert "UNSUPPORTED_VERSION" == outcome.code


def test_a_dead_share_member_costs_nothing_and_a_slow_one_its_lock() -> None:
    session = started(SHARE)
    join(session, "a", "b")
    publish(session, "m")
    assert take(session, "a") is not None
    session.crash("a")
    again = take(session, "b")
    assert again is not None
    assert (0, 2) == (session.now_ms, again.attempt)
    session.wait(30_000)
    outcome = session.settle(again)
    assert isinstance(outcome, Refused)
    assert "INVALID_RECORD_STATE" == outcome.code


@pytest.mark.parametrize("option", sorted(SUPPORTED_OPTIONS))
@pytest.mark.parametrize("nodes", [1, 3])
def test_restarts_lose_nothing_and_power_loss_loses_what_was_not_flushed(
    option: str, nodes: int
) -> None:
    for power_loss, expected in ((False, ["a", "b"]), (True, [])):
        session = started(option, nodes=nodes)
        publish(session, "a", "b")
        session.stop_nodes(nodes, power_loss=power_loss)
        session.start_nodes()
        join(session, "r")
        assert expected == drain(session, within_ms=30_000)


def test_publishing_goes_on_when_one_node_of_three_is_lost() -> None:
    session = started(TOPIC, nodes=3)
    publish(session, "before")
    session.stop_nodes(1, power_loss=False)
    publish(session, "during")
    join(session, "r")
    assert ["before", "during"] == drain(session)


def test_without_any_node_publishing_is_refused_and_reading_unknown() -> None:
    session = started(TOPIC)
    join(session, "r")
    session.stop_nodes(1, power_loss=False)
    refused = session.publish(Message("m"))
    assert isinstance(refused, Refused)
    assert "NOT_LEADER_OR_FOLLOWER" == refused.code or "LEADER_NOT_AVAILABLE" == refused.code
    assert isinstance(session.join("late", "g", start="first"), Unknown)


def test_what_the_model_leaves_out_is_said() -> None:
    session = started(TOPIC, transactions=True)
    join(session, "r")
    publish(session, "in")
    delivery = take(session)
    assert delivery is not None
    session.process(delivery, Message("out"), dies_before_settling=True)
    outcome = session.stop_nodes(1, power_loss=True)
    assert isinstance(outcome, Unmodelled)
    assert "TRANSACTION_POWER_LOSS" == outcome.gap


def test_a_result_in_a_transaction_is_seen_once() -> None:
    session = started(
        TOPIC,
        transactions=True,
        groups=(
            Group("g", Selector("key", keys=("in",))),
            Group("results", Selector("key", keys=("out",))),
        ),
    )
    publish(session, "in", routing_key="in")
    join(session, "a")
    for reader, dies in (("a", True), ("b", False)):
        delivery = take(session, reader, within_ms=60_000)
        assert delivery is not None
        result = Message("out", key="k", routing_key="out")
        assert Done(None) == session.process(delivery, result, dies_before_settling=dies)
        if dies:
            join(session, "b")
    join(session, "reader", group="results")
    assert ["out"] == drain(session, "reader", within_ms=120_000)
    assert take(session, "b", within_ms=60_000) is None


def test_a_former_member_s_transaction_is_aborted() -> None:
    session = started(TOPIC, transactions=True)
    join(session, "r")
    publish(session, "in")
    delivery = take(session)
    assert delivery is not None
    session.wait(300_000)
    outcome = session.process(delivery, Message("out"), dies_before_settling=False)
    assert isinstance(outcome, Refused)
    assert any(call.startswith("AbortTransaction") for call in session.native_calls)


def test_a_retry_of_the_library_is_stored_once_and_a_late_one_twice() -> None:
    session = started(TOPIC, deduplicate=True)
    publish(session, "first")
    publish(session, "again", duplicate_of="first")
    publish(session, "second")
    publish(session, "once more", duplicate_of="first")
    join(session, "r")
    assert ["first", "second", "once more"] == drain(session)


def test_rolling_back_leaves_a_message_without_data() -> None:
    session = started(TOPIC)
    session.publish_with_data(Message("kept", key="k"), commit=True)
    session.publish_with_data(Message("phantom", key="k"), commit=False)
    join(session, "r")
    assert ["kept", "phantom"] == drain(session)


def test_large_messages_are_refused() -> None:
    session = started(TOPIC, message_bytes_max=10_000_000)
    outcome = session.publish(Message("large", size_bytes=10_000_000))
    assert isinstance(outcome, Refused)
    assert "MESSAGE_TOO_LARGE" == outcome.code


def test_leaving_hands_the_partitions_over_at_once() -> None:
    session = started(TOPIC)
    join(session, "a", "b")
    session.leave("a")
    publish(session, "m")
    assert ["m"] == drain(session, "b", within_ms=1_000)
    assert take(session, "a", within_ms=1_000) is None


def test_the_trace_names_calls_without_their_bodies() -> None:
    session = started(TOPIC)
    publish(session, "m")
    assert "Produce publisher advisor.flow" == session.native_calls[-1]


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(KeyError):
        open_session("kafka.table")
    session = started(TOPIC)
    join(session, "r")
    with pytest.raises(TypeError):
        session.settle(Delivery("m", "r"))
