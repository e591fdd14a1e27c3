"""The producer client: batches, acknowledgements, retries, idempotence, transactions.

Keeps: the client's own size check before the broker's, retries until delivery.timeout.ms, a
request that times out and is sent again (stored twice unless idempotent), what an application
sees at the end. Leaves out: linger (a call sends one batch), several requests in flight,
compression (:data:`Gap.COMPRESSION`), splitting of batches that are too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.models.kafka.assignors import TopicPartition
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer
from advisor.models.kafka.errors import RETRIABLE, ErrorCode, KafkaError
from advisor.models.kafka.partitioner import Partitioner
from advisor.models.kafka.record import Batch, Origin, Record, record_bytes
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.transaction import Transaction
from advisor.models.kafka.unmodelled import Gap, GapError
from advisor.models.kafka.waiting import wait_until

RETRY_BACKOFF_MS = 100


@dataclass(frozen=True, slots=True)
class ProducerConfig:
    """Settings by Kafka's names, ``_`` for ``.``; times in milliseconds."""

    acks: int = -1
    enable_idempotence: bool = True
    transactional_id: str | None = None
    transaction_timeout_ms: int = 60_000
    max_request_size: int = 1_048_576
    request_timeout_ms: int = 30_000
    delivery_timeout_ms: int = 120_000
    compression_type: str = "none"
    transaction_protocol: int = 1


class Producer:
    """One producer of an application."""

    def __init__(self, cluster: Cluster, config: ProducerConfig | None = None) -> None:
        self._cluster = cluster
        self.config = ProducerConfig() if config is None else config
        if self.config.compression_type != "none":
            raise GapError(Gap.COMPRESSION)
        if self.config.transaction_protocol != 1:
            raise GapError(Gap.TRANSACTION_V2)
        self._partitioners: dict[str, Partitioner] = {}
        self._sequences: dict[TopicPartition, int] = {}
        self._sent: dict[TopicPartition, Batch] = {}
        self._producer_id = -1
        self._epoch = -1
        self._in_transaction = False
        self._told_broker = False
        if self.config.enable_idempotence and self.config.transactional_id is None:
            self._producer_id, self._epoch = cluster.transactions.new_producer_id(), 0

    # Sending

    def partition_for(self, topic: str, record: Record) -> int:
        """The partition that the record goes to unless one is named."""
        count = len(self._topic_partitions(topic))
        partitioner = self._partitioners.get(topic)
        if partitioner is None:
            partitioner = self._partitioners[topic] = Partitioner()
        if record.key is not None:
            return partitioner.keyed(record.key, count)
        return partitioner.keyless(record_bytes(record), count)

    def _topic_partitions(self, topic: str) -> list[Partition]:
        topics = self._cluster.topics
        if topic not in topics.by_name and self._cluster.auto_create_topics:
            topics.create(topic, partitions=-1, replication_factor=-1, config={})
        return topics[topic].partitions

    def send(self, topic: str, record: Record) -> tuple[int, int]:
        """Send one record and wait for its acknowledgement: its partition and offset."""
        number = self.partition_for(topic, record)
        return number, self.send_batch(topic, number, (record,))

    def send_batch(self, topic: str, number: int, records: Sequence[Record]) -> int:
        """Send records as one batch and wait: the offset of the first (-1 with acks=0)."""
        partitions = self._topic_partitions(topic)
        if not 0 <= number < len(partitions):
            raise KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
        partition = partitions[number]
        name = (topic, number)
        batch = Batch(records, origin=self._origin(name), transaction=self._join(name, partition))
        if batch.size_bytes > self.config.max_request_size:
            raise KafkaError(ErrorCode.MESSAGE_TOO_LARGE, "refused by the client")
        offset = self._deliver(partition, batch)
        if batch.origin is not None:
            self._sequences[name] = batch.origin.first + len(records)
        self._sent[name] = batch
        return offset

    def resend_last(self, topic: str, number: int) -> int:
        """What the library does when an acknowledgement was lost: the last batch once more."""
        last = self._sent[topic, number]
        again = Batch(last.records, origin=last.origin, transaction=last.transaction)
        return self._deliver(self._cluster.topics.partition(topic, number), again)

    def _origin(self, name: TopicPartition) -> Origin | None:
        if self._producer_id < 0:
            return None
        return Origin(self._producer_id, self._epoch, self._sequences.get(name, 0))

    def _deliver(self, partition: Partition, batch: Batch) -> int:
        kernel, config = self._cluster.kernel, self.config
        deadline_ms = kernel.now_ms + config.delivery_timeout_ms
        stored = False
        while True:
            try:
                offset = partition.append(batch, acks=config.acks, now_ms=kernel.now_ms)
                self._cluster.housekeeping.appended(partition)
            except KafkaError as error:
                if config.acks == 0:
                    return -1
                if error.code not in RETRIABLE:
                    raise
                if kernel.now_ms >= deadline_ms:
                    raise KafkaError(ErrorCode.TIMED_OUT, "") if stored else error from None
                kernel.run_until(min(kernel.now_ms + RETRY_BACKOFF_MS, deadline_ms))
                continue
            stored = True
            if config.acks == 0:
                return -1
            end = offset + max(len(batch.records), 1)
            if config.acks == 1 or self._replicated(partition, end, deadline_ms):
                return offset
            if kernel.now_ms >= deadline_ms:
                raise KafkaError(ErrorCode.TIMED_OUT)
            batch = Batch(batch.records, origin=batch.origin, transaction=batch.transaction)

    def _replicated(self, partition: Partition, end: int, deadline_ms: int) -> bool:
        if partition.high_watermark >= end:
            return True
        kernel = self._cluster.kernel
        within_ms = min(self.config.request_timeout_ms, deadline_ms - kernel.now_ms)
        return wait_until(kernel, lambda: partition.high_watermark >= end, within_ms=within_ms)

    # Transactions

    def init_transactions(self) -> None:
        """Take the transactional.id over; whoever had it is fenced."""
        self._cluster.require_coordinator()
        transactional_id = self._transactional_id()
        self._producer_id, self._epoch = self._cluster.transactions.init(
            transactional_id, self.config.transaction_timeout_ms
        )
        self._sequences.clear()

    def _transactional_id(self) -> str:
        if self.config.transactional_id is None:
            raise KafkaError(ErrorCode.STATE, "no transactional.id")
        return self.config.transactional_id

    def begin_transaction(self) -> None:
        """Only the client notes it; the broker hears of it with the first record."""
        if self._epoch < 0 or self.config.transactional_id is None:
            raise KafkaError(ErrorCode.STATE, "initTransactions first")
        self._in_transaction = True

    def _join(self, name: TopicPartition, partition: Partition) -> Transaction | None:
        if self.config.transactional_id is None:
            return None
        if not self._in_transaction:
            raise KafkaError(ErrorCode.STATE, "no transaction begun")
        self._told_broker = True
        return self._cluster.transactions.add_partition(
            self.config.transactional_id, self._epoch, name, partition
        )

    def send_offsets(self, consumer: Consumer, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets of the group with this transaction; refused to a former member."""
        if not self._in_transaction:
            raise KafkaError(ErrorCode.STATE, "no transaction begun")
        self._cluster.require_coordinator()
        consumer.check_membership()
        group = consumer.config.group_id or ""
        self._told_broker = True
        self._cluster.transactions.add_offsets(
            self._transactional_id(),
            self._epoch,
            self._cluster.consumer_group(group).commits,
            offsets,
        )

    def commit_transaction(self) -> None:
        self._end(commit=True)

    def abort_transaction(self) -> None:
        self._end(commit=False)

    def _end(self, *, commit: bool) -> None:
        transactional_id = self._transactional_id()
        if not self._in_transaction:
            raise KafkaError(ErrorCode.STATE, "no transaction begun")
        self._in_transaction = False
        if self._told_broker:
            self._told_broker = False
            self._cluster.transactions.end(transactional_id, self._epoch, commit=commit)
