"""Catalogue part A4: dead-lettering, and what a dead letter still knows."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Confirms, Script, SettleHeld

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()
AT_LEAST_ONCE = {"dead_letter_strategy": "at-least-once", "overflow": "reject-publish"}


def _dead(s: Script, channel: str, name: str, kind: str = "", **given: Any) -> None:
    s.queue(channel, "~dead")
    s.queue(channel, name, kind, dead_letter_exchange="", dead_letter_routing_key="~dead", **given)


@ROWS("DL-01")
def returned_then_expired(s: Script) -> None:
    """What of its deliveries a dead letter still knows."""
    for source in ("classic", "quorum"):
        for target in ("classic", "quorum"):
            for how in ("reject", "nack", "close"):
                name = f"{source}.{target}.{how}"
                a, b = s.new(), s.new()
                s.queue(a, f"~dead.{name}", target)
                s.queue(a, f"~{name}", source, message_ttl=700, dead_letter_exchange="",
                        dead_letter_routing_key=f"~dead.{name}")  # fmt: skip
                s.send(a, f"~{name}", "m")
                s.get(b, f"~{name}", no_ack=False)
                if how == "close":
                    s.add(amqp.ChannelClose(b))
                else:
                    s.add(SettleHeld(b, how, 0))
                s.wait(900)
                s.get(s.new(), f"~dead.{name}")


@ROWS("DL-01")
def several_returns_then_expired(s: Script) -> None:
    for number, ways in enumerate((("nack", "reject"), ("reject", "nack"), ("reject", "reject"))):
        for source in ("classic", "quorum"):
            name = f"{source}.{number}"
            a = s.new()
            s.queue(a, f"~dead.{name}", "quorum", delivery_limit=3)
            s.queue(a, f"~{name}", source, message_ttl=4000, dead_letter_exchange="",
                    dead_letter_routing_key=f"~dead.{name}")  # fmt: skip
            s.send(a, f"~{name}", "m")
            for how in ways:
                s.get(a, f"~{name}", no_ack=False)
                s.add(SettleHeld(a, how, 0))
            s.wait(4000)
            for _ in range(4):
                s.get(a, f"~dead.{name}", no_ack=False)
                s.add(SettleHeld(a, "reject", 0))


@ROWS("DL-01")
def beyond_the_limit_into_a_quorum_queue(s: Script) -> None:
    a = s.new()
    s.queue(a, "~dead", "quorum", delivery_limit=2)
    s.queue(a, "~q", "quorum", delivery_limit=1, dead_letter_exchange="",
            dead_letter_routing_key="~dead")  # fmt: skip
    s.send(a, "~q", "m")
    for _ in range(2):
        s.get(a, "~q", no_ack=False)
        s.add(SettleHeld(a, "reject", 0))
    for _ in range(3):
        s.get(a, "~dead", no_ack=False)
        s.add(SettleHeld(a, "reject", 0))


@ROWS("DL-01")
def rejected_into_a_quorum_queue(s: Script) -> None:
    for source in ("classic", "quorum"):
        for how in ("reject", "nack"):
            name = f"{source}.{how}"
            a = s.new()
            s.queue(a, f"~dead.{name}", "quorum", delivery_limit=2)
            s.queue(a, f"~{name}", source, dead_letter_exchange="",
                    dead_letter_routing_key=f"~dead.{name}")  # fmt: skip
            s.send(a, f"~{name}", "m")
            s.get(a, f"~{name}", no_ack=False)
            s.add(SettleHeld(a, "reject", 0))
            s.get(a, f"~{name}", no_ack=False)
            s.add(SettleHeld(a, how, 0, requeue=False))
            for _ in range(3):
                s.get(a, f"~dead.{name}", no_ack=False)
                s.add(SettleHeld(a, "reject", 0))


@ROWS("DL-01")
def expired_while_held(s: Script) -> None:
    """By the time it comes back it is too old; its last return is no failure then."""
    for source in ("classic", "quorum"):
        for target in ("classic", "quorum"):
            for how in ("reject", "nack", "recover", "close"):
                name = f"{source}.{target}.{how}"
                a, b = s.new(), s.new()
                s.queue(a, f"~dead.{name}", target)
                s.queue(a, f"~{name}", source, dead_letter_exchange="",
                        dead_letter_routing_key=f"~dead.{name}")  # fmt: skip
                s.send(a, f"~{name}", "m", expiration="300")
                s.get(b, f"~{name}", no_ack=False)
                s.wait(500)
                if how == "close":
                    s.add(amqp.ChannelClose(b))
                elif how == "recover":
                    s.add(amqp.BasicRecover(b, True))
                else:
                    s.add(SettleHeld(b, how, 0))
                s.get(s.new(), f"~dead.{name}")


@ROWS("DL-01")
def expired_while_consumed(s: Script) -> None:
    """A classic queue that hands a dead letter out at once does not call it redelivered."""
    for source, target in (("classic", "classic"), ("quorum", "classic"), ("classic", "quorum")):
        for consumed in (True, False):
            name = f"{source}.{target}.{consumed}"
            a, b, c = s.new(), s.new(), s.new()
            s.queue(a, f"~dead.{name}", target)
            s.queue(a, f"~{name}", source, dead_letter_exchange="",
                    dead_letter_routing_key=f"~dead.{name}")  # fmt: skip
            s.consume(b, f"~{name}", "t")
            s.send(a, f"~{name}", "m", expiration="0")
            s.add(amqp.BasicQos(c, 1))
            s.consume(c, f"~dead.{name}", "u")
            if not consumed:
                s.send(a, f"~dead.{name}", "first")
            s.wait(300)
            s.queue(b, f"~{name}", source, max_length=9)
            s.add(SettleHeld(c, "nack", 0), SettleHeld(c, "ack", 0), SettleHeld(c, "ack", 0))


@ROWS("DL-01")
def dead_letter_after_the_direct_copies(s: Script) -> None:
    """One publish to two queues; what dies in the first comes to the second later (generated)."""
    a = s.new()
    s.queue(a, "~a", "quorum", dead_letter_exchange="", dead_letter_routing_key="~b")
    s.queue(a, "~b")
    for queue in ("~a", "~b"):
        s.exchange(a, "~x", "fanout")
        s.bind(a, queue, "~x")
    s.consume(a, "~b", "t")
    s.publish(a, "~x", "", "m", expiration="0")


@ROWS("DL-01")
def dead_letter_before_the_first_direct_copy(s: Script) -> None:
    """A quorum queue gets a channel's first publish a round later (generated)."""
    for kind in ("classic", "quorum"):
        a = s.new()
        s.queue(a, f"~dead.{kind}", kind)
        s.queue(a, f"~{kind}", max_length=0, dead_letter_exchange="",
                dead_letter_routing_key=f"~dead.{kind}")  # fmt: skip
        s.exchange(a, f"~x.{kind}", "fanout")
        for queue in (f"~dead.{kind}", f"~{kind}"):
            s.bind(a, queue, f"~x.{kind}")
        for body in ("1", "2"):
            s.publish(a, f"~x.{kind}", "", body)
        s.get(a, f"~dead.{kind}", 4)


@ROWS("DL-01")
def dead_letters_into_a_stream(s: Script) -> None:
    """On 3.10 they are lost, unless they are to be taken at least once."""
    for name, kind, given in (
        ("classic", "classic", {}), ("quorum", "quorum", {}), ("worker", "quorum", AT_LEAST_ONCE),
    ):  # fmt: skip
        a = s.new()
        s.queue(a, f"~dead.{name}", "stream")
        s.queue(a, f"~{name}", kind, message_ttl=100, dead_letter_exchange="",
                dead_letter_routing_key=f"~dead.{name}", **given)  # fmt: skip
        s.send(a, f"~{name}", "m")
        s.wait(900)
        s.add(amqp.BasicQos(a, 9))
        s.consume(a, f"~dead.{name}", "t", stream_offset="first")


@ROWS("DL-01")
def what_is_dead_lettered(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", "classic")
    s.send(a, "~q", "rejected", "nacked", "requeued", expiration="60000", delivery_mode=2)
    s.get(a, "~q", 2, no_ack=False)
    s.add(amqp.BasicReject(a, 1, False), amqp.BasicNack(a, 2, False, False))
    s.get(a, "~q", no_ack=False)
    s.add(amqp.BasicNack(a, 3))
    s.get(a, "~dead", 3)
    s.add(amqp.QueuePurge(a, "~q"))
    s.send(a, "~q", "deleted")
    s.add(amqp.QueueDelete(a, "~q"))
    s.get(a, "~dead")


@ROWS("DL-01")
def delivery_limit(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", "quorum", delivery_limit=2)
    s.send(a, "~q", "m")
    for number in range(1, 5):
        s.get(a, "~q", no_ack=False)
        s.add(amqp.BasicReject(a, number))
    s.get(s.new(), "~dead", 2)


@ROWS("DL-01")
def deleted_queue_dead_letters_nothing(s: Script) -> None:
    """Also not what was out and is rejected afterwards."""
    for kind in ("classic", "quorum"):
        a = s.new()
        s.queue(a, f"~dead-{kind}")
        s.queue(
            a, f"~{kind}", kind, dead_letter_exchange="", dead_letter_routing_key=f"~dead-{kind}"
        )
        s.send(a, f"~{kind}", "1", "2", "3")
        s.get(a, f"~{kind}", no_ack=False)
        s.consume(s.second(a), f"~{kind}", "t")
        s.add(amqp.QueueDelete(a, f"~{kind}"), amqp.BasicNack(a, 1, requeue=False))
        s.wait(300)
        s.look(a, f"~dead-{kind}")


@ROWS("DL-02")
def deaths_in_a_loop(s: Script) -> None:
    a = s.new()
    s.queue(a, "~work", dead_letter_exchange="", dead_letter_routing_key="~wait")
    s.queue(a, "~wait", dead_letter_exchange="", dead_letter_routing_key="~work", message_ttl=200)
    s.send(a, "~work", "m", headers={"CC": ["c"], "BCC": ["b"]}, expiration="60000")
    for number in range(1, 4):
        s.get(a, "~work", no_ack=False)
        s.add(amqp.BasicReject(a, number, False))
        s.wait(500)
    s.get(a, "~work")


@ROWS("DL-04")
def dead_letter_keys(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "direct")
    for key in ("k", "c", "b", "new"):
        s.queue(a, f"~{key}")
        s.bind(a, f"~{key}", "~x", key)
    s.queue(a, "~keyed", dead_letter_exchange="~x", dead_letter_routing_key="new")
    s.queue(a, "~plain", dead_letter_exchange="~x")
    s.exchange(a, "~in", "fanout")
    s.bind(a, "~keyed", "~in")
    s.bind(a, "~plain", "~in")
    s.publish(a, "~in", "k", "m", headers={"CC": ["c"], "BCC": ["b"]})
    s.get(a, "~keyed", no_ack=False)
    s.get(a, "~plain", no_ack=False)
    s.add(amqp.BasicReject(a, 1, False), amqp.BasicReject(a, 2, False))
    for key in ("k", "c", "b", "new"):
        s.get(a, f"~{key}", 2)


@ROWS("DL-04")
def hidden_key_that_is_the_routing_key_too(s: Script) -> None:
    """From 4.0 it is told after the others (generated)."""
    a = s.new()
    s.queue(a, "~dead")
    s.queue(a, "~q", dead_letter_exchange="", dead_letter_routing_key="~dead")
    s.exchange(a, "~x", "topic")
    s.bind(a, "~q", "~x", "#")
    s.publish(a, "~x", "b", "m", headers={"CC": ["a.b"], "BCC": ["b"]}, expiration="0")
    s.wait(100)
    s.get(a, "~dead")


@ROWS("DL-05")
def dead_letters_to_nowhere(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", dead_letter_exchange="~none")
    s.exchange(a, "~x", "direct")
    s.queue(a, "~r", dead_letter_exchange="~x")
    for name in ("~q", "~r"):
        s.send(a, name, "m")
        s.get(a, name, no_ack=False)
    s.add(amqp.BasicReject(a, 1, False), amqp.BasicReject(a, 2, False))
    s.look(a, "~q")
    s.look(a, "~r")


@ROWS("DL-05")
def automatic_cycle(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", dead_letter_exchange="", dead_letter_routing_key="~q", message_ttl=200)
    s.send(a, "~q", "m")
    s.wait(600)
    s.look(a, "~q")


def _with_failures(s: Script, **given: Any) -> None:
    for returned in (0, 1):
        for how in ("reject", "nack", "expire"):
            name = f"{how}.{returned}"
            a = s.new()
            s.queue(a, f"~dead.{name}", "quorum", delivery_limit=2)
            s.queue(a, f"~{name}", "quorum", dead_letter_exchange="",
                    dead_letter_routing_key=f"~dead.{name}", **given)  # fmt: skip
            s.send(a, f"~{name}", "m", expiration="700")
            for _ in range(returned):
                s.get(a, f"~{name}", no_ack=False)
                s.add(SettleHeld(a, "reject", 0))
            if how == "expire":
                s.wait(900)
            else:
                s.get(a, f"~{name}", no_ack=False)
                s.add(SettleHeld(a, how, 0, requeue=False))
                s.wait(300)
            for _ in range(3):
                s.get(a, f"~dead.{name}", no_ack=False)
                s.add(SettleHeld(a, "reject", 0))


@ROWS("DL-01")
def dead_letters_with_failures(s: Script) -> None:
    """What of its deliveries a dead letter still knows."""
    _with_failures(s)


@ROWS("DL-07")
def at_least_once_with_failures(s: Script) -> None:
    """The same of one that a worker took on."""
    _with_failures(s, **AT_LEAST_ONCE)


@ROWS("DL-01")
def dead_letters_back_where_they_were(s: Script) -> None:
    """A rejection breaks the cycle."""
    for how in ("reject", "nack"):
        for kind in ("classic", "quorum"):
            a, b = s.new(), s.new()
            name = f"~{how}.{kind}"
            s.exchange(a, name, "fanout")
            s.queue(a, name, kind, dead_letter_exchange=name)
            s.bind(a, name, name)
            s.send(a, name, "m")
            s.consume(b, name, "t")
            s.add(SettleHeld(b, how, 0, requeue=False), SettleHeld(b, how, 0, requeue=False))


@ROWS("DL-07")
def at_least_once(s: Script) -> None:
    a = s.new()
    s.queue(a, "~dead")
    for number, given in enumerate((AT_LEAST_ONCE, {"dead_letter_strategy": "at-least-once"})):
        name = f"~q{number}"
        s.queue(a, name, "quorum", dead_letter_exchange="", dead_letter_routing_key="~dead",
                message_ttl=300, **given)  # fmt: skip
        s.send(a, name, "m")
        s.wait(900)
        s.look(a, name)
        s.get(a, "~dead")


@ROWS("DL-07")
def stuck_dead_letters_take_their_place(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", dead_letter_exchange="", dead_letter_routing_key="~none",
            max_length=3, **AT_LEAST_ONCE)  # fmt: skip
    s.send(a, "~q", "1", "2", "3")
    for _ in range(3):
        s.get(a, "~q", no_ack=False)
    for _ in range(3):
        s.add(SettleHeld(a, "reject", 0, requeue=False))
    s.wait(500)
    s.look(a, "~q")
    b = s.new()
    s.confirm(b)
    for body in ("4", "5", "6"):
        s.send(b, "~q", body)
        s.add(Confirms(b, 1))
        s.wait(300)
    s.look(a, "~q")


@ROWS("DL-07")
def purge_of_stuck_dead_letters(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum", dead_letter_exchange="", dead_letter_routing_key="~none",
            max_length=2, **AT_LEAST_ONCE)  # fmt: skip
    s.send(a, "~q", "1", "2")
    s.get(a, "~q", no_ack=False)
    s.add(SettleHeld(a, "reject", 0, requeue=False))
    s.wait(300)
    s.add(amqp.QueuePurge(a, "~q"))
    s.look(a, "~q")
    s.add(amqp.QueuePurge(a, "~q"))
    b = s.new()
    s.confirm(b)
    for body in ("3", "4", "5", "6"):
        s.send(b, "~q", body)
        s.add(Confirms(b, 1))
        s.wait(200)
    s.look(a, "~q")


@ROWS("DL-07")
def one_target_refuses(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~dlx", "fanout")
    s.queue(a, "~full", "quorum", max_length=1, overflow="reject-publish")
    s.queue(a, "~free")
    s.bind(a, "~full", "~dlx")
    s.bind(a, "~free", "~dlx")
    s.send(a, "~full", "1", "2")
    s.queue(a, "~q", "quorum", dead_letter_exchange="~dlx", **AT_LEAST_ONCE)
    s.send(a, "~q", "m")
    s.get(a, "~q", no_ack=False)
    s.add(SettleHeld(a, "reject", 0, requeue=False))
    s.wait(500)
    s.look(a, "~q")
    s.look(a, "~full")
    s.get(a, "~free")
