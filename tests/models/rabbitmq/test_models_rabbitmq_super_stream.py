"""Super streams: the order of partitions, where keys lead, and the Java client's hash."""

from __future__ import annotations

import mmh3
from hypothesis import given
from hypothesis import strategies as st
from rabbitmq_bench import V4_0, Bench

from advisor.models.rabbitmq.stream_protocol import StreamConnection
from advisor.models.rabbitmq.super_stream import SEED, murmur3, partition_for


@given(st.binary(max_size=40), st.integers(0, 2**32 - 1))
def test_murmur3_is_that_of_mmh3(data: bytes, seed: int) -> None:
    assert mmh3.hash(data, seed, signed=False) == murmur3(data, seed)


@given(st.text(max_size=20), st.integers(1, 12))
def test_a_key_leads_to_its_hash_modulo_the_partitions(key: str, partitions: int) -> None:
    """HashRoutingStrategy of rabbitmq-stream-java-client."""
    expected = mmh3.hash(key.encode(), SEED, signed=False) % partitions
    assert expected == partition_for(key, partitions)


def test_partitions_are_in_the_order_that_the_bindings_say() -> None:
    bench = Bench(V4_0)
    connection = StreamConnection(bench.broker)
    connection.create_super_stream("s", ["s-a", "s-b"], ["a", "b"])
    bench.queue("s-c", "stream")
    bench.broker.bind("queue", "s-c", "s", "c", {"x-stream-partition-order": -1})
    assert ["s-c", "s-a", "s-b"] == connection.partitions("s")
    assert ["s-b"] == connection.route("s", "b")
    bench.publish("m", exchange="s", to="b")
    assert [0, 0, 1] == [bench.depth(name) for name in connection.partitions("s")]
    connection.delete_super_stream("s")
    assert "s" not in bench.broker.exchanges
    assert "s-a" not in bench.broker.queues
