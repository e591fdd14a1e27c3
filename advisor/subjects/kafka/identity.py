"""Variants about doing things once: a table of what was done, an outbox in the database."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.checks.session import Group, Message
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import Design
from advisor.subjects.kafka.desk import Desk, Halted
from advisor.subjects.kafka.wire import content_of


class DeduplicationTable(Design):
    """deduplication-table: readers of a group remember where each identity was first seen.

    A redelivery comes from the same place and is let through until its work is done.
    """

    resends_in_the_library = False

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._seen: dict[tuple[str, str], tuple[str, int, int]] = {}
        self._finished: set[tuple[str, str]] = set()

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:
        if not super().is_wanted(group, record):
            return False
        row = (group.name, content_of(record).identity)
        place = (record.topic, record.partition, record.offset)
        if self._seen.setdefault(row, place) == place and row not in self._finished:
            return True
        self.desk.part("deduplication table")
        return False

    def settled(self, group: Group, record: native.FetchedRecord) -> None:
        self._finished.add((group.name, content_of(record).identity))


class Outbox(Design):
    """outbox: the message is a row of the data's own transaction; a forwarder sends it later."""

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._rows: list[Message] = []
        desk.workers.append(self)

    def store(self, message: Message) -> None:
        """Called inside the database transaction."""
        self._rows.append(message)

    def pump(self) -> None:
        """Send what is stored, in order; what is not acknowledged stays for the next round."""
        while self._rows:
            try:
                self.produce(self._rows[0])
            except Halted:
                return
            self.desk.part("outbox forwarder")
            del self._rows[0]

    def next_due_ms(self) -> int | None:
        return None

    def idle_consumers(self) -> Sequence[str]:
        return ()
