"""Dynamic shovels: a link that moves messages from a queue or exchange to another virtual host.

Keeps, as seen on 3.10.8, 4.0.5 and 4.3.6: what it reads from and writes to is declared as a durable
classic queue where it is missing, an exchange is not; the routing key stays unless the definition
gives one; what no queue is bound for over there is lost; a destination that refuses is tried a
thousand times a second, so that a quorum queue's delivery limit of 4.0 drops what it moves. Where
the destination's exchange is missing, 3.10 keeps what it read until the next message finds its
channel closed; then, and from 4.0 at once, it is tried again after ``reconnect-delay``. Leaves out
AMQP 1.0 ends, static shovels and the options in :data:`LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.models.rabbitmq.link import (
    ACK_MODES,
    PREFETCH,
    RECONNECT_MS,
    Link,
    Publish,
    address_of,
    reached,
)
from advisor.models.rabbitmq.message import Delivery, Table
from advisor.models.rabbitmq.policy import RefusedParameterError
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V4_0

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.channel import Channel

KEPT = frozenset(
    {
        "ack-mode", "dest-add-forward-headers", "dest-exchange", "dest-exchange-key",
        "dest-protocol", "dest-queue", "dest-uri", "reconnect-delay", "src-delete-after",
        "src-exchange", "src-exchange-key", "src-prefetch-count", "src-protocol", "src-queue",
        "src-uri",
    }
)  # fmt: skip
LEFT_OUT = frozenset(
    {
        "add-forward-headers", "delete-after", "dest-add-timestamp-header", "dest-address",
        "dest-properties", "dest-publish-properties", "dest-queue-args", "prefetch-count",
        "publish-properties", "src-address", "src-consumer-args", "src-queue-args",
    }
)  # fmt: skip
_DESCRIBED = ("src-exchange", "src-exchange-key", "src-queue", "dest-exchange", "dest-exchange-key",
              "dest-queue")  # fmt: skip


def check_shovel(definition: Table) -> None:
    """RefusedParameterError where a broker says no."""
    unknown = definition.keys() - KEPT - LEFT_OUT
    if unknown:
        raise RefusedParameterError(f"unrecognised: {', '.join(sorted(unknown))}")
    other = {definition.get(f"{end}-protocol", "amqp091") for end in ("src", "dest")} - {"amqp091"}
    if other or definition.keys() & LEFT_OUT:
        raise UnmodelledError(Gap.SHOVEL_OPTION)
    if ("src-queue" in definition) == ("src-exchange" in definition):
        raise RefusedParameterError("one of src-queue and src-exchange")
    if "dest-queue" in definition and "dest-exchange" in definition:
        raise RefusedParameterError("not both of dest-queue and dest-exchange")
    if definition.get("ack-mode", "on-confirm") not in ACK_MODES:
        raise RefusedParameterError("ack-mode")
    address_of(definition.get("src-uri"))
    address_of(definition.get("dest-uri"))


class Shovel(Link):
    """One shovel; ``done`` hears that it has moved all that it was to move."""

    def __init__(
        self, broker: Broker, name: str, definition: Table, done: Callable[[], None]
    ) -> None:
        super().__init__(
            broker,
            mode=definition.get("ack-mode", "on-confirm"),
            prefetch=definition.get("src-prefetch-count", PREFETCH),
            reconnect_ms=definition.get("reconnect-delay", RECONNECT_MS // 1000) * 1000,
        )
        self._name = name
        self._definition = definition
        self._done = done
        self._remaining: int | None = None
        self._unsent: int | None = None
        self._stuck = False

    def ends(self) -> tuple[Broker, Broker]:
        given = self._definition
        source, destination = address_of(given["src-uri"]), address_of(given["dest-uri"])
        return reached(self.broker, source), reached(self.broker, destination)

    def prepare(self, reader: Channel, writer: Channel) -> str:
        given = self._definition
        if "dest-queue" in given:
            _ensure(writer, given["dest-queue"])
        if "src-queue" in given:
            ready = _ensure(reader, given["src-queue"])
            self._count_down(given.get("src-delete-after", "never"), ready)
            return str(given["src-queue"])
        made = reader.broker.queue_declare(reader, "", exclusive=True)
        reader.broker.bind(
            "queue", made.queue, given["src-exchange"], given.get("src-exchange-key", "")
        )
        return made.queue

    def _count_down(self, after: Any, ready: int) -> None:
        if self._remaining is None and after != "never":
            self._remaining = ready if after == "queue-length" else int(after)
        self._unsent = self._remaining

    def read(self, queue: str) -> None:
        if self._remaining == 0:
            self._done()
            return
        super().read(queue)

    def publish(self, delivery: Delivery) -> None:
        """What is beyond the number to move stays unsettled, and comes back at the end."""
        if self._unsent != 0:
            super().publish(delivery)
            self._count_unsent(-1)

    def refused(self) -> None:
        self._count_unsent(1)

    def _count_unsent(self, change: int) -> None:
        if self._unsent is not None:
            self._unsent += change

    def passed_on(self, delivery: Delivery) -> Publish:
        message, given = delivery.entry.message, self._definition
        exchange = given.get("dest-exchange", message.exchange)
        key = given.get("dest-exchange-key", message.routing_key)
        if "dest-queue" in given:
            exchange, key = "", given["dest-queue"]
        properties = message.properties
        if given.get("dest-add-forward-headers"):
            properties = replace(properties, headers=self._with_trace(properties.headers))
        return Publish(exchange, key, properties)

    def _with_trace(self, headers: Table) -> Table:
        given = self._definition
        trace = {
            "shovelled-by": self.broker.cluster.nodes[0].name,
            "shovel-type": "dynamic",
            "shovel-name": self._name,
            "shovel-vhost": self.broker.virtual_hosts.name_of(self.broker),
            "src-uri": given["src-uri"],
            "dest-uri": given["dest-uri"],
            **{name: given[name] for name in _DESCRIBED if name in given},
        }
        return {**headers, "x-shovelled": [trace, *headers.get("x-shovelled", [])]}

    def moved(self) -> None:
        if self._remaining is not None:
            self._remaining -= 1
            if self._remaining == 0:
                self._done()

    def cannot_publish(self) -> None:
        if self.broker.version >= V4_0 or self._stuck:
            self._stuck = False
            super().cannot_publish()
        elif self.writer is not None:
            self._stuck = True
            self.writer.close()


def _ensure(channel: Channel, name: str) -> int:
    """Make a queue unless it is there; its ready messages."""
    broker = channel.broker
    if name not in broker.queues:
        broker.queue_declare(channel, name, durable=True)
    return broker.queue_declare(channel, name, passive=True).message_count
