"""Native programs: lists of AMQP methods with time between them, written by a small builder.

``~`` in a name stands for the run's own prefix. Keyword arguments of a queue or consumer are its
``x-`` arguments, with ``_`` for ``-``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import (
    Administration,
)
from advisor.subjects.rabbitmq.protocol import Operation, Properties


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    ms: int


@dataclass(frozen=True, slots=True)
class Confirms:
    """Ask for the answers to all that was published on the channel."""

    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class Reply:
    """Publish to the reply address of the last message that was received anywhere."""

    channel: str
    body: bytes
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class SettleHeld:
    """Ack, nack or reject one of the deliveries that the channel holds: the n-th, wrapping."""

    channel: str
    how: str
    nth: int
    multiple: bool = False
    requeue: bool = True


@dataclass(frozen=True, slots=True)
class Restart:
    """Stop the only node and start it again; every connection is lost."""


@dataclass(frozen=True, slots=True)
class StopNode:
    """Stop a node of a cluster, ``rabbit-1`` to ``rabbit-3``, cleanly."""

    node: str


@dataclass(frozen=True, slots=True)
class StartNodes:
    """Start every stopped node of a cluster again."""


@dataclass(frozen=True, slots=True)
class Many:
    """Publish ``count`` messages to a queue on a channel in confirm mode, and wait for all."""

    channel: str
    queue: str
    count: int


@dataclass(frozen=True, slots=True)
class Speak:
    """A call of a client of another protocol, see ``speakers``."""

    client: str
    protocol: str
    call: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Send:
    """A method without asking the broker whether it closed the channel."""

    operation: Operation


Step = (
    Operation | Administration | Send | Wait | Confirms | Reply | SettleHeld | Restart | StopNode
    | StartNodes | Many | Speak
)  # fmt: skip


def _arguments(given: dict[str, Any]) -> dict[str, Any]:
    return {f"x-{name.replace('_', '-')}": value for name, value in given.items()}


@dataclass
class Script:
    """Collects the steps of one program."""

    version: BrokerVersion
    steps: list[Step] = field(default_factory=list)
    _opened: int = 0

    def add(self, *steps: Step) -> None:
        self.steps.extend(steps)

    def new(self) -> str:
        """A channel on a connection of its own, both with this name."""
        self._opened += 1
        name = f"c{self._opened}"
        self.add(amqp.ConnectionOpen(name), amqp.ChannelOpen(name, name))
        return name

    def second(self, connection: str) -> str:
        """One more channel of a connection."""
        self._opened += 1
        name = f"{connection}.{self._opened}"
        self.add(amqp.ChannelOpen(connection, name))
        return name

    def queue(self, channel: str, name: str, kind: str = "", **given: Any) -> None:
        flags = {
            key: given.pop(key)
            for key in ("passive", "durable", "exclusive", "auto_delete")
            if key in given
        }
        arguments = _arguments(given)
        if kind:
            arguments["x-queue-type"] = kind
        self.add(amqp.QueueDeclare(channel, name, arguments=arguments, **flags))

    def exchange(self, channel: str, name: str, kind: str = "direct", **given: Any) -> None:
        self.add(amqp.ExchangeDeclare(channel, name, kind, **given))

    def bind(self, channel: str, queue: str, exchange: str, key: str = "", **given: Any) -> None:
        self.add(amqp.QueueBind(channel, queue, exchange, key, given))

    def publish(
        self,
        channel: str,
        exchange: str,
        key: str,
        body: str,
        mandatory: bool = False,
        **given: Any,
    ) -> None:
        self.add(
            amqp.BasicPublish(channel, exchange, key, body.encode(), Properties(**given), mandatory)
        )

    def send(self, channel: str, queue: str, *bodies: str, **given: Any) -> None:
        """Through the default exchange."""
        for body in bodies:
            self.publish(channel, "", queue, body, **given)

    def get(self, channel: str, queue: str, times: int = 1, no_ack: bool = True) -> None:
        self.add(*[amqp.BasicGet(channel, queue, no_ack)] * times)

    def look(self, channel: str, queue: str) -> None:
        """Its counts."""
        self.add(amqp.QueueDeclare(channel, queue, passive=True))

    def consume(
        self, channel: str, queue: str, tag: str, no_ack: bool = False, exclusive: bool = False,
        **given: Any,
    ) -> None:  # fmt: skip
        self.add(amqp.BasicConsume(channel, queue, tag, no_ack, _arguments(given), exclusive))

    def confirm(self, channel: str) -> None:
        self.add(amqp.ConfirmSelect(channel))

    def speak(self, client: str, protocol: str, call: str, **arguments: Any) -> None:
        self.add(Speak(client, protocol, call, arguments))

    def wait(self, ms: int) -> None:
        self.add(Wait(ms))
