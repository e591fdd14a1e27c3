"""AMQP 1.0 beside AMQP 0-9-1: addresses, outcomes, credit, and what a message is in the other."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()
SPOKEN = "amqp_1_0"


def _client(s: Script, name: str = "m") -> str:
    s.speak(name, SPOKEN, "connect")
    return name


def _settle(s: Script, nth: int, outcome: str, **given: bool) -> None:
    s.speak("m", SPOKEN, "settle", nth=nth, outcome=outcome, **given)


@ROWS("MS-07", since="4.0")
def addresses_of_amqp_1_0(s: Script) -> None:
    """A session each, since 4.0 ends one for a wrong address, where 4.3 ends the link."""
    a = s.new()
    s.queue(a, "~q")
    s.queue(a, "~sp%2Fa ce")
    s.exchange(a, "~x", "topic")
    s.bind(a, "~q", "~x", "k.#")
    senders = (
        "/queues/~q", "/queues/~none", "/queues/~sp%252Fa%20ce", "/exchanges/~x/k.1",
        "/exchanges/~x", "/exchanges/~none/k", "/exchanges/~x/other", "/wat/x", "/queue/~q",
        "/amq/queue/~q", "/amq/queue/~none", "/queue/~made", "/exchange/~x/k.1", "/exchange/~x",
        "/exchange/~none/k", "/topic/~k", "~q",
    )  # fmt: skip
    for number, address in enumerate(senders):
        client = _client(s, f"s{number}")
        s.speak(client, SPOKEN, "sender", link="s", address=address)
        s.speak(client, SPOKEN, "send", link="s", body=address)
    receivers = (
        "/queues/~q", "/queues/~none", "/exchanges/~x/k.1", "/queue/~q", "/amq/queue/~q",
        "/amq/queue/~none", "/exchange/~x/k.1", "/exchange/~none/k", "/topic/~k",
    )  # fmt: skip
    for number, address in enumerate(receivers):
        client = _client(s, f"r{number}")
        s.speak(client, SPOKEN, "receiver", link="r", address=address, credit=1)
    s.publish(a, "~x", "k.1", "to whom it may concern")
    s.publish(a, "amq.topic", "~k", "topic")


@ROWS("MS-07", since="4.0")
def modified_as_failed(s: Script) -> None:
    """Redelivered, and counted where the queue counts it."""
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind)
        s.send(a, f"~{kind}", "m")
        s.wait(100)
        s.speak(kind, SPOKEN, "connect")
        s.speak(kind, SPOKEN, "receiver", link="r", address=f"/queues/~{kind}", credit=1)
        s.wait(100)
        s.speak(kind, SPOKEN, "settle", nth=0, outcome="modified", failed=True)
        s.speak(kind, SPOKEN, "flow", link="r", credit=1)
        s.wait(100)


@ROWS("AM-01", since="4.0")
def to_0_9_1(s: Script) -> None:
    """What a message of AMQP 1.0 is for a client of AMQP 0-9-1."""
    a = s.new()
    s.queue(a, "~q")
    s.speak(_client(s), SPOKEN, "sender", link="s", address="/queues/~q")
    messages: tuple[dict[str, Any], ...] = (
        {}, {"durable": True}, {"priority": 7}, {"ttl": 60.0},
        {"id": "m1", "correlation_id": "c1", "subject": "s", "reply_to": "/queues/~r"},
        {"content_type": "text/plain", "creation_time": 100.0,
         "group_id": "g"},
        {"properties": {"a": 1, "b": "t", "c": True, "d": 1.5, "e": None}},
    )  # fmt: skip
    for given in messages:
        s.speak("m", SPOKEN, "send", link="s", body="body", **given)
        s.get(a, "~q")


@ROWS("AM-02", since="4.0")
def from_0_9_1(s: Script) -> None:
    """And the other way round."""
    a = s.new()
    s.queue(a, "~q")
    s.speak(_client(s), SPOKEN, "receiver", link="r", address="/queues/~q")
    messages: tuple[dict[str, Any], ...] = (
        {}, {"delivery_mode": 2}, {"delivery_mode": 1, "priority": 3}, {"expiration": "60000"},
        {"message_id": "m", "correlation_id": "c", "reply_to": "~rr", "content_type": "ct",
         "type": "tt", "app_id": "ap", "timestamp": 100},
        {"headers": {"a": 1, "b": "t", "c": True, "x-z": "w", "n": None, "l": [1]}},
    )  # fmt: skip
    for given in messages:
        s.send(a, "~q", "body", **given)


@ROWS("AM-03", since="4.0")
def outcomes_of_a_reader(s: Script) -> None:
    """Released and modified come back, rejected and undeliverable here are dead-lettered."""
    a = s.new()
    outcomes: tuple[tuple[str, dict[str, bool]], ...] = (
        ("accepted", {}), ("rejected", {}), ("released", {}), ("modified", {}),
        ("modified", {"undeliverable": True}),
        ("modified", {"undeliverable": True, "failed": True}),
    )  # fmt: skip
    for kind in ("classic", "quorum"):
        s.queue(a, f"~dead-{kind}")
        for number, (outcome, given) in enumerate(outcomes):
            name, client = f"~{kind}{number}", f"{kind}{number}"
            s.queue(a, name, kind, dead_letter_exchange="", dead_letter_routing_key=f"~dead-{kind}")
            s.send(a, name, "m")
            s.wait(100)
            s.speak(client, SPOKEN, "connect")
            s.speak(client, SPOKEN, "receiver", link="r", address=f"/queues/{name}", credit=1)
            s.wait(100)
            s.speak(client, SPOKEN, "settle", nth=0, outcome=outcome, **given)
            s.speak(client, SPOKEN, "flow", link="r", credit=1)
            s.wait(100)
            s.get(a, f"~dead-{kind}")


@ROWS("AM-04", since="4.0")
def link_credit(s: Script) -> None:
    """Settling gives no credit back; detaching gives what is unsettled back to the queue."""
    for kind in ("classic", "quorum"):
        a = s.new()
        s.queue(a, f"~{kind}", kind)
        s.send(a, f"~{kind}", *"1234567")
        s.wait(100)
        s.speak(kind, SPOKEN, "connect")
        s.speak(kind, SPOKEN, "receiver", link="r", address=f"/queues/~{kind}", credit=2)
        s.wait(100)
        s.speak(kind, SPOKEN, "settle", nth=0, outcome="accepted")
        s.wait(100)
        s.speak(kind, SPOKEN, "flow", link="r", credit=2)
        s.wait(100)
        s.look(a, f"~{kind}")
        s.speak(kind, SPOKEN, "detach", link="r")
        s.wait(100)
        s.get(a, f"~{kind}", 7)


@ROWS("AM-05", since="4.0")
def outcomes_of_a_publish(s: Script) -> None:
    """Rejected where a queue refuses; where a message says itself where it goes to, too."""
    a = s.new()
    s.queue(a, "~full", max_length=0, overflow="reject-publish")
    s.queue(a, "~q")
    s.exchange(a, "~f", "fanout")
    s.exchange(a, "~none", "fanout")
    s.bind(a, "~full", "~f")
    s.bind(a, "~q", "~f")
    for number, address in enumerate(("/queues/~full", "/exchanges/~f", "/exchanges/~none/k")):
        client = _client(s, f"s{number}")
        s.speak(client, SPOKEN, "sender", link="s", address=address)
        s.speak(client, SPOKEN, "send", link="s", body="m")
    client = _client(s, "anonymous")
    s.speak(client, SPOKEN, "sender", link="s", address=None)
    for given in ({"address": "/queues/~q"}, {"address": "/exchanges/~none"}, {}):
        s.speak(client, SPOKEN, "send", link="s", body="m", **given)
    s.get(a, "~q", 3)


@ROWS("AM-06", since="4.0")
def queue_gone_under_its_links(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.speak(_client(s), SPOKEN, "receiver", link="r", address="/queues/~q")
    s.speak("m", SPOKEN, "sender", link="s", address="/queues/~q")
    s.add(amqp.QueueDelete(a, "~q"))
    s.wait(300)
    s.speak("m", SPOKEN, "send", link="s", body="m")
