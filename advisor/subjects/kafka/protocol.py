"""Kafka's client API as values: what a session may ask of a broker, on the model or a live one.

Operations carry the names of Kafka's own clients. Clients, groups and topics are addressed by
name; ``config`` has Kafka's own setting names. A live client performs the same operations with
confluent-kafka (``ResendLast`` with a raw request of the same producer id, epoch and sequence: what
a library does by itself when an acknowledgement is lost).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from advisor.domain.outcome import Outcome

Result = TypeVar("Result", covariant=True)
TopicPartition = tuple[str, int]
Headers = tuple[tuple[str, bytes], ...]


class FetchedRecord(Protocol):
    """A record as a consumer gets it; ``delivery_count`` is None outside share groups."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp_ms(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def delivery_count(self) -> int | None: ...


class Operation(Generic[Result]):
    """One native call; ``Result`` is what it gives when it is done.

    Nobody compares or prints operations, and making the methods for it would take most of the time
    that importing this module takes.
    """


# Administration


@dataclass(frozen=True, eq=False, repr=False)
class CreateTopic(Operation[None]):
    """Admin.createTopics for one topic."""

    topic: str
    partitions: int = 1
    replication_factor: int = 1
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class CreatePartitions(Operation[None]):
    """Admin.createPartitions: ``count`` is the new total."""

    topic: str
    count: int


@dataclass(frozen=True, eq=False, repr=False)
class DeleteTopic(Operation[None]):
    """Admin.deleteTopics."""

    topic: str


@dataclass(frozen=True, eq=False, repr=False)
class ListTopics(Operation[tuple[str, ...]]):
    """Admin.listTopics: names in order."""


@dataclass(frozen=True, eq=False, repr=False)
class DescribeTopic(Operation[tuple[int | None, ...]]):
    """Admin.describeTopics: the leader's node of each partition."""

    topic: str


@dataclass(frozen=True, eq=False, repr=False)
class ListOffsets(Operation[tuple[int, int]]):
    """Admin.listOffsets: the oldest kept offset and the end of one partition."""

    topic: str
    partition: int


@dataclass(frozen=True, eq=False, repr=False)
class OffsetForTime(Operation[int | None]):
    """Admin.listOffsets by time: the lowest offset stamped then or later, None if there is none."""

    topic: str
    partition: int
    timestamp_ms: int


@dataclass(frozen=True, eq=False, repr=False)
class DeleteRecords(Operation[int]):
    """Admin.deleteRecords: the new oldest offset; ``before_offset`` -1 means all there is."""

    topic: str
    partition: int
    before_offset: int


@dataclass(frozen=True, eq=False, repr=False)
class AlterTopicConfigs(Operation[None]):
    """Admin.incrementalAlterConfigs on a topic: these are set, others stay."""

    topic: str
    config: Mapping[str, str]


@dataclass(frozen=True, eq=False, repr=False)
class DeleteGroup(Operation[None]):
    """Admin.deleteConsumerGroups or deleteShareGroups."""

    group: str


@dataclass(frozen=True, eq=False, repr=False)
class AlterGroupConfigs(Operation[None]):
    """Admin.incrementalAlterConfigs on a group."""

    group: str
    config: Mapping[str, str]


@dataclass(frozen=True, eq=False, repr=False)
class ListGroupOffsets(Operation[Mapping[TopicPartition, int]]):
    """Admin.listConsumerGroupOffsets, or the start offsets of a share group."""

    group: str


@dataclass(frozen=True, eq=False, repr=False)
class AlterShareGroupOffsets(Operation[None]):
    """Admin.alterShareGroupOffsets."""

    group: str
    offsets: Mapping[TopicPartition, int]


# Producers


@dataclass(frozen=True, eq=False, repr=False)
class NewProducer(Operation[None]):
    """A producer of that name."""

    producer: str
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Produce(Operation[TopicPartition]):
    """Producer.send and wait for its acknowledgement; ``partition`` None: by the key.

    ``timestamp_ms`` is the record's CreateTime, by default the time of sending.
    """

    producer: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    timestamp_ms: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class ProduceBatch(Operation[None]):
    """Records that travel in one batch: keys, values and CreateTimes (None: now), all or none."""

    producer: str
    topic: str
    partition: int
    records: tuple[tuple[bytes | None, bytes | None, int | None], ...]


@dataclass(frozen=True, eq=False, repr=False)
class ResendLast(Operation[None]):
    """The library's own retry of the last record sent to a partition."""

    producer: str
    topic: str
    partition: int


@dataclass(frozen=True, eq=False, repr=False)
class InitTransactions(Operation[None]):
    """Producer.initTransactions."""

    producer: str


@dataclass(frozen=True, eq=False, repr=False)
class BeginTransaction(Operation[None]):
    """Producer.beginTransaction."""

    producer: str


@dataclass(frozen=True, eq=False, repr=False)
class SendOffsetsToTransaction(Operation[None]):
    """Producer.sendOffsetsToTransaction with the group metadata of a consumer."""

    producer: str
    consumer: str
    offsets: Mapping[TopicPartition, int]


@dataclass(frozen=True, eq=False, repr=False)
class CommitTransaction(Operation[None]):
    """Producer.commitTransaction."""

    producer: str


@dataclass(frozen=True, eq=False, repr=False)
class AbortTransaction(Operation[None]):
    """Producer.abortTransaction."""

    producer: str


# Consumers


@dataclass(frozen=True, eq=False, repr=False)
class NewConsumer(Operation[None]):
    """A consumer of that name; ``group.id`` may be left out for assigned partitions."""

    consumer: str
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class NewShareConsumer(Operation[None]):
    """A share consumer with explicit acknowledgement."""

    consumer: str
    config: Mapping[str, str]


@dataclass(frozen=True, eq=False, repr=False)
class Subscribe(Operation[None]):
    """Consumer.subscribe: topics by name, or a regular expression over whole names."""

    consumer: str
    topics: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Assign(Operation[None]):
    """Consumer.assign, each partition from the given offset on."""

    consumer: str
    offsets: Mapping[TopicPartition, int]


@dataclass(frozen=True, eq=False, repr=False)
class Assignment(Operation[tuple[TopicPartition, ...] | None]):
    """Consumer.assignment; None while no assignment was ever received."""

    consumer: str


@dataclass(frozen=True, eq=False, repr=False)
class Poll(Operation[tuple[FetchedRecord, ...]]):
    """Consumer.poll with a timeout: records, none if there were none in that time."""

    consumer: str
    within_ms: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class Position(Operation[int]):
    """Consumer.position."""

    consumer: str
    partition: TopicPartition


@dataclass(frozen=True, eq=False, repr=False)
class Seek(Operation[None]):
    """Consumer.seek."""

    consumer: str
    partition: TopicPartition
    offset: int


@dataclass(frozen=True, eq=False, repr=False)
class CommitOffsets(Operation[None]):
    """Consumer.commitSync of next offsets to read."""

    consumer: str
    offsets: Mapping[TopicPartition, int]


@dataclass(frozen=True, eq=False, repr=False)
class Committed(Operation[int | None]):
    """Consumer.committed: what its group will read next; None if nothing is committed."""

    consumer: str
    partition: TopicPartition


@dataclass(frozen=True, eq=False, repr=False)
class ShareAcknowledge(Operation[None]):
    """ShareConsumer.acknowledge and commitSync of one record."""

    consumer: str
    record: FetchedRecord
    kind: Literal["ACCEPT", "RELEASE", "REJECT", "RENEW"]


@dataclass(frozen=True, eq=False, repr=False)
class CloseConsumer(Operation[None]):
    """Consumer.close."""

    consumer: str


Value = TypeVar("Value")


class KafkaClient(Protocol):
    """All client processes of one test, and the rig that runs the brokers."""

    @property
    def now_ms(self) -> int: ...

    def install(self, nodes: int) -> Outcome[None]:
        """A cluster of that many nodes, before anything else; once."""
        ...

    def call(self, operation: Operation[Value]) -> Outcome[Value]:
        """Perform one native call."""
        ...

    def wait(self, duration_ms: int) -> Outcome[None]:
        """Let time pass."""
        ...

    def keep_polling(self, consumers: Collection[str]) -> None:
        """From now on exactly these consumers' loops go on, with everything paused, as time passes.

        An idle service polls and takes nothing; one at work is not in poll and is left out.
        """
        ...

    def kill(self, client: str) -> None:
        """The process of a consumer or producer dies; an unknown name is no matter."""
        ...

    def stop_node(self, node: int, *, power_loss: bool) -> Outcome[None]:
        """Kill a broker; with power loss what it did not flush is gone. Needs a rig."""
        ...

    def start_node(self, node: int) -> Outcome[None]:
        """Bring a broker back. Needs a rig."""
        ...

    def close(self) -> None:
        """End every client, and remove what is left on a live cluster."""
        ...
