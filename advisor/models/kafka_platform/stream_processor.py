"""An application of a stream processing library on a Kafka cluster: tasks, changelog, recovery.

Keeps: one task for each partition of the input, shared out among instances by the consumer group;
the state of a task in the memory of its instance and in a compacted changelog topic, from which
another instance or the next run restores it; offsets committed every now and then, and before
partitions go to another instance. With
``at_least_once`` what was processed after the last commit is processed again after a crash, on a
state that has it already; with ``exactly_once_v2`` results, changelog and offsets are one
transaction. Stream time is not kept over a crash. State can be asked for where its task runs.
Restoring takes no time here. Leaves out standby replicas, repartitioning, several threads, and how
a real library spreads tasks. Source: Apache Kafka documentation, Kafka Streams Architecture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from advisor.models.kafka.assignors import TopicPartition
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import ConsumerRecord, Record
from advisor.models.kafka_platform.windowed_count import Change, WindowedCount, change_of

Guarantee = Literal["at_least_once", "exactly_once_v2"]
A_DAY_MS = 86_400_000


class NotHereError(Exception):
    """The state that was asked for is not on this instance, or not restored yet."""


class StreamProcessor:
    """One instance; instances of one ``application`` share the work.

    ``process`` takes what is there, ``commit`` makes it count; between them a :meth:`crash` may
    come.
    """

    def __init__(
        self,
        cluster: Cluster,
        application: str,
        *,
        source: str,
        sink: str,
        size_ms: int,
        grace_ms: int = 0,
        guarantee: Guarantee = "at_least_once",
        instance: str = "1",
    ) -> None:
        self._cluster = cluster
        self._source = source
        self._sink = sink
        self._size_ms = size_ms
        self._grace_ms = grace_ms
        self._exactly_once = guarantee == "exactly_once_v2"
        self.changelog = f"{application}-counts-changelog"
        self._make_changelog()
        self._consumer = Consumer(
            cluster,
            ConsumerConfig(
                group_id=application,
                client_id=instance,
                auto_offset_reset="earliest",
                isolation_level="read_committed" if self._exactly_once else "read_uncommitted",
            ),
        )
        self._producer = self._new_producer(f"{application}-{instance}")
        self._tasks: dict[int, WindowedCount] = {}
        self._next: dict[TopicPartition, int] = {}
        self._in_transaction = False
        self._consumer.on_revoked = self.commit
        self._consumer.subscribe([source])

    def _make_changelog(self) -> None:
        topics = self._cluster.topics
        if self.changelog in topics.by_name:
            return
        kept_ms = self._size_ms + self._grace_ms + A_DAY_MS
        topics.create(
            self.changelog,
            partitions=len(topics[self._source].partitions),
            replication_factor=1,
            config={"cleanup.policy": "compact,delete", "retention.ms": str(kept_ms)},
        )

    def _new_producer(self, transactional_id: str) -> Producer:
        if not self._exactly_once:
            return Producer(self._cluster)
        producer = Producer(self._cluster, ProducerConfig(transactional_id=transactional_id))
        producer.init_transactions()
        return producer

    def join(self) -> None:
        """Go on as the group's loop does when there is nothing to process."""
        self._consumer.in_background(True)

    def process(self) -> int:
        """Process what one poll brings; how many records that was."""
        records = self._consumer.poll()
        self._follow_assignment()
        for record in records:
            self._process(record)
        return len(records)

    def _follow_assignment(self) -> None:
        wanted = {number for _, number in self._consumer.assignment}
        for number in self._tasks.keys() - wanted:
            del self._tasks[number]
        for number in sorted(wanted - self._tasks.keys()):
            self._tasks[number] = self._restored(number)

    def _restored(self, number: int) -> WindowedCount:
        """The state as the changelog has it."""
        task = WindowedCount(self._size_ms, self._grace_ms)
        for record in self._read(self.changelog, number):
            if record.key is not None and record.value is not None:
                task.restore(change_of(record.key, record.value, record.timestamp_ms))
        return task

    def _read(self, topic: str, number: int) -> Iterator[ConsumerRecord]:
        isolation = "read_committed" if self._exactly_once else "read_uncommitted"
        reader = Consumer(
            self._cluster,
            ConsumerConfig(auto_offset_reset="earliest", isolation_level=isolation),
        )
        reader.assign([(topic, number)])
        while found := reader.poll():
            yield from found

    def _process(self, record: ConsumerRecord) -> None:
        change = self._tasks[record.partition].process(record.key, record.timestamp_ms)
        self._next[self._source, record.partition] = record.offset + 1
        self._begin()
        if change is not None:
            self._send(record.partition, change)

    def _begin(self) -> None:
        if self._exactly_once and not self._in_transaction:
            self._producer.begin_transaction()
            self._in_transaction = True

    def _send(self, number: int, change: Change) -> None:
        stored = Record(change.stored_key, change.value, (), change.stamp_ms)
        self._producer.send_batch(self.changelog, number, (stored,))
        result = Record(change.windowed_key, change.value, (), change.stamp_ms)
        self._producer.send(self._sink, result)

    def commit(self) -> None:
        """What was processed so far counts, and is not processed again."""
        if not self._next:
            return
        if self._exactly_once:
            self._producer.send_offsets(self._consumer, self._next)
            self._producer.commit_transaction()
            self._in_transaction = False
        else:
            self._consumer.commit(self._next)
        self._next = {}

    def query(self, key: bytes, window_start_ms: int) -> int | None:
        """The count of a window here; NotHereError where no task of this instance has the key."""
        number = self._producer.partition_for(self._source, Record(key, None))
        if number not in self._tasks:
            raise NotHereError(f"partition {number}")
        found = self._tasks[number].get(key, window_start_ms)
        return None if found is None else found.total

    def crash(self) -> None:
        """Its process dies: memory is gone, the cluster notices later."""
        self._consumer.crash()
        self._tasks.clear()

    def close(self) -> None:
        """Commit and leave."""
        self.commit()
        self._consumer.close()


def results(records: Sequence[ConsumerRecord]) -> dict[bytes, int]:
    """The last count of each windowed key, as a reader of the results sees them."""
    return {
        one.key: int.from_bytes(one.value, "big")
        for one in records
        if one.key is not None and one.value is not None
    }
