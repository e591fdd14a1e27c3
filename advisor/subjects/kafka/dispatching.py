"""out-of-order-completion: one process polls for a group and hands records to free workers.

Records of a partition are finished in any order; offsets are committed up to the first that is
not. The workers are the scenario's readers: when one dies, its record goes to another at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from advisor.checks.session import Delivery, Group
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import Design
from advisor.subjects.kafka.desk import Desk
from advisor.subjects.kafka.reader import GroupReader, Held, Start, delivery_of


class OutOfOrderCompletion(Design):
    """Keeps the dispatcher of each group."""

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._dispatchers: dict[str, Dispatcher] = {}
        desk.workers.append(self)

    def dispatcher(self, group: Group) -> Dispatcher:
        found = self._dispatchers.get(group.name)
        if found is None:
            found = self._dispatchers[group.name] = Dispatcher(self.desk, self, group)
        return found

    def pump(self) -> None:
        """It works inside the readers' calls."""

    def next_due_ms(self) -> int | None:
        return None

    def idle_consumers(self) -> Sequence[str]:
        return [name for one in self._dispatchers.values() for name in one.consumers]


class Dispatcher(GroupReader):
    """The only member of the Kafka group; its loop never stops polling."""

    def __init__(self, desk: Desk, design: Design, group: Group) -> None:
        super().__init__(desk, design, f"{group.name}-dispatcher", group)
        self._returned: deque[Held] = deque()
        self.joined = False

    @property
    def consumers(self) -> Sequence[str]:
        return self._consumers

    def ensure_joined(self, start: Start) -> None:
        if not self.joined:
            self.joined = True
            self.join(start)

    def next_record(self, within_ms: int) -> Held | None:
        """A record that a dead worker left, else the next one of the topic."""
        if self._returned:
            return self._returned.popleft()
        deadline_ms = self._desk.now_ms + within_ms
        while True:
            polled = self._desk.poll(self._consumers, max(deadline_ms - self._desk.now_ms, 0))
            if polled is None:
                return None
            held = Held(polled[0], polled[1][0])
            self._desk.fetched += 1
            self._next[held.place] = held.record.offset + 1
            if self._design.is_wanted(self.group, held.record):
                self._held.append(held)
                return held
            self._desk.thrown_away += 1
            self._skip(held)

    def take_back(self, held: Held) -> None:
        self._returned.append(held)

    def rewind(self) -> None:
        super().rewind()
        self._returned.clear()


class PooledReader:
    """One worker; it has no connection to the broker of its own."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, name: str, group: Group) -> None:
        self.name = name
        self.group = group
        self._desk = desk
        self._dispatcher = dispatcher
        self._held: list[Held] = []

    def idle_consumers(self) -> list[str]:
        return []

    def join(self, start: Start) -> None:
        self._dispatcher.ensure_joined(start)

    def receive(self, within_ms: int) -> Delivery | None:
        if len(self._held) >= self._desk.plan.prefetch:
            self._desk.advance(within_ms)
            return None
        held = self._dispatcher.next_record(within_ms)
        if held is None:
            return None
        self._desk.part("dispatcher")
        self._held.append(held)
        self._desk.held_max = max(self._desk.held_max, len(self._held))
        return delivery_of(self.name, held, self._dispatcher._design)

    def offsets_after(self, held: Held) -> dict[native.TopicPartition, int] | None:
        if held in self._held:
            self._held.remove(held)
        return self._dispatcher.offsets_after(held)

    def settle(self, held: Held) -> None:
        if held in self._held:
            self._held.remove(held)
        self._dispatcher.settle(held)

    def reject(self, held: Held) -> None:
        if held in self._held:
            self._held.remove(held)
        self._dispatcher.reject(held)

    def rewind(self) -> None:
        self._held = []
        self._dispatcher.rewind()

    def leave(self) -> None:
        self.crash()

    def crash(self) -> None:
        """The dispatcher notices at once and gives the work to another."""
        for held in self._held:
            self._dispatcher.take_back(held)
        self._held = []
