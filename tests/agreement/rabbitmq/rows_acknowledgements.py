"""Catalogue part A5: acknowledgements, returns and delayed retry."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Script, SettleHeld

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()
RETRY: dict[str, Any] = {
    "delayed_retry_type": "all",
    "delayed_retry_min": 600,
    "delayed_retry_max": 10_000,
}


@ROWS("AK-01")
def delivery_tags(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"12345678")
    b = s.second(a)
    s.get(b, "~q", no_ack=True)
    s.get(b, "~q", 3, no_ack=False)
    s.add(amqp.BasicAck(b, 3), amqp.BasicAck(b, 0, True), amqp.BasicAck(b, 0, True))
    s.get(b, "~q", no_ack=False)
    s.add(amqp.BasicAck(b, 5), amqp.BasicAck(b, 5))
    s.look(a, "~q")


@ROWS("AK-01")
def wrong_tags(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    for tag, multiple in ((7, False), (0, False), (10, True), (1, False)):
        c = s.new()
        s.send(c, "~q", "1", "2", "3")
        s.get(c, "~q", no_ack=True)
        s.get(c, "~q", 2, no_ack=False)
        s.add(amqp.BasicAck(c, tag, multiple))
        s.look(a, "~q")
    d = s.new()
    s.get(d, "~q", 3, no_ack=False)
    s.add(amqp.BasicAck(d, 2), amqp.BasicAck(d, 2, True))
    s.look(a, "~q")
    s.get(a, "~q", 9)


@ROWS("AK-02")
def original_place(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"123456")
    s.get(a, "~q", 4, no_ack=False)
    for tag in (3, 1, 4, 2):
        s.add(amqp.BasicNack(a, tag))
    s.get(a, "~q", 7)


@ROWS("AK-02")
def the_same_again(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", "1", "2")
    s.add(amqp.BasicQos(a, 1))
    s.consume(a, "~q", "t")
    s.add(amqp.BasicNack(a, 1), amqp.BasicReject(a, 2), amqp.BasicNack(a, 3))


@ROWS("AK-02")
def place_in_quorum_queues(s: Script) -> None:
    a = s.new()
    for name, limit in (("~limited", 10), ("~free", -1)):
        b = s.second(a)
        s.queue(a, name, "quorum", delivery_limit=limit)
        s.send(a, name, *"123456")
        s.get(b, name, 4, no_ack=False)
        s.add(amqp.BasicNack(b, 3), amqp.BasicReject(b, 1), amqp.BasicNack(b, 4))
        s.get(a, name, 3)
        s.add(amqp.ChannelClose(b))
        s.get(a, name, 4)


@ROWS("AK-04")
def redelivered_is_per_queue(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "fanout")
    for name in ("~1", "~2"):
        s.queue(a, name)
        s.bind(a, name, "~x")
    s.publish(a, "~x", "", "m")
    s.get(a, "~1", no_ack=False)
    s.add(amqp.BasicNack(a, 1))
    s.get(a, "~1")
    s.get(a, "~2")


@ROWS("AK-04")
def quorum_counts(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.send(a, "~q", "m")
    s.get(a, "~q", no_ack=False)
    s.add(amqp.BasicNack(a, 1))
    s.get(a, "~q", no_ack=False)
    s.add(amqp.BasicReject(a, 2))
    s.get(a, "~q", no_ack=False)
    s.add(amqp.BasicRecover(a))
    s.get(a, "~q", no_ack=False)
    s.add(amqp.ChannelClose(a))
    b = s.new()
    s.get(b, "~q", no_ack=False)
    s.add(amqp.ConnectionDrop(b))
    c = s.new()
    s.wait(300)
    s.get(c, "~q", no_ack=False)


@ROWS("AK-04")
def where_recovered_messages_go(s: Script) -> None:
    """As far ahead as they were, or to the end, by the queue's type and limit."""
    for number, given in enumerate(({}, {"delivery_limit": 5}, {"delivery_limit": -1})):
        for kind in ("classic", "quorum"):
            if kind == "quorum" or not given:
                for how in ("recover", "close"):
                    a, b = s.new(), s.new()
                    name = f"~{kind}{number}.{how}"
                    s.queue(a, name, kind, **given)
                    s.send(a, name, *"1234")
                    s.get(b, name, 2, no_ack=False)
                    if how == "recover":
                        s.add(amqp.BasicRecover(b))
                    else:
                        s.add(amqp.ChannelClose(b))
                    s.get(a, name, 4)


@ROWS("AK-06")
def cancel_and_delete(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", "1", "2")
    s.consume(a, "~q", "t")
    s.add(amqp.BasicCancel(a, "t"), amqp.BasicAck(a, 1))
    s.look(a, "~q")
    s.add(amqp.BasicNack(a, 2))
    s.look(a, "~q")
    s.add(amqp.BasicCancel(a, "never"))
    s.consume(a, "~q", "u")
    s.add(amqp.QueueDelete(s.new(), "~q"), amqp.BasicAck(a, 3))


@ROWS("AK-06")
def limit_nobody_asked_for(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.send(a, "~q", "m")
    for _ in range(22):
        s.get(a, "~q", no_ack=False)
        s.add(SettleHeld(a, "reject", 0))
    s.look(a, "~q")


@ROWS("AK-07")
def auto_ack(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"12345")
    b = s.new()
    s.add(amqp.BasicQos(b, 1))
    s.consume(b, "~q", "t", no_ack=True)
    s.add(amqp.ConnectionClose(b))
    s.look(a, "~q")


@ROWS("AK-07")
def recover(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind)
        b = s.second(a)
        s.send(a, f"~{kind}", "1", "2", "3")
        s.consume(b, f"~{kind}", "t")
        s.add(amqp.BasicAck(b, 2), amqp.BasicRecover(b))
    s.add(amqp.BasicRecover(s.new(), False))


@ROWS("AK-09")
def consumer_timeout(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", consumer_timeout=1000)
    s.send(a, "~q", "1", "2")
    s.add(amqp.BasicQos(a, 1))
    s.consume(a, "~q", "t")
    s.wait(3500)
    s.get(a, "~q", no_ack=True)


@ROWS("AK-10")
def delay_grows_with_rejects(s: Script) -> None:
    for how in ("reject", "nack"):
        a, name = s.new(), f"~{how}"
        s.queue(a, name, "quorum", **RETRY)
        s.send(a, name, "m")
        s.get(a, name, no_ack=False)
        s.add(SettleHeld(a, how, 0))
        s.look(a, name)
        s.wait(300)
        s.get(a, name)
        s.wait(700)
        s.get(a, name, no_ack=False)
        s.add(SettleHeld(a, how, 0))
        s.wait(900)
        s.get(a, name)
        s.wait(600)
        s.get(a, name)


@ROWS("AK-10")
def delay_by_type(s: Script) -> None:
    for kind in ("all", "failed", "returned", "other"):
        for how in ("reject", "nack"):
            a, name = s.new(), f"~{kind}.{how}"
            s.queue(a, name, "quorum", **{**RETRY, "delayed_retry_type": kind})
            s.send(a, name, "m")
            s.get(a, name, no_ack=False)
            s.add(SettleHeld(a, how, 0))
            s.get(a, name)
            s.wait(1000)
            s.get(a, name)


@ROWS("AK-10")
def delay_without_least_or_most(s: Script) -> None:
    for number, given in enumerate(
        (
            {"delayed_retry_min": 500},
            {"delayed_retry_max": 500},
            {"delayed_retry_min": 5000, "delayed_retry_max": 500},
        )
    ):
        a, name = s.new(), f"~{number}"
        s.queue(a, name, "quorum", delayed_retry_type="all", **given)
        s.send(a, name, "m")
        for _ in range(2):
            s.get(a, name, no_ack=False)
            s.add(SettleHeld(a, "reject", 0))
            s.get(a, name, no_ack=False)
            s.wait(900)
        s.get(a, name)


@ROWS("AK-10")
def delayed_takes_its_place(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", max_length=2, **RETRY)
    s.send(a, "~q", "1", "2")
    s.get(a, "~q", no_ack=False)
    s.add(SettleHeld(a, "reject", 0))
    s.send(a, "~q", "3")
    s.wait(200)
    s.look(a, "~q")
    s.add(amqp.QueuePurge(a, "~q"))
    s.wait(900)
    s.look(a, "~q")


@ROWS("AK-10")
def delayed_is_overtaken(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", delivery_limit=1, **RETRY)
    s.send(a, "~q", "1")
    s.get(a, "~q", no_ack=False)
    s.add(SettleHeld(a, "reject", 0))
    s.send(a, "~q", "2", "3")
    s.get(a, "~q")
    s.wait(1000)
    s.get(a, "~q", no_ack=False)
    s.add(SettleHeld(a, "reject", 0))
    s.get(a, "~q", 2)


@ROWS("AK-10")
def delayed_on_a_classic_queue(s: Script) -> None:
    s.queue(s.new(), "~q", **RETRY)
