"""``x-dead-letter-strategy`` at-least-once of quorum queues: kept until every target has it.

Keeps: a dead message stays with its queue until all queues that it is routed to have taken it; it
is in no counter but takes its place of the length limit; what could not be routed, or was refused,
is tried again later, at the targets that do not have it yet. It works with ``reject-publish`` only;
otherwise the queue dead-letters at most once. Leaves out the window of 32 messages on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.dead_letter import Reason
from advisor.models.rabbitmq.message import Entry

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.queue import Queue

RETRY_MS = 180_000
"""``dead_letter_worker_publisher_confirm_timeout``."""


@dataclass(slots=True)
class _Stuck:
    entry: Entry
    reason: Reason
    failures: int
    taken_by: set[str] = field(default_factory=set)


class DeadLetterWorker:
    """The dead messages of one queue that some target does not have; ``freed`` hears of changes."""

    __slots__ = ("_broker", "_freed", "_planned", "_queue", "_stuck")

    def __init__(self, broker: Broker, queue: Queue, freed: Callable[[], None]) -> None:
        self._broker = broker
        self._queue = queue
        self._freed = freed
        self._stuck: list[_Stuck] = []
        self._planned = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is stuck, oldest first."""
        return tuple(one.entry for one in self._stuck)

    def clear(self) -> int:
        """Forget all; how many there were."""
        count = len(self._stuck)
        self._stuck.clear()
        return count

    def take(self, entries: Sequence[Entry], reason: Reason, failures: Sequence[int]) -> None:
        """Send them on; what is not taken everywhere is kept."""
        self._stuck += [
            _Stuck(entry, reason, count) for entry, count in zip(entries, failures, strict=True)
        ]
        self._send()

    def _send(self) -> None:
        self._stuck = [one for one in self._stuck if not self._sent(one)]
        self._freed()
        if self._stuck and not self._planned:
            self._planned = True
            self._broker.kernel.after(RETRY_MS, self._again)

    def _again(self) -> None:
        self._planned = False
        if self._broker.queues.get(self._queue.name) is self._queue:
            self._send()

    def _sent(self, one: _Stuck) -> bool:
        target = self._queue.settings.dead_letter
        assert target is not None
        return self._broker.dead_letter(
            one.entry.message,
            target,
            self._queue.name,
            one.reason,
            failures=one.failures,
            taken_by=one.taken_by,
        )
