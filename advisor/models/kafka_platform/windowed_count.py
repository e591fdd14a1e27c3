"""A count by key and tumbling window, as a stream processor computes it record by record.

Keeps: a record counts in the window that its own time falls into; stream time is the latest time
seen, and a window takes records until it is ``grace_ms`` past its end; records without a key are
skipped; every change is sent on at once, stamped with the latest record of its window; the store
shows windows for as long as they may change. What is kept is written byte by byte as Kafka Streams
does. Leaves out hopping and session windows, caches, and results held back until a window closes.
Source: Kafka Streams of Apache Kafka 4.4, run in its TopologyTestDriver.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Change(NamedTuple):
    """The new count of a window."""

    key: bytes
    window_start_ms: int
    total: int
    stamp_ms: int

    @property
    def value(self) -> bytes:
        return struct.pack(">q", self.total)

    @property
    def windowed_key(self) -> bytes:
        """As the results' topic has it."""
        return self.key + struct.pack(">q", self.window_start_ms)

    @property
    def stored_key(self) -> bytes:
        """As the changelog has it: with a sequence number, which a count leaves at 0."""
        return self.windowed_key + bytes(4)


def change_of(stored_key: bytes, value: bytes, stamp_ms: int) -> Change:
    """What a record of the changelog says."""
    (start_ms,) = struct.unpack(">q", stored_key[-12:-4])
    (count,) = struct.unpack(">q", value)
    return Change(stored_key[:-12], start_ms, count, stamp_ms)


class WindowedCount:
    """The processor and its store, for one partition of its input."""

    def __init__(self, size_ms: int, grace_ms: int) -> None:
        self._size_ms = size_ms
        self._grace_ms = grace_ms
        self._stream_time_ms = -1
        self._newest_window_ms = -1
        self._windows: dict[tuple[bytes, int], Change] = {}

    def process(self, key: bytes | None, stamp_ms: int) -> Change | None:
        """Count a record; None where it has no key or comes too late."""
        if key is None:
            return None
        self._stream_time_ms = max(self._stream_time_ms, stamp_ms)
        start_ms = stamp_ms // self._size_ms * self._size_ms
        if start_ms + self._size_ms + self._grace_ms <= self._stream_time_ms:
            return None
        before = self.get(key, start_ms)
        latest_ms = stamp_ms if before is None else max(stamp_ms, before.stamp_ms)
        change = Change(key, start_ms, 1 if before is None else before.total + 1, latest_ms)
        self.restore(change)
        return change

    def restore(self, change: Change) -> None:
        """Put a window into the store, as counted or as the changelog has it."""
        self._newest_window_ms = max(self._newest_window_ms, change.window_start_ms)
        self._windows[change.key, change.window_start_ms] = change

    def get(self, key: bytes, window_start_ms: int) -> Change | None:
        """A window that the store still shows."""
        found = self._windows.get((key, window_start_ms))
        return found if found is not None and self._shown(found) else None

    def all(self) -> Iterator[Change]:
        """Every window that the store still shows, by key and time."""
        for _, change in sorted(self._windows.items()):
            if self._shown(change):
                yield change

    def _shown(self, change: Change) -> bool:
        kept_ms = self._size_ms + self._grace_ms
        return change.window_start_ms > self._newest_window_ms - kept_ms
