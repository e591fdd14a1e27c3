"""Catalogue parts A5 and A6: settling, prefetch, dispatch and priorities."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Many, Script, SettleHeld

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


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


@ROWS("AK-06")
def limit_nobody_asked_for(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.send(a, "~q", "m")
    for _ in range(22):
        s.get(a, "~q", no_ack=False)
        s.add(SettleHeld(a, "reject", 0))
    s.look(a, "~q")


RETRY: dict[str, Any] = {
    "delayed_retry_type": "all",
    "delayed_retry_min": 600,
    "delayed_retry_max": 10_000,
}


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


def _turns(s: Script, kind: str) -> None:
    a = s.new()
    s.queue(a, "~q", kind)
    for number, prefetch in enumerate((2, 2, 1)):
        c = s.second(a)
        s.add(amqp.BasicQos(c, prefetch))
        s.consume(c, "~q", f"t{number}")
    s.send(a, "~q", *"01234567")
    s.add(amqp.BasicAck("c1.3", 1), amqp.BasicAck("c1.4", 1), amqp.BasicAck("c1.2", 2, True))


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


@ROWS("CP-04")
def priority_over_single_active_classic(s: Script) -> None:
    _takes_over(s, "classic")


@ROWS("CP-04")
def priority_over_single_active_quorum(s: Script) -> None:
    _takes_over(s, "quorum")


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


@ROWS("PR-04")
def expired_behind_a_higher_priority_on_quorum(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q", "quorum")
    s.send(a, "~q", "high", priority=9)
    s.send(a, "~q", "low", priority=0, expiration="300")
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
