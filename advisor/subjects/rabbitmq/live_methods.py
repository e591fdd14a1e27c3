"""Operations as pika's methods: which a broker answers, with what, and which it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pika import spec

from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.protocol import Operation, QueueState


def _exchange_declare(one: amqp.ExchangeDeclare) -> Any:
    return spec.Exchange.Declare(
        exchange=one.exchange, type=one.type, passive=one.passive, durable=one.durable,
        auto_delete=one.auto_delete, internal=one.internal, arguments=dict(one.arguments),
    )  # fmt: skip


def _exchange_delete(one: amqp.ExchangeDelete) -> Any:
    return spec.Exchange.Delete(exchange=one.exchange, if_unused=one.if_unused)


def _exchange_bind(one: amqp.ExchangeBind) -> Any:
    return spec.Exchange.Bind(
        destination=one.destination, source=one.source, routing_key=one.routing_key,
        arguments=dict(one.arguments),
    )  # fmt: skip


def _exchange_unbind(one: amqp.ExchangeUnbind) -> Any:
    return spec.Exchange.Unbind(
        destination=one.destination, source=one.source, routing_key=one.routing_key,
        arguments=dict(one.arguments),
    )  # fmt: skip


def _queue_declare(one: amqp.QueueDeclare) -> Any:
    return spec.Queue.Declare(
        queue=one.queue, passive=one.passive, durable=one.durable, exclusive=one.exclusive,
        auto_delete=one.auto_delete, arguments=dict(one.arguments),
    )  # fmt: skip


def _queue_bind(one: amqp.QueueBind) -> Any:
    return spec.Queue.Bind(
        queue=one.queue, exchange=one.exchange, routing_key=one.routing_key,
        arguments=dict(one.arguments),
    )  # fmt: skip


def _queue_unbind(one: amqp.QueueUnbind) -> Any:
    return spec.Queue.Unbind(
        queue=one.queue, exchange=one.exchange, routing_key=one.routing_key,
        arguments=dict(one.arguments),
    )  # fmt: skip


def _queue_purge(one: amqp.QueuePurge) -> Any:
    return spec.Queue.Purge(queue=one.queue)


def _queue_delete(one: amqp.QueueDelete) -> Any:
    return spec.Queue.Delete(queue=one.queue, if_unused=one.if_unused, if_empty=one.if_empty)


def _qos(one: amqp.BasicQos) -> Any:
    return spec.Basic.Qos(prefetch_count=one.prefetch_count, global_qos=one.global_)


def _consume(one: amqp.BasicConsume) -> Any:
    return spec.Basic.Consume(
        queue=one.queue, consumer_tag=one.consumer_tag, no_ack=one.no_ack,
        exclusive=one.exclusive, arguments=dict(one.arguments),
    )  # fmt: skip


def _cancel(one: amqp.BasicCancel) -> Any:
    return spec.Basic.Cancel(consumer_tag=one.consumer_tag)


def _recover(one: amqp.BasicRecover) -> Any:
    return spec.Basic.Recover(requeue=one.requeue)


def _ack(one: amqp.BasicAck) -> Any:
    return spec.Basic.Ack(delivery_tag=one.delivery_tag, multiple=one.multiple)


def _nack(one: amqp.BasicNack) -> Any:
    return spec.Basic.Nack(
        delivery_tag=one.delivery_tag, multiple=one.multiple, requeue=one.requeue
    )


def _reject(one: amqp.BasicReject) -> Any:
    return spec.Basic.Reject(delivery_tag=one.delivery_tag, requeue=one.requeue)


ANSWERED: Mapping[type[Operation], tuple[Callable[[Any], Any], type[Any]]] = {
    amqp.ConfirmSelect: (lambda _: spec.Confirm.Select(), spec.Confirm.SelectOk),
    amqp.ExchangeDeclare: (_exchange_declare, spec.Exchange.DeclareOk),
    amqp.ExchangeDelete: (_exchange_delete, spec.Exchange.DeleteOk),
    amqp.ExchangeBind: (_exchange_bind, spec.Exchange.BindOk),
    amqp.ExchangeUnbind: (_exchange_unbind, spec.Exchange.UnbindOk),
    amqp.QueueDeclare: (_queue_declare, spec.Queue.DeclareOk),
    amqp.QueueBind: (_queue_bind, spec.Queue.BindOk),
    amqp.QueueUnbind: (_queue_unbind, spec.Queue.UnbindOk),
    amqp.QueuePurge: (_queue_purge, spec.Queue.PurgeOk),
    amqp.QueueDelete: (_queue_delete, spec.Queue.DeleteOk),
    amqp.BasicQos: (_qos, spec.Basic.QosOk),
    amqp.BasicConsume: (_consume, spec.Basic.ConsumeOk),
    amqp.BasicCancel: (_cancel, spec.Basic.CancelOk),
    amqp.BasicRecover: (_recover, spec.Basic.RecoverOk),
    amqp.TxSelect: (lambda _: spec.Tx.Select(), spec.Tx.SelectOk),
    amqp.TxCommit: (lambda _: spec.Tx.Commit(), spec.Tx.CommitOk),
    amqp.TxRollback: (lambda _: spec.Tx.Rollback(), spec.Tx.RollbackOk),
}
"""The method to send, and the one that answers it."""

UNANSWERED: Mapping[type[Operation], Callable[[Any], Any]] = {
    amqp.BasicAck: _ack,
    amqp.BasicNack: _nack,
    amqp.BasicReject: _reject,
}


def value_of(answer: Any) -> Any:
    """What the protocol says that an operation gives, from the method that answered it."""
    match answer:
        case spec.Queue.DeclareOk():
            return QueueState(answer.queue, answer.message_count, answer.consumer_count)
        case spec.Queue.PurgeOk() | spec.Queue.DeleteOk():
            return int(answer.message_count)
        case spec.Basic.ConsumeOk():
            return str(answer.consumer_tag)
    return None
