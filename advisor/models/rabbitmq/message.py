"""A message, its properties, one queue's copy of it, and the delivery of that copy.

Keeps what routing, storing and delivering read. Leaves out content_encoding, cluster_id and
the frames on the wire; headers are Python values (bool, int, float, str, None, list, dict).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from advisor.models.rabbitmq.consumer import Consumer
    from advisor.models.rabbitmq.source import Source

Table = Mapping[str, Any]

How = Literal["reject", "nack", "recover", "closed", "timeout"]
"""How a delivery comes back."""

LONGEST_TTL_MS = 315_360_000_000


@dataclass(frozen=True, slots=True)
class Properties:
    """Basic properties. ``expiration`` is a decimal string of milliseconds, as on the wire."""

    headers: Table = field(default_factory=dict)
    delivery_mode: int | None = None
    priority: int | None = None
    correlation_id: str | None = None
    reply_to: str | None = None
    expiration: str | None = None
    message_id: str | None = None
    content_type: str | None = None
    type: str | None = None
    app_id: str | None = None
    timestamp: int | None = None


PLAIN = Properties()


class Message:
    """What was published: it keeps the exchange and routing key that it was first sent to.

    ``redelivered`` and ``failures`` are how its copies begin; ``earlier_failures`` are only shown,
    by quorum queues of 4.0 to 4.2; ``copied``: CC and BCC are still routing keys of it;
    ``publisher`` is the channel that sent it, None for a queue that dead-lettered it.
    """

    __slots__ = (
        "body",
        "copied",
        "earlier_failures",
        "exchange",
        "failures",
        "properties",
        "publisher",
        "redelivered",
        "routing_key",
    )

    def __init__(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: Properties,
        redelivered: bool = False,
        copied: bool = True,
        publisher: object = None,
        failures: int = 0,
    ) -> None:
        self.exchange = exchange
        self.routing_key = routing_key
        self.body = body
        self.properties = properties
        self.redelivered = redelivered
        self.copied = copied
        self.publisher = publisher
        self.failures = failures
        self.earlier_failures = 0

    @property
    def persistent(self) -> bool:
        return self.properties.delivery_mode == 2


class Entry:
    """One queue's copy. ``sequence`` is its place; ``acquired`` counts every return to the queue,
    ``failures`` those that count towards a delivery limit, in earlier queues too where a version
    carries them; ``reported`` those that a client of AMQP 1.0 called failures, and lost
    connections: what a dead letter of 4.0 takes along."""

    __slots__ = (
        "acquired",
        "expires_at_ms",
        "failures",
        "message",
        "redelivered",
        "reported",
        "sequence",
    )

    def __init__(self, message: Message, sequence: int) -> None:
        self.message = message
        self.sequence = sequence
        self.redelivered = message.redelivered
        self.expires_at_ms: int | None = None
        self.acquired = 0
        self.failures = message.failures
        self.reported = 0

    def __lt__(self, other: Entry) -> bool:
        return self.sequence < other.sequence


class Delivery:
    """An entry handed to a channel. ``consumer`` is None for ``basic.get``."""

    __slots__ = ("at_ms", "consumer", "entry", "queue", "tag")

    def __init__(
        self, tag: int, entry: Entry, queue: Source, consumer: Consumer | None, at_ms: int
    ) -> None:
        self.tag = tag
        self.entry = entry
        self.queue = queue
        self.consumer = consumer
        self.at_ms = at_ms


class Returned(NamedTuple):
    """A mandatory message that no queue got."""

    code: int
    text: str
    message: Message
