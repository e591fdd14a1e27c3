"""Catalogue parts A5 and A6: prefetch, whose turn it is, and single active consumers."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Many, Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


def _turns(s: Script, kind: str) -> None:
    a = s.new()
    s.queue(a, "~q", kind)
    for number, prefetch in enumerate((2, 2, 1)):
        c = s.second(a)
        s.add(amqp.BasicQos(c, prefetch))
        s.consume(c, "~q", f"t{number}")
    s.send(a, "~q", *"01234567")
    s.add(amqp.BasicAck("c1.3", 1), amqp.BasicAck("c1.4", 1), amqp.BasicAck("c1.2", 2, True))


def _single_active(s: Script, kind: str) -> None:
    a = s.new()
    s.queue(a, "~q", kind, single_active_consumer=True)
    readers = [s.second(a) for _ in range(3)]
    for reader in readers:
        s.add(amqp.BasicQos(reader, 2))
        s.consume(reader, "~q", f"t-{reader}")
    s.send(a, "~q", *"01")
    s.add(amqp.BasicAck(readers[0], 1))
    s.add(amqp.BasicCancel(readers[0], f"t-{readers[0]}"))
    s.send(a, "~q", *"23")
    s.add(amqp.BasicAck(readers[0], 2))
    s.add(amqp.ChannelClose(readers[1]))
    s.add(amqp.BasicAck(readers[2], 1))


def _takes_over(s: Script, kind: str) -> None:
    a = s.new()
    s.queue(a, "~q", kind, single_active_consumer=True)
    low, high = s.second(a), s.second(a)
    s.add(amqp.BasicQos(low, 1), amqp.BasicQos(high, 1))
    s.consume(low, "~q", "low", priority=1)
    s.send(a, "~q", *"012")
    s.consume(high, "~q", "high", priority=5)
    s.wait(200)
    s.add(amqp.BasicAck(low, 1))
    s.wait(200)


@ROWS("CP-01")
def consumer_priorities(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind)
        for number, priority in enumerate((None, 5, -1, 5)):
            c = s.second(a)
            s.add(amqp.BasicQos(c, 2))
            given: dict[str, Any] = {} if priority is None else {"priority": priority}
            s.consume(c, f"~{kind}", f"t{number}", **given)
        s.send(a, f"~{kind}", *"01234567")
    s.consume(s.new(), "~classic", "t", priority="high")
    b = s.second(a)
    s.consume(b, "~classic", "same")
    s.consume(s.second(a), "~classic", "same")
    s.consume(b, "~classic", "same")


@ROWS("CP-01")
def exclusive_consumer(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind)
        b = s.second(a)
        s.consume(b, f"~{kind}", "t", exclusive=True)
        s.consume(s.new(), f"~{kind}", "t")
        s.get(s.second(a), f"~{kind}")
        s.add(amqp.BasicCancel(b, "t"))
        s.consume(b, f"~{kind}", "u")
        s.consume(s.new(), f"~{kind}", "t", exclusive=True)


@ROWS("CP-03")
def single_active_classic(s: Script) -> None:
    _single_active(s, "classic")


@ROWS("CP-03")
def single_active_quorum(s: Script) -> None:
    _single_active(s, "quorum")


@ROWS("CP-03")
def get_beside_a_single_active_consumer(s: Script) -> None:
    a = s.new()
    for kind in ("classic", "quorum"):
        s.queue(a, f"~{kind}", kind, single_active_consumer=True)
        s.send(a, f"~{kind}", "1")
        s.get(s.second(a), f"~{kind}")


@ROWS("CP-04")
def priority_over_single_active_classic(s: Script) -> None:
    _takes_over(s, "classic")


@ROWS("CP-04")
def priority_over_single_active_quorum(s: Script) -> None:
    _takes_over(s, "quorum")


@ROWS("QS-01")
def prefetch_of_a_consumer_that_is_there(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.add(amqp.BasicQos(a, 1))
    s.consume(a, "~q", "t")
    s.send(a, "~q", *"12345")
    s.add(amqp.BasicQos(a, 4), amqp.BasicAck(a, 1))


@ROWS("QS-01")
def prefetch_of_new_consumers(s: Script) -> None:
    a = s.new()
    s.queue(a, "~1")
    s.queue(a, "~2")
    s.send(a, "~1", *"12345")
    s.send(a, "~2", *"12345")
    s.add(amqp.BasicQos(a, 2))
    s.consume(a, "~1", "t1")
    s.add(amqp.BasicQos(a, 3))
    s.consume(a, "~2", "t2")
    s.get(a, "~1", 2, no_ack=False)
    s.add(amqp.BasicAck(a, 1))


@ROWS("QS-01")
def global_prefetch(s: Script) -> None:
    """One limit for a channel before 4.3, not on quorum queues; from 4.3 one for each consumer."""
    a, b = s.new(), s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"1234567")
    s.add(amqp.BasicQos(a, 3, True))
    s.consume(a, "~q", "t1")
    s.consume(a, "~q", "t2")
    s.add(amqp.BasicAck(a, 2))
    s.get(a, "~q", no_ack=False)
    s.add(amqp.BasicNack(a, 1, requeue=True))
    s.add(amqp.BasicQos(a, 4, True), amqp.BasicCancel(a, "t1"))
    s.add(amqp.BasicQos(a, 0, True))
    s.queue(b, "~r", "quorum")
    s.send(b, "~r", *"12345")
    s.add(amqp.BasicQos(b, 2, True))
    s.consume(b, "~r", "t1")


@ROWS("QS-01")
def both_prefetches(s: Script) -> None:
    """Each consumer has its own limit within that of its channel."""
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"123456789")
    s.add(amqp.BasicQos(a, 2), amqp.BasicQos(a, 3, True))
    s.consume(a, "~q", "t1")
    s.consume(a, "~q", "t2")
    s.add(amqp.BasicAck(a, 1), amqp.BasicAck(a, 3, True))


@ROWS("QS-01")
def global_prefetch_later(s: Script) -> None:
    """For consumers that are there already, and what is out counts; others of the queue go on."""
    a, b = s.new(), s.new()
    s.queue(a, "~q")
    s.queue(a, "~other")
    s.send(a, "~other", "got")
    s.get(a, "~other", no_ack=False)
    s.add(amqp.BasicQos(a, 2))
    s.consume(a, "~q", "t1")
    s.consume(a, "~q", "free", no_ack=True)
    s.send(a, "~q", *"123")
    s.add(amqp.BasicQos(a, 2, True))
    s.send(a, "~q", *"45678")
    s.consume(b, "~q", "elsewhere")
    s.add(amqp.BasicAck(a, 2), amqp.BasicAck(a, 1))
    s.send(a, "~q", *"abcd")


@ROWS("QS-02")
def turns_on_classic(s: Script) -> None:
    _turns(s, "classic")


@ROWS("QS-02")
def turns_on_quorum(s: Script) -> None:
    _turns(s, "quorum")


@ROWS("QS-02")
def unlimited_consumers(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", *"abc")
    b, c = s.second(a), s.second(a)
    s.consume(b, "~q", "t1")
    s.consume(c, "~q", "t2")
    s.send(a, "~q", *"012345")


@ROWS("QS-03")
def window_of_2000(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.confirm(a)
    s.add(Many(a, "~q", 2100))
    b, c = s.new(), s.new()
    s.consume(b, "~q", "t")
    s.look(a, "~q")
    s.add(amqp.BasicAck(b, 10, True))
    s.look(a, "~q")
    s.add(amqp.ConnectionClose(b))
    s.look(a, "~q")
    s.consume(c, "~q", "u", no_ack=True)
    s.look(a, "~q")
