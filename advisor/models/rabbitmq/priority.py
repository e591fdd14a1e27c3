"""Message priorities: what overtakes what inside a queue.

Keeps: classic queues with ``x-max-priority`` (all versions): strict, first in first out within a
priority, larger values clamped, none is 0. Only the head of the whole queue expires;
in a quorum queue from 4.3 each priority has a head of its own.
Quorum queues: before 4.0 none; 4.0 to 4.2 two lanes (above 4 is high), served 2 high to 1
normal; from 4.3 32 strict levels, none is 4. Leaves out changes of a queue on broker upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Entry
from advisor.models.rabbitmq.ready import FifoReady, Ready
from advisor.models.rabbitmq.versions import V4_0, V4_3

_QUORUM_LEVELS = 32
_NORMAL = 4
_HIGH_IN_TURN = 2


class StrictReady:
    """Highest priority first. ``default`` is the priority of a message without one; with
    ``own_heads`` the first of each priority may expire, else only the first of all."""

    __slots__ = ("_count", "_default", "_levels", "_most", "_own_heads")

    def __init__(self, most: int, default: int, *, own_heads: bool) -> None:
        self._own_heads = own_heads
        self._most = most
        self._default = default
        self._levels: dict[int, FifoReady] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(self._levels.values())

    def _level(self, entry: Entry) -> FifoReady:
        priority = entry.message.properties.priority
        level = min(self._default if priority is None else priority, self._most)
        found = self._levels.get(level)
        if found is None:
            self._levels[level] = found = FifoReady()
            self._levels = dict(sorted(self._levels.items(), reverse=True))
        return found

    def append(self, entry: Entry) -> None:
        self._level(entry).append(entry)
        self._count += 1

    def put_back(self, entry: Entry) -> None:
        self._level(entry).put_back(entry)
        self._count += 1

    def pop(self) -> Entry:
        for level in self._levels.values():
            if len(level):
                self._count -= 1
                return level.pop()
        raise IndexError("pop from an empty queue")

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        expired: list[Entry] = []
        for level in self._levels.values():
            expired += level.pop_expired(now_ms, at_once=at_once)
            if len(level) and not self._own_heads:
                break
        self._count -= len(expired)
        return expired

    def first_due_ms(self) -> int | None:
        heads = [one.first_due_ms() for one in self._levels.values() if len(one)]
        looked_at = heads if self._own_heads else heads[:1]
        return min((due_ms for due_ms in looked_at if due_ms is not None), default=None)

    def clear(self) -> list[Entry]:
        self._count = 0
        return [entry for level in self._levels.values() for entry in level.clear()]


class TwoLanesReady:
    """Two high ones, then a normal one, while both wait (quorum queues of 4.0 to 4.2)."""

    __slots__ = ("_high", "_normal", "_turn")

    def __init__(self) -> None:
        self._high = FifoReady()
        self._normal = FifoReady()
        self._turn = 0

    def __len__(self) -> int:
        return len(self._high) + len(self._normal)

    def __iter__(self) -> Iterator[Entry]:
        return chain(self._high, self._normal)

    def append(self, entry: Entry) -> None:
        priority = entry.message.properties.priority
        lane = self._high if priority is not None and priority > _NORMAL else self._normal
        lane.append(entry)

    def put_back(self, entry: Entry) -> None:
        raise NotImplementedError("quorum queues keep returned messages apart")

    def _next(self) -> FifoReady:
        normal_turn = self._turn == _HIGH_IN_TURN
        if len(self._high) and not (normal_turn and len(self._normal)):
            return self._high
        return self._normal

    def pop(self) -> Entry:
        entry = self._next().pop()
        self._turn = 0 if self._turn == _HIGH_IN_TURN else self._turn + 1
        return entry

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        expired: list[Entry] = []
        while taken := self._next().pop_expired(now_ms, at_once=at_once):
            expired += taken
        return expired

    def first_due_ms(self) -> int | None:
        return self._next().first_due_ms()

    def clear(self) -> list[Entry]:
        return self._high.clear() + self._normal.clear()


def classic_ready(max_priority: int | None) -> Ready:
    """How a classic queue orders what waits."""
    return (
        FifoReady()
        if max_priority is None
        else StrictReady(max_priority, default=0, own_heads=False)
    )


def quorum_ready(version: BrokerVersion) -> Ready:
    """How a quorum queue of this version orders what never was delivered."""
    if version >= V4_3:
        return StrictReady(_QUORUM_LEVELS - 1, default=_NORMAL, own_heads=True)
    return TwoLanesReady() if version >= V4_0 else FifoReady()
