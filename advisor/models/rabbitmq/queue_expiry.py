"""``x-expires``: a queue that deletes itself once it was unused for so long.

Keeps: a queue is used while it has a consumer; declaring it again, also passively, ``basic.get``
and the end of a consumer begin the time anew; publishing and binding do not. What it holds is not
dead-lettered. A quorum queue looks only every five seconds, and a declaration is no use of it.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.models.kernel import Kernel, Timer

TICK_MS = 5_000
"""How often a quorum queue looks (``quorum_tick_interval``)."""


class QueueExpiry:
    """Calls ``delete`` when nothing was used for ``after_ms``; ``in_use`` says it has consumers."""

    __slots__ = ("_after_ms", "_delete", "_in_use", "_kernel", "_timer")

    def __init__(
        self,
        kernel: Kernel,
        after_ms: int,
        in_use: Callable[[], bool],
        delete: Callable[[], None],
    ) -> None:
        self._kernel = kernel
        self._after_ms = after_ms
        self._in_use = in_use
        self._delete = delete
        self._timer: Timer | None = None
        self.renew()

    def renew(self) -> None:
        """The queue was used now."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._kernel.after(self._after_ms, self._due)

    def _due(self) -> None:
        self._timer = None
        if not self._in_use():
            self._delete()
