"""The consumer timeout: a delivery left unsettled for too long (30 minutes if not set).

Keeps: before 4.3 it closes the channel (406) of any queue type, looked at every 60 s; from 4.3 it
exists on quorum queues only, to the second, cancels the consumer and returns its messages, and
closes the channel only for messages held by ``basic.get``. ``x-consumer-timeout`` of the queue
comes before the broker's setting. Leaves out the timeout as a consume argument and policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.models.rabbitmq.replies import channel_error
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.channel import Channel
    from advisor.models.rabbitmq.message import Delivery
    from advisor.models.rabbitmq.source import Source

DEFAULT_MS = 1_800_000
TICK_MS = 60_000


def timeout_ms_of(channel: Channel, queue: Source) -> int | None:
    """The limit for deliveries of this queue, None where there is none."""
    if channel.broker.version >= V4_3 and queue.settings.kind != "quorum":
        return None
    own_ms = queue.settings.consumer_timeout_ms
    return channel.broker.consumer_timeout_ms if own_ms is None else own_ms


def _timed(channel: Channel) -> list[tuple[int, Delivery]]:
    due = []
    for delivery in channel.unacked.values():
        limit_ms = timeout_ms_of(channel, delivery.queue)
        if limit_ms is not None:
            due.append((delivery.at_ms + limit_ms, delivery))
    return due


def next_look_ms(channel: Channel) -> int | None:
    """In how many milliseconds to look again, None while nothing can time out."""
    due = _timed(channel)
    if not due:
        return None
    now_ms = channel.kernel.now_ms
    if channel.broker.version >= V4_3:
        return max(0, min(due_ms for due_ms, _ in due) - now_ms)
    return TICK_MS - (now_ms - channel.opened_ms) % TICK_MS


def look(channel: Channel) -> None:
    """Act on what is overdue now."""
    now_ms = channel.kernel.now_ms
    new = channel.broker.version >= V4_3
    overdue = [
        delivery for due_ms, delivery in _timed(channel) if due_ms < now_ms + (1 if new else 0)
    ]
    if not overdue:
        return
    if new and all(delivery.consumer is not None for delivery in overdue):
        for consumer in {delivery.consumer for delivery in overdue if delivery.consumer}:
            channel.server_cancel(consumer, give_back=True)
        return
    channel.close_with(channel_error(406, "delivery acknowledgement on channel timed out"))
