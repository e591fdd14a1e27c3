"""Committed offsets of one group: the next offset to read, for each partition.

Keeps: commits that stand until overwritten, offsets sent in a transaction that count only after
its commit (and make the partition unstable until then), expiry 7 days (as ``retention_ms`` says)
after the group became empty or, where nobody was a member, after the last commit, what a loss of
power of all nodes takes back (everything since the last clean stop: the worst case, as for
records). Leaves out: commit metadata, expiry of single topics in a live group.
"""

from __future__ import annotations

from collections.abc import Mapping

from advisor.models.kafka.assignors import TopicPartition

RETENTION_MS = 7 * 86_400_000


class Commits:
    """The offsets of one group."""

    __slots__ = ("_flushed", "_retention_ms", "committed", "empty_since_ms", "pending")

    def __init__(self, now_ms: int, retention_ms: int = RETENTION_MS) -> None:
        self._retention_ms = retention_ms
        self.committed: dict[TopicPartition, int] = {}
        self.pending: dict[int, dict[TopicPartition, int]] = {}
        self.empty_since_ms: int | None = now_ms
        self._flushed: dict[TopicPartition, int] = {}

    def commit(self, offsets: Mapping[TopicPartition, int], *, now_ms: int) -> None:
        self.committed.update(offsets)
        if self.empty_since_ms is not None:
            self.empty_since_ms = now_ms

    def expire(self, now_ms: int) -> bool:
        """Forget what is too old; whether there was something, and nothing is left."""
        empty_since_ms = self.empty_since_ms
        old = empty_since_ms is not None and now_ms - empty_since_ms > self._retention_ms
        if not old or not self.committed:
            return False
        self.committed.clear()
        return not self.pending

    def fetch(self, partition: TopicPartition) -> int | None:
        """The committed offset, None if there is none."""
        return self.committed.get(partition)

    def is_unstable(self, partition: TopicPartition) -> bool:
        """Whether an open transaction holds an offset of it."""
        return any(partition in offsets for offsets in self.pending.values())

    def end(self, producer_id: int, *, commit: bool) -> None:
        """A transaction that sent offsets is over."""
        offsets = self.pending.pop(producer_id, None)
        if offsets and commit:
            self.committed.update(offsets)

    def flush(self) -> None:
        self._flushed = dict(self.committed)

    def lose_power(self) -> None:
        self.committed = dict(self._flushed)
