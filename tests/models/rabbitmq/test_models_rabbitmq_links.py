"""Shovels and federation, as they were seen on RabbitMQ 3.10.8, 4.0.5 and 4.3.6."""

from __future__ import annotations

from typing import Any

import pytest
from rabbitmq_bench import V3_10, V4_0, V4_3, Bench

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.link import RECONNECT_MS, ROUND_MS
from advisor.models.rabbitmq.message import Properties
from advisor.models.rabbitmq.policy import Policy, RefusedParameterError

MOVED_MS = 20


class Two:
    """Two virtual hosts: links read in ``up`` and write in ``down``, where they are defined."""

    def __init__(self, version: BrokerVersion = V4_3) -> None:
        self.down = Bench(version)
        self.hosts = self.down.broker.virtual_hosts
        self.hosts.add("up")
        self.up = Bench(version)
        self.enter_up()

    def enter_up(self) -> None:
        self.up.broker = self.hosts.enter("up")
        self.up.channel = self.up.new_channel()

    def shovel(self, name: str = "s", **given: Any) -> None:
        ends = {"src-uri": "amqp:///up", "dest-uri": "amqp:///%2F"}
        definition = ends | {key.replace("_", "-"): value for key, value in given.items()}
        self.down.broker.parameters.set("shovel", name, definition)
        self.down.wait(MOVED_MS)

    def federate(self, name: str, **given: Any) -> None:
        definition = {key.replace("_", "-"): value for key, value in given.items()}
        upstream = {"uri": "amqp:///up"} | definition
        self.down.broker.parameters.set("federation-upstream", "u", upstream)
        self.down.broker.set_policy(Policy("f", name, {"federation-upstream-set": "all"}))
        self.down.wait(MOVED_MS)


def test_a_shovel_moves_in_order_and_keeps_properties() -> None:
    two = Two()
    two.up.queue("a")
    two.up.publish("1", "2", to="a", headers={"h": 1}, delivery_mode=2)
    two.shovel(src_queue="a", dest_queue="b")
    taken = two.down.channel.basic_get("b", no_ack=True)
    assert taken is not None
    assert Properties(headers={"h": 1}, delivery_mode=2) == taken.entry.message.properties
    assert ["2"] == two.down.drain("b")
    assert 0 == two.up.depth("a")
    two.down.broker.parameters.clear("shovel", "s")
    two.up.publish("3", to="a")
    two.down.wait(MOVED_MS)
    assert 1 == two.up.depth("a")


def test_forward_headers_tell_the_way() -> None:
    two = Two()
    for name, ends in (("s", ("a", "b")), ("t", ("b", "c"))):
        two.shovel(name, src_queue=ends[0], dest_queue=ends[1], dest_add_forward_headers=True,
                   **({"src_uri": "amqp://"} if name == "t" else {}))  # fmt: skip
    two.up.publish("m", to="a")
    two.down.wait(MOVED_MS)
    taken = two.down.channel.basic_get("c", no_ack=True)
    assert taken is not None
    way = taken.entry.message.properties.headers["x-shovelled"]
    assert [("t", "b", "c"), ("s", "a", "b")] == [
        (one["shovel-name"], one["src-queue"], one["dest-queue"]) for one in way
    ]


def test_from_exchange_to_exchange_unroutable_is_lost() -> None:
    two = Two()
    two.up.broker.exchange_declare("x", "topic")
    two.down.broker.exchange_declare("y", "direct")
    two.down.queue()
    two.down.broker.bind("queue", "q", "y", "k")
    two.shovel(src_exchange="x", src_exchange_key="#", dest_exchange="y")
    two.up.publish("kept", exchange="x", to="k")
    two.up.publish("lost", exchange="x", to="other")
    two.down.wait(MOVED_MS)
    assert ["kept"] == two.down.drain()


def test_on_4_0_a_refusal_uses_up_the_delivery_limit() -> None:
    """What the shovel cannot deliver dies in its source; elsewhere it is tried for ever."""
    for version, left in ((V3_10, 2), (V4_0, 0), (V4_3, 2)):
        two = Two(version)
        two.down.queue("full", max_length=1, overflow="reject-publish")
        two.up.queue("a", "quorum")
        two.up.publish("1", "2", "3", to="a")
        two.shovel(src_queue="a", dest_queue="full")
        two.down.wait(500)
        two.down.broker.parameters.clear("shovel", "s")
        assert left == two.up.depth("a")
        assert 1 == two.down.depth("full")


def test_3_10_stays_where_the_exchange_is_missing_until_the_next_message() -> None:
    for version, ready, moved in ((V3_10, 0, []), (V4_0, 1, ["1"])):
        two = Two(version)
        two.up.queue("a")
        two.up.publish("1", to="a")
        two.shovel(src_queue="a", dest_exchange="y")
        assert ready == two.up.depth("a")
        two.down.broker.exchange_declare("y", "fanout")
        two.down.queue()
        two.down.broker.bind("queue", "q", "y")
        two.down.wait(RECONNECT_MS + MOVED_MS)
        assert moved == two.down.drain()
        two.up.publish("2", to="a")
        two.down.wait(RECONNECT_MS + MOVED_MS)
        assert [*(["1"] if not moved else []), "2"] == two.down.drain()


@pytest.mark.parametrize("mode", ["on-publish", "no-ack"])
def test_what_is_acknowledged_early_is_lost_when_refused(mode: str) -> None:
    two = Two()
    two.down.queue("full", max_length=1, overflow="reject-publish")
    two.up.queue("a")
    two.up.publish("1", "2", to="a")
    two.shovel(src_queue="a", dest_queue="full", ack_mode=mode)
    assert (0, 1) == (two.up.depth("a"), two.down.depth("full"))


def test_a_shovel_for_so_many_removes_itself() -> None:
    two = Two()
    two.up.queue("a")
    two.up.publish(*"12345", to="a")
    two.shovel(src_queue="a", dest_queue="b", src_delete_after=3)
    assert ["1", "2", "3"] == two.down.drain("b")
    with pytest.raises(RefusedParameterError):
        two.down.broker.parameters.clear("shovel", "s")
    two.shovel(src_queue="a", dest_queue="b", src_delete_after="queue-length")
    two.up.publish("6", to="a")
    two.down.wait(MOVED_MS)
    assert ["4", "5"] == two.down.drain("b")
    assert ["6"] == two.up.drain("a")
    two.shovel(src_queue="a", dest_queue="b", src_delete_after="queue-length")
    assert {} == two.down.broker.parameters.shovels


def test_one_that_was_refused_is_still_counted_as_to_move() -> None:
    two = Two()
    two.down.queue("full", max_length=1, overflow="reject-publish")
    two.up.queue("a")
    two.up.publish("1", "2", to="a")
    two.shovel(src_queue="a", dest_queue="full", src_delete_after=2)
    assert ["1"] == two.down.drain("full")
    two.down.wait(MOVED_MS)
    assert ["2"] == two.down.drain("full")
    assert {} == two.down.broker.parameters.shovels


def test_a_lost_end_is_tried_every_five_seconds() -> None:
    two = Two()
    two.shovel(src_queue="a", dest_queue="b")
    two.hosts.remove("up")
    two.down.wait(MOVED_MS)
    two.hosts.add("up")
    two.enter_up()
    two.up.queue("a")
    two.up.publish("1", to="a")
    two.down.wait(RECONNECT_MS - 50)
    assert 1 == two.up.depth("a")
    two.down.wait(100)
    assert ["1"] == two.down.drain("b")
    two.up.broker.queue_delete(two.up.channel, "a")
    two.down.wait(MOVED_MS)
    two.up.publish("made again", to="a")
    two.down.wait(MOVED_MS)
    assert ["made again"] == two.down.drain("b")


def test_a_link_between_two_clusters_repeats_rather_than_loses() -> None:
    """Messages wait while the other cluster is away; what was on the way comes twice."""
    here = Bench()
    there = Bench()
    there.broker = Broker(V4_3, kernel=here.broker.kernel)
    here.broker.virtual_hosts.elsewhere["east"] = there.broker.virtual_hosts
    here.queue("a")
    definition = {"src-uri": "amqp://", "dest-uri": "amqp://east/", "dest-queue": "b"}
    here.broker.parameters.set("shovel", "s", definition | {"src-queue": "a"})
    here.wait(MOVED_MS)
    here.publish("1", to="a", delivery_mode=2)
    here.wait(ROUND_MS)
    (node,) = there.broker.cluster.nodes
    there.broker.cluster.stop(node)
    here.publish("2", "3", to="a")
    here.wait(60_000)
    assert 3 == here.depth("a")
    there.broker.cluster.start(node)
    here.wait(RECONNECT_MS + MOVED_MS)
    there.channel = there.new_channel()
    assert ["1", "1", "2", "3"] == there.drain("b")
    unknown = definition | {"src-queue": "c", "dest-uri": "amqp://nowhere/"}
    here.broker.parameters.set("shovel", "t", unknown)
    here.publish("waits", to="c")
    here.wait(60_000)
    assert "c" not in here.broker.queues


@pytest.mark.parametrize(
    "given",
    [
        {"src-queue": "a", "src-exchange": "x"},
        {"dest-queue": "b"},
        {"src-queue": "a", "dest-queue": "b", "dest-exchange": "y"},
        {"src-queue": "a", "ack-mode": "later"},
        {"src-queue": "a", "wat": 1},
        {"src-queue": "a", "dest-uri": "http://there"},
        {"src-queue": "a", "src-uri": 7},
    ],
)
def test_shovels_that_are_refused(given: dict[str, Any]) -> None:
    parameters = Bench().broker.parameters
    with pytest.raises(RefusedParameterError):
        parameters.set("shovel", "s", {"src-uri": "amqp://", "dest-uri": "amqp://"} | given)


def test_parameters_that_are_refused() -> None:
    parameters = Bench().broker.parameters
    for wrong in ({}, {"uri": "amqp://", "wat": 1}, {"uri": "http://there"}):
        with pytest.raises(RefusedParameterError):
            parameters.set("federation-upstream", "u", wrong)
    with pytest.raises(RefusedParameterError):
        parameters.set("wat", "w", {})
    with pytest.raises(RefusedParameterError):
        parameters.clear("federation-upstream", "u")


def test_a_federated_exchange_gets_what_its_bindings_ask_for() -> None:
    two = Two()
    two.down.broker.exchange_declare("x", "topic")
    two.down.queue()
    two.down.broker.bind("queue", "q", "x", "a.#")
    two.federate("x")
    for key in ("a.1", "b.1"):
        two.up.publish(key, exchange="x", to=key)
    two.down.wait(MOVED_MS)
    assert ["a.1"] == two.down.drain()
    two.down.broker.bind("queue", "q", "x", "b.*")
    two.down.broker.unbind("queue", "q", "x", "a.#")
    for key in ("a.1", "b.1"):
        two.up.publish(key, exchange="x", to=key)
    two.down.wait(MOVED_MS)
    assert ["b.1"] == two.down.drain()
    made = [name for name in two.up.broker.queues if name.startswith("federation: ")]
    assert 1 == len(made)
    two.down.broker.clear_policy("f")
    assert [] == list(two.up.broker.queues)


@pytest.mark.parametrize("hops", [1, 3])
def test_exchanges_federated_both_ways_do_not_go_round(hops: int) -> None:
    two = Two()
    for bench in (two.up, two.down):
        bench.broker.exchange_declare("x", "fanout")
        bench.queue()
        bench.broker.bind("queue", "q", "x")
    two.federate("x", max_hops=hops)
    back = {"uri": "amqp:///%2F", "max-hops": hops}
    two.up.broker.parameters.set("federation-upstream", "u", back)
    two.up.broker.set_policy(Policy("f", "x", {"federation-upstream": "u"}))
    two.down.wait(MOVED_MS)
    two.up.publish("from up", exchange="x", to="k")
    two.down.wait(1000)
    assert ["from up"] == two.up.drain()
    assert ["from up"] == two.down.drain()


def test_a_federated_queue_takes_while_its_consumers_could() -> None:
    two = Two()
    two.down.queue()
    two.up.queue()
    two.up.publish(*"1234")
    two.federate("q")
    assert (4, 0) == (two.up.depth(), two.down.depth())
    reader = two.down.consume(prefetch=1)
    two.down.wait(1000)
    assert (0, 3) == (two.up.depth(), two.down.depth())
    two.up.publish("5")
    two.down.wait(1000)
    assert 1 == two.up.depth()
    reader.close()
    two.down.wait(1000)
    assert ["1", "2", "3", "4"] == two.down.drain()
    two.down.broker.parameters.clear("federation-upstream", "u")
    two.down.consume()
    two.down.wait(1000)
    assert ["5"] == two.up.drain()


def test_a_queue_upstream_is_made_where_it_is_missing() -> None:
    two = Two()
    two.down.queue("q", "quorum")
    two.federate("q", queue="other")
    assert "quorum" == two.up.broker.queues["other"].settings.kind


def test_links_of_a_virtual_host_go_with_it() -> None:
    two = Two()
    up = {"src-uri": "amqp://", "dest-uri": "amqp:///%2F", "src-queue": "a", "dest-queue": "b"}
    two.up.broker.parameters.set("shovel", "s", up)
    two.up.broker.parameters.set("federation-upstream", "u", {"uri": "amqp:///%2F"})
    two.hosts.remove("up")
    two.down.wait(60_000)
    assert {} == two.down.broker.queues
