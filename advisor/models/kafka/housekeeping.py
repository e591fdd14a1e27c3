"""When a broker looks for old and for superseded records.

Keeps: retention every 5 minutes, the log cleaner every 15 s (unless told otherwise), both only
where something can have become due, so that a year without traffic costs nothing. Leaves out: the
first 30 s after a start, and that every broker counts its minutes from its own start.
"""

from __future__ import annotations

from advisor.models.kafka import compaction, retention
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.topic_admin import Topics
from advisor.models.kernel import Kernel


class Housekeeping:
    """The two recurring jobs of a cluster."""

    __slots__ = (
        "_backoff_ms",
        "_cleaner_planned",
        "_interval_ms",
        "_kernel",
        "_retention_due_ms",
        "_topics",
    )

    def __init__(
        self,
        kernel: Kernel,
        topics: Topics,
        *,
        check_interval_ms: int = retention.CHECK_INTERVAL_MS,
        backoff_ms: int = compaction.BACKOFF_MS,
    ) -> None:
        self._kernel = kernel
        self._topics = topics
        self._interval_ms = check_interval_ms
        self._backoff_ms = backoff_ms
        self._cleaner_planned = False
        self._retention_due_ms: int | None = None

    def appended(self, partition: Partition) -> None:
        """Something was written: both jobs must look at their next turn."""
        config = partition.config
        if config.compacts and not self._cleaner_planned:
            self._cleaner_planned = True
            self._kernel.after(self._backoff_ms, self._clean)
        if not config.deletes:
            return
        now_ms = self._kernel.now_ms
        if config.retention_bytes >= 0:
            self._plan_check(now_ms)
        elif config.retention_ms >= 0:
            newest = partition.log.segments[-1].max_timestamp_ms
            self._plan_check(max(now_ms, newest + config.retention_ms))

    def _plan_check(self, after_ms: int) -> None:
        """At the first turn later than that."""
        self._plan((after_ms // self._interval_ms + 1) * self._interval_ms)

    def settings_changed(self) -> None:
        """Retention may bite sooner now."""
        self._plan_check(self._kernel.now_ms)
        if not self._cleaner_planned:
            self._cleaner_planned = True
            self._kernel.after(self._backoff_ms, self._clean)

    def _plan(self, due_ms: int) -> None:
        if self._retention_due_ms is not None and self._retention_due_ms <= due_ms:
            return
        self._retention_due_ms = due_ms

        def check() -> None:
            if self._retention_due_ms == due_ms:
                self._retention_due_ms = None
                self._retain()

        self._kernel.after(due_ms - self._kernel.now_ms, check)

    def _retain(self) -> None:
        now_ms = self._kernel.now_ms
        following: int | None = None
        for topic in self._topics.by_name.values():
            config = topic.config
            if not config.deletes:
                continue
            for partition in topic.partitions:
                for log in partition.replicas.values():
                    retention.apply(
                        log,
                        now_ms,
                        retention_ms=config.retention_ms,
                        retention_bytes=config.retention_bytes,
                        high_watermark=partition.high_watermark,
                    )
                    due = retention.next_expiry_ms(log, retention_ms=config.retention_ms)
                    if due is not None:
                        following = due if following is None else min(following, due)
        if following is not None:
            interval_ms = self._interval_ms
            later_ms = max(following, now_ms + 1)
            self._plan(-(-later_ms // interval_ms) * interval_ms)

    def _clean(self) -> None:
        self._cleaner_planned = False
        now_ms = self._kernel.now_ms
        for topic in self._topics.by_name.values():
            config = topic.config
            if not config.compacts:
                continue
            for partition in topic.partitions:
                stable = partition.last_stable_offset
                for log in partition.replicas.values():
                    if compaction.is_due(
                        log, stable, dirty_ratio_min=config.min_cleanable_dirty_ratio
                    ):
                        compaction.compact(
                            log, stable, now_ms, delete_retention_ms=config.delete_retention_ms
                        )
