"""What the model leaves out is said, each gap by its name, wherever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.producer import Producer, ProducerConfig
from advisor.models.kafka.record import Record
from advisor.models.kafka.unmodelled import Gap, GapError


def _topic(**config: str) -> None:
    settings = {name.replace("_", "."): text for name, text in config.items()}
    Cluster().topics.create("t", partitions=1, replication_factor=1, config=settings)


def _sticky() -> None:
    strategies = ("cooperative-sticky",)
    Consumer(Cluster(), ConsumerConfig("g", partition_assignment_strategy=strategies)).subscribe(
        ["t"]
    )


def _in_transaction() -> Cluster:
    cluster = Cluster()
    producer = Producer(cluster, ProducerConfig(transactional_id="x"))
    producer.init_transactions()
    producer.begin_transaction()
    producer.send("t", Record(b"k", b"v"))
    return cluster


def _by_duration() -> None:
    cluster = Cluster()
    cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    Consumer(cluster, ConsumerConfig(auto_offset_reset="by_duration:PT1H")).assign([("t", 0)])


ASKED: Mapping[Gap, Callable[[], object]] = {
    Gap.CONSUMER_PROTOCOL: lambda: Consumer(Cluster(), ConsumerConfig(group_protocol="consumer")),
    Gap.STICKY_ASSIGNORS: _sticky,
    Gap.TRANSACTION_V2: lambda: Producer(Cluster(), ProducerConfig(transaction_protocol=2)),
    Gap.COMPRESSION: lambda: Producer(Cluster(), ProducerConfig(compression_type="gzip")),
    Gap.TIERED_STORAGE: lambda: _topic(remote_storage_enable="true"),
    Gap.QUOTAS: lambda: Cluster().set_quota("client", 1),
    Gap.RESET_BY_DURATION: _by_duration,
    Gap.SHARE_RECORD_LIMIT: lambda: Cluster().configure_group(
        "g", {"share.acquire.mode": "record_limit"}
    ),
    Gap.TRANSACTION_POWER_LOSS: lambda: _in_transaction().lose_power(1),
    Gap.REASSIGNMENT: lambda: Cluster().reassign("t", 0, (1,)),
    Gap.GROWING_UNDER_TRANSACTION: lambda: _in_transaction().topics.grow("t", 2),
    Gap.AUTO_COMMIT: lambda: Consumer(Cluster(), ConsumerConfig(enable_auto_commit=True)),
}


@pytest.mark.parametrize("gap", Gap)
def test_every_gap_is_raised_where_it_is_asked_for(gap: Gap) -> None:
    with pytest.raises(GapError) as caught:
        ASKED[gap]()
    assert gap == caught.value.gap


def test_a_topic_that_compresses_and_a_share_group_by_duration_are_gaps_too() -> None:
    with pytest.raises(GapError) as caught:
        _topic(compression_type="zstd")
    assert Gap.COMPRESSION == caught.value.gap
    with pytest.raises(GapError) as caught:
        Cluster().configure_group("g", {"share.auto.offset.reset": "by_duration:PT1H"})
    assert Gap.RESET_BY_DURATION == caught.value.gap
