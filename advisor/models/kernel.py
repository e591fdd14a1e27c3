"""Virtual time: a heap of (due, running number, action); an hour of waiting costs nothing.

Keeps whole milliseconds and the order of equal times. Leaves out real time: whoever wants to
wait on a wall clock does so outside. Same calls, same order, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Action = Callable[[], None]


class Timer:
    """A handle on a planned action, to cancel it."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class Kernel:
    """The clock of one model; ``now_ms`` only moves inside :meth:`run_until`."""

    __slots__ = ("_heap", "_numbers", "now_ms")

    def __init__(self, now_ms: int = 0) -> None:
        self.now_ms = now_ms
        self._heap: list[tuple[int, int, Timer]] = []
        self._numbers = count()

    def after(self, delay_ms: int, action: Action) -> Timer:
        """Plan ``action`` for ``delay_ms`` (0 or more) from now."""
        timer = Timer(action)
        heappush(self._heap, (self.now_ms + delay_ms, next(self._numbers), timer))
        return timer

    def next_due_ms(self) -> int | None:
        """When the next action is due, None if nothing is planned."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            heappop(heap)
        return heap[0][0] if heap else None

    def run_until(self, until_ms: int) -> None:
        """Run what is due up to and including ``until_ms``, in order, and stand there."""
        heap = self._heap
        while heap and heap[0][0] <= until_ms:
            due_ms, _, timer = heappop(heap)
            if timer.action is not None:
                self.now_ms = due_ms
                timer.action()
        self.now_ms = max(self.now_ms, until_ms)
