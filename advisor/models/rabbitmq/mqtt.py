"""MQTT on a virtual host: a session is one queue for each granted quality of service.

Keeps what was seen on 3.10.8, 4.0.5 and 4.3.6: queues ``mqtt-subscription-<client>qos<n>`` bound to
``amq.topic`` and what they are by version, at most ten unacknowledged messages, quality 2 granted
as 1, which quality an AMQP message has, retained messages for exact topics, wills, takeover by the
same client identifier, sessions that expire, and MQTT 5 properties. Of version 5 it leaves out what
:attr:`Gap.MQTT_OPTION` names.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.classic_queue import ClassicQueue
from advisor.models.rabbitmq.message import Delivery, Message, Properties, Table
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V4_0, V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker

EXCHANGE = "amq.topic"
IN_FLIGHT = 10
"""``mqtt.prefetch``."""
LONGEST_EXPIRY_S = 86_400
"""``mqtt.max_session_expiry_interval_seconds``; 3.10 has it as ``mqtt.subscription_ttl``."""
TAKEN_OVER = 142
QUALITIES = (0, 1)


class MqttClosedError(Exception):
    """The session has no connection (any more)."""


@dataclass(frozen=True, slots=True)
class MqttProperties:
    """Those of an MQTT 5 message that the broker passes on."""

    content_type: str | None = None
    correlation_data: str | None = None
    response_topic: str | None = None
    user: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """A message as a client sends or receives it; ``again`` is its DUP flag."""

    topic: str
    body: bytes
    quality: int = 0
    retain: bool = False
    again: bool = False
    properties: MqttProperties = field(default_factory=MqttProperties)


def topic_to_key(topic: str) -> str:
    """Also for filters: levels become words, ``+`` becomes ``*``."""
    return topic.replace("/", ".").replace("+", "*")


def key_to_topic(key: str) -> str:
    return key.replace(".", "/").replace("*", "+")


def to_amqp(message: MqttMessage, version: BrokerVersion) -> Properties:
    """How an AMQP client sees a message published by MQTT."""
    given = message.properties
    headers: dict[str, object] = dict(given.user)
    if version < V4_0:
        headers |= {"x-mqtt-dup": False, "x-mqtt-publish-qos": message.quality}
    if given.response_topic is not None:
        headers["x-reply-to-topic"] = topic_to_key(given.response_topic)
    return Properties(
        headers=headers,
        delivery_mode=2 if message.quality else 1,
        content_type=given.content_type,
        correlation_id=given.correlation_data,
    )


def from_amqp(message: Message) -> MqttProperties:
    """What an MQTT 5 client sees of the properties; an AMQP reply address is not among them."""
    given = message.properties
    response = given.headers.get("x-reply-to-topic")
    return MqttProperties(
        given.content_type,
        given.correlation_id,
        None if response is None else key_to_topic(response),
        tuple((name, str(one)) for name, one in sorted(given.headers.items())
              if name != "x-reply-to-topic"),
    )  # fmt: skip


def quality_of(message: Message, version: BrokerVersion) -> int:
    """Before 4.0 a message that was not published by MQTT has the highest."""
    if version < V4_0:
        published: int = message.properties.headers.get("x-mqtt-publish-qos", 1)
        return published
    return 1 if message.persistent else 0


class Mqtt:
    """The plugin: who is connected, and the retained messages."""

    __slots__ = ("_made", "broker", "connected", "retained")

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.connected: dict[str, MqttSession] = {}
        self.retained: dict[str, MqttMessage] = {}
        self._made = 0

    def connect(
        self,
        identifier: str = "",
        *,
        clean: bool = True,
        version: int = 4,
        expiry_s: int | None = None,
        receive_maximum: int = IN_FLIGHT,
        will: MqttMessage | None = None,
    ) -> MqttSession:
        """``version`` 4 is MQTT 3.1.1, 5 is known from 4.0 on (MqttClosedError before).

        ``expiry_s`` is of version 5, where leaving it out ends the session with the connection.
        """
        if version >= 5 and self.broker.version < V4_0:
            raise MqttClosedError
        if not identifier:
            self._made += 1
            identifier = f"auto-{self._made}"
        if identifier in self.connected:
            self.connected[identifier].end(lost=self.broker.version >= V4_0, reason=TAKEN_OVER)
        if version < 5:
            expiry_s = 0 if clean else LONGEST_EXPIRY_S
        session = MqttSession(
            self, identifier, version, min(expiry_s or 0, LONGEST_EXPIRY_S), receive_maximum, will
        )
        session.begin(clean=clean)
        self.connected[identifier] = session
        return session


class MqttSession:
    """One connected client. Messages wait until :meth:`take`, as in a client's socket."""

    def __init__(
        self,
        plugin: Mqtt,
        identifier: str,
        version: int,
        expiry_s: int,
        receive_maximum: int,
        will: MqttMessage | None,
    ) -> None:
        self._plugin = plugin
        self._broker = plugin.broker
        self.identifier = identifier
        self.version = version
        self._expiry_s = expiry_s
        self._will = will
        self.present = False
        self.closed: int | None = None
        """Why the broker closed it: a reason code of version 5."""
        self._connection = self._broker.connect()
        self._channel = self._connection.channel()
        self._channel.basic_qos(min(receive_maximum, IN_FLIGHT))
        self._retained: deque[MqttMessage] = deque()
        self._held: list[int] = []

    def _queue(self, quality: int) -> str:
        return f"mqtt-subscription-{self.identifier}qos{quality}"

    def begin(self, *, clean: bool) -> None:
        """Take up the session that there is, or remove it."""
        found = [one for one in QUALITIES if self._queue(one) in self._broker.queues]
        if clean:
            for quality in found:
                self._broker.remove_queue(self._queue(quality))
            return
        self.present = bool(found)
        for quality in found:
            self._change_expiry(quality)
            self._consume(quality)

    def _change_expiry(self, quality: int) -> None:
        """As the client wants it now."""
        queue = self._broker.queues[self._queue(quality)]
        if self.version >= 5 and self._expiry_s and isinstance(queue, ClassicQueue):
            expires_ms = self._expiry_s * 1000
            compared = {**queue.settings.compared, "x-expires": expires_ms}
            queue.change(replace(queue.settings, expires_ms=expires_ms, compared=compared))

    def _consume(self, quality: int) -> None:
        self._channel.basic_consume(self._queue(quality), str(quality), no_ack=quality == 0)

    def _need(self, quality: int) -> None:
        name = self._queue(quality)
        if name in self._broker.queues:
            return
        kept = self._expiry_s > 0
        arguments: Table = {"x-expires": self._expiry_s * 1000} if kept else {}
        if self._broker.version >= V4_0:
            self._declare(name, exclusive=not kept, arguments=arguments)
        elif quality == 0:
            # not even a session that is kept keeps what has quality 0
            self._declare(name, durable=False, auto_delete=True)
        else:
            self._declare(name, auto_delete=not kept, arguments=arguments)
        self._consume(quality)

    def _declare(
        self,
        name: str,
        *,
        durable: bool = True,
        exclusive: bool = False,
        auto_delete: bool = False,
        arguments: Table | None = None,
    ) -> None:
        self._broker.queue_declare(
            self._channel, name, durable=durable, exclusive=exclusive, auto_delete=auto_delete,
            arguments=arguments,
        )  # fmt: skip

    def subscribe(self, filter: str, quality: int = 0, **options: object) -> int:
        """The quality granted. From 4.0 the last subscription to a filter replaces earlier ones;
        before, one of each quality may stand side by side."""
        self._check()
        if options:
            raise UnmodelledError(Gap.MQTT_OPTION)
        granted = min(quality, QUALITIES[-1])
        key = topic_to_key(filter)
        if self._broker.version >= V4_0:
            self._broker.unbind("queue", self._queue(1 - granted), EXCHANGE, key)
        self._need(granted)
        self._broker.bind("queue", self._queue(granted), EXCHANGE, key)
        found = self._plugin.retained.get(filter)
        if found is not None:
            self._retained.append(replace(found, quality=min(found.quality, granted)))
        return granted

    def unsubscribe(self, filter: str) -> None:
        self._check()
        for quality in QUALITIES:
            self._broker.unbind("queue", self._queue(quality), EXCHANGE, topic_to_key(filter))

    def publish(self, message: MqttMessage) -> None:
        """An empty retained message takes away the one before, and is still routed."""
        self._check()
        # quality 2 is answered as such, and handled as 1; a will keeps it
        self._publish(replace(message, quality=min(message.quality, QUALITIES[-1])))

    def _publish(self, message: MqttMessage) -> None:
        if message.retain:
            self._plugin.retained.pop(message.topic, None)
            if message.body:
                self._plugin.retained[message.topic] = message
        properties = to_amqp(message, self._broker.version)
        self._channel.basic_publish(EXCHANGE, topic_to_key(message.topic), message.body, properties)

    def take(self, *, acknowledge: bool = True) -> list[MqttMessage]:
        """What has come, by subscription quality; what has quality 0 needs no acknowledgement."""
        taken = list(self._retained)
        self._retained.clear()
        inbox = self._channel.inbox
        while inbox:
            delivery = inbox.popleft()
            message = self._received(delivery)
            taken.append(message)
            if delivery.consumer is None or delivery.consumer.no_ack:
                continue
            if acknowledge or message.quality == 0:
                self._channel.basic_ack(delivery.tag)
            else:
                self._held.append(delivery.tag)
        return taken

    def acknowledge(self) -> None:
        """All that was taken without."""
        for tag in self._held:
            self._channel.basic_ack(tag)
        self._held.clear()

    def _received(self, delivery: Delivery) -> MqttMessage:
        message = delivery.entry.message
        assert delivery.consumer is not None
        quality = min(quality_of(message, self._broker.version), int(delivery.consumer.tag))
        return MqttMessage(
            key_to_topic(message.routing_key),
            message.body,
            quality,
            again=delivery.entry.redelivered and quality > 0,
            properties=from_amqp(message) if self.version >= 5 else MqttProperties(),
        )

    def _check(self) -> None:
        self.see_deleted_queue()
        if self.closed is not None or self._channel.closed is not None:
            raise MqttClosedError

    def see_deleted_queue(self) -> None:
        """A queue of the session that somebody deletes ends the connection, but not on 4.0."""
        if self._channel.cancelled and not V4_0 <= self._broker.version < V4_3:
            self._channel.cancelled.clear()
            self.end(lost=True, reason=0)

    def disconnect(self) -> None:
        """With a goodbye: no will."""
        self.end(lost=False)

    def drop(self) -> None:
        """The network is gone: the will is published."""
        self.end(lost=True)

    def end(self, *, lost: bool, reason: int | None = None) -> None:
        """The connection is over; the session too unless it is to be kept."""
        if self._channel.closed is not None:
            return
        self.closed = reason
        del self._plugin.connected[self.identifier]
        if lost and self._will is not None:
            self._publish(self._will)
        self._connection.close()
        if not self._expiry_s:
            for quality in QUALITIES:
                self._broker.remove_queue(self._queue(quality))
