"""A reader of a share group: polls, decides about each record, polls again.

A poll brings up to ``prefetch`` records, and the client refuses another one until all of them are
decided. With ``lock-renewal`` a loop of its own renews the lock of what is in hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from advisor.checks.session import Delivery, Group
from advisor.domain.outcome import Done, Unmodelled
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import Design, ShareMember
from advisor.subjects.kafka.desk import Desk, Halted
from advisor.subjects.kafka.reader import Held, Start, delivery_of

RENEWAL_INTERVAL_MS = 20_000


class ShareReader:
    """One process with a share consumer for each subscription."""

    def __init__(self, desk: Desk, design: Design, name: str, group: Group) -> None:
        self.name = name
        self.group = group
        self._desk = desk
        self._design = design
        self._consumers: list[str] = []
        self._waiting: deque[Held] = deque()
        self._held: list[Held] = []

    def idle_consumers(self) -> list[str]:
        """None: a share consumer's membership does not hang on its polls here."""
        return []

    def join(self, start: Start) -> None:
        desk = self._desk
        for number, subscription in enumerate(self._design.subscriptions(self.group)):
            consumer = f"{desk.prefix}-{self.name}" + (f"-{number}" if number else "")
            group = subscription.group
            if group not in desk.groups:
                desk.groups.append(group)
                self._design.configure_share_group(group, start=start)
            config = {
                "group.id": group,
                "client.id": self.name,
                "max.poll.records": str(desk.plan.prefetch),
            }
            desk.do(native.NewShareConsumer(consumer, config))
            self._consumers.append(consumer)
        self.subscribe()

    def subscribe(self) -> None:
        """Subscribe every consumer to what the design names, again if need be."""
        subscriptions = self._design.subscriptions(self.group) if self._consumers else ()
        for consumer, subscription in zip(self._consumers, subscriptions, strict=True):
            self._desk.do(native.Subscribe(consumer, subscription.topics, subscription.pattern))

    def leave(self) -> None:
        for consumer in self._consumers:
            self._desk.do(native.CloseConsumer(consumer))
        self._forget()

    def crash(self) -> None:
        for consumer in self._consumers:
            self._desk.kill(consumer)
        self._forget()

    def _forget(self) -> None:
        self._consumers, self._held = [], []
        self._waiting.clear()

    def receive(self, within_ms: int) -> Delivery | None:
        desk = self._desk
        deadline_ms = desk.now_ms + within_ms
        while True:
            if not self._waiting:
                if self._held:
                    desk.advance(max(deadline_ms - desk.now_ms, 0))
                    return None
                polled = desk.poll(self._consumers, max(deadline_ms - desk.now_ms, 0))
                if polled is None:
                    return None
                consumer, records = polled
                desk.fetched += len(records)
                self._waiting.extend(Held(consumer, record) for record in records)
            held = self._waiting.popleft()
            if self._design.is_wanted(self.group, held.record):
                self._held.append(held)
                desk.held_max = max(desk.held_max, len(self._held) + len(self._waiting))
                return delivery_of(self.name, held, self._design)
            desk.thrown_away += 1
            self._desk.attempt(native.ShareAcknowledge(held.consumer, held.record, "ACCEPT"))

    def offsets_after(self, held: Held) -> dict[native.TopicPartition, int] | None:
        """Share groups have no offsets that a transaction could take along."""
        if held in self._held:
            self._held.remove(held)
        return None

    def settle(self, held: Held) -> None:
        self.offsets_after(held)
        self._desk.do(native.ShareAcknowledge(held.consumer, held.record, "ACCEPT"))
        self._design.settled(self.group, held.record)

    def reject(self, held: Held) -> None:
        """RELEASE: the broker counts, and archives at the limit."""
        self.offsets_after(held)
        self._desk.do(native.ShareAcknowledge(held.consumer, held.record, "RELEASE"))

    def rewind(self) -> None:
        """Leave, move the group's start offsets to the oldest kept records, join again.

        The broker refuses while the group has other members.
        """
        desk = self._desk
        consumers = tuple(self._consumers)
        for consumer in consumers:
            desk.do(native.CloseConsumer(consumer))
        self._forget()
        refused: Halted | None = None
        for subscription in self._design.subscriptions(self.group):
            offsets = {
                name: desk.do(native.ListOffsets(*name))[0]
                for topic in subscription.topics
                for name in desk.topic_partitions(topic)
            }
            try:
                desk.do(native.AlterShareGroupOffsets(subscription.group, offsets))
            except Halted as halted:
                refused = halted
        self.join("first")
        if refused is not None:
            raise refused

    def renew(self) -> None:
        """Renew the locks of everything in hand; a refusal shows at the acknowledgement."""
        for held in [*self._held, *self._waiting]:
            outcome = self._desk.attempt(
                native.ShareAcknowledge(held.consumer, held.record, "RENEW")
            )
            if isinstance(outcome, Unmodelled):
                raise Halted(outcome)
            if isinstance(outcome, Done):
                self._desk.part("lock renewal loop")
                # The renewed record comes back with the next poll: it is the one in hand.
                self._desk.do(native.Poll(held.consumer))

    @property
    def holds(self) -> bool:
        return bool(self._held)


class LockRenewal(Design):
    """lock-renewal: each reader renews every 20 s what it works on."""

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._readers: list[ShareMember] = []
        self._due_ms = 0
        desk.workers.append(self)

    def watch(self, reader: ShareMember) -> None:
        self._readers.append(reader)

    def pump(self) -> None:
        now_ms = self.desk.now_ms
        if not any(reader.holds for reader in self._readers):
            self._due_ms = now_ms + RENEWAL_INTERVAL_MS
        elif now_ms >= self._due_ms:
            self._due_ms = now_ms + RENEWAL_INTERVAL_MS
            for reader in self._readers:
                reader.renew()

    def next_due_ms(self) -> int | None:
        return self._due_ms if any(reader.holds for reader in self._readers) else None

    def idle_consumers(self) -> Sequence[str]:
        return ()
