"""Topics are made, grown and configured under the broker's own rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from advisor.domain.version import BrokerVersion
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError


def make(cluster: Cluster, name: str = "t", partitions: int = 1, factor: int = 1) -> None:
    cluster.topics.create(name, partitions=partitions, replication_factor=factor, config={})


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: make(c, ""), ErrorCode.INVALID_TOPIC_EXCEPTION),
        (lambda c: make(c, ".."), ErrorCode.INVALID_TOPIC_EXCEPTION),
        (lambda c: make(c, "x" * 250), ErrorCode.INVALID_TOPIC_EXCEPTION),
        (lambda c: make(c, "a/b"), ErrorCode.INVALID_TOPIC_EXCEPTION),
        (lambda c: make(c, "is_there"), ErrorCode.INVALID_TOPIC_EXCEPTION),
        (lambda c: make(c, "is.there"), ErrorCode.TOPIC_ALREADY_EXISTS),
        (lambda c: make(c, factor=2), ErrorCode.INVALID_REPLICATION_FACTOR),
        (lambda c: make(c, factor=0), ErrorCode.INVALID_REPLICATION_FACTOR),
        (lambda c: make(c, partitions=0), ErrorCode.INVALID_PARTITIONS),
        (lambda c: c.topics.grow("is.there", 2), ErrorCode.INVALID_PARTITIONS),
        (lambda c: c.topics.delete("missing"), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    ],
)
def test_refusals(call: Callable[[Cluster], None], code: ErrorCode) -> None:
    cluster = Cluster()
    make(cluster, "is.there", partitions=2)
    with pytest.raises(KafkaError) as caught:
        call(cluster)
    assert code == caught.value.code


@pytest.mark.parametrize(
    "setting",
    [
        {"no.such.setting": "1"},
        {"retention.ms": "soon"},
        {"retention.ms": "-2"},
        {"cleanup.policy": "shred"},
        {"min.cleanable.dirty.ratio": "2"},
    ],
)
def test_unknown_settings_and_bad_values_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(KafkaError) as caught:
        Cluster().topics.create("t", partitions=1, replication_factor=1, config=setting)
    assert ErrorCode.INVALID_CONFIG == caught.value.code


@pytest.mark.parametrize(("version", "refused"), [("3.9", False), ("4.0", False), ("4.4", True)])
def test_small_segments_are_refused_by_newer_brokers(version: str, refused: bool) -> None:
    cluster = Cluster(BrokerVersion.parse(version))
    config = {"segment.bytes": "1000"}
    if refused:
        with pytest.raises(KafkaError):
            cluster.topics.create("t", partitions=1, replication_factor=1, config=config)
    else:
        topic = cluster.topics.create("t", partitions=1, replication_factor=1, config=config)
        assert 1000 == topic.config.segment_bytes


def test_growing_adds_partitions_and_minus_one_means_the_defaults() -> None:
    cluster = Cluster()
    make(cluster, partitions=-1, factor=-1)
    cluster.topics.grow("t", 3)
    assert 3 == len(cluster.topics["t"].partitions)


@pytest.mark.parametrize("version", ["3.8", "4.5"])
def test_versions_outside_what_is_modelled_are_an_error(version: str) -> None:
    with pytest.raises(ValueError, match="not modelled"):
        Cluster(BrokerVersion.parse(version))
