"""``x-expires``: a queue that deletes itself once it was unused for so long.

Keeps: a queue is used while it has a consumer; ``basic.get`` and the end of a consumer begin the
time anew, on a classic queue a second declaration too, also a passive one; publishing and binding
do not. What it holds is not dead-lettered. A quorum queue looks every five seconds from its
declaration on, so it lives up to that much longer (seen on 3.10.8, 4.0.5 and 4.3.6).
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.models.kernel import Kernel, Timer

TICK_MS = 5_000
"""How often a quorum queue looks (``quorum_tick_interval``)."""


class QueueExpiry:
    """Calls ``delete`` when nothing was used for so long; ``in_use`` says it has consumers.

    ``tick_ms``: it is seen only at multiples of this from the beginning; 1 for at once.
    """

    __slots__ = ("_after_ms", "_began_ms", "_delete", "_in_use", "_kernel", "_tick_ms", "_timer")

    def __init__(
        self,
        kernel: Kernel,
        in_use: Callable[[], bool],
        delete: Callable[[], None],
        tick_ms: int = 1,
    ) -> None:
        self._kernel = kernel
        self._after_ms: int | None = None
        self._in_use = in_use
        self._delete = delete
        self._tick_ms = tick_ms
        self._began_ms = kernel.now_ms
        self._timer: Timer | None = None

    def expire_after(self, after_ms: int | None) -> None:
        """From now on after so many milliseconds, None for never."""
        self._after_ms = after_ms
        self.renew()

    def renew(self) -> None:
        """The queue was used now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._after_ms is None:
            return
        now_ms = self._kernel.now_ms
        due_ms = now_ms + self._after_ms - self._began_ms
        seen_ms = self._began_ms + -(-due_ms // self._tick_ms) * self._tick_ms
        self._timer = self._kernel.after(seen_ms - now_ms, self._due)

    def _due(self) -> None:
        self._timer = None
        if not self._in_use():
            self._delete()
