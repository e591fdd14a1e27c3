"""AMQP 1.0 on the model, as it was seen on RabbitMQ 4.0.5 and 4.3.6 with qpid-proton."""

from __future__ import annotations

import pytest
from rabbitmq_bench import V4_0, V4_3, Bench

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.amqp_1_0 import Amqp10Session, LinkError, Outcome, Sections
from advisor.models.rabbitmq.message import Delivery, Properties

BOTH = pytest.mark.parametrize("version", [V4_0, V4_3], ids=str)


def topology(version: BrokerVersion) -> tuple[Bench, Amqp10Session]:
    bench = Bench(version)
    bench.queue()
    bench.broker.exchange_declare("x", "topic")
    bench.broker.bind("queue", "q", "x", "k.#")
    return bench, Amqp10Session(bench.broker)


@pytest.mark.parametrize(
    ("address", "on_4_0", "on_4_3"),
    [
        ("/queues/q", "accepted", "accepted"),
        ("/queues/none", "session amqp:not-found", "amqp:not-found"),
        ("/exchanges/x/k.1", "accepted", "accepted"),
        ("/exchanges/x", "released", "released"),
        ("/exchanges/none/k", "session amqp:not-found", "amqp:not-found"),
        ("/wat/x", "session amqp:invalid-field", "amqp:invalid-field"),
        ("/queue/q", "accepted", "amqp:invalid-field"),
        ("/queue/made", "accepted", "amqp:invalid-field"),
        ("q", "accepted", "amqp:invalid-field"),
        ("/amq/queue/q", "accepted", "amqp:invalid-field"),
        ("/amq/queue/none", "session amqp:not-found", "amqp:invalid-field"),
        ("/exchange/x/k.1", "accepted", "amqp:invalid-field"),
        ("/topic/k", "released", "amqp:invalid-field"),
    ],
)
def test_addresses_of_a_sender(address: str, on_4_0: str, on_4_3: str) -> None:
    """4.3 has version 2 only; a wrong one ends the session on 4.0, the link on 4.3."""
    for version, expected in ((V4_0, on_4_0), (V4_3, on_4_3)):
        _, session = topology(version)
        try:
            session.attach_sender("s", address)
            shown: str = session.send("s", Sections(b"m"))[0]
        except LinkError as error:
            shown = f"{'session ' * error.session}{error.condition}"
        assert expected == shown


def test_a_receiver_of_an_exchange_has_a_queue_of_its_own() -> None:
    """With the addresses of version 1; those of version 2 name queues only."""
    bench, session = topology(V4_0)
    session.attach_receiver("r", "/exchange/x/k.*", 5)
    session.attach_receiver("t", "/topic/a", 5)
    bench.publish("m", exchange="x", to="k.1")
    bench.publish("n", exchange="amq.topic", to="a")
    assert [("r", b"m"), ("t", b"n")] == [(link, one.body) for link, _, one in session.take()]
    for address in ("/exchanges/x/k", "/wat"):
        with pytest.raises(LinkError, match="invalid-field"):
            session.attach_receiver("s", address, 1)


@BOTH
def test_a_message_may_say_itself_where_it_goes(version: BrokerVersion) -> None:
    bench, session = topology(version)
    session.attach_sender("s", None)
    assert ("accepted", None) == session.send("s", Sections(b"m", to="/queues/q"))
    assert ("rejected", "amqp:precondition-failed") == session.send("s", Sections(b"m"))
    assert ("rejected", "amqp:not-found") == session.send("s", Sections(b"m", to="/queues/none"))
    assert ["m"] == bench.drain()


@BOTH
def test_a_queue_that_refuses(version: BrokerVersion) -> None:
    bench, session = topology(version)
    bench.queue("full", max_length=0, overflow="reject-publish")
    session.attach_sender("s", "/queues/full")
    condition = "amqp:resource-limit-exceeded" if version == V4_3 else None
    assert ("rejected", condition) == session.send("s", Sections(b"m"))


def test_an_exchange_that_goes_ends_its_sender() -> None:
    bench, session = topology(V4_3)
    session.attach_sender("s", "/exchanges/x/k")
    bench.broker.exchange_delete("x")
    with pytest.raises(LinkError, match="not-found"):
        session.send("s", Sections(b"m"))


def test_what_a_client_of_0_9_1_sees() -> None:
    """Fractions become whole numbers, a subject is lost."""
    bench, session = topology(V4_3)
    session.attach_sender("s", "/queues/q")
    sections = Sections(
        b"m", durable=True, priority=7, time_to_live_ms=60_000, message_id="i",
        reply_to="/queues/r", correlation_id="c", content_type="t", creation_time_ms=100_000,
        group_id="g", application={"a": 1, "d": 1.5, "n": None},
    )  # fmt: skip
    session.send("s", sections)
    delivery = bench.channel.basic_get("q", no_ack=True)
    assert delivery is not None
    expected = Properties(
        headers={"a": 1, "d": 1, "n": None}, delivery_mode=2, priority=7, expiration="60000",
        message_id="i", reply_to="r", correlation_id="c", content_type="t", timestamp=100,
        app_id="g",
    )  # fmt: skip
    assert expected == delivery.entry.message.properties


@BOTH
def test_what_a_client_of_0_9_1_sent(version: BrokerVersion) -> None:
    bench, session = topology(version)
    session.attach_receiver("r", "/queues/q", 5)
    bench.publish(
        "m", delivery_mode=2, expiration="60000", reply_to="r", type="tt", timestamp=100,
        headers={"a": 1, "x-z": "w", "l": [1]},
    )  # fmt: skip
    [(_, _, sections)] = session.take()
    expected = Sections(
        b"m", durable=True, time_to_live_ms=60_000, first_acquirer=True, creation_time_ms=100_000,
        annotations={"x-exchange": "", "x-routing-key": "q", "x-z": "w", "x-basic-type": "tt"},
        reply_to="/queues/r" if version == V4_3 else "r", application={"a": 1},
    )  # fmt: skip
    assert expected == sections


def read(bench: Bench, session: Amqp10Session, kind: str) -> Delivery:
    bench.queue("dead")
    bench.queue("w", kind, dead_letter_exchange="", dead_letter_routing_key="dead")
    bench.publish("m", to="w")
    session.attach_receiver("r", "/queues/w", 1)
    [(_, delivery, _)] = session.take()
    return delivery


@BOTH
@pytest.mark.parametrize("kind", ["classic", "quorum"])
@pytest.mark.parametrize(
    ("outcome", "given", "where"),
    [
        ("accepted", {}, ""),
        ("rejected", {}, "dead"),
        ("released", {}, "again"),
        ("modified", {}, "again"),
        ("modified", {"failed": True}, "again"),
        ("modified", {"undeliverable": True}, "dead"),
        ("modified", {"undeliverable": True, "failed": True}, "dead"),
    ],
)
def test_outcomes_of_a_reader(
    version: BrokerVersion, kind: str, outcome: Outcome, given: dict[str, bool], where: str
) -> None:
    """A message comes back only for new credit."""
    bench, session = topology(version)
    delivery = read(bench, session, kind)
    flags = {"failed": False, "undeliverable": False} | given
    session.settle(delivery, outcome, **flags)
    session.settle(delivery, outcome, **flags)
    assert [] == session.take()
    session.flow("r", 1)
    again = session.take()
    shown = {"again": len(again), "dead": len(bench.drain("dead"))}
    assert {"again": 0, "dead": 0} | ({where: 1} if where else {}) == shown


@pytest.mark.parametrize(
    ("version", "kind", "counted"),
    [(V4_0, "classic", 0), (V4_0, "quorum", 1), (V4_3, "classic", 1), (V4_3, "quorum", 1)],
)
def test_a_failure_is_counted(version: BrokerVersion, kind: str, counted: int) -> None:
    """Only a modified outcome that says so is one, and classic queues of 4.0 count none."""
    bench, session = topology(version)
    delivery = read(bench, session, kind)
    session.settle(delivery, "released", failed=True, undeliverable=False)
    session.flow("r", 1)
    [(_, delivery, sections)] = session.take()
    assert (0, False) == (sections.delivery_count, sections.first_acquirer)
    session.settle(delivery, "modified", failed=True, undeliverable=False)
    session.flow("r", 1)
    [(_, _, sections)] = session.take()
    assert counted == sections.delivery_count


@BOTH
def test_settling_gives_no_credit_back(version: BrokerVersion) -> None:
    """And detaching gives back what is unsettled."""
    bench, session = topology(version)
    bench.publish(*"12345")
    session.attach_receiver("r", "/queues/q", 2)
    [(_, first, _), _] = session.take()
    session.settle(first, "accepted", failed=False, undeliverable=False)
    assert [] == session.take()
    session.flow("r", 1)
    assert 1 == len(session.take())
    session.detach("r")
    session.detach("none")
    assert list("2345") == bench.drain()


def test_a_deleted_queue_ends_its_links() -> None:
    bench, session = topology(V4_3)
    session.attach_receiver("r", "/queues/q", 1)
    session.attach_sender("s", "/queues/q")
    session.attach_sender("x", "/exchanges/x/k")
    bench.broker.queue_delete(bench.channel, "q")
    session.take()
    assert {"r": "amqp:resource-deleted", "s": "amqp:resource-deleted"} == session.ended


def test_closing_gives_back() -> None:
    bench, session = topology(V4_3)
    bench.publish("m")
    session.attach_receiver("r", "/queues/q", 1)
    session.close()
    assert ["m"] == bench.drain()


def test_names_are_decoded() -> None:
    """Of percent signs, in addresses of version 2."""
    bench, session = topology(V4_3)
    bench.queue("a b/c")
    session.attach_sender("s", "/queues/a%20b%2Fc")
    session.send("s", Sections(b"m"))
    assert ["m"] == bench.drain("a b/c")
