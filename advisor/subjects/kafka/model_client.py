"""The Kafka client Protocol on the built-in model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled
from advisor.domain.version import BrokerVersion
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.consumer_group import ConsumerGroup
from advisor.models.kafka.errors import RETRIABLE, ErrorCode, KafkaError
from advisor.models.kafka.producer import RETRY_BACKOFF_MS, Producer, ProducerConfig
from advisor.models.kafka.record import ConsumerRecord, Record
from advisor.models.kafka.share_consumer import ShareConsumer, ShareConsumerConfig
from advisor.models.kafka.unmodelled import GapError
from advisor.models.kafka.versions import NEWEST
from advisor.models.kafka.waiting import wait_until
from advisor.subjects.kafka import protocol as native

API_TIMEOUT_MS = 60_000
Value = TypeVar("Value")
_SENDING = (native.Produce, native.ProduceBatch)
_UNKNOWN = frozenset({ErrorCode.TIMED_OUT, ErrorCode.REQUEST_TIMED_OUT})


def _settings(kind: type[Any], config: Mapping[str, str]) -> Any:
    """A config object of the model from Kafka's setting names; a wrong name is our own mistake."""
    return kind(**{name.replace(".", "_"): _value(name, text) for name, text in config.items()})


def _value(name: str, text: str) -> object:
    if name == "partition.assignment.strategy":
        return tuple(text.split(","))
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.lstrip("-").isdecimal() else text


class ModelClient:
    """Every client process and the cluster, in virtual time."""

    def __init__(self, version: BrokerVersion = NEWEST, **broker: Any) -> None:
        """``broker``: settings of :class:`~advisor.models.kafka.cluster.Cluster`."""
        self.version = version
        self._broker = broker
        self.cluster = Cluster(version, **broker)
        self._producers: dict[str, Producer] = {}
        self._consumers: dict[str, Consumer | ShareConsumer] = {}
        self._polling: set[str] = set()

    @property
    def now_ms(self) -> int:
        return self.cluster.kernel.now_ms

    def install(self, nodes: int) -> Outcome[None]:
        self.cluster = Cluster(self.version, nodes=nodes, **self._broker)
        return Done(None)

    def call(self, operation: native.Operation[Value]) -> Outcome[Value]:
        perform = _PERFORMERS[type(operation)]
        deadline_ms = self.now_ms + API_TIMEOUT_MS
        while True:
            try:
                return Done(cast("Value", perform(self, operation)))
            except GapError as error:
                return Unmodelled(error.gap.name, error.gap.value)
            except KafkaError as error:
                if error.code in _UNKNOWN:
                    return Unknown(error.code.name)
                # A producer has retried by itself, as long as its own timeout allows.
                if error.code not in RETRIABLE or isinstance(operation, _SENDING):
                    return Refused(error.code.name, error.text)
                if self.now_ms >= deadline_ms:
                    return Unknown(f"{error.code.name} for {API_TIMEOUT_MS} ms")
            self.cluster.kernel.run_until(self.now_ms + RETRY_BACKOFF_MS)

    def wait(self, duration_ms: int) -> Outcome[None]:
        self.cluster.kernel.run_until(self.now_ms + duration_ms)
        return Done(None)

    def keep_polling(self, consumers: Collection[str]) -> None:
        wanted = set(consumers)
        if wanted == self._polling:
            return
        before, self._polling = self._polling, wanted
        for name in sorted(before ^ wanted):
            consumer = self._consumers.get(name)
            if isinstance(consumer, Consumer):
                try:
                    consumer.in_background(name in wanted)
                except KafkaError:
                    # its next poll says it again
                    continue

    def kill(self, client: str) -> None:
        self._producers.pop(client, None)
        self._polling.discard(client)
        consumer = self._consumers.pop(client, None)
        if consumer is not None:
            consumer.crash()

    def stop_node(self, node: int, *, power_loss: bool) -> Outcome[None]:
        try:
            if power_loss:
                self.cluster.lose_power(node)
            else:
                self.cluster.kill(node)
        except GapError as error:
            return Unmodelled(error.gap.name, error.gap.value)
        return Done(None)

    def start_node(self, node: int) -> Outcome[None]:
        self.cluster.start(node)
        return Done(None)

    def close(self) -> None:
        """Nothing outlives a model."""

    # Administration

    def _create_topic(self, operation: native.CreateTopic) -> None:
        self.cluster.topics.create(
            operation.topic,
            partitions=operation.partitions,
            replication_factor=operation.replication_factor,
            config=operation.config,
        )

    def _create_partitions(self, operation: native.CreatePartitions) -> None:
        self.cluster.topics.grow(operation.topic, operation.count)

    def _delete_topic(self, operation: native.DeleteTopic) -> None:
        self.cluster.topics.delete(operation.topic)

    def _list_topics(self, _: native.ListTopics) -> tuple[str, ...]:
        return tuple(sorted(self.cluster.topics.by_name))

    def _describe_topic(self, operation: native.DescribeTopic) -> tuple[int | None, ...]:
        partitions = self.cluster.topics[operation.topic].partitions
        return tuple(partition.leader for partition in partitions)

    def _list_offsets(self, operation: native.ListOffsets) -> tuple[int, int]:
        partition = self.cluster.topics.partition(operation.topic, operation.partition)
        return partition.log.start_offset, partition.high_watermark

    def _offset_for_time(self, operation: native.OffsetForTime) -> int | None:
        partition = self.cluster.topics.partition(operation.topic, operation.partition)
        found = partition.log.offset_for_time(operation.timestamp_ms)
        return None if found is None or found >= partition.high_watermark else found

    def _delete_records(self, operation: native.DeleteRecords) -> int:
        place = (operation.topic, operation.partition)
        return self.cluster.topics.delete_records(*place, operation.before_offset)

    def _alter_topic_configs(self, operation: native.AlterTopicConfigs) -> None:
        before = self.cluster.topics[operation.topic].settings
        self.cluster.configure_topic(operation.topic, {**before, **operation.config})

    def _delete_group(self, operation: native.DeleteGroup) -> None:
        self.cluster.delete_group(operation.group)

    def _alter_group_configs(self, operation: native.AlterGroupConfigs) -> None:
        self.cluster.configure_group(operation.group, operation.config)

    def _list_group_offsets(
        self, operation: native.ListGroupOffsets
    ) -> Mapping[native.TopicPartition, int]:
        self.cluster.require_coordinator()
        group = self.cluster.find_group(operation.group)
        if group is None:
            return {}
        if isinstance(group, ConsumerGroup):
            return dict(group.commits.committed)
        return {name: partition.start_offset for name, partition in group.partitions.items()}

    def _alter_share_group_offsets(self, operation: native.AlterShareGroupOffsets) -> None:
        self.cluster.share_group(operation.group).alter_offsets(dict(operation.offsets))

    # Producers

    def _new_producer(self, operation: native.NewProducer) -> None:
        config = _settings(ProducerConfig, operation.config)
        self._producers[operation.producer] = Producer(self.cluster, config)

    def _produce(self, operation: native.Produce) -> native.TopicPartition:
        producer = self._producers[operation.producer]
        record = Record(operation.key, operation.value, operation.headers, operation.timestamp_ms)
        number = operation.partition
        if number is None:
            number = producer.partition_for(operation.topic, record)
        producer.send_batch(operation.topic, number, (record,))
        return operation.topic, number

    def _produce_batch(self, operation: native.ProduceBatch) -> None:
        records = [Record(key, value, (), stamp) for key, value, stamp in operation.records]
        producer = self._producers[operation.producer]
        producer.send_batch(operation.topic, operation.partition, records)

    def _resend_last(self, operation: native.ResendLast) -> None:
        self._producers[operation.producer].resend_last(operation.topic, operation.partition)

    def _init_transactions(self, operation: native.InitTransactions) -> None:
        self._producers[operation.producer].init_transactions()

    def _begin_transaction(self, operation: native.BeginTransaction) -> None:
        self._producers[operation.producer].begin_transaction()

    def _send_offsets(self, operation: native.SendOffsetsToTransaction) -> None:
        consumer = self._consumers[operation.consumer]
        if not isinstance(consumer, Consumer):
            raise KafkaError(ErrorCode.INVALID_REQUEST, "a share group has no offsets to send")
        self._producers[operation.producer].send_offsets(consumer, operation.offsets)

    def _commit_transaction(self, operation: native.CommitTransaction) -> None:
        self._producers[operation.producer].commit_transaction()

    def _abort_transaction(self, operation: native.AbortTransaction) -> None:
        self._producers[operation.producer].abort_transaction()

    # Consumers

    def _new_consumer(self, operation: native.NewConsumer) -> None:
        config = _settings(ConsumerConfig, operation.config)
        self._consumers[operation.consumer] = Consumer(self.cluster, config)

    def _new_share_consumer(self, operation: native.NewShareConsumer) -> None:
        config = _settings(ShareConsumerConfig, operation.config)
        self._consumers[operation.consumer] = ShareConsumer(self.cluster, config)

    def _consumer(self, name: str) -> Consumer:
        consumer = self._consumers.get(name)
        if not isinstance(consumer, Consumer):
            raise KafkaError(ErrorCode.STATE, f"{name} is not a consumer")
        return consumer

    def _subscribe(self, operation: native.Subscribe) -> None:
        consumer = self._consumers[operation.consumer]
        if isinstance(consumer, Consumer):
            consumer.subscribe(operation.topics, pattern=operation.pattern)
        else:
            # A share consumer takes a pattern for a name.
            pattern = () if operation.pattern is None else (operation.pattern,)
            consumer.subscribe((*operation.topics, *pattern))

    def _assign(self, operation: native.Assign) -> None:
        consumer = self._consumer(operation.consumer)
        for topic, number in operation.offsets:
            self.cluster.topics.partition(topic, number)
        consumer.assign_from(operation.offsets)

    def _assignment(self, operation: native.Assignment) -> tuple[native.TopicPartition, ...] | None:
        consumer = self._consumer(operation.consumer)
        return consumer.assignment if consumer.assignments else None

    def _poll(self, operation: native.Poll) -> tuple[ConsumerRecord, ...]:
        consumer = self._consumers.get(operation.consumer)
        if consumer is None:
            raise KafkaError(ErrorCode.STATE, f"{operation.consumer} is closed")
        found = self._polled(consumer)
        if found or not operation.within_ms:
            return tuple(found)
        if isinstance(consumer, Consumer):
            consumer.in_background(True)

        def arrived() -> bool:
            found.extend(self._polled(consumer))
            return bool(found)

        wait_until(self.cluster.kernel, arrived, within_ms=operation.within_ms)
        if isinstance(consumer, Consumer):
            consumer.in_background(operation.consumer in self._polling)
        return tuple(found)

    def _polled(self, consumer: Consumer | ShareConsumer) -> list[ConsumerRecord]:
        try:
            return consumer.poll()
        except KafkaError as error:
            if error.code in RETRIABLE:
                return []
            raise

    def _position(self, operation: native.Position) -> int:
        return self._consumer(operation.consumer).position(operation.partition)

    def _seek(self, operation: native.Seek) -> None:
        self._consumer(operation.consumer).seek(operation.partition, operation.offset)

    def _commit_offsets(self, operation: native.CommitOffsets) -> None:
        self._consumer(operation.consumer).commit(operation.offsets)

    def _committed(self, operation: native.Committed) -> int | None:
        return self._consumer(operation.consumer).committed(operation.partition)

    def _share_acknowledge(self, operation: native.ShareAcknowledge) -> None:
        consumer = self._consumers.get(operation.consumer)
        if not isinstance(consumer, ShareConsumer):
            raise KafkaError(ErrorCode.STATE, f"{operation.consumer} is not a share consumer")
        consumer.acknowledge(cast("ConsumerRecord", operation.record), operation.kind)

    def _close_consumer(self, operation: native.CloseConsumer) -> None:
        self._polling.discard(operation.consumer)
        consumer = self._consumers.pop(operation.consumer, None)
        if consumer is not None:
            consumer.close()


_PERFORMERS: Mapping[type[native.Operation[Any]], Callable[[ModelClient, Any], object]] = {
    native.CreateTopic: ModelClient._create_topic,
    native.CreatePartitions: ModelClient._create_partitions,
    native.DeleteTopic: ModelClient._delete_topic,
    native.ListTopics: ModelClient._list_topics,
    native.DescribeTopic: ModelClient._describe_topic,
    native.ListOffsets: ModelClient._list_offsets,
    native.OffsetForTime: ModelClient._offset_for_time,
    native.DeleteRecords: ModelClient._delete_records,
    native.AlterTopicConfigs: ModelClient._alter_topic_configs,
    native.DeleteGroup: ModelClient._delete_group,
    native.AlterGroupConfigs: ModelClient._alter_group_configs,
    native.ListGroupOffsets: ModelClient._list_group_offsets,
    native.AlterShareGroupOffsets: ModelClient._alter_share_group_offsets,
    native.NewProducer: ModelClient._new_producer,
    native.Produce: ModelClient._produce,
    native.ProduceBatch: ModelClient._produce_batch,
    native.ResendLast: ModelClient._resend_last,
    native.InitTransactions: ModelClient._init_transactions,
    native.BeginTransaction: ModelClient._begin_transaction,
    native.SendOffsetsToTransaction: ModelClient._send_offsets,
    native.CommitTransaction: ModelClient._commit_transaction,
    native.AbortTransaction: ModelClient._abort_transaction,
    native.NewConsumer: ModelClient._new_consumer,
    native.NewShareConsumer: ModelClient._new_share_consumer,
    native.Subscribe: ModelClient._subscribe,
    native.Assign: ModelClient._assign,
    native.Assignment: ModelClient._assignment,
    native.Poll: ModelClient._poll,
    native.Position: ModelClient._position,
    native.Seek: ModelClient._seek,
    native.CommitOffsets: ModelClient._commit_offsets,
    native.Committed: ModelClient._committed,
    native.ShareAcknowledge: ModelClient._share_acknowledge,
    native.CloseConsumer: ModelClient._close_consumer,
}


def model_client(version: BrokerVersion = NEWEST) -> ModelClient:
    """A client on a fresh model of that broker version; ValueError outside what is modelled."""
    return ModelClient(version)
