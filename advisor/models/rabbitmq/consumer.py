"""Consumers of a queue and whose turn it is.

Keeps: round robin over consumers with spare prefetch, so that a backlog goes to the first one
without a limit; consumer priorities (highest with spare prefetch takes all); single active
consumer, where the next takes over on cancel or close, and on quorum queues from 4.0 a higher
priority takes over once the active one holds nothing. Leaves out the 3.10 defect of a blocked
active consumer that is cancelled (seen on a real broker, repaired later).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.message import Delivery, Entry

if TYPE_CHECKING:
    from advisor.models.rabbitmq.channel import Channel
    from advisor.models.rabbitmq.source import Source

UNLIMITED = 1 << 62


class Consumer:
    """One ``basic.consume``. ``limit`` is the most it may hold unsettled."""

    __slots__ = (
        "blocked", "channel", "exclusive", "held", "limit", "next_offset", "no_ack", "priority",
        "queue", "tag", "timed",
    )  # fmt: skip

    def __init__(
        self,
        channel: Channel,
        queue: Source,
        tag: str,
        *,
        limit: int,
        no_ack: bool,
        priority: int = 0,
        exclusive: bool = False,
    ) -> None:
        self.channel = channel
        self.queue = queue
        self.tag = tag
        self.limit = limit
        self.no_ack = no_ack
        self.priority = priority
        self.exclusive = exclusive
        self.held = 0
        self.blocked = False
        self.next_offset = 0
        self.timed = False

    def deliver(self, entry: Entry) -> None:
        """Push one entry to the channel; it counts as held unless acknowledged by sending."""
        channel = self.channel
        channel.last_tag = tag = channel.last_tag + 1
        delivery = Delivery(tag, entry, self.queue, self, channel.kernel.now_ms)
        if not self.no_ack:
            channel.unacked[tag] = delivery
            self.held += 1
            if self.timed and channel.watch is None:
                channel.watch_timeout()
        channel.inbox.append(delivery)


class Consumers:
    """All consumers of one queue."""

    __slots__ = ("_active", "_blocked", "_levels", "_single_active", "_takes_over", "registered")

    def __init__(self, *, single_active: bool, takes_over: bool) -> None:
        self.registered: list[Consumer] = []
        self._single_active = single_active
        self._takes_over = takes_over
        self._active: Consumer | None = None
        self._blocked: dict[Channel, list[Consumer]] = {}
        self._levels: list[tuple[int, deque[Consumer]]] = []

    def __len__(self) -> int:
        return len(self.registered)

    @property
    def active(self) -> Consumer | None:
        """The single active consumer, None where all are active."""
        return self._active

    def add(self, consumer: Consumer) -> None:
        """Register; with a single active consumer the first one becomes active."""
        self.registered.append(consumer)
        if not self._single_active:
            self._put(consumer)
        elif self._active is None:
            self._activate(consumer)
        else:
            self.reconsider()

    def remove(self, consumer: Consumer) -> None:
        """Forget a cancelled or closed consumer; what it holds is not touched."""
        if consumer not in self.registered:
            return
        self.registered.remove(consumer)
        self._take_out(consumer)
        if consumer is self._active:
            self._active = None
            if self.registered:
                self._activate(self._best() if self._takes_over else self.registered[0])

    def released(self, consumer: Consumer) -> None:
        """The consumer holds one fewer."""
        consumer.held -= 1
        if consumer.blocked and consumer.held < consumer.limit:
            self.unblock(consumer.channel)
        if self._single_active and self._takes_over:
            self.reconsider()

    def unblock(self, channel: Channel) -> None:
        """Give those of a channel turns again that may hold one more, the longest blocked first."""
        full = []
        for consumer in self._blocked.pop(channel, ()):
            if consumer.held >= consumer.limit:
                full.append(consumer)
                continue
            consumer.blocked = False
            if consumer in self.registered and self._active in (None, consumer):
                self._put(consumer)
        if full:
            self._blocked[channel] = full

    def _block(self, consumer: Consumer, turn: deque[Consumer]) -> None:
        consumer.blocked = True
        turn.popleft()
        self._blocked.setdefault(consumer.channel, []).append(consumer)

    def take(self) -> Consumer | None:
        """The consumer to get the next message, counted as if it had it already."""
        for _, turn in self._levels:
            while turn:
                consumer = turn[0]
                shared = consumer.channel.global_prefetch
                full = shared is not None and consumer.held >= consumer.limit
                if full or (shared is not None and not shared.admits(consumer)):
                    self._block(consumer, turn)
                    continue
                if shared is None and not consumer.no_ack and consumer.held + 1 >= consumer.limit:
                    self._block(consumer, turn)
                elif len(turn) > 1:
                    turn.rotate(-1)
                return consumer
        return None

    def reconsider(self) -> None:
        """Let a higher priority take over from an active consumer that holds nothing."""
        active = self._active
        if not self._takes_over or active is None or active.held:
            return
        best = self._best()
        if best.priority > active.priority:
            self._take_out(active)
            self._activate(best)

    def _best(self) -> Consumer:
        return max(self.registered, key=lambda consumer: consumer.priority)

    def _activate(self, consumer: Consumer) -> None:
        self._active = consumer
        if consumer.held < consumer.limit:
            self._put(consumer)

    def _put(self, consumer: Consumer) -> None:
        for priority, turn in self._levels:
            if priority == consumer.priority:
                turn.append(consumer)
                return
        self._levels.append((consumer.priority, deque([consumer])))
        self._levels.sort(key=lambda level: -level[0])

    def _take_out(self, consumer: Consumer) -> None:
        for _, turn in self._levels:
            if consumer in turn:
                turn.remove(consumer)
        if consumer.blocked:
            blocked = self._blocked.get(consumer.channel, [])
            if consumer in blocked:
                blocked.remove(consumer)
