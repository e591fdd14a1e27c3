"""The client on a real broker, over AMQP 0-9-1: real time, and steps on nodes only with a rig.

No answer is ``Unknown``: a broker that goes away decides nothing. Everything declared is written
down before it is asked for, so that :meth:`LiveClient.close` finds what an interrupted run left.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any

import pika
from pika import spec

from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import Administration
from advisor.subjects.rabbitmq.live_link import (
    ClosedError,
    LiveChannel,
    LiveConnection,
    Loop,
    LostError,
)
from advisor.subjects.rabbitmq.live_methods import ANSWERED, UNANSWERED, value_of
from advisor.subjects.rabbitmq.live_rig import NEEDS_RIG, Rig
from advisor.subjects.rabbitmq.live_wire import to_pika
from advisor.subjects.rabbitmq.protocol import (
    Delivered,
    Operation,
    Returned,
    Setting,
)

ANSWER_MS = 45_000
"""Longer than the 30 s after which 4.3 gives up on a change of metadata."""

RIG_LOOK_MS = 50
"""How often it is asked whether a step of the rig is done."""

_DONE: Done[None] = Done(None)
_NOT_OPEN = ClosedError(504, "CHANNEL_ERROR - not open")


class LiveClient:
    """A :class:`~advisor.subjects.rabbitmq.protocol.RabbitMQClient`.

    ``url`` may hold a name and password; neither is ever shown. Raises LostError when the broker
    does not answer, ClosedError when it does not let us in, ValueError for a URL that is none.
    """

    def __init__(self, url: str, *, rig: Rig | None = None) -> None:
        self._url = url
        self._rig = rig
        self._began_s = monotonic()
        self._loop = Loop()
        self._connections: dict[str, LiveConnection] = {}
        self._channels: dict[str, LiveChannel] = {}
        self._declared: dict[tuple[str, str], None] = {}
        try:
            first = self._connect()
        except Exception:
            self._loop.close()
            raise
        self._version = BrokerVersion.parse(first.server_version)
        self.full_version = first.server_version
        first.end(politely=True)

    def _connect(self, one: amqp.ConnectionOpen | None = None) -> LiveConnection:
        urls = (self._url,) if self._rig is None else self._rig.urls()
        trouble: Exception = LostError("no node runs")
        for url in urls:
            try:
                return LiveConnection(self._loop, _parameters(url, one))
            except LostError as error:
                trouble = error
        raise trouble

    @property
    def version(self) -> BrokerVersion:
        return self._version

    @property
    def now_ms(self) -> int:
        return int((monotonic() - self._began_s) * 1000)

    # methods

    def call(self, operation: Operation) -> Outcome[Any]:
        try:
            value = self._perform(operation)
        except ClosedError as error:
            return Refused(str(error.code), error.text)
        except LostError as error:
            return Unknown(str(error))
        return _DONE if value is None else Done(value)

    def _perform(self, operation: Operation) -> Any:
        kind = type(operation)
        if kind in UNANSWERED:
            channel: str = getattr(operation, "channel", "")
            self._channel(channel).tell(UNANSWERED[kind](operation))
            return None
        if kind in ANSWERED:
            return self._ask(operation)
        return _OTHERS[kind](self, operation)

    def _connection(self, name: str) -> LiveConnection:
        found = self._connections.get(name)
        if found is None:
            raise _NOT_OPEN
        return found

    def _channel(self, name: str) -> LiveChannel:
        found = self._channels.get(name)
        if found is None:
            raise _NOT_OPEN
        if found.trouble is not None:
            raise found.trouble
        return found

    def _ask(self, operation: Any) -> Any:
        method, reply = ANSWERED[type(operation)]
        self._note(operation)
        answer = self._channel(operation.channel).ask(method(operation), reply, ANSWER_MS)
        match operation:
            case amqp.ConfirmSelect():
                self._channel(operation.channel).confirming = True
            case amqp.QueueDeclare(passive=False):
                self._declared["queue", answer.queue] = None
            case amqp.QueueDelete():
                self._declared.pop(("queue", operation.queue), None)
            case amqp.ExchangeDelete():
                self._declared.pop(("exchange", operation.exchange), None)
        return value_of(answer)

    def _note(self, operation: Operation) -> None:
        match operation:
            case amqp.QueueDeclare(passive=False):
                self._declared["queue", operation.queue] = None
            case amqp.ExchangeDeclare(passive=False):
                self._declared["exchange", operation.exchange] = None

    def _connection_open(self, one: amqp.ConnectionOpen) -> None:
        self._connections[one.connection] = self._connect(one)

    def _connection_close(self, one: amqp.ConnectionClose) -> None:
        self._connection(one.connection).end(politely=True)

    def _connection_drop(self, one: amqp.ConnectionDrop) -> None:
        self._connection(one.connection).end(politely=False)

    def _channel_open(self, one: amqp.ChannelOpen) -> None:
        self._channels[one.channel] = self._connection(one.connection).open_channel()

    def _channel_close(self, one: amqp.ChannelClose) -> None:
        self._channel(one.channel).close(ANSWER_MS)

    def _publish(self, one: amqp.BasicPublish) -> None:
        channel = self._channel(one.channel)
        method = spec.Basic.Publish(
            exchange=one.exchange, routing_key=one.routing_key, mandatory=one.mandatory
        )
        channel.tell(method, (to_pika(one.properties), one.body))
        if channel.confirming:
            channel.published += 1

    def _get(self, one: amqp.BasicGet) -> Delivered | None:
        method = spec.Basic.Get(queue=one.queue, no_ack=one.no_ack)
        return self._channel(one.channel).get(method, 2 * ANSWER_MS)

    # what arrives

    def wait_for_confirm(self, channel: str, *, within_ms: int) -> Outcome[bool]:
        found = self._channels.get(channel)
        if found is None:
            return Refused("504", "CHANNEL_ERROR - not open")
        if not found.confirming:
            return Refused("406", "the channel is not in confirm mode")
        wanted = found.told + 1
        self._loop.turn_until(
            lambda: wanted in found.answers or found.trouble is not None, within_ms
        )
        if wanted in found.answers:
            found.told = wanted
            acknowledged = found.answers.pop(wanted)
            was_returned = bool(found.returns)
            found.returns.clear()
            return Done(not was_returned) if acknowledged else Refused("nack", "refused")
        if isinstance(found.trouble, ClosedError):
            return Refused(str(found.trouble.code), found.trouble.text)
        return Unknown("no confirm" if found.trouble is None else str(found.trouble))

    def _arrived(self, channel: str) -> LiveChannel | None:
        self._loop.turn_until(lambda: True, 0)
        return self._channels.get(channel)

    def take_deliveries(self, channel: str) -> list[Delivered]:
        found = self._arrived(channel)
        if found is None:
            return []
        taken = list(found.inbox)
        found.inbox.clear()
        return taken

    def take_returned(self, channel: str) -> list[Returned]:
        found = self._arrived(channel)
        if found is None:
            return []
        taken = list(found.returns)
        found.returns.clear()
        return taken

    def take_cancelled(self, channel: str) -> list[str]:
        found = self._arrived(channel)
        if found is None:
            return []
        taken = list(found.cancelled)
        found.cancelled.clear()
        return taken

    def is_open(self, channel: str) -> bool:
        found = self._arrived(channel)
        return found is not None and found.trouble is None

    def closed_with(self, channel: str) -> Refused | None:
        found = self._arrived(channel)
        trouble = _NOT_OPEN if found is None else found.trouble
        if isinstance(trouble, LostError):
            return Refused("lost", str(trouble))
        return None if trouble is None else Refused(str(trouble.code), trouble.text)

    def is_blocked(self, connection: str) -> bool:
        self._loop.turn_until(lambda: True, 0)
        found = self._connections.get(connection)
        return found is not None and found.blocked

    def _count(self) -> int:
        return sum(
            len(one.inbox) + len(one.returns) + len(one.cancelled) + (one.trouble is not None)
            for one in self._channels.values()
        ) + sum(one.blocked for one in self._connections.values())

    def wait(self, duration_ms: int) -> None:
        # at least a millisecond, so that time is seen to pass
        self._loop.turn_until(lambda: False, max(1, duration_ms))

    def wait_for_activity(self, within_ms: int) -> bool:
        before = self._count()
        return self._loop.turn_until(lambda: self._count() != before, within_ms)

    # nodes

    def _on_rig(self, act: Callable[[Rig], Outcome[Any]]) -> Outcome[Any]:
        """Done beside the loop, which keeps heartbeats going however long it takes."""
        if self._rig is None:
            return Unknown(NEEDS_RIG)
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(act, self._rig)
            while not self._loop.turn_until(doing.done, RIG_LOOK_MS):
                pass
        self._loop.turn_until(lambda: True, 0)
        return doing.result()

    def administer(self, action: Administration) -> Outcome[None]:
        return self._on_rig(lambda rig: rig.administer(action))

    def form_cluster(self, nodes: int) -> Outcome[None]:
        return self._on_rig(lambda rig: rig.form_cluster(nodes))

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        return self._on_rig(lambda rig: rig.configure(setting, value))

    def leader_of(self, queue: str) -> Outcome[str]:
        return self._on_rig(lambda rig: rig.leader_of(queue))

    def running_nodes(self) -> Outcome[tuple[str, ...]]:
        return self._on_rig(lambda rig: rig.running_nodes())

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]:
        return self._on_rig(lambda rig: rig.stop_node(node, power_loss=power_loss))

    def start_nodes(self) -> Outcome[None]:
        return self._on_rig(lambda rig: rig.start_nodes())

    # the end

    def close(self) -> None:
        """End every connection and remove what is left, as far as the broker still answers."""
        try:
            for connection in self._connections.values():
                connection.end(politely=True)
            self._connections.clear()
            self._channels.clear()
            if any(not name.startswith("amq.") for _, name in self._declared):
                with suppress(LostError, ClosedError):
                    self._remove_declared()
        finally:
            self._loop.close()

    def _remove_declared(self) -> None:
        connection = self._connect()
        for kind, name in tuple(self._declared):
            del self._declared[kind, name]
            if not name or name.startswith("amq."):
                continue
            # a channel each: what cannot be removed closes only its own
            with suppress(ClosedError):
                channel = connection.open_channel()
                if kind == "queue":
                    method, reply = spec.Queue.Delete(queue=name), spec.Queue.DeleteOk
                else:
                    method, reply = spec.Exchange.Delete(exchange=name), spec.Exchange.DeleteOk
                channel.ask(method, reply, ANSWER_MS)
                channel.close(ANSWER_MS)
        connection.end(politely=True)


def _parameters(url: str, one: amqp.ConnectionOpen | None) -> pika.URLParameters:
    parameters = pika.URLParameters(url)
    if one is not None and one.virtual_host is not None:
        parameters.virtual_host = one.virtual_host
    if one is not None and one.user is not None:
        parameters.credentials = pika.PlainCredentials(one.user, one.password or "")
    return parameters


_OTHERS: dict[type, Callable[[LiveClient, Any], Any]] = {
    amqp.ConnectionOpen: LiveClient._connection_open,
    amqp.ConnectionClose: LiveClient._connection_close,
    amqp.ConnectionDrop: LiveClient._connection_drop,
    amqp.ChannelOpen: LiveClient._channel_open,
    amqp.ChannelClose: LiveClient._channel_close,
    amqp.BasicPublish: LiveClient._publish,
    amqp.BasicGet: LiveClient._get,
}
