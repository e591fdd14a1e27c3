"""MQTT on the model, as the rows MS-07 and MQ-01 to MQ-09 show it on real brokers."""

from __future__ import annotations

import pytest
from rabbitmq_bench import SEEN, V3_10, V4_0, V4_3, Bench, reply

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.mqtt import (
    TAKEN_OVER,
    MqttClosedError,
    MqttMessage,
    MqttProperties,
    MqttSession,
)

LATER = (V4_0, V4_3)


def bodies(session: MqttSession) -> list[str]:
    return [message.body.decode() for message in session.take()]


def message(topic: str, body: str, quality: int = 1, *, retain: bool = False) -> MqttMessage:
    return MqttMessage(topic, body.encode(), quality, retain)


@pytest.mark.parametrize("version", SEEN)
def test_levels_are_words_of_amq_topic(version: BrokerVersion) -> None:
    """``/`` is ``.``, ``+`` is ``*``; a dot in a topic comes out as a level."""
    bench = Bench(version)
    session = bench.broker.mqtt.connect("c")
    assert [1, 1] == [session.subscribe("a/+/c", 2), session.subscribe("b/#", 1)]
    other = bench.broker.mqtt.connect("d")
    for topic in ("a/b/c", "a/c", "b", "b/x.y"):
        other.publish(message(topic, topic))
    assert ["a/b/c", "b", "b/x/y"] == [one.topic for one in session.take()]


@pytest.mark.parametrize(
    ("version", "expected"), [(V3_10, [1, 1, 1]), (V4_0, [0, 0, 1]), (V4_3, [0, 0, 1])]
)
def test_quality_of_an_amqp_message_is_its_delivery_mode_from_4_0(
    version: BrokerVersion, expected: list[int]
) -> None:
    """Before, it has the quality of the subscription."""
    bench = Bench(version)
    session = bench.broker.mqtt.connect("c")
    session.subscribe("a", 1)
    for mode in (None, 1, 2):
        bench.publish("m", to="a", exchange="amq.topic", delivery_mode=mode)
    assert expected == [one.quality for one in session.take()]


@pytest.mark.parametrize(
    ("version", "headers"),
    [(V3_10, {"x-mqtt-dup": False, "x-mqtt-publish-qos": 1}), (V4_0, {}), (V4_3, {})],
)
def test_a_publish_of_quality_2_is_lasting_to_amqp(
    version: BrokerVersion, headers: dict[str, object]
) -> None:
    """And handled as quality 1."""
    bench = Bench(version)
    bench.broker.bind("queue", bench.queue(), "amq.topic", "a.#")
    bench.broker.mqtt.connect("c").publish(message("a/b", "m", 2))
    got = bench.channel.basic_get("q", no_ack=True)
    assert got is not None
    properties = got.entry.message.properties
    assert (headers, 2) == (dict(properties.headers), properties.delivery_mode)


def test_retained_messages_are_sent_on_exact_topics_only() -> None:
    """At the lower of the two qualities, until an empty one takes them away."""
    broker = Bench().broker
    publisher = broker.mqtt.connect("p")
    publisher.publish(message("a/b", "kept", 1, retain=True))
    publisher.publish(message("a/c", "kept, too", 0, retain=True))
    session = broker.mqtt.connect("c")
    for filter in ("a/#", "a/+", "a/b", "a/c"):
        session.subscribe(filter, 1)
    seen = [(one.topic, one.quality, one.retain) for one in session.take()]
    assert [("a/b", 1, True), ("a/c", 0, True)] == seen
    publisher.publish(message("a/b", "", 1, retain=True))
    assert [""] == bodies(session)
    session.subscribe("a/b", 1)
    assert [] == bodies(session)


@pytest.mark.parametrize("version", SEEN)
def test_a_kept_session_is_a_queue_that_expires_after_a_day(version: BrokerVersion) -> None:
    """Reconnecting takes up what came meanwhile; a clean session removes it."""
    bench = Bench(version)
    mqtt = bench.broker.mqtt
    session = mqtt.connect("c", clean=False)
    session.subscribe("a", 1)
    assert not session.present
    session.disconnect()
    mqtt.connect("p").publish(message("a", "m"))
    assert "ok" == reply(lambda: bench.queue("mqtt-subscription-cqos1", expires=86_400_000))
    again = mqtt.connect("c", clean=False)
    assert again.present
    assert ["m"] == bodies(again)
    again.disconnect()
    mqtt.connect("c").disconnect()
    assert {} == bench.broker.queues


@pytest.mark.parametrize(("version", "kept"), [(V3_10, []), (V4_0, ["z"]), (V4_3, ["z"])])
def test_before_4_0_nothing_is_kept_for_quality_0(version: BrokerVersion, kept: list[str]) -> None:
    mqtt = Bench(version).broker.mqtt
    session = mqtt.connect("c", clean=False)
    session.subscribe("z", 0)
    session.disconnect()
    mqtt.connect("p").publish(message("z", "z", 0))
    assert kept == bodies(mqtt.connect("c", clean=False))


def test_at_most_ten_are_unacknowledged() -> None:
    """Lost with the connection, they come again."""
    mqtt = Bench().broker.mqtt
    session = mqtt.connect("c", clean=False)
    session.subscribe("a", 1)
    publisher = mqtt.connect("p")
    for number in range(12):
        publisher.publish(message("a", f"{number}"))
    assert 10 == len(session.take(acknowledge=False))
    assert [] == session.take(acknowledge=False)
    session.drop()
    again = mqtt.connect("c", clean=False)
    assert [True] * 10 == [one.again for one in again.take(acknowledge=False)]
    again.acknowledge()
    assert [("10", False), ("11", False)] == [(one.body.decode(), one.again)
                                              for one in again.take()]  # fmt: skip


def test_quality_0_needs_no_acknowledgement() -> None:
    """Also where the subscription has quality 1."""
    mqtt = Bench().broker.mqtt
    session = mqtt.connect("c", receive_maximum=1)
    session.subscribe("a", 1)
    for number in range(3):
        mqtt.connect("p").publish(message("a", f"{number}", 0))
    assert 3 == len(session.take(acknowledge=False))


@pytest.mark.parametrize(("version", "published"), [(V3_10, []), (V4_0, ["w"]), (V4_3, ["w"])])
def test_being_taken_over_publishes_the_will_from_4_0(
    version: BrokerVersion, published: list[str]
) -> None:
    mqtt = Bench(version).broker.mqtt
    heir = mqtt.connect("heir")
    heir.subscribe("will", 1)
    first = mqtt.connect("c", will=message("will", "w"))
    mqtt.connect("c")
    assert TAKEN_OVER == first.closed
    with pytest.raises(MqttClosedError):
        first.publish(message("a", "m"))
    assert published == bodies(heir)


def test_a_will_is_published_unless_the_client_says_goodbye() -> None:
    mqtt = Bench().broker.mqtt
    heir = mqtt.connect("heir")
    heir.subscribe("will", 1)
    mqtt.connect("c", will=message("will", "w")).disconnect()
    assert [] == bodies(heir)
    lost = mqtt.connect("c", will=message("will", "w", retain=True))
    lost.drop()
    lost.drop()
    heir.subscribe("will", 1)
    assert [("w", True), ("w", False)] == [(one.body.decode(), one.retain) for one in heir.take()]


@pytest.mark.parametrize(("version", "expected"), [(V3_10, [1, 0]), (V4_0, [0]), (V4_3, [0])])
def test_the_last_quality_of_a_filter_counts_from_4_0(
    version: BrokerVersion, expected: list[int]
) -> None:
    """Before, both subscriptions stand."""
    mqtt = Bench(version).broker.mqtt
    session = mqtt.connect("c")
    session.subscribe("a", 1)
    session.subscribe("a", 0)
    mqtt.connect("p").publish(message("a", "m"))
    assert expected == [one.quality for one in session.take()]
    session.unsubscribe("a")
    mqtt.connect("p").publish(message("a", "m"))
    assert [] == session.take()


@pytest.mark.parametrize(("version", "stays"), [(V3_10, False), (V4_0, True), (V4_3, False)])
def test_who_loses_its_queue_is_disconnected_but_on_4_0(
    version: BrokerVersion, stays: bool
) -> None:
    bench = Bench(version)
    session = bench.broker.mqtt.connect("c", clean=False)
    session.subscribe("a", 1)
    bench.broker.queue_delete(bench.channel, "mqtt-subscription-cqos1")
    session.see_deleted_queue()
    assert stays == (session.closed is None)


@pytest.mark.parametrize("version", LATER)
def test_sessions_of_mqtt_5_expire_as_the_last_connection_said(version: BrokerVersion) -> None:
    bench = Bench(version)
    mqtt = bench.broker.mqtt
    mqtt.connect("c", version=5, expiry_s=100).subscribe("a", 1)
    mqtt.connect("c", version=5, expiry_s=2, clean=False).drop()
    bench.wait(1_900)
    assert ["mqtt-subscription-cqos1"] == list(bench.broker.queues)
    bench.wait(200)
    assert [] == list(bench.broker.queues)


@pytest.mark.parametrize("version", LATER)
def test_a_session_of_mqtt_5_without_expiry_ends_with_its_connection(
    version: BrokerVersion,
) -> None:
    """Whatever the connection before wanted."""
    bench = Bench(version)
    bench.broker.mqtt.connect("c", version=5, expiry_s=0xFFFFFFFF).subscribe("a", 1)
    assert "ok" == reply(lambda: bench.queue("mqtt-subscription-cqos1", expires=86_400_000))
    bench.broker.mqtt.connect("c", version=5, clean=False).drop()
    assert [] == list(bench.broker.queues)


def test_properties_of_mqtt_5_are_those_of_amqp() -> None:
    """There and back; an older client gets none."""
    bench = Bench()
    mqtt = bench.broker.mqtt
    session, old = mqtt.connect("c", version=5), mqtt.connect("old")
    session.subscribe("a", 0)
    old.subscribe("a", 0)
    bench.broker.bind("queue", bench.queue(), "amq.topic", "a")
    given = MqttProperties("text/plain", "c1", "r/x", (("k", "v"),))
    session.publish(MqttMessage("a", b"m", properties=given))
    assert [given] == [one.properties for one in session.take()]
    assert [MqttProperties()] == [one.properties for one in old.take()]
    got = bench.channel.basic_get("q", no_ack=True)
    assert got is not None
    properties = got.entry.message.properties
    assert {"k": "v", "x-reply-to-topic": "r.x"} == dict(properties.headers)
    assert ("text/plain", "c1") == (properties.content_type, properties.correlation_id)


def test_mqtt_5_is_not_known_before_4_0() -> None:
    with pytest.raises(MqttClosedError):
        Bench(V3_10).broker.mqtt.connect("c", version=5)
