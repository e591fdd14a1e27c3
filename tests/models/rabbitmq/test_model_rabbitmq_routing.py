"""Who gets a message: exchange types, bindings, alternate exchanges, sender-selected keys."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench, arrived, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq import headers_match
from advisor.models.rabbitmq.consistent_hash import jump
from advisor.models.rabbitmq.topic_pattern import matches

KEYS = st.lists(st.sampled_from(["a", "b", ""]), max_size=5).map(".".join)
PATTERNS = st.lists(st.sampled_from(["a", "b", "", "*", "#"]), max_size=5).map(".".join)


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("#", "", True),
        ("*", "", False),
        ("", "", True),
        ("a.#", "a", True),
        ("#.a", "a", True),
        ("a.*", "a", False),
        ("a.*", "a.", True),
        ("a.#.b", "a.b", True),
        ("a.#.b", "a.x.y.b", True),
        ("*.*", "a.b.c", False),
        ("#.#", "a", True),
        ("a", "A", False),
    ],
)
def test_a_topic_pattern_has_amqps_meaning(pattern: str, key: str, expected: bool) -> None:
    """A star is one word, a hash any number of them, none included."""
    assert expected == matches(pattern, key)


@given(PATTERNS, KEYS)
def test_topic_patterns_agree_with_regular_expressions(pattern: str, key: str) -> None:
    """Each word becomes ``word,`` so that a hash is just a repeated group."""
    parts = {"*": "[^,]*,", "#": "(?:[^,]*,)*"}
    words = pattern.split(".") if pattern else []
    expression = "".join(parts.get(word, f"{word},") for word in words)
    text = "".join(f"{word}," for word in key.split(".")) if key else ""
    assert bool(re.fullmatch(expression, text)) == matches(pattern, key)


@pytest.mark.parametrize(
    ("arguments", "headers", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"x-match": "any", "a": 1, "b": 2}, {"b": 2}, True),
        ({"x-match": "any", "a": 1}, {}, False),
        ({}, {"a": 1}, True),
        ({"x-match": "any"}, {"a": 1}, False),
        ({"a": None}, {"a": "whatever"}, True),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1.0}, False),
        ({"x-match": "all", "x-a": 1}, {}, True),
        ({"x-match": "all-with-x", "x-a": 1}, {}, False),
        ({"x-match": "all-with-x", "x-a": 1}, {"x-a": 1}, True),
        ({"x-match": "any", "x-a": 1}, {"x-a": 1}, False),
        ({"x-match": "any-with-x", "x-a": 1, "b": 2}, {"x-a": 1}, True),
    ],
)
def test_headers_match_in_all_four_ways(
    arguments: dict[str, object], headers: dict[str, object], expected: bool
) -> None:
    """All, any, and both with names that begin with x-."""
    assert expected == headers_match.matches(arguments, headers)


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        ("direct", "order.new", ["same"]),
        ("direct", "Order.new", []),
        ("fanout", "anything", ["same", "pattern"]),
        ("topic", "order.new", ["same", "pattern"]),
        ("topic", "order", ["pattern"]),
    ],
)
def test_exchange_types(kind: str, key: str, expected: list[str]) -> None:
    """Direct compares bytes, fanout nothing, topic patterns."""
    bench = Bench()
    bench.broker.exchange_declare("x", kind)
    for queue, binding in (("same", "order.new"), ("pattern", "order.#")):
        bench.broker.bind("queue", bench.queue(queue), "x", binding)
    bench.publish("m", exchange="x", to=key)
    assert expected == [queue for queue in ("same", "pattern") if bench.depth(queue)]


def test_a_queue_gets_one_copy_however_many_ways_lead_to_it() -> None:
    """Overlapping patterns, a cycle of exchanges and a self-bind: one copy, original names."""
    bench = Bench()
    for name in ("a", "b", "c"):
        bench.broker.exchange_declare(name, "topic")
    bench.queue()
    for source, target in (("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")):
        bench.broker.bind("exchange", target, source, "#")
    for source, pattern in (("a", "k.#"), ("a", "#.k"), ("b", "*"), ("c", "#")):
        bench.broker.bind("queue", "q", source, pattern)
    bench.publish("m", exchange="a", to="k")
    assert 1 == bench.depth()
    delivery = bench.channel.basic_get("q")
    assert delivery is not None
    message = delivery.entry.message
    assert ("a", "k") == (message.exchange, message.routing_key)


def test_a_binding_is_known_by_its_arguments_too() -> None:
    """The same key with other arguments is a second binding, removed by itself."""
    bench = Bench()
    bench.broker.exchange_declare("x", "headers")
    bench.queue()
    bench.broker.bind("queue", "q", "x", "", {"a": 1})
    bench.broker.bind("queue", "q", "x", "", {"a": 2})
    bench.broker.bind("queue", "q", "x", "", {"a": 2})
    bench.broker.unbind("queue", "q", "x", "", {"a": 1})
    bench.publish("gone", exchange="x", headers={"a": 1})
    bench.publish("kept", exchange="x", headers={"a": 2})
    assert ["kept"] == bench.drain()


def test_the_alternate_exchange_gets_what_matches_nothing() -> None:
    """It counts as routed; a missing or circular alternate exchange is no error."""
    bench = Bench()
    bench.broker.exchange_declare("x", "direct", arguments={"alternate-exchange": "rest"})
    bench.broker.exchange_declare("rest", "fanout", arguments={"alternate-exchange": "x"})
    bench.channel.basic_publish("x", "k", b"unroutable", mandatory=True)
    bench.broker.bind("queue", bench.queue(), "rest")
    bench.channel.basic_publish("x", "k", b"m", mandatory=True)
    assert ["m"] == bench.drain()
    assert [b"unroutable"] == [one.message.body for one in bench.channel.returns]


def test_cached_routes_follow_every_change_of_topology() -> None:
    """Bind, unbind, delete and declare again: the next message goes where it should."""
    bench = Bench()
    bench.broker.exchange_declare("x", "direct")
    bench.queue()
    bench.publish("early", exchange="x", to="k")
    bench.broker.bind("queue", "q", "x", "k")
    bench.publish("bound", exchange="x", to="k")
    bench.broker.unbind("queue", "q", "x", "k")
    bench.publish("unbound", exchange="x", to="k")
    bench.broker.bind("queue", "q", "x", "k")
    bench.publish("again", exchange="x", to="k")
    assert ["bound", "again"] == bench.drain()
    bench.broker.queue_delete(bench.channel, "q")
    bench.queue()
    bench.publish("deleted", exchange="x", to="k")
    assert 0 == bench.depth()


def test_sender_selected_keys_add_queues_and_bcc_is_hidden_later() -> None:
    """CC and BCC route; anything but a list of text is refused."""
    bench = Bench()
    for name in ("q", "cc", "bcc"):
        bench.queue(name)
    bench.publish("m", headers={"CC": ["cc"], "BCC": ["bcc", "q"]})
    assert [1, 1, 1] == [bench.depth(name) for name in ("q", "cc", "bcc")]
    assert "406c" == reply(lambda: bench.publish("m", headers={"CC": "cc"}))


def test_the_consistent_hash_exchange_keeps_a_key_in_one_queue() -> None:
    """Each message once, each key always to the same queue, every queue gets keys."""
    bench = Bench()
    bench.broker.exchange_declare("x", "x-consistent-hash", arguments={"hash-header": "key"})
    for number in range(3):
        bench.broker.bind("queue", bench.queue(f"q{number}"), "x", "1")
    for number in range(90):
        key = f"key-{number % 30}"
        bench.publish(key, exchange="x", to=str(number), headers={"key": key})
    found = [bench.drain(f"q{number}") for number in range(3)]
    assert 90 == sum(len(one) for one in found)
    assert 30 == sum(len(set(one)) for one in found)
    assert all(found)
    assert "406c" == reply(lambda: bench.broker.bind("queue", "q0", "x", "many"))


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
def test_a_new_bucket_takes_keys_and_moves_none_between_old_ones(key: int, buckets: int) -> None:
    """What makes the hash consistent."""
    before, after = jump(key, buckets), jump(key, buckets + 1)
    assert 0 <= before < buckets
    assert after in (before, buckets)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda one: one.broker.exchange_declare("", "direct"), "403c"),
        (lambda one: one.broker.exchange_declare("", passive=True), "403c"),
        (lambda one: one.broker.exchange_delete(""), "403c"),
        (lambda one: one.broker.bind("queue", "q", ""), "403c"),
        (lambda one: one.broker.unbind("queue", "q", ""), "403c"),
        (lambda one: one.broker.bind("exchange", "", "amq.topic"), "403c"),
        (lambda one: one.broker.exchange_declare("amq.mine"), "403c"),
        (lambda one: one.broker.exchange_declare("amq.direct", "direct", durable=True), "ok"),
        (lambda one: one.broker.exchange_delete("amq.direct"), "403c"),
        (lambda one: one.broker.bind("queue", "missing", "amq.topic"), "404c"),
        (lambda one: one.broker.bind("queue", "q", "missing"), "404c"),
        (lambda one: one.broker.unbind("queue", "q", "missing"), "ok"),
        (lambda one: one.broker.exchange_declare("missing", passive=True), "404c"),
        (lambda one: one.broker.exchange_delete("missing"), "ok"),
        (lambda one: one.broker.exchange_declare("amq.topic", "fanout", durable=True), "406c"),
        (lambda one: one.broker.bind("queue", "q", "amq.match", "", {"x-match": "no"}), "406c"),
        (
            lambda one: one.broker.exchange_declare("y", arguments={"alternate-exchange": 1}),
            "406c",
        ),
        (lambda one: one.publish("m", exchange="missing"), "404c"),
        (lambda one: one.publish("m", exchange="inner"), "403c"),
    ],
)
@pytest.mark.parametrize("version", SEEN, ids=str)
def test_exchanges_refuse_with_the_codes_of_a_real_broker(
    version: BrokerVersion, call: Callable[[Bench], None], expected: str
) -> None:
    """Code and scope are the same in every version."""
    bench = Bench(version)
    bench.queue()
    bench.broker.exchange_declare("inner", internal=True)
    assert expected == reply(lambda: call(bench))


@pytest.mark.parametrize(("version", "expected"), [(V3_10, "503C"), (V4_0, "406c"), (V4_3, "406c")])
def test_an_unknown_exchange_type_closed_the_connection_before_4_0(
    version: BrokerVersion, expected: str
) -> None:
    """The scope changed with the code."""
    assert expected == reply(lambda: Bench(version).broker.exchange_declare("x", "wat"))


def test_an_auto_delete_exchange_goes_with_its_last_outgoing_binding() -> None:
    """Never before a first one; ``if_unused`` looks at the same bindings."""
    bench = Bench()
    bench.queue()
    bench.broker.exchange_declare("x", auto_delete=True)
    bench.broker.bind("queue", "q", "x", "k")
    assert "406c" == reply(lambda: bench.broker.exchange_delete("x", if_unused=True))
    bench.broker.unbind("queue", "q", "x", "k")
    assert "404c" == reply(lambda: bench.broker.exchange_declare("x", passive=True))


def test_direct_publishing_names_the_queue() -> None:
    """The default exchange routes to the queue of that name and nowhere else."""
    bench = Bench()
    consumer = bench.consume(bench.queue())
    bench.publish("m")
    bench.publish("lost", to="other")
    assert ["m"] == arrived(consumer)
