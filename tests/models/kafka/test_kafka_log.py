"""A partition's log keeps offsets, finds them again, and loses its oldest segments by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.models.kafka import retention
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.log import Log
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import Batch, Record
from advisor.models.kafka.topic_config import FOREVER

DAY_MS = 86_400_000


def log_of(sizes: list[int], *, segment_bytes: int = 1 << 30) -> Log:
    """A log of one-record batches; every batch of one size is equally large."""
    log = Log()
    for size in sizes:
        batch = Batch([Record(b"k", b"v" * size)])
        batch.stamp(0, append_time=False)
        batch.place(log.end_offset, 0)
        log.append(batch, segment_bytes=segment_bytes, segment_ms=FOREVER, flush_messages=FOREVER)
    return log


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), st.data())
def test_reading_from_any_offset_gives_exactly_the_rest(
    sizes: list[int], data: st.DataObject
) -> None:
    log = log_of(sizes, segment_bytes=500)
    start = data.draw(st.integers(0, len(sizes)))
    found = [batch.base_offset for batch in log.read(start, log.end_offset, 1 << 40)]
    assert list(range(start, len(sizes))) == found


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40), st.data())
def test_truncating_forgets_the_tail_and_nothing_else(
    sizes: list[int], data: st.DataObject
) -> None:
    log = log_of(sizes, segment_bytes=500)
    end = data.draw(st.integers(0, len(sizes)))
    log.truncate(end)
    kept = [batch.base_offset for batch in log.read(0, log.end_offset, 1 << 40)]
    assert (list(range(end)), end) == (kept, log.end_offset)


def test_the_first_batch_is_read_even_above_the_limit() -> None:
    log = log_of([1000, 1000])
    assert 1 == len(log.read(0, 2, 1))


@pytest.mark.parametrize(("limit", "removed"), [(8, 0), (7, 0), (6, 1), (5, 1), (4, 2), (2, 3)])
def test_size_retention_keeps_almost_one_segment_more(limit: int, removed: int) -> None:
    # Two batches a segment, four segments: the limit in half segments, as seen live (KL-04).
    log = log_of([100] * 8, segment_bytes=350)
    segment = log.segments[0].size_bytes
    extra = 1 if limit % 2 else 0
    found = retention.oversized(
        log, retention_bytes=limit // 2 * segment + extra, high_watermark=log.end_offset
    )
    assert (4, removed) == (len(log.segments), found)


def test_size_retention_keeps_the_active_segment() -> None:
    log = log_of([100] * 8, segment_bytes=350)
    retention.apply(log, 0, retention_ms=-1, retention_bytes=1, high_watermark=log.end_offset)
    assert (1, 6) == (len(log.segments), log.start_offset)


def test_age_retention_takes_even_the_active_segment_at_the_next_check() -> None:
    cluster = Cluster()
    topic = cluster.topics.create(
        "t", partitions=1, replication_factor=1, config={"retention.ms": "60000"}
    )
    Producer(cluster).send("t", Record(b"k", b"v"))
    log = topic.partitions[0].log
    cluster.kernel.run_until(60_000)
    assert 0 == log.start_offset
    cluster.kernel.run_until(300_000)
    assert (1, 1) == (log.start_offset, log.end_offset)


def test_a_year_of_retention_is_kept_for_a_year() -> None:
    cluster = Cluster()
    config = {"retention.ms": str(365 * DAY_MS)}
    topic = cluster.topics.create("t", partitions=1, replication_factor=1, config=config)
    Producer(cluster).send("t", Record(b"k", b"v"))
    cluster.kernel.run_until(365 * DAY_MS)
    assert 0 == topic.partitions[0].log.start_offset
    cluster.kernel.run_until(366 * DAY_MS)
    assert 1 == topic.partitions[0].log.start_offset


def test_a_crafted_stamp_of_1970_is_deleted_unless_the_broker_stamps() -> None:
    cluster = Cluster()
    cluster.kernel.run_until(1_000_000_000)
    starts = []
    for name, kind in (("own", "CreateTime"), ("broker", "LogAppendTime")):
        config = {"retention.ms": "30000000", "message.timestamp.type": kind}
        topic = cluster.topics.create(name, partitions=1, replication_factor=1, config=config)
        Producer(cluster).send(name, Record(b"k", b"v", timestamp_ms=5))
        starts.append(topic.partitions[0].log)
    cluster.kernel.run_until(1_000_600_000)
    assert [1, 0] == [log.start_offset for log in starts]


@pytest.mark.parametrize("batches", [[[100, 300, 200]], [[100], [300], [200]]])
@pytest.mark.parametrize("asked", [150, 200])
def test_search_by_time_finds_the_lowest_offset_not_the_closest(
    batches: list[list[int]], asked: int
) -> None:
    cluster = Cluster()
    topic = cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    producer = Producer(cluster)
    for stamps in batches:
        producer.send_batch("t", 0, [Record(b"k", b"v", timestamp_ms=at) for at in stamps])
    assert 1 == topic.partitions[0].log.offset_for_time(asked)
    assert topic.partitions[0].log.offset_for_time(301) is None


def test_deleting_records_moves_the_start_and_refuses_to_pass_the_end() -> None:
    cluster = Cluster()
    topics = cluster.topics
    topics.create("t", partitions=1, replication_factor=1, config={})
    topics.create("c", partitions=1, replication_factor=1, config={"cleanup.policy": "compact"})
    producer = Producer(cluster)
    producer.send_batch("t", 0, [Record(b"k", b"v")] * 5)
    assert 3 == topics.delete_records("t", 0, 3)
    assert 3 == topics.delete_records("t", 0, 1)
    assert 5 == topics.delete_records("t", 0, -1)
    codes = []
    for name, before in (("t", 6), ("c", 0)):
        with pytest.raises(KafkaError) as caught:
            topics.delete_records(name, 0, before)
        codes.append(caught.value.code)
    assert [ErrorCode.OFFSET_OUT_OF_RANGE, ErrorCode.POLICY_VIOLATION] == codes


def test_fetching_outside_the_log_is_out_of_range_and_at_its_end_empty() -> None:
    cluster = Cluster()
    topic = cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"v")] * 2)
    partition = topic.partitions[0]
    assert [] == partition.read(2, committed=True, bytes_max=1000)
    with pytest.raises(KafkaError) as caught:
        partition.read(3, committed=True, bytes_max=1000)
    assert ErrorCode.OFFSET_OUT_OF_RANGE == caught.value.code
