"""Quorum queues: replicated on up to ``x-quorum-initial-group-size`` nodes (3 if not said).

Keeps: a majority of replicas must be up to take or hand out messages, what was confirmed
survives any restart whatever the delivery mode; delivery counts and limit by version (20 from
4.0; from 4.3 a nack does not count); prefetch 0 is a window of 2000; priorities by version; the
place of a returned message: before everything, and before 4.3 behind everything where there is
no delivery limit. A publish without a majority is never confirmed; from 4.3 it is nacked when the
majority is back. Leaves out the time of an election.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.arguments import QueueSettings
from advisor.models.rabbitmq.at_least_once import DeadLetterWorker
from advisor.models.rabbitmq.consumer import UNLIMITED
from advisor.models.rabbitmq.dead_letter import Reason
from advisor.models.rabbitmq.delayed_retry import Delayed
from advisor.models.rabbitmq.message import Entry, How, Message
from advisor.models.rabbitmq.priority import quorum_ready
from advisor.models.rabbitmq.queue import Queue
from advisor.models.rabbitmq.queue_expiry import TICK_MS
from advisor.models.rabbitmq.ready import ReturnsFirst
from advisor.models.rabbitmq.versions import V4_0, V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.cluster import Node

WINDOW = 2000
RESUME_AT = Fraction(4, 5)
_SETTLED: tuple[How, ...] = ("reject", "nack", "recover")
"""What a client says of a delivery, as against what happens to it."""


class QuorumQueue(Queue):
    """A quorum queue with a replica on each of ``members``, the leader first."""

    __slots__ = ("_publishers", "_refusing", "dead_letters", "delayed", "members")

    def __init__(
        self, broker: Broker, name: str, settings: QueueSettings, members: Sequence[Node]
    ) -> None:
        ready = ReturnsFirst(quorum_ready(broker.version))
        super().__init__(broker, name, settings, ready, takes_over=broker.version >= V4_0)
        self.members = tuple(members)
        self._publishers: set[object] = set()
        self._refusing: dict[object, bool] = {}
        self.delayed = Delayed(broker.kernel, self._ready_again)
        self.dead_letters: DeadLetterWorker | None = None
        self._choose_strategy()

    def change(self, settings: QueueSettings) -> None:
        super().change(settings)
        # whoever was told that it is too full hears no more of it (seen live)
        self.guarded = self.guarded or any(self._refusing.values())
        self._choose_strategy()

    def _choose_strategy(self) -> None:
        if self.settings.dead_letters_at_least_once and self.dead_letters is None:
            self.dead_letters = DeadLetterWorker(self.broker, self, self._watch_limit)

    @property
    def reports(self) -> bool:
        return True

    @property
    def tick_ms(self) -> int:
        return TICK_MS

    def declared_again(self) -> None:
        """No use of it, as far as its expiry goes."""

    @property
    def has_majority(self) -> bool:
        return 2 * sum(node.running for node in self.members) > len(self.members)

    @property
    def leader(self) -> Node:
        """The first running replica; the first at all when none runs."""
        return next((node for node in self.members if node.running), self.members[0])

    @property
    def can_deliver(self) -> bool:
        return self.has_majority

    def is_new(self, publisher: object) -> bool:
        return publisher not in self._publishers

    def enqueue(self, message: Message) -> bool | None:
        self._publishers.add(message.publisher)
        if message.earlier_failures:
            message = copy(message)  # for this queue only
            message.redelivered = True
        return super().enqueue(message) if self.has_majority else None

    def is_full_for(self, message: Message) -> bool:
        """Each publisher is told: all when it gets too full, a new one when it is, and all again
        at four fifths. So one message too many is taken first."""
        publisher, limit = message.publisher, self.settings.limit
        if publisher not in self._refusing:
            self._refusing[publisher] = limit.refuses and self._over(limit)
        return self._refusing[publisher]

    def _watch_limit(self) -> None:
        limit = self.settings.limit
        if not limit.refuses:
            return
        if self._over(limit):
            self._refusing = dict.fromkeys(self._refusing, True)
        elif not self._over(limit.scaled(RESUME_AT)):
            self._refusing = dict.fromkeys(self._refusing, False)

    def dispatch(self) -> None:
        super().dispatch()
        self._watch_limit()

    def get(self) -> Entry | None:
        entry = super().get()
        self._watch_limit()
        return entry

    def _expired(self, entries: list[Entry]) -> None:
        super()._expired(entries)
        self._watch_limit()

    def purge(self) -> int:
        count = super().purge() + self.delayed.clear()
        if self.dead_letters is not None and self.broker.version >= V4_3:
            count += self.dead_letters.clear()
        self._watch_limit()
        return count

    def forget(self) -> None:
        super().forget()
        self.dead_letters = None

    def limit_of(self, prefetch: int, *, no_ack: bool) -> int:
        if no_ack:
            return UNLIMITED
        return prefetch or WINDOW

    def in_dropping_order(self, dropped: list[Entry]) -> list[Entry]:
        return dropped if self.broker.version >= V4_3 else dropped[::-1]

    def _after_return(self) -> None:
        self.dispatch()
        self._drop_head()

    def put_back(self, entry: Entry, how: How) -> None:
        entry.acquired += 1
        if self.broker.version < V4_3 or how in ("reject", "closed"):
            entry.failures += 1
        entry.reported += how == "closed"
        limit, retry = self.settings.delivery_limit, self.settings.delayed_retry
        if limit is not None and entry.failures > limit:
            self._dead_letter([entry], "delivery_limit")
        elif limit is None and how in _SETTLED and self.broker.version < V4_3:
            self.ready.append(entry)
        elif retry is not None and (delay_ms := retry.delay_ms(how, entry.failures)):
            self.delayed.add(entry, delay_ms)
        else:
            self.ready.put_back(entry)

    def waiting(self) -> Collection[Entry]:
        stuck = () if self.dead_letters is None else self.dead_letters.entries
        return (*self.delayed.entries, *stuck)

    def _dead_letter(
        self, entries: Sequence[Entry], reason: Reason, *, failed: bool = False
    ) -> None:
        if self.dead_letters is None:
            super()._dead_letter(entries, reason, failed=failed)
        else:
            counts = [self.carried_failures(one, reason) + self._failing(failed) for one in entries]
            self.dead_letters.take(entries, reason, counts)

    def carried_failures(self, entry: Entry, reason: Reason) -> int:
        if V4_0 <= self.broker.version < V4_3:
            return entry.reported + entry.message.earlier_failures + int(reason == "rejected")
        return super().carried_failures(entry, reason)

    def _ready_again(self, entry: Entry) -> None:
        self.ready.put_back(entry)
        self.dispatch()

    def headers_of(self, entry: Entry, *, got: bool = False) -> dict[str, int]:
        version = self.broker.version
        headers = {}
        if version >= V4_3 and (acquired := entry.acquired or entry.failures):
            headers["x-acquired-count"] = acquired
        count = entry.failures or entry.message.earlier_failures
        if count or (got and version < V4_0):
            headers["x-delivery-count"] = count
        return headers

    def check_power_loss(self, node: Node) -> None:
        """Nothing to ask: every confirmed message was synced on a majority."""

    def node_stopped(self, node: Node, *, power_loss: bool) -> None:
        """What it has is on disk; without a majority it waits."""

    def node_started(self, node: Node) -> None:
        if node in self.members and self.has_majority:
            self.dispatch()
