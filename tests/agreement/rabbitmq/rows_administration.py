"""What operators do: virtual hosts and logins, a memory alarm."""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Confirms, Script, Send

from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import (
    AddVirtualHost,
    DeleteVirtualHost,
    SetMemoryAlarm,
)

ROWS = Rows()
ROWS.not_run["MS-05"] = "the plugin cannot be had here"


@ROWS("MS-04")
def logins(s: Script) -> None:
    s.add(
        amqp.ConnectionOpen("wrong", password="wrong", user="guest"),
        amqp.ConnectionOpen("nobody", password="guest", user="~nobody"),
        amqp.ConnectionOpen("nowhere", virtual_host="~nowhere"),
        amqp.ConnectionOpen("both", virtual_host="~nowhere", user="guest", password="wrong"),
        amqp.ChannelOpen("nowhere", "nowhere"),
        amqp.ConnectionOpen("right", user="guest", password="guest"),
        amqp.ChannelOpen("right", "right"),
    )
    s.queue("right", "~q")


@ROWS("MS-04")
def virtual_hosts(s: Script) -> None:
    """Names of their own; a channel's error leaves the connection and other channels usable."""
    s.add(AddVirtualHost("~other"))
    s.add(amqp.ConnectionOpen("o", virtual_host="~other"), amqp.ChannelOpen("o", "o"))
    a = s.new()
    s.queue(a, "~q")
    s.look("o", "~q")
    s.add(amqp.ChannelOpen("o", "o2"))
    s.queue("o2", "~q", max_length=1)
    s.exchange("o2", "~x", "fanout")
    s.bind("o2", "~q", "~x")
    s.publish(a, "~x", "", "lost")
    s.publish("o2", "~x", "", "there")
    s.send("o2", "~q", "later")
    b = s.new()
    s.look(b, "~q")
    s.get("o2", "~q", 2)
    s.consume("o2", "~q", "t")
    s.add(DeleteVirtualHost("~other"))
    s.wait(500)
    s.look(b, "~q")
    s.add(amqp.ConnectionOpen("again", virtual_host="~other"))


@ROWS("MS-01")
def memory_alarm(s: Script) -> None:
    """Who publishes is not read until it is over, its acknowledgements neither; others go on."""
    a, reader, both = s.new(), s.new(), s.new()
    s.confirm(a)
    s.queue(a, "~q")
    s.queue(a, "~r", "quorum")
    s.queue(a, "~work")
    s.send(a, "~work", "1", "2", "3", "4")
    s.add(Confirms(a, 4))
    for channel in (reader, both):
        s.add(amqp.BasicQos(channel, 1))
        s.consume(channel, "~work", "t")
    s.add(SetMemoryAlarm(raised=True))
    s.wait(1500)
    for queue in ("~q", "~r"):
        s.add(Send(amqp.BasicPublish(a, "", queue, b"held")))
    s.add(Send(amqp.BasicPublish(both, "", "~q", b"held too")))
    s.wait(300)
    s.add(Send(amqp.BasicAck(both, 1)), amqp.BasicAck(reader, 1))
    late = s.new()
    for queue in ("~q", "~r", "~work"):
        s.look(late, queue)
    s.add(SetMemoryAlarm(raised=False))
    s.wait(1500)
    s.add(Confirms(a, 2))
    for queue in ("~q", "~r", "~work"):
        s.look(late, queue)
    s.get(late, "~r")
