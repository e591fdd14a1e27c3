"""The client on the built-in model: virtual time, nothing on a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from advisor.domain.outcome import Done, Outcome, Refused, Trouble, Unknown, Unmodelled
from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.channel import Channel
from advisor.models.rabbitmq.cluster import Node
from advisor.models.rabbitmq.connection import Connection
from advisor.models.rabbitmq.message import Delivery
from advisor.models.rabbitmq.policy import Policy, RefusedParameterError
from advisor.models.rabbitmq.replies import ClosedError, connection_error
from advisor.models.rabbitmq.unmodelled import UnmodelledError
from advisor.models.rabbitmq.versions import NEWEST
from advisor.models.rabbitmq.virtual_hosts import DEFAULT, GUEST
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import (
    AddVirtualHost,
    Administration,
    ClearParameter,
    ClearPolicy,
    DeleteVirtualHost,
    SetMemoryAlarm,
    SetParameter,
    SetPolicy,
)
from advisor.subjects.rabbitmq.protocol import (
    WITHOUT_ANSWER,
    Delivered,
    Operation,
    QueueState,
    Returned,
    Setting,
)

_DONE: Done[None] = Done(None)
_NOT_OPEN = connection_error(504, "not open")


def _delivered(delivery: Delivery) -> Delivered:
    entry = delivery.entry
    message = entry.message
    properties = message.properties
    added = delivery.queue.headers_of(entry, got=delivery.consumer is None)
    if added or "BCC" in properties.headers:
        headers = {**properties.headers, **added}
        headers.pop("BCC", None)
        properties = replace(properties, headers=headers)
    tag = "" if delivery.consumer is None else delivery.consumer.tag
    return Delivered(
        tag, delivery.tag, entry.redelivered, message.exchange, message.routing_key, properties,
        message.body,
    )  # fmt: skip


class ModelClient:
    """A :class:`~advisor.subjects.rabbitmq.protocol.RabbitMQClient` on a broker of its own."""

    def __init__(self, version: BrokerVersion = NEWEST) -> None:
        self.broker = Broker(version)
        self._connections: dict[str, Connection] = {}
        self._channels: dict[str, Channel] = {}
        self._handlers: dict[type, Callable[[Any], Any]] = {
            amqp.ConnectionOpen: self._connection_open,
            amqp.ConnectionClose: lambda one: self._connection(one.connection).close(),
            amqp.ConnectionDrop: lambda one: self._connection(one.connection).drop(),
            amqp.ChannelOpen: self._channel_open,
            amqp.ChannelClose: lambda one: self._channel(one.channel).close(),
            amqp.ConfirmSelect: lambda one: self._channel(one.channel).confirm_select(),
            amqp.ExchangeDeclare: self._exchange_declare,
            amqp.ExchangeDelete: self._exchange_delete,
            amqp.ExchangeBind: self._exchange_bind,
            amqp.QueueDeclare: self._queue_declare,
            amqp.QueueBind: self._queue_bind,
            amqp.QueueDelete: self._queue_delete,
            amqp.ExchangeUnbind: self._exchange_unbind,
            amqp.QueueUnbind: self._queue_unbind,
            amqp.QueuePurge: self._queue_purge,
            amqp.BasicRecover: lambda one: self._channel(one.channel).basic_recover(
                requeue=one.requeue
            ),
            amqp.TxSelect: lambda one: self._channel(one.channel).tx_select(),
            amqp.TxCommit: lambda one: self._channel(one.channel).tx_commit(),
            amqp.TxRollback: lambda one: self._channel(one.channel).tx_rollback(),
            amqp.BasicQos: lambda one: self._channel(one.channel).basic_qos(
                one.prefetch_count, global_=one.global_
            ),
            amqp.BasicPublish: self._publish,
            amqp.BasicConsume: self._consume,
            amqp.BasicCancel: lambda one: self._channel(one.channel).basic_cancel(one.consumer_tag),
            amqp.BasicGet: self._get,
            amqp.BasicAck: self._ack,
            amqp.BasicNack: lambda one: self._channel(one.channel).basic_nack(
                one.delivery_tag, multiple=one.multiple, requeue=one.requeue
            ),
            amqp.BasicReject: lambda one: self._channel(one.channel).basic_reject(
                one.delivery_tag, requeue=one.requeue
            ),
        }

    @property
    def version(self) -> BrokerVersion:
        return self.broker.version

    @property
    def now_ms(self) -> int:
        return self.broker.kernel.now_ms

    def call(self, operation: Operation) -> Outcome[Any]:
        if self.broker.alarm.raised and self._is_unread(operation):
            answered = not isinstance(operation, WITHOUT_ANSWER)
            return Unknown("the connection is blocked") if answered else _DONE
        return self._perform(operation)

    def _is_unread(self, operation: Operation) -> bool:
        channel = self._channels.get(getattr(operation, "channel", ""))
        name = getattr(operation, "connection", "")
        connection = self._connections.get(name) if channel is None else channel.connection
        return connection is not None and self.broker.alarm.holds_back(
            connection,
            partial(self._perform, operation),
            publishes=isinstance(operation, amqp.BasicPublish),
        )

    def _perform(self, operation: Operation) -> Outcome[Any]:
        try:
            value = self._handlers[type(operation)](operation)
        except ClosedError as error:
            self._close(operation, error)
            return Refused(str(error.code), error.text)
        except UnmodelledError as error:
            return Unmodelled(error.gap.name, error.gap.value)
        return _DONE if value is None else Done(value)

    def _close(self, operation: Operation, error: ClosedError) -> None:
        channel = self._channels.get(getattr(operation, "channel", ""))
        if channel is not None and channel.closed is None:
            channel.close_with(error)

    def _connection(self, name: str) -> Connection:
        found = self._connections.get(name)
        if found is None:
            raise _NOT_OPEN
        return found

    def _channel(self, name: str) -> Channel:
        found = self._channels.get(name)
        if found is None:
            raise _NOT_OPEN
        if found.closed is not None:
            raise found.closed
        return found

    def _connection_open(self, one: amqp.ConnectionOpen) -> None:
        broker = self.broker.virtual_hosts.enter(
            one.virtual_host or DEFAULT, one.user or GUEST, one.password or GUEST
        )
        self._connections[one.connection] = broker.connect()

    def _channel_open(self, one: amqp.ChannelOpen) -> None:
        self._channels[one.channel] = self._connection(one.connection).channel()

    def _exchange_declare(self, one: amqp.ExchangeDeclare) -> None:
        self._channel(one.channel).broker.exchange_declare(
            one.exchange,
            one.type,
            passive=one.passive,
            durable=one.durable,
            auto_delete=one.auto_delete,
            internal=one.internal,
            arguments=one.arguments,
        )

    def _exchange_delete(self, one: amqp.ExchangeDelete) -> None:
        broker = self._channel(one.channel).broker
        broker.exchange_delete(one.exchange, if_unused=one.if_unused)

    def _exchange_bind(self, one: amqp.ExchangeBind) -> None:
        broker = self._channel(one.channel).broker
        broker.bind("exchange", one.destination, one.source, one.routing_key, one.arguments)

    def _exchange_unbind(self, one: amqp.ExchangeUnbind) -> None:
        broker = self._channel(one.channel).broker
        broker.unbind("exchange", one.destination, one.source, one.routing_key, one.arguments)

    def _queue_declare(self, one: amqp.QueueDeclare) -> QueueState:
        channel = self._channel(one.channel)
        found = channel.broker.queue_declare(
            channel,
            one.queue,
            passive=one.passive,
            durable=one.durable,
            exclusive=one.exclusive,
            auto_delete=one.auto_delete,
            arguments=one.arguments,
        )
        return QueueState(*found)

    def _queue_bind(self, one: amqp.QueueBind) -> None:
        channel = self._channel(one.channel)
        queue = channel.broker.find_queue(channel, one.queue)
        key = one.routing_key or ("" if one.queue else queue.name)
        channel.broker.bind("queue", queue.name, one.exchange, key, one.arguments)

    def _queue_unbind(self, one: amqp.QueueUnbind) -> None:
        channel = self._channel(one.channel)
        name, broker = one.queue, channel.broker
        if not name or broker.is_bound(name, one.exchange, one.routing_key, one.arguments):
            name = broker.find_queue(channel, name).name
        broker.unbind("queue", name, one.exchange, one.routing_key, one.arguments)

    def _queue_delete(self, one: amqp.QueueDelete) -> int:
        channel = self._channel(one.channel)
        return channel.broker.queue_delete(
            channel, one.queue, if_unused=one.if_unused, if_empty=one.if_empty
        )

    def _queue_purge(self, one: amqp.QueuePurge) -> int:
        channel = self._channel(one.channel)
        return channel.broker.queue_purge(channel, one.queue)

    def _publish(self, one: amqp.BasicPublish) -> None:
        self._channel(one.channel).basic_publish(
            one.exchange, one.routing_key, one.body, one.properties, mandatory=one.mandatory
        )

    def _consume(self, one: amqp.BasicConsume) -> str:
        return self._channel(one.channel).basic_consume(
            one.queue,
            one.consumer_tag,
            no_ack=one.no_ack,
            exclusive=one.exclusive,
            arguments=one.arguments,
        )

    def _get(self, one: amqp.BasicGet) -> Delivered | None:
        delivery = self._channel(one.channel).basic_get(one.queue, no_ack=one.no_ack)
        return None if delivery is None else _delivered(delivery)

    def _ack(self, one: amqp.BasicAck) -> None:
        self._channel(one.channel).basic_ack(one.delivery_tag, multiple=one.multiple)

    def wait_for_confirm(self, channel: str, *, within_ms: int) -> Outcome[bool]:
        found = self._channels.get(channel)
        if found is None:
            return Refused(str(_NOT_OPEN.code), _NOT_OPEN.text)
        confirms = found.confirms
        if confirms is None:
            return Refused("406", "the channel is not in confirm mode")
        if not confirms.answers and found.closed is not None:
            return Refused(str(found.closed.code), found.closed.text)
        if not confirms.answers:
            self._advance(lambda: bool(confirms.answers), within_ms)
        if not confirms.answers:
            return Unknown("no confirm")
        _, acknowledged = confirms.answers.popleft()
        returned = bool(found.returns)
        found.returns.clear()
        return Done(not returned) if acknowledged else Refused("nack", "the broker refused it")

    def take_deliveries(self, channel: str) -> list[Delivered]:
        found = self._channels.get(channel)
        if found is None or not found.inbox:
            return []
        taken = [_delivered(delivery) for delivery in found.inbox]
        found.inbox.clear()
        return taken

    def take_returned(self, channel: str) -> list[Returned]:
        found = self._channels.get(channel)
        if found is None or not found.returns:
            return []
        taken = [
            Returned(one.code, one.message.exchange, one.message.routing_key, one.message.body)
            for one in found.returns
        ]
        found.returns.clear()
        return taken

    def closed_with(self, channel: str) -> Refused | None:
        found = self._channels.get(channel)
        error = _NOT_OPEN if found is None else found.closed
        return None if error is None else Refused(str(error.code), error.text)

    def close(self) -> None:
        """Nothing to end: the model's broker goes with its client."""

    def is_open(self, channel: str) -> bool:
        found = self._channels.get(channel)
        return found is not None and found.closed is None

    def is_blocked(self, connection: str) -> bool:
        found = self._connections.get(connection)
        return found is not None and self.broker.alarm.is_blocked(found)

    def take_cancelled(self, channel: str) -> list[str]:
        found = self._channels.get(channel)
        if found is None or not found.cancelled:
            return []
        taken = list(found.cancelled)
        found.cancelled.clear()
        return taken

    def wait(self, duration_ms: int) -> None:
        kernel = self.broker.kernel
        kernel.run_until(kernel.now_ms + duration_ms)

    def wait_for_activity(self, within_ms: int) -> bool:
        """On the model: until the next planned action has run."""
        return self._advance(lambda: True, within_ms)

    def _advance(self, reached: Callable[[], bool], within_ms: int) -> bool:
        kernel = self.broker.kernel
        end_ms = kernel.now_ms + within_ms
        while (due_ms := kernel.next_due_ms()) is not None and due_ms <= end_ms:
            kernel.run_until(due_ms)
            if reached():
                return True
        kernel.run_until(end_ms)
        return False

    def administer(self, action: Administration) -> Outcome[None]:
        hosts = self.broker.virtual_hosts
        try:
            match action:
                case SetPolicy(name, pattern, definition, priority, apply_to, host):
                    policy = Policy(name, pattern, definition, priority, apply_to)
                    hosts.enter(host).set_policy(policy)
                case ClearPolicy(name, host):
                    hosts.enter(host).clear_policy(name)
                case SetParameter(component, name, value, host):
                    hosts.enter(host).parameters.set(component, name, value)
                case ClearParameter(component, name, host):
                    hosts.enter(host).parameters.clear(component, name)
                case AddVirtualHost(name):
                    hosts.add(name)
                case DeleteVirtualHost(name):
                    hosts.remove(name)
                case SetMemoryAlarm(raised):
                    self.broker.alarm.set(raised=raised)
        except UnmodelledError as error:
            return Unmodelled(error.gap.value)
        except (RefusedParameterError, ClosedError) as error:
            return Refused("refused", str(error))
        return _DONE

    def form_cluster(self, nodes: int) -> Outcome[None]:
        self.broker.cluster.join(nodes)
        return _DONE

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        if setting == "max_message_size":
            self.broker.max_message_bytes = value
        else:
            self.broker.consumer_timeout_ms = value
        return _DONE

    def leader_of(self, queue: str) -> Outcome[str]:
        found = self.broker.queues.get(queue)
        return Refused("404", queue) if found is None else Done(found.leader.name)

    def running_nodes(self) -> Outcome[tuple[str, ...]]:
        return Done(tuple(node.name for node in self.broker.cluster.running))

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]:
        return self._on_node(
            node, lambda found: self.broker.cluster.stop(found, power_loss=power_loss)
        )

    def start_nodes(self) -> Outcome[None]:
        trouble: list[Trouble] = []
        for node in self.broker.cluster.nodes:
            outcome = self._on_node(node.name, self.broker.cluster.start)
            if not isinstance(outcome, Done):
                trouble.append(outcome)
        return trouble[0] if trouble else _DONE

    def _on_node(self, name: str, act: Callable[[Node], None]) -> Outcome[None]:
        for node in self.broker.cluster.nodes:
            if node.name == name:
                try:
                    act(node)
                except UnmodelledError as error:
                    return Unmodelled(error.gap.name, error.gap.value)
                return _DONE
        return Refused("404", f"no node {name}")
