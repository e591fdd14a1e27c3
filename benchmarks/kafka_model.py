"""Records a second through the Kafka model on one core, beside kombu's memory transport.

Run: ``python benchmarks/kafka_model.py``. Says nothing about a broker: only how long checks take.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import Record

RECORDS = 1_000_000
BATCH = 500
KOMBU_MESSAGES = 20_000


def kafka_records_per_second(records: int = RECORDS) -> float:
    """Produce in batches of keyed records, fetch, commit after each poll; every record counted."""
    cluster = Cluster(initial_rebalance_delay_ms=0)
    cluster.topics.create("flow", partitions=4, replication_factor=1, config={})
    producer = Producer(cluster)
    consumer = Consumer(cluster, ConsumerConfig("readers", auto_offset_reset="earliest"))
    consumer.subscribe(["flow"])
    consumer.poll()
    cluster.kernel.run_until(cluster.kernel.now_ms)
    keys = [f"key-{number}".encode() for number in range(BATCH)]
    body = b"x" * 100
    received = 0
    started = perf_counter()
    for number in range(records // BATCH):
        producer.send_batch("flow", number % 4, [Record(key, body) for key in keys])
        found = consumer.poll()
        received += len(found)
        last = found[-1]
        consumer.commit({(last.topic, last.partition): last.offset + 1})
    seconds = perf_counter() - started
    if received != records:
        raise AssertionError(f"{records} sent, {received} received")
    return records / seconds


def kombu_messages_per_second(messages: int = KOMBU_MESSAGES) -> float:
    """The same through kombu's memory transport: one message at a time, it has no batches."""
    from kombu.connection import Connection

    connection: Any = Connection
    with connection("memory://") as broker, broker.SimpleQueue("benchmark") as queue:
        started = perf_counter()
        for _ in range(messages):
            queue.put(b"x" * 100)
            queue.get(timeout=1).ack()
        return messages / (perf_counter() - started)


def main() -> None:
    """Print both rates of this run."""
    print(f"kafka model, batches of {BATCH}: {kafka_records_per_second():,.0f} records a second")
    print(f"kombu memory transport, singly: {kombu_messages_per_second():,.0f} messages a second")


if __name__ == "__main__":
    main()
