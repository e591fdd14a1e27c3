"""How long messages stay: expiry, length limits, dead letters, and what a death leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench, arrived, headers, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.length_limit import properties_bytes
from advisor.models.rabbitmq.message import Properties


def with_dead_letters(bench: Bench, kind: str = "classic", **arguments: Any) -> None:
    """A queue ``q`` whose dead letters go to the queue ``dead``."""
    bench.queue("dead")
    bench.queue(kind=kind, dead_letter_exchange="", dead_letter_routing_key="dead", **arguments)


@pytest.mark.parametrize(
    ("expiration", "expected"),
    [
        ("0", "ok"),
        ("+5", "ok"),
        ("315360000000", "ok"),
        ("", "406c"),
        ("abc", "406c"),
        ("-1", "406c"),
        ("1.5", "406c"),
        (" 5", "406c"),
        ("5 ", "406c"),
        ("315360000001", "406c"),
    ],
)
def test_expiration_is_a_whole_number_of_milliseconds_up_to_ten_years(
    expiration: str, expected: str
) -> None:
    """As text."""
    bench = Bench()
    bench.queue()
    assert expected == reply(lambda: bench.publish("m", expiration=expiration))


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_messages_expire_at_the_head_only(kind: str) -> None:
    """Behind a lasting one the expired one still counts, and is never delivered."""
    bench = Bench()
    bench.queue(kind=kind)
    bench.publish("a")
    bench.publish("b", expiration="200")
    bench.publish("c")
    bench.wait(1000)
    assert 3 == bench.depth()
    assert ["a", "c"] == bench.drain()


def test_mixed_delays_in_one_queue_come_out_when_the_slowest_does() -> None:
    """The usual trap of expiry as a delay."""
    bench = Bench()
    with_dead_letters(bench)
    bench.publish("slow", expiration="1500")
    bench.publish("fast", expiration="200")
    bench.wait(1499)
    assert 0 == bench.depth("dead")
    bench.wait(1)
    assert ["slow", "fast"] == bench.drain("dead")


@pytest.mark.parametrize(("after_ms", "expected"), [(99, ["m"]), (100, []), (101, [])])
def test_the_lower_of_queue_and_message_expiry_counts(after_ms: int, expected: list[str]) -> None:
    """To the millisecond."""
    for queue_ms, message_ms in ((100, "5000"), (5000, "100")):
        bench = Bench()
        bench.queue(message_ttl=queue_ms)
        bench.publish("m", expiration=message_ms)
        bench.wait(after_ms)
        assert expected == bench.drain()


def test_expiry_of_0_means_now_or_never() -> None:
    """Delivered to spare prefetch, dead-lettered otherwise."""
    bench = Bench()
    with_dead_letters(bench)
    reader = bench.consume(prefetch=1)
    bench.publish("now", "never", expiration="0")
    assert (["now"], ["never"]) == (arrived(reader), bench.drain("dead"))


def test_a_returned_message_keeps_its_deadline() -> None:
    """It does not expire while held, and at once when it comes back late."""
    bench = Bench()
    with_dead_letters(bench)
    bench.publish("m", expiration="100")
    reader = bench.consume(prefetch=1)
    bench.wait(500)
    assert 0 == bench.depth("dead")
    reader.basic_cancel("amq.ctag-1")
    reader.basic_nack(1)
    assert ["m"] == bench.drain("dead")


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [("classic", V4_3, 2), ("quorum", V4_0, 2), ("quorum", V4_3, 1)],
)
def test_an_expired_message_waits_behind_a_higher_priority(
    kind: str, version: BrokerVersion, expected: int
) -> None:
    """But for quorum queues from 4.3, where each priority has a head of its own."""
    bench = Bench(version)
    more: dict[str, Any] = {"max_priority": 5} if kind == "classic" else {}
    bench.queue(kind=kind, **more)
    bench.publish("high", priority=9)
    bench.publish("low", priority=1, expiration="100")
    bench.wait(100)
    assert expected == bench.depth()


def test_a_full_queue_drops_its_oldest() -> None:
    """What is held does not count."""
    bench = Bench()
    with_dead_letters(bench, max_length=2)
    bench.publish("1")
    held = bench.channel.basic_get("q")
    bench.publish("2", "3", "4")
    assert ["2"] == bench.drain("dead")
    assert held is not None
    bench.channel.basic_nack(held.tag)
    assert (["1"], ["3", "4"]) == (bench.drain("dead"), bench.drain())


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("classic", V3_10, ["1", "2", "3"]),
        ("quorum", V3_10, ["3", "2", "1"]),
        ("quorum", V4_0, ["3", "2", "1"]),
        ("quorum", V4_3, ["1", "2", "3"]),
    ],
)
def test_several_dropped_at_once_keep_their_order_or_turn_it(
    kind: str, version: BrokerVersion, expected: list[str]
) -> None:
    """Quorum queues before 4.3 turn it round."""
    bench = Bench(version)
    with_dead_letters(bench, kind, max_length_bytes=12)
    bench.publish("1", "2", "3")
    bench.publish("x" * 12)
    assert expected == bench.drain("dead")[:3]


def test_a_message_larger_than_the_limit_empties_the_queue() -> None:
    """It goes the way of all that was before it."""
    bench = Bench()
    with_dead_letters(bench, max_length_bytes=12)
    bench.publish("1", "x" * 13)
    assert (0, ["1", "x" * 13]) == (bench.depth(), bench.drain("dead"))


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [("classic", V4_3, "hi"), ("quorum", V3_10, "lo1"), ("quorum", V4_0, "hi")],
)
def test_the_head_that_is_dropped_is_the_most_urgent(
    kind: str, version: BrokerVersion, expected: str
) -> None:
    """Except where priorities are unknown."""
    bench = Bench(version)
    more = {"max_priority": 5} if kind == "classic" else {}
    with_dead_letters(bench, kind, max_length=2, **more)
    bench.publish("lo1", priority=0)
    bench.publish("hi", priority=5)
    bench.publish("lo2", priority=0)
    assert [expected] == bench.drain("dead")


@pytest.mark.parametrize(
    ("kind", "version", "properties", "least"),
    [
        ("classic", V4_3, {"message_id": "m" * 50}, 5),
        ("quorum", V3_10, {"message_id": "m" * 50}, 5),
        ("quorum", V4_0, {}, 5),
        ("quorum", V4_3, {}, 7),
        ("quorum", V4_3, {"message_id": "m" * 50}, 58),
        ("quorum", V4_3, {"headers": {"h": "v" * 50}}, 68),
    ],
)
def test_the_smallest_limit_in_bytes_that_holds_a_message_of_five(
    kind: str, version: BrokerVersion, properties: dict[str, Any], least: int
) -> None:
    """From 4.3 a quorum queue counts encoded properties too."""
    bench = Bench(version)
    depths = []
    for limit in (least - 1, least):
        name = bench.queue(f"q{limit}", kind, max_length_bytes=limit)
        bench.publish("12345", to=name, **properties)
        depths.append(bench.depth(name))
    assert [0, 1] == depths


@pytest.mark.parametrize(
    ("overflow", "dead"), [("reject-publish", []), ("reject-publish-dlx", ["2"])]
)
def test_reject_publish_refuses_the_new_one(overflow: str, dead: list[str]) -> None:
    """Other queues keep their copy; the publisher sees a nack and no return."""
    bench = Bench()
    with_dead_letters(bench, max_length=1, overflow=overflow)
    bench.queue("other")
    for queue in ("q", "other"):
        bench.broker.bind("queue", queue, "amq.fanout")
    bench.channel.confirm_select()
    for name in (b"1", b"2"):
        bench.channel.basic_publish("amq.fanout", "", name, mandatory=True)
    confirms = bench.channel.confirms
    assert confirms is not None
    assert [(1, True), (2, False)] == list(confirms.answers)
    assert [] == list(bench.channel.returns)
    assert (["1"], ["1", "2"], dead) == (
        bench.drain(), bench.drain("other"), bench.drain("dead")
    )  # fmt: skip


def test_length_0_is_direct_hand_off() -> None:
    """Only a reader that can take it now gets it; a queue that refuses refuses all the same."""
    bench = Bench()
    bench.queue(max_length=0)
    bench.queue("none", max_length=0, overflow="reject-publish")
    readers = [bench.consume(queue, prefetch=1) for queue in ("q", "none")]
    bench.publish("taken", "dropped")
    bench.publish("refused", to="none")
    assert [["taken"], []] == [arrived(reader) for reader in readers]
    assert 0 == bench.depth()


def test_a_retry_loop_counts_in_one_entry_for_each_queue_and_reason() -> None:
    """After three rounds: wait expired 3 times, work rejected 3 times, newest first."""
    bench = Bench()
    bench.queue("work", dead_letter_exchange="", dead_letter_routing_key="wait")
    bench.queue("wait", message_ttl=100, dead_letter_exchange="", dead_letter_routing_key="work")
    bench.publish("m", to="work")
    for _ in range(3):
        delivery = bench.channel.basic_get("work")
        assert delivery is not None
        bench.channel.basic_reject(delivery.tag, requeue=False)
        bench.wait(100)
    delivery = bench.channel.basic_get("work")
    assert delivery is not None
    deaths = headers(delivery)["x-death"]
    assert [("wait", "expired", 3), ("work", "rejected", 3)] == [
        (death["queue"], death["reason"], death["count"]) for death in deaths
    ]
    assert delivery.entry.redelivered


@pytest.mark.parametrize(
    ("version", "how", "expected"),
    [(V4_0, "reject", False), (V4_3, "reject", True), (V4_3, "nack", False)],
)
def test_from_4_3_a_rejected_message_is_dead_lettered_as_redelivered(
    version: BrokerVersion, how: str, expected: bool
) -> None:
    """Seen on 4.3.6 with ``basic.reject`` and not with ``basic.nack``."""
    bench = Bench(version)
    bench.queue("dead")
    bench.queue("work", dead_letter_exchange="", dead_letter_routing_key="dead")
    bench.publish("m", to="work")
    delivery = bench.channel.basic_get("work")
    assert delivery is not None
    settle = bench.channel.basic_reject if how == "reject" else bench.channel.basic_nack
    settle(delivery.tag, requeue=False)
    dead = bench.channel.basic_get("dead")
    assert dead is not None
    assert expected == dead.entry.redelivered


@pytest.mark.parametrize(("version", "last"), [(V3_10, None), (V4_0, "second"), (V4_3, "second")])
def test_the_first_death_is_kept_and_the_last_one_only_later(
    version: BrokerVersion, last: str | None
) -> None:
    """``x-last-death-*`` came with 3.13."""
    bench = Bench(version)
    bench.queue("third")
    bench.queue("second", dead_letter_exchange="", dead_letter_routing_key="third")
    bench.queue("first", dead_letter_exchange="", dead_letter_routing_key="second")
    bench.publish("m", to="first", expiration="50", delivery_mode=2)
    bench.wait(50)
    delivery = bench.channel.basic_get("second")
    assert delivery is not None
    bench.channel.basic_nack(delivery.tag, requeue=False)
    delivery = bench.channel.basic_get("third")
    assert delivery is not None
    found = headers(delivery)
    assert ("first", "expired", last) == (
        found["x-first-death-queue"],
        found["x-first-death-reason"],
        found.get("x-last-death-queue"),
    )
    assert "50" == found["x-death"][1]["original-expiration"]
    properties = delivery.entry.message.properties
    assert (None, 2) == (properties.expiration, properties.delivery_mode)


@pytest.mark.parametrize(("version", "cc"), [(V3_10, None), (V4_0, ["cc"]), (V4_3, ["cc"])])
def test_a_dead_letter_routing_key_stands_alone(
    version: BrokerVersion, cc: list[str] | None
) -> None:
    """CC does not route again; before 4.0 its header goes too, BCC always."""
    bench = Bench(version)
    with_dead_letters(bench)
    bench.queue("cc")
    bench.publish("m", headers={"CC": ["cc"], "BCC": ["bcc"]})
    bench.drain("cc")
    delivery = bench.channel.basic_get("q")
    assert delivery is not None
    bench.channel.basic_reject(delivery.tag, requeue=False)
    dead = bench.channel.basic_get("dead")
    assert dead is not None
    assert (0, cc, None) == (bench.depth("cc"), headers(dead).get("CC"), headers(dead).get("BCC"))


def test_without_a_dead_letter_routing_key_all_keys_route_again() -> None:
    """CC and BCC included."""
    bench = Bench()
    bench.broker.exchange_declare("dlx", "direct")
    for key in ("q", "cc", "bcc"):
        bench.broker.bind("queue", bench.queue(f"dead-{key}"), "dlx", key)
    bench.queue(dead_letter_exchange="dlx")
    bench.publish("m", headers={"CC": ["cc"], "BCC": ["bcc"]})
    delivery = bench.channel.basic_get("q")
    assert delivery is not None
    bench.channel.basic_reject(delivery.tag, requeue=False)
    assert [1, 1, 1] == [bench.depth(f"dead-{key}") for key in ("q", "cc", "bcc")]


@pytest.mark.parametrize("version", SEEN, ids=str)
def test_a_cycle_without_a_rejection_ends(version: BrokerVersion) -> None:
    """A message that expires back into its own queue is dropped."""
    bench = Bench(version)
    bench.queue(message_ttl=10, dead_letter_exchange="", dead_letter_routing_key="q")
    bench.publish("m")
    bench.wait(1000)
    assert 0 == bench.depth()


def test_a_missing_dead_letter_exchange_drops_in_silence() -> None:
    """So do purge and delete."""
    bench = Bench()
    bench.queue(dead_letter_exchange="missing")
    bench.publish("1", "2")
    delivery = bench.channel.basic_get("q")
    assert delivery is not None
    assert "ok" == reply(lambda: bench.channel.basic_reject(delivery.tag, requeue=False))
    assert ["2"] == bench.drain()


@pytest.mark.parametrize("version", SEEN, ids=str)
@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_limit_in_bytes_holds_through_returns_expiry_and_purge(
    version: BrokerVersion, kind: str
) -> None:
    """Whatever way messages leave and come back, the same number fits again."""
    bench = Bench(version)
    bench.queue(kind=kind, max_length_bytes=1000, overflow="reject-publish")

    def fill() -> int:
        for number in range(50):
            bench.publish("x" * 50, expiration="100", message_id=str(number))
        return bench.depth()

    fits = fill()
    assert 0 < fits < 50
    held = bench.channel.basic_get("q")
    assert held is not None
    bench.channel.basic_reject(held.tag)
    assert fits == fill()
    bench.wait(100)
    assert 0 == bench.depth()
    assert fits == fill()
    bench.broker.queue_purge(bench.channel, "q")
    assert fits == fill()


def test_every_kind_of_property_has_its_size_on_the_wire() -> None:
    """Flags 2; one byte each for mode and priority; 8 for a time; a table has 4 of its own, and
    each field its name with a length, a type and a value."""
    properties = Properties(
        headers={"b": True, "i": 1, "s": "ab", "n": None, "f": 0.5},
        delivery_mode=2,
        priority=3,
        timestamp=7,
        content_type="t",
    )
    names_bytes = 5 * 2
    values_bytes = 2 + 9 + (5 + 2) + 1 + 9
    assert 2 + 1 + 1 + 8 + (1 + 1) + 4 + names_bytes + values_bytes == properties_bytes(properties)


@pytest.mark.parametrize("version", SEEN, ids=str)
def test_quorum_messages_expire_in_every_lane(version: BrokerVersion) -> None:
    """Returned ones too, each at its own deadline."""
    bench = Bench(version)
    with_dead_letters(bench, "quorum")
    bench.publish("returned", expiration="300")
    held = bench.channel.basic_get("q")
    assert held is not None
    bench.channel.basic_recover()
    bench.publish("normal", priority=1, expiration="100")
    bench.publish("high", priority=9, expiration="200")
    assert 3 == bench.depth()
    bench.wait(299)
    expired_early = bench.drain("dead")
    bench.wait(1)
    assert sorted(["high", "normal", "returned"]) == sorted(expired_early + bench.drain("dead"))
    assert 0 == bench.depth()


def test_purging_returns_and_lanes_takes_all() -> None:
    """Of a quorum queue of 4.0."""
    bench = Bench(V4_0)
    bench.queue(kind="quorum")
    bench.publish("back")
    bench.channel.basic_get("q")
    bench.channel.basic_recover()
    bench.publish("low", priority=1)
    bench.publish("high", priority=9)
    assert 3 == bench.broker.queue_purge(bench.channel, "q")
    assert 0 == bench.depth()
