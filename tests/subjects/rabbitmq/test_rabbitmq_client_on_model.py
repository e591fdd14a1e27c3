"""The client on the model: trouble is a value, channels close as on a broker, time is virtual."""

from __future__ import annotations

import pytest

from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled
from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.calls import Calls, method_name
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import Properties, RabbitMQClient


def connected() -> ModelClient:
    """A client with a channel ``c`` and a queue ``q``."""
    client = ModelClient()
    client.call(amqp.ConnectionOpen("c"))
    client.call(amqp.ChannelOpen("c", "c"))
    client.call(amqp.QueueDeclare("c", "q"))
    return client


def test_it_is_a_client() -> None:
    """Of the Protocol, and of its version."""
    client: RabbitMQClient = ModelClient(BrokerVersion(4, 0))
    assert BrokerVersion(4, 0) == client.version


@pytest.mark.parametrize(
    "operation",
    [
        amqp.ChannelOpen("nowhere", "c"),
        amqp.BasicGet("nowhere", "q"),
        amqp.ConnectionClose("nowhere"),
    ],
)
def test_what_was_never_opened_is_refused(operation: amqp.Operation) -> None:
    """With 504."""
    outcome = ModelClient().call(operation)
    assert isinstance(outcome, Refused)
    assert "504" == outcome.code


def test_an_error_closes_the_channel_and_stays_its_answer() -> None:
    """The connection goes on with another channel."""
    client = connected()
    for _ in range(2):
        outcome = client.call(amqp.QueueDelete("c", "q"))
        assert isinstance(outcome, Done)
        outcome = client.call(amqp.BasicGet("c", "missing"))
        assert isinstance(outcome, Refused)
        assert "404" == outcome.code
        assert not client.is_open("c")
        client.call(amqp.ChannelOpen("c", "c"))
        client.call(amqp.QueueDeclare("c", "q"))


def test_an_error_of_the_connection_closes_all_its_channels() -> None:
    """And the connection can be opened again."""
    client = connected()
    client.call(amqp.ChannelOpen("c", "d"))
    client.call(amqp.QueueDeclare("c", "s", arguments={"x-queue-type": "stream"}))
    outcome = client.call(amqp.BasicGet("c", "s"))
    assert isinstance(outcome, Refused)
    assert "540" == outcome.code
    assert not client.is_open("d")
    assert isinstance(client.call(amqp.ConnectionOpen("c")), Done)


def test_a_gap_is_a_value() -> None:
    """The channel stays open."""
    client = connected()
    outcome = client.call(amqp.ExchangeDeclare("c", "x", "x-random"))
    assert isinstance(outcome, Unmodelled)
    assert "EXCHANGE_TYPE" == outcome.gap
    assert client.is_open("c")


def test_confirms() -> None:
    """Acknowledged, returned, refused, or no answer to wait for."""
    client = connected()

    def publish(queue: str) -> Outcome[bool]:
        client.call(amqp.BasicPublish("c", "", queue, b"m", mandatory=True))
        return client.wait_for_confirm("c", within_ms=100)

    refused = publish("q")
    assert isinstance(refused, Refused)
    assert "406" == refused.code
    client.call(amqp.ConfirmSelect("c"))
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    client.call(amqp.QueueDeclare("c", "full", arguments=full))
    assert [True, False, True] == [
        one.value for queue in ("q", "nowhere", "full") if isinstance(one := publish(queue), Done)
    ]
    nack = publish("full")
    assert isinstance(nack, Refused)
    assert "nack" == nack.code
    assert Unknown("no confirm") == client.wait_for_confirm("c", within_ms=100)
    assert 100 == client.now_ms
    assert isinstance(client.wait_for_confirm("nowhere", within_ms=100), Refused)


def test_deliveries_are_taken_once_with_hidden_headers_gone() -> None:
    """BCC is not shown, counts of a quorum queue are."""
    client = connected()
    client.call(amqp.QueueDeclare("c", "qq", arguments={"x-queue-type": "quorum"}))
    client.call(amqp.BasicConsume("c", "qq", "t"))
    headers = {"BCC": ["x"], "CC": ["y"]}
    client.call(amqp.BasicPublish("c", "", "qq", b"m", Properties(headers=headers)))
    (first,) = client.take_deliveries("c")
    assert {"CC": ["y"]} == first.properties.headers
    client.call(amqp.BasicNack("c", first.delivery_tag))
    (second,) = client.take_deliveries("c")
    assert ("t", True, 1) == (
        second.consumer_tag,
        second.redelivered,
        second.properties.headers["x-acquired-count"],
    )
    assert [] == client.take_deliveries("c")
    assert [] == client.take_deliveries("nowhere")


def test_cancelled_consumers_are_told_once() -> None:
    """By the broker, when the queue goes."""
    client = connected()
    client.call(amqp.BasicConsume("c", "q", "t"))
    client.call(amqp.QueueDelete("c", "q"))
    assert (["t"], []) == (client.take_cancelled("c"), client.take_cancelled("c"))
    assert [] == client.take_cancelled("nowhere")


def test_waiting_for_activity_ends_with_the_next_thing_planned() -> None:
    """Or when the time is over."""
    client = connected()
    client.call(amqp.BasicPublish("c", "", "q", b"m", Properties(expiration="70")))
    assert (True, 70) == (client.wait_for_activity(500), client.now_ms)
    assert (False, 570) == (client.wait_for_activity(500), client.now_ms)


def test_nodes() -> None:
    """Names are those of the running ones; others are refused."""
    client = connected()
    client.form_cluster(3)
    assert Done("rabbit-1") == client.leader_of("q")
    assert isinstance(client.leader_of("missing"), Refused)
    assert Done(None) == client.stop_node("rabbit-1", power_loss=False)
    assert Done(("rabbit-2", "rabbit-3")) == client.running_nodes()
    assert isinstance(client.stop_node("rabbit-9", power_loss=False), Refused)
    assert Done(None) == client.start_nodes()


def test_the_remaining_methods_reach_the_broker() -> None:
    """Channel close, cancel, exchange delete and connection close."""
    client = connected()
    client.call(amqp.ExchangeDeclare("c", "x", "fanout"))
    client.call(amqp.ExchangeDeclare("c", "y", "fanout"))
    client.call(amqp.ExchangeBind("c", "y", "x"))
    client.call(amqp.QueueBind("c", "q", "y"))
    client.call(amqp.BasicPublish("c", "x", "", b"m"))
    got = client.call(amqp.BasicGet("c", "q"))
    assert isinstance(got, Done)
    assert b"m" == got.value.body
    assert isinstance(client.call(amqp.ExchangeDelete("c", "x")), Done)
    assert isinstance(client.call(amqp.ChannelClose("c")), Done)
    assert not client.is_open("c")
    assert isinstance(client.call(amqp.ConnectionClose("c")), Done)


def test_the_trace_shows_what_was_given() -> None:
    """Names are AMQP's; long bodies are counted."""
    calls = Calls(connected())
    calls(amqp.BasicPublish("c", "", "q", b"x" * 99, Properties(priority=3)))
    assert "basic.publish(channel='c', routing_key='q', body=<99 bytes>, properties={priority=3})" \
        == calls.lines()[0]  # fmt: skip
    assert "basic.publish" == method_name(amqp.BasicPublish("c", "", "q", b""))
    calls.rig("stop-node", "rabbit-1")
    assert "rig.stop-node('rabbit-1')" == calls.lines()[1]


def test_unbinding_ends_a_route_and_a_missing_binding_is_no_error() -> None:
    """Of queues and of exchanges."""
    client = connected()
    client.call(amqp.ExchangeDeclare("c", "x", "fanout"))
    client.call(amqp.ExchangeDeclare("c", "y", "fanout"))
    client.call(amqp.ExchangeBind("c", "y", "x"))
    client.call(amqp.QueueBind("c", "q", "y"))
    client.call(amqp.BasicPublish("c", "x", "", b"1"))
    assert Done(None) == client.call(amqp.ExchangeUnbind("c", "y", "x"))
    client.call(amqp.BasicPublish("c", "x", "", b"2"))
    assert Done(None) == client.call(amqp.QueueUnbind("c", "q", "y"))
    assert Done(None) == client.call(amqp.QueueUnbind("c", "nowhere", "y"))
    client.call(amqp.BasicPublish("c", "y", "", b"3"))
    assert Done(1) == client.call(amqp.QueuePurge("c", "q"))


def test_what_comes_back_is_taken_once() -> None:
    """With the exchange and key that it was sent to."""
    client = connected()
    client.call(amqp.BasicPublish("c", "", "nowhere", b"m", mandatory=True))
    assert [amqp.Returned(312, "", "nowhere", b"m")] == client.take_returned("c")
    assert [] == client.take_returned("c")


def test_a_channel_says_what_closed_it() -> None:
    """None while it is open; never opened is 504."""
    client = connected()
    assert client.closed_with("c") is None
    client.call(amqp.BasicGet("c", "nowhere"))
    closed = client.closed_with("c")
    assert closed is not None
    assert "404" == closed.code
    never = client.closed_with("never")
    assert never is not None
    assert "504" == never.code
    client.close()


def test_confirms_outlive_their_channel() -> None:
    """What was answered before it closed is told, and then why it closed."""
    client = connected()
    client.call(amqp.ConfirmSelect("c"))
    client.call(amqp.BasicPublish("c", "", "q", b"m"))
    client.call(amqp.BasicPublish("c", "nowhere", "", b"m"))
    assert Done(True) == client.wait_for_confirm("c", within_ms=100)
    refused = client.wait_for_confirm("c", within_ms=100)
    assert isinstance(refused, Refused)
    assert "404" == refused.code


def test_recovered_messages_come_again() -> None:
    """Flagged, under a new tag."""
    client = connected()
    client.call(amqp.BasicPublish("c", "", "q", b"m"))
    client.call(amqp.BasicConsume("c", "q", "t"))
    client.take_deliveries("c")
    client.call(amqp.BasicRecover("c"))
    (again,) = client.take_deliveries("c")
    assert (2, True) == (again.delivery_tag, again.redelivered)


def test_transactions() -> None:
    """Nothing is stored before the commit; a commit without a transaction is refused."""
    client = connected()
    client.call(amqp.QueueDeclare("c", "t"))
    assert isinstance(client.call(amqp.TxSelect("c")), Done)
    for settle, count in ((amqp.TxRollback("c"), 0), (amqp.TxCommit("c"), 1)):
        client.call(amqp.BasicPublish("c", "", "t", b"m"))
        assert isinstance(client.call(settle), Done)
        outcome = client.call(amqp.QueueDeclare("c", "t", passive=True))
        assert isinstance(outcome, Done)
        assert count == outcome.value.message_count
    client.call(amqp.ChannelOpen("c", "d"))
    outcome = client.call(amqp.TxCommit("d"))
    assert isinstance(outcome, Refused)
    assert "406" == outcome.code
