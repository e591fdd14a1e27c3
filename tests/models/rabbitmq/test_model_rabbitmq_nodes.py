"""Streams, and what restarts, lost nodes and lost power leave of each kind of queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rabbitmq_bench import V3_10, V4_0, V4_3, Bench, arrived, headers, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.amqp_1_0 import Amqp10Session
from advisor.models.rabbitmq.consistent_hash import check_exchange
from advisor.models.rabbitmq.stream import WRITE_BACK_MS
from advisor.models.rabbitmq.stream_protocol import StreamConnection
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError


def restart(bench: Bench, *, power_loss: bool = False) -> None:
    """All nodes stop, then start; the bench gets a new channel."""
    cluster = bench.broker.cluster
    for node in cluster.nodes:
        cluster.stop(node, power_loss=power_loss)
    for node in cluster.nodes:
        cluster.start(node)
    bench.channel = bench.new_channel()


def stop(bench: Bench, count: int) -> None:
    """The first nodes stop; the bench gets a channel on one that runs."""
    cluster = bench.broker.cluster
    for node in cluster.nodes[:count]:
        cluster.stop(node)
    bench.channel = bench.new_channel()


def stream(bench: Bench, count: int, **arguments: Any) -> None:
    """A stream ``q`` with messages 0 to ``count`` - 1."""
    bench.queue(kind="stream", **arguments)
    bench.publish(*(str(number) for number in range(count)))


@pytest.mark.parametrize(
    ("offset", "expected"),
    [("first", "0 1 2"), (1, "1 2"), (-5, "0 1 2"), (9, ""), ("next", ""), (None, "")],
)
def test_a_consumer_begins_where_it_asks(offset: Any, expected: str) -> None:
    """Without an offset only what is new; each delivery tells its own."""
    bench = Bench()
    stream(bench, 3)
    more = {} if offset is None else {"stream_offset": offset}
    reader = bench.consume(prefetch=10, **more)
    offsets = [str(headers(delivery)["x-stream-offset"]) for delivery in reader.inbox]
    assert (expected, expected) == (" ".join(offsets), " ".join(arrived(reader)))


@pytest.mark.parametrize(
    ("version", "offset", "expected"),
    [
        (V3_10, "garbage", "541C"),
        (V4_0, "garbage", "541C"),
        (V4_3, "garbage", "406c"),
        (V4_3, "0s", "406c"),
        (V4_0, "5x", "406c"),
        (V4_3, True, "541C"),
    ],
)
def test_a_wrong_offset_is_refused_as_the_version_does(
    version: BrokerVersion, offset: Any, expected: str
) -> None:
    """From 4.3 garbage closes the channel only."""
    bench = Bench(version)
    stream(bench, 1)
    assert expected == reply(lambda: bench.consume(prefetch=1, stream_offset=offset))


def test_reading_a_stream_removes_nothing_and_needs_credit() -> None:
    """Every consumer reads everything, as fast as it acknowledges."""
    bench = Bench()
    stream(bench, 4)
    first = bench.consume(prefetch=2, stream_offset="first", tag="t")
    second = bench.consume(prefetch=9, stream_offset="first")
    assert (["0", "1"], list("0123")) == (arrived(first), arrived(second))
    first.basic_ack(1)
    assert ["2"] == arrived(first)
    first.basic_cancel("t")
    first.basic_ack(2)
    assert ([], 4) == (arrived(first), bench.depth())
    first.close()
    assert ["3"] == arrived(bench.consume(prefetch=9, stream_offset=3))


@pytest.mark.parametrize(("version", "expected"), [(V3_10, "540C"), (V4_0, "ok"), (V4_3, "ok")])
def test_rejecting_from_a_stream_settles_from_4_0(version: BrokerVersion, expected: str) -> None:
    """Nothing comes back."""
    bench = Bench(version)
    stream(bench, 2)
    reader = bench.consume(prefetch=1, stream_offset="first")
    assert expected == reply(lambda: reader.basic_nack(1))
    assert (["0"] if expected != "ok" else ["0", "1"]) == arrived(reader)


def test_the_default_segment_keeps_all_whatever_the_limit() -> None:
    """Retention looks only when a segment is full."""
    bench = Bench()
    stream(bench, 100, max_length_bytes=100, max_age="1s")
    bench.wait(3000)
    bench.publish("100")
    assert 101 == bench.depth()


def test_retention_drops_whole_old_segments_and_readers_go_on_behind_them() -> None:
    """By bytes: what stays is about the limit, and always the newest."""
    bench = Bench()
    bench.queue(kind="stream", max_length_bytes=5000, stream_max_segment_size_bytes=1000)
    for number in range(100):
        bench.channel.basic_publish("", "q", f"{number}".encode().ljust(180))
    kept = [text.strip() for text in arrived(bench.consume(prefetch=200, stream_offset=0))]
    assert [str(number) for number in range(100 - len(kept), 100)] == kept
    assert 5000 <= len(kept) * 192 + 1000
    assert len(kept) * 192 <= 5000 + 1000


def test_retention_by_age() -> None:
    """Old segments go when the next one is full."""
    bench = Bench()
    bench.queue(kind="stream", max_age="1h", stream_max_segment_size_bytes=100)
    bench.publish("old" * 30, "old" * 30)
    bench.wait(3_600_001)
    bench.publish("new" * 30)
    assert ["new" * 30] == arrived(bench.consume(prefetch=9, stream_offset="first"))


@given(st.lists(st.integers(0, 1), min_size=1, max_size=30), st.integers(1, 5))
def test_each_stream_reader_sees_every_record_once_in_order(steps: list[int], limit: int) -> None:
    """However publishing and acknowledging mix."""
    bench = Bench()
    stream(bench, 1)
    reader = bench.consume(prefetch=limit, stream_offset="first")
    seen: list[str] = []
    published = acked = 1
    acked = 0
    for step in steps:
        if step:
            bench.publish(str(published))
            published += 1
        elif acked < reader.last_tag:
            acked += 1
            reader.basic_ack(acked)
        seen += arrived(reader)
        assert reader.last_tag - acked <= limit
    while acked < reader.last_tag:
        acked += 1
        reader.basic_ack(acked)
    seen += arrived(reader)
    assert [str(number) for number in range(published)] == seen


def test_a_restart_keeps_persistent_messages_of_a_classic_queue() -> None:
    """In order; only what was out is flagged."""
    bench = Bench()
    bench.queue()
    for name, mode in (("1", 2), ("2", 1), ("3", 2), ("4", None), ("5", 2)):
        bench.publish(name, delivery_mode=mode)
    bench.channel.basic_get("q")
    restart(bench)
    found = [bench.channel.basic_get("q") for _ in range(4)]
    assert [(b"1", True), (b"3", False), (b"5", False), None] == [
        one and (one.entry.message.body, one.entry.redelivered) for one in found
    ]


def test_a_restart_keeps_all_of_a_quorum_queue() -> None:
    """Whatever the delivery mode."""
    bench = Bench()
    bench.queue(kind="quorum")
    bench.publish("1", "2")
    held = bench.channel.basic_get("q")
    assert held is not None
    restart(bench)
    again = bench.channel.basic_get("q")
    assert again is not None
    assert (True, 1) == (again.entry.redelivered, again.entry.failures)
    assert ["2"] == bench.drain()


@pytest.mark.parametrize(("version", "expected"), [(V3_10, "404c"), (V4_0, "404c"), (V4_3, "ok")])
def test_from_4_3_a_transient_exchange_survives(version: BrokerVersion, expected: str) -> None:
    """A transient queue does not, in any version."""
    bench = Bench(version)
    bench.broker.exchange_declare("x", durable=False)
    bench.broker.queue_declare(bench.channel, "transient")
    restart(bench)
    assert expected == reply(lambda: bench.broker.exchange_declare("x", passive=True))
    assert "404c" == reply(lambda: bench.depth("transient"))


def test_a_classic_queue_is_out_of_reach_without_its_node() -> None:
    """Its consumers elsewhere are cancelled, what they held is there again later."""
    bench = Bench(nodes=3)
    bench.queue()
    bench.publish("1", "2", delivery_mode=2)
    nodes = bench.broker.cluster.nodes
    elsewhere = bench.broker.connect(nodes[2]).channel()
    bench.consume(prefetch=1, channel=elsewhere, tag="t")
    stop(bench, 1)
    assert ["t"] == list(elsewhere.cancelled)
    assert "404c" == reply(bench.depth)
    bench.channel.basic_publish("", "q", b"lost", mandatory=True)
    assert 1 == len(bench.channel.returns)
    bench.broker.cluster.start(nodes[0])
    bench.broker.cluster.start(nodes[0])
    assert ["1", "2"] == bench.drain()


@pytest.mark.parametrize("kind", ["quorum", "stream"])
def test_a_replicated_queue_goes_on_without_one_of_three_nodes(kind: str) -> None:
    """The leader is another one."""
    bench = Bench(nodes=3)
    bench.queue(kind=kind)
    bench.publish("1")
    stop(bench, 1)
    bench.channel.confirm_select()
    bench.publish("2")
    confirms = bench.channel.confirms
    assert confirms is not None
    assert [(1, True)] == list(confirms.answers)
    assert "rabbit-2" == bench.broker.queues["q"].leader.name
    assert 2 == bench.depth()


@pytest.mark.parametrize(
    ("version", "answers"), [(V4_0, []), (V4_3, [(1, False)])], ids=["silent", "nacked"]
)
def test_without_a_majority_there_is_no_answer(
    version: BrokerVersion, answers: list[tuple[int, bool]]
) -> None:
    """From 4.3 a nack once it is back; what was confirmed is there, the other is not."""
    bench = Bench(version, nodes=3)
    bench.queue(kind="quorum")
    bench.publish("confirmed")
    stop(bench, 2)
    bench.channel.confirm_select()
    bench.publish("in doubt")
    confirms = bench.channel.confirms
    assert confirms is not None
    assert [] == list(confirms.answers)
    assert "541C" == reply(lambda: bench.channel.basic_get("q"))
    reader = bench.consume(prefetch=9)
    assert [] == arrived(reader)
    bench.broker.cluster.start(bench.broker.cluster.nodes[0])
    assert (answers, ["confirmed"]) == (list(confirms.answers), arrived(reader))


def test_from_4_3_metadata_needs_a_majority() -> None:
    """Declaring what exists is still fine."""
    bench = Bench(nodes=3)
    bench.queue("here", "quorum")
    stop(bench, 2)
    assert "541C" == reply(lambda: bench.queue("new"))
    assert "ok" == reply(lambda: bench.queue("here", "quorum"))


def test_no_node_no_connection() -> None:
    """And a stopped one does not answer."""
    bench = Bench(nodes=2)
    nodes = bench.broker.cluster.nodes
    bench.broker.cluster.stop(nodes[0])
    assert "541C" == reply(lambda: bench.broker.connect(nodes[0]))
    bench.broker.cluster.stop(nodes[0])
    bench.broker.cluster.stop(nodes[1])
    assert "541C" == reply(bench.broker.connect)


def test_a_quorum_queue_keeps_confirmed_messages_through_a_loss_of_power() -> None:
    """A majority has synced each of them."""
    bench = Bench(nodes=3)
    bench.queue(kind="quorum")
    bench.publish("m")
    restart(bench, power_loss=True)
    assert ["m"] == bench.drain()


@pytest.mark.parametrize(("waited_ms", "expected"), [(0, []), (WRITE_BACK_MS, ["0", "1"])])
def test_a_stream_loses_what_was_not_written_back(waited_ms: int, expected: list[str]) -> None:
    """When all replicas lose power; one that did not has everything."""
    bench = Bench(nodes=3)
    stream(bench, 2)
    bench.wait(waited_ms)
    restart(bench, power_loss=True)
    assert expected == arrived(bench.consume(prefetch=9, stream_offset="first"))


def test_a_replica_that_kept_its_power_has_the_whole_stream() -> None:
    """Two of three lose it."""
    bench = Bench(nodes=3)
    stream(bench, 2)
    cluster = bench.broker.cluster
    for node in cluster.nodes[:2]:
        cluster.stop(node, power_loss=True)
    for node in cluster.nodes[:2]:
        cluster.start(node)
    bench.channel = bench.new_channel()
    assert ["0", "1"] == arrived(bench.consume(prefetch=9, stream_offset="first"))


def power_lost(bench: Bench) -> None:
    bench.queue()
    bench.publish("m")
    restart(bench, power_loss=True)


def test_before_4_3_only_replicas_need_a_majority() -> None:
    """Declarations and deletions go on with one node of three; a quorum queue of three does not."""
    bench = Bench(V4_0, nodes=3)
    stop(bench, 2)
    bench.channel = bench.new_channel()
    bench.queue()
    bench.queue("old")
    bench.broker.exchange_declare("x", "fanout")
    bench.broker.bind("queue", "q", "x")
    bench.broker.queue_delete(bench.channel, "old")
    bench.queue("alone", "quorum", quorum_initial_group_size=1)
    bench.publish("m", exchange="x")
    assert ["m"] == bench.drain()
    assert {"q", "alone"} == set(bench.broker.queues)
    assert "541C" == reply(lambda: bench.queue("three", "quorum"))


@pytest.mark.parametrize("version", [V3_10, V4_0])
def test_global_prefetch_is_one_limit_for_a_channel(version: BrokerVersion) -> None:
    """Beside that of each consumer; what was got does not count; none on quorum queues."""
    bench = Bench(version)
    bench.queue()
    bench.publish(*"12345678")
    bench.channel.basic_qos(3, global_=True)
    for tag in ("a", "b"):
        bench.channel.basic_consume("q", tag)
    bench.channel.basic_get("q")
    assert list("123") == arrived(bench.channel)
    bench.channel.basic_ack(1)
    bench.channel.basic_nack(3, multiple=True)
    assert list("523") == arrived(bench.channel)
    bench.channel.basic_qos(0, global_=True)
    assert list("678") == arrived(bench.channel)
    bench.channel.basic_qos(1, global_=True)
    bench.queue("r", "quorum")
    assert "540C" == reply(lambda: bench.channel.basic_consume("r", "c"))


def test_global_prefetch_holds_back_who_never_acknowledges() -> None:
    """What is out when the limit is set counts, and consumers elsewhere go on."""
    bench = Bench(V4_0)
    bench.queue()
    bench.publish("1")
    bench.channel.basic_get("q")
    bench.channel.basic_consume("q", "free", no_ack=True)
    bench.channel.basic_qos(1, global_=True)
    bench.publish("2", "3")
    assert [] == arrived(bench.channel)
    assert ["2", "3"] == arrived(bench.consume())


def read_in_a_minority(bench: Bench) -> None:
    bench = Bench(nodes=3)
    stream(bench, 1)
    stop(bench, 2)
    bench.consume(prefetch=1)


def single_active_over_partitions(_: Bench) -> None:
    connection = StreamConnection(Bench().broker)
    connection.create("s", {})
    given = {"single-active-consumer": "true", "name": "app", "super-stream": "all"}
    connection.subscribe(1, "s", "next", 1, given)


def shovel_of_amqp_1_0(bench: Bench) -> None:
    ends = {"src-uri": "amqp://", "dest-uri": "amqp://", "src-protocol": "amqp10"}
    bench.broker.parameters.set("shovel", "s", ends)


def federation_with_expiry(bench: Bench) -> None:
    bench.broker.parameters.set("federation-upstream", "u", {"uri": "amqp://", "expires": 1})


MEETINGS: dict[Gap, Callable[[Bench], object]] = {
    Gap.AMQP_1_0_PLUGIN: lambda _: Amqp10Session(Bench(V3_10).broker),
    Gap.CLASSIC_QUEUE_POWER_LOSS: power_lost,
    Gap.EXCHANGE_TYPE: lambda bench: bench.broker.exchange_declare("x", "x-random"),
    Gap.FEDERATION_OPTION: federation_with_expiry,
    Gap.HASH_PROPERTY: lambda _: check_exchange({"hash-property": "message_id"}),
    Gap.MQTT_OPTION: lambda bench: bench.broker.mqtt.connect("c").subscribe("a", noLocal=True),
    Gap.SHOVEL_OPTION: shovel_of_amqp_1_0,
    Gap.SUPER_STREAM_SINGLE_ACTIVE_CONSUMER: single_active_over_partitions,
    Gap.STREAM_READ_WITHOUT_MAJORITY: read_in_a_minority,
}


@pytest.mark.parametrize("gap", Gap, ids=lambda gap: gap.name)
def test_every_gap_is_met_somewhere(gap: Gap) -> None:
    """Nothing that is left out is ignored in silence."""
    with pytest.raises(UnmodelledError) as met:
        MEETINGS[gap](Bench())
    assert gap is met.value.gap


def test_from_4_3_global_prefetch_is_ignored() -> None:
    """So each consumer has the limit for itself."""
    bench = Bench(V4_3)
    bench.queue()
    bench.publish(*"123456")
    bench.channel.basic_qos(2, global_=True)
    for tag in ("a", "b"):
        bench.channel.basic_consume("q", tag)
    assert list("1234") == arrived(bench.channel)
