"""Topics: creating, growing, deleting, records deleted by hand; names and refusals.

Keeps: the name rules (17), a clash of ``a.b`` with ``a_b`` (17), existing (36), partitions (37),
replication factor (38), settings (40), growing only (37), DeleteRecords from the start, refused on
compact-only topics (44). Leaves out: topic ids, rack-aware placement: replicas go round robin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.topic_config import TopicConfig, read_topic_config
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kafka.versions import Features

_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")


@dataclass(slots=True)
class Topic:
    """A topic and its partitions."""

    name: str
    config: TopicConfig
    partitions: list[Partition]
    replication_factor: int
    settings: Mapping[str, str]


class Topics:
    """All topics of a cluster of ``nodes`` nodes."""

    def __init__(self, nodes: int, features: Features, alive: set[int], frozen: set[int]) -> None:
        self._nodes = nodes
        self._features = features
        self._alive = alive
        self._frozen = frozen
        self._placed = 0
        self.by_name: dict[str, Topic] = {}

    def create(
        self, name: str, *, partitions: int, replication_factor: int, config: Mapping[str, str]
    ) -> Topic:
        """Make a topic; -1 takes the broker's default (1)."""
        self._check_name(name)
        partitions = 1 if partitions == -1 else partitions
        factor = 1 if replication_factor == -1 else replication_factor
        if partitions < 1:
            raise KafkaError(ErrorCode.INVALID_PARTITIONS)
        if not 1 <= factor <= len(self._alive):
            raise KafkaError(ErrorCode.INVALID_REPLICATION_FACTOR)
        values = read_topic_config(config, self._features)
        topic = Topic(name, values, [], factor, dict(config))
        topic.partitions.extend(self._partition(topic) for _ in range(partitions))
        self.by_name[name] = topic
        return topic

    def _check_name(self, name: str) -> None:
        if name in self.by_name:
            raise KafkaError(ErrorCode.TOPIC_ALREADY_EXISTS)
        if not _NAME.fullmatch(name) or name in {".", ".."}:
            raise KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION)
        alike = name.replace(".", "_")
        if "." in name or "_" in name:
            for other in self.by_name:
                if other.replace(".", "_") == alike:
                    raise KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION, f"collides with {other}")

    def _partition(self, topic: Topic) -> Partition:
        alive = sorted(self._alive)
        nodes = [alive[(self._placed + i) % len(alive)] for i in range(topic.replication_factor)]
        self._placed += 1
        return Partition(nodes, topic.config, self._features, self._alive, self._frozen)

    def grow(self, name: str, partitions: int) -> None:
        """Add partitions: keys map elsewhere from now on, what is stored stays."""
        topic = self[name]
        if partitions <= len(topic.partitions):
            raise KafkaError(ErrorCode.INVALID_PARTITIONS)
        if any(partition.open_transactions for partition in topic.partitions):
            raise GapError(Gap.GROWING_UNDER_TRANSACTION)
        while len(topic.partitions) < partitions:
            topic.partitions.append(self._partition(topic))

    def configure(self, name: str, config: Mapping[str, str]) -> None:
        """Replace the settings of a topic; they hold from now on."""
        topic = self[name]
        topic.config = read_topic_config(config, self._features)
        topic.settings = dict(config)
        for partition in topic.partitions:
            partition.config = topic.config

    def delete(self, name: str) -> None:
        self[name]
        del self.by_name[name]

    def delete_records(self, name: str, partition: int, before_offset: int) -> int:
        """Move the start of a partition; -1 means its high watermark. Answers the new start."""
        topic = self[name]
        if not topic.config.deletes:
            raise KafkaError(ErrorCode.POLICY_VIOLATION)
        found = self.partition(name, partition)
        before = found.high_watermark if before_offset == -1 else before_offset
        if before > found.high_watermark:
            raise KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE)
        for log in found.replicas.values():
            log.drop_before(before)
        return found.log.start_offset

    def __getitem__(self, name: str) -> Topic:
        topic = self.by_name.get(name)
        if topic is None:
            raise KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name)
        return topic

    def partition(self, name: str, number: int) -> Partition:
        partitions = self[name].partitions
        if not 0 <= number < len(partitions):
            raise KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"{name}-{number}")
        return partitions[number]
