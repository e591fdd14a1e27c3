"""Memory and disk alarms: who publishes is no longer read until the alarm is over.

Keeps: while an alarm is on, a connection is blocked by its first publish, which is not handled;
nothing else that it sends is read either, its acknowledgements included, until the alarm clears:
then all of it is handled in the order sent, nothing lost. Other connections go on, new ones too.
Leaves out credit flow, which slows a publisher down without a sign, and heartbeats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.models.rabbitmq.connection import Connection


class Alarm:
    """One for all nodes. Whoever reads from connections asks :meth:`holds_back` first."""

    __slots__ = ("_unread", "raised")

    def __init__(self) -> None:
        self.raised = False
        self._unread: dict[Connection, list[Callable[[], object]]] = {}

    def is_blocked(self, connection: Connection) -> bool:
        """Whether this connection was told that it is blocked."""
        return connection in self._unread

    def holds_back(
        self, connection: Connection, handle: Callable[[], object], *, publishes: bool
    ) -> bool:
        """Whether this is not read now; ``handle`` is then called when the alarm is over."""
        if not self.raised or (not publishes and connection not in self._unread):
            return False
        self._unread.setdefault(connection, []).append(handle)
        return True

    def set(self, *, raised: bool) -> None:
        """Raise it, or let it be over: then all is read that has waited."""
        self.raised = raised
        if raised:
            return
        unread, self._unread = self._unread, {}
        for waiting in unread.values():
            for handle in waiting:
                handle()
