"""Variants about time: a scheduler for delays, a deadline that readers check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from advisor.checks.session import Group, Message
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import PUBLISHER, Design
from advisor.subjects.kafka.desk import Desk
from advisor.subjects.kafka.wire import content_of

DUE, DEADLINE = "due-ms", "deadline-ms"


class DelayScheduler(Design):
    """delay-scheduler: delayed records wait in a topic; a program forwards each when it is due.

    Its offsets are committed up to the first record that still waits, so a crash loses none.
    """

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._consumer = f"{desk.prefix}-scheduler"
        self._waiting: list[tuple[int, int, native.FetchedRecord]] = []

    @property
    def _delayed(self) -> str:
        return f"{self.desk.prefix}.delayed"

    def set_up(self) -> None:
        super().set_up()
        desk = self.desk
        desk.create_topic(self._delayed, partitions=1, config={})
        group_id = self.group_id("scheduler")
        desk.groups.append(group_id)
        config = {**self.consumer_config(), "group.id": group_id, "client.id": "scheduler"}
        config["auto.offset.reset"] = "earliest"
        desk.do(native.NewConsumer(self._consumer, config))
        desk.do(native.Subscribe(self._consumer, (self._delayed,)))
        desk.await_assignment([self._consumer], 12_000)
        desk.workers.append(self)

    def topic_for(self, message: Message) -> str:
        return self.flow if message.delay_ms is None else self._delayed

    def added_headers(self, message: Message) -> Mapping[str, str]:
        if message.delay_ms is None:
            return {}
        return {DUE: str(self.desk.now_ms + message.delay_ms)}

    def pump(self) -> None:
        desk = self.desk
        while records := desk.do(native.Poll(self._consumer)):
            for record in records:
                due_ms = int(content_of(record).native[DUE])
                heappush(self._waiting, (due_ms, record.offset, record))
        while self._waiting and self._waiting[0][0] <= desk.now_ms:
            _, offset, record = heappop(self._waiting)
            desk.part("delay scheduler")
            self.copies = 2
            desk.do(native.Produce(PUBLISHER, self.flow, record.key, record.value, record.headers))
            first = min((other for _, other, _ in self._waiting), default=offset + 1)
            desk.do(native.CommitOffsets(self._consumer, {(self._delayed, 0): first}))

    def next_due_ms(self) -> int | None:
        return self._waiting[0][0] if self._waiting else None

    def idle_consumers(self) -> Sequence[str]:
        return (self._consumer,)


class ExpiryCheck(Design):
    """expiry-check: the publisher writes a deadline, every reader throws away what is past it."""

    def added_headers(self, message: Message) -> Mapping[str, str]:
        if message.expires_after_ms is None:
            return {}
        return {DEADLINE: str(self.desk.now_ms + message.expires_after_ms)}

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:
        deadline = content_of(record).native.get(DEADLINE)
        if deadline is not None and self.desk.now_ms >= int(deadline):
            self.desk.part("expiry check")
            return False
        return super().is_wanted(group, record)
