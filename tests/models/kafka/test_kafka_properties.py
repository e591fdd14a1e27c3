"""Whatever members do, acknowledged work is not lost and nobody holds what another holds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.errors import KafkaError
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import ConsumerRecord, Record
from advisor.models.kafka.share_consumer import ShareConsumer, ShareConsumerConfig

ACTIONS = st.lists(
    st.tuples(st.sampled_from(["poll", "done", "release", "crash", "wait"]), st.integers(0, 2)),
    max_size=40,
)
RECORDS = 6
LIMIT = 3


def cluster_with(partitions: int) -> Cluster:
    cluster = Cluster(initial_rebalance_delay_ms=0)
    cluster.topics.create("t", partitions=partitions, replication_factor=1, config={})
    cluster.configure_group(
        "g", {"share.auto.offset.reset": "earliest", "share.delivery.count.limit": str(LIMIT)}
    )
    producer = Producer(cluster)
    for number in range(RECORDS):
        producer.send_batch("t", number % partitions, [Record(b"k", b"%d" % number)])
    return cluster


def share_member(cluster: Cluster, name: str) -> ShareConsumer:
    consumer = ShareConsumer(cluster, ShareConsumerConfig("g", name, 1))
    consumer.subscribe(["t"])
    return consumer


@given(ACTIONS)
def test_a_share_group_lends_each_record_to_one_member_and_at_most_to_the_limit(
    actions: list[tuple[str, int]],
) -> None:
    cluster = cluster_with(1)
    members = [share_member(cluster, f"m{number}") for number in range(3)]
    held: dict[int, tuple[ConsumerRecord, int]] = {}
    seen: dict[int, int] = {}
    done: set[int] = set()
    for action, number in actions:
        if action == "wait":
            cluster.kernel.run_until(cluster.kernel.now_ms + 10_000 * number)
        elif action == "crash":
            members[number].crash()
            members[number] = share_member(cluster, f"n{cluster.kernel.now_ms}-{number}")
            held.pop(number, None)
        elif number in held and action in ("done", "release"):
            record, due_ms = held.pop(number)
            try:
                kind = "ACCEPT" if action == "done" else "RELEASE"
                members[number].acknowledge(record, kind)  # type: ignore[arg-type]
            except KafkaError:
                assert cluster.kernel.now_ms >= due_ms
                continue
            assert cluster.kernel.now_ms < due_ms
            if action == "done":
                done.add(record.offset)
        elif number not in held and action == "poll":
            for record in members[number].poll():
                owners = [
                    other for other, due_ms in held.values() if due_ms > cluster.kernel.now_ms
                ]
                assert record.offset not in [other.offset for other in owners]
                assert record.offset not in done
                seen[record.offset] = seen.get(record.offset, 0) + 1
                assert seen[record.offset] == record.delivery_count
                assert seen[record.offset] <= LIMIT
                held[number] = (record, cluster.kernel.now_ms + 30_000)


@settings(deadline=None)
@given(ACTIONS, st.integers(1, 3))
def test_a_consumer_group_that_commits_after_its_work_loses_nothing(
    actions: list[tuple[str, int]], partitions: int
) -> None:
    cluster = cluster_with(partitions)
    names = iter(range(1_000))

    def member() -> Consumer:
        config = ConsumerConfig(
            "g",
            client_id=f"m{next(names):03d}",
            auto_offset_reset="earliest",
            max_poll_records=1,
        )
        consumer = Consumer(cluster, config)
        consumer.subscribe(["t"])
        return consumer

    members = [member() for _ in range(3)]
    finished: set[bytes | None] = set()

    def work(consumer: Consumer) -> bool:
        records = consumer.poll()
        for record in records:
            finished.add(record.value)
            consumer.commit({(record.topic, record.partition): record.offset + 1})
        return bool(records)

    for action, number in actions:
        if action == "wait":
            cluster.kernel.run_until(cluster.kernel.now_ms + 20_000 * number)
        elif action == "crash":
            members[number].poll()
            members[number].crash()
            members[number] = member()
        elif action == "release":
            members[number].close()
            members[number] = member()
        else:
            work(members[number])
    for _ in range(60):
        cluster.kernel.run_until(cluster.kernel.now_ms + 10_000)
        for consumer in members:
            work(consumer)
    assert {b"%d" % number for number in range(RECORDS)} == finished
