"""A broker with one channel, and short words for what the tests do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.channel import Channel
from advisor.models.rabbitmq.message import Delivery, Properties
from advisor.models.rabbitmq.replies import ClosedError

V3_10 = BrokerVersion(3, 10)
V4_0 = BrokerVersion(4, 0)
V4_3 = BrokerVersion(4, 3)
SEEN = (V3_10, V4_0, V4_3)


class Bench:
    """One broker, one connection, one channel."""

    def __init__(self, version: BrokerVersion = V4_3, nodes: int = 1) -> None:
        self.broker = Broker(version, nodes=nodes)
        self.channel = self.new_channel()

    def new_channel(self) -> Channel:
        return self.broker.connect().channel()

    def queue(self, name: str = "q", kind: str = "classic", **arguments: Any) -> str:
        """Declare durable; argument names have ``_`` for ``-`` and no ``x-``."""
        given = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
        self.broker.queue_declare(
            self.channel, name, durable=True, arguments={"x-queue-type": kind, **given}
        )
        return name

    def publish(self, *bodies: str, to: str = "q", exchange: str = "", **properties: Any) -> None:
        for body in bodies:
            self.channel.basic_publish(exchange, to, body.encode(), Properties(**properties))

    def consume(
        self,
        queue: str = "q",
        *,
        prefetch: int = 0,
        channel: Channel | None = None,
        tag: str = "",
        no_ack: bool = False,
        **arguments: Any,
    ) -> Channel:
        """On a channel of its own unless one is given."""
        found = channel or self.new_channel()
        found.basic_qos(prefetch)
        given = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
        found.basic_consume(queue, tag, no_ack=no_ack, arguments=given)
        return found

    def depth(self, queue: str = "q") -> int:
        found = self.broker.queue_declare(self.new_channel(), queue, passive=True)
        return found.message_count

    def drain(self, queue: str = "q") -> list[str]:
        """Bodies of all that is ready, oldest first, taken for good."""
        bodies = []
        while (delivery := self.channel.basic_get(queue, no_ack=True)) is not None:
            bodies.append(body(delivery))
        return bodies

    def wait(self, duration_ms: int) -> None:
        kernel = self.broker.kernel
        kernel.run_until(kernel.now_ms + duration_ms)


def body(delivery: Delivery) -> str:
    return delivery.entry.message.body.decode()


def arrived(channel: Channel) -> list[str]:
    """Bodies pushed to the channel since last asked."""
    bodies = [body(delivery) for delivery in channel.inbox]
    channel.inbox.clear()
    return bodies


def headers(delivery: Delivery) -> dict[str, Any]:
    """Headers as the client gets them."""
    added = delivery.queue.headers_of(delivery.entry, got=delivery.consumer is None)
    return {**delivery.entry.message.properties.headers, **added}


def reply(call: Callable[[], object]) -> str:
    """``406c`` where the call closes the channel with 406, ``540C`` the connection, ``ok``."""
    try:
        call()
    except ClosedError as error:
        return f"{error.code}{'c' if error.scope == 'channel' else 'C'}"
    return "ok"
