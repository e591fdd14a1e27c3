"""Programs made from a seed: several connections, channels, queues and exchanges, time passing.

One channel consumes from one queue only, since a broker delivers from two queues to one channel in
any order; everything else is free, wrong use included.
"""

from __future__ import annotations

from random import Random
from typing import Any

from programs import Program
from rabbitmq_script import Confirms, Reply, Script, SettleHeld, Wait

from advisor.subjects.rabbitmq import protocol as amqp

KINDS: tuple[str, ...] = ("classic", "classic", "quorum")
PRIORITIES = (None, None, 0, 3, 5, 9)
KEYS = ("a", "b", "a.b", "a.c.d", "")
PATTERNS = ("a", "#", "a.*", "*.b", "a.#")


class Maker:
    """Writes one program; every choice comes from ``random``."""

    def __init__(self, script: Script, seed: int) -> None:
        self.script = script
        self.random = Random(seed)
        self.channels: list[str] = []
        self.confirming: dict[str, int] = {}
        self.consumes: dict[str, str] = {}
        self.transient: list[str] = []
        self.streams: list[str] = []
        self.tags = 0
        self.bodies = 0

    def one_of(self, choices: Any) -> Any:
        return self.random.choice(choices)

    def write(self) -> None:
        script = self.script
        for _ in range(2):
            channel = script.new()
            self.channels += [channel, script.second(channel)]
        self.queues = [f"~q{number}" for number in range(3)]
        self.exchanges = [f"~x{number}" for number in range(3)]
        for queue in self.queues:
            self.declare(queue)
        for exchange in self.exchanges:
            script.exchange(
                self.channels[0], exchange, self.one_of(("direct", "fanout", "topic", "headers"))
            )
        for _ in range(5):
            self.bind()
        for _ in range(self.random.randrange(15, 40)):
            step = self.one_of(STEPS)
            step(self)
        for channel, count in self.confirming.items():
            script.add(Confirms(channel, count))
        look = script.new()
        for queue in self.queues:
            script.get(script.second(look), queue, 4)

    def channel(self) -> str:
        return str(self.one_of(self.channels))

    def queue(self) -> str:
        return str(self.one_of(self.queues))

    def declare(self, queue: str) -> None:
        kind = self.one_of(KINDS)
        given: dict[str, Any] = {}
        if self.random.random() < 0.3:
            given["max_length"] = self.random.randrange(0, 4)
            given["overflow"] = self.one_of(("drop-head", "reject-publish"))
        if self.random.random() < 0.4:
            given["dead_letter_exchange"] = self.one_of(("", "~x0"))
            if given["dead_letter_exchange"] == "" or self.random.random() < 0.5:
                given["dead_letter_routing_key"] = self.one_of(("~q0", "a"))
        if self.random.random() < 0.2:
            given["message_ttl"] = 1500
        if self.random.random() < 0.2:
            given["single_active_consumer"] = True
        if kind == "classic" and self.random.random() < 0.3:
            given["max_priority"] = 5
        if kind == "quorum" and self.random.random() < 0.5:
            given["delivery_limit"] = self.random.randrange(0, 4)
        if kind == "quorum" and self.random.random() < 0.2:
            given["delayed_retry_type"] = self.one_of(("all", "failed", "returned"))
            given["delayed_retry_min"] = 700
        if kind == "quorum" and self.random.random() < 0.2:
            given["dead_letter_strategy"] = "at-least-once"
        self.script.queue(self.channels[0], queue, kind, **given)

    def bind(self) -> None:
        channel = self.channel()
        source = self.one_of(self.exchanges)
        key = self.one_of(PATTERNS)
        arguments = self.one_of(({}, {}, {"x-match": "any", "h": 1}, {"h": 1, "k": "v"}))
        if self.random.random() < 0.2:
            target = self.one_of(self.exchanges)
            make: Any = self.one_of((amqp.ExchangeBind, amqp.ExchangeBind, amqp.ExchangeUnbind))
            self.script.add(make(channel, target, source, key, arguments))
            return
        make = self.one_of((amqp.QueueBind, amqp.QueueBind, amqp.QueueBind, amqp.QueueUnbind))
        self.script.add(make(channel, self.queue(), source, key, arguments))

    def publish(self) -> None:
        channel = self.channel()
        exchange = self.one_of(("", "", *self.exchanges))
        key = self.queue() if exchange == "" else self.one_of(KEYS)
        self.bodies += 1
        given: dict[str, Any] = {"priority": self.one_of(PRIORITIES)}
        if self.random.random() < 0.4:
            given["headers"] = self.one_of(
                ({"h": 1}, {"k": "v", "h": 1}, {"CC": ["a"]}, {"BCC": ["b"], "CC": ["a.b"]})
            )
        if self.random.random() < 0.2:
            given["expiration"] = self.one_of(("0", "700", "60000"))
        if self.random.random() < 0.3:
            given["delivery_mode"] = self.one_of((1, 2))
        mandatory = self.random.random() < 0.3
        self.script.publish(channel, exchange, key, f"m{self.bodies}", mandatory, **given)
        if channel in self.confirming:
            self.confirming[channel] += 1

    def consume(self) -> None:
        channel = self.channel()
        queue = self.consumes.setdefault(channel, self.queue())
        self.tags += 1
        given: dict[str, Any] = {}
        if self.random.random() < 0.3:
            given["priority"] = self.one_of((-1, 1, 5))
        self.script.consume(
            channel, queue, f"t{self.tags}", no_ack=self.random.random() < 0.2, **given
        )

    def cancel(self) -> None:
        tag = f"t{self.random.randrange(1, self.tags + 2)}"
        self.script.add(amqp.BasicCancel(self.channel(), tag))

    def settle(self) -> None:
        self.script.add(
            SettleHeld(
                self.channel(),
                self.one_of(("ack", "ack", "nack", "reject")),
                self.random.randrange(4),
                self.random.random() < 0.2,
                self.random.random() < 0.6,
            )
        )

    def get(self) -> None:
        self.script.get(self.channel(), self.queue(), 1, self.random.random() < 0.4)

    def qos(self) -> None:
        self.script.add(amqp.BasicQos(self.channel(), self.one_of((0, 1, 2, 3))))

    def look(self) -> None:
        self.script.look(self.channel(), self.queue())

    def purge(self) -> None:
        self.script.add(amqp.QueuePurge(self.channel(), self.queue()))

    def delete(self) -> None:
        if self.random.random() < 0.3:
            self.script.add(amqp.QueueDelete(self.channel(), self.queue()))
        elif self.random.random() < 0.3:
            used, empty = self.one_of(((True, False), (False, True)))
            self.script.add(amqp.QueueDelete(self.channel(), self.queue(), used, empty))
        else:
            self.script.add(amqp.ExchangeDelete(self.channel(), self.one_of(self.exchanges), True))

    def recover(self) -> None:
        self.script.add(amqp.BasicRecover(self.channel()))

    def confirm(self) -> None:
        channel = self.channel()
        self.script.confirm(channel)
        self.confirming.setdefault(channel, 0)

    def close(self) -> None:
        channel = self.channel()
        self.channels.remove(channel)
        self.confirming.pop(channel, None)
        self.script.add(amqp.ChannelClose(channel))
        self.replace()

    def drop(self) -> None:
        connection = self.channels[0].partition(".")[0]
        gone = [one for one in self.channels if one.partition(".")[0] == connection]
        for channel in gone:
            self.channels.remove(channel)
            self.confirming.pop(channel, None)
        make: Any = self.one_of((amqp.ConnectionClose, amqp.ConnectionDrop))
        self.script.add(make(connection))
        self.replace()

    def replace(self) -> None:
        """A fresh connection with a channel or two, so that programs go on."""
        channel = self.script.new()
        self.channels.append(channel)
        if self.random.random() < 0.5:
            self.channels.append(self.script.second(channel))

    def again(self) -> None:
        """Declare something a second time, as it was not, or passively, or with wrong arguments."""
        channel = self.channel()
        queue = self.queue()
        if self.random.random() < 0.5:
            self.script.queue(channel, queue, self.one_of(KINDS), max_length=self.one_of((1, 2)))
            return
        self.script.exchange(channel, self.one_of(self.exchanges), self.one_of(("direct", "wat")))

    def temporary(self) -> None:
        """An exclusive, auto-delete or expiring queue."""
        channel = self.channel()
        name = f"~t{len(self.transient)}"
        self.transient.append(name)
        self.queues.append(name)
        flags: dict[str, Any] = self.one_of(
            ({"exclusive": True}, {"auto_delete": True}, {"expires": 800})
        )
        self.script.queue(channel, name, **flags)

    def select(self) -> None:
        self.script.add(amqp.TxSelect(self.channel()))

    def end(self) -> None:
        """Commit or roll back, mostly where there is a transaction."""
        make: Any = self.one_of((amqp.TxCommit, amqp.TxCommit, amqp.TxRollback))
        selected = [
            step.channel
            for step in self.script.steps
            if isinstance(step, amqp.TxSelect) and step.channel in self.channels
        ]
        self.script.add(make(self.one_of(selected or self.channels)))

    def stream(self) -> None:
        """Publish to a stream, and read it from somewhere on a channel of its own."""
        if "~s" not in self.streams:
            self.streams.append("~s")
            self.script.queue(self.script.new(), "~s", "stream")
        self.bodies += 1
        self.script.send(self.script.new(), "~s", f"m{self.bodies}")
        reader = self.script.new()
        self.tags += 1
        self.script.add(amqp.BasicQos(reader, self.one_of((1, 3, 50))))
        offset = self.one_of(("first", "next", 0, 1, 2))
        self.script.consume(reader, "~s", f"t{self.tags}", stream_offset=offset)

    def request(self) -> None:
        """Wait for replies, ask, and perhaps answer."""
        channel, queue = self.script.new(), self.queue()
        self.tags += 1
        self.script.consume(channel, "amq.rabbitmq.reply-to", f"t{self.tags}", no_ack=True)
        self.bodies += 1
        self.script.send(channel, queue, f"m{self.bodies}", reply_to="amq.rabbitmq.reply-to")
        self.script.get(self.channel(), queue)
        self.script.add(Reply(self.channel(), b"answer", mandatory=self.random.random() < 0.3))

    def find(self) -> None:
        """Ask for an exchange that may not be there."""
        name = self.one_of((*self.exchanges, "amq.topic", "~none"))
        self.script.exchange(self.channel(), name, passive=True)

    def wait(self) -> None:
        self.script.add(Wait(self.one_of((300, 1000))))


STEPS = (
    *[Maker.publish] * 12, *[Maker.settle] * 8, *[Maker.get] * 4, *[Maker.consume] * 4,
    Maker.cancel, Maker.qos, Maker.qos, Maker.look, Maker.bind, Maker.purge, Maker.delete,
    Maker.recover, Maker.confirm, Maker.close, Maker.drop, Maker.again, Maker.temporary,
    Maker.wait, Maker.wait, Maker.select, Maker.end, Maker.end, Maker.stream, Maker.request,
    Maker.find,
)  # fmt: skip


def generated(seed: int) -> Program:
    """The program of a seed; the same on every machine."""
    return Program("generated", f"seed {seed}", lambda script: Maker(script, seed).write())
