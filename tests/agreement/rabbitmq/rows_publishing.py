"""Catalogue parts A7 to A9: confirms, transactions, streams, replies, availability."""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Confirms, Reply, Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


@ROWS("PC-01")
def confirms(s: Script) -> None:
    a = s.new()
    s.queue(a, "~c")
    s.queue(a, "~r", "quorum")
    s.confirm(a)
    s.send(a, "~c", "1", delivery_mode=2)
    s.send(a, "~r", "2")
    s.send(a, "~nowhere", "3")
    s.publish(a, "", "~nowhere", "4", True)
    s.add(Confirms(a, 4))


@ROWS("PC-01")
def answers_of_a_closed_channel(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.confirm(a)
    s.send(a, "~q", "1", "2")
    s.publish(a, "~none", "k", "3")
    s.add(Confirms(a, 3))


@ROWS("PC-02")
def answers_as_a_set(s: Script) -> None:
    a = s.new()
    s.queue(a, "~full", max_length=0, overflow="reject-publish")
    s.queue(a, "~ok", "quorum")
    s.confirm(a)
    s.publish(a, "", "~none", "u1", True)
    s.send(a, "~ok", "o1")
    s.send(a, "~none", "u2")
    for _ in range(3):
        s.send(a, "~full", "f")
    s.send(a, "~ok", "o2", "o3")
    s.add(Confirms(a, 8))


@ROWS("PC-04")
def transactions(s: Script) -> None:
    a, b = s.new(), s.new()
    s.queue(a, "~q")
    s.add(amqp.TxSelect(b))
    s.send(b, "~q", "1", "2")
    s.look(a, "~q")
    s.add(amqp.TxCommit(b))
    s.look(a, "~q")
    s.send(b, "~q", "3")
    s.add(amqp.TxRollback(b))
    s.look(a, "~q")
    s.get(b, "~q", no_ack=False)
    s.add(amqp.BasicAck(b, 1), amqp.TxRollback(b), amqp.BasicAck(b, 1), amqp.TxCommit(b))
    s.look(a, "~q")


@ROWS("PC-04")
def transactions_and_confirms(s: Script) -> None:
    a = s.new()
    s.add(amqp.TxSelect(a), amqp.ConfirmSelect(a))
    b = s.new()
    s.add(amqp.ConfirmSelect(b), amqp.TxSelect(b))
    s.add(amqp.TxCommit(s.new()))
    s.add(amqp.TxRollback(s.new()))
    c = s.new()
    s.add(amqp.TxSelect(c))
    s.publish(c, "", "~none", "m", True)
    s.add(amqp.TxCommit(c))
    d = s.new()
    s.add(amqp.TxSelect(d))
    s.publish(d, "~none", "k", "m")


@ROWS("PC-05")
def largest_message(s: Script) -> None:
    mib = 1024 * 1024
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", "x" * 16 * mib)
    s.look(a, "~q")
    s.add(amqp.QueuePurge(a, "~q"))
    s.send(a, "~q", "x" * (16 * mib + 1))


@ROWS("ST-01")
def stream_refusals(s: Script) -> None:
    a = s.new()
    s.queue(a, "~s", "stream")
    s.send(a, "~s", "1", "2", "3")
    s.consume(s.new(), "~s", "t")
    b = s.new()
    s.add(amqp.BasicQos(b, 2))
    s.consume(b, "~s", "t", no_ack=True)
    s.get(s.new(), "~s")
    s.add(amqp.QueuePurge(s.new(), "~s"))
    c = s.new()
    s.add(amqp.BasicQos(c, 2))
    s.consume(c, "~s", "t", stream_offset="first")
    s.add(amqp.BasicAck(c, 1), amqp.BasicNack(c, 2))
    d = s.new()
    s.add(amqp.BasicQos(d, 5))
    s.consume(d, "~s", "t", exclusive=True, stream_offset="first")
    s.add(amqp.BasicReject(d, 1, False))


@ROWS("ST-02")
def stream_offsets(s: Script) -> None:
    a = s.new()
    s.queue(a, "~s", "stream")
    s.confirm(a)
    s.send(a, "~s", *"01234")
    s.add(Confirms(a, 5))
    for number, offset in enumerate(("first", "next", 0, 3, 4, 5, 9, -1)):
        b = s.second(a)
        s.add(amqp.BasicQos(b, 20))
        s.consume(b, "~s", f"t{number}", stream_offset=offset)
    s.send(a, "~s", *"567")
    b = s.second(a)
    s.add(amqp.BasicQos(b, 20))
    s.consume(b, "~s", "none")


@ROWS("ST-03")
def offsets_by_chunk(s: Script) -> None:
    """Far apart, each message is a chunk; a fast burst is cut another way in each run."""
    a = s.new()
    s.queue(a, "~s", "stream")
    s.confirm(a)
    for body in "012":
        s.send(a, "~s", body)
        s.add(Confirms(a, 1))
        s.wait(1700)
    for number, offset in enumerate(("last", "1h", "4s", "1s")):
        b = s.second(a)
        s.add(amqp.BasicQos(b, 20))
        s.consume(b, "~s", f"t{number}", stream_offset=offset)
    s.queue(a, "~empty", "stream")
    c = s.new()
    s.add(amqp.BasicQos(c, 20))
    s.consume(c, "~empty", "last", stream_offset="last")
    s.send(a, "~empty", "m")


@ROWS("ST-02")
def wrong_stream_offsets(s: Script) -> None:
    a = s.new()
    s.queue(a, "~s", "stream")
    for offset in ("wat", "0s", "5x", True):
        b = s.new()
        s.add(amqp.BasicQos(b, 20))
        s.consume(b, "~s", "t", stream_offset=offset)


@ROWS("ST-04")
def nothing_is_dropped_early(s: Script) -> None:
    a = s.new()
    s.queue(a, "~bytes", "stream", max_length_bytes=100)
    s.queue(a, "~age", "stream", max_age="1s")
    for name in ("~bytes", "~age"):
        for number in range(3):
            s.send(a, name, f"{number}" * 100, expiration="100")
    s.wait(2500)
    for name in ("~bytes", "~age"):
        b = s.second(a)
        s.add(amqp.BasicQos(b, 20))
        s.consume(b, name, "t", stream_offset=0)


@ROWS("RP-01")
def reply_within_a_transaction(s: Script) -> None:
    """Before 4.3 it does not wait for the commit, and tags are given twice (generated)."""
    a, b = s.new(), s.new()
    s.queue(a, "~q")
    s.consume(a, "amq.rabbitmq.reply-to", "t", no_ack=True)
    s.send(a, "~q", "m", reply_to="amq.rabbitmq.reply-to")
    s.get(b, "~q")
    s.add(amqp.TxSelect(b), Reply(b, b"one"), Reply(b, b"two", mandatory=True), amqp.TxCommit(b))
    s.add(Reply(b, b"three"), amqp.TxRollback(b))


@ROWS("RP-01")
def direct_replies(s: Script) -> None:
    a, b = s.new(), s.new()
    s.queue(a, "~requests")
    s.consume(s.new(), "amq.rabbitmq.reply-to", "t")
    s.publish(s.new(), "", "~requests", "early", reply_to="amq.rabbitmq.reply-to")
    s.consume(a, "amq.rabbitmq.reply-to", "t", no_ack=True)
    s.publish(a, "", "~requests", "ask", reply_to="amq.rabbitmq.reply-to")
    s.get(b, "~requests")
    s.add(Reply(b, b"answer"))
    s.add(amqp.ConnectionClose(a), Reply(b, b"too late"))
    c = s.new()
    s.consume(c, "amq.rabbitmq.reply-to", "t", no_ack=True)
    s.consume(c, "amq.rabbitmq.reply-to", "u", no_ack=True)


@ROWS("RP-02")
def mandatory_replies(s: Script) -> None:
    a, b = s.new(), s.new()
    s.queue(a, "~requests")
    s.confirm(b)
    s.consume(a, "amq.rabbitmq.reply-to", "t", no_ack=True)
    s.publish(a, "", "~requests", "ask", reply_to="amq.rabbitmq.reply-to")
    s.get(b, "~requests")
    s.add(Reply(b, b"answer", True), amqp.ConnectionClose(a), Reply(b, b"late", True))
    s.publish(b, "", "amq.rabbitmq.reply-to.garbage", "m", True)
    s.add(Confirms(b, 3))


@ROWS("ST-01")
def headers_in_a_stream(s: Script) -> None:
    """Lists and tables are lost, but for those that the broker knows from 4.0 on."""
    a = s.new()
    s.queue(a, "~s", "stream")
    headers = {"n": 1, "b": True, "t": "x", "list": [1, 2], "table": {"k": "v"}, "none": None}
    s.send(a, "~s", "m", headers=headers)
    s.send(a, "~s", "c", headers={"CC": ["~other"], "BCC": ["~third"]})
    s.add(amqp.BasicQos(a, 9))
    s.consume(a, "~s", "t", stream_offset="first")
