"""What each variant changes, and whether the team's own code had to work for it."""

from __future__ import annotations

import pytest

from advisor.checks.session import Delivery, Group, Message, Plan, Selector, Session
from advisor.domain.outcome import Done
from advisor.subjects.kafka import SUPPORTED_OPTIONS, open_session

TOPIC, COMPACTED, SHARE = "kafka.topic", "kafka.compacted-topic", "kafka.share-group"
EVERY_OPTION = sorted(SUPPORTED_OPTIONS)
EUROPE = Group("g", Selector("key", keys=("eu",)))
ORDERS = Group("g", Selector("pattern", patterns=("order.#",)))
LARGE = Group("g", Selector("content", equal={"size": "large"}))


def started(option: str, variant: str, *groups: Group, **plan: object) -> Session:
    session = open_session(option, variant)
    outcome = session.set_up(Plan(groups=groups or (Group("g"),), **plan))  # type: ignore[arg-type]
    assert Done(None) == outcome
    return session


def publish(session: Session, label: str, **fields: object) -> None:
    assert Done(None) == session.publish(Message(label, **{"key": "k", **fields}))  # type: ignore[arg-type]


def join(session: Session, *readers: str) -> None:
    for reader in readers:
        assert Done(None) == session.join(reader, "g", start="first")


def take(session: Session, reader: str = "r", within_ms: int = 0) -> Delivery | None:
    outcome = session.receive(reader, within_ms=within_ms)
    assert isinstance(outcome, Done), outcome
    return outcome.value


def taken(session: Session, reader: str = "r", within_ms: int = 0) -> Delivery:
    delivery = take(session, reader, within_ms)
    assert delivery is not None
    return delivery


def drain(session: Session, reader: str = "r", within_ms: int = 0) -> list[str]:
    labels = []
    while (delivery := take(session, reader, within_ms)) is not None:
        assert Done(None) == session.settle(delivery)
        labels.append(delivery.label)
    return labels


def thrown_away(session: Session) -> int:
    outcome = session.stored()
    assert isinstance(outcome, Done)
    return outcome.value.thrown_away


@pytest.mark.parametrize("option", EVERY_OPTION)
@pytest.mark.parametrize(
    ("variant", "group", "parts_on_topic", "parts_on_share"),
    [
        ("topic-per-routing-key", EUROPE, (), ()),
        ("topic-per-routing-key", ORDERS, (), ("list of matching topics",)),
        ("router", EUROPE, ("router",), ("router",)),
        ("router", ORDERS, ("router",), ("router",)),
        ("router", LARGE, ("router",), ("router",)),
    ],
)
def test_selecting_before_reading_throws_nothing_away(
    option: str,
    variant: str,
    group: Group,
    parts_on_topic: tuple[str, ...],
    parts_on_share: tuple[str, ...],
) -> None:
    session = started(option, variant, group)
    join(session, "r")
    publish(session, "no", routing_key="stock.us", fields={"size": "small"})
    key = "eu" if group is EUROPE else "order.made"
    publish(session, "yes", routing_key=key, fields={"size": "large"})
    assert ["yes"] == drain(session, within_ms=20_000)
    assert 0 == thrown_away(session)
    assert (parts_on_share if option == SHARE else parts_on_topic) == session.parts


def test_topics_by_key_still_filter_what_no_topic_name_tells() -> None:
    session = started(TOPIC, "topic-per-routing-key", LARGE)
    join(session, "r")
    publish(session, "small", routing_key="a", fields={"size": "small"})
    assert [] == drain(session, within_ms=20_000)
    assert (1, ("filter in the reader",)) == (thrown_away(session), session.parts)


def test_a_pattern_that_begins_at_the_end_still_gets_the_start_of_new_topics() -> None:
    session = started(TOPIC, "topic-per-routing-key", ORDERS)
    publish(session, "old", routing_key="order.old")
    assert Done(None) == session.join("r", "g", start="new")
    publish(session, "new", routing_key="order.new")
    assert ["new"] == drain(session, within_ms=20_000)


@pytest.mark.parametrize("option", [TOPIC, COMPACTED])
def test_a_retry_topic_counts_attempts_and_sets_aside(option: str) -> None:
    session = started(option, "retry-topic", attempts_max=3)
    join(session, "r")
    publish(session, "bad")
    publish(session, "good")
    attempts = []
    while (delivery := take(session)) is not None:
        if delivery.label == "bad":
            attempts.append(delivery.attempt)
            assert Done(None) == session.reject(delivery)
        else:
            session.settle(delivery)
    assert [1, 2, 3] == attempts
    assert Done(("bad",)) == session.set_aside()
    assert ("retry topic",) == session.parts


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_a_scheduler_delivers_each_when_it_is_due(option: str) -> None:
    session = started(option, "delay-scheduler")
    join(session, "r")
    start_ms = session.now_ms
    for label, delay_ms in (("late", 60_000), ("soon", 5_000)):
        publish(session, label, delay_ms=delay_ms)
    publish(session, "now")
    arrivals = []
    for _ in range(3):
        delivery = taken(session, within_ms=100_000)
        arrivals.append((delivery.label, session.now_ms - start_ms))
        session.settle(delivery)
    assert [("now", 0), ("soon", 5_000), ("late", 60_000)] == arrivals
    assert ("delay scheduler",) == session.parts


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_a_deadline_is_checked_by_the_reader(option: str) -> None:
    session = started(option, "expiry-check")
    publish(session, "short", expires_after_ms=1_000)
    publish(session, "long", expires_after_ms=3_600_000)
    session.wait(1_000)
    join(session, "r")
    assert ["long"] == drain(session)
    assert (1, ("expiry check",)) == (thrown_away(session), session.parts)


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_the_most_urgent_topic_is_asked_first(option: str) -> None:
    session = started(option, "topic-per-priority")
    join(session, "r")
    for label, priority in (("low", 1), ("none", None), ("high", 9), ("beyond", 200)):
        publish(session, label, priority=priority)
    assert ["high", "beyond", "low", "none"] == drain(session)
    assert ("choice of the most urgent topic",) == session.parts


def test_urgent_messages_are_found_while_waiting() -> None:
    session = started(TOPIC, "topic-per-priority")
    join(session, "r")
    assert take(session, within_ms=1_000) is None
    assert Done(()) == session.set_aside()


@pytest.mark.parametrize("option", EVERY_OPTION)
@pytest.mark.parametrize(("variant", "thrown"), [("reply-topic", 0), ("expiry-check", 2)])
def test_a_partition_each_spares_requesters_the_replies_of_others(
    option: str, variant: str, thrown: int
) -> None:
    session = started(option, variant, request_reply=True)
    join(session, "r")
    for requester in ("ann", "bob"):
        session.request(requester, Message(f"from {requester}", key="k"))
    for _ in range(2):
        asked = taken(session)
        session.reply(asked, Message(f"to {asked.label[5:]}"))
        session.settle(asked)
    for requester in ("ann", "bob"):
        found = session.receive_reply(requester, within_ms=1_000)
        assert isinstance(found, Done) and found.value is not None
        assert f"to {requester}" == found.value.label
        assert Done(None) == session.receive_reply(requester, within_ms=1_000)
    assert thrown == thrown_away(session)


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_flushing_every_message_survives_a_power_cut(option: str) -> None:
    session = started(option, "flush-every-message", nodes=3, durability="power_loss")
    publish(session, "m")
    session.stop_nodes(3, power_loss=True)
    session.start_nodes()
    join(session, "r")
    assert (["m"], ()) == (drain(session, within_ms=30_000), session.parts)


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_a_raised_limit_lets_large_messages_through(option: str) -> None:
    session = started(option, "raised-message-limit", message_bytes_max=10_000_000)
    publish(session, "large", size_bytes=10_000_000)
    join(session, "r")
    assert (["large"], ()) == (drain(session), session.parts)


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_a_table_drops_what_was_done_but_not_what_comes_back(option: str) -> None:
    session = started(option, "deduplication-table", deduplicate=True)
    join(session, "r")
    publish(session, "first")
    publish(session, "again", duplicate_of="first")
    assert "first" == taken(session).label
    session.crash("r")
    join(session, "heir")
    assert ["first"] == drain(session, "heir", within_ms=60_000)
    assert ("deduplication table",) == session.parts


@pytest.mark.parametrize("option", EVERY_OPTION)
def test_an_outbox_sends_what_was_committed_and_nothing_else(option: str) -> None:
    session = started(option, "outbox")
    session.publish_with_data(Message("kept", key="k"), commit=True)
    session.publish_with_data(Message("rolled back", key="k"), commit=False)
    join(session, "r")
    assert ["kept"] == drain(session)
    assert ("outbox forwarder",) == session.parts


def test_an_outbox_keeps_what_the_broker_did_not_take() -> None:
    session = started(TOPIC, "outbox")
    session.stop_nodes(1, power_loss=False)
    assert Done(None) == session.publish_with_data(Message("kept", key="k"), commit=True)
    session.start_nodes()
    join(session, "r")
    assert ["kept"] == drain(session)


@pytest.mark.parametrize("option", [TOPIC, COMPACTED])
@pytest.mark.parametrize(
    ("variant", "parts"),
    [
        ("poll-interval", ()),
        ("pause-and-resume", ("thread that works while the loop polls",)),
        ("out-of-order-completion", ("dispatcher",)),
    ],
)
def test_a_task_of_two_hours_is_delivered_once(
    option: str, variant: str, parts: tuple[str, ...]
) -> None:
    session = started(option, variant, task_ms_max=7_200_000)
    join(session, "r", "other")
    publish(session, "long")
    reader, task = next(
        (reader, found)
        for reader in ("r", "other")
        if (found := take(session, reader, within_ms=1_000)) is not None
    )
    session.wait(7_200_000)
    idle = "other" if reader == "r" else "r"
    assert take(session, idle, within_ms=10_000) is None
    assert Done(None) == session.settle(task)
    assert parts == session.parts


def test_a_dispatcher_gives_a_slow_partition_to_whoever_is_free() -> None:
    session = started(TOPIC, "out-of-order-completion")
    join(session, "slow", "quick")
    for label in ("a", "b", "c", "d"):
        publish(session, label)
    slow = taken(session, "slow")
    assert ["b", "c", "d"] == drain(session, "quick")
    assert take(session, "slow", within_ms=10) is None
    session.crash("slow")
    assert [slow.label] == drain(session, "quick")
    outcome = session.stored()
    assert isinstance(outcome, Done)
    assert 0 == outcome.value.waiting


def test_a_dispatcher_rejects_filters_rewinds_and_processes_like_its_topic() -> None:
    session = started(TOPIC, "out-of-order-completion", EUROPE, transactions=True)
    join(session, "r")
    publish(session, "us", routing_key="us")
    for label in ("a", "b", "c"):
        publish(session, label, routing_key="eu")
    session.reject(taken(session))
    result = Message("out", key="k", routing_key="us")
    assert Done(None) == session.process(taken(session), result, dies_before_settling=False)
    session.rewind("r")
    assert ["a", "b", "c"] == drain(session)
    assert Done(None) == session.leave("r")


@pytest.mark.parametrize(
    ("variant", "task_ms", "settled", "parts"),
    [
        ("longer-lock", 59_000, True, ()),
        ("longer-lock", 60_000, False, ()),
        ("lock-renewal", 7_200_000, True, ("lock renewal loop",)),
    ],
)
def test_locks_of_a_share_group(
    variant: str, task_ms: int, settled: bool, parts: tuple[str, ...]
) -> None:
    session = started(SHARE, variant)
    join(session, "r", "other")
    publish(session, "long")
    task = taken(session)
    session.wait(task_ms)
    assert settled == (take(session, "other") is None)
    assert settled == isinstance(session.settle(task), Done)
    assert parts == session.parts


def test_a_reader_that_holds_several_renews_them_all() -> None:
    session = started(SHARE, "lock-renewal", prefetch=3)
    join(session, "r", "other")
    for label in ("a", "b", "c"):
        publish(session, label)
    held = [taken(session) for _ in range(3)]
    session.wait(120_000)
    assert [Done(None)] * 3 == [session.settle(delivery) for delivery in held]
    assert take(session, "other") is None


def test_share_readers_filter_and_process_without_transactions() -> None:
    session = started(SHARE, "flush-every-message", EUROPE, transactions=True)
    join(session, "r")
    publish(session, "us", routing_key="us")
    publish(session, "eu", routing_key="eu")
    result = Message("out", key="k", routing_key="us")
    assert Done(None) == session.process(taken(session), result, dies_before_settling=False)
    assert [] == drain(session)


def test_a_router_serves_groups_that_come_later() -> None:
    session = started(TOPIC, "router")
    publish(session, "before")
    assert Done(None) == session.join("late", "newcomers", start="first")
    publish(session, "after")
    assert ["after"] == drain(session, "late")
    outcome = session.stored()
    assert isinstance(outcome, Done)
    assert 3 == outcome.value.copies
