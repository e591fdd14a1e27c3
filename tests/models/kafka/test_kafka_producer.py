"""What a producer is refused, and what is stored once."""

from __future__ import annotations

import pytest

from advisor.domain.version import BrokerVersion
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import BATCH_OVERHEAD_BYTES, Batch, Origin, Record, record_bytes

HOUR_MS = 3_600_000


def cluster_with_topic(version: str = "4.4", **config: str) -> Cluster:
    cluster = Cluster(BrokerVersion.parse(version))
    settings = {name.replace("_", "."): text for name, text in config.items()}
    cluster.topics.create("t", partitions=1, replication_factor=1, config=settings)
    return cluster


def refusal(producer: Producer, *records: Record) -> ErrorCode:
    with pytest.raises(KafkaError) as caught:
        producer.send_batch("t", 0, records)
    return caught.value.code


def end(cluster: Cluster) -> int:
    return cluster.topics.partition("t", 0).log.end_offset


def test_a_small_record_has_70_bytes_of_framing() -> None:
    assert 70 == BATCH_OVERHEAD_BYTES + record_bytes(Record(None, b"x" * 100)) - 100


def test_the_size_limit_itself_is_allowed_and_one_byte_more_is_not() -> None:
    cluster = cluster_with_topic(max_message_bytes="1000")
    producer = Producer(cluster)
    # The length fields of a 929 byte value take as many bytes as those of a 100 byte value.
    assert 0 == producer.send_batch("t", 0, [Record(None, b"x" * 930)])
    assert ErrorCode.MESSAGE_TOO_LARGE == refusal(producer, Record(None, b"x" * 931))
    assert 1 == end(cluster)


def test_the_client_checks_before_the_broker() -> None:
    cluster = cluster_with_topic(max_message_bytes="100000000")
    assert ErrorCode.MESSAGE_TOO_LARGE == refusal(Producer(cluster), Record(None, b"x" * 1_048_576))
    larger = Producer(cluster, ProducerConfig(max_request_size=50_000_000))
    assert 0 == larger.send_batch("t", 0, [Record(None, b"x" * 10_000_000)])


def test_a_batch_above_the_segment_size_is_refused() -> None:
    cluster = cluster_with_topic("4.0", segment_bytes="500")
    assert ErrorCode.RECORD_LIST_TOO_LARGE == refusal(Producer(cluster), Record(None, b"x" * 600))


@pytest.mark.parametrize(("version", "refused"), [("3.9", False), ("4.0", True), ("4.4", True)])
def test_stamps_far_ahead_are_refused_since_4_0(version: str, refused: bool) -> None:
    cluster = cluster_with_topic(version)
    producer = Producer(cluster)
    producer.send_batch("t", 0, [Record(None, b"v", timestamp_ms=HOUR_MS)])
    late = Record(None, b"v", timestamp_ms=HOUR_MS + 1)
    if refused:
        assert ErrorCode.INVALID_TIMESTAMP == refusal(producer, Record(None, b"v"), late)
        assert 1 == end(cluster)
    else:
        assert 1 == producer.send_batch("t", 0, [late])


def test_a_broker_that_stamps_takes_any_stamp() -> None:
    cluster = cluster_with_topic(message_timestamp_type="LogAppendTime")
    assert 0 == Producer(cluster).send_batch("t", 0, [Record(None, b"v", timestamp_ms=10**13)])
    assert 0 == cluster.topics.partition("t", 0).log.offset_for_time(0)


def test_a_resend_is_stored_once_with_idempotence_and_twice_without() -> None:
    for idempotent, stored in ((True, 1), (False, 2)):
        cluster = cluster_with_topic()
        producer = Producer(cluster, ProducerConfig(enable_idempotence=idempotent))
        producer.send("t", Record(b"k", b"v"))
        producer.resend_last("t", 0)
        assert stored == end(cluster)


def test_a_gap_in_the_sequence_and_an_old_epoch_are_refused() -> None:
    cluster = cluster_with_topic()
    partition = cluster.topics.partition("t", 0)

    def append(epoch: int, first: int) -> int:
        batch = Batch([Record(b"k", b"v")], origin=Origin(7, epoch, first))
        return partition.append(batch, acks=-1, now_ms=0)

    assert [0, 1, 1, 2] == [append(1, 0), append(1, 1), append(1, 1), append(2, 0)]
    codes = []
    for epoch, first in ((2, 2), (1, 2), (3, 5)):
        with pytest.raises(KafkaError) as caught:
            append(epoch, first)
        codes.append(caught.value.code)
    gap = ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert [gap, ErrorCode.INVALID_PRODUCER_EPOCH, gap] == codes


def test_acks_0_reports_success_for_what_was_refused() -> None:
    cluster = cluster_with_topic(max_message_bytes="100")
    producer = Producer(cluster, ProducerConfig(acks=0))
    assert -1 == producer.send_batch("t", 0, [Record(None, b"x" * 500)])
    assert 0 == end(cluster)


def test_other_acks_are_refused() -> None:
    cluster = cluster_with_topic()
    producer = Producer(cluster, ProducerConfig(acks=2))
    assert ErrorCode.INVALID_REQUIRED_ACKS == refusal(producer, Record(None, b"v"))


def test_producing_makes_a_missing_topic_unless_switched_off() -> None:
    cluster = Cluster()
    Producer(cluster).send("new", Record(b"k", b"v"))
    assert 1 == len(cluster.topics["new"].partitions)
    with pytest.raises(KafkaError) as caught:
        Producer(Cluster(auto_create_topics=False)).send("new", Record(b"k", b"v"))
    assert ErrorCode.UNKNOWN_TOPIC_OR_PARTITION == caught.value.code


def test_a_producer_gives_up_when_no_leader_comes_back() -> None:
    cluster = cluster_with_topic()
    cluster.kill(1)
    assert ErrorCode.NOT_LEADER_OR_FOLLOWER == refusal(Producer(cluster), Record(None, b"v"))
    assert 120_000 == cluster.kernel.now_ms
