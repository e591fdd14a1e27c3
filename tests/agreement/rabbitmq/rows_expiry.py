"""Catalogue part A3: times to live."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


def _dead(s: Script, channel: str, name: str, kind: str = "", **given: Any) -> None:
    s.queue(channel, "~dead")
    s.queue(channel, name, kind, dead_letter_exchange="", dead_letter_routing_key="~dead", **given)


def _expires_at_the_head(s: Script, kind: str) -> None:
    a = s.new()
    _dead(s, a, "~q", kind)
    s.send(a, "~q", "A")
    s.send(a, "~q", "B", expiration="200")
    s.send(a, "~q", "C")
    s.wait(900)
    s.look(a, "~q")
    s.get(a, "~q", no_ack=False)
    s.wait(300)
    s.get(a, "~q", no_ack=False)
    s.get(a, "~dead", 2)


@ROWS("TL-01")
def expiration_texts(s: Script) -> None:
    s.queue(s.new(), "~q")
    for text in ("0", "+5", "", "abc", "-1", "1.5", " 5", "5 ", "315360000000", "315360000001"):
        s.send(s.new(), "~q", "m", expiration=text)


@ROWS("TL-02")
def head_of_classic(s: Script) -> None:
    _expires_at_the_head(s, "classic")


@ROWS("TL-02")
def head_of_quorum(s: Script) -> None:
    _expires_at_the_head(s, "quorum")


@ROWS("TL-02")
def mixed_delays(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~dead-{kind}")
        s.queue(
            a, f"~{kind}", kind, dead_letter_exchange="", dead_letter_routing_key=f"~dead-{kind}"
        )
        s.send(a, f"~{kind}", "slow", expiration="1500")
        s.send(a, f"~{kind}", "fast", expiration="200")
    s.wait(500)
    s.look(a, "~dead-classic")
    s.look(a, "~dead-quorum")
    s.wait(1500)
    s.get(a, "~dead-classic", 3)
    s.get(a, "~dead-quorum", 3)


@ROWS("TL-02")
def expired_before_others_that_wait(s: Script) -> None:
    """Its priority takes it to the head, where nothing looks at it until it is handed out
    (generated)."""
    a = s.new()
    s.queue(a, "~q", max_priority=5)
    s.send(a, "~q", "waits")
    s.send(a, "~q", "late", priority=5, expiration="0")
    s.send(a, "~q", "later", priority=4, expiration="300")
    s.wait(600)
    s.look(a, "~q")
    s.get(a, "~q", 3)


@ROWS("TL-03")
def lower_of_two(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind, message_ttl=1000)
        s.send(a, f"~{kind}", "own", expiration="300")
        s.send(a, f"~{kind}", "queue's", expiration="60000")
    s.wait(550)
    s.look(a, "~classic")
    s.look(a, "~quorum")
    s.wait(1000)
    s.look(a, "~classic")
    s.look(a, "~quorum")


@ROWS("TL-03")
def now_or_never(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", message_ttl=0)
    s.add(amqp.BasicQos(a, 1))
    s.consume(a, "~q", "t")
    s.send(a, "~q", "first", "second")
    s.wait(200)
    s.get(a, "~dead", 2)


@ROWS("TL-04")
def unacked_do_not_expire(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~dead-{kind}")
        s.queue(
            a, f"~{kind}", kind, dead_letter_exchange="", dead_letter_routing_key=f"~dead-{kind}",
            message_ttl=300,
        )  # fmt: skip
        s.send(a, f"~{kind}", "m")
        s.get(a, f"~{kind}", no_ack=False)
    s.wait(700)
    s.add(amqp.BasicNack(a, 1), amqp.BasicNack(a, 2))
    s.wait(300)
    for kind in ("classic", "quorum"):
        s.look(a, f"~{kind}")
        s.get(a, f"~dead-{kind}", 2)
