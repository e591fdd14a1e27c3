"""Administration of a real cluster, through the client library and, for share groups, past it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic, sleep
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.live_raw import RawClient
from advisor.subjects.kafka.live_settings import LiveRefused, LiveSilent

ANSWER_S = 30
SPREAD_S = 15.0
"""How long all brokers may take to know of a topic that was made or deleted."""
EMPTY_S = 10.0


class LiveAdmin:
    """Methods raise LiveRefused, LiveSilent or the library's own KafkaException."""

    def __init__(self, settings: Mapping[str, str], raw: RawClient) -> None:
        self._client: Any = AdminClient(dict(settings))
        self._raw = raw
        self.topics: dict[str, None] = {}
        self.groups: dict[str, None] = {}
        self.share_groups: set[str] = set()

    def nodes(self) -> dict[int, tuple[str, int]]:
        """Where each living node answers."""
        described = self._client.describe_cluster(request_timeout=ANSWER_S).result()
        return {node.id: (node.host, node.port) for node in described.nodes}

    # Topics

    def create_topic(self, one: native.CreateTopic) -> None:
        new = NewTopic(one.topic, one.partitions, one.replication_factor, config=dict(one.config))
        known = one.topic in self.topics
        # noted first: an interrupted run must find it
        self.topics[one.topic] = None
        try:
            self._client.create_topics([new], request_timeout=ANSWER_S)[one.topic].result()
        except Exception:
            if not known:
                del self.topics[one.topic]
            raise
        self._await_leaders(one.topic, max(one.partitions, 1))

    def create_partitions(self, one: native.CreatePartitions) -> None:
        asked = [NewPartitions(one.topic, one.count)]
        self._client.create_partitions(asked, request_timeout=ANSWER_S)[one.topic].result()
        self._await_leaders(one.topic, one.count)

    def _await_leaders(self, topic: str, partitions: int) -> None:
        def all_lead() -> bool:
            leaders = self.leaders(topic)
            return len(leaders) >= partitions and None not in leaders

        _await(all_lead)

    def delete_topic(self, one: native.DeleteTopic) -> None:
        self._client.delete_topics([one.topic], request_timeout=ANSWER_S)[one.topic].result()
        self.topics.pop(one.topic, None)
        _await(lambda: one.topic not in self.list_topics(native.ListTopics()))

    def list_topics(self, _: native.ListTopics) -> tuple[str, ...]:
        """Without the brokers' own."""
        names = self._client.list_topics(timeout=ANSWER_S).topics
        return tuple(sorted(name for name in names if not name.startswith("__")))

    def leaders(self, topic: str) -> tuple[int | None, ...]:
        parts = self._partitions(topic)
        known = [None if part.leader is None else part.leader.id for part in parts]
        return tuple(None if one is None or one < 0 else int(one) for one in known)

    def replicas(self, topic: str) -> tuple[int, ...]:
        """The nodes that hold the first partition, the preferred leader first."""
        return tuple(int(node.id) for node in self._partitions(topic)[0].replicas)

    def _partitions(self, topic: str) -> list[Any]:
        asked = TopicCollection([topic])
        found = self._client.describe_topics(asked, request_timeout=ANSWER_S)[topic].result()
        return sorted(found.partitions, key=lambda part: part.id)

    def describe_topic(self, one: native.DescribeTopic) -> tuple[int | None, ...]:
        return self.leaders(one.topic)

    def list_offsets(self, one: native.ListOffsets) -> tuple[int, int]:
        place = TopicPartition(one.topic, one.partition)
        return self._offset(place, OffsetSpec.earliest()), self._offset(place, OffsetSpec.latest())

    def _offset(self, place: Any, spec: Any) -> int:
        found = self._client.list_offsets({place: spec}, request_timeout=ANSWER_S)
        return int(found[place].result().offset)

    def offset_for_time(self, one: native.OffsetForTime) -> int | None:
        place = TopicPartition(one.topic, one.partition)
        found = self._offset(place, OffsetSpec.for_timestamp(one.timestamp_ms))
        return None if found < 0 else found

    def delete_records(self, one: native.DeleteRecords) -> int:
        place = TopicPartition(one.topic, one.partition, one.before_offset)
        asked = self._client.delete_records([place], request_timeout=ANSWER_S)
        (found,) = asked.values()
        return int(found.result().low_watermark)

    # Groups

    def alter_configs(self, kind: Any, name: str, config: Mapping[str, str]) -> None:
        entries = [
            ConfigEntry(key, text, incremental_operation=AlterConfigOpType.SET)
            for key, text in config.items()
        ]
        asked = ConfigResource(kind, name, incremental_configs=entries)
        found = self._client.incremental_alter_configs([asked], request_timeout=ANSWER_S)
        (answer,) = found.values()
        answer.result()

    def alter_topic_configs(self, one: native.AlterTopicConfigs) -> None:
        self.alter_configs(ResourceType.TOPIC, one.topic, one.config)

    def alter_group_configs(self, one: native.AlterGroupConfigs) -> None:
        self.share_groups.add(one.group)
        self.groups[one.group] = None
        self.alter_configs(ResourceType.GROUP, one.group, one.config)

    def delete_group(self, one: native.DeleteGroup) -> None:
        asked = self._client.delete_consumer_groups([one.group], request_timeout=ANSWER_S)
        asked[one.group].result()
        self.groups.pop(one.group, None)

    def list_group_offsets(
        self, one: native.ListGroupOffsets
    ) -> Mapping[native.TopicPartition, int]:
        if one.group in self.share_groups:
            return self._raw.share_offsets(one.group)
        asked = [ConsumerGroupTopicPartitions(one.group)]
        found = self._client.list_consumer_group_offsets(
            asked, require_stable=False, request_timeout=ANSWER_S
        )
        known = found[one.group].result().topic_partitions or []
        return {(part.topic, part.partition): part.offset for part in known if part.offset >= 0}

    def alter_share_group_offsets(self, one: native.AlterShareGroupOffsets) -> None:
        self.share_groups.add(one.group)
        self._raw.alter_share_offsets(one.group, one.offsets)

    # The end

    def remove_all(self) -> None:
        """Topics and groups made here, as far as the cluster still answers."""
        for topic in tuple(self.topics):
            _try(partial(self.delete_topic, native.DeleteTopic(topic)))
        end_s = monotonic() + EMPTY_S
        for group in tuple(self.groups):
            while True:
                code = _try(partial(self.delete_group, native.DeleteGroup(group)))
                # a member that has just left may still be counted
                if code != _NON_EMPTY or monotonic() >= end_s:
                    break
                sleep(0.2)
        self.topics.clear()
        self.groups.clear()


_NON_EMPTY = 68


def _try(call: Callable[[], None]) -> int | None:
    """Perform it whatever comes of it: the number of the error, if it has one."""
    try:
        call()
    except KafkaException as error:
        return int(error.args[0].code())
    except (LiveRefused, LiveSilent):
        return None
    return None


def _await(reached: Callable[[], bool]) -> None:
    end_s = monotonic() + SPREAD_S
    while monotonic() < end_s:
        try:
            if reached():
                return
        except KafkaException:
            pass
        sleep(0.05)
