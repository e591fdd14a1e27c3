"""Records go to the partitions that Kafka's own clients choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.murmur2 import murmur2
from advisor.models.kafka.partitioner import Partitioner
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import Record

# Seen on the reference implementation (behaviours.md, KP-01).
HASHES = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "expected"), HASHES.items())
def test_murmur2_agrees_with_the_reference(key: bytes, expected: int) -> None:
    assert expected == murmur2(key)


def test_twelve_keys_spread_over_four_partitions_as_seen_live() -> None:
    partitioner = Partitioner()
    found = [partitioner.keyed(f"k{number}".encode(), 4) for number in range(12)]
    assert [1, 1, 1, 0, 0, 0, 1, 0, 2, 0, 2, 2] == found


@given(st.binary(max_size=40), st.integers(1, 50))
def test_a_key_always_lands_inside_and_on_the_same_partition(key: bytes, count: int) -> None:
    partitioner = Partitioner()
    first = partitioner.keyed(key, count)
    assert (True, first) == (0 <= first < count, partitioner.keyed(key, count))


def test_growing_from_three_to_four_moves_keys_but_not_what_is_stored() -> None:
    partitioner = Partitioner()
    keys = [b"a", b"user-1", b"user-3", b"key"]
    before = [partitioner.keyed(key, 3) for key in keys]
    after = [partitioner.keyed(key, 4) for key in keys]
    assert ([1, 2, 2], [0, 0, 3]) == (before[:3], after[:3])
    assert before[3] == after[3] == 1


def test_keyless_records_stick_until_a_batch_is_full() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=3, replication_factor=1, config={})
    producer = Producer(cluster)
    used = [producer.send("t", Record(None, b"x" * 100))[0] for _ in range(400)]
    runs = [used.count(number) for number in range(3)]
    assert sorted(used) == used
    # 16384 bytes are 153 records of 108 bytes in the batch format's count.
    assert runs[0] == runs[1] >= 150 > runs[2]


def test_a_partition_that_does_not_exist_is_refused() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    with pytest.raises(KafkaError) as caught:
        Producer(cluster).send_batch("t", 1, [Record(b"k", b"v")])
    assert ErrorCode.UNKNOWN_TOPIC_OR_PARTITION == caught.value.code
