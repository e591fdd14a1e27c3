"""STOMP on the model, as the rows MS-07 and SP-01 to SP-06 show it on real brokers."""

from __future__ import annotations

import pytest
from rabbitmq_bench import SEEN, V3_10, V4_3, Bench, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Properties
from advisor.models.rabbitmq.stomp import StompError, StompMessage, StompSession


def told(session: StompSession, command: str, body: str = "", **headers: str) -> str:
    """The message of the ERROR frame, ``ok`` without; ``_`` in a name stands for ``-``."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        session.frame(command, given, body.encode())
    except StompError as error:
        return error.message + (", closed" if session.closed else "")
    return "ok"


def bodies(session: StompSession) -> list[str]:
    return [one.body.decode() for one in session.take()]


def acks(taken: list[StompMessage]) -> list[str]:
    return [one.ack for one in taken if one.ack is not None]


@pytest.mark.parametrize(
    ("destination", "exchange", "key", "shown"),
    [
        ("/queue/a%2Fb", "", "a/b", "/queue/a%2Fb"),
        ("/topic/a.b", "amq.topic", "a.b", "/topic/a.b"),
        ("/exchange/amq.direct/a", "amq.direct", "a", "/exchange/amq.direct/a"),
        ("/exchange/amq.direct", "amq.direct", "", "/exchange/amq.direct"),
    ],
)
def test_destinations_are_exchanges_and_keys(
    destination: str, exchange: str, key: str, shown: str
) -> None:
    """A reader sees the address of where a message went."""
    bench = Bench()
    session = StompSession(bench.broker)
    assert "ok" == told(session, "SUBSCRIBE", id="1", destination=destination)
    bench.publish("amqp", to=key, exchange=exchange)
    assert "ok" == told(session, "SEND", "m", destination=destination)
    assert [("amqp", shown), ("m", shown)] == [
        (one.body.decode(), one.headers["destination"]) for one in session.take()
    ]


@pytest.mark.parametrize("command", ["SEND", "SUBSCRIBE"])
def test_a_queue_is_declared_durable_once(command: str) -> None:
    """With the headers that begin with ``x-`` as arguments."""
    bench = Bench()
    session = StompSession(bench.broker)
    assert "ok" == told(session, command, destination="/queue/q", x_message_ttl="1000")
    assert "ok" == reply(lambda: bench.queue(message_ttl=1000))
    assert "ok" == told(session, "SEND", destination="/queue/q")
    other = StompSession(bench.broker)
    assert "precondition_failed, closed" == told(other, "SEND", destination="/queue/q")


def test_headers_are_properties_or_stay_headers() -> None:
    """And back; values that are neither text nor numbers are not shown."""
    bench = Bench()
    session = StompSession(bench.broker)
    given = {
        "content_type": "text/plain", "correlation_id": "c", "expiration": "60000",
        "amqp_message_id": "m", "type": "t", "app_id": "a", "priority": "3", "timestamp": "5",
        "persistent": "true", "reply_to": "r", "foo": "bar",
    }  # fmt: skip
    told(session, "SEND", destination="/queue/q", **given)
    got = bench.channel.basic_get("q")
    assert got is not None
    expected = Properties(
        headers={"foo": "bar"}, delivery_mode=2, priority=3, correlation_id="c", reply_to="r",
        expiration="60000", message_id="m", content_type="text/plain", type="t", app_id="a",
        timestamp=5,
    )  # fmt: skip
    assert expected == got.entry.message.properties
    bench.channel.basic_reject(1)
    bench.publish("amqp", headers={"n": 3, "b": True, "l": []}, reply_to="/queue/r")
    told(session, "SUBSCRIBE", id="1", destination="/queue/q")
    first, second = session.take()
    for name, value in given.items():
        expected_value = "/reply-queue/r" if name == "reply_to" else value
        assert expected_value == first.headers[name.replace("_", "-")]
    assert "true" == first.headers["redelivered"]
    assert {
        "subscription": "1", "destination": "/queue/q", "redelivered": "false", "n": "3",
        "reply-to": "/queue/r",
    } == second.headers  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "left"), [("auto", []), ("client", ["3"]), ("client-individual", ["1", "3"])]
)
def test_ack_modes(mode: str, left: list[str]) -> None:
    """The second of three is acknowledged: in mode ``client`` with all before it."""
    bench = Bench()
    session = StompSession(bench.broker)
    told(session, "SUBSCRIBE", id="s", destination="/queue/q", ack=mode)
    bench.publish("1", "2", "3")
    held = acks(session.take())
    if held:
        assert "ok" == told(session, "ACK", id=held[1])
    session.drop()
    assert left == bench.drain()


def test_prefetch_count_and_nack() -> None:
    bench = Bench()
    session = StompSession(bench.broker)
    told(session, "SUBSCRIBE", id="s", destination="/queue/q", ack="client-individual",
         prefetch_count="1")  # fmt: skip
    bench.publish("1", "2")
    first = session.take()
    assert ["1"] == [one.body.decode() for one in first]
    told(session, "NACK", id=acks(first)[0])
    again = session.take()
    assert ["1"] == [one.body.decode() for one in again]
    told(session, "NACK", id=acks(again)[0], requeue="false")
    assert ["2"] == bodies(session)


def test_transactions_hold_frames_back() -> None:
    """Until COMMIT; after ABORT a message can be acknowledged again."""
    bench = Bench()
    session = StompSession(bench.broker)
    told(session, "SUBSCRIBE", id="s", destination="/queue/q", ack="client")
    bench.publish("1")
    (held,) = acks(session.take())
    for end in ("ABORT", "COMMIT"):
        assert "ok" == told(session, "BEGIN", transaction="t")
        told(session, "ACK", id=held, transaction="t")
        told(session, "SEND", end, destination="/queue/other", transaction="t")
        assert 0 == bench.depth("other")
        assert "ok" == told(session, end, transaction="t")
        assert "Bad transaction" == told(session, end, transaction="t")
    assert ["COMMIT"] == bench.drain("other")
    session.drop()
    assert [] == bench.drain()


@pytest.mark.parametrize(("auto_delete", "kept"), [({}, []), ({"auto_delete": "false"}, ["m"])])
def test_a_durable_subscription_is_kept_only_without_auto_delete(
    auto_delete: dict[str, str], kept: list[str]
) -> None:
    """UNSUBSCRIBE with ``durable:true`` ends it."""
    bench = Bench()
    lasting = {"destination": "/topic/a", "id": "s", "durable": "true", **auto_delete}
    first = StompSession(bench.broker)
    told(first, "SUBSCRIBE", **lasting)
    told(first, "DISCONNECT")
    bench.publish("m", to="a", exchange="amq.topic")
    second = StompSession(bench.broker)
    told(second, "SUBSCRIBE", **lasting)
    assert kept == bodies(second)
    told(second, "UNSUBSCRIBE", id="s", durable="true")
    assert {} == bench.broker.queues


@pytest.mark.parametrize(
    ("version", "expected"), [(V3_10, "ok"), (BrokerVersion(4, 0), "ok"), (V4_3, "405c")]
)
def test_the_queue_of_a_subscription_is_exclusive_from_4_3(
    version: BrokerVersion, expected: str
) -> None:
    bench = Bench(version)
    session = StompSession(bench.broker)
    told(session, "SUBSCRIBE", id="s", destination="/topic/a", x_queue_name="own")
    assert expected == reply(lambda: bench.depth("own"))
    session.drop()
    assert "404c" == reply(lambda: bench.depth("own"))


@pytest.mark.parametrize("version", SEEN)
def test_replies_come_through_a_temporary_queue(version: BrokerVersion) -> None:
    """One for each name in the session, read without a subscription."""
    bench = Bench(version)
    session = StompSession(bench.broker)
    for _ in range(2):
        told(session, "SEND", "ask", destination="/queue/q", reply_to="/temp-queue/t")
    asked = [bench.channel.basic_get("q", no_ack=True) for _ in range(2)]
    addresses = {one.entry.message.properties.reply_to for one in asked if one is not None}
    (address,) = addresses
    other = StompSession(bench.broker)
    told(other, "SEND", "answer", destination=f"/reply-queue/{address}")
    (answer,) = session.take()
    assert "/temp-queue/t" == answer.headers["subscription"]


@pytest.mark.parametrize(
    ("command", "headers", "expected"),
    [
        ("WAT", {}, "Bad command"),
        ("SEND", {}, "Missing destination"),
        ("SEND", {"destination": "/wat/x"}, "Unknown destination"),
        ("SEND", {"destination": "/queue/a/b"}, "Invalid destination"),
        ("SEND", {"destination": "/temp-queue/a"}, "Invalid destination"),
        ("SUBSCRIBE", {"destination": "/temp-queue/a"}, "Invalid destination"),
        ("SEND", {"destination": "/queue/q", "message_id": "x"}, "Invalid header"),
        ("SEND", {"destination": "/queue/q", "priority": "x"}, "Processing error"),
        ("SEND", {"destination": "/queue/q", "transaction": "x"}, "Bad transaction"),
        ("BEGIN", {}, "Missing transaction"),
        ("COMMIT", {}, "Missing transaction"),
        ("SUBSCRIBE", {"destination": "/queue/q", "ack": "wat"}, "Processing error"),
        ("SUBSCRIBE", {"destination": "/topic/q", "durable": "true"}, "Missing Header"),
        ("UNSUBSCRIBE", {"id": "x"}, "No subscription found"),
        ("ACK", {"id": "x"}, "Invalid header"),
        ("ACK", {"id": "T_x@@session@@1"}, "Subscription not found"),
        ("SEND", {"destination": "/exchange/none/k"}, "not_found, closed"),
        ("SUBSCRIBE", {"destination": "/amq/queue/none"}, "not_found, closed"),
        ("SEND", {"destination": "/queue/q", "expiration": "x"}, "precondition_failed, closed"),
    ],
)
def test_errors(command: str, headers: dict[str, str], expected: str) -> None:
    """Those of AMQP close the connection."""
    session = StompSession(Bench().broker)
    assert expected == told(session, command, **headers)
    if session.closed:
        assert "closed, closed" == told(session, "SEND", destination="/queue/q")


def test_one_identifier_for_two_subscriptions_closes() -> None:
    """Without one, the destination is the identifier."""
    session = StompSession(Bench().broker)
    assert "ok" == told(session, "SUBSCRIBE", destination="/queue/q")
    twice = told(session, "SUBSCRIBE", destination="/queue/q")
    assert "Duplicated subscription identifier, closed" == twice
