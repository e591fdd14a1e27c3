"""``x-delayed-retry-*`` of quorum queues, from 4.3: a returned message waits before it is ready.

Keeps: type ``all``, ``failed`` (rejected, or its channel closed) or ``returned`` (nacked), any
other word without effect; the wait is ``min`` for each counted delivery and at most ``max``, and
always ``min`` without ``max``; without ``min`` there is none. While it waits a message is in no
counter but takes its place of a length limit, others overtake it, a purge takes it, and its time
to live is looked at only afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from advisor.models.kernel import Kernel, Timer
from advisor.models.rabbitmq.message import Entry, How, Table

DELAYED_RETRY = frozenset({"x-delayed-retry-type", "x-delayed-retry-min", "x-delayed-retry-max"})

_FAILED = frozenset({"reject", "closed", "timeout"})
_WAITING: dict[Any, frozenset[str]] = {
    "all": _FAILED | {"nack", "recover"},
    "failed": _FAILED,
    "returned": frozenset({"nack", "recover"}),
}


@dataclass(frozen=True, slots=True)
class DelayedRetry:
    """``waiting``: the ways of coming back that wait."""

    waiting: frozenset[str]
    least_ms: int
    most_ms: int

    def delay_ms(self, how: How, failures: int) -> int:
        """How long a message waits that came back like this after so many failures."""
        if how not in self.waiting:
            return 0
        return min(self.least_ms * max(1, failures), self.most_ms)


def read_delayed_retry(arguments: Table) -> DelayedRetry | None:
    """What the arguments of a queue ask for, None where they have no effect."""
    waiting = _WAITING.get(arguments.get("x-delayed-retry-type"))
    least_ms = arguments.get("x-delayed-retry-min")
    if waiting is None or not least_ms:
        return None
    return DelayedRetry(waiting, least_ms, arguments.get("x-delayed-retry-max", least_ms))


class Delayed:
    """What waits to be ready again; ``ready`` gets each entry when it is due."""

    __slots__ = ("_kernel", "_ready", "_waiting")

    def __init__(self, kernel: Kernel, ready: Callable[[Entry], None]) -> None:
        self._kernel = kernel
        self._ready = ready
        self._waiting: dict[int, tuple[Entry, Timer]] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What waits, in no order."""
        return tuple(entry for entry, _timer in self._waiting.values())

    def add(self, entry: Entry, delay_ms: int) -> None:
        """Let it wait."""
        number = entry.sequence
        timer = self._kernel.after(delay_ms, lambda: self._due(number))
        self._waiting[number] = (entry, timer)

    def _due(self, number: int) -> None:
        entry, _timer = self._waiting.pop(number)
        self._ready(entry)

    def clear(self) -> int:
        """Forget all; how many there were."""
        count = len(self._waiting)
        for _entry, timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        return count
