"""Policies: what they set, and what wins where an argument says something else."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Confirms, Script

from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import ClearPolicy, SetPolicy

ROWS = Rows()
APPLIED_MS = 900
"""A broker applies a policy a little later."""
KINDS = ("classic", "quorum")


def _policy(s: Script, name: str, pattern: str, priority: int = 0, **given: Any) -> None:
    definition = {key.replace("_", "-"): value for key, value in given.items()}
    s.add(SetPolicy(f"~{name}", f"^~{pattern}", definition, priority))


def _end(s: Script, *names: str) -> None:
    """A policy outlives its queues."""
    s.add(*[ClearPolicy(f"~{name}") for name in names])


def _send_slowly(s: Script, channel: str, queue: str, *bodies: str) -> None:
    """Confirmed one by one, so that a quorum queue has told that it is full."""
    for body in bodies:
        s.send(channel, queue, body)
        s.add(Confirms(channel, 1))
        s.wait(100)


@ROWS("QD-12")
def length_by_policy(s: Script) -> None:
    """What is too much goes at once, oldest first; without the policy there is no limit again."""
    a = s.new()
    s.queue(a, "~dead")
    for kind in KINDS:
        s.queue(a, f"~q-{kind}", kind)
        s.send(a, f"~q-{kind}", "1", "2", "3", "4")
        _policy(
            s, kind, f"q-{kind}", max_length=2,
            dead_letter_exchange="", dead_letter_routing_key="~dead",
        )  # fmt: skip
        s.wait(APPLIED_MS)
        s.get(a, f"~q-{kind}", 3)
        s.get(a, "~dead", 3)
        _end(s, kind)
        s.wait(APPLIED_MS)
        s.send(a, f"~q-{kind}", "1", "2", "3", "4")
        s.wait(100)
        s.look(a, f"~q-{kind}")


@ROWS("QD-12")
def bytes_by_policy(s: Script) -> None:
    """On a queue that is already full; 4.3 counts properties of quorum queues too."""
    a = s.new()
    for kind in KINDS:
        s.queue(a, f"~{kind}", kind)
        s.send(a, f"~{kind}", "11111", "22222", "33333", "44444")
    _policy(s, "p", "", max_length_bytes=14)
    s.wait(APPLIED_MS)
    for kind in KINDS:
        s.get(a, f"~{kind}", 3)
    _end(s, "p")


@ROWS("QD-12")
def lower_number_wins(s: Script) -> None:
    a = s.new()
    s.confirm(a)
    for kind in KINDS:
        for own, given in ((1, 3), (3, 1)):
            name = f"~n{own}-{kind}"
            s.queue(a, name, kind, max_length=own, message_ttl=5000)
            _policy(s, f"n{own}", f"n{own}", max_length=given)
    s.wait(APPLIED_MS)
    for kind in KINDS:
        for own in (1, 3):
            _send_slowly(s, a, f"~n{own}-{kind}", "1", "2", "3", "4")
            s.look(a, f"~n{own}-{kind}")
    _end(s, "n1", "n3")


@ROWS("QD-12")
def time_to_live_by_policy(s: Script) -> None:
    """It is fixed when a message comes: what is there already stays, and is in the way."""
    a = s.new()
    for kind in KINDS:
        s.queue(a, f"~{kind}", kind)
        s.send(a, f"~{kind}", "old")
        s.queue(a, f"~short-{kind}", kind, message_ttl=3000)
        s.queue(a, f"~long-{kind}", kind, message_ttl=200)
    _policy(s, "p", "", message_ttl=1500)
    s.wait(APPLIED_MS)
    for kind in KINDS:
        s.send(a, f"~{kind}", "new")
        s.send(a, f"~short-{kind}", "m")
        s.send(a, f"~long-{kind}", "m")
    s.wait(500)
    for kind in KINDS:
        s.look(a, f"~long-{kind}")
    s.wait(1200)
    for kind in KINDS:
        s.look(a, f"~{kind}")
        s.look(a, f"~short-{kind}")
        s.get(a, f"~{kind}", 2)
    _end(s, "p")


@ROWS("QD-12")
def argument_wins_for_dead_letters(s: Script) -> None:
    """Exchange and routing key each for itself."""
    a = s.new()
    s.queue(a, "~d1")
    s.queue(a, "~d2")
    given: tuple[dict[str, Any], ...] = (
        {"dead_letter_exchange": "", "dead_letter_routing_key": "~d1"},
        {"dead_letter_exchange": ""},
        {"dead_letter_exchange": "amq.direct"},
        {},
    )
    _policy(s, "p", "q", dead_letter_exchange="", dead_letter_routing_key="~d2")
    s.wait(APPLIED_MS)
    for kind in KINDS:
        for number, own in enumerate(given):
            s.queue(a, f"~q{number}-{kind}", kind, **own)
            s.send(a, f"~q{number}-{kind}", f"{number}")
            s.wait(100)
            channel = s.new()
            s.get(channel, f"~q{number}-{kind}", no_ack=False)
            s.add(amqp.BasicReject(channel, 1, requeue=False))
    s.wait(300)
    s.get(a, "~d1", 3)
    s.get(a, "~d2", 7)
    _end(s, "p")


@ROWS("QD-12")
def overflow_by_policy(s: Script) -> None:
    """The argument wins on a classic queue, the policy on a quorum queue."""
    a = s.new()
    s.confirm(a)
    for own, given in (("drop-head", "reject-publish"), ("reject-publish", "drop-head")):
        _policy(s, own, own, overflow=given)
    s.wait(APPLIED_MS)
    for kind in KINDS:
        for own in ("drop-head", "reject-publish"):
            name = f"~{own}-{kind}"
            s.queue(a, name, kind, max_length=2, overflow=own)
            _send_slowly(s, a, name, "1", "2", "3", "4", "5")
            s.get(a, name, 4)
    _end(s, "drop-head", "reject-publish")


@ROWS("QD-12")
def refusal_that_ends_with_its_policy(s: Script) -> None:
    """A publisher of a quorum queue that was told to stop is never told to go on."""
    a = s.new()
    s.confirm(a)
    for kind in KINDS:
        s.queue(a, f"~{kind}", kind, max_length=1)
    _policy(s, "p", "", overflow="reject-publish")
    s.wait(APPLIED_MS)
    for kind in KINDS:
        _send_slowly(s, a, f"~{kind}", "1", "2", "3", "4")
    _end(s, "p")
    s.wait(APPLIED_MS)
    b = s.new()
    s.confirm(b)
    for kind in KINDS:
        _send_slowly(s, a, f"~{kind}", "5", "6")
        _send_slowly(s, b, f"~{kind}", "7", "8")
        s.get(a, f"~{kind}", 3)


@ROWS("QD-12")
def delivery_limit_by_policy(s: Script) -> None:
    a = s.new()
    for number, (own, given) in enumerate(((5, 1), (1, 5), (None, 2), (-1, 2))):
        arguments = {} if own is None else {"delivery_limit": own}
        _policy(s, f"p{number}", f"q{number}", delivery_limit=given)
        s.wait(APPLIED_MS)
        s.queue(a, f"~q{number}", "quorum", **arguments)
        s.send(a, f"~q{number}", "m")
        s.wait(100)
        for _ in range(4):
            b = s.new()
            s.get(b, f"~q{number}", no_ack=False)
            s.add(amqp.ChannelClose(b))
            s.wait(50)
        _end(s, f"p{number}")


@ROWS("QD-12")
def one_policy_works(s: Script) -> None:
    """The one of the highest priority, not their sum; a pattern may match in the middle."""
    a = s.new()
    s.queue(a, "~work")
    _policy(s, "low", "work", 1, max_length=1, message_ttl=100)
    _policy(s, "high", "work", 2, max_length=3)
    s.add(SetPolicy("~middle", "~an.th", {"max-length": 1}, 3))
    s.queue(a, "~another")
    s.wait(APPLIED_MS)
    s.send(a, "~work", "1", "2", "3", "4")
    s.send(a, "~another", "1", "2", "3")
    s.wait(400)
    s.look(a, "~work")
    s.look(a, "~another")
    _end(s, "high", "middle")
    s.wait(APPLIED_MS)
    s.look(a, "~work")
    _policy(s, "low", "elsewhere", 1, max_length=1)
    s.wait(APPLIED_MS)
    s.send(a, "~work", "1", "2", "3", "4")
    s.look(a, "~work")
    _end(s, "low")


@ROWS("QD-12")
def only_some_kinds(s: Script) -> None:
    """``apply-to`` names queues or exchanges, from 4.0 also one type of queue."""
    a = s.new()
    words = ("queues", "exchanges", "classic_queues", "quorum_queues", "streams", "wat")
    for word in words:
        s.add(SetPolicy(f"~{word}", f"^~{word}", {"max-length": 1}, apply_to=word))
        s.queue(a, f"~{word}-c")
        s.queue(a, f"~{word}-q", "quorum")
    s.wait(APPLIED_MS)
    for word in words:
        for kind in "cq":
            s.send(a, f"~{word}-{kind}", "1", "2")
            s.wait(100)
            s.look(a, f"~{word}-{kind}")
        _end(s, word)


@ROWS("QD-12")
def refused_policies(s: Script) -> None:
    """What is not known in this version, or of the wrong type."""
    definitions: tuple[dict[str, Any], ...] = (
        {"ha-mode": "all"}, {"queue-mode": "lazy"}, {"queue-master-locator": "min-masters"},
        {"wat": 1}, {"max-length": -1}, {"max-length": "3"}, {"overflow": "wat"},
        {"message-ttl": -1}, {"expires": 0}, {"dead-letter-routing-key": "k"},
        {"delivery-limit": 3}, {"max-priority": 3}, {}, {"alternate-exchange": "x"},
        {"max-age": "1h"}, {"delayed-retry-type": "all"}, {"consumer-timeout": 1000},
        {"max-length-bytes": 4}, {"dead-letter-strategy": "at-least-once"},
    )  # fmt: skip
    for definition in definitions:
        s.add(SetPolicy("~p", "^~nothing", definition))
    s.add(SetPolicy("~p", "(", {"max-length": 1}))
    s.add(SetPolicy("~p", "^~nothing", {"max-length": 1}, -1), ClearPolicy("~p"), ClearPolicy("~p"))


@ROWS("QD-12")
def alternate_exchange_by_policy(s: Script) -> None:
    a = s.new()
    for name in ("~a1", "~a2"):
        s.exchange(a, name, "fanout")
        s.queue(a, f"{name}q")
        s.bind(a, f"{name}q", name)
    s.exchange(a, "~own", arguments={"alternate-exchange": "~a1"})
    s.exchange(a, "~none")
    for name in ("own", "none"):
        s.add(SetPolicy(f"~{name}", f"^~{name}", {"alternate-exchange": "~a2"}))
    s.wait(APPLIED_MS)
    s.exchange(a, "~none-later")
    for name in ("~own", "~none", "~none-later"):
        s.publish(a, name, "k", name, mandatory=True)
    s.get(a, "~a1q", 3)
    s.get(a, "~a2q", 3)
    _end(s, "own", "none")
    s.wait(APPLIED_MS)
    s.publish(a, "~none", "k", "m", mandatory=True)


@ROWS("QD-12")
def unused_by_policy(s: Script) -> None:
    """Of two times the lower; a quorum queue still looks every five seconds."""
    a = s.new()
    s.queue(a, "~c")
    s.queue(a, "~q", "quorum")
    s.queue(a, "~lower", expires=600)
    _policy(s, "p", "", expires=2500)
    s.wait(1500)
    s.look(s.new(), "~lower")
    s.wait(2500)
    s.look(s.new(), "~c")
    s.wait(4500)
    s.look(s.new(), "~q")
    _end(s, "p")
