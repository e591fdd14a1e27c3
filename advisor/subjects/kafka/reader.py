"""A reader of a consumer group: one record at a time, commits what is done without a gap.

Its loop polls only with room in its hands (``prefetch``): while it works it is not in poll, unless
the design works in another thread.
"""

from __future__ import annotations

from typing import Literal, Protocol

from advisor.checks.session import Delivery, Group
from advisor.domain.outcome import Unknown, Unmodelled
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import Design, Subscription
from advisor.subjects.kafka.desk import Desk, Halted
from advisor.subjects.kafka.wire import label_of

JOIN_MS_MAX = 12_000
Start = Literal["new", "first"]


class Held:
    """A record in a reader's hands."""

    __slots__ = ("consumer", "place", "record")

    def __init__(self, consumer: str, record: native.FetchedRecord) -> None:
        self.consumer = consumer
        self.record = record
        self.place = (consumer, record.topic, record.partition)


class Reader(Protocol):
    """What the session asks of a reader of any kind."""

    name: str
    group: Group

    def idle_consumers(self) -> list[str]: ...
    def join(self, start: Start) -> None: ...
    def receive(self, within_ms: int) -> Delivery | None: ...
    def settle(self, held: Held) -> None: ...
    def reject(self, held: Held) -> None: ...
    def rewind(self) -> None: ...
    def leave(self) -> None: ...
    def crash(self) -> None: ...
    def offsets_after(self, held: Held) -> dict[native.TopicPartition, int] | None: ...


def delivery_of(reader: str, held: Held, design: Design) -> Delivery:
    """What the scenario sees of a record."""
    record = held.record
    attempt = design.attempt(record)
    return Delivery(
        label_of(record),
        reader,
        None if record.key is None else record.key.decode(),
        redelivered=attempt is not None and attempt > 1,
        attempt=attempt,
        handle=held,
    )


class GroupReader:
    """One process with a consumer for each subscription."""

    def __init__(self, desk: Desk, design: Design, name: str, group: Group) -> None:
        self.name = name
        self.group = group
        self._desk = desk
        self._design = design
        self._consumers: list[str] = []
        self._held: list[Held] = []
        self._next: dict[tuple[str, str, int], int] = {}

    def idle_consumers(self) -> list[str]:
        """Its consumers, while it has nothing to work on."""
        at_work = self._held and not self._design.keeps_polling_at_work
        return [] if at_work else self._consumers

    # Membership

    def join(self, start: Start) -> None:
        desk = self._desk
        subscriptions = self._design.subscriptions(self.group)
        for number, subscription in enumerate(subscriptions):
            consumer = f"{desk.prefix}-{self.name}" + (f"-{number}" if number else "")
            # Topics that a pattern meets later are new as a whole: latest would skip their start.
            earliest = start == "first" or subscription.pattern is not None
            config = {
                **self._design.consumer_config(),
                "group.id": subscription.group,
                "client.id": self.name,
                "auto.offset.reset": "earliest" if earliest else "latest",
            }
            if subscription.pattern is not None:
                config["metadata.max.age.ms"] = "5000"
            desk.do(native.NewConsumer(consumer, config))
            desk.do(native.Subscribe(consumer, subscription.topics, subscription.pattern))
            self._consumers.append(consumer)
        desk.await_assignment(self._consumers, JOIN_MS_MAX)
        for consumer, subscription in zip(self._consumers, subscriptions, strict=True):
            self._commit_start(consumer, subscription, start)

    def _commit_start(self, consumer: str, subscription: Subscription, start: Start) -> None:
        """Commit where it begins: without a commit a rebalance would apply the reset again."""
        desk = self._desk
        committed = desk.do(native.ListGroupOffsets(subscription.group))
        assigned = desk.do(native.Assignment(consumer)) or ()
        offsets: dict[native.TopicPartition, int] = {}
        for name in assigned:
            if name in committed:
                continue
            if start == "new" and subscription.pattern is not None:
                offsets[name] = desk.do(native.ListOffsets(*name))[1]
                desk.do(native.Seek(consumer, name, offsets[name]))
            else:
                offsets[name] = desk.do(native.Position(consumer, name))
        if offsets:
            desk.do(native.CommitOffsets(consumer, offsets))

    def leave(self) -> None:
        for consumer in self._consumers:
            self._desk.do(native.CloseConsumer(consumer))
        self._forget()

    def crash(self) -> None:
        for consumer in self._consumers:
            self._desk.kill(consumer)
        self._forget()

    def _forget(self) -> None:
        self._consumers, self._held, self._next = [], [], {}

    # Reading

    def receive(self, within_ms: int) -> Delivery | None:
        desk = self._desk
        if len(self._held) >= desk.plan.prefetch:
            desk.advance(within_ms)
            return None
        deadline_ms = desk.now_ms + within_ms
        while True:
            polled = desk.poll(self._consumers, max(deadline_ms - desk.now_ms, 0))
            if polled is None:
                return None
            consumer, records = polled
            desk.fetched += 1
            held = Held(consumer, records[0])
            self._next[held.place] = held.record.offset + 1
            if self._design.is_wanted(self.group, held.record):
                self._held.append(held)
                desk.held_max = max(desk.held_max, len(self._held))
                if self._design.keeps_polling_at_work:
                    desk.part("thread that works while the loop polls")
                return delivery_of(self.name, held, self._design)
            desk.thrown_away += 1
            self._skip(held)

    def _skip(self, held: Held) -> None:
        """Commit past a record that nobody wants; a refusal only means that it comes again."""
        outcome = self._desk.attempt(native.CommitOffsets(held.consumer, self._done(held)))
        if isinstance(outcome, Unknown | Unmodelled):
            raise Halted(outcome)

    def _done(self, held: Held) -> dict[native.TopicPartition, int]:
        """What to commit: up to the first record of the partition still in hand."""
        place = held.place
        offsets = [other.record.offset for other in self._held if other.place == place]
        following = self._next.get(place, held.record.offset + 1)
        return {(held.record.topic, held.record.partition): min(offsets, default=following)}

    def offsets_after(self, held: Held) -> dict[native.TopicPartition, int] | None:
        """Let go of a record; the offsets that a transaction must commit for it."""
        if held in self._held:
            self._held.remove(held)
        return self._done(held)

    def settle(self, held: Held) -> None:
        offsets = self.offsets_after(held)
        if offsets:
            self._desk.do(native.CommitOffsets(held.consumer, offsets))
        self._design.settled(self.group, held.record)

    def reject(self, held: Held) -> None:
        """Natively Kafka cannot: the record is skipped, like one that is done."""
        self._design.rejected(self.group, held.record)
        offsets = self.offsets_after(held)
        if offsets:
            self._desk.do(native.CommitOffsets(held.consumer, offsets))

    def rewind(self) -> None:
        """Seek to the oldest kept record of every assigned partition."""
        desk = self._desk
        for consumer in self._consumers:
            for name in desk.do(native.Assignment(consumer)) or ():
                oldest, _ = desk.do(native.ListOffsets(*name))
                desk.do(native.Seek(consumer, name, oldest))
        self._held, self._next = [], {}
