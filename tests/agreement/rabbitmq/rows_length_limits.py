"""Catalogue part A3: length limits and what happens at them."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Confirms, Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


def _dead(s: Script, channel: str, name: str, kind: str = "", **given: Any) -> None:
    s.queue(channel, "~dead")
    s.queue(channel, name, kind, dead_letter_exchange="", dead_letter_routing_key="~dead", **given)


def _max_length(s: Script, kind: str) -> None:
    a = s.new()
    _dead(s, a, "~q", kind, max_length=2)
    s.send(a, "~q", "1", "2")
    s.get(a, "~q", no_ack=False)
    s.send(a, "~q", "3", "4", "5")
    s.look(a, "~q")
    s.get(a, "~dead", 3)
    s.add(amqp.BasicNack(a, 1))
    s.get(a, "~q", 3)
    s.get(a, "~dead", 3)


@ROWS("LN-01")
def longest_classic(s: Script) -> None:
    _max_length(s, "classic")


@ROWS("LN-01")
def longest_quorum(s: Script) -> None:
    _max_length(s, "quorum")


@ROWS("LN-01")
def bytes_of_classic(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", max_length_bytes=10)
    s.send(a, "~q", "12345", "67890")
    s.look(a, "~q")
    s.send(a, "~q", "x")
    s.look(a, "~q")
    s.send(a, "~q", "far too long")
    s.look(a, "~q")
    s.get(a, "~dead", 5)


@ROWS("LN-01")
def several_dropped_at_once(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", "quorum", max_length_bytes=40)
    s.send(a, "~q", "aaaaa", "bbbbb", "ccccc")
    s.send(a, "~q", "d" * 36)
    s.look(a, "~q")
    s.get(a, "~dead", 5)


@ROWS("LN-01")
def length_zero(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~q", max_length=0)
    s.send(a, "~q", "nobody")
    s.add(amqp.BasicQos(a, 1))
    s.consume(a, "~q", "t")
    s.send(a, "~q", "handed", "too many")
    s.get(a, "~dead", 3)


@ROWS("LN-01")
def requeue_at_length_zero(s: Script) -> None:
    """Dropped before anybody gets it again, but not by a quorum queue (generated)."""
    for kind in ("classic", "quorum"):
        a = s.new()
        s.queue(a, f"~{kind}", kind, max_length=0)
        s.add(amqp.BasicQos(a, 2))
        s.consume(a, f"~{kind}", "t")
        s.send(a, f"~{kind}", "1", "2")
        s.add(amqp.BasicNack(a, 2, True, True))
        s.look(a, f"~{kind}")


@ROWS("LN-03")
def refusing_at_length_zero(s: Script) -> None:
    """Whoever waits (generated)."""
    for kind in ("classic", "quorum"):
        a = s.new()
        s.queue(a, f"~{kind}", kind, max_length=0, overflow="reject-publish")
        s.consume(a, f"~{kind}", "t")
        s.send(a, f"~{kind}", "1", "2")


@ROWS("LN-03")
def publishes_refused(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "fanout")
    _dead(s, a, "~c", "classic", max_length=1, overflow="reject-publish")
    s.queue(a, "~free")
    s.bind(a, "~c", "~x")
    s.bind(a, "~free", "~x")
    s.confirm(a)
    for body in ("1", "2"):
        s.publish(a, "~x", "", body, True)
    s.add(Confirms(a, 2))
    s.get(a, "~free", 3)
    s.get(a, "~c", 2)
    s.get(a, "~dead")
    b = s.new()
    s.publish(b, "", "~c", "3")
    s.publish(b, "", "~c", "4")
    s.look(b, "~c")


@ROWS("LN-03")
def quorum_refuses_late(s: Script) -> None:
    a, b = s.new(), s.new()
    s.confirm(a)
    s.confirm(b)
    s.queue(a, "~q", "quorum", max_length=5, overflow="reject-publish")
    for number in range(8):
        s.send(a, "~q", f"a{number}")
        s.add(Confirms(a, 1))
    for number in range(4):
        s.get(a, "~q")
        s.send(b, "~q", f"b{number}")
        s.add(Confirms(b, 1))
        s.look(a, "~q")


@ROWS("LN-03")
def refused_and_dead_lettered(s: Script) -> None:
    a = s.new()
    _dead(s, a, "~c", "classic", max_length=1, overflow="reject-publish-dlx")
    s.confirm(a)
    s.send(a, "~c", "1", "2")
    s.add(Confirms(a, 2))
    s.get(a, "~dead", 2)


@ROWS("LN-05")
def bytes_of_quorum(s: Script) -> None:
    a = s.new()
    given: dict[str, dict[str, Any]] = {
        "none": {},
        "id": {"message_id": "m" * 50},
        "header": {"headers": {"h": "v" * 50}},
    }
    for word, properties in given.items():
        for limit in (4, 5, 6, 7, 57, 58, 67, 68):
            name = f"~{word}{limit}"
            s.queue(a, name, "quorum", max_length_bytes=limit)
            s.send(a, name, "12345", **properties)
            s.look(a, name)
