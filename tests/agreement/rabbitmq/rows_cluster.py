"""Catalogue part A9, availability: a cluster of three that loses nodes.

Queues are declared through rabbit-1, which so leads them.
"""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Confirms, Script, StartNodes, StopNode

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()
ELECTED_MS = 15_000
"""A stream takes longer than a quorum queue to name its next leader."""


def _queues(s: Script) -> str:
    a = s.new()
    s.queue(a, "~c")
    s.queue(a, "~q", "quorum")
    s.queue(a, "~s", "stream")
    s.confirm(a)
    for queue in ("~c", "~q", "~s"):
        s.send(a, queue, "before", delivery_mode=2)
    s.add(Confirms(a, 3))
    return a


def _from_the_start(s: Script, stream: str) -> None:
    reader = s.new()
    s.add(amqp.BasicQos(reader, 10))
    s.consume(reader, stream, "t", stream_offset="first")
    s.wait(500)


@ROWS("HA-01", nodes=3)
def one_follower_down(s: Script) -> None:
    a = _queues(s)
    s.add(StopNode("rabbit-3"))
    for queue in ("~c", "~q", "~s"):
        s.send(a, queue, "during")
    s.add(Confirms(a, 3))
    s.queue(s.new(), "~new", "quorum")
    s.exchange(s.new(), "~x", "fanout")
    s.bind(a, "~new", "~x")
    s.publish(a, "~x", "", "m")
    s.add(Confirms(a, 1))
    s.get(a, "~q", 3)
    s.get(a, "~c", 3)
    s.get(a, "~new", 1)
    _from_the_start(s, "~s")


@ROWS("HA-01", nodes=3)
def leader_lost(s: Script) -> None:
    a = _queues(s)
    s.consume(a, "~q", "t")
    s.add(StopNode("rabbit-1"))
    s.wait(ELECTED_MS)
    b = s.new()
    s.confirm(b)
    s.look(b, "~q")
    s.send(b, "~q", "during")
    s.send(b, "~s", "during")
    s.add(Confirms(b, 2))
    s.get(b, "~q", 3)
    _from_the_start(s, "~s")
    s.get(s.new(), "~c")
    s.add(StartNodes())
    s.look(s.new(), "~c")
    s.get(s.new(), "~c", 2)


@ROWS("HA-01", nodes=3)
def no_answer_without_a_majority(s: Script) -> None:
    a = _queues(s)
    s.queue(a, "~empty", "quorum")
    s.add(StopNode("rabbit-3"), StopNode("rabbit-2"))
    s.send(a, "~q", "during")
    s.add(Confirms(a, 1))
    b = s.new()
    s.confirm(b)
    s.send(b, "~s", "during")
    s.add(Confirms(b, 1))
    c = s.new()
    s.look(c, "~q")
    s.send(c, "~c", "during")
    s.get(c, "~c", 3)
    s.get(c, "~empty")
    s.add(StartNodes())
    s.get(s.new(), "~q")


@ROWS("HA-01", nodes=3, since="4.3")
def no_metadata_without_a_majority(s: Script) -> None:
    a = _queues(s)
    s.exchange(a, "~x", "fanout")
    s.bind(a, "~c", "~x")
    s.add(StopNode("rabbit-3"), StopNode("rabbit-2"))
    s.queue(s.new(), "~c")
    s.look(s.new(), "~q")
    s.queue(s.new(), "~new")
    s.exchange(s.new(), "~y")
    s.bind(s.new(), "~c", "~x")
    s.publish(s.new(), "~x", "", "m")
    s.get(s.new(), "~c", 3)


@ROWS("HA-01", nodes=3, before="4.3")
def metadata_without_a_majority(s: Script) -> None:
    """Before 4.3 only what needs replicas is refused; all is there when the others are back."""
    a = _queues(s)
    s.exchange(a, "~x", "fanout")
    s.bind(a, "~c", "~x")
    s.queue(a, "~old")
    s.add(StopNode("rabbit-3"), StopNode("rabbit-2"))
    b = s.new()
    s.queue(b, "~new")
    s.exchange(b, "~y", "fanout")
    s.bind(b, "~new", "~y")
    s.add(amqp.QueueUnbind(b, "~c", "~x"), amqp.QueueDelete(b, "~old"))
    s.publish(b, "~x", "", "unbound")
    s.publish(b, "~y", "", "m")
    s.queue(s.new(), "~quorum", "quorum")
    s.queue(s.new(), "~alone", "quorum", quorum_initial_group_size=1)
    s.queue(s.new(), "~stream", "stream")
    s.add(StartNodes())
    c = s.new()
    for name in ("~c", "~new"):
        s.get(c, name, 2)
    for name in ("~old", "~quorum", "~alone", "~stream"):
        s.look(s.new(), name)


@ROWS("HA-01", nodes=3)
def every_node_down(s: Script) -> None:
    a = _queues(s)
    s.send(a, "~c", "transient")
    s.send(a, "~q", "transient")
    s.add(Confirms(a, 2))
    s.add(StopNode("rabbit-3"), StopNode("rabbit-2"), StopNode("rabbit-1"), StartNodes())
    b = s.new()
    s.get(b, "~c", 3)
    s.get(b, "~q", 3)
    _from_the_start(s, "~s")
