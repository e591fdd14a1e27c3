"""AMQP 1.0 on a virtual host, from 4.0: links become publishes and consumers of one channel.

Keeps what was seen on 4.0.5 and 4.3.6: addresses of version 2 (``/queues/q``, ``/exchanges/x/key``,
or in each message), on 4.0 also those of version 1; outcomes of a publish (accepted, released
where no queue wanted it, rejected where one refused); link credit, which settling does not give
back; accepted, rejected, released and modified; what the sections of a message are in AMQP 0-9-1
and back; which errors end a link (4.3) or the whole session (4.0). Leaves out the plugin of 3.x,
user identifiers, bodies of other types than data, filters, and transfers that are settled at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote

from advisor.models.rabbitmq.message import Delivery, Properties
from advisor.models.rabbitmq.queue import Queue
from advisor.models.rabbitmq.replies import ClosedError
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V4_0, V4_3

if TYPE_CHECKING:
    from advisor.domain.version import BrokerVersion
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.consumer import Consumer

Outcome = Literal["accepted", "rejected", "released", "modified"]

_QUEUES = "/queues/"
_EXCHANGES = "/exchanges/"
_CONDITIONS = {403: "amqp:unauthorized-access", 404: "amqp:not-found", 405: "amqp:resource-locked",
               406: "amqp:precondition-failed"}  # fmt: skip
_NORMAL_PRIORITY = 4


class LinkError(Exception):
    """``condition`` ends the link, or the session with all its links."""

    def __init__(self, condition: str, *, session: bool) -> None:
        super().__init__(condition)
        self.condition = condition
        self.session = session


@dataclass(frozen=True, slots=True)
class Sections:
    """Header, annotations, properties and application properties of a message, and its data.

    ``time_to_live_ms`` and ``creation_time_ms`` in milliseconds; ``to`` is read by the broker
    where a link has no address of its own.
    """

    body: bytes = b""
    durable: bool = False
    priority: int = _NORMAL_PRIORITY
    time_to_live_ms: int | None = None
    first_acquirer: bool = False
    delivery_count: int = 0
    annotations: Mapping[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    to: str | None = None
    reply_to: str | None = None
    correlation_id: str | None = None
    content_type: str | None = None
    creation_time_ms: int | None = None
    group_id: str | None = None
    application: Mapping[str, Any] = field(default_factory=dict)


class Target(NamedTuple):
    """Where a message is published."""

    exchange: str
    routing_key: str


def to_properties(sections: Sections, version: BrokerVersion) -> Properties:
    """As a client of AMQP 0-9-1 sees it: whole numbers only, and no subject."""
    reply_to = sections.reply_to
    if version >= V4_3 and reply_to is not None:
        reply_to = unquote(reply_to.removeprefix(_QUEUES))
    ttl_ms, created_ms = sections.time_to_live_ms, sections.creation_time_ms
    return Properties(
        headers={
            name: int(value) if isinstance(value, float) else value
            for name, value in sections.application.items()
        },
        # 4.0 takes a header without this field for a durable message
        delivery_mode=2 if sections.durable or version < V4_3 else None,
        priority=None if sections.priority == _NORMAL_PRIORITY else sections.priority,
        expiration=None if ttl_ms is None else str(ttl_ms),
        message_id=sections.message_id,
        correlation_id=sections.correlation_id,
        reply_to=reply_to,
        content_type=sections.content_type,
        timestamp=None if created_ms is None else created_ms // 1000,
        app_id=sections.group_id,
    )


def from_delivery(delivery: Delivery, version: BrokerVersion) -> Sections:
    """As a client of AMQP 1.0 sees it: headers that begin with ``x-`` are annotations."""
    entry = delivery.entry
    message, given = entry.message, entry.message.properties
    headers = {**given.headers, **delivery.queue.headers_of(entry)}
    annotations: dict[str, Any] = {
        "x-exchange": message.exchange,
        "x-routing-key": message.routing_key,
        **{name: value for name, value in headers.items() if name.startswith("x-")},
    }
    if given.type is not None:
        annotations["x-basic-type"] = given.type
    reply_to = given.reply_to
    if version >= V4_3 and reply_to is not None:
        reply_to = f"{_QUEUES}{reply_to}"
    return Sections(
        body=message.body,
        durable=given.delivery_mode == 2,
        priority=_NORMAL_PRIORITY if given.priority is None else given.priority,
        time_to_live_ms=None if given.expiration is None else int(given.expiration),
        first_acquirer=not entry.redelivered,
        delivery_count=entry.failures if version >= V4_3 else entry.reported,
        annotations=annotations,
        message_id=given.message_id,
        reply_to=reply_to,
        correlation_id=given.correlation_id,
        content_type=given.content_type,
        creation_time_ms=None if given.timestamp is None else given.timestamp * 1000,
        application={
            name: value
            for name, value in given.headers.items()
            if not name.startswith("x-") and not isinstance(value, list | dict)
        },
    )


@dataclass(slots=True)
class _Sender:
    target: Target | None
    queue: str | None


@dataclass(slots=True)
class _Receiver:
    queue: str
    consumer: Consumer


class Amqp10Session:
    """One connection with one session; ``ended`` has why the broker ended links, by name."""

    def __init__(self, broker: Broker) -> None:
        if broker.version < V4_0:
            raise UnmodelledError(Gap.AMQP_1_0_PLUGIN)
        self._broker = broker
        self._connection = broker.connect()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._senders: dict[str, _Sender] = {}
        self._receivers: dict[str, _Receiver] = {}
        self.ended: dict[str, str] = {}

    def _error(self, condition: str) -> LinkError:
        return LinkError(condition, session=self._broker.version < V4_3)

    # addresses

    def _queue_of(self, address: str) -> str | None:
        """The queue that an address names, None where it names none; it may be made."""
        if address.startswith(_QUEUES):
            return self._existing(unquote(address.removeprefix(_QUEUES)))
        if self._broker.version >= V4_3:
            return None
        if address.startswith("/amq/queue/"):
            return self._existing(address.removeprefix("/amq/queue/"))
        if address.startswith("/queue/") or not address.startswith("/"):
            name = address.removeprefix("/queue/")
            if name not in self._broker.queues:
                self._broker.queue_declare(self._channel, name, durable=True)
            return name
        return None

    def _existing(self, name: str) -> str:
        if name not in self._broker.queues:
            raise self._error("amqp:not-found")
        return name

    def _exchange_of(self, address: str) -> Target | None:
        old = self._broker.version < V4_3
        if old and address.startswith("/topic/"):
            return Target("amq.topic", address.removeprefix("/topic/"))
        for prefix in (_EXCHANGES, "/exchange/") if old else (_EXCHANGES,):
            if address.startswith(prefix):
                exchange, _, key = address.removeprefix(prefix).partition("/")
                found = Target(unquote(exchange), unquote(key))
                if found.exchange not in self._broker.exchanges:
                    raise self._error("amqp:not-found")
                return found
        return None

    def _target(self, address: str) -> tuple[Target, str | None]:
        queue = self._queue_of(address)
        if queue is not None:
            return Target("", queue), queue
        target = self._exchange_of(address)
        if target is None:
            raise self._error("amqp:invalid-field")
        return target, None

    # links

    def attach_sender(self, link: str, address: str | None) -> None:
        """To an address; None or empty: each message says where it goes to."""
        self._senders[link] = _Sender(*self._target(address)) if address else _Sender(None, None)

    def attach_receiver(self, link: str, address: str, credit: int) -> None:
        """From a queue, on 4.0 also from an exchange through a queue of its own."""
        queue = self._queue_of(address)
        if queue is None:
            queue = self._bound(address)
        self._channel.basic_qos(credit)
        self._channel.basic_consume(queue, link)
        self._receivers[link] = _Receiver(queue, self._channel.consumers[link])

    def _bound(self, address: str) -> str:
        target = None if address.startswith(_EXCHANGES) else self._exchange_of(address)
        if target is None:
            raise self._error("amqp:invalid-field")
        made = self._broker.queue_declare(self._channel, "", exclusive=True, auto_delete=True)
        self._broker.bind("queue", made.queue, *target)
        return made.queue

    def detach(self, link: str) -> None:
        """What is unsettled on it goes back."""
        self._senders.pop(link, None)
        receiver = self._receivers.pop(link, None)
        if receiver is not None:
            self._channel.basic_cancel(link)
            for tag in self._unsettled(receiver.consumer):
                self._channel.basic_nack(tag)

    def _unsettled(self, consumer: Consumer) -> list[int]:
        return [tag for tag, one in self._channel.unacked.items() if one.consumer is consumer]

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    # messages

    def send(self, link: str, sections: Sections) -> tuple[Outcome, str | None]:
        """The broker's outcome, and its condition where it says one."""
        target = self._senders[link].target
        if target is None:
            if not sections.to:
                return "rejected", "amqp:precondition-failed"
            try:
                target, _ = self._target(sections.to)
            except LinkError as error:
                return "rejected", error.condition
        channel, version = self._channel, self._broker.version
        properties = to_properties(sections, version)
        try:
            channel.basic_publish(*target, sections.body, properties, mandatory=True)
        except ClosedError as error:
            raise self._error(_CONDITIONS[error.code]) from None
        assert channel.confirms is not None
        _, accepted = channel.confirms.answers.popleft()
        if not accepted:
            return "rejected", "amqp:resource-limit-exceeded" if version >= V4_3 else None
        if channel.returns:
            channel.returns.clear()
            return "released", None
        return "accepted", None

    def flow(self, link: str, credit: int) -> None:
        """So many more messages may come."""
        consumer = self._receivers[link].consumer
        consumer.limit += credit
        queue = consumer.queue
        assert isinstance(queue, Queue)
        queue.consumers.unblock(self._channel)
        queue.dispatch()

    def take(self) -> list[tuple[str, Delivery, Sections]]:
        """What has come, with the link's name; what the broker has ended is in ``ended``."""
        taken = []
        while self._channel.inbox:
            delivery = self._channel.inbox.popleft()
            assert delivery.consumer is not None
            sections = from_delivery(delivery, self._broker.version)
            taken.append((delivery.consumer.tag, delivery, sections))
        self._look_for_deleted()
        return taken

    def _look_for_deleted(self) -> None:
        queues = {name: one.queue for name, one in self._receivers.items()}
        queues |= {name: one.queue for name, one in self._senders.items() if one.queue}
        gone = [name for name, queue in queues.items() if queue not in self._broker.queues]
        for name in gone:
            self._senders.pop(name, None)
            self._receivers.pop(name, None)
            self.ended[name] = "amqp:resource-deleted"

    def settle(
        self, delivery: Delivery, outcome: Outcome, *, failed: bool, undeliverable: bool
    ) -> None:
        """``failed`` and ``undeliverable`` (here) belong to ``modified``. No credit comes back."""
        if delivery.tag not in self._channel.unacked:
            return
        assert delivery.consumer is not None
        delivery.consumer.limit -= 1
        channel, tag = self._channel, delivery.tag
        failed = failed and outcome == "modified"
        if outcome == "accepted":
            channel.basic_ack(tag)
        elif outcome == "rejected" or (failed and undeliverable):
            channel.basic_reject(tag, requeue=False)
        elif undeliverable and outcome == "modified":
            channel.basic_nack(tag, requeue=False)
        elif failed:
            delivery.entry.reported += isinstance(delivery.queue, Queue) and delivery.queue.reports
            channel.basic_reject(tag, requeue=True)
        else:
            channel.basic_nack(tag, requeue=True)
