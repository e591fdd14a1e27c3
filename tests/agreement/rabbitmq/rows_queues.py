"""Catalogue part A2: the life of queues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from programs import Rows
from rabbitmq_script import Restart, Script

from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.protocol import Operation

ROWS = Rows()


@ROWS("QD-01")
def declared_again(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", max_length=5, unknown=1)
    s.queue(a, "~q", max_length=5, unknown=2)
    s.queue(a, "~q", "classic", max_length=5)
    s.queue(s.new(), "~q", max_length=6)
    s.queue(s.new(), "~q")
    s.queue(s.new(), "~q", max_length=5, message_ttl=1000)
    s.queue(s.new(), "~q", max_length=5, durable=False)
    s.queue(s.new(), "~q", max_length=5, auto_delete=True)
    s.queue(s.new(), "~q", "quorum", max_length=5)
    s.queue(a, "~q", "stream", passive=True)


@ROWS("QD-02")
def exclusive_queue(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", exclusive=True)
    s.exchange(a, "~x", "fanout")
    s.bind(a, "~q", "~x")
    other = s.second(a)
    s.look(other, "~q")
    s.send(s.new(), "~q", "m")
    s.get(other, "~q")
    s.queue(s.new(), "~q", exclusive=True)
    s.look(s.new(), "~q")
    s.get(s.new(), "~q")
    s.consume(s.new(), "~q", "t")
    s.bind(s.new(), "~q", "~x", "k")
    s.add(amqp.QueueUnbind(s.new(), "~q", "~x"))
    s.add(amqp.QueuePurge(s.new(), "~q"))
    s.add(amqp.QueueDelete(s.new(), "~q"))
    s.queue(a, "~q")


@ROWS("QD-03")
def exclusive_and_auto_delete_go(s: Script) -> None:
    a, b = s.new(), s.new()
    s.queue(a, "~e", exclusive=True)
    s.queue(b, "~one", auto_delete=True)
    s.queue(b, "~two", auto_delete=True)
    s.queue(b, "~never", auto_delete=True)
    s.get(b, "~never")
    s.consume(b, "~one", "t1")
    s.add(amqp.BasicCancel(b, "t1"))
    s.look(s.new(), "~one")
    c = s.second(b)
    s.consume(c, "~two", "t2")
    s.add(amqp.ChannelClose(c))
    s.look(s.new(), "~two")
    s.add(amqp.ConnectionClose(a), amqp.ConnectionClose(b))
    s.look(s.new(), "~e")
    s.look(s.new(), "~never")


@ROWS("QD-04")
def server_named(s: Script) -> None:
    a = s.new()
    s.queue(a, "", exclusive=True)
    s.exchange(a, "~x", "direct")
    s.bind(a, "", "~x", "k")
    s.publish(a, "~x", "k", "m", True)
    s.get(a, "")
    s.bind(s.new(), "", "~x", "k")
    s.queue(s.new(), "", "quorum")
    s.queue(s.new(), "", "stream")


def _refused(s: Script, *given: dict[str, Any], kind: str = "") -> None:
    for number, arguments in enumerate(given):
        s.queue(s.new(), f"~{kind}{number}", kind, **arguments)


@ROWS("QD-05")
def argument_checks(s: Script) -> None:
    _refused(
        s, {"message_ttl": -1}, {"max_length": -1}, {"max_priority": -1},
        {"message_ttl": 315_360_000_001}, {"message_ttl": 315_360_000_000}, {"max_length": "5"},
        {"message_ttl": "5"}, {"max_priority": 256}, {"max_priority": 0}, {"overflow": "wat"},
        {"dead_letter_routing_key": "k"}, {"single_active_consumer": "yes"},
        {"dead_letter_exchange": "~none"}, {"max_length": 0}, {"message_ttl": 0},
        {"max_age": "1h"}, {"delivery_limit": 3}, {"unknown": [1]}, {"queue_mode": "lazy"},
        {"queue_mode": "wat"}, {"queue_version": 1}, {"queue_version": 2}, {"queue_version": 3},
        {"consumer_timeout": 1000}, {"delayed_retry_type": "all"}, {"max_length_bytes": -1},
    )  # fmt: skip
    s.queue(s.new(), "~kind", "wat")


@ROWS("QD-05")
def expires_checked(s: Script) -> None:
    s.queue(s.new(), "~zero", expires=0)
    s.queue(s.new(), "~text", expires="5")


@ROWS("QD-06")
def missing_and_conditional(s: Script) -> None:
    a = s.new()
    s.get(s.new(), "~none")
    s.consume(s.new(), "~none", "t")
    s.add(amqp.QueuePurge(s.new(), "~none"))
    s.look(s.new(), "~none")
    s.add(amqp.QueueDelete(a, "~none"))
    s.queue(a, "~q")
    s.send(a, "~q", "1", "2", "3")
    s.get(a, "~q", no_ack=False)
    s.look(a, "~q")
    s.add(amqp.QueueDelete(s.new(), "~q", if_empty=True))
    s.add(amqp.QueuePurge(a, "~q"))
    s.add(amqp.BasicNack(a, 1))
    s.look(a, "~q")
    s.get(a, "~q", no_ack=False)
    s.consume(a, "~q", "t")
    s.add(amqp.QueueDelete(s.new(), "~q", if_unused=True))
    s.add(amqp.QueueDelete(s.new(), "~q", if_empty=True))
    s.queue(a, "~r", "quorum")
    s.add(amqp.QueueDelete(s.new(), "~r", if_empty=True))
    s.add(amqp.QueueDelete(s.new(), "~r", if_unused=True))
    s.send(a, "~r", "1", "2")
    s.add(amqp.QueueDelete(a, "~r"))


@ROWS("QD-07")
def restart(s: Script) -> None:
    a = s.new()
    for name, kind in (("~c", "classic"), ("~r", "quorum")):
        s.queue(a, name, kind)
        for number, mode in enumerate((2, 2, 1, None, 2)):
            s.send(a, name, f"m{number}", delivery_mode=mode)
        s.get(a, name, no_ack=False)
    s.exchange(a, "~x", "direct")
    s.bind(a, "~c", "~x", "k")
    s.queue(a, "~gone", durable=False)
    s.add(Restart())
    b = s.new()
    s.get(b, "~c", 5)
    s.get(b, "~r", 6)
    s.publish(b, "~x", "k", "bound", True)
    s.get(b, "~c")
    s.look(b, "~gone")


@ROWS("QD-13")
def transient_exchange_and_restart(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "direct", durable=False)
    s.queue(a, "~q")
    s.bind(a, "~q", "~x", "k")
    s.add(Restart())
    b = s.new()
    s.publish(b, "~x", "k", "m", True)
    s.get(s.new(), "~q")


@ROWS("QD-08")
def quorum_arguments(s: Script) -> None:
    for flags in ({"durable": False}, {"exclusive": True}, {"auto_delete": True}):
        s.queue(s.new(), "~q", "quorum", **flags)
    _refused(
        s, {"max_priority": 5}, {"queue_mode": "lazy"}, {"queue_version": 2}, {"max_age": "1h"},
        {"message_ttl": 5000}, {"max_length": 5}, {"max_length_bytes": 5},
        {"single_active_consumer": True}, {"delivery_limit": 5}, {"delivery_limit": -1},
        {"overflow": "reject-publish"}, {"overflow": "reject-publish-dlx"},
        {"dead_letter_strategy": "at-most-once"}, {"dead_letter_strategy": "wat"},
        {"consumer_timeout": 60000}, {"quorum_initial_group_size": 1},
        {"quorum_initial_group_size": 0}, {"queue_leader_locator": "balanced"},
        kind="quorum",
    )  # fmt: skip


@ROWS("QD-09")
def stream_arguments(s: Script) -> None:
    for flags in ({"durable": False}, {"exclusive": True}, {"auto_delete": True}):
        s.queue(s.new(), "~q", "stream", **flags)
    _refused(
        s, {"message_ttl": 5}, {"expires": 5000}, {"max_length": 5},
        {"dead_letter_exchange": "~x"}, {"overflow": "drop-head"}, {"max_priority": 5},
        {"delivery_limit": 5}, {"single_active_consumer": True}, {"max_length_bytes": 5000},
        {"max_age": "1h"}, {"max_age": "7D"}, {"max_age": "7d"}, {"max_age": "wat"},
        {"stream_max_segment_size_bytes": 3_000_000_000},
        {"stream_max_segment_size_bytes": 3_000_000_001}, {"stream_filter_size_bytes": 15},
        {"stream_filter_size_bytes": 16}, {"stream_filter_size_bytes": 255},
        {"stream_filter_size_bytes": 256}, {"consumer_timeout": 1000},
        kind="stream",
    )  # fmt: skip


@ROWS("QD-10")
def unused_quorum_queue_expires(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", expires=1000)
    s.queue(a, "~used", "quorum", expires=1000)
    s.consume(a, "~used", "t")
    s.wait(8000)
    s.look(s.new(), "~q")
    s.look(a, "~used")


@ROWS("QD-10")
def quorum_queue_looks_every_five_seconds(s: Script) -> None:
    """Looked at from elsewhere, which is no use of it; a get is."""
    a = s.new()
    s.queue(a, "~q", "quorum", expires=1000)
    s.queue(a, "~got", "quorum", expires=1000)
    for _ in range(3):
        s.wait(1400)
        s.look(s.new(), "~q")
        s.get(a, "~got")
    s.wait(1800)
    s.look(s.new(), "~q")
    s.look(a, "~got")


@ROWS("QD-10")
def looking_is_use(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", expires=900)
    for _ in range(3):
        s.wait(500)
        s.look(a, "~q")
    s.wait(1200)
    s.look(a, "~q")


@ROWS("QD-03")
def auto_delete_with_its_reader(s: Script) -> None:
    """By cancel, close of the channel, and close or loss of the connection (generated)."""
    look = s.new()
    ways: tuple[Callable[[str], Operation], ...] = (
        lambda reader: amqp.BasicCancel(reader, "t"),
        amqp.ChannelClose,
        amqp.ConnectionClose,
        amqp.ConnectionDrop,
    )
    for number, way in enumerate(ways):
        a, name = s.new(), f"~q{number}"
        s.queue(look, name, auto_delete=True)
        s.consume(a, name, "t")
        s.add(way(a))
        s.wait(300)
        s.look(s.new(), name)


@ROWS("QD-10")
def expiry_after_its_consumer(s: Script) -> None:
    a = s.new()
    s.queue(a, "~cancelled", expires=800)
    s.queue(a, "~closed", expires=800)
    s.queue(a, "~bound", expires=800)
    b = s.new()
    s.consume(a, "~cancelled", "t")
    s.consume(b, "~closed", "t")
    s.wait(600)
    s.bind(a, "~bound", "amq.fanout")
    s.send(a, "~bound", "m")
    s.add(amqp.BasicCancel(a, "t"), amqp.ChannelClose(b))
    s.wait(400)
    s.look(s.new(), "~bound")
    s.wait(600)
    s.look(s.new(), "~cancelled")
    s.look(s.new(), "~closed")


@ROWS("QD-10")
def unused_queue_expires(s: Script) -> None:
    a = s.new()
    s.queue(a, "~dead")
    s.queue(a, "~q", expires=800, dead_letter_exchange="", dead_letter_routing_key="~dead")
    s.send(a, "~q", "m")
    s.wait(400)
    s.send(a, "~q", "m")
    s.wait(700)
    s.look(s.new(), "~q")
    s.get(a, "~dead")
    s.queue(a, "~used", expires=800)
    s.wait(500)
    s.get(a, "~used")
    s.wait(500)
    s.look(a, "~used")
    s.consume(a, "~used", "t")
    s.wait(1100)
    s.look(a, "~used")
