"""STOMP on a virtual host: frames become declarations, publishes and consumers of one channel.

Keeps what was seen alike on 3.10.8, 4.0.5 and 4.3.6: what each kind of destination declares,
headers from and to properties, ack modes, transactions that hold frames back, replies through
``/temp-queue``, durable subscriptions (whose queue goes with its reader all the same unless
``auto-delete:false`` is said), and which errors end the connection. Leaves out heart-beats,
logins, the versions before 1.2, and where a receipt comes in relation to an error that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from advisor.models.rabbitmq.message import Delivery, Message, Properties
from advisor.models.rabbitmq.replies import NAMES, ClosedError
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker

Headers = Mapping[str, str]

TEXTS = {
    "content-type": "content_type",
    "correlation-id": "correlation_id",
    "expiration": "expiration",
    "amqp-message-id": "message_id",
    "type": "type",
    "app-id": "app_id",
}
NUMBERS = {"priority": "priority", "timestamp": "timestamp"}
OTHERS = ("destination", "persistent", "reply-to", "content-length")
KINDS = ("/amq/queue/", "/queue/", "/topic/", "/exchange/", "/reply-queue/", "/temp-queue/")
ACK_MODES = ("auto", "client", "client-individual")
_ACK = re.compile(r"T_(.*)@@session@@(\d+)")


class StompError(Exception):
    """An ERROR frame with this ``message``; most leave the connection as it is."""

    def __init__(self, message: str, *, closes: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.closes = closes


@dataclass(frozen=True, slots=True)
class StompMessage:
    """A MESSAGE frame; ``ack`` is None where it needs no acknowledgement."""

    headers: Headers
    body: bytes
    ack: str | None


@dataclass(frozen=True, slots=True)
class Destination:
    """``kind`` with slashes, then the decoded parts."""

    kind: str
    name: str
    key: str = ""


def read_destination(text: str) -> Destination:
    """StompError where there is no such kind, or a slash too many."""
    kind = next((one for one in KINDS if text.startswith(one)), None)
    if kind is None:
        raise StompError("Unknown destination")
    parts = [unquote(part) for part in text.removeprefix(kind).split("/")]
    if kind == "/exchange/" and len(parts) <= 2:
        return Destination(kind, *parts)
    if len(parts) > 1 and kind != "/reply-queue/":
        raise StompError("Invalid destination")
    return Destination(kind, "/".join(parts))


def destination_of(message: Message) -> str:
    """The address of a message as its reader sees it."""
    key = quote(message.routing_key, safe=".*#-_~")
    if message.exchange == "":
        return f"/queue/{key}"
    if message.exchange == "amq.topic":
        return f"/topic/{key}"
    return f"/exchange/{message.exchange}" + (f"/{key}" if key else "")


def to_properties(headers: Headers, reply_to: str | None) -> Properties:
    """Headers that are no properties stay headers, among them ``receipt`` and ``transaction``."""
    known = {*TEXTS, *NUMBERS, *OTHERS}
    try:
        numbers = {field: int(headers[name]) for name, field in NUMBERS.items() if name in headers}
    except ValueError:
        raise StompError("Processing error") from None
    texts = {field: headers[name] for name, field in TEXTS.items() if name in headers}
    return Properties(
        headers={name: value for name, value in headers.items() if name not in known},
        delivery_mode=2 if headers.get("persistent") == "true" else None,
        reply_to=reply_to,
        priority=numbers.get("priority"),
        timestamp=numbers.get("timestamp"),
        **texts,
    )


def from_properties(properties: Properties) -> dict[str, str]:
    """Header values that are neither text nor numbers are not shown."""
    shown = {
        name: str(value)
        for name, value in properties.headers.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }
    for name, field in {**TEXTS, **NUMBERS}.items():
        value = getattr(properties, field)
        if value is not None:
            shown[name] = str(value)
    if properties.delivery_mode == 2:
        shown["persistent"] = "true"
    if properties.reply_to is not None:
        given = properties.reply_to
        shown["reply-to"] = given if given.startswith("/") else f"/reply-queue/{given}"
    return shown


def _is_true(headers: Headers, name: str, otherwise: bool = False) -> bool:
    return headers[name] == "true" if name in headers else otherwise


@dataclass(frozen=True, slots=True)
class Subscription:
    queue: str
    mode: str
    durable: bool


class StompSession:
    """One connection. Messages wait until :meth:`take`."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._connection = broker.connect()
        self._channel = self._connection.channel()
        self._ensured: set[Destination] = set()
        self._subscriptions: dict[str, Subscription] = {}
        self._transactions: dict[str, list[Callable[[], None]]] = {}
        self._temporary: dict[str, str] = {}
        self._frames: dict[str, Callable[[Headers, bytes], None]] = {
            "SEND": self._send,
            "SUBSCRIBE": self._subscribe,
            "UNSUBSCRIBE": self._unsubscribe,
            "ACK": self._settle,
            "NACK": partial(self._settle, negative=True),
            "BEGIN": self._begin,
            "COMMIT": self._commit,
            "ABORT": self._abort,
            "DISCONNECT": lambda _headers, _body: self.drop(),
        }

    @property
    def closed(self) -> bool:
        return self._channel.closed is not None

    def frame(self, command: str, headers: Headers, body: bytes = b"") -> None:
        """What one frame of the client does; StompError for the broker's ERROR frame."""
        if self.closed:
            raise StompError("closed", closes=True)
        act = self._frames.get(command)
        if act is None:
            raise StompError("Bad command")
        try:
            act(headers, body)
        except ClosedError as error:
            self.drop()
            raise StompError(NAMES[error.code].lower(), closes=True) from None
        except StompError as error:
            if error.closes:
                self.drop()
            raise

    def drop(self) -> None:
        """The connection is gone, with or without a goodbye."""
        self._connection.close()

    # sending

    def _send(self, headers: Headers, body: bytes) -> None:
        if "message-id" in headers:
            raise StompError("Invalid header")
        destination = self._destination(headers)
        if destination.kind == "/temp-queue/":
            raise StompError("Invalid destination")
        properties = to_properties(headers, self._reply_to(headers))
        self._ensure(destination, headers)
        exchange, key = _target(destination)
        publish = partial(self._channel.basic_publish, exchange, key, body, properties)
        self._in_transaction(headers, publish)

    def _destination(self, headers: Headers) -> Destination:
        if "destination" not in headers:
            raise StompError("Missing destination")
        return read_destination(headers["destination"])

    def _reply_to(self, headers: Headers) -> str | None:
        """A temporary queue stands for one of the session, made and read when first named."""
        given = headers.get("reply-to")
        if given is None or not given.startswith("/temp-queue/"):
            return given
        if given not in self._temporary:
            made = self._broker.queue_declare(self._channel, "", exclusive=True)
            self._channel.basic_consume(made.queue, given, no_ack=True)
            self._temporary[given] = made.queue
        return self._temporary[given]

    def _ensure(self, destination: Destination, headers: Headers) -> None:
        """Declare the queue, or look for the exchange, once in a session."""
        if destination in self._ensured:
            return
        if destination.kind == "/queue/":
            self._declare(
                destination.name,
                headers,
                durable=_is_true(headers, "durable", otherwise=True),
                auto_delete=_is_true(headers, "auto-delete"),
                exclusive=_is_true(headers, "exclusive"),
            )
        elif destination.kind == "/exchange/":
            self._broker.exchange_declare(destination.name, passive=True)
        self._ensured.add(destination)

    def _declare(
        self, name: str, headers: Headers, *, durable: bool, auto_delete: bool, exclusive: bool
    ) -> None:
        arguments = {
            key: int(value) if value.isdigit() else value
            for key, value in headers.items()
            if key.startswith("x-") and key != "x-queue-name"
        }
        self._broker.queue_declare(
            self._channel, name, durable=durable, auto_delete=auto_delete, exclusive=exclusive,
            arguments=arguments,
        )  # fmt: skip

    # subscribing

    def _subscribe(self, headers: Headers, _body: bytes) -> None:
        destination = self._destination(headers)
        if destination.kind in ("/temp-queue/", "/reply-queue/"):
            raise StompError("Invalid destination")
        identifier = headers.get("id", headers["destination"])
        durable = _is_true(headers, "durable")
        if durable and "id" not in headers:
            raise StompError("Missing Header")
        mode = headers.get("ack", "auto")
        if mode not in ACK_MODES:
            raise StompError("Processing error")
        if identifier in self._subscriptions:
            raise StompError("Duplicated subscription identifier", closes=True)
        queue = self._source(destination, identifier, headers)
        if "prefetch-count" in headers:
            self._channel.basic_qos(int(headers["prefetch-count"]))
        self._channel.basic_consume(queue, identifier, no_ack=mode == "auto")
        self._subscriptions[identifier] = Subscription(queue, mode, durable)

    def _source(self, destination: Destination, identifier: str, headers: Headers) -> str:
        """The queue to read: the named one, or one of the subscription's own."""
        self._ensure(destination, headers)
        if destination.kind in ("/queue/", "/amq/queue/"):
            return destination.name
        durable = _is_true(headers, "durable")
        owner = headers["destination"] if durable else repr(self._connection)
        name = headers.get("x-queue-name", f"stomp-subscription-{owner}-{identifier}")
        self._declare(
            name,
            headers,
            durable=durable,
            auto_delete=_is_true(headers, "auto-delete", otherwise=True),
            exclusive=not durable and self._broker.version >= V4_3,
        )
        self._broker.bind("queue", name, *_target(destination))
        return name

    def _unsubscribe(self, headers: Headers, _body: bytes) -> None:
        identifier = headers.get("id", headers.get("destination", ""))
        found = self._subscriptions.pop(identifier, None)
        if found is None:
            raise StompError("No subscription found")
        self._channel.basic_cancel(identifier)
        if _is_true(headers, "durable"):
            self._broker.queue_delete(self._channel, found.queue)

    # settling

    def _settle(self, headers: Headers, _body: bytes, *, negative: bool = False) -> None:
        matched = _ACK.fullmatch(headers.get("id", ""))
        if matched is None:
            raise StompError("Invalid header")
        found = self._subscriptions.get(matched[1])
        if found is None:
            raise StompError("Subscription not found")
        multiple, tag = found.mode == "client", int(matched[2])
        if negative:
            requeue = _is_true(headers, "requeue", otherwise=True)
            settle = partial(self._channel.basic_nack, tag, multiple=multiple, requeue=requeue)
        else:
            settle = partial(self._channel.basic_ack, tag, multiple=multiple)
        self._in_transaction(headers, settle)

    # transactions

    def _in_transaction(self, headers: Headers, act: Callable[[], None]) -> None:
        if "transaction" in headers:
            self._waiting(headers).append(act)
        else:
            act()

    def _waiting(self, headers: Headers) -> list[Callable[[], None]]:
        if "transaction" not in headers:
            raise StompError("Missing transaction")
        if headers["transaction"] not in self._transactions:
            raise StompError("Bad transaction")
        return self._transactions[headers["transaction"]]

    def _begin(self, headers: Headers, _body: bytes) -> None:
        if "transaction" not in headers:
            raise StompError("Missing transaction")
        self._transactions[headers["transaction"]] = []

    def _commit(self, headers: Headers, _body: bytes) -> None:
        waiting = self._waiting(headers)
        del self._transactions[headers["transaction"]]
        for act in waiting:
            act()

    def _abort(self, headers: Headers, _body: bytes) -> None:
        self._waiting(headers)
        del self._transactions[headers["transaction"]]

    # receiving

    def take(self) -> list[StompMessage]:
        """What has come, oldest first."""
        inbox = self._channel.inbox
        return [_shown(inbox.popleft()) for _ in range(len(inbox))]


def _target(destination: Destination) -> tuple[str, str]:
    """Exchange and routing key."""
    if destination.kind == "/exchange/":
        return destination.name, destination.key
    return "amq.topic" if destination.kind == "/topic/" else "", destination.name


def _shown(delivery: Delivery) -> StompMessage:
    consumer, message = delivery.consumer, delivery.entry.message
    assert consumer is not None
    headers = {
        "subscription": consumer.tag,
        "destination": destination_of(message),
        "redelivered": str(delivery.entry.redelivered).lower(),
        **from_properties(message.properties),
    }
    ack = None if consumer.no_ack else f"T_{consumer.tag}@@session@@{delivery.tag}"
    return StompMessage(headers, message.body, ack)
