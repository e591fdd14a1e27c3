"""The consumer client of a consumer group, or of partitions assigned by hand.

Keeps: eager rebalances, positions apart from commits, reset policy, isolation, max.poll.records
as a slice of what was fetched, max.poll.interval.ms (a loop that stays away leaves the group and
joins again at its next poll), patterns that find new topics at a metadata refresh, pausing.
Leaves out: auto-commit (:data:`Gap.AUTO_COMMIT`), fetch sizes and waits other than one fetch of
1 MiB for a partition, and the protocols that are gaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from advisor.models.kafka.assignors import TopicPartition
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer_group import ConsumerGroup, Member
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.record import Batch, ConsumerRecord
from advisor.models.kafka.reset_policy import reset_offset
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kernel import Timer

FETCH_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class ConsumerConfig:
    """Settings by Kafka's names, ``_`` for ``.``; times in milliseconds."""

    group_id: str | None = None
    client_id: str = "consumer"
    auto_offset_reset: str = "latest"
    isolation_level: str = "read_committed"
    max_poll_records: int = 500
    max_poll_interval_ms: int = 300_000
    session_timeout_ms: int = 45_000
    metadata_max_age_ms: int = 300_000
    partition_assignment_strategy: tuple[str, ...] = ("range", "roundrobin")
    enable_auto_commit: bool = False
    group_protocol: str = "classic"
    group_instance_id: str | None = None


class _Reading:
    """One assigned partition: where it stands and what is fetched and not yet handed out."""

    __slots__ = ("buffer", "next_in_buffer", "paused", "position", "unresolved")

    def __init__(self, position: int) -> None:
        self.position = position
        self.buffer: list[ConsumerRecord] = []
        self.next_in_buffer = 0
        self.paused = False
        self.unresolved = False


class Consumer:
    """One consumer of an application."""

    def __init__(self, cluster: Cluster, config: ConsumerConfig | None = None) -> None:
        self._cluster = cluster
        self.config = config = ConsumerConfig() if config is None else config
        if config.enable_auto_commit:
            raise GapError(Gap.AUTO_COMMIT)
        if config.group_protocol != "classic":
            raise GapError(Gap.CONSUMER_PROTOCOL)
        self._committed_only = config.isolation_level == "read_committed"
        self._group: ConsumerGroup | None = None
        self._member: Member | None = None
        self._subscribed = False
        self._generation = -1
        self._readings: dict[TopicPartition, _Reading] = {}
        self._pattern: re.Pattern[str] | None = None
        self._topics: tuple[str, ...] = ()
        self._refreshed_ms = 0
        self._poll_timer: Timer | None = None
        self._last_poll_ms = 0
        self._turn = 0
        self._background = False
        self.assignments = 0
        self.on_revoked: Callable[[], None] | None = None

    # Membership

    def subscribe(self, topics: Sequence[str] = (), *, pattern: str | None = None) -> None:
        """Read topics by name or, from now on and for new ones too, by a pattern."""
        self._pattern = None if pattern is None else re.compile(pattern)
        self._topics = tuple(topics) if pattern is None else self._matching()
        if self.config.group_id is None:
            raise KafkaError(ErrorCode.INVALID_GROUP_ID)
        for strategy in self.config.partition_assignment_strategy:
            if strategy not in ("range", "roundrobin"):
                raise GapError(Gap.STICKY_ASSIGNORS)
        self._subscribed = True

    def _coordinated(self) -> ConsumerGroup | None:
        """Its group, found at the first poll: an id of another kind of group is refused then."""
        if self._group is None and self._subscribed:
            self._group = self._cluster.consumer_group(self.config.group_id or "")
        return self._group

    def _matching(self) -> tuple[str, ...]:
        pattern = self._pattern
        self._refreshed_ms = self._cluster.kernel.now_ms
        if pattern is None:
            return self._topics
        names = self._cluster.topics.by_name
        return tuple(sorted(name for name in names if pattern.fullmatch(name)))

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read partitions without a group's help."""
        self._readings = {}
        for name in partitions:
            self._begin(name)

    def assign_from(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read partitions without a group's help, each from that offset on."""
        self._readings = {name: _Reading(offset) for name, offset in offsets.items()}

    def _join(self, group: ConsumerGroup) -> None:
        number = 1 + len(group.members)
        member_id = f"{self.config.client_id}-{group.generation:06d}-{number:04d}"
        while member_id in group.members:
            number += 1
            member_id = f"{self.config.client_id}-{group.generation:06d}-{number:04d}"
        member = self._member = Member(
            member_id,
            topics=self._topics,
            assignors=self.config.partition_assignment_strategy,
            session_timeout_ms=self.config.session_timeout_ms,
            interval_ms=self.config.max_poll_interval_ms,
            assigned=self._assigned,
            revoked=self._revoke,
            instance_id=self.config.group_instance_id,
        )
        member.polling = True
        group.join(member)
        member.polling = self._background

    def _revoke(self) -> None:
        """Partitions go in a rebalance; the application hears of it before."""
        if self.on_revoked is not None:
            self.on_revoked()
        self._readings.clear()

    def _assigned(self, partitions: list[TopicPartition]) -> None:
        group = self._group
        if group is None:
            return
        self._generation = group.generation
        self._readings.clear()
        self.assignments += 1
        for name in partitions:
            self._begin(name)

    def _begin(self, name: TopicPartition) -> None:
        reading = self._readings[name] = _Reading(0)
        self._resolve(name, reading)

    def _resolve(self, name: TopicPartition, reading: _Reading) -> None:
        """Position: the committed offset, else the reset policy; later if no leader answers."""
        if self._is_unstable(name):
            reading.unresolved = True
            return
        committed = self.committed(name)
        reading.unresolved = False
        if committed is not None:
            reading.position = committed
            return
        try:
            reading.position = reset_offset(
                self._cluster.topics.partition(*name),
                self.config.auto_offset_reset,
                committed=self._committed_only,
            )
        except KafkaError as error:
            if error.code is ErrorCode.AUTO_OFFSET_RESET:
                raise
            reading.unresolved = True

    @property
    def assignment(self) -> tuple[TopicPartition, ...]:
        return tuple(self._readings)

    def in_background(self, polling: bool) -> None:
        """Whether its loop goes on polling, with everything paused, while others are called."""
        if self._background and not polling:
            self._last_poll_ms = self._cluster.kernel.now_ms
        self._background = polling
        if self._member is not None:
            self._member.polling = polling
        group = self._coordinated() if polling else None
        if group is not None:
            self._keep_membership(group)
        self._watch_interval()

    def _watch_interval(self) -> None:
        """A loop that stays away for max.poll.interval.ms makes the member leave."""
        if self._background or self._poll_timer is not None or self._member is None:
            return
        kernel = self._cluster.kernel

        def check() -> None:
            self._poll_timer = None
            if self._background or self._member is None:
                return
            if kernel.now_ms - self._last_poll_ms < self.config.max_poll_interval_ms:
                self._watch_interval()
            else:
                self._leave()

        due_ms = self._last_poll_ms + self.config.max_poll_interval_ms
        self._poll_timer = kernel.after(max(due_ms - kernel.now_ms, 0), check)

    def _leave(self) -> None:
        if self._member is not None and self._group is not None:
            self._group.goodbye(self._member)
        self._member = None
        self._readings.clear()

    # Reading

    def poll(self) -> list[ConsumerRecord]:
        """What is there for it now, up to max.poll.records; joins or joins again as needed."""
        self._last_poll_ms = self._cluster.kernel.now_ms
        group = self._coordinated()
        if group is not None:
            self._keep_membership(group)
        wanted = self.config.max_poll_records
        readings = list(self._readings.items())
        for step in range(len(readings)):
            place = (self._turn + step) % len(readings)
            name, reading = readings[place]
            if reading.paused:
                continue
            if reading.next_in_buffer >= len(reading.buffer) and not self._fetch(name, reading):
                continue
            start = reading.next_in_buffer
            found = reading.buffer[start : start + wanted]
            reading.next_in_buffer = start + len(found)
            reading.position = found[-1].offset + 1
            self._turn = place if reading.next_in_buffer < len(reading.buffer) else place + 1
            return found
        return []

    def _keep_membership(self, group: ConsumerGroup) -> None:
        now_ms = self._cluster.kernel.now_ms
        if self._pattern and now_ms - self._refreshed_ms >= self.config.metadata_max_age_ms:
            topics = self._matching()
            if topics != self._topics:
                self._topics = topics
                if self._member is not None:
                    self._member.topics = topics
                    group.join(self._member)
        if self._member is not None and self._member.fenced:
            self._readings.clear()
            raise KafkaError(ErrorCode.FENCED_INSTANCE_ID)
        if self._member is None or self._member.id not in group.members:
            self._cluster.require_coordinator()
            self._readings.clear()
            self._join(group)
        else:
            group.rejoin(self._member)
        self._watch_interval()

    def _fetch(self, name: TopicPartition, reading: _Reading) -> bool:
        """Fill the buffer of a partition; whether anything is in it."""
        if reading.unresolved:
            self._resolve(name, reading)
            if reading.unresolved:
                return False
        partition = self._cluster.topics.partition(*name)
        try:
            batches = partition.read(
                reading.position, committed=self._committed_only, bytes_max=FETCH_BYTES_MAX
            )
        except KafkaError as error:
            if error.code is not ErrorCode.OFFSET_OUT_OF_RANGE:
                return False
            policy = self.config.auto_offset_reset
            reading.position = reset_offset(partition, policy, committed=self._committed_only)
            return self._fetch(name, reading) if policy == "earliest" else False
        buffer: list[ConsumerRecord] = []
        for batch in batches:
            self._unpack(name, batch, reading.position, buffer)
        if batches and not buffer:
            reading.position = batches[-1].last_offset + 1
            return self._fetch(name, reading)
        reading.buffer, reading.next_in_buffer = buffer, 0
        return bool(buffer)

    def _unpack(
        self, name: TopicPartition, batch: Batch, position: int, into: list[ConsumerRecord]
    ) -> None:
        transaction = batch.transaction
        if self._committed_only and transaction is not None and transaction.state == "aborted":
            return
        into.extend(batch.unpacked(*name, position))

    # Positions

    def position(self, name: TopicPartition) -> int:
        return self._reading(name).position

    def seek(self, name: TopicPartition, offset: int) -> None:
        """Move the position only; nothing is committed."""
        reading = self._reading(name)
        reading.position, reading.unresolved = offset, False
        reading.buffer, reading.next_in_buffer = [], 0

    def _reading(self, name: TopicPartition) -> _Reading:
        reading = self._readings.get(name)
        if reading is None:
            raise KafkaError(ErrorCode.STATE, f"{name[0]}-{name[1]} is not assigned")
        return reading

    def pause(self, names: Sequence[TopicPartition]) -> None:
        for name in names:
            self._reading(name).paused = True

    def resume(self, names: Sequence[TopicPartition]) -> None:
        for name in names:
            self._reading(name).paused = False

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit next offsets to read; refused when the group has moved on without it."""
        self._cluster.require_coordinator()
        if not self._subscribed:
            if self.config.group_id is None:
                raise KafkaError(ErrorCode.INVALID_GROUP_ID)
            self._cluster.consumer_group(self.config.group_id).commit_alone(offsets)
        elif self._group is None or self._member is None:
            raise KafkaError(ErrorCode.UNKNOWN_MEMBER_ID)
        else:
            self._group.commit(offsets, self._member, self._generation)

    def committed(self, name: TopicPartition) -> int | None:
        """The committed offset of its group; None if there is none."""
        if self.config.group_id is None:
            return None
        return self._cluster.consumer_group(self.config.group_id).commits.fetch(name)

    def _is_unstable(self, name: TopicPartition) -> bool:
        """Whether an open transaction may still move its offset (clients wait for stable ones)."""
        group = self._group
        return group is not None and group.commits.is_unstable(name)

    def check_membership(self) -> None:
        """KafkaError unless it belongs to its group's present generation."""
        if self._group is None or self._member is None:
            raise KafkaError(ErrorCode.UNKNOWN_MEMBER_ID)
        self._group.check(self._member, self._generation)

    def close(self) -> None:
        """Leave the group at once."""
        self._leave()
        self._group = None
        self._subscribed = False

    def crash(self) -> None:
        """The process dies: the group waits for its session to time out."""
        if self._member is not None and self._group is not None:
            self._group.lose_connection(self._member)
        self._member = None
        self._group = None
        self._subscribed = False
        self._readings = {}
