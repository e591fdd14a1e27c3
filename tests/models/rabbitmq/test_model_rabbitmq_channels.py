"""Declarations, channels, acknowledgements, confirms, timeouts and direct replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench, arrived, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Properties

MIB = 1024 * 1024
HALF_HOUR_MS = 1_800_000


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("classic", {"message_ttl": -1}, "406c"),
        ("classic", {"message_ttl": "5"}, "406c"),
        ("classic", {"message_ttl": True}, "406c"),
        ("classic", {"message_ttl": 315360000001}, "406c"),
        ("classic", {"message_ttl": 0}, "ok"),
        ("classic", {"max_length": 0}, "ok"),
        ("classic", {"max_length": -1}, "406c"),
        ("classic", {"max_priority": 256}, "406c"),
        ("classic", {"max_priority": 0}, "ok"),
        ("classic", {"expires": 0}, "406c"),
        ("classic", {"overflow": "wat"}, "406c"),
        ("classic", {"dead_letter_routing_key": "k"}, "406c"),
        ("classic", {"dead_letter_exchange": "missing"}, "ok"),
        ("classic", {"single_active_consumer": "yes"}, "406c"),
        ("classic", {"delivery_limit": 3}, "406c"),
        ("classic", {"max_age": "1h"}, "406c"),
        ("classic", {"unknown": object}, "ok"),
        ("quorum", {"max_priority": 5}, "406c"),
        ("quorum", {"max_age": "1h"}, "406c"),
        ("quorum", {"delivery_limit": 3, "message_ttl": 5, "max_length": 9}, "ok"),
        ("quorum", {"single_active_consumer": True}, "ok"),
        ("stream", {"message_ttl": 5}, "406c"),
        ("stream", {"max_length": 5}, "406c"),
        ("stream", {"single_active_consumer": True}, "406c"),
        ("stream", {"dead_letter_exchange": "x"}, "406c"),
        ("stream", {"max_age": "7D", "max_length_bytes": 5}, "ok"),
        ("stream", {"max_age": "7d"}, "406c"),
        ("stream", {"stream_max_segment_size_bytes": 3_000_000_001}, "406c"),
        ("wat", {}, "406c"),
    ],
)
@pytest.mark.parametrize("version", SEEN, ids=str)
def test_arguments_of_each_queue_type(
    version: BrokerVersion, kind: str, arguments: dict[str, Any], expected: str
) -> None:
    """Wrong values and arguments of another type are refused, unknown ones accepted."""
    bench = Bench(version)
    assert expected == reply(lambda: bench.queue("new", kind, **arguments))


@pytest.mark.parametrize(
    ("version", "kind", "arguments", "expected"),
    [
        (V4_0, "classic", {"queue_mode": "wat"}, "406c"),
        (V4_3, "classic", {"queue_mode": "wat"}, "ok"),
        (V3_10, "classic", {"consumer_timeout": 5}, "ok"),
        (V4_0, "classic", {"consumer_timeout": 5}, "ok"),
        (V4_3, "classic", {"consumer_timeout": 5}, "406c"),
        (V4_3, "quorum", {"consumer_timeout": 5}, "ok"),
        (V4_3, "stream", {"consumer_timeout": 5}, "406c"),
        (V4_0, "quorum", {"delayed_retry_type": "all"}, "ok"),
    ],
)
def test_arguments_that_a_version_changed(
    version: BrokerVersion, kind: str, arguments: dict[str, Any], expected: str
) -> None:
    """Each takes effect where the catalogue has it."""
    assert expected == reply(lambda: Bench(version).queue("new", kind, **arguments))


@pytest.mark.parametrize("flag", ["durable", "exclusive", "auto_delete"])
@pytest.mark.parametrize(("kind", "expected"), [("quorum", "406c"), ("stream", "406c")])
def test_replicated_queues_are_durable_and_shared(kind: str, flag: str, expected: str) -> None:
    """And they are named by the client."""
    bench = Bench()
    flags = {"durable": True, flag: flag != "durable"}
    arguments = {"x-queue-type": kind}

    def declare(name: str, **given: bool) -> None:
        bench.broker.queue_declare(bench.channel, name, arguments=arguments, **given)

    assert expected == reply(lambda: declare("new", **flags))
    assert expected == reply(lambda: declare("", durable=True))


def test_declaring_again_compares_what_is_known() -> None:
    """Unknown arguments, and classic by default or by name, make no difference."""
    bench = Bench()
    declare = bench.broker.queue_declare
    bench.queue(message_ttl=5, unknown=1)
    assert "ok" == reply(lambda: bench.queue(message_ttl=5, unknown=2))
    assert "406c" == reply(lambda: bench.queue(message_ttl=6))
    assert "406c" == reply(lambda: bench.queue(kind="quorum"))
    plain = {"x-message-ttl": 5}
    assert "ok" == reply(lambda: declare(bench.channel, "q", durable=True, arguments=plain))
    assert "406c" == reply(lambda: declare(bench.channel, "q", arguments=plain))
    assert "405c" == reply(
        lambda: declare(bench.channel, "q", durable=True, exclusive=True, arguments=plain)
    )


def test_an_exclusive_queue_belongs_to_its_connection() -> None:
    """Publishing to it works from anywhere; it dies with its owner."""
    bench = Bench()
    bench.broker.queue_declare(bench.channel, "mine", exclusive=True)
    other = bench.new_channel()
    assert "405c" == reply(lambda: other.basic_get("mine"))
    other.basic_publish("", "mine", b"m")
    assert ["m"] == bench.drain("mine")
    bench.channel.connection.close()
    assert "404c" == reply(lambda: other.basic_get("mine"))


def test_an_auto_delete_queue_goes_with_its_last_consumer() -> None:
    """But only if it ever had one."""
    bench = Bench()
    bench.broker.queue_declare(bench.channel, "brief", auto_delete=True)
    bench.channel.basic_get("brief")
    reader = bench.consume("brief", tag="t")
    reader.basic_cancel("t")
    assert "404c" == reply(lambda: bench.depth("brief"))


def test_the_broker_names_a_queue_and_the_channel_remembers() -> None:
    """``amq.gen-`` and 22 characters; an empty name is the last one declared."""
    bench = Bench()
    fresh = bench.new_channel()
    assert "404c" == reply(lambda: fresh.basic_get(""))
    name = bench.broker.queue_declare(bench.channel, "").queue
    assert ("amq.gen-", 30) == (name[:8], len(name))
    bench.publish("m", to=name)
    assert ["m"] == bench.drain("")
    assert "403c" == reply(lambda: bench.queue("amq.mine"))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda one: one.broker.queue_delete(one.channel, "missing"), "ok"),
        (lambda one: one.broker.queue_delete(one.channel, "q", if_empty=True), "406c"),
        (lambda one: one.broker.queue_delete(one.channel, "q", if_unused=True), "406c"),
        (lambda one: one.broker.queue_delete(one.channel, "quorum", if_empty=True), "540C"),
        (lambda one: one.broker.queue_purge(one.channel, "missing"), "404c"),
        (lambda one: one.broker.queue_purge(one.channel, "stream"), "540C"),
        (lambda one: one.channel.basic_get("stream"), "540C"),
        (lambda one: one.consume("stream"), "406c"),
        (lambda one: one.consume("stream", prefetch=1, no_ack=True), "540C"),
        (lambda one: one.consume("missing"), "404c"),
        (lambda one: one.depth("missing"), "404c"),
        (lambda one: one.channel.basic_ack(1), "406c"),
        (lambda one: one.channel.basic_ack(0), "406c"),
        (lambda one: one.channel.basic_ack(0, multiple=True), "ok"),
        (lambda one: one.channel.basic_nack(7, multiple=True), "406c"),
        (lambda one: one.channel.basic_reject(1), "406c"),
        (lambda one: one.channel.basic_recover(requeue=False), "540C"),
    ],
)
def test_refusals_of_queue_and_channel_methods(
    call: Callable[[Bench], object], expected: str
) -> None:
    """Code and scope."""
    bench = Bench()
    bench.queue()
    bench.publish("m")
    bench.consume(prefetch=1)
    bench.publish("ready")
    bench.queue("quorum", "quorum")
    bench.queue("stream", "stream")
    assert expected == reply(lambda: call(bench))


def test_a_consumer_tag_is_used_once_on_a_channel() -> None:
    """On another channel it may be used again; an exclusive consumer is alone."""
    bench = Bench()
    bench.queue()
    channel = bench.consume(tag="t")
    assert "530C" == reply(lambda: channel.basic_consume("q", "t"))
    assert "ok" == reply(lambda: bench.consume(tag="t"))
    assert "403c" == reply(lambda: bench.new_channel().basic_consume("q", exclusive=True))


def test_multiple_acknowledges_what_is_outstanding_up_to_a_tag() -> None:
    """The tag itself must be outstanding."""
    bench = Bench()
    bench.queue()
    bench.publish(*"1234")
    channel = bench.consume()
    channel.basic_ack(2)
    assert "406c" == reply(lambda: channel.basic_ack(2, multiple=True))
    channel.basic_ack(3, multiple=True)
    assert [4] == list(channel.unacked)
    channel.basic_nack(0, multiple=True)
    assert [5] == list(channel.unacked)


def test_a_closed_channel_requeues_all_and_refuses_all() -> None:
    """Its connection stays."""
    bench = Bench()
    bench.queue()
    bench.publish("1", "2")
    channel = bench.consume()
    channel.close()
    assert 2 == bench.depth()
    for call in (
        lambda: channel.basic_ack(1),
        lambda: channel.basic_reject(1),
        lambda: channel.basic_ack(0, multiple=True),
        lambda: channel.basic_publish("", "q", b"m"),
        lambda: channel.basic_get("q"),
    ):
        assert "504c" == reply(call)
    assert "ok" == reply(channel.connection.channel)


def test_auto_ack_loses_what_a_lost_connection_had() -> None:
    """Prefetch does not hold it back either."""
    bench = Bench()
    bench.queue()
    bench.publish(*(["m"] * 50))
    channel = bench.consume(prefetch=1, no_ack=True)
    assert 50 == len(arrived(channel))
    channel.connection.drop()
    assert 0 == bench.depth()
    assert "504C" == reply(channel.connection.channel)


def test_a_deleted_queue_cancels_its_consumers() -> None:
    """Late acknowledgements are no error."""
    bench = Bench()
    bench.queue()
    bench.publish("m")
    channel = bench.consume(tag="t")
    bench.broker.queue_delete(bench.channel, "q")
    assert ["t"] == list(channel.cancelled)
    assert "ok" == reply(lambda: channel.basic_ack(1))


def test_confirms_acknowledge_the_unroutable_and_return_it_first_if_mandatory() -> None:
    """Non-mandatory ones vanish."""
    bench = Bench()
    bench.channel.confirm_select()
    bench.channel.confirm_select()
    bench.channel.basic_publish("", "nowhere", b"1", mandatory=True)
    bench.channel.basic_publish("", "nowhere", b"2")
    confirms = bench.channel.confirms
    assert confirms is not None
    assert [(1, True), (2, True)] == list(confirms.answers)
    assert [(312, b"1")] == [(one.code, one.message.body) for one in bench.channel.returns]


@pytest.mark.parametrize(
    ("version", "limit"), [(V3_10, 128 * MIB), (V4_0, 16 * MIB), (V4_3, 16 * MIB)]
)
def test_the_largest_message(version: BrokerVersion, limit: int) -> None:
    """Exactly the limit is allowed."""
    bench = Bench(version)
    bench.queue()
    assert "ok" == reply(lambda: bench.channel.basic_publish("", "q", bytes(limit)))
    assert "406c" == reply(lambda: bench.channel.basic_publish("", "q", bytes(limit + 1)))


@pytest.mark.parametrize("kind", ["classic", "quorum", "stream"])
@pytest.mark.parametrize("version", [V3_10, V4_0], ids=str)
def test_before_4_3_the_consumer_timeout_closes_the_channel(
    version: BrokerVersion, kind: str
) -> None:
    """On any queue type, at the next tick of a minute."""
    bench = Bench(version)
    bench.queue(kind=kind)
    more: dict[str, Any] = {"stream_offset": "first"} if kind == "stream" else {}
    channel = bench.consume(prefetch=1, **more)
    bench.publish("m")
    bench.wait(HALF_HOUR_MS)
    assert channel.closed is None
    bench.wait(60_000)
    assert channel.closed is not None
    assert 406 == channel.closed.code
    assert 1 == bench.depth()


def test_from_4_3_the_consumer_timeout_cancels_on_quorum_queues_only() -> None:
    """The channel stays, the message comes back, and it does not count as a failure."""
    bench = Bench()
    bench.queue("classic")
    bench.queue(kind="quorum")
    channel = bench.consume(prefetch=1, tag="t")
    slow = bench.consume("classic", prefetch=1)
    bench.publish("m")
    bench.publish("m", to="classic")
    bench.wait(HALF_HOUR_MS - 1)
    assert [] == list(channel.cancelled)
    bench.wait(1)
    assert (["t"], None) == (list(channel.cancelled), channel.closed)
    again = bench.channel.basic_get("q")
    assert again is not None
    assert (True, 1, 0) == (again.entry.redelivered, again.entry.acquired, again.entry.failures)
    bench.wait(10 * HALF_HOUR_MS)
    assert (None, 406) == (slow.closed, bench.channel.closed and bench.channel.closed.code)


def test_a_queue_may_have_a_consumer_timeout_of_its_own() -> None:
    """It comes before the broker's."""
    bench = Bench()
    bench.queue(kind="quorum", consumer_timeout=4 * HALF_HOUR_MS)
    channel = bench.consume(prefetch=1)
    bench.publish("m")
    bench.wait(3 * HALF_HOUR_MS)
    channel.basic_ack(1)
    assert [] == list(channel.cancelled)


def test_direct_replies_reach_the_requester_and_are_stored_nowhere() -> None:
    """The broker writes the address; once the requester is gone the reply is lost."""
    bench = Bench()
    bench.queue()
    requester = bench.new_channel()
    ask = Properties(reply_to="amq.rabbitmq.reply-to")
    assert "406c" == reply(lambda: requester.basic_publish("", "q", b"?", ask))
    assert "406c" == reply(lambda: requester.basic_consume(ask.reply_to or ""))
    requester.basic_consume(ask.reply_to or "", "r", no_ack=True)
    assert "406c" == reply(lambda: requester.basic_consume(ask.reply_to or "", no_ack=True))
    requester.basic_publish("", "q", b"?", ask)
    request = bench.channel.basic_get("q")
    assert request is not None
    token = request.entry.message.properties.reply_to
    assert token is not None
    assert token.startswith("amq.rabbitmq.reply-to.")
    bench.publish("!", to=token)
    assert ["!"] == arrived(requester)
    assert "ok" == reply(lambda: bench.depth(token))
    requester.basic_cancel("r")
    assert "404c" == reply(lambda: bench.depth(token))
    bench.publish("late", to=token)
    assert [] == arrived(requester)


@pytest.mark.parametrize(
    ("version", "alive", "gone", "garbage"), [(V3_10, 1, 1, 1), (V4_0, 1, 1, 1), (V4_3, 0, 0, 1)]
)
def test_a_mandatory_reply_is_returned_as_the_version_does(
    version: BrokerVersion, alive: int, gone: int, garbage: int
) -> None:
    """Before 4.3 even when it arrives, from 4.3 only to an address that never was."""
    bench = Bench(version)
    requester = bench.new_channel()
    requester.basic_consume("amq.rabbitmq.reply-to", "r", no_ack=True)
    token = requester.reply_token or ""
    counts = []
    for address in (token, token, "amq.rabbitmq.reply-to.garbage"):
        bench.channel.returns.clear()
        bench.channel.basic_publish("", address, b"!", mandatory=True)
        counts.append(len(bench.channel.returns))
        if requester.consumers:
            requester.basic_cancel("r")
    assert [alive, gone, garbage] == counts


@pytest.mark.parametrize("version", [BrokerVersion(3, 9), BrokerVersion(4, 4)], ids=str)
def test_versions_outside_are_not_modelled(version: BrokerVersion) -> None:
    """The oldest and newest are named."""
    with pytest.raises(ValueError, match=r"3\.10 to 4\.3"):
        Bench(version)
