"""Direct reply-to: answers go straight to a requester's channel and are stored nowhere.

Keeps: consume ``amq.rabbitmq.reply-to`` once per channel and without acknowledgements, before
publishing with that ``reply_to`` (406 else); the broker writes a token into it; a reply to a
requester that is gone is lost. A mandatory reply is returned before 4.3 even when it arrives,
from 4.3 only for a token that never was. Leaves out AMQP 1.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.arguments import QueueSettings
from advisor.models.rabbitmq.message import Delivery, Entry, How, Message
from advisor.models.rabbitmq.replies import channel_error
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.consumer import Consumer

NAME = "amq.rabbitmq.reply-to"


class ReplyAddress:
    """Where direct replies come from: no queue, nothing kept."""

    __slots__ = ()

    name = NAME
    settings = QueueSettings("classic")

    def settle(self, delivery: Delivery) -> None:
        """Replies are settled by being sent."""

    def discard(self, delivery: Delivery, how: How) -> None:
        """As :meth:`settle`."""

    def give_back(self, deliveries: Sequence[Delivery], how: How) -> None:
        """Replies do not come back."""

    def remove_consumer(self, consumer: Consumer) -> None:
        """The channel forgets its token itself."""

    def dispatch(self) -> None:
        """Nothing waits."""

    def headers_of(self, entry: Entry, *, got: bool = False) -> dict[str, int]:
        del entry, got
        return {}


def is_reply(message: Message) -> bool:
    """Whether it goes to somebody's reply address."""
    return message.exchange == "" and message.routing_key.startswith(f"{NAME}.")


class ReplyTokens:
    """Tokens given out by one broker, and the channels behind them (None once gone)."""

    __slots__ = ("_broker", "_consumers")

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._consumers: dict[str, Consumer | None] = {}

    def register(self, consumer: Consumer, *, no_ack: bool) -> str:
        """A new token for this channel; 406 for a second one or with acknowledgements."""
        if not no_ack:
            raise channel_error(406, "reply consumer cannot acknowledge")
        if consumer.channel.reply_token is not None:
            raise channel_error(406, "reply consumer already set")
        token = f"{NAME}.{len(self._consumers) + 1}"
        self._consumers[token] = consumer
        return token

    def forget(self, token: str) -> None:
        """The requester is gone."""
        self._consumers[token] = None

    def alive(self, token: str) -> bool:
        return self._consumers.get(token) is not None

    def deliver(self, token: str, message: Message) -> bool:
        """Hand the reply over; whether a mandatory publish of it stays without a return."""
        consumer = self._consumers.get(token)
        if consumer is not None:
            channel = consumer.channel
            tag = channel.last_tag + 1
            if self._is_a_queue:
                channel.last_tag = tag
            entry = Entry(message, 0)
            channel.inbox.append(
                Delivery(tag, entry, consumer.queue, consumer, channel.kernel.now_ms)
            )
        return self._is_a_queue and token in self._consumers

    @property
    def _is_a_queue(self) -> bool:
        """From 4.3 it is a type of queue. Before, the next delivery of the channel has the tag of
        the reply again."""
        return self._broker.version >= V4_3

    @property
    def passes_by_transactions(self) -> bool:
        """Before 4.3 a reply does not wait for the commit."""
        return not self._is_a_queue
