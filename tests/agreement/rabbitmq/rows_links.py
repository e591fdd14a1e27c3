"""Shovels and federation between two virtual hosts: links that move messages later."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import (
    AddVirtualHost,
    ClearParameter,
    ClearPolicy,
    DeleteVirtualHost,
    SetParameter,
    SetPolicy,
)

ROWS = Rows()
UP = "~up"
STARTED_MS = 2500
MOVED_MS = 500
AGAIN_MS = 7500
"""A broken link is tried again after five seconds."""


def _two(s: Script) -> tuple[str, str]:
    """A channel in a virtual host of its own, where links read, and one in the default."""
    s.add(AddVirtualHost(UP))
    s.add(amqp.ConnectionOpen("up", virtual_host=UP), amqp.ChannelOpen("up", "up"))
    return "up", s.new()


def _shovel(s: Script, name: str = "~s", **given: Any) -> None:
    ends = {"src-uri": f"amqp:///{UP}", "dest-uri": "amqp://"}
    definition = ends | {key.replace("_", "-"): value for key, value in given.items()}
    s.add(SetParameter("shovel", name, definition))
    s.wait(STARTED_MS)


def _end(s: Script, *shovels: str) -> None:
    s.add(*[ClearParameter("shovel", name) for name in shovels], DeleteVirtualHost(UP))


@ROWS("MS-07")
def shovel_from_queue_to_queue(s: Script) -> None:
    """Properties stay, both queues are made where they are missing; then it ends."""
    up, down = _two(s)
    s.queue(up, "~a")
    s.send(up, "~a", "1", "2", "3", headers={"h": 1}, delivery_mode=2, priority=3)
    _shovel(s, src_queue="~a", dest_queue="~b")
    s.get(down, "~b", 4)
    s.look(up, "~a")
    s.send(up, "~a", "4", message_id="four")
    s.wait(MOVED_MS)
    s.get(down, "~b")
    _shovel(s, "~t", src_queue="~c", dest_queue="~d", dest_add_forward_headers=True)
    s.send(up, "~c", "5", headers={"h": 1})
    s.wait(MOVED_MS)
    s.get(down, "~d")
    s.add(ClearParameter("shovel", "~s"))
    s.wait(MOVED_MS)
    s.send(up, "~a", "6")
    s.wait(MOVED_MS)
    s.look(up, "~a")
    s.look(down, "~b")
    s.add(ClearParameter("shovel", "~s"))
    _end(s, "~t")


@ROWS("MS-07")
def shovel_from_exchange_to_exchange(s: Script) -> None:
    """The key stays or is as defined; what is not routed over there is lost."""
    up, down = _two(s)
    s.exchange(up, "~x", "topic")
    s.exchange(down, "~y", "topic")
    s.queue(down, "~q")
    s.bind(down, "~q", "~y", "k.#")
    _shovel(s, src_exchange="~x", src_exchange_key="#", dest_exchange="~y")
    _shovel(
        s, "~t", src_exchange="~x", src_exchange_key="z", dest_exchange="~y",
        dest_exchange_key="k.z",
    )  # fmt: skip
    for key in ("k.1", "z", "other", "k.2"):
        s.publish(up, "~x", key, f"to {key}")
        s.wait(MOVED_MS)
    s.get(down, "~q", 4)
    _end(s, "~s", "~t")


@ROWS("MS-07")
def shovel_to_a_missing_exchange(s: Script) -> None:
    """From 4.0 it is tried again; 3.10 holds what it read until the next message, or until it is
    defined anew."""
    up, down = _two(s)
    s.queue(up, "~a")
    s.send(up, "~a", "1")
    _shovel(s, src_queue="~a", dest_exchange="~y")
    s.look(up, "~a")
    s.exchange(down, "~y", "fanout")
    s.queue(down, "~q")
    s.bind(down, "~q", "~y")
    s.wait(AGAIN_MS)
    s.look(up, "~a")
    s.get(down, "~q", 2)
    s.send(up, "~a", "2")
    s.wait(AGAIN_MS)
    s.get(down, "~q", 3)
    _end(s, "~s")


@ROWS("MS-07")
def shovel_that_is_refused(s: Script) -> None:
    """It tries again and again: on 4.0 the delivery limit of the source drops what it holds."""
    up, down = _two(s)
    s.queue(down, "~full", max_length=1, overflow="reject-publish")
    s.queue(up, "~a", "quorum", dead_letter_exchange="amq.fanout")
    s.queue(up, "~dead")
    s.bind(up, "~dead", "amq.fanout")
    s.send(up, "~a", "1", "2", "3")
    _shovel(s, src_queue="~a", dest_queue="~full")
    s.look(down, "~full")
    s.look(up, "~dead")
    s.add(ClearParameter("shovel", "~s"))
    s.wait(MOVED_MS)
    s.look(up, "~a")
    _end(s)


@ROWS("MS-07")
def shovel_with_other_acknowledgements(s: Script) -> None:
    """What the other end refuses is lost where it is acknowledged before."""
    up, down = _two(s)
    for mode in ("on-publish", "no-ack"):
        s.queue(down, f"~{mode}", max_length=1, overflow="reject-publish")
        s.queue(up, f"~{mode}")
        s.send(up, f"~{mode}", "1", "2", "3")
        _shovel(s, f"~{mode}", src_queue=f"~{mode}", dest_queue=f"~{mode}", ack_mode=mode)
        s.look(up, f"~{mode}")
        s.get(down, f"~{mode}", 2)
    _end(s, "~on-publish", "~no-ack")


@ROWS("MS-07")
def shovel_until_all_is_moved(s: Script) -> None:
    """As many as said, or as were there; then it removes itself."""
    up, down = _two(s)
    s.queue(up, "~a")
    s.send(up, "~a", *"12345")
    _shovel(s, src_queue="~a", dest_queue="~b", src_delete_after=3)
    s.get(down, "~b", 4)
    s.look(up, "~a")
    s.add(ClearParameter("shovel", "~s"))
    _shovel(s, src_queue="~a", dest_queue="~b", src_delete_after="queue-length")
    s.get(down, "~b", 3)
    s.send(up, "~a", "6")
    s.wait(MOVED_MS)
    s.look(up, "~a")
    _end(s, "~s")


@ROWS("MS-07")
def shovel_definitions(s: Script) -> None:
    up = {"src-uri": f"amqp:///{UP}", "dest-uri": "amqp://"}
    wrong: tuple[dict[str, Any], ...] = (
        {"src-queue": "~a", "src-exchange": "~x", "dest-queue": "~b"},
        {"dest-queue": "~b"},
        {"src-queue": "~a", "dest-queue": "~b", "dest-exchange": "~y"},
        {"src-queue": "~a", "dest-queue": "~b", "ack-mode": "later"},
        {"src-queue": "~a", "dest-queue": "~b", "wat": 1},
        {"src-queue": "~a", "dest-queue": "~b", "dest-uri": "http://there"},
    )
    for given in wrong:
        s.add(SetParameter("shovel", "~s", up | given))
    s.add(SetParameter("shovel", "~s", {"src-queue": "~a", "dest-queue": "~b"}))
    s.add(SetParameter("~wat", "~s", {}))
    s.add(ClearParameter("shovel", "~s"))


@ROWS("MS-07")
def shovel_whose_ends_go(s: Script) -> None:
    """Deleted queues are made again; a lost virtual host is tried every five seconds."""
    up, down = _two(s)
    s.queue(up, "~a")
    _shovel(s, src_queue="~a", dest_queue="~b")
    s.add(amqp.QueueDelete(up, "~a"))
    s.wait(STARTED_MS)
    s.send(up, "~a", "1")
    s.wait(MOVED_MS)
    s.get(down, "~b")
    s.add(amqp.QueueDelete(down, "~b"))
    s.send(up, "~a", "lost")
    s.wait(MOVED_MS)
    s.look(up, "~a")
    s.add(DeleteVirtualHost(UP))
    s.wait(MOVED_MS)
    s.add(AddVirtualHost(UP))
    s.add(amqp.ConnectionOpen("again", virtual_host=UP), amqp.ChannelOpen("again", "again"))
    s.queue("again", "~a")
    s.send("again", "~a", "2")
    s.wait(AGAIN_MS)
    s.look("again", "~a")
    other = s.new()
    s.get(other, "~b")
    _end(s, "~s")


def _federate(s: Script, pattern: str, *, host: str = "/", name: str = "~f", **given: Any) -> None:
    there = "%2F" if host == UP else UP
    definition = {key.replace("_", "-"): value for key, value in given.items()}
    definition = {"uri": f"amqp:///{there}"} | definition
    s.add(SetParameter("federation-upstream", f"{name}-up", definition, host))
    s.add(
        SetPolicy(
            name, f"^{pattern}$", {"federation-upstream": f"{name}-up"}, virtual_host=host,
        )
    )  # fmt: skip
    s.wait(STARTED_MS)


def _end_federation(s: Script, *names: str) -> None:
    for name in names or ("~f",):
        s.add(ClearPolicy(name), ClearParameter("federation-upstream", f"{name}-up"))
    s.wait(MOVED_MS)
    s.add(DeleteVirtualHost(UP))


@ROWS("MS-07")
def federated_exchange(s: Script) -> None:
    """Gets what its bindings ask for; made upstream where it is missing; local messages stay."""
    up, down = _two(s)
    s.exchange(down, "~x", "topic")
    s.queue(down, "~q")
    s.bind(down, "~q", "~x", "a.#")
    _federate(s, "~x")
    s.exchange(up, "~x", "topic", passive=True)
    for key in ("a.1", "b.1"):
        s.publish(up, "~x", key, f"to {key}", headers={"h": 1}, delivery_mode=2)
    s.wait(MOVED_MS)
    s.get(down, "~q", 2)
    s.bind(down, "~q", "~x", "b.*")
    s.add(amqp.QueueUnbind(down, "~q", "~x", "a.#", {}))
    s.wait(MOVED_MS)
    for key in ("a.1", "b.1"):
        s.publish(up, "~x", key, f"again to {key}")
    s.wait(MOVED_MS)
    s.publish(down, "~x", "b.1", "local")
    s.get(down, "~q", 3)
    s.queue(up, "~u")
    s.bind(up, "~u", "~x", "#")
    s.publish(down, "~x", "b.1", "stays")
    s.wait(MOVED_MS)
    s.get(up, "~u")
    s.add(ClearPolicy("~f"))
    s.wait(MOVED_MS)
    s.publish(up, "~x", "b.1", "no more")
    s.wait(MOVED_MS)
    s.get(down, "~q", 2)
    s.add(ClearParameter("federation-upstream", "~f-up"))
    s.add(DeleteVirtualHost(UP))


def _ring(s: Script, hops: int) -> None:
    up, down = _two(s)
    for channel in (up, down):
        s.exchange(channel, "~x", "fanout")
        s.queue(channel, "~q")
        s.bind(channel, "~q", "~x")
    _federate(s, "~x", max_hops=hops)
    _federate(s, "~x", host=UP, name="~g", max_hops=hops)
    for channel in (up, down):
        s.publish(channel, "~x", "k", f"from {channel}")
    s.wait(MOVED_MS)
    for channel in (up, down):
        s.get(channel, "~q", 3)
    s.add(ClearPolicy("~g", UP))
    _end_federation(s)


@ROWS("MS-07")
def exchanges_federated_both_ways(s: Script) -> None:
    _ring(s, 1)


@ROWS("MS-07")
def a_message_is_not_sent_back_to_where_it_was(s: Script) -> None:
    """However many hops are allowed."""
    _ring(s, 3)


@ROWS("MS-07")
def federated_with_itself(s: Script) -> None:
    """An address without a path leads to the virtual host that it is given in."""
    a = s.new()
    s.exchange(a, "~x", "fanout")
    s.queue(a, "~q")
    s.bind(a, "~q", "~x")
    _federate(s, "~x", uri="amqp://")
    s.publish(a, "~x", "k", "m")
    s.wait(MOVED_MS)
    s.get(a, "~q", 3)
    s.add(ClearPolicy("~f"), ClearParameter("federation-upstream", "~f-up"))


@ROWS("MS-07")
def federated_to_an_exchange_of_another_name(s: Script) -> None:
    up, down = _two(s)
    s.exchange(up, "~there", "direct")
    s.exchange(down, "~x", "direct")
    s.queue(down, "~q")
    s.bind(down, "~q", "~x", "k")
    _federate(s, "~x", exchange="~there")
    s.publish(up, "~there", "k", "m")
    s.wait(MOVED_MS)
    s.get(down, "~q", 2)
    _end_federation(s)


@ROWS("MS-07")
def federated_queue(s: Script) -> None:
    """Takes while its own consumers could take more; what it took stays when they go."""
    up, down = _two(s)
    s.queue(down, "~q")
    s.queue(up, "~q")
    s.send(up, "~q", *"1234")
    _federate(s, "~q")
    s.look(up, "~q")
    s.get(down, "~q")
    s.wait(MOVED_MS)
    s.look(up, "~q")
    reader = s.new()
    s.add(amqp.BasicQos(reader, 1))
    s.consume(reader, "~q", "t")
    s.wait(STARTED_MS)
    s.look(up, "~q")
    s.look(down, "~q")
    s.send(up, "~q", "5")
    s.send(down, "~q", "local")
    s.wait(MOVED_MS)
    s.look(up, "~q")
    s.add(amqp.BasicAck(reader, 1))
    s.add(amqp.ConnectionClose(reader))
    s.wait(MOVED_MS)
    s.get(down, "~q", 5)
    s.look(up, "~q")
    _end_federation(s)


@ROWS("MS-07")
def federated_queue_that_is_missing_upstream(s: Script) -> None:
    up, down = _two(s)
    s.queue(down, "~q")
    s.consume(down, "~q", "t")
    _federate(s, "~q")
    s.send(up, "~q", "1")
    s.wait(MOVED_MS)
    s.look(up, "~q")
    _end_federation(s)


@ROWS("MS-07")
def federated_quorum_queue_that_is_missing_upstream(s: Script) -> None:
    """What it is like upstream."""
    up, down = _two(s)
    s.queue(down, "~q", "quorum", max_length=5)
    s.consume(down, "~q", "t")
    _federate(s, "~q")
    s.send(up, "~q", "1")
    s.wait(MOVED_MS)
    s.queue(s.second("up"), "~q")
    s.queue(s.second("up"), "~q", "quorum")
    s.queue(s.second("up"), "~q", "quorum", max_length=5)
    _end_federation(s)


@ROWS("MS-07")
def federation_upstreams(s: Script) -> None:
    for wrong in ({"uri": "http://there"}, {"uri": "amqp://", "wat": 1}, {}):
        s.add(SetParameter("federation-upstream", "~f-up", wrong))
    s.add(ClearParameter("federation-upstream", "~f-up"))
