"""Global prefetch (``basic.qos`` with ``global``), before 4.3: one limit for a whole channel.

Keeps: all consumers of the channel on classic queues share it, also those that were there before
and those that need no acknowledgement, beside the limit that each may have; what was got with
``basic.get`` does not count, except what was unsettled when the limit was set first; consuming
from a quorum queue is refused (540). Leaves out which of several queues goes on first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.models.rabbitmq.channel import Channel
    from advisor.models.rabbitmq.consumer import Consumer
    from advisor.models.rabbitmq.message import Delivery
    from advisor.models.rabbitmq.queue import Queue


class GlobalPrefetch:
    """Counts what is unsettled on one channel; 0 for no limit."""

    __slots__ = ("_channel", "_limit", "_unsettled", "_waiting")

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._limit = 0
        self._unsettled = 0
        self._waiting: dict[Queue, None] = {}

    @property
    def works(self) -> bool:
        """Whether there is a limit."""
        return self._limit > 0

    def limit(self, most: int, unsettled: int) -> None:
        """At most so many from now on; ``unsettled`` are out already where there was no limit."""
        if not self.works:
            self._unsettled = unsettled
        self._limit = most
        self._go_on()

    def admits(self, consumer: Consumer) -> bool:
        """Whether a message may go to this consumer now; then it is counted."""
        if not self.works:
            return True
        if self._unsettled >= self._limit:
            queue: Queue = consumer.queue  # type: ignore[assignment]  # streams never ask
            self._waiting[queue] = None
            return False
        self._unsettled += not consumer.no_ack
        return True

    def settled(self, deliveries: list[Delivery]) -> None:
        """These are not out any more."""
        count = sum(1 for one in deliveries if one.consumer is not None)
        self._unsettled = max(0, self._unsettled - count)
        self._go_on()

    def _go_on(self) -> None:
        if self.works and self._unsettled >= self._limit:
            return
        waiting, self._waiting = self._waiting, {}
        for queue in waiting:
            queue.consumers.unblock(self._channel)
            queue.dispatch()
