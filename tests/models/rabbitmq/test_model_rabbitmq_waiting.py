"""What waits: for a commit, for its retry, for its dead-letter targets; and what nobody uses."""

from __future__ import annotations

from typing import Any

import pytest
from rabbitmq_bench import V3_10, V4_0, V4_3, Bench, arrived, headers, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.channel import Channel


def held(channel: Channel, queue: str = "q") -> int:
    """The tag of a message that was got and is unsettled."""
    delivery = channel.basic_get(queue)
    assert delivery is not None
    return delivery.tag


def test_a_commit_stores_and_settles() -> None:
    """Nothing is seen before it; what is routed nowhere returns then."""
    bench = Bench()
    bench.queue()
    channel = bench.channel
    channel.tx_select()
    bench.publish("1", "2")
    channel.basic_publish("", "none", b"m", mandatory=True)
    assert (0, 0) == (bench.depth(), len(channel.returns))
    channel.tx_commit()
    assert (2, 1) == (bench.depth(), len(channel.returns))
    tag = held(channel)
    channel.basic_ack(tag)
    channel.basic_nack(held(channel), requeue=True)
    assert 0 == bench.depth()
    channel.tx_commit()
    assert 1 == bench.depth()


def test_a_rollback_forgets_and_leaves_unsettled() -> None:
    """The same tag can be settled again."""
    bench = Bench()
    bench.queue()
    bench.publish("m")
    channel = bench.channel
    channel.tx_select()
    tag = held(channel)
    channel.basic_ack(tag)
    bench.publish("lost")
    channel.tx_rollback()
    assert 0 == bench.depth()
    channel.basic_ack(tag)
    channel.tx_commit()
    channel.close()
    bench.channel = bench.new_channel()
    assert [] == bench.drain()


def test_closing_without_a_commit_is_a_rollback() -> None:
    """What was acknowledged comes back."""
    bench = Bench()
    bench.queue()
    bench.publish("m")
    channel = bench.new_channel()
    channel.tx_select()
    channel.basic_ack(held(channel))
    channel.basic_publish("", "q", b"lost")
    channel.close()
    assert ["m"] == bench.drain()


def test_transactions_and_confirms_exclude_each_other() -> None:
    """406, as a commit without a transaction."""
    first, second, third = (Bench().new_channel() for _ in range(3))
    first.tx_select()
    second.confirm_select()
    assert "406c" == reply(first.confirm_select)
    assert "406c" == reply(second.tx_select)
    assert "406c" == reply(third.tx_commit)


@pytest.mark.parametrize("used", ["declared", "got", "cancelled"])
def test_an_unused_queue_goes(used: str) -> None:
    """Use begins its time anew; publishing is no use; its messages are not dead-lettered."""
    bench = Bench()
    bench.queue("dead")
    bench.queue(expires=800, dead_letter_exchange="", dead_letter_routing_key="dead")
    if used == "cancelled":
        bench.consume(channel=bench.channel, tag="t", prefetch=1)
        bench.wait(5000)
    bench.wait(500)
    if used == "declared":
        bench.depth()
    elif used == "got":
        bench.channel.basic_get("q")
    else:
        bench.channel.basic_cancel("t")
    bench.wait(700)
    assert "q" in bench.broker.queues
    bench.publish("m")
    bench.wait(100)
    assert "q" not in bench.broker.queues
    assert [] == bench.drain("dead")


def test_a_quorum_queue_looks_every_five_seconds() -> None:
    """From its declaration on; asking for it by name is no use of it, getting is (seen live)."""
    bench = Bench()
    bench.queue(kind="quorum", expires=1000)
    bench.queue("got", kind="quorum", expires=1000)
    for _ in range(9):
        bench.wait(500)
        bench.depth()
        bench.channel.basic_get("got")
    assert "q" in bench.broker.queues
    bench.wait(500)
    assert {"got"} == set(bench.broker.queues)
    bench.wait(5000)
    assert set() == set(bench.broker.queues)


@pytest.mark.parametrize(
    ("kind", "retry"),
    [("classic", {}), ("quorum", {"delayed_retry_type": "all", "delayed_retry_min": 500})],
)
def test_a_deleted_queue_dead_letters_nothing(kind: str, retry: dict[str, Any]) -> None:
    """Neither what is out, nor what waits for its retry (seen live)."""
    bench = Bench()
    bench.queue("dead")
    given: dict[str, Any] = {
        "dead_letter_exchange": "",
        "dead_letter_routing_key": "dead",
        "message_ttl": 100,
    }
    bench.queue(kind=kind, **given, **retry)
    bench.publish("out", "waits", "ready")
    tag = held(bench.channel)
    bench.channel.basic_reject(held(bench.channel), requeue=True)
    bench.broker.queue_delete(bench.channel, "q")
    bench.channel.basic_reject(tag, requeue=False)
    bench.wait(10_000)
    assert [] == bench.drain("dead")


@pytest.mark.parametrize(
    ("how", "arguments", "waits_ms"),
    [
        ("reject", {"type": "all", "min": 500, "max": 10_000}, [500, 1000, 1500]),
        ("reject", {"type": "all", "min": 500, "max": 700}, [500, 700, 700]),
        ("reject", {"type": "all", "min": 500}, [500, 500]),
        ("reject", {"type": "all", "max": 500}, [0, 0]),
        ("reject", {"type": "returned", "min": 500}, [0, 0]),
        ("nack", {"type": "all", "min": 500, "max": 10_000}, [500, 500, 500]),
        ("nack", {"type": "failed", "min": 500}, [0, 0]),
        ("reject", {"type": "unknown", "min": 500}, [0, 0]),
    ],
)
def test_a_returned_message_waits(how: str, arguments: dict[str, Any], waits_ms: list[int]) -> None:
    """Least times counted deliveries, at most the most; a nack does not count."""
    bench = Bench()
    bench.queue(kind="quorum", **{f"delayed_retry_{name}": one for name, one in arguments.items()})
    bench.publish("m")
    for wait_ms in waits_ms:
        tag = held(bench.channel)
        settle = bench.channel.basic_reject if how == "reject" else bench.channel.basic_nack
        settle(tag, requeue=True)
        if wait_ms:
            bench.wait(wait_ms - 1)
            assert 0 == bench.depth()
            bench.wait(1)
        assert 1 == bench.depth()


def test_what_waits_takes_its_place() -> None:
    """In no counter, but within the limit; a purge takes it."""
    bench = Bench()
    bench.queue(kind="quorum", max_length=2, delayed_retry_type="all", delayed_retry_min=500)
    bench.publish("1", "2")
    bench.channel.basic_reject(held(bench.channel), requeue=True)
    assert 1 == bench.depth()
    bench.publish("3")
    assert 1 == bench.depth()
    assert 2 == bench.broker.queue_purge(bench.channel, "q")
    bench.wait(1000)
    assert 0 == bench.depth()


def test_dead_letters_stay_until_every_target_has_them() -> None:
    """They count against the limit, and are sent again only where they are missing."""
    bench = Bench()
    bench.broker.exchange_declare("dlx", "fanout")
    bench.queue("free")
    bench.queue("full", max_length=0, overflow="reject-publish")
    for queue in ("free", "full"):
        bench.broker.bind("queue", queue, "dlx")
    bench.queue(
        kind="quorum", max_length=1, overflow="reject-publish",
        dead_letter_strategy="at-least-once", dead_letter_exchange="dlx",
    )  # fmt: skip
    bench.publish("m")
    bench.channel.basic_reject(held(bench.channel), requeue=False)
    assert (0, ["m"]) == (bench.depth(), bench.drain("free"))
    bench.channel.confirm_select()
    bench.publish("one too many", "refused")
    assert bench.channel.confirms is not None
    assert [True, False] == [taken for _number, taken in bench.channel.confirms.answers]
    bench.broker.queue_delete(bench.channel, "full")
    bench.wait(180_000)
    assert [] == bench.drain("free")
    assert ["one too many"] == bench.drain()
    bench.publish("taken")
    assert ["taken"] == bench.drain()


def test_dead_letters_without_refusal_are_sent_at_most_once() -> None:
    """The strategy needs reject-publish."""
    bench = Bench()
    bench.queue(
        kind="quorum", max_length=1, dead_letter_strategy="at-least-once",
        dead_letter_exchange="none",
    )  # fmt: skip
    bench.publish("m")
    bench.channel.basic_reject(held(bench.channel), requeue=False)
    bench.publish("n")
    assert ["n"] == bench.drain()


@pytest.mark.parametrize(
    ("offset", "expected"),
    [("last", ["2"]), ("1h", ["0", "1", "2"]), ("4s", ["1", "2"]), ("1s", [])],
)
def test_a_reader_begins_at_a_chunk(offset: str, expected: list[str]) -> None:
    """Messages that are far apart have one each."""
    bench = Bench()
    bench.queue(kind="stream")
    for body in "012":
        bench.publish(body)
        bench.wait(1700)
    assert expected == arrived(bench.consume(prefetch=9, stream_offset=offset))


@pytest.mark.parametrize(("version", "limit"), [(V3_10, {}), (V4_0, {"delivery_limit": -1})])
def test_without_a_limit_recovered_messages_go_to_the_end(
    version: BrokerVersion, limit: dict[str, int]
) -> None:
    """Before 4.3, as what is rejected or nacked does; what a closed channel had stays ahead."""
    for recovered, expected in ((True, ["2", "1"]), (False, ["1", "2"])):
        bench = Bench(version)
        bench.queue("q", "quorum", **limit)
        bench.publish("1", "2")
        reader = bench.new_channel()
        reader.basic_get("q")
        if recovered:
            reader.basic_recover()
        else:
            reader.close()
        assert expected == bench.drain()


@pytest.mark.parametrize("strategy", ["at-least-once", "at-most-once"])
@pytest.mark.parametrize(
    ("returns", "expected"),
    [((), 1), (("reject", "nack"), 1), (("close",), 2), (("close", "reject", "close"), 3)],
)
def test_on_4_0_a_dead_letter_shows_lost_channels_and_its_rejection(
    strategy: str, returns: tuple[str, ...], expected: int
) -> None:
    """What a client gave back by itself is forgotten."""
    bench = Bench(V4_0)
    bench.queue("dead", "quorum")
    bench.queue("q", "quorum", overflow="reject-publish", dead_letter_exchange="",
                dead_letter_routing_key="dead", dead_letter_strategy=strategy)  # fmt: skip
    bench.publish("m")
    for how in returns:
        reader = bench.new_channel()
        reader.basic_get("q")
        if how == "reject":
            reader.basic_reject(1)
        elif how == "nack":
            reader.basic_nack(1)
        reader.close()
    bench.channel.basic_get("q")
    bench.channel.basic_reject(1, requeue=False)
    dead = bench.channel.basic_get("dead")
    assert dead is not None
    assert expected == headers(dead)["x-delivery-count"]


@pytest.mark.parametrize("waits", [True, False])
def test_a_dead_letter_that_is_handed_out_at_once_is_not_called_redelivered(waits: bool) -> None:
    """By a classic queue of 4.3, which looks at failures of what lies in it only."""
    bench = Bench(V4_3)
    bench.queue("dead")
    bench.queue("q", dead_letter_exchange="", dead_letter_routing_key="dead")
    held = bench.consume("q")
    bench.publish("m", expiration="0")
    reader = bench.consume("dead", prefetch=1)
    if waits:
        bench.publish("first", to="dead")
    held.close()
    bench.wait(1)
    if waits:
        reader.basic_ack(1)
    assert [waits] == [one.entry.redelivered for one in list(reader.inbox)[-1:]]
