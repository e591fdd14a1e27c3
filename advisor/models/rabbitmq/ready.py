"""The messages of a queue that are ready, first in first out.

Keeps: a message that comes back takes its original place again, whatever the order in which
several come back. Leaves out paging to disk: every queue is as lazy as those from 3.12.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import chain
from typing import Protocol

from advisor.models.rabbitmq.message import Entry


class Ready(Protocol):
    """Entries in the order in which they will be delivered."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Entry]:
        """All of them, in any order."""

    def append(self, entry: Entry) -> None:
        """A new message."""

    def put_back(self, entry: Entry) -> None:
        """A message that was delivered and returned."""

    def pop(self) -> Entry:
        """The next to deliver; IndexError when empty."""

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        """Take expired messages off the head: those due before ``now_ms``, or also at it."""

    def first_due_ms(self) -> int | None:
        """When the head expires, None when it does not."""

    def clear(self) -> list[Entry]:
        """Take everything, oldest first."""


class FifoReady:
    """First in, first out, with a heap of the few that came back."""

    __slots__ = ("_fresh", "_returned")

    def __init__(self) -> None:
        self._fresh: deque[Entry] = deque()
        self._returned: list[Entry] = []

    def __len__(self) -> int:
        return len(self._fresh) + len(self._returned)

    def __iter__(self) -> Iterator[Entry]:
        return chain(self._returned, self._fresh)

    def append(self, entry: Entry) -> None:
        self._fresh.append(entry)

    def put_back(self, entry: Entry) -> None:
        heappush(self._returned, entry)

    def pop(self) -> Entry:
        # what was delivered once lies before everything that never was
        if self._returned:
            return heappop(self._returned)
        return self._fresh.popleft()

    def _head(self) -> Entry | None:
        if self._returned:
            return self._returned[0]
        return self._fresh[0] if self._fresh else None

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        expired: list[Entry] = []
        limit_ms = now_ms if at_once else now_ms - 1
        while (head := self._head()) is not None:
            if head.expires_at_ms is None or head.expires_at_ms > limit_ms:
                break
            expired.append(self.pop())
        return expired

    def first_due_ms(self) -> int | None:
        head = self._head()
        return None if head is None else head.expires_at_ms

    def clear(self) -> list[Entry]:
        entries = sorted([*self._returned, *self._fresh])
        self._fresh.clear()
        self._returned.clear()
        return entries


class ReturnsFirst:
    """Quorum queues: what came back waits in its order of return, before everything else."""

    __slots__ = ("_inner", "_returns")

    def __init__(self, inner: Ready) -> None:
        self._inner = inner
        self._returns: deque[Entry] = deque()

    def __len__(self) -> int:
        return len(self._returns) + len(self._inner)

    def __iter__(self) -> Iterator[Entry]:
        return chain(self._returns, self._inner)

    def append(self, entry: Entry) -> None:
        self._inner.append(entry)

    def put_back(self, entry: Entry) -> None:
        self._returns.append(entry)

    def pop(self) -> Entry:
        return self._returns.popleft() if self._returns else self._inner.pop()

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        limit_ms = now_ms if at_once else now_ms - 1
        expired: list[Entry] = []
        while self._returns:
            due_ms = self._returns[0].expires_at_ms
            if due_ms is None or due_ms > limit_ms:
                return expired
            expired.append(self._returns.popleft())
        return expired + self._inner.pop_expired(now_ms, at_once=at_once)

    def first_due_ms(self) -> int | None:
        return self._returns[0].expires_at_ms if self._returns else self._inner.first_due_ms()

    def clear(self) -> list[Entry]:
        entries = [*self._returns, *self._inner.clear()]
        self._returns.clear()
        return entries
