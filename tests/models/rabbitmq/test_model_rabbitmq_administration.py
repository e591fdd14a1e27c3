"""Policies, virtual hosts, logins and alarms, as they were seen on 3.10.8, 4.0.5 and 4.3.6."""

from __future__ import annotations

from typing import Any

import pytest
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench

from advisor.domain.outcome import Done, Refused, Unknown
from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.policy import Policy, RefusedParameterError
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import (
    AddVirtualHost,
    ClearPolicy,
    DeleteVirtualHost,
    SetMemoryAlarm,
    SetPolicy,
)
from advisor.subjects.rabbitmq.client_on_model import ModelClient


def policy(bench: Bench, pattern: str = "^q", priority: int = 0, **definition: Any) -> None:
    given = {name.replace("_", "-"): value for name, value in definition.items()}
    bench.broker.set_policy(Policy(f"p{priority}", pattern, given, priority))


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_length_limit_works_on_what_is_there(kind: str) -> None:
    """Oldest first, to the dead-letter exchange of the same policy; without it no limit is left."""
    bench = Bench()
    bench.queue("dead")
    bench.queue(kind=kind)
    bench.publish("1", "2", "3")
    policy(bench, max_length=1, dead_letter_exchange="", dead_letter_routing_key="dead")
    assert (["3"], ["1", "2"]) == (bench.drain(), bench.drain("dead"))
    bench.broker.clear_policy("p0")
    bench.publish("1", "2", "3")
    assert 3 == bench.depth()


@pytest.mark.parametrize(("own", "given"), [(1, 3), (3, 1)])
@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_the_lower_number_works(kind: str, own: int, given: int) -> None:
    bench = Bench()
    policy(bench, max_length=given)
    bench.queue(kind=kind, max_length=own)
    bench.publish("1", "2", "3", "4")
    assert 1 == bench.depth()


def test_a_byte_limit_counts_what_is_there() -> None:
    bench = Bench()
    bench.queue()
    bench.publish("11111", "22222", "33333", expiration="60000")
    policy(bench, max_length_bytes=12)
    assert ["22222", "33333"] == bench.drain()


@pytest.mark.parametrize(("kind", "works"), [("classic", ["4", "5"]), ("quorum", ["1", "2", "3"])])
def test_overflow_of_argument_and_policy(kind: str, works: list[str]) -> None:
    """The argument wins on a classic queue; on a quorum queue the policy, one message too late."""
    bench = Bench()
    policy(bench, overflow="reject-publish")
    bench.queue(kind=kind, max_length=2, overflow="drop-head")
    bench.publish("1", "2", "3", "4", "5")
    assert works == bench.drain()


def test_who_was_refused_is_never_told_to_go_on() -> None:
    """When the policy goes that made a quorum queue refuse; others may publish."""
    bench = Bench()
    bench.queue(kind="quorum", max_length=1)
    policy(bench, overflow="reject-publish")
    bench.publish("1", "2", "refused")
    bench.broker.clear_policy("p0")
    bench.publish("still refused")
    assert ["2"] == bench.drain()
    bench.channel = bench.new_channel()
    bench.publish("taken")
    assert ["taken"] == bench.drain()


@pytest.mark.parametrize(
    ("own", "given", "delivered"),
    [
        ({"delivery_limit": 5}, 1, 2),
        ({"delivery_limit": 1}, 5, 2),
        ({}, 2, 3),
        ({"delivery_limit": -1}, 2, 3),
    ],
)
def test_delivery_limit_by_policy(own: dict[str, Any], given: int, delivered: int) -> None:
    bench = Bench(V4_0)
    policy(bench, delivery_limit=given)
    bench.queue(kind="quorum", **own)
    bench.publish("m")
    times = 0
    while (delivery := bench.channel.basic_get("q")) is not None:
        times += 1
        bench.channel.basic_reject(delivery.tag, requeue=True)
    assert delivered == times


def test_only_the_policy_of_the_highest_priority_works() -> None:
    """It is not a sum, and a pattern may match anywhere in a name."""
    bench = Bench()
    bench.queue()
    policy(bench, priority=1, max_length=1)
    policy(bench, pattern="q", priority=2, message_ttl=60_000)
    bench.publish("1", "2", "3")
    assert 3 == bench.depth()
    bench.broker.clear_policy("p2")
    assert 1 == bench.depth()


def test_an_unused_queue_goes_by_policy() -> None:
    bench = Bench()
    bench.queue()
    bench.wait(1000)
    policy(bench, expires=600)
    bench.wait(599)
    assert "q" in bench.broker.queues
    bench.wait(1)
    assert "q" not in bench.broker.queues


def test_a_policy_may_make_dead_letters_safe_and_keep_streams_short() -> None:
    """Each queue type takes what it knows of a policy."""
    bench = Bench()
    for kind in ("quorum", "stream"):
        bench.queue(f"q-{kind}", kind)
    policy(
        bench, max_age="1h", overflow="reject-publish", dead_letter_exchange="",
        dead_letter_strategy="at-least-once",
    )  # fmt: skip
    quorum, stream = (bench.broker.queues[f"q-{kind}"].settings for kind in ("quorum", "stream"))
    assert (True, None) == (quorum.dead_letters_at_least_once, quorum.max_age_ms)
    assert (3_600_000, None) == (stream.max_age_ms, stream.dead_letter)


def test_alternate_exchange_by_policy() -> None:
    """The argument wins; exchanges declared later are governed, too."""
    bench = Bench()
    for name in ("a1", "a2"):
        bench.broker.exchange_declare(name, "fanout")
        bench.queue(f"{name}q")
        bench.broker.bind("queue", f"{name}q", name)
    bench.broker.exchange_declare("q-own", arguments={"alternate-exchange": "a1"})
    policy(bench, alternate_exchange="a2")
    bench.broker.exchange_declare("q-none")
    bench.publish("own", exchange="q-own", to="k")
    bench.publish("none", exchange="q-none", to="k")
    assert (["own"], ["none"]) == (bench.drain("a1q"), bench.drain("a2q"))


REFUSED: list[tuple[dict[str, Any], tuple[BrokerVersion, ...]]] = [
    ({"ha-mode": "all"}, (V4_0, V4_3)),
    ({"queue-master-locator": "min-masters"}, (V4_3,)),
    ({"consumer-timeout": 1000}, (V3_10,)),
    ({"delayed-retry-type": "all"}, SEEN),
    ({"queue-mode": "lazy"}, ()),
    ({"wat": 1}, SEEN),
    ({"max-length": "3"}, SEEN),
    ({"expires": 0}, SEEN),
    ({"max-priority": 3}, SEEN),
    ({}, SEEN),
]


@pytest.mark.parametrize("version", SEEN, ids=str)
@pytest.mark.parametrize(("definition", "refused"), REFUSED, ids=lambda one: str(one)[:30])
def test_what_a_version_refuses(
    version: BrokerVersion, definition: dict[str, Any], refused: tuple[BrokerVersion, ...]
) -> None:
    client = ModelClient(version)
    outcome = client.administer(SetPolicy("p", "^q", definition))
    assert (version in refused) == isinstance(outcome, Refused)


def test_patterns_and_kinds_are_checked() -> None:
    client = ModelClient(V3_10)
    given = {"max-length": 1}
    for wrong in (
        SetPolicy("p", "(", given),
        SetPolicy("p", "q", given, apply_to="wat"),
        SetPolicy("p", "q", given, apply_to="streams"),
        ClearPolicy("p"),
    ):
        assert isinstance(client.administer(wrong), Refused)
    assert Done(None) == client.administer(SetPolicy("p", "q", given, apply_to="queues"))
    assert Done(None) == client.administer(ClearPolicy("p"))
    with pytest.raises(RefusedParameterError):
        Bench(V4_3).broker.clear_policy("p")


def channel(client: ModelClient, name: str, virtual_host: str | None = None) -> str:
    client.call(amqp.ConnectionOpen(name, virtual_host))
    client.call(amqp.ChannelOpen(name, name))
    return name


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (amqp.ConnectionOpen("c", user="guest", password="wrong"), "403"),
        (amqp.ConnectionOpen("c", user="nobody", password="guest"), "403"),
        (amqp.ConnectionOpen("c", virtual_host="none"), "530"),
        (amqp.ConnectionOpen("c", "none", "guest", "wrong"), "403"),
    ],
)
def test_who_does_not_get_in(one: amqp.ConnectionOpen, code: str) -> None:
    outcome = ModelClient().call(one)
    assert isinstance(outcome, Refused)
    assert code == outcome.code


def test_virtual_hosts_have_names_of_their_own() -> None:
    """They share nodes, and lose all that they have when they are removed."""
    client = ModelClient()
    client.administer(AddVirtualHost("other"))
    here, there = channel(client, "here"), channel(client, "there", "other")
    client.call(amqp.QueueDeclare(here, "q"))
    assert isinstance(client.call(amqp.QueueDeclare(there, "q", passive=True)), Refused)
    client.call(amqp.ChannelOpen("there", "there"))
    client.call(amqp.QueueDeclare(there, "q", durable=False))
    client.call(amqp.QueueDeclare(there, "kept"))
    client.administer(AddVirtualHost("other"))
    client.stop_node("rabbit-1", power_loss=False)
    client.start_nodes()
    there = channel(client, "there", "other")
    assert isinstance(client.call(amqp.QueueDeclare(there, "kept", passive=True)), Done)
    assert isinstance(client.call(amqp.QueueDeclare(there, "q", passive=True)), Refused)
    client.administer(DeleteVirtualHost("other"))
    client.administer(DeleteVirtualHost("other"))
    assert not client.is_open(there)
    assert isinstance(client.call(amqp.ConnectionOpen("there", "other")), Refused)


def test_an_alarm_holds_back_who_publishes() -> None:
    """Acknowledgements of that connection too; others go on, and nothing is lost."""
    client = ModelClient()
    sender, reader = channel(client, "sender"), channel(client, "reader")
    client.call(amqp.ConfirmSelect(sender))
    client.call(amqp.QueueDeclare(sender, "q"))
    client.call(amqp.BasicPublish(sender, "", "q", b"before"))
    client.call(amqp.BasicGet(sender, "q"))
    client.administer(SetMemoryAlarm(raised=True))
    assert Done(None) == client.call(amqp.BasicPublish(sender, "", "q", b"held"))
    assert client.is_blocked("sender")
    assert Done(None) == client.call(amqp.BasicNack(sender, 1))
    assert isinstance(client.call(amqp.QueueDeclare(sender, "q", passive=True)), Unknown)
    state = client.call(amqp.QueueDeclare(reader, "q", passive=True))
    assert Done(amqp.QueueState("q", 0, 0)) == state
    assert not client.is_blocked("reader")
    client.administer(SetMemoryAlarm(raised=False))
    assert not client.is_blocked("sender")
    state = client.call(amqp.QueueDeclare(reader, "q", passive=True))
    assert Done(amqp.QueueState("q", 2, 0)) == state
