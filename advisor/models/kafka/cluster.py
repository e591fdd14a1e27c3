"""A Kafka cluster (KRaft): nodes that live or not, topics, groups and transactions on them.

Keeps: controlled stop (leaders move at once), kill (noticed when the session of 9 s ends), power
loss (what was not flushed is gone), return; elections only while a majority of nodes lives; one
name space for all kinds of group; group coordinators that live on the replicas of an internal
partition. Leaves out: separate controllers, racks, quotas (:data:`Gap.QUOTAS`), moving replicas
(:data:`Gap.REASSIGNMENT`), authorisation, the time that any request takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from advisor.domain.version import BrokerVersion
from advisor.models.kafka.commits import RETENTION_MS as OFFSETS_RETENTION_MS
from advisor.models.kafka.compaction import BACKOFF_MS
from advisor.models.kafka.consumer_group import SESSION_TIMEOUT_MIN_MS, ConsumerGroup
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.housekeeping import Housekeeping
from advisor.models.kafka.record import Batch, Record
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.retention import CHECK_INTERVAL_MS
from advisor.models.kafka.share_group import ShareGroup
from advisor.models.kafka.share_partition import InFlight
from advisor.models.kafka.share_settings import (
    ShareSettings,
    default_settings,
    read_share_settings,
)
from advisor.models.kafka.topic_admin import Topics
from advisor.models.kafka.topic_config import TopicConfig
from advisor.models.kafka.transactions import TransactionCoordinator
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kafka.versions import NEWEST, features_of
from advisor.models.kernel import Kernel

BROKER_SESSION_TIMEOUT_MS = 9_000
REPLICA_LAG_MAX_MS = 30_000


class Cluster:
    """``nodes`` combined brokers and controllers of one version, numbered from 1."""

    def __init__(
        self,
        version: BrokerVersion = NEWEST,
        *,
        nodes: int = 1,
        kernel: Kernel | None = None,
        share_groups: bool | None = None,
        initial_rebalance_delay_ms: int = 3_000,
        auto_create_topics: bool = True,
        session_timeout_min_ms: int = SESSION_TIMEOUT_MIN_MS,
        offsets_retention_ms: int = OFFSETS_RETENTION_MS,
        retention_check_interval_ms: int = CHECK_INTERVAL_MS,
        cleaner_backoff_ms: int = BACKOFF_MS,
    ) -> None:
        self.version = version
        self.features = features_of(version)
        self.kernel = Kernel() if kernel is None else kernel
        self.nodes = tuple(range(1, nodes + 1))
        self.alive = set(self.nodes)
        self.frozen: set[int] = set()
        self.auto_create_topics = auto_create_topics
        self._initial_rebalance_delay_ms = initial_rebalance_delay_ms
        self._session_timeout_min_ms = session_timeout_min_ms
        self._offsets_retention_ms = offsets_retention_ms
        self._unnoticed: set[int] = set()
        self.topics = Topics(nodes, self.features, self.alive, self.frozen)
        self.transactions = TransactionCoordinator(self.kernel)
        self.groups: dict[str, ConsumerGroup | ShareGroup] = {}
        self._settings: dict[str, ShareSettings] = {}
        self._internal = Partition(
            self.nodes[:3], TopicConfig(), self.features, self.alive, self.frozen
        )
        self.housekeeping = Housekeeping(
            self.kernel,
            self.topics,
            check_interval_ms=retention_check_interval_ms,
            backoff_ms=cleaner_backoff_ms,
        )
        by_default = self.features.share_groups_by_default
        self._share_groups = by_default if share_groups is None else share_groups

    # Nodes

    def stop(self, node: int) -> None:
        """Controlled shutdown: others lead at once, everything is flushed."""
        self.alive.discard(node)
        for partition in self._partitions():
            if node in partition.replicas:
                partition.replicas[node].flush()
        for group in self._consumer_groups():
            group.commits.flush()
        self._fence(node)

    def kill(self, node: int) -> None:
        """The process is gone; the controller notices after the broker's session timeout."""
        self.alive.discard(node)
        self._unnoticed.add(node)
        self._notice_later(node)

    def _notice_later(self, node: int) -> None:
        def session_ended() -> None:
            if node not in self.alive:
                self._notice(node)

        self.kernel.after(BROKER_SESSION_TIMEOUT_MS, session_ended)

    def lose_power(self, node: int) -> None:
        """Like :meth:`kill`, and what was not flushed is gone."""
        if self.transactions.any_open:
            raise GapError(Gap.TRANSACTION_POWER_LOSS)
        self.kill(node)
        for partition in self._partitions():
            partition.lose_power(node)
        if not self.alive:
            for group in self._consumer_groups():
                group.commits.lose_power()

    def start(self, node: int) -> None:
        """The node is back with what it still has."""
        if node in self.alive:
            return
        self.alive.add(node)
        for gone in sorted(self._unnoticed):
            if gone in self.alive:
                self._notice(gone)
            else:
                self._notice_later(gone)
        for partition in self._partitions():
            partition.rejoin(node)

    def freeze(self, node: int) -> None:
        """The node stays up but fetches no more; out of sync after replica.lag.time.max.ms."""
        self.frozen.add(node)

        def lags() -> None:
            if node in self.frozen:
                for partition in self._partitions():
                    if partition.leader != node:
                        partition.drop_from_sync(node)

        self.kernel.after(REPLICA_LAG_MAX_MS, lags)

    def thaw(self, node: int) -> None:
        self.frozen.discard(node)
        for partition in self._partitions():
            partition.follow_up()

    def _partitions(self) -> list[Partition]:
        topics = self.topics.by_name.values()
        return [self._internal, *(part for topic in topics for part in topic.partitions)]

    def _consumer_groups(self) -> list[ConsumerGroup]:
        return [group for group in self.groups.values() if isinstance(group, ConsumerGroup)]

    def _notice(self, node: int) -> None:
        """The controllers, if a majority of them lives, take note of a death or a return."""
        quorum = len(self.alive) * 2 > len(self.nodes)
        if node in self._unnoticed and quorum:
            self._unnoticed.discard(node)
            self._fence(node)

    def _fence(self, node: int) -> None:
        for partition in self._partitions():
            partition.fence(node)

    def configure_topic(self, name: str, config: Mapping[str, str]) -> None:
        """Replace a topic's settings; what they make due goes at the next check."""
        self.topics.configure(name, config)
        self.housekeeping.settings_changed()

    # Groups

    def require_coordinator(self) -> None:
        """KafkaError unless a coordinator answers."""
        if self._internal.leader not in self.alive:
            raise KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE)

    def find_group(self, name: str) -> ConsumerGroup | ShareGroup | None:
        """The group, None where there is none; a consumer group goes with its last offset."""
        group = self.groups.get(name)
        if isinstance(group, ConsumerGroup) and group.commits.expire(self.kernel.now_ms):
            del self.groups[name]
            return None
        return group

    def consumer_group(self, name: str) -> ConsumerGroup:
        """The group, made at first use."""
        self.require_coordinator()
        if not name:
            raise KafkaError(ErrorCode.INVALID_GROUP_ID)
        group = self.find_group(name)
        if group is None:
            group = self.groups[name] = ConsumerGroup(
                self.kernel,
                initial_delay_ms=self._initial_rebalance_delay_ms,
                session_timeout_min_ms=self._session_timeout_min_ms,
                offsets_retention_ms=self._offsets_retention_ms,
                partition_counts=self._partition_counts,
            )
        if isinstance(group, ShareGroup):
            raise KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        return group

    def _partition_counts(self) -> Mapping[str, int]:
        return {name: len(topic.partitions) for name, topic in self.topics.by_name.items()}

    def share_group(self, name: str) -> ShareGroup:
        """The share group, made at first use; UNSUPPORTED_VERSION where it is not switched on."""
        if not self.features.share_groups_exist or not self._share_groups:
            raise KafkaError(ErrorCode.UNSUPPORTED_VERSION, "share groups")
        self.require_coordinator()
        group = self.find_group(name)
        if group is None:
            group = self.groups[name] = ShareGroup(
                self.kernel,
                self.topics,
                settings=self._settings_of(name),
                archived=self._archived_in(name),
            )
        if isinstance(group, ConsumerGroup):
            raise KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        return group

    def configure_group(self, name: str, changes: Mapping[str, str]) -> None:
        """Settings of a share group, before or after its first member."""
        base = self._settings.get(name, default_settings(self.features))
        self._settings[name] = read_share_settings(base, changes, self.features)

    def _settings_of(self, name: str) -> Callable[[], ShareSettings]:
        default = default_settings(self.features)
        return lambda: self._settings.get(name, default)

    def _archived_in(self, group: str) -> Callable[[str, int, int, InFlight], None]:
        def archived(topic: str, number: int, offset: int, entry: InFlight) -> None:
            settings = self._settings_of(group)()
            target = self.topics.by_name.get(settings.dead_letter_topic)
            if (
                target is None
                or not target.name.startswith("dlq.")
                or not target.config.errors_deadletterqueue_group_enable
            ):
                return
            copies = settings.dead_letter_copies
            headers = {"topic": topic, "partition": number, "offset": offset, "group": group}
            headers["delivery.count"] = entry.count
            headers["message"] = (
                "Offset rejected by client."
                if entry.rejected
                else "Offset delivery count exceeded the threshold."
            )
            record = Record(
                entry.record.key if copies else None,
                entry.record.value if copies else None,
                tuple((f"__dlq.errors.{k}", str(v).encode()) for k, v in headers.items()),
            )
            target.partitions[0].append(Batch((record,)), acks=1, now_ms=self.kernel.now_ms)

        return archived

    def delete_group(self, name: str) -> None:
        """Forget a group without members."""
        group = self.find_group(name)
        if group is None:
            raise KafkaError(ErrorCode.GROUP_ID_NOT_FOUND)
        if group.members:
            raise KafkaError(ErrorCode.NON_EMPTY_GROUP)
        del self.groups[name]

    # What nobody modelled

    def set_quota(self, _client_id: str, _bytes_per_second: int) -> NoReturn:
        """Client quotas are a gap."""
        raise GapError(Gap.QUOTAS)

    def reassign(self, _topic: str, _partition: int, _nodes: tuple[int, ...]) -> NoReturn:
        """Moving replicas is a gap."""
        raise GapError(Gap.REASSIGNMENT)
