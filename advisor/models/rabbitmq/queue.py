"""What classic and quorum queues share: put in, hand out, settle, give back.

Keeps the way of a message through a queue; the two files that build on it say where they
differ. Streams are not queues in this sense.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.arguments import QueueSettings
from advisor.models.rabbitmq.consumer import UNLIMITED, Consumer, Consumers
from advisor.models.rabbitmq.dead_letter import Reason
from advisor.models.rabbitmq.expiry import HeadExpiry, deadline_ms
from advisor.models.rabbitmq.length_limit import LengthLimit, MeasuredReady, over
from advisor.models.rabbitmq.message import Delivery, Entry, How, Message
from advisor.models.rabbitmq.queue_expiry import QueueExpiry
from advisor.models.rabbitmq.ready import Ready
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker


class Queue:
    """Ready entries, consumers and what is done with the rest."""

    __slots__ = (
        "broker", "consumers", "expiry", "guarded", "name", "owner", "ready", "sequence",
        "settings", "unused", "used",
    )  # fmt: skip

    def __init__(
        self, broker: Broker, name: str, settings: QueueSettings, ready: Ready, *, takes_over: bool
    ) -> None:
        self.broker = broker
        self.name = name
        self.settings = settings
        self.ready = ready
        self.consumers = Consumers(
            single_active=settings.single_active_consumer, takes_over=takes_over
        )
        self.expiry: HeadExpiry | None = None
        self.guarded = False
        self.sequence = 0
        self.owner: object | None = None
        self.used = False
        self.unused = QueueExpiry(
            broker.kernel, lambda: len(self.consumers) > 0, self._delete, self.tick_ms
        )
        self._apply()

    def change(self, settings: QueueSettings) -> None:
        """Work like this from now on, as a policy wants it; what is too much goes at once."""
        before, self.settings = self.settings, settings
        self._apply(expiry_changed=before.expires_ms != settings.expires_ms)
        self._drop_head()
        self.dispatch()

    def _apply(self, *, expiry_changed: bool = True) -> None:
        limit = self.settings.limit
        self.guarded = (
            self.settings.ttl_ms is not None
            or limit.messages is not None
            or limit.size_bytes is not None
        )
        if limit.size_bytes is not None and not isinstance(self.ready, MeasuredReady):
            self.ready = MeasuredReady(self.ready, limit)
            if self.expiry is not None:
                self.expiry.look_at(self.ready)
        if expiry_changed:
            self.unused.expire_after(self.settings.expires_ms)

    @property
    def tick_ms(self) -> int:
        """How often it looks whether it is still used."""
        return 1

    def _delete(self) -> None:
        if self.broker.queues.get(self.name) is self:
            self.broker.remove_queue(self.name)

    def declared_again(self) -> None:
        """Somebody asked for it by name."""
        self.unused.renew()

    @property
    def reports(self) -> bool:
        """Whether it counts what clients of AMQP 1.0 call a failure."""
        return False

    @property
    def looks_at_head(self) -> bool:
        """Whether a publish or a get looks for what expired at the head."""
        return True

    @property
    def can_deliver(self) -> bool:
        """Whether messages can be handed out now."""
        raise NotImplementedError

    @property
    def reachable(self) -> bool:
        """Whether messages are routed to it."""
        return True

    def is_new(self, publisher: object) -> bool:
        """Whether a publish takes a round longer, the first time of this publisher."""
        del publisher
        return False

    def enqueue(self, message: Message) -> bool | None:
        """True: taken; False: refused; None: no answer yet, perhaps never."""
        if (
            self.guarded
            or self.expiry is not None
            or message.properties.expiration is not None
            or message.redelivered
        ):
            return self._enqueue_guarded(message)
        self.sequence = sequence = self.sequence + 1
        self.ready.append(Entry(message, sequence))
        self.dispatch()
        return True

    def _enqueue_guarded(self, message: Message) -> bool:
        limit = self.settings.limit
        if self.is_full_for(message):
            if limit.overflow == "reject-publish-dlx":
                self._dead_letter([Entry(message, 0)], "maxlen")
            return False
        self.sequence += 1
        entry = Entry(message, self.sequence)
        now_ms = self.broker.kernel.now_ms
        entry.expires_at_ms = deadline_ms(self.settings.ttl_ms, message.properties, now_ms)
        if entry.expires_at_ms is not None and self.expiry is None:
            self.expiry = HeadExpiry(self.broker.kernel, self.ready, self._expired)
        self.ready.append(entry)
        if self.looks_at_head:
            self.hand_out(entry)
        self._drop_head()
        return True

    def hand_out(self, entry: Entry) -> None:
        """One more is ready."""
        del entry
        self.dispatch()

    def is_full_for(self, message: Message) -> bool:
        """Whether a queue that refuses publishes refuses this one."""
        limit = self.settings.limit
        return limit.refuses and self._over(limit, message)

    def waiting(self) -> Collection[Entry]:
        """What is not ready, nor with a consumer, but takes its place of a length limit."""
        return ()

    def _over(self, limit: LengthLimit, added: Message | None = None) -> bool:
        return over(limit, self.ready, added, self.waiting())

    def _drop_head(self) -> None:
        if self.settings.limit.refuses:
            return
        dropped: list[Entry] = []
        while len(self.ready) and self._over(self.settings.limit):
            dropped.append(self.ready.pop())
        if dropped:
            self._dead_letter(self.in_dropping_order(dropped), "maxlen")
            if self.expiry is not None:
                self.expiry.watch()

    def in_dropping_order(self, dropped: list[Entry]) -> list[Entry]:
        """The order in which several dropped at once reach the dead-letter exchange."""
        return dropped

    def dispatch(self) -> None:
        """Hand out what is ready while somebody can take it."""
        ready, expiry = self.ready, self.expiry
        if expiry is not None:
            expiry.drop(at_once=False)
        if self.can_deliver:
            consumers = self.consumers
            while len(ready):
                consumer = consumers.take()
                if consumer is None:
                    break
                consumer.deliver(ready.pop())
                if expiry is not None:
                    expiry.drop(at_once=False)
        if expiry is not None:
            expiry.watch()

    def get(self) -> Entry | None:
        """Take the next ready entry, None if there is none."""
        self.unused.renew()
        if self.expiry is not None and self.looks_at_head:
            self.expiry.watch()
        entry = self.ready.pop() if len(self.ready) else None
        if self.expiry is not None:
            self.expiry.watch()
        return entry

    def limit_of(self, prefetch: int, *, no_ack: bool) -> int:
        """How many unsettled messages a consumer may hold; prefetch 0 means no limit."""
        return UNLIMITED if no_ack or prefetch == 0 else prefetch

    def add_consumer(self, consumer: Consumer) -> None:
        self.used = True
        self.consumers.add(consumer)
        self.dispatch()

    def remove_consumer(self, consumer: Consumer) -> None:
        self.consumers.remove(consumer)
        self.unused.renew()

    def settle(self, delivery: Delivery) -> None:
        """Done with for good."""
        consumer = delivery.consumer
        if consumer is not None:
            self.consumers.released(consumer)
            if len(self.ready):
                self.dispatch()

    def discard(self, delivery: Delivery, how: How) -> None:
        """Rejected without requeue: to the dead-letter exchange, if there is one."""
        self._dead_letter([delivery.entry], "rejected", failed=how == "reject")
        self.settle(delivery)

    def give_back(self, deliveries: Sequence[Delivery], how: How) -> None:
        """Unsettled deliveries become ready again, flagged redelivered."""
        for delivery in deliveries:
            delivery.entry.redelivered = True
            self.put_back(delivery.entry, how)
        for delivery in deliveries:
            if delivery.consumer is not None:
                self.consumers.released(delivery.consumer)
        self._after_return()

    def _after_return(self) -> None:
        """Drop what is too much, and hand out the rest."""
        self._drop_head()
        self.dispatch()

    def put_back(self, entry: Entry, how: How) -> None:
        """Where one returned entry goes."""
        raise NotImplementedError

    def purge(self) -> int:
        """Remove what is ready; the number removed."""
        return len(self.ready.clear())

    def forget(self) -> None:
        """It is deleted: what it has, and what still comes back, goes nowhere."""
        self.settings = replace(self.settings, dead_letter=None)
        self.purge()

    def headers_of(self, entry: Entry, *, got: bool = False) -> dict[str, int]:
        """Headers that the queue adds to a delivery, or to what was ``got``."""
        del entry, got
        return {}

    def _expired(self, entries: list[Entry]) -> None:
        self._dead_letter(entries, "expired")

    def _dead_letter(
        self, entries: Sequence[Entry], reason: Reason, *, failed: bool = False
    ) -> None:
        """``failed``: this very death is a failure that no return has counted."""
        target = self.settings.dead_letter
        if target is not None:
            for entry in entries:
                failures = self.carried_failures(entry, reason) + self._failing(failed)
                self.broker.dead_letter(entry.message, target, self.name, reason, failures=failures)

    def carried_failures(self, entry: Entry, reason: Reason) -> int:
        """How many failures a dead message takes along."""
        del reason
        return entry.failures if self.broker.version >= V4_3 else 0

    def _failing(self, failed: bool) -> int:
        return int(failed and self.broker.version >= V4_3)
