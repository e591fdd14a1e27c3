"""What acknowledged records survive depends on replicas, acks, elections and version."""

from __future__ import annotations

import pytest

from advisor.domain.version import BrokerVersion
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import Record
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.versions import NEWEST, OLDEST


def cluster_of(
    nodes: int, *, version: BrokerVersion = NEWEST, replicas: int | None = None, **config: str
) -> tuple[Cluster, Partition]:
    cluster = Cluster(version, nodes=nodes)
    settings = {name.replace("_", "."): text for name, text in config.items()}
    topic = cluster.topics.create(
        "t", partitions=1, replication_factor=replicas or nodes, config=settings
    )
    return cluster, topic.partitions[0]


def send(cluster: Cluster, value: bytes = b"v", **config: int | bool) -> int:
    producer = Producer(cluster, ProducerConfig(**config))  # type: ignore[arg-type]
    return producer.send_batch("t", 0, [Record(b"k", value)])


def values(partition: Partition) -> list[bytes | None]:
    return [record.value for batch in partition.log.batches() for record in batch.records]


def test_a_killed_leader_is_replaced_when_its_session_ends() -> None:
    cluster, partition = cluster_of(3)
    send(cluster)
    leader = partition.leader
    assert leader is not None
    cluster.kill(leader)
    with pytest.raises(KafkaError) as caught:
        partition.read(0, committed=True, bytes_max=1)
    assert ErrorCode.NOT_LEADER_OR_FOLLOWER == caught.value.code
    cluster.kernel.run_until(8_999)
    assert leader == partition.leader
    cluster.kernel.run_until(9_000)
    assert leader != partition.leader
    assert [b"v"] == values(partition)


def test_a_clean_stop_moves_the_leader_at_once() -> None:
    cluster, partition = cluster_of(3)
    leader = partition.leader
    assert leader is not None
    cluster.stop(leader)
    assert partition.leader not in (None, leader)


def test_a_producer_waits_for_the_new_leader() -> None:
    cluster, partition = cluster_of(3)
    leader = partition.leader
    assert leader is not None
    cluster.kill(leader)
    assert 0 == send(cluster)
    assert 9_000 <= cluster.kernel.now_ms < 9_200


def test_acks_all_waits_until_a_dead_follower_is_out_of_sync() -> None:
    cluster, partition = cluster_of(3, min_insync_replicas="2")
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.kill(follower)
    send(cluster)
    assert (9_000, 2) == (cluster.kernel.now_ms, len(partition.in_sync))


def test_too_few_in_sync_before_the_append_write_nothing() -> None:
    cluster, partition = cluster_of(3, min_insync_replicas="3")
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.stop(follower)
    with pytest.raises(KafkaError) as caught:
        send(cluster)
    assert (ErrorCode.NOT_ENOUGH_REPLICAS, 0) == (caught.value.code, partition.log.end_offset)


def test_too_few_after_the_append_time_out_and_the_record_stays() -> None:
    cluster, partition = cluster_of(3, min_insync_replicas="3")
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.kill(follower)
    with pytest.raises(KafkaError) as caught:
        send(cluster, delivery_timeout_ms=5_000, request_timeout_ms=5_000)
    assert ErrorCode.TIMED_OUT == caught.value.code
    assert (1, 0) == (partition.log.end_offset, partition.high_watermark)
    cluster.start(follower)
    assert 1 == partition.high_watermark


@pytest.mark.parametrize(("idempotent", "stored"), [(True, 1), (False, 2)])
def test_a_retry_after_a_time_out_is_stored_twice_unless_idempotent(
    idempotent: bool, stored: int
) -> None:
    cluster, partition = cluster_of(3, min_insync_replicas="2")
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.kill(follower)
    send(cluster, request_timeout_ms=5_000, enable_idempotence=idempotent)
    assert stored == partition.log.end_offset


def test_readers_see_nothing_above_the_high_watermark() -> None:
    cluster, partition = cluster_of(3, replicas=2)
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.kill(follower)
    send(cluster, acks=1)
    assert [] == partition.read(0, committed=False, bytes_max=1000)
    assert (1, 0) == (partition.log.end_offset, partition.high_watermark)
    cluster.kernel.run_until(9_000)
    assert 1 == len(partition.read(0, committed=False, bytes_max=1000))


def test_acks_1_loses_what_no_follower_had() -> None:
    cluster, partition = cluster_of(3)
    followers = [node for node in partition.replicas if node != partition.leader]
    send(cluster, b"first", acks=1)
    for node in followers:
        cluster.freeze(node)
    send(cluster, b"second", acks=1)
    leader = partition.leader
    assert leader is not None
    cluster.kill(leader)
    cluster.kernel.run_until(9_000)
    for node in followers:
        cluster.thaw(node)
    assert [b"first"] == values(partition)
    cluster.start(leader)
    assert [1, 1, 1] == [log.end_offset for log in partition.replicas.values()]


def test_a_frozen_follower_leaves_the_in_sync_set_after_30_seconds() -> None:
    cluster, partition = cluster_of(2)
    follower = next(node for node in partition.replicas if node != partition.leader)
    cluster.freeze(follower)
    send(cluster)
    assert (30_000, [partition.leader]) == (cluster.kernel.now_ms, partition.in_sync)


@pytest.mark.parametrize("unclean", [False, True])
def test_unclean_election_trades_records_for_availability(unclean: bool) -> None:
    cluster, partition = cluster_of(
        3,
        version=OLDEST,
        replicas=2,
        unclean_leader_election_enable="true" if unclean else "false",
    )
    leader = partition.leader
    assert leader is not None
    follower = next(node for node in partition.replicas if node != leader)
    cluster.stop(follower)
    send(cluster, b"only the leader has it")
    cluster.stop(leader)
    cluster.start(follower)
    assert (follower if unclean else None) == partition.leader
    cluster.start(leader)
    assert ([] if unclean else [b"only the leader has it"]) == values(partition)


@pytest.mark.parametrize(("version", "kept"), [("3.9", True), ("4.0", True), ("4.4", False)])
def test_eligible_replicas_answer_sooner_and_lose_the_acks_1_record(
    version: str, kept: bool
) -> None:
    cluster, partition = cluster_of(
        3, version=BrokerVersion.parse(version), replicas=2, min_insync_replicas="2"
    )
    leader = partition.leader
    assert leader is not None
    follower = next(node for node in partition.replicas if node != leader)
    cluster.stop(follower)
    send(cluster, b"acks 1", acks=1)
    cluster.stop(leader)
    cluster.start(follower)
    assert (None if kept else follower) == partition.leader
    cluster.start(leader)
    assert ([b"acks 1"] if kept else []) == values(partition)


@pytest.mark.parametrize("version", ["3.9", "4.4"])
def test_killing_every_node_loses_nothing(version: str) -> None:
    cluster, partition = cluster_of(
        3, version=BrokerVersion.parse(version), min_insync_replicas="2"
    )
    for number in range(20):
        send(cluster, b"%d" % number)
    for node in cluster.nodes:
        cluster.kill(node)
    cluster.kernel.run_until(20_000)
    for node in cluster.nodes:
        cluster.start(node)
    cluster.kernel.run_until(40_000)
    assert [b"%d" % number for number in range(20)] == values(partition)
    assert 20 == partition.high_watermark


@pytest.mark.parametrize(("flush", "kept"), [("1", 3), ("1000", 0)])
def test_acknowledged_does_not_mean_on_disk(flush: str, kept: int) -> None:
    cluster, partition = cluster_of(3, flush_messages=flush, min_insync_replicas="2")
    for _ in range(3):
        send(cluster)
    for node in cluster.nodes:
        cluster.lose_power(node)
    for node in cluster.nodes:
        cluster.start(node)
    assert kept == len(values(partition))


def test_losing_the_power_of_one_node_loses_nothing() -> None:
    cluster, partition = cluster_of(3, min_insync_replicas="2")
    send(cluster)
    leader = partition.leader
    assert leader is not None
    cluster.lose_power(leader)
    cluster.kernel.run_until(9_000)
    cluster.start(leader)
    assert [1, 1, 1] == [log.end_offset for log in partition.replicas.values()]


def test_without_a_majority_nobody_is_elected() -> None:
    cluster, partition = cluster_of(3, replicas=2)
    leader = partition.leader
    assert leader is not None
    for node in [leader, next(node for node in cluster.nodes if node not in partition.replicas)]:
        cluster.kill(node)
    cluster.kernel.run_until(60_000)
    assert leader == partition.leader
    cluster.start(next(node for node in cluster.nodes if node not in cluster.alive))
    cluster.kernel.run_until(80_000)
    assert partition.leader in cluster.alive


def test_commits_since_the_last_clean_stop_go_with_the_power() -> None:
    cluster, _ = cluster_of(1)
    send(cluster)
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    consumer.assign([("t", 0)])
    consumer.commit({("t", 0): 1})
    cluster.stop(1)
    cluster.start(1)
    consumer.commit({("t", 0): 0})
    cluster.lose_power(1)
    cluster.start(1)
    assert 1 == consumer.committed(("t", 0))


def test_a_replica_that_lost_power_is_not_eligible_until_it_has_caught_up() -> None:
    cluster = Cluster(nodes=5)
    config = {"min.insync.replicas": "2"}
    topic = cluster.topics.create("t", partitions=1, replication_factor=3, config=config)
    partition = topic.partitions[0]
    for number in range(3):
        send(cluster, b"%d" % number)
    last = partition.leader
    assert last is not None
    first, second = (node for node in partition.replicas if node != last)
    cluster.stop(first)
    cluster.lose_power(second)
    cluster.kernel.run_until(9_000)
    assert ([last], []) == (partition.in_sync, partition.eligible)
    cluster.stop(last)
    cluster.start(second)
    assert topic.partitions[0].leader is None
    cluster.start(last)
    assert last == topic.partitions[0].leader
    assert [b"0", b"1", b"2"] == values(topic.partitions[0])
    assert [3, 3] == [partition.replicas[node].end_offset for node in (last, second)]
