"""Compaction keeps the newest record of each key, where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.models.kafka import compaction
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.log import Log
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import Batch, Record
from advisor.models.kafka.topic_config import FOREVER

CONFIG = {"cleanup.policy": "compact", "segment.ms": "1000", "min.cleanable.dirty.ratio": "0.01"}


def kept(log: Log) -> list[tuple[int, bytes | None, bytes | None]]:
    """Offset, key and value of every record still there."""
    return [
        (offset, record.key, record.value)
        for batch in log.batches()
        for offset, record in zip(batch.numbered(), batch.records, strict=True)
    ]


def written(cluster: Cluster, topic: str = "t") -> Log:
    return cluster.topics.partition(topic, 0).log


def send(cluster: Cluster, *pairs: tuple[bytes | None, bytes | None], at_ms: int) -> None:
    """One batch at that time; the step in time rolls the segment before it."""
    cluster.kernel.run_until(at_ms)
    Producer(cluster).send_batch("t", 0, [Record(key, value) for key, value in pairs])


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 9)), max_size=40))
def test_of_each_key_the_newest_stays_at_its_offset(records: list[tuple[bytes, int]]) -> None:
    log = Log()
    for key, number in records:
        batch = Batch([Record(key, b"%d" % number)])
        batch.stamp(0, append_time=False)
        batch.place(log.end_offset, 0)
        log.append(batch, segment_bytes=1 << 30, segment_ms=FOREVER, flush_messages=FOREVER)
    log.roll()
    compaction.compact(log, log.end_offset, 0, delete_retention_ms=0)
    newest = {key: (offset, key, b"%d" % number) for offset, (key, number) in enumerate(records)}
    assert sorted(newest.values()) == kept(log)
    assert len(records) == log.end_offset


def test_duplicates_stay_until_their_segment_is_closed() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config=CONFIG)
    send(cluster, (b"a", b"1"), (b"a", b"2"), at_ms=0)
    cluster.kernel.run_until(60_000)
    assert 2 == len(kept(written(cluster)))
    send(cluster, (b"b", b"1"), at_ms=60_000)
    cluster.kernel.run_until(90_000)
    assert [(1, b"a", b"2"), (2, b"b", b"1")] == kept(written(cluster))


def test_a_tombstone_outlives_its_value_and_goes_with_a_later_clean() -> None:
    cluster = Cluster()
    config = {**CONFIG, "delete.retention.ms": "4000"}
    cluster.topics.create("t", partitions=1, replication_factor=1, config=config)
    send(cluster, (b"a", b"1"), (b"a", None), at_ms=0)
    send(cluster, (b"b", b"1"), at_ms=5_000)
    cluster.kernel.run_until(60_000)
    assert (1, b"a", None) in kept(written(cluster))
    # Time alone does not remove it: only the next clean, which needs new dirty data.
    send(cluster, (b"c", b"1"), at_ms=65_000)
    cluster.kernel.run_until(120_000)
    assert [(2, b"b", b"1"), (3, b"c", b"1")] == kept(written(cluster))


def test_an_open_transaction_holds_back_what_lies_behind_it() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config=CONFIG)
    producer = Producer(cluster, ProducerConfig(transactional_id="x"))
    producer.init_transactions()
    producer.begin_transaction()
    producer.send_batch("t", 0, [Record(b"z", b"1")])
    send(cluster, (b"a", b"1"), (b"a", b"2"), at_ms=2_000)
    send(cluster, (b"b", b"1"), at_ms=5_000)
    cluster.kernel.run_until(40_000)
    assert 4 == len(kept(written(cluster)))
    producer.commit_transaction()
    send(cluster, (b"c", b"1"), at_ms=45_000)
    cluster.kernel.run_until(80_000)
    assert (1, b"a", b"1") not in kept(written(cluster))


def test_a_record_without_a_key_refuses_its_whole_batch() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config=CONFIG)
    with pytest.raises(KafkaError) as caught:
        send(cluster, (b"a", b"1"), (None, b"2"), (b"c", b"3"), at_ms=0)
    assert (ErrorCode.INVALID_RECORD, 0) == (caught.value.code, written(cluster).end_offset)


def test_changing_to_compaction_removes_keyless_records_without_a_word() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config={"segment.ms": "1000"})
    send(cluster, (None, b"1"), (b"a", b"2"), at_ms=0)
    cluster.configure_topic("t", CONFIG)
    send(cluster, (b"b", b"1"), at_ms=10_000)
    cluster.kernel.run_until(60_000)
    assert [(1, b"a", b"2"), (2, b"b", b"1")] == kept(written(cluster))
