"""Connections: what a client opens channels on, and what goes when one closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.channel import Channel
from advisor.models.rabbitmq.replies import ClosedError, connection_error

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.cluster import Node


class Connection:
    """A client's connection to one node."""

    __slots__ = ("broker", "channels", "closed", "node", "on_close")

    def __init__(self, broker: Broker, node: Node) -> None:
        self.broker = broker
        self.node = node
        self.channels: list[Channel] = []
        self.closed: ClosedError | None = None
        self.on_close: Callable[[], None] | None = None

    def channel(self) -> Channel:
        """A new channel."""
        if self.closed is not None:
            raise self.closed
        channel = Channel(self)
        self.channels.append(channel)
        return channel

    def close_with(self, error: ClosedError) -> None:
        """Close with all channels; exclusive queues go."""
        if self.closed is not None:
            return
        self.closed = error
        channels = list(self.channels)
        read = [one.queue.name for channel in channels for one in channel.consumers.values()]
        for channel in channels:
            channel.shut(error, by_connection=True)
        self.broker.connection_closed(self)
        for queue in read:
            self.broker.consumer_gone(queue)
        if self.on_close is not None:
            self.on_close()

    def close(self) -> None:
        """The client says goodbye."""
        self.close_with(connection_error(504, "closed by the client"))

    def drop(self) -> None:
        """The network or the client's process is gone: for the broker as a close."""
        self.close_with(connection_error(504, "connection lost"))

    def refuse_unanswered(self) -> None:
        """Nack what was published without a majority."""
        for channel in self.channels:
            if channel.confirms is not None:
                channel.confirms.refuse_unanswered()
