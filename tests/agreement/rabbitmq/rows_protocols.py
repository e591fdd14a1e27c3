"""Catalogue row MS-07 and what goes beyond it: MQTT, STOMP and AMQP 1.0 beside AMQP 0-9-1."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


def mqtt(s: Script, client: str, call: str, **arguments: Any) -> None:
    s.speak(client, "mqtt", call, **arguments)


@ROWS("MS-07")
def topics_of_mqtt_are_routing_keys(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.bind(a, "~q", "amq.topic", "~b.#")
    mqtt(s, "m1", "connect", identifier="~m1")
    for filter, quality in (("~a/#", 0), ("~b/+", 1), ("~c", 2), ("~l/+/m/", 1)):
        mqtt(s, "m1", "subscribe", filter=filter, qos=quality)
    for quality in (0, 1, 2):
        s.look(s.new(), f"mqtt-subscription-~m1qos{quality}")
    mqtt(s, "m2", "connect", identifier="~m2")
    for quality in (0, 1, 2):
        mqtt(s, "m2", "publish", topic="~a/x/y", body=f"{quality}", qos=quality)
    mqtt(s, "m2", "publish", topic="~b/x", body="two levels", qos=2)
    mqtt(s, "m2", "publish", topic="~b/x.y", body="a dot is a level", qos=1)
    mqtt(s, "m2", "publish", topic="~b/x/y", body="three levels", qos=0)
    mqtt(s, "m2", "publish", topic="~l/1/m/", body="empty level", qos=1)
    s.get(a, "~q", 4)
    mqtt(s, "m1", "unsubscribe", filter="~a/#")
    mqtt(s, "m1", "unsubscribe", filter="~never/#")
    mqtt(s, "m2", "publish", topic="~a/x/y", body="late")
    mqtt(s, "m1", "disconnect")
    for quality in (0, 1):
        s.look(s.new(), f"mqtt-subscription-~m1qos{quality}")


@ROWS("MS-07")
def quality_of_amqp_messages(s: Script) -> None:
    a = s.new()
    mqtt(s, "m1", "connect", identifier="~m1")
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=0)
    mqtt(s, "m1", "subscribe", filter="~b/+", qos=1)
    for mode in (None, 1, 2):
        for key in ("~a", "~a.x.y", "~b.x"):
            s.publish(a, "amq.topic", key, f"{mode}", delivery_mode=mode)


@ROWS("MS-07")
def retained_messages(s: Script) -> None:
    mqtt(s, "m2", "connect", identifier="~m2")
    mqtt(s, "m2", "publish", topic="~a/x", body="first", qos=1, retain=True)
    mqtt(s, "m2", "publish", topic="~a/x", body="second", qos=0, retain=True)
    mqtt(s, "m2", "publish", topic="~b/x", body="other", qos=1, retain=True)
    # 3.10 keeps them a little later than it answers
    s.wait(300)
    mqtt(s, "m1", "connect", identifier="~m1")
    for filter in ("~a/#", "~a/+", "~b/x"):
        mqtt(s, "m1", "subscribe", filter=filter, qos=1)
    mqtt(s, "m3", "connect", identifier="~m3")
    mqtt(s, "m3", "subscribe", filter="~a/x", qos=1)
    mqtt(s, "m3", "subscribe", filter="~b/x", qos=0)
    mqtt(s, "m3", "subscribe", filter="~b/x", qos=1)
    mqtt(s, "m2", "publish", topic="~b/x", body="", qos=1, retain=True)
    s.wait(300)
    mqtt(s, "m2", "subscribe", filter="~b/x", qos=1)
    mqtt(s, "m2", "publish", topic="~a/x", body="", qos=1, retain=True)


@ROWS("MQ-01")
def sessions_that_are_kept(s: Script) -> None:
    a = s.new()
    mqtt(s, "m1", "connect", identifier="~m1", clean=False)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    mqtt(s, "m1", "subscribe", filter="~z/#", qos=0)
    mqtt(s, "m1", "disconnect")
    for quality in (0, 1):
        s.look(s.new(), f"mqtt-subscription-~m1qos{quality}")
    s.queue(s.new(), "mqtt-subscription-~m1qos1", expires=86_400_000)
    s.queue(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m2", "connect", identifier="~m2")
    for quality in (0, 1, 2):
        mqtt(s, "m2", "publish", topic="~a/x", body=f"{quality}", qos=quality)
    mqtt(s, "m2", "publish", topic="~z/x", body="z", qos=1)
    s.publish(a, "amq.topic", "~a.x", "amqp")
    s.publish(a, "amq.topic", "~a.x", "amqp lasting", delivery_mode=2)
    for quality in (0, 1):
        s.look(s.new(), f"mqtt-subscription-~m1qos{quality}")
    mqtt(s, "m1", "connect", identifier="~m1", clean=False)
    mqtt(s, "m2", "publish", topic="~a/x", body="still subscribed", qos=1)
    mqtt(s, "m2", "publish", topic="~z/x", body="still subscribed", qos=1)
    mqtt(s, "m1", "disconnect")
    mqtt(s, "m1", "connect", identifier="~m1", clean=True)
    for quality in (0, 1):
        s.look(s.new(), f"mqtt-subscription-~m1qos{quality}")
    mqtt(s, "m2", "publish", topic="~a/x", body="nobody", qos=1)


@ROWS("MQ-02")
def ten_unacknowledged_messages(s: Script) -> None:
    mqtt(s, "m1", "connect", identifier="~m1", clean=False, manual=True)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    mqtt(s, "m2", "connect", identifier="~m2")
    for number in range(12):
        mqtt(s, "m2", "publish", topic="~a/x", body=f"{number}", qos=1)
    mqtt(s, "m2", "publish", topic="~a/x", body="without", qos=0)
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "drop")
    s.wait(300)
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "connect", identifier="~m1", clean=False, manual=True)
    mqtt(s, "m1", "acknowledge")
    mqtt(s, "m1", "acknowledge")
    s.look(s.new(), "mqtt-subscription-~m1qos1")


@ROWS("MQ-03")
def wills_and_takeover(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.bind(a, "~q", "amq.topic", "~will.#")
    mqtt(s, "w", "connect", identifier="~w")
    mqtt(s, "w", "subscribe", filter="~will/#", qos=1)
    goodbye = {"topic": "~will/a", "payload": "never", "qos": 1}
    mqtt(s, "m1", "connect", identifier="~m1", will=goodbye)
    mqtt(s, "m1", "disconnect")
    kept = {"topic": "~will/a", "payload": "lost", "qos": 2, "retain": True}
    mqtt(s, "m1", "connect", identifier="~m1", will=kept)
    mqtt(s, "m1", "drop")
    s.wait(300)
    over = {"topic": "~will/b", "payload": "taken over", "qos": 0}
    mqtt(s, "m1", "connect", identifier="~m1", will=over)
    mqtt(s, "m2", "connect", identifier="~m1")
    s.wait(300)
    mqtt(s, "m1", "subscribe", filter="~x", qos=1)
    s.get(a, "~q", 3)
    mqtt(s, "m2", "subscribe", filter="~will/a", qos=1)
    mqtt(s, "m2", "publish", topic="~will/a", body="", qos=1, retain=True)


@ROWS("MQ-04")
def one_filter_with_two_qualities(s: Script) -> None:
    mqtt(s, "m1", "connect", identifier="~m1", clean=False)
    mqtt(s, "m2", "connect", identifier="~m2")
    for quality in (1, 0, 1):
        mqtt(s, "m1", "subscribe", filter="~a/x", qos=quality)
        mqtt(s, "m2", "publish", topic="~a/x", body=f"after {quality}", qos=1)
    mqtt(s, "m1", "unsubscribe", filter="~a/x")
    mqtt(s, "m2", "publish", topic="~a/x", body="none", qos=1)


@ROWS("MQ-05")
def overlapping_filters(s: Script) -> None:
    """One copy for each quality, not for each filter."""
    mqtt(s, "m1", "connect", identifier="~m1")
    for filter, quality in (("~a/#", 1), ("~a/+", 0), ("~a/x", 1)):
        mqtt(s, "m1", "subscribe", filter=filter, qos=quality)
    mqtt(s, "m2", "connect", identifier="~m2")
    for quality in (0, 1):
        mqtt(s, "m2", "publish", topic="~a/x", body=f"{quality}", qos=quality)


@ROWS("MQ-06")
def a_session_whose_queue_is_deleted(s: Script) -> None:
    mqtt(s, "m1", "connect", identifier="~m1", clean=False)
    mqtt(s, "m1", "subscribe", filter="~a/x", qos=1)
    s.add(amqp.QueueDelete(s.new(), "mqtt-subscription-~m1qos1"))
    s.wait(300)
    mqtt(s, "m1", "subscribe", filter="~b/x", qos=1)


@ROWS("MQ-07", since="4.0")
def sessions_of_mqtt_5(s: Script) -> None:
    first = {"identifier": "~m1", "version": 5}
    mqtt(s, "m1", "connect", **first, expiry_s=1)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "drop")
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "connect", **first, clean=False, expiry_s=1)
    mqtt(s, "m1", "drop")
    s.wait(2000)
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "connect", **first, clean=False, expiry_s=100)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    mqtt(s, "m1", "connect", **first, clean=False, expiry_s=50)
    s.queue(s.new(), "mqtt-subscription-~m1qos1", expires=100_000)
    s.queue(s.new(), "mqtt-subscription-~m1qos1", expires=50_000)
    mqtt(s, "m2", "connect", **first, clean=False)
    mqtt(s, "m2", "drop")
    s.wait(300)
    s.look(s.new(), "mqtt-subscription-~m1qos1")
    mqtt(s, "m1", "connect", **first, expiry_s=0xFFFFFFFF)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    s.queue(s.new(), "mqtt-subscription-~m1qos1", expires=86_400_000)


@ROWS("MQ-08", since="4.0")
def properties_of_mqtt_5(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.bind(a, "~q", "amq.topic", "~a.#")
    mqtt(s, "m1", "connect", identifier="~m1", version=5)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    mqtt(s, "old", "connect", identifier="~old")
    mqtt(s, "old", "subscribe", filter="~a/#", qos=1)
    mqtt(
        s, "m1", "publish", topic="~a/x", body="m", qos=1, ContentType="text/plain",
        CorrelationData="c1", ResponseTopic="~r/x", UserProperty=("k", "v"),
    )  # fmt: skip
    s.get(a, "~q")
    s.publish(
        a, "amq.topic", "~a.x", "amqp", content_type="text/plain", correlation_id="c2",
        headers={"h": "v", "n": 3}, reply_to="~rq", message_id="m", priority=3, type="t",
    )  # fmt: skip


@ROWS("MQ-09", since="4.0")
def receive_maximum(s: Script) -> None:
    mqtt(s, "m1", "connect", identifier="~m1", version=5, receive_maximum=2, manual=True)
    mqtt(s, "m1", "subscribe", filter="~a/#", qos=1)
    mqtt(s, "m2", "connect", identifier="~m2", version=5)
    for number in range(4):
        mqtt(s, "m2", "publish", topic="~a/x", body=f"{number}", qos=1)
    mqtt(s, "m1", "acknowledge")
