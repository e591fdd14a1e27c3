"""Share groups hand records out one by one, count deliveries and set lost ones aside."""

from __future__ import annotations

import pytest

from advisor.domain.version import BrokerVersion
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import ConsumerRecord, Record
from advisor.models.kafka.share_consumer import ShareConsumer, ShareConsumerConfig


def cluster_with(
    records: int = 0, *, version: str = "4.4", partitions: int = 1, **group: str
) -> Cluster:
    cluster = Cluster(BrokerVersion.parse(version), share_groups=True)
    cluster.topics.create("t", partitions=partitions, replication_factor=1, config={})
    settings = {"share.auto.offset.reset": "earliest"}
    settings |= {name.replace("_", "."): text for name, text in group.items()}
    cluster.configure_group("g", settings)
    produce(cluster, records)
    return cluster


def produce(cluster: Cluster, records: int, partition: int = 0) -> None:
    producer = Producer(cluster)
    for number in range(records):
        producer.send_batch("t", partition, [Record(b"k", b"%d" % number)])


def member(cluster: Cluster, name: str = "a", at_once: int = 1) -> ShareConsumer:
    consumer = ShareConsumer(cluster, ShareConsumerConfig("g", name, at_once))
    consumer.subscribe(["t"])
    return consumer


def offsets(records: list[ConsumerRecord]) -> list[int]:
    return [record.offset for record in records]


def counts(records: list[ConsumerRecord]) -> list[int | None]:
    return [record.delivery_count for record in records]


def code_of(caught: pytest.ExceptionInfo[KafkaError]) -> ErrorCode:
    return caught.value.code


def test_more_members_than_partitions_all_work() -> None:
    cluster = cluster_with(3)
    found = [offsets(member(cluster, name).poll()) for name in "abc"]
    assert [[0], [1], [2]] == found


def test_a_batch_is_acquired_whole() -> None:
    cluster = cluster_with()
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"v")] * 4)
    assert [0, 1, 2, 3] == offsets(member(cluster).poll())


def test_members_spread_over_several_partitions() -> None:
    cluster = cluster_with(partitions=2)
    produce(cluster, 1, partition=0)
    produce(cluster, 1, partition=1)
    first, second = member(cluster, "a"), member(cluster, "b")
    assert [0, 1] == [first.poll()[0].partition, second.poll()[0].partition]


def test_released_records_come_before_newer_ones() -> None:
    cluster = cluster_with(6)
    consumer = member(cluster, at_once=2)
    seen = []
    for _ in range(4):
        records = consumer.poll()
        seen.append(offsets(records))
        for record in records:
            release = record.offset in (0, 3) and record.delivery_count == 1
            consumer.acknowledge(record, "RELEASE" if release else "ACCEPT")
    assert [[0, 1], [0, 2], [3, 4], [3, 5]] == seen


def test_a_lock_that_runs_out_counts_as_a_delivery() -> None:
    cluster = cluster_with(1)
    slow, other = member(cluster, "a"), member(cluster, "b")
    (record,) = slow.poll()
    cluster.kernel.run_until(29_999)
    assert [] == other.poll()
    cluster.kernel.run_until(30_000)
    assert [2] == counts(other.poll())
    with pytest.raises(KafkaError) as caught:
        slow.acknowledge(record, "ACCEPT")
    assert ErrorCode.INVALID_RECORD_STATE == code_of(caught)


def test_renewing_keeps_the_lock_and_the_count() -> None:
    cluster = cluster_with(1, share_record_lock_duration_ms="15000")
    consumer, other = member(cluster, "a"), member(cluster, "b")
    (record,) = consumer.poll()
    for at_ms in (10_000, 20_000, 30_000):
        cluster.kernel.run_until(at_ms)
        consumer.acknowledge(record, "RENEW")
        (record,) = consumer.poll()
        assert 1 == record.delivery_count
    cluster.kernel.run_until(44_000)
    assert [] == other.poll()
    consumer.acknowledge(record, "ACCEPT")
    assert [] == other.poll()


def test_a_crash_frees_its_records_at_once() -> None:
    cluster = cluster_with(1)
    first = member(cluster, "a")
    first.poll()
    first.crash()
    assert (0, [2]) == (cluster.kernel.now_ms, counts(member(cluster, "b").poll()))


def test_the_delivery_limit_archives() -> None:
    cluster = cluster_with(2, share_delivery_count_limit="3")
    consumer = member(cluster)
    tries = []
    for _ in range(4):
        (record,) = consumer.poll()
        tries.append((record.offset, record.delivery_count))
        consumer.acknowledge(record, "RELEASE")
    assert [(0, 1), (0, 2), (0, 3), (1, 1)] == tries


@pytest.mark.parametrize(
    ("topic", "allowed", "copied"),
    [("dlq.t", "true", True), ("dlq.t", "false", False), ("other", "true", False)],
)
def test_a_dead_letter_topic_needs_its_name_and_its_permission(
    topic: str, allowed: str, copied: bool
) -> None:
    cluster = cluster_with(1)
    config = {"errors.deadletterqueue.group.enable": allowed}
    dead = cluster.topics.create(topic, partitions=1, replication_factor=1, config=config)
    names = {"topic.name": topic, "copy.record.enable": "true"}
    prefix = "errors.deadletterqueue."
    cluster.configure_group("g", {prefix + name: text for name, text in names.items()})
    consumer = member(cluster)
    consumer.acknowledge(consumer.poll()[0], "REJECT")
    found = [record for batch in dead.partitions[0].log.batches() for record in batch.records]
    assert ([b"0"] if copied else []) == [record.value for record in found]
    if copied:
        headers = dict(found[0].headers)
        assert (b"t", b"1") == (
            headers["__dlq.errors.topic"],
            headers["__dlq.errors.delivery.count"],
        )


def test_one_record_held_stops_the_partition_at_the_window() -> None:
    cluster = cluster_with(101, share_partition_max_record_locks="100")
    holder, other = member(cluster, "a"), member(cluster, "b")
    (held,) = holder.poll()
    done = 0
    while records := other.poll():
        other.acknowledge(records[0], "ACCEPT")
        done += 1
    assert 99 == done
    holder.acknowledge(held, "ACCEPT")
    assert [100] == offsets(other.poll())


def test_a_group_starts_at_the_end_once_and_then_waits_for_itself() -> None:
    cluster = cluster_with(1, share_auto_offset_reset="latest")
    consumer = member(cluster)
    assert [] == consumer.poll()
    consumer.close()
    produce(cluster, 1)
    assert [1] == offsets(member(cluster).poll())


def test_share_groups_read_uncommitted_unless_told() -> None:
    for isolation, expected in (("read_uncommitted", [0, 2, 4]), ("read_committed", [2])):
        cluster = cluster_with(share_isolation_level=isolation)
        for name, end in (("a", False), ("b", True), ("c", None)):
            producer = Producer(cluster, ProducerConfig(transactional_id=name))
            producer.init_transactions()
            producer.begin_transaction()
            producer.send_batch("t", 0, [Record(b"k", b"v")])
            if end is not None:
                (producer.commit_transaction if end else producer.abort_transaction)()
        consumer = member(cluster, at_once=10)
        assert expected == offsets(consumer.poll())


def test_a_new_leader_forgets_who_holds_what_but_not_the_counts() -> None:
    cluster = Cluster(nodes=3)
    cluster.topics.create("t", partitions=1, replication_factor=3, config={})
    cluster.configure_group("g", {"share.auto.offset.reset": "earliest"})
    produce(cluster, 1)
    consumer = member(cluster)
    (record,) = consumer.poll()
    cluster.stop(cluster.topics.partition("t", 0).leader or 0)
    with pytest.raises(KafkaError) as caught:
        consumer.acknowledge(record, "ACCEPT")
    assert ErrorCode.NOT_LEADER_OR_FOLLOWER == code_of(caught)
    assert [1] == counts(consumer.poll())


def test_polling_again_needs_a_decision_first() -> None:
    cluster = cluster_with(2)
    consumer = member(cluster)
    consumer.poll()
    with pytest.raises(KafkaError) as caught:
        consumer.poll()
    assert ErrorCode.STATE == code_of(caught)


def test_offsets_are_altered_only_without_members() -> None:
    cluster = cluster_with(1)
    consumer = member(cluster)
    consumer.acknowledge(consumer.poll()[0], "ACCEPT")
    group = cluster.share_group("g")
    with pytest.raises(KafkaError) as caught:
        group.alter_offsets({("t", 0): 0})
    assert ErrorCode.NON_EMPTY_GROUP == code_of(caught)
    consumer.close()
    group.alter_offsets({("t", 0): 0})
    assert [0] == offsets(member(cluster).poll())


def test_all_kinds_of_group_share_one_name_space() -> None:
    cluster = cluster_with()
    member(cluster)
    cluster.consumer_group("other")
    for call in (lambda: cluster.consumer_group("g"), lambda: cluster.share_group("other")):
        with pytest.raises(KafkaError) as caught:
            call()
        assert ErrorCode.INCONSISTENT_GROUP_PROTOCOL == code_of(caught)


@pytest.mark.parametrize(
    ("version", "there"), [("3.9", False), ("4.0", False), ("4.1", False), ("4.2", True)]
)
def test_share_groups_are_for_production_since_4_2(version: str, there: bool) -> None:
    cluster = Cluster(BrokerVersion.parse(version))
    if there:
        assert {} == cluster.share_group("g").members
    else:
        with pytest.raises(KafkaError) as caught:
            cluster.share_group("g")
        assert ErrorCode.UNSUPPORTED_VERSION == code_of(caught)


def test_early_access_can_be_switched_on_but_lacks_renewal() -> None:
    cluster = cluster_with(1, version="4.0")
    consumer = member(cluster)
    (record,) = consumer.poll()
    with pytest.raises(KafkaError) as caught:
        consumer.acknowledge(record, "RENEW")
    assert ErrorCode.UNSUPPORTED_VERSION == code_of(caught)


@pytest.mark.parametrize(
    ("version", "setting", "text"),
    [
        ("4.4", "share.record.lock.duration.ms", "60001"),
        ("4.4", "share.record.lock.duration.ms", "14999"),
        ("4.4", "share.auto.offset.reset", "none"),
        ("4.4", "share.delivery.count.limit", "11"),
        ("4.4", "share.partition.max.record.locks", "99"),
        ("4.4", "no.such.setting", "x"),
        ("4.2", "share.delivery.count.limit", "3"),
        ("4.3", "errors.deadletterqueue.topic.name", "dlq.t"),
    ],
)
def test_settings_outside_their_limits_or_their_time_are_refused(
    version: str, setting: str, text: str
) -> None:
    cluster = Cluster(BrokerVersion.parse(version))
    with pytest.raises(KafkaError) as caught:
        cluster.configure_group("g", {setting: text})
    assert ErrorCode.INVALID_CONFIG == code_of(caught)
