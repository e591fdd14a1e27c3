"""How queues hold and hand out messages: order, counts, prefetch, priorities, who is active."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench, arrived, body, headers, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Delivery


def take(bench: Bench, count: int) -> list[Delivery]:
    """Deliveries by ``basic.get``, unsettled."""
    found = [bench.channel.basic_get("q") for _ in range(count)]
    return [delivery for delivery in found if delivery is not None]


def test_a_classic_queue_puts_returned_messages_back_in_their_places() -> None:
    """1 to 4 nacked as 3, 1, 4, 2 come as 1 to 6; only those four are flagged."""
    bench = Bench()
    bench.queue()
    bench.publish("1", "2", "3", "4", "5", "6")
    held = take(bench, 4)
    for number in (3, 1, 4, 2):
        bench.channel.basic_nack(held[number - 1].tag)
    again = take(bench, 6)
    assert ["1", "2", "3", "4", "5", "6"] == [body(one) for one in again]
    assert [True] * 4 + [False] * 2 == [one.entry.redelivered for one in again]


@given(st.permutations(range(5)), st.integers(0, 5))
def test_no_order_of_returns_changes_the_order_of_a_classic_queue(
    order: list[int], settled: int
) -> None:
    """Whatever is settled meanwhile."""
    bench = Bench()
    bench.queue()
    names = [str(number) for number in range(8)]
    bench.publish(*names)
    held = take(bench, 5)
    for number in order[:settled]:
        bench.channel.basic_ack(held[number].tag)
    for number in order[settled:]:
        bench.channel.basic_nack(held[number].tag)
    gone = {str(number) for number in order[:settled]}
    assert [name for name in names if name not in gone] == bench.drain()


@pytest.mark.parametrize(
    ("version", "limit", "expected"),
    [
        (V3_10, None, ["3", "1", "2"]),
        (V3_10, 5, ["1", "2", "3"]),
        (V4_0, None, ["1", "2", "3"]),
        (V4_3, None, ["1", "2", "3"]),
        (V4_0, -1, ["3", "1", "2"]),
        (V4_3, -1, ["1", "2", "3"]),
    ],
)
def test_a_quorum_queue_requeues_to_the_back_only_without_a_delivery_limit(
    version: BrokerVersion, limit: int | None, expected: list[str]
) -> None:
    """From 4.0 there is a limit of 20 unless it is switched off; 4.3 never goes to the back."""
    bench = Bench(version)
    more: dict[str, Any] = {} if limit is None else {"delivery_limit": limit}
    bench.queue(kind="quorum", **more)
    bench.publish("1", "2", "3")
    for delivery in take(bench, 2):
        bench.channel.basic_reject(delivery.tag)
    assert expected == bench.drain()


@pytest.mark.parametrize(
    ("version", "how", "expected"),
    [
        (V3_10, "reject", [(0, None), (1, None), (2, None)]),
        (V3_10, "nack", [(0, None), (1, None), (2, None)]),
        (V4_0, "nack", [(None, None), (1, None), (2, None)]),
        (V4_3, "reject", [(None, None), (1, 1), (2, 2)]),
        (V4_3, "nack", [(None, None), (None, 1), (None, 2)]),
        (V4_3, "recover", [(None, None), (None, 1), (None, 2)]),
    ],
)
def test_quorum_queues_count_deliveries_as_their_version_does(
    version: BrokerVersion, how: str, expected: list[tuple[int | None, int | None]]
) -> None:
    """From 4.3 a nack counts in ``x-acquired-count`` only."""
    bench = Bench(version)
    bench.queue(kind="quorum")
    bench.publish("m")
    seen = []
    for _ in range(3):
        (delivery,) = take(bench, 1)
        found = headers(delivery)
        seen.append((found.get("x-delivery-count"), found.get("x-acquired-count")))
        if how == "reject":
            bench.channel.basic_reject(delivery.tag)
        elif how == "nack":
            bench.channel.basic_nack(delivery.tag)
        else:
            bench.channel.basic_recover()
    assert expected == seen


@pytest.mark.parametrize(
    ("version", "limit", "expected"), [(V4_0, 2, 3), (V4_3, 2, 3), (V4_3, None, 21)]
)
def test_the_delivery_limit_counts_returns(
    version: BrokerVersion, limit: int | None, expected: int
) -> None:
    """Limit 2 means 3 deliveries; the default is 20 from 4.0."""
    bench = Bench(version)
    more: dict[str, Any] = {} if limit is None else {"delivery_limit": limit}
    bench.queue("dead")
    bench.queue(kind="quorum", dead_letter_exchange="", dead_letter_routing_key="dead", **more)
    bench.publish("m")
    deliveries = 0
    while found := take(bench, 1):
        deliveries += 1
        bench.channel.basic_reject(found[0].tag)
    assert (expected, ["m"]) == (deliveries, bench.drain("dead"))


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_round_robin_over_spare_prefetch(kind: str) -> None:
    """Prefetch 2, 2, 1 and eight messages; whoever settles gets the next."""
    bench = Bench()
    bench.queue(kind=kind)
    readers = [bench.consume(prefetch=prefetch) for prefetch in (2, 2, 1)]
    bench.publish(*(f"m{number}" for number in range(8)))
    assert [["m0", "m3"], ["m1", "m4"], ["m2"]] == [arrived(one) for one in readers]
    readers[1].basic_ack(1)
    assert [[], ["m5"], []] == [arrived(one) for one in readers]


def test_a_backlog_goes_to_the_first_unlimited_consumer() -> None:
    """The second one gets nothing of it, and half of what comes later."""
    bench = Bench()
    bench.queue()
    bench.publish(*"abcdef")
    first, second = bench.consume(), bench.consume()
    assert (list("abcdef"), []) == (arrived(first), arrived(second))
    bench.publish(*"0123")
    assert (["0", "2"], ["1", "3"]) == (arrived(first), arrived(second))


@pytest.mark.parametrize(("kind", "expected"), [("classic", 2500), ("quorum", 2000)])
def test_no_prefetch_on_a_quorum_queue_is_a_window_of_2000(kind: str, expected: int) -> None:
    """After ten acknowledgements ten more; with auto-ack there is no window."""
    bench = Bench()
    bench.queue(kind=kind)
    bench.publish(*(["m"] * 2500))
    reader = bench.consume()
    assert expected == len(arrived(reader))
    for tag in range(1, 11):
        reader.basic_ack(tag)
    assert min(10, 2500 - expected) == len(arrived(reader))
    bench.queue("other", kind)
    bench.publish(*(["m"] * 2500), to="other")
    assert 2500 == len(arrived(bench.consume("other", no_ack=True)))


def test_prefetch_counts_for_later_consumers_of_the_channel_only() -> None:
    """And ``basic.get`` uses none of it."""
    bench = Bench()
    bench.queue("a")
    bench.queue("b")
    bench.publish("1", "2", "3", to="a")
    bench.publish("4", "5", "6", to="b")
    channel = bench.consume("a", prefetch=1)
    bench.consume("b", prefetch=2, channel=channel, tag="second")
    assert ["1", "4", "5"] == arrived(channel)
    assert channel.basic_get("b") is not None


def test_a_higher_consumer_priority_takes_all_that_it_can_hold() -> None:
    """Then the next one; anything but a whole number is refused."""
    bench = Bench()
    bench.queue()
    low, high = bench.consume(prefetch=5), bench.consume(prefetch=2, priority=10)
    bench.publish("1", "2", "3")
    assert (["3"], ["1", "2"]) == (arrived(low), arrived(high))
    assert "406c" == reply(lambda: bench.consume(priority="high"))


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_with_a_single_active_consumer_one_reads_and_the_others_stand_by(kind: str) -> None:
    """On cancel the next takes over; a closed one's messages come back before the rest."""
    bench = Bench()
    bench.queue(kind=kind, single_active_consumer=True)
    first, second = bench.consume(prefetch=2, tag="first"), bench.consume(prefetch=5)
    bench.publish(*"1234")
    assert (["1", "2"], []) == (arrived(first), arrived(second))
    first.basic_ack(1)
    first.close()
    assert ["2", "3", "4"] == arrived(second)


def test_a_cancelled_active_consumer_keeps_what_it_holds() -> None:
    """The next one goes on behind it."""
    bench = Bench()
    bench.queue(single_active_consumer=True)
    first, second = bench.consume(prefetch=1, tag="first"), bench.consume(prefetch=5)
    bench.publish(*"123")
    first.basic_cancel("first")
    assert (["1"], ["2", "3"]) == (arrived(first), arrived(second))
    first.basic_ack(1)
    assert 0 == bench.depth()


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [("classic", V4_3, False), ("quorum", V3_10, False), ("quorum", V4_0, True)],
)
def test_a_higher_priority_takes_over_once_the_active_one_holds_nothing(
    kind: str, version: BrokerVersion, expected: bool
) -> None:
    """On quorum queues from 4.0 only."""
    bench = Bench(version)
    bench.queue(kind=kind, single_active_consumer=True)
    low = bench.consume(prefetch=1)
    bench.publish("1")
    high = bench.consume(prefetch=1, priority=5)
    bench.publish("2")
    assert (["1"], []) == (arrived(low), arrived(high))
    low.basic_ack(1)
    assert (([], ["2"]) if expected else (["2"], [])) == (arrived(low), arrived(high))


def test_classic_priorities_are_strict_and_keep_order_within() -> None:
    """Above the most is the most, none is 0, and a return keeps its priority and place."""
    bench = Bench()
    bench.queue(max_priority=5)
    bench.publish("none")
    for name, priority in (("low", 0), ("high-1", 5), ("high-2", 9), ("mid", 3)):
        bench.publish(name, priority=priority)
    held = take(bench, 2)
    bench.channel.basic_nack(held[1].tag)
    bench.channel.basic_nack(held[0].tag)
    assert ["high-1", "high-2", "mid", "none", "low"] == bench.drain()


def test_priority_does_not_overtake_what_is_prefetched() -> None:
    """Two held, then the urgent one, then the rest."""
    bench = Bench()
    bench.queue(max_priority=5)
    reader = bench.consume(prefetch=2)
    bench.publish("a", "b", "c")
    bench.publish("urgent", priority=5)
    assert ["a", "b"] == arrived(reader)
    reader.basic_ack(1)
    assert ["urgent"] == arrived(reader)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (V3_10, "l0 l1 l2 h0 h1 h2 h3"),
        (V4_0, "h0 h1 l0 h2 h3 l1 l2"),
        (BrokerVersion(4, 2), "h0 h1 l0 h2 h3 l1 l2"),
        (V4_3, "h0 h1 h2 h3 l0 l1 l2"),
    ],
)
def test_quorum_queues_serve_priorities_as_their_version_does(
    version: BrokerVersion, expected: str
) -> None:
    """Not at all, two to one, strictly."""
    bench = Bench(version)
    bench.queue(kind="quorum")
    bench.publish("l0", "l1", "l2", priority=1)
    bench.publish("h0", "h1", "h2", "h3", priority=9)
    assert expected == " ".join(bench.drain())


def test_from_4_3_no_priority_is_4_and_31_is_the_most() -> None:
    """31, 32 and 255 are one level."""
    bench = Bench(V4_3)
    bench.queue(kind="quorum")
    bench.publish("none")
    for name, priority in (("three", 3), ("five", 5), ("31", 31), ("255", 255), ("32", 32)):
        bench.publish(name, priority=priority)
    assert ["31", "255", "32", "five", "none", "three"] == bench.drain()


def test_purge_takes_ready_messages_only() -> None:
    """What is unsettled comes back later."""
    bench = Bench()
    bench.queue()
    bench.publish("1", "2", "3")
    (held,) = take(bench, 1)
    assert 2 == bench.broker.queue_purge(bench.channel, "q")
    bench.channel.basic_nack(held.tag)
    assert ["1"] == bench.drain()


@pytest.mark.parametrize("version", SEEN, ids=str)
@given(st.lists(st.sampled_from(["publish", "get", "ack", "reject", "close"]), max_size=40))
def test_nothing_is_lost_or_doubled(version: BrokerVersion, steps: list[str]) -> None:
    """Published is ready, held or settled, each exactly once, on both kinds of queues."""
    for kind in ("classic", "quorum"):
        bench = Bench(version)
        more: dict[str, Any] = {"delivery_limit": 1000} if kind == "quorum" else {}
        bench.queue(kind=kind, **more)
        published, settled, held = 0, [], []
        for step in steps:
            if step == "publish":
                bench.publish(str(published))
                published += 1
            elif step == "get":
                held += take(bench, 1)
            elif step == "close":
                bench.channel.close()
                bench.channel, held = bench.new_channel(), []
            elif held and step == "ack":
                settled.append(body(held[0]))
                bench.channel.basic_ack(held.pop(0).tag)
            elif held:
                bench.channel.basic_reject(held.pop(0).tag)
        found = settled + [body(one) for one in held] + bench.drain()
        assert [str(number) for number in range(published)] == sorted(found, key=int)
