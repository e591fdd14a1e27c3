"""Catalogue part A6: priority queues."""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


@ROWS("PR-01")
def classic_priorities(s: Script) -> None:
    a = s.new()
    s.queue(a, "~p", max_priority=5)
    s.queue(a, "~f")
    for name in ("~p", "~f"):
        for number, priority in enumerate((None, 3, 5, 9, 0, 3, 1)):
            s.send(a, name, f"m{number}", priority=priority)
        b = s.second(a)
        s.get(b, name, 2, no_ack=False)
        s.add(amqp.BasicNack(b, 2), amqp.BasicNack(b, 1))
        s.get(a, name, 8)
    s.add(amqp.BasicQos(a, 2))
    s.consume(a, "~p", "t")
    s.send(a, "~p", "lo0", "lo1")
    s.send(a, "~p", "lo2")
    s.send(a, "~p", "HI", priority=5)
    s.add(amqp.BasicAck(a, 17), amqp.BasicAck(a, 18))


@ROWS("PR-01")
def expired_behind_a_higher_priority(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", max_priority=5)
    s.send(a, "~q", "high", priority=5)
    s.send(a, "~q", "low", priority=0, expiration="0")
    s.look(a, "~q")
    s.send(a, "~q", "later", priority=1, expiration="300")
    s.wait(700)
    s.look(a, "~q")
    s.get(a, "~q", 3)


@ROWS("PR-02")
def which_is_dropped(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        given = {"max_priority": 5} if kind == "classic" else {}
        s.queue(a, f"~dead-{kind}")
        s.queue(
            a, f"~{kind}", kind, max_length=2, dead_letter_exchange="",
            dead_letter_routing_key=f"~dead-{kind}", **given,
        )  # fmt: skip
        s.send(a, f"~{kind}", "lo1", priority=0)
        s.send(a, f"~{kind}", "hi1", priority=5)
        s.send(a, f"~{kind}", "lo2", priority=0)
        s.get(a, f"~dead-{kind}", 2)
        s.get(a, f"~{kind}", 3)


@ROWS("PR-04")
def expired_behind_a_higher_priority_on_quorum(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.send(a, "~q", "high", priority=9)
    s.send(a, "~q", "low", priority=0, expiration="300")
    s.wait(700)
    s.look(a, "~q")
    s.get(a, "~q", 3)


@ROWS("PR-04")
def quorum_priorities(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    for number in range(6):
        s.send(a, "~q", f"lo{number}", priority=1)
    for number in range(6):
        s.send(a, "~q", f"hi{number}", priority=9)
    s.get(a, "~q", 13)
    for number, priority in enumerate((None, 4, 5, 3, 255, 31, 32, 0)):
        s.send(a, "~q", f"m{number}", priority=priority)
    s.get(a, "~q", 9)
