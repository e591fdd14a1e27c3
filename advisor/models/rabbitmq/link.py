"""What shovels and federation have in common: a client that reads in one place and publishes in
another, later and at its own pace.

Keeps: each message is acknowledged where it was read as the mode says, by default once the other
end has confirmed it, so that a link that breaks repeats messages and loses none; one that the other
end refuses is requeued and tried again at once, for ever, each time a failed delivery of the source
queue; a broken link tries again after ``reconnect_ms``. A round between the two ends takes a
millisecond.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from advisor.models.kernel import Timer
from advisor.models.rabbitmq.message import Delivery, Message, Properties
from advisor.models.rabbitmq.policy import RefusedParameterError
from advisor.models.rabbitmq.replies import ClosedError, connection_error
from advisor.models.rabbitmq.virtual_hosts import DEFAULT

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.channel import Channel

AckMode = Literal["on-confirm", "on-publish", "no-ack"]
ACK_MODES = ("no-ack", "on-publish", "on-confirm")
RECONNECT_MS = 5_000
PREFETCH = 1_000
ROUND_MS = 1
TAG = "link"


class Address(NamedTuple):
    """``host`` is empty for the cluster that the link runs on, ``virtual_host`` for its own."""

    host: str
    virtual_host: str


def address_of(uri: Any) -> Address:
    """What ``amqp://user:password@host/virtual-host`` leads to."""
    parts = urlsplit(uri if isinstance(uri, str) else "")
    if parts.scheme not in ("amqp", "amqps"):
        raise RefusedParameterError(f"not a valid URI: {uri!r}")
    return Address(parts.hostname or "", unquote(parts.path[1:]))


def reached(broker: Broker, address: Address) -> Broker:
    """The virtual host there; ClosedError where none answers."""
    if address == ("", ""):
        return broker
    hosts = broker.virtual_hosts
    there = hosts.elsewhere.get(address.host) if address.host else hosts
    if there is None:
        raise connection_error(541, f"no broker answers at {address.host!r}")
    return there.enter(address.virtual_host or DEFAULT)


class Arrivals(deque[Any]):
    """What a channel puts its deliveries or answers into; tells that something came."""

    def __init__(self, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told

    def append(self, one: Any, /) -> None:
        super().append(one)
        self._told()


class Publish(NamedTuple):
    """Where a message goes on the other side."""

    exchange: str
    routing_key: str
    properties: Properties


class Link:
    """One link. Who extends it says where it reads and writes, and what becomes of a message."""

    reader_priority = 0

    def __init__(
        self,
        broker: Broker,
        *,
        mode: AckMode = "on-confirm",
        prefetch: int = PREFETCH,
        reconnect_ms: int = RECONNECT_MS,
    ) -> None:
        """``broker`` is the virtual host that it is defined in."""
        self.broker = broker
        self.reader: Channel | None = None
        self.writer: Channel | None = None
        self._mode = mode
        self._prefetch = prefetch
        self._reconnect_ms = reconnect_ms
        self._timer: Timer | None = None
        self._move_planned = False
        self._tags: dict[int, int] = {}
        self._stopped = False

    # what each kind says

    def ends(self) -> tuple[Broker, Broker]:
        """Where it reads and where it writes; ClosedError if one is not there."""
        raise NotImplementedError

    def prepare(self, reader: Channel, writer: Channel) -> str:
        """Declare what the link needs; the queue that it reads."""
        raise NotImplementedError

    def passed_on(self, delivery: Delivery) -> Publish | None:
        """What to publish, None to leave it out."""
        raise NotImplementedError

    def moved(self) -> None:
        """One more message is done with."""

    def refused(self) -> None:
        """The other end said no; it comes again."""

    def cannot_publish(self) -> None:
        """The other end closed the channel."""
        self._lost()

    # its life

    def start(self) -> None:
        """Connect, soon."""
        self._plan(ROUND_MS)

    def stop(self) -> None:
        """For good."""
        self._stopped = True
        self._disconnect()

    def _plan(self, delay_ms: int) -> None:
        if not self._stopped:
            self._timer = self.broker.kernel.after(delay_ms, self._connect)

    def _connect(self) -> None:
        try:
            source, destination = self.ends()
            self.reader, self.writer = self._channel_of(source), self._channel_of(destination)
            queue = self.prepare(self.reader, self.writer)
        except ClosedError:
            self._lost()
            return
        self.reader.inbox = Arrivals(self._plan_move)
        self.reader.cancelled = Arrivals(self._restart)
        if self._mode == "on-confirm":
            self.writer.confirm_select()
            assert self.writer.confirms is not None
            self.writer.confirms.answers = Arrivals(self._plan_move)
        self.reader.basic_qos(self._prefetch)
        self.read(queue)

    def read(self, queue: str) -> None:
        """Begin to read, unless that waits for something."""
        assert self.reader is not None
        self.reader.basic_consume(
            queue,
            TAG,
            no_ack=self._mode == "no-ack",
            arguments={"x-priority": self.reader_priority},
        )

    def _channel_of(self, broker: Broker) -> Channel:
        connection = broker.connect()
        connection.on_close = self._lost
        return connection.channel()

    def _restart(self) -> None:
        """The queue that it read is gone: make it again without a delay."""
        if not self._stopped:
            self._disconnect()
            self._plan(ROUND_MS)

    def _lost(self) -> None:
        self._disconnect()
        self._plan(self._reconnect_ms)

    def _disconnect(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        channels, self.reader, self.writer = (self.reader, self.writer), None, None
        self._tags.clear()
        for channel in channels:
            if channel is not None:
                channel.connection.on_close = None
                channel.connection.close()

    # moving

    def _plan_move(self) -> None:
        if not self._move_planned:
            self._move_planned = True
            self.broker.kernel.after(ROUND_MS, self._move)

    def _move(self) -> None:
        self._move_planned = False
        self._settle_answered()
        while self.reader is not None and self.reader.inbox:
            self.publish(self.reader.inbox.popleft())

    def publish(self, delivery: Delivery) -> None:
        """Send one message on."""
        reader, writer = self.reader, self.writer
        assert reader is not None
        assert writer is not None
        wanted = self.passed_on(delivery)
        message: Message = delivery.entry.message
        if wanted is None:
            reader.basic_ack(delivery.tag)
            return
        try:
            writer.basic_publish(*wanted[:2], message.body, wanted.properties)
        except ClosedError:
            self.cannot_publish()
            return
        if writer.confirms is not None:
            self._tags[writer.confirms.published] = delivery.tag
            return
        if self._mode == "on-publish":
            reader.basic_ack(delivery.tag)
        self.moved()

    def _settle_answered(self) -> None:
        while self.reader is not None and self.writer is not None and self._answers():
            number, accepted = self._answers().popleft()
            tag = self._tags.pop(number)
            if accepted:
                self.reader.basic_ack(tag)
                self.moved()
            else:
                self.refused()
                self.reader.basic_nack(tag, requeue=True)

    def _answers(self) -> deque[tuple[int, bool]]:
        confirms = self.writer.confirms if self.writer is not None else None
        return confirms.answers if confirms is not None else deque()
