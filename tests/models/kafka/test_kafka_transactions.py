"""Transactions are seen whole or not at all, and fence who comes too late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import Record


def cluster_with_topic() -> Cluster:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    return cluster


def producer_of(cluster: Cluster, name: str = "x", timeout_ms: int = 60_000) -> Producer:
    producer = Producer(
        cluster, ProducerConfig(transactional_id=name, transaction_timeout_ms=timeout_ms)
    )
    producer.init_transactions()
    return producer


def send(producer: Producer, value: bytes, *, commit: bool | None = True) -> None:
    producer.begin_transaction()
    producer.send_batch("t", 0, [Record(b"k", value)])
    if commit is not None:
        (producer.commit_transaction if commit else producer.abort_transaction)()


def seen(cluster: Cluster, isolation: str = "read_committed") -> list[tuple[int, bytes | None]]:
    consumer = Consumer(
        cluster, ConsumerConfig(auto_offset_reset="earliest", isolation_level=isolation)
    )
    consumer.assign([("t", 0)])
    return [(record.offset, record.value) for record in consumer.poll()]


def test_each_end_takes_one_offset_in_a_partition_that_was_written() -> None:
    cluster = cluster_with_topic()
    producer = producer_of(cluster)
    for number in range(3):
        send(producer, b"%d" % number)
    assert 6 == cluster.topics.partition("t", 0).log.end_offset
    assert [(0, b"0"), (2, b"1"), (4, b"2")] == seen(cluster)


def test_a_transaction_that_sent_nothing_writes_nothing() -> None:
    cluster = cluster_with_topic()
    producer = producer_of(cluster)
    for end in (producer.commit_transaction, producer.abort_transaction):
        producer.begin_transaction()
        end()
    with pytest.raises(KafkaError) as caught:
        producer.commit_transaction()
    assert ErrorCode.STATE == caught.value.code
    assert 0 == cluster.topics.partition("t", 0).log.end_offset


def test_committed_readers_skip_aborted_and_stop_at_open_ones() -> None:
    cluster = cluster_with_topic()
    send(producer_of(cluster, "a"), b"aborted", commit=False)
    send(producer_of(cluster, "b"), b"committed")
    send(producer_of(cluster, "c"), b"open", commit=None)
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"plain")])
    assert [b"committed"] == [value for _, value in seen(cluster)]
    everything = [value for _, value in seen(cluster, "read_uncommitted")]
    assert [b"aborted", b"committed", b"open", b"plain"] == everything


def test_a_second_producer_fences_the_first_and_ends_its_transaction() -> None:
    cluster = cluster_with_topic()
    zombie = producer_of(cluster)
    send(zombie, b"left open", commit=None)
    send(producer_of(cluster), b"new")
    assert [b"new"] == [value for _, value in seen(cluster)]
    with pytest.raises(KafkaError) as caught:
        zombie.commit_transaction()
    assert ErrorCode.PRODUCER_FENCED == caught.value.code


def test_the_epoch_grows_by_two_where_a_transaction_was_open() -> None:
    cluster = cluster_with_topic()
    coordinator = cluster.transactions
    first_id, first = coordinator.init("x", 60_000)
    assert (first_id, first + 1) == coordinator.init("x", 60_000)
    coordinator.add_partition("x", first + 1, ("t", 0), cluster.topics.partition("t", 0))
    assert (first_id, first + 3) == coordinator.init("x", 60_000)


def test_a_transaction_left_alone_is_aborted_by_the_next_scan() -> None:
    cluster = cluster_with_topic()
    producer = producer_of(cluster, timeout_ms=1_000)
    send(producer, b"slow", commit=None)
    cluster.kernel.run_until(9_999)
    assert cluster.topics.partition("t", 0).open_transactions
    cluster.kernel.run_until(10_000)
    assert not cluster.topics.partition("t", 0).open_transactions
    with pytest.raises(KafkaError) as caught:
        producer.commit_transaction()
    assert ErrorCode.PRODUCER_FENCED == caught.value.code


@pytest.mark.parametrize("commit", [True, False])
def test_offsets_count_only_when_the_transaction_commits(commit: bool) -> None:
    cluster = cluster_with_topic()
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"v")])
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    consumer.subscribe(["t"])
    consumer.poll()
    cluster.kernel.run_until(3_000)
    producer = producer_of(cluster)
    producer.begin_transaction()
    producer.send_offsets(consumer, {("t", 0): 1})
    commits = cluster.consumer_group("g").commits
    assert (True, None) == (commits.is_unstable(("t", 0)), consumer.committed(("t", 0)))
    (producer.commit_transaction if commit else producer.abort_transaction)()
    assert (1 if commit else None) == consumer.committed(("t", 0))


def test_a_new_member_waits_until_the_offset_is_stable() -> None:
    cluster = cluster_with_topic()
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"0"), Record(b"k", b"1")])
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    consumer.subscribe(["t"])
    consumer.poll()
    cluster.kernel.run_until(3_000)
    producer = producer_of(cluster)
    producer.begin_transaction()
    producer.send_offsets(consumer, {("t", 0): 1})
    consumer.close()
    heir = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    heir.subscribe(["t"])
    heir.poll()
    cluster.kernel.run_until(6_000)
    assert [] == heir.poll()
    producer.commit_transaction()
    assert [b"1"] == [record.value for record in heir.poll()]


def test_a_former_member_cannot_send_offsets() -> None:
    cluster = cluster_with_topic()
    consumer = Consumer(cluster, ConsumerConfig("g"))
    consumer.subscribe(["t"])
    consumer.poll()
    cluster.kernel.run_until(3_000)
    consumer.close()
    producer = producer_of(cluster)
    producer.begin_transaction()
    with pytest.raises(KafkaError) as caught:
        producer.send_offsets(consumer, {("t", 0): 1})
    assert ErrorCode.UNKNOWN_MEMBER_ID == caught.value.code


def test_refusals() -> None:
    cluster = cluster_with_topic()
    coordinator = cluster.transactions
    plain = Producer(cluster)
    fresh = Producer(cluster, ProducerConfig(transactional_id="y"))
    started = producer_of(cluster)
    calls: list[tuple[Callable[[], object], ErrorCode]] = [
        (lambda: coordinator.init("z", 0), ErrorCode.INVALID_TRANSACTION_TIMEOUT),
        (lambda: coordinator.init("z", 900_001), ErrorCode.INVALID_TRANSACTION_TIMEOUT),
        (lambda: coordinator.end("z", 0, commit=True), ErrorCode.INVALID_PRODUCER_ID_MAPPING),
        (plain.init_transactions, ErrorCode.STATE),
        (fresh.begin_transaction, ErrorCode.STATE),
        (lambda: started.send_batch("t", 0, [Record(b"k", b"v")]), ErrorCode.STATE),
    ]
    for call, code in calls:
        with pytest.raises(KafkaError) as caught:
            call()
        assert code == caught.value.code
