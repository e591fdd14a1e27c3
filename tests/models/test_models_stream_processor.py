"""A stream processor counts, crashes and goes on; its windows as Kafka Streams has them."""

from __future__ import annotations

import pytest

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import Record
from advisor.models.kafka_platform.stream_processor import (
    Guarantee,
    NotHereError,
    StreamProcessor,
    results,
)
from advisor.models.kafka_platform.windowed_count import WindowedCount

BOTH = pytest.mark.parametrize("guarantee", ["at_least_once", "exactly_once_v2"])
SESSION_MS = 46_000


def cluster(partitions: int = 1) -> Cluster:
    made = Cluster(initial_rebalance_delay_ms=0)
    for name in ("clicks", "counts"):
        made.topics.create(name, partitions=partitions, replication_factor=1, config={})
    return made


def click(where: Cluster, *keys: str, at_ms: int = 0) -> None:
    for key in keys:
        record = Record(key.encode(), b"v", (), at_ms)
        Producer(where).send("clicks", record)


def processor(where: Cluster, guarantee: Guarantee, instance: str = "1") -> StreamProcessor:
    made = StreamProcessor(where, "app", source="clicks", sink="counts", size_ms=100,
                           guarantee=guarantee, instance=instance)  # fmt: skip
    settle(where, made)
    return made


def settle(where: Cluster, *instances: StreamProcessor) -> None:
    """Let them join and share out."""
    for one in instances:
        one.join()
    where.kernel.run_until(where.kernel.now_ms + 1_000)


def run(one: StreamProcessor) -> None:
    while one.process():
        pass


def counted(where: Cluster, isolation: str = "read_committed") -> dict[bytes, int]:
    """What a reader of the results has in the end, by key of the first window."""
    reader = Consumer(
        where, ConsumerConfig(auto_offset_reset="earliest", isolation_level=isolation)
    )
    reader.assign([("counts", number) for number in range(len(where.topics["counts"].partitions))])
    records = []
    while found := reader.poll():
        records += found
    return {key[:-8]: count for key, count in results(records).items()}


def test_late_records_and_records_without_a_key_do_not_count() -> None:
    count = WindowedCount(size_ms=100, grace_ms=50)
    taken = [count.process(key, at_ms) for key, at_ms in (
        (b"a", 10), (b"b", 149), (b"a", 20), (b"a", 150), (b"a", 30), (None, 151),
    )]  # fmt: skip
    assert [1, 1, 2, 1, None, None] == [None if one is None else one.total for one in taken]
    assert [(b"a", 0), (b"a", 100), (b"b", 100)] == [
        (one.key, one.window_start_ms) for one in count.all()
    ]


@BOTH
def test_what_was_committed_is_not_counted_again(guarantee: Guarantee) -> None:
    where = cluster()
    click(where, "a", "a", "b")
    first = processor(where, guarantee)
    run(first)
    first.commit()
    first.crash()
    where.kernel.run_until(where.kernel.now_ms + SESSION_MS)
    click(where, "a")
    second = processor(where, guarantee)
    run(second)
    second.close()
    assert {b"a": 3, b"b": 1} == counted(where)


@pytest.mark.parametrize(("guarantee", "expected"), [("at_least_once", 4), ("exactly_once_v2", 2)])
def test_a_crash_before_the_commit(guarantee: Guarantee, expected: int) -> None:
    """At least once counts again, on a state that has it already; exactly once does not."""
    where = cluster()
    click(where, "a", "a")
    first = processor(where, guarantee)
    run(first)
    first.crash()
    where.kernel.run_until(where.kernel.now_ms + SESSION_MS)
    second = processor(where, guarantee)
    run(second)
    second.commit()
    assert {b"a": expected} == counted(where)
    assert expected == second.query(b"a", 0)


def test_another_instance_takes_over_with_the_state() -> None:
    where = cluster(partitions=4)
    keys = [f"k{number}" for number in range(12)]
    click(where, *keys)
    first = processor(where, "at_least_once", "1")
    run(first)
    first.commit()
    second = processor(where, "at_least_once", "2")
    settle(where, first, second)
    for one in (first, second):
        one.process()
    here = {key for key in keys if _has(second, key)}
    assert 0 < len(here) < len(keys)
    first.crash()
    where.kernel.run_until(where.kernel.now_ms + SESSION_MS)
    second.process()
    second.process()
    assert [1] * 12 == [second.query(key.encode(), 0) for key in keys]
    with pytest.raises(NotHereError):
        first.query(b"k0", 0)


def _has(one: StreamProcessor, key: str) -> bool:
    try:
        return one.query(key.encode(), 0) is not None
    except NotHereError:
        return False


def test_its_changelog_is_compacted_and_kept_a_day_longer_than_its_windows() -> None:
    where = cluster()
    made = processor(where, "at_least_once")
    settings = where.topics[made.changelog].settings
    assert ("compact,delete", "86400100") == (settings["cleanup.policy"], settings["retention.ms"])


def test_stream_time_is_forgotten_at_a_crash() -> None:
    """So a record that was too late before counts after it."""
    where = cluster()
    click(where, "a", at_ms=500)
    first = processor(where, "at_least_once")
    click(where, "late", at_ms=10)
    run(first)
    first.commit()
    assert b"late" not in counted(where)
    first.crash()
    where.kernel.run_until(where.kernel.now_ms + SESSION_MS)
    click(where, "late", at_ms=10)
    run(processor(where, "at_least_once"))
    assert 1 == counted(where)[b"late"]


@BOTH
def test_a_rebalance_before_the_commit_counts_nothing_twice(guarantee: Guarantee) -> None:
    """What was processed is committed before its partitions go to another instance."""
    where = cluster(partitions=4)
    keys = [f"k{number}" for number in range(12)]
    click(where, *keys)
    first = processor(where, guarantee, "1")
    run(first)
    second = processor(where, guarantee, "2")
    settle(where, first, second)
    for one in (first, second):
        run(one)
        one.commit()
    assert {key.encode(): 1 for key in keys} == counted(where)
