"""Channels: delivery tags, acknowledgements, prefetch, publishing, getting.

Keeps: tags count from 1 on each channel; a bad tag closes the channel (406) and all it holds is
requeued; prefetch counts for consumers made after it; cancelling leaves unsettled messages with
the channel; an error closes channel or connection and later calls fail. Global prefetch is
ignored from 4.3. Leaves out credit flow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from advisor.models.kernel import Timer
from advisor.models.rabbitmq import consumer_timeout, direct_reply_to
from advisor.models.rabbitmq.consumer import Consumer
from advisor.models.rabbitmq.global_prefetch import GlobalPrefetch
from advisor.models.rabbitmq.message import (
    Delivery,
    How,
    Table,
)
from advisor.models.rabbitmq.publishing import Publishing
from advisor.models.rabbitmq.replies import ClosedError, channel_error, connection_error
from advisor.models.rabbitmq.source import Source
from advisor.models.rabbitmq.stream import Stream, filter_of
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.connection import Connection


class Channel(Publishing):
    """One channel. Deliveries wait in ``inbox``, returns in ``returns``, consumers that the
    broker cancelled in ``cancelled``."""

    __slots__ = (
        "cancelled", "connection", "consumers", "global_prefetch", "inbox", "kernel", "last_queue",
        "last_tag", "opened_ms", "prefetch", "watch",
    )  # fmt: skip

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.broker)
        self.connection = connection
        self.kernel = connection.broker.kernel
        self.opened_ms = self.kernel.now_ms
        self.consumers: dict[str, Consumer] = {}
        self.inbox: deque[Delivery] = deque()
        self.cancelled: deque[str] = deque()
        self.last_tag = 0
        self.prefetch = 0
        self.global_prefetch: GlobalPrefetch | None = None
        self.last_queue: str | None = None
        self.watch: Timer | None = None

    # consuming

    def basic_qos(self, prefetch_count: int, *, global_: bool = False) -> None:
        """The limit for each consumer made after this, before 4.3 with ``global_`` for the whole
        channel; 0 for no limit."""
        if not global_ or self.broker.version >= V4_3:
            self.prefetch = prefetch_count
            return
        if self.global_prefetch is None:
            self.global_prefetch = GlobalPrefetch(self)
        self.global_prefetch.limit(prefetch_count, len(self.unacked))

    def basic_consume(
        self,
        queue: str,
        consumer_tag: str = "",
        *,
        no_ack: bool = False,
        exclusive: bool = False,
        arguments: Table | None = None,
    ) -> str:
        """Register a consumer; its tag, made by the broker if empty."""
        given = arguments or {}
        tag = consumer_tag or f"amq.ctag-{len(self.consumers) + 1}"
        if tag in self.consumers:
            raise connection_error(530, f"attempt to reuse consumer tag {tag!r}")
        if queue == direct_reply_to.NAME:
            self._consume_replies(tag, no_ack=no_ack)
            return tag
        source = self.broker.find_queue(self, queue)
        priority = given.get("x-priority", 0)
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise channel_error(406, "invalid arg 'x-priority'")
        if source.settings.kind == "quorum" and self.global_prefetch and self.global_prefetch.works:
            raise connection_error(540, "global prefetch is not supported by quorum queues")
        limit = source.limit_of(self.prefetch, no_ack=no_ack)
        consumer = Consumer(
            self, source, tag, limit=limit, no_ack=no_ack, priority=priority, exclusive=exclusive
        )
        consumer.timed = consumer_timeout.timeout_ms_of(self, source) is not None
        self._register(source, consumer, given)
        return tag

    def _register(self, source: Any, consumer: Consumer, given: Table) -> None:
        if isinstance(source, Stream):
            self.consumers[consumer.tag] = consumer
            passes = filter_of(given, self.broker.version)
            source.add_consumer(consumer, given.get("x-stream-offset"), passes)
            return
        registered = source.consumers.registered
        if source.settings.kind == "quorum":
            registered = []
        if registered and (consumer.exclusive or any(one.exclusive for one in registered)):
            raise channel_error(403, f"queue {source.name!r} in exclusive use")
        self.consumers[consumer.tag] = consumer
        source.add_consumer(consumer)

    def _consume_replies(self, tag: str, *, no_ack: bool) -> None:
        consumer = Consumer(self, direct_reply_to.ReplyAddress(), tag, limit=1, no_ack=no_ack)
        self.reply_token = self.broker.reply_tokens.register(consumer, no_ack=no_ack)
        self.consumers[tag] = consumer

    def basic_cancel(self, consumer_tag: str) -> None:
        """No more deliveries; what is unsettled stays with the channel."""
        consumer = self.consumers.pop(consumer_tag, None)
        if consumer is None:
            return
        if consumer.queue.name == direct_reply_to.NAME:
            self._forget_replies()
        consumer.queue.remove_consumer(consumer)
        consumer.queue.dispatch()
        self.broker.consumer_gone(consumer.queue.name)

    def _forget_replies(self) -> None:
        if self.reply_token is not None:
            self.broker.reply_tokens.forget(self.reply_token)
            self.reply_token = None

    def server_cancel(self, consumer: Consumer, *, give_back: bool = False) -> None:
        """The broker ends a consumer: its queue is gone, or it held a message for too long."""
        self.consumers.pop(consumer.tag, None)
        self.cancelled.append(consumer.tag)
        consumer.queue.remove_consumer(consumer)
        if give_back:
            held = [one for one in self.unacked.values() if one.consumer is consumer]
            for delivery in held:
                del self.unacked[delivery.tag]
            consumer.queue.give_back(held, "timeout")
        consumer.queue.dispatch()

    def basic_get(self, queue: str, *, no_ack: bool = False) -> Delivery | None:
        """The next ready message, None when there is none."""
        source = self.broker.find_queue(self, queue)
        if isinstance(source, Stream):
            raise connection_error(540, "basic.get not supported by stream queues")
        if source.settings.kind == "quorum" and source.settings.single_active_consumer:
            raise channel_error(405, f"queue {queue!r} has a single active consumer")
        if not source.can_deliver:
            raise connection_error(541, f"queue {queue!r} has no majority")
        entry = source.get()
        if entry is None:
            return None
        self.last_tag += 1
        delivery = Delivery(self.last_tag, entry, source, None, self.kernel.now_ms)
        if not no_ack:
            self.unacked[self.last_tag] = delivery
            if self.watch is None:
                self.watch_timeout()
        return delivery

    # settling

    def basic_ack(self, delivery_tag: int, *, multiple: bool = False) -> None:
        """Done; ``multiple`` with all outstanding before it, 0 for all there are."""
        if self.closed is not None:
            raise self.closed
        if multiple or self.transaction is not None:
            held = self._outstanding(delivery_tag) if multiple else [self._one(delivery_tag)]
            self._settle(held, _acknowledge)
            return
        found = self.unacked.pop(delivery_tag, None)
        if found is None:
            raise channel_error(406, f"unknown delivery tag {delivery_tag}")
        found.queue.settle(found)
        if self.global_prefetch is not None:
            self.global_prefetch.settled([found])

    def _settle(self, deliveries: list[Delivery], settle: Callable[[list[Delivery]], None]) -> None:
        if self.transaction is not None:
            self.transaction.settle(deliveries, partial(self._settled, settle))
        else:
            self._settled(settle, deliveries)

    def _settled(
        self, settle: Callable[[list[Delivery]], None], deliveries: list[Delivery]
    ) -> None:
        settle(deliveries)
        if self.global_prefetch is not None:
            self.global_prefetch.settled(deliveries)

    def basic_nack(
        self, delivery_tag: int, *, multiple: bool = False, requeue: bool = True
    ) -> None:
        """Not done: back to the queue, or to its dead-letter exchange."""
        deliveries = self._outstanding(delivery_tag) if multiple else [self._one(delivery_tag)]
        self._settle(deliveries, partial(self._return, how="nack", requeue=requeue))

    def basic_reject(self, delivery_tag: int, *, requeue: bool = True) -> None:
        """As nack, for one."""
        deliveries = [self._one(delivery_tag)]
        self._settle(deliveries, partial(self._return, how="reject", requeue=requeue))

    def basic_recover(self, *, requeue: bool = True) -> None:
        """Requeue all that is unsettled."""
        if not requeue:
            raise connection_error(540, "recover without requeue")
        self._settled(partial(self._return, how="recover", requeue=True), self._outstanding(0))

    def _one(self, tag: int) -> Delivery:
        if self.closed is not None:
            raise self.closed
        found = self.unacked.pop(tag, None)
        if found is None:
            raise channel_error(406, f"unknown delivery tag {tag}")
        return found

    def _outstanding(self, tag: int) -> list[Delivery]:
        if self.closed is not None:
            raise self.closed
        if tag and tag not in self.unacked:
            raise channel_error(406, f"unknown delivery tag {tag}")
        tags = [one for one in self.unacked if not tag or one <= tag]
        return [self.unacked.pop(one) for one in tags]

    def _return(self, deliveries: list[Delivery], *, how: How, requeue: bool) -> None:
        if requeue:
            self._give_back(deliveries, how)
        else:
            for delivery in deliveries:
                delivery.queue.discard(delivery, how)

    def _give_back(self, deliveries: list[Delivery], how: How) -> None:
        by_queue: dict[str, tuple[Source, list[Delivery]]] = {}
        for delivery in deliveries:
            queue = delivery.queue
            by_queue.setdefault(queue.name, (queue, []))[1].append(delivery)
        for queue, held in by_queue.values():
            queue.give_back(held, how)

    # closing

    def watch_timeout(self) -> None:
        """Plan the next look at what is held too long."""
        next_ms = consumer_timeout.next_look_ms(self)
        self.watch = None if next_ms is None else self.kernel.after(next_ms, self._look)

    def _look(self) -> None:
        self.watch = None
        consumer_timeout.look(self)
        if self.closed is None:
            self.watch_timeout()

    def close_with(self, error: ClosedError) -> None:
        """Close as the error's scope says: this channel, or its whole connection."""
        if error.scope == "connection":
            self.connection.close_with(error)
        else:
            self.shut(error)

    def close(self) -> None:
        """The client closes this channel."""
        self.shut(channel_error(504, "closed by the client"))

    def shut(self, error: ClosedError, *, by_connection: bool = False) -> None:
        """Requeue what is unsettled and end the consumers."""
        if self.closed is not None:
            return
        self.closed = error
        if self.watch is not None:
            self.watch.cancel()
        self._forget_replies()
        consumers = list(self.consumers.values())
        self.consumers.clear()
        for consumer in consumers:
            consumer.queue.remove_consumer(consumer)
        if self.transaction is not None:
            self._undo(self.transaction)
        held = list(self.unacked.values())
        self.unacked.clear()
        self.inbox.clear()
        # what it held comes back before the next consumer gets anything
        self._give_back(held, "closed")
        for consumer in consumers:
            consumer.queue.dispatch()
        if not by_connection:
            for consumer in consumers:
                self.broker.consumer_gone(consumer.queue.name)
        self.connection.channels.remove(self)


def _acknowledge(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        delivery.queue.settle(delivery)
