"""The client on the model answers with outcomes, and retries as long as Kafka's clients do."""

from __future__ import annotations

import pytest

from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled
from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka import model_client
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.model_client import API_TIMEOUT_MS, ModelClient


def client_with_topic(nodes: int = 1) -> ModelClient:
    client = model_client()
    assert Done(None) == client.install(nodes)
    assert Done(None) == client.call(native.CreateTopic("t", 1, nodes))
    assert Done(None) == client.call(native.NewProducer("p"))
    return client


def refused(outcome: Outcome[object]) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_an_administrative_call_without_a_broker_is_unknown_after_a_minute() -> None:
    client = client_with_topic()
    client.stop_node(1, power_loss=False)
    outcome = client.call(native.DeleteGroup("g"))
    assert isinstance(outcome, Refused)
    client.call(native.NewConsumer("c", {"group.id": "g"}))
    before_ms = client.now_ms
    assert isinstance(client.call(native.ListGroupOffsets("g")), Unknown)
    assert API_TIMEOUT_MS == client.now_ms - before_ms


def test_a_call_goes_through_when_the_broker_returns_in_time() -> None:
    client = client_with_topic()
    client.stop_node(1, power_loss=False)
    client.cluster.kernel.after(5_000, lambda: client.cluster.start(1))
    assert Done(("t", 0)) == client.call(native.Produce("p", "t", b"k", b"v"))


def test_what_was_stored_but_not_acknowledged_is_unknown() -> None:
    client = model_client()
    client.install(3)
    client.call(native.CreateTopic("t", 1, 3, {"min.insync.replicas": "3"}))
    client.call(native.NewProducer("p", {"delivery.timeout.ms": "5000"}))
    client.stop_node(3, power_loss=False)
    client.stop_node(2, power_loss=False)
    assert isinstance(client.call(native.Produce("p", "t", b"k", b"v")), Unknown)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (native.Poll("nobody"), "STATE"),
        (native.Position("nobody", ("t", 0)), "STATE"),
        (native.DeleteTopic("missing"), "UNKNOWN_TOPIC_OR_PARTITION"),
        (native.CommitTransaction("p"), "STATE"),
        (native.CreatePartitions("t", 1), "INVALID_PARTITIONS"),
        (native.Seek("c", ("t", 0), 0), "STATE"),
    ],
)
def test_refusals_carry_kafka_s_own_code(operation: native.Operation[object], code: str) -> None:
    client = client_with_topic()
    client.call(native.NewConsumer("c"))
    assert code == refused(client.call(operation))


def test_share_consumers_and_consumers_are_not_mixed_up() -> None:
    client = client_with_topic()
    client.call(native.NewShareConsumer("s", {"group.id": "g"}))
    client.call(native.NewConsumer("c", {"group.id": "h", "auto.offset.reset": "earliest"}))
    client.call(native.Produce("p", "t", b"k", b"v"))
    client.call(native.Assign("c", {("t", 0): 0}))
    found = client.call(native.Poll("c"))
    assert isinstance(found, Done)
    acknowledge = native.ShareAcknowledge("c", found.value[0], "ACCEPT")
    assert "STATE" == refused(client.call(acknowledge))
    client.call(native.NewProducer("x", {"transactional.id": "x"}))
    client.call(native.InitTransactions("x"))
    send = native.SendOffsetsToTransaction("x", "s", {("t", 0): 1})
    assert "INVALID_REQUEST" == refused(client.call(send))
    client.call(native.Subscribe("s", ("t",), pattern=".*"))
    assert Done(()) == client.call(native.Poll("s", 1_000))


def test_a_gap_is_an_outcome() -> None:
    client = client_with_topic()
    outcome = client.call(native.NewProducer("z", {"compression.type": "zstd"}))
    assert isinstance(outcome, Unmodelled)
    assert "COMPRESSION" == outcome.gap


def test_a_version_that_is_not_modelled_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"3\.9 to 4\.4"):
        model_client(BrokerVersion(5, 0))
