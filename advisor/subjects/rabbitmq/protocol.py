"""AMQP 0-9-1 operations as values, and the client that performs them.

Operations are named after the methods of AMQP. Connections and channels have names that the
caller chooses. A client on the model and one on a real broker perform the same operations; only
the steps on nodes and broker settings need a rig, a cluster that the project started itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from advisor.domain.outcome import Outcome, Refused
from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import PLAIN, Properties
from advisor.subjects.rabbitmq.administration import Administration

__all__ = ["Properties"]

Table = Mapping[str, Any]


class Delivered(NamedTuple):
    """A ``basic.deliver`` or ``basic.get-ok``. ``consumer_tag`` is empty for a get."""

    consumer_tag: str
    delivery_tag: int
    redelivered: bool
    exchange: str
    routing_key: str
    properties: Properties
    body: bytes


class Returned(NamedTuple):
    """A ``basic.return``: a mandatory message that no queue got."""

    code: int
    exchange: str
    routing_key: str
    body: bytes


class QueueState(NamedTuple):
    """A ``queue.declare-ok``: ready messages and consumers."""

    queue: str
    message_count: int
    consumer_count: int


@dataclass(frozen=True, slots=True)
class ConnectionOpen:
    """Connect to the first node that answers; None: as the client's URL says."""

    connection: str
    virtual_host: str | None = None
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionClose:
    connection: str


@dataclass(frozen=True, slots=True)
class ConnectionDrop:
    """Cut the connection without a word, as a process that dies does."""

    connection: str


@dataclass(frozen=True, slots=True)
class ChannelOpen:
    connection: str
    channel: str


@dataclass(frozen=True, slots=True)
class ChannelClose:
    channel: str


@dataclass(frozen=True, slots=True)
class ConfirmSelect:
    channel: str


@dataclass(frozen=True, slots=True)
class ExchangeDeclare:
    channel: str
    exchange: str
    type: str = "direct"
    durable: bool = True
    arguments: Table = field(default_factory=dict)
    passive: bool = False
    auto_delete: bool = False
    internal: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeDelete:
    channel: str
    exchange: str
    if_unused: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeBind:
    channel: str
    destination: str
    source: str
    routing_key: str = ""
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeUnbind:
    channel: str
    destination: str
    source: str
    routing_key: str = ""
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueDeclare:
    """Gives a :class:`QueueState`. Passive: only look."""

    channel: str
    queue: str
    passive: bool = False
    durable: bool = True
    exclusive: bool = False
    auto_delete: bool = False
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueBind:
    channel: str
    queue: str
    exchange: str
    routing_key: str = ""
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueUnbind:
    channel: str
    queue: str
    exchange: str
    routing_key: str = ""
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueuePurge:
    """Gives the number of ready messages removed."""

    channel: str
    queue: str


@dataclass(frozen=True, slots=True)
class QueueDelete:
    """Gives the number of messages that it had."""

    channel: str
    queue: str
    if_unused: bool = False
    if_empty: bool = False


@dataclass(frozen=True, slots=True)
class BasicQos:
    channel: str
    prefetch_count: int
    global_: bool = False


@dataclass(frozen=True, slots=True)
class BasicPublish:
    channel: str
    exchange: str
    routing_key: str
    body: bytes
    properties: Properties = PLAIN
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class BasicConsume:
    channel: str
    queue: str
    consumer_tag: str
    no_ack: bool = False
    arguments: Table = field(default_factory=dict)
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class BasicCancel:
    channel: str
    consumer_tag: str


@dataclass(frozen=True, slots=True)
class BasicGet:
    """Gives a :class:`Delivered`, or None when the queue has nothing ready."""

    channel: str
    queue: str
    no_ack: bool = False


@dataclass(frozen=True, slots=True)
class BasicAck:
    channel: str
    delivery_tag: int
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class BasicNack:
    channel: str
    delivery_tag: int
    multiple: bool = False
    requeue: bool = True


@dataclass(frozen=True, slots=True)
class BasicReject:
    channel: str
    delivery_tag: int
    requeue: bool = True


@dataclass(frozen=True, slots=True)
class BasicRecover:
    channel: str
    requeue: bool = True


@dataclass(frozen=True, slots=True)
class TxSelect:
    channel: str


@dataclass(frozen=True, slots=True)
class TxCommit:
    channel: str


@dataclass(frozen=True, slots=True)
class TxRollback:
    channel: str


Operation = (
    ConnectionOpen | ConnectionClose | ConnectionDrop | ChannelOpen | ChannelClose | ConfirmSelect
    | ExchangeDeclare | ExchangeDelete | ExchangeBind | ExchangeUnbind | QueueDeclare | QueueBind
    | QueueUnbind | QueuePurge | QueueDelete | BasicRecover | TxSelect | TxCommit | TxRollback
    | BasicQos | BasicPublish | BasicConsume | BasicCancel | BasicGet | BasicAck | BasicNack
    | BasicReject
)  # fmt: skip

WITHOUT_ANSWER = (BasicPublish, BasicAck, BasicNack, BasicReject)
"""Methods that have no answer: a channel that they close tells what became of them."""

Setting = Literal["max_message_size", "consumer_timeout"]


class RabbitMQClient(Protocol):
    """A client library with as many connections and channels as it is asked for.

    Trouble is a value: ``Refused`` has the reply code; the channel (or connection) that it closed
    is closed, and later calls on it are refused with the same code. Calls on a name that was
    never opened are refused with 504.
    """

    @property
    def version(self) -> BrokerVersion:
        """The server's, as it says when a connection opens."""
        ...

    @property
    def now_ms(self) -> int:
        """Milliseconds since the client began."""
        ...

    def call(self, operation: Operation) -> Outcome[Any]:
        """Perform one method and wait for its answer (for acks and publishes: sent)."""
        ...

    def wait_for_confirm(self, channel: str, *, within_ms: int) -> Outcome[bool]:
        """The broker's answer to the oldest unanswered publish of this channel.

        ``Done(True)``: acknowledged; ``Done(False)``: acknowledged, but returned because no queue
        wanted it; ``Refused("nack")``; ``Unknown``: no answer in that time.
        """
        ...

    def take_deliveries(self, channel: str) -> list[Delivered]:
        """What has arrived for the consumers of this channel, oldest first; taken once."""
        ...

    def take_returned(self, channel: str) -> list[Returned]:
        """What came back to this channel as unroutable, oldest first; taken once."""
        ...

    def is_open(self, channel: str) -> bool:
        """Whether the channel still works, as far as the client knows."""
        ...

    def is_blocked(self, connection: str) -> bool:
        """Whether the broker has said that it does not read this connection now."""
        ...

    def take_cancelled(self, channel: str) -> list[str]:
        """Tags of the consumers that the broker has cancelled since last asked."""
        ...

    def closed_with(self, channel: str) -> Refused | None:
        """The reply code that closed the channel, None while it is open."""
        ...

    def close(self) -> None:
        """End every connection, and remove what was declared and is still there."""
        ...

    def wait(self, duration_ms: int) -> None:
        """Let time pass, keeping connections alive."""
        ...

    def wait_for_activity(self, within_ms: int) -> bool:
        """Wait until something may have arrived on any channel; False when the time is over."""
        ...

    def administer(self, action: Administration) -> Outcome[None]:
        """What an operator does (rig)."""
        ...

    def form_cluster(self, nodes: int) -> Outcome[None]:
        """A cluster of this many nodes, before anything is declared (rig)."""
        ...

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        """A line of the brokers' configuration file (rig)."""
        ...

    def leader_of(self, queue: str) -> Outcome[str]:
        """The node that a queue lives on, or whose replica leads (rig)."""
        ...

    def running_nodes(self) -> Outcome[tuple[str, ...]]:
        """The nodes that run (rig)."""
        ...

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]:
        """Stop it, or take its power (rig)."""
        ...

    def start_nodes(self) -> Outcome[None]:
        """Bring every stopped node back (rig)."""
        ...
