"""Catalogue row MS-07 and what goes beyond it: MQTT, STOMP and AMQP 1.0 beside AMQP 0-9-1."""

from __future__ import annotations

from typing import Any

from programs import Rows
from rabbitmq_script import Reply, Script

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


def stomp(s: Script, client: str, command: str, body: str = "", **headers: Any) -> None:
    s.speak(client, "stomp", "frame", command=command, body=body, **headers)


@ROWS("MS-07")
def destinations_of_stomp(s: Script) -> None:
    a = s.new()
    s.queue(a, "~t")
    s.bind(a, "~t", "amq.topic", "~k.#")
    s.exchange(a, "~x")
    for client in ("s1", "s2", "p"):
        s.speak(client, "stomp", "connect")
    stomp(s, "s1", "SUBSCRIBE", id="1", destination="/topic/~k.*")
    stomp(s, "s2", "SUBSCRIBE", id="1", destination="/topic/~k.#")
    stomp(s, "p", "SEND", "one", destination="/topic/~k.a")
    stomp(s, "p", "SEND", "two", destination="/topic/~k.a.b")
    s.get(a, "~t", 2)
    stomp(s, "s1", "SUBSCRIBE", id="2", destination="/exchange/~x/key")
    stomp(s, "p", "SEND", "matches", destination="/exchange/~x/key")
    stomp(s, "p", "SEND", "does not", destination="/exchange/~x/other")
    s.publish(a, "~x", "key", "amqp")
    stomp(s, "s2", "SUBSCRIBE", id="3", destination="/exchange/amq.topic/~z.*")
    stomp(s, "p", "SEND", "topic", destination="/topic/~z.a")
    stomp(s, "s2", "SUBSCRIBE", id="4", destination="/amq/queue/~t")
    stomp(s, "p", "SEND", "to a queue", destination="/amq/queue/~t")
    stomp(s, "p", "SEND", "to none", destination="/amq/queue/~none")
    stomp(s, "p", "SEND", "reply", destination="/reply-queue/~t")
    stomp(s, "p", "SEND", "makes it", destination="/queue/~made%2Fx")
    s.look(a, "~made/x")
    s.queue(a, "~made/x")
    stomp(s, "s1", "SUBSCRIBE", id="5", destination="/queue/~made%2Fx", selector="a = 1")


@ROWS("MS-07")
def properties_of_stomp(s: Script) -> None:
    a = s.new()
    s.speak("s1", "stomp", "connect")
    all_headers = {
        "content_type": "text/plain", "persistent": "true", "correlation_id": "c", "foo": "bar",
        "reply_to": "/queue/~r", "priority": "3", "amqp_message_id": "m", "type": "t",
        "app_id": "app", "timestamp": "5",
    }  # fmt: skip
    stomp(s, "s1", "SEND", "all", destination="/queue/~q", expiration="60000", **all_headers)
    stomp(s, "s1", "SEND", "all", destination="/queue/~q", **all_headers)
    stomp(s, "s1", "SEND", "few", destination="/queue/~q", persistent="false", reply_to="~r")
    s.get(a, "~q", 2)
    stomp(s, "s1", "SUBSCRIBE", id="1", destination="/queue/~q")
    stomp(s, "s1", "SEND", "all", destination="/queue/~q", **all_headers)
    s.send(
        a, "~q", "amqp", headers={"h": "v", "n": 3, "b": True, "l": [1], "none": None},
        delivery_mode=2, correlation_id="c", content_type="x/y", reply_to="~r", type="t",
        priority=4, message_id="m", app_id="app", expiration="50000", timestamp=7,
    )  # fmt: skip


@ROWS("SP-01")
def ack_modes_of_stomp(s: Script) -> None:
    a = s.new()
    for mode in ("auto", "client", "client-individual"):
        queue = f"~{mode}"
        s.speak(mode, "stomp", "connect")
        stomp(s, mode, "SUBSCRIBE", id="1", destination=f"/queue/{queue}", ack=mode,
              prefetch_count="3")  # fmt: skip
        s.send(a, queue, *"12345")
        s.look(a, queue)
        if mode != "auto":
            stomp(s, mode, "ACK", nth=1)
            s.look(a, queue)
            stomp(s, mode, "NACK", nth=3, requeue="false")
            s.look(a, queue)
        stomp(s, mode, "DISCONNECT")
        s.wait(300)
        s.get(a, queue, 5)


@ROWS("SP-01")
def nacks_of_stomp(s: Script) -> None:
    a = s.new()
    s.speak("s", "stomp", "connect")
    for number, mode in enumerate(("client", "client-individual")):
        stomp(s, "s", "SUBSCRIBE", id=mode, destination=f"/queue/~{mode}", ack=mode)
        s.send(a, f"~{mode}", *"123")
        first = number * 6
        stomp(s, "s", "NACK", nth=first + 2)
        stomp(s, "s", "UNSUBSCRIBE", id=mode)
        s.look(a, f"~{mode}")
        stomp(s, "s", "ACK", nth=first + 2)
        # so that the next mode begins at a known place
        s.send(a, f"~{mode}", *"456")
        stomp(s, "s", "SUBSCRIBE", id=mode, destination=f"/queue/~{mode}")
    stomp(s, "s", "DISCONNECT")
    s.wait(300)
    s.get(a, "~client", 3)


@ROWS("SP-02")
def transactions_of_stomp(s: Script) -> None:
    a = s.new()
    s.speak("s", "stomp", "connect")
    stomp(s, "s", "BEGIN", transaction="one")
    stomp(s, "s", "SEND", "inside", destination="/queue/~q", transaction="one", answered=False)
    stomp(s, "s", "SEND", "outside", destination="/queue/~q")
    s.look(a, "~q")
    stomp(s, "s", "COMMIT", transaction="one")
    s.get(a, "~q", 3)
    stomp(s, "s", "BEGIN", transaction="two")
    stomp(s, "s", "SUBSCRIBE", id="1", destination="/queue/~q", ack="client-individual")
    s.send(a, "~q", "1", "2")
    stomp(s, "s", "ACK", nth=0, transaction="two")
    stomp(s, "s", "SEND", "never", destination="/queue/~other", transaction="two", answered=False)
    stomp(s, "s", "ABORT", transaction="two")
    s.look(a, "~other")
    stomp(s, "s", "ACK", nth=0)
    for command in ("COMMIT", "ABORT"):
        stomp(s, "s", command, transaction="two")
    stomp(s, "s", "BEGIN")
    stomp(s, "s", "SEND", "m", destination="/queue/~q", transaction="none")
    s.speak("s", "stomp", "drop")
    s.wait(300)
    b = s.new()
    s.get(b, "~q", 2)


@ROWS("SP-03")
def durable_subscriptions_of_stomp(s: Script) -> None:
    lasting = {"destination": "/topic/~k.*", "durable": "true"}
    for extra in ({}, {"auto_delete": "false"}):
        s.speak("s", "stomp", "connect")
        s.speak("p", "stomp", "connect")
        identifier = f"~sub{len(extra)}"
        stomp(s, "s", "SUBSCRIBE", id=identifier, **lasting, **extra)
        stomp(s, "p", "SEND", "1", destination="/topic/~k.a")
        stomp(s, "s", "DISCONNECT")
        s.wait(300)
        stomp(s, "p", "SEND", "meanwhile", destination="/topic/~k.b")
        s.speak("s", "stomp", "connect")
        stomp(s, "s", "SUBSCRIBE", id=identifier, **lasting, **extra)
        stomp(s, "s", "UNSUBSCRIBE", id=identifier, durable="true")
        stomp(s, "p", "SEND", "nobody", destination="/topic/~k.b")
        stomp(s, "s", "SUBSCRIBE", id=identifier, **lasting, **extra)
        stomp(s, "s", "UNSUBSCRIBE", id=identifier, durable="true")
    stomp(s, "s", "SUBSCRIBE", id="9", destination="/topic/~k.*", x_queue_name="~own")
    s.look(s.new(), "~own")
    stomp(s, "s", "DISCONNECT")
    s.wait(300)
    s.look(s.new(), "~own")


@ROWS("SP-04")
def temporary_queues_of_stomp(s: Script) -> None:
    a = s.new()
    s.speak("asks", "stomp", "connect")
    s.speak("answers", "stomp", "connect")
    stomp(s, "answers", "SUBSCRIBE", id="1", destination="/queue/~requests")
    for body in ("one", "two"):
        stomp(s, "asks", "SEND", body, destination="/queue/~requests", reply_to="/temp-queue/t")
    stomp(s, "answers", "UNSUBSCRIBE", id="1")
    stomp(s, "asks", "SEND", "three", destination="/queue/~requests", reply_to="/temp-queue/t")
    s.get(a, "~requests")
    s.add(Reply(a, b"answer"))
    for command in ("SUBSCRIBE", "SEND"):
        stomp(s, "asks", command, id="1", destination="/temp-queue/t")


@ROWS("SP-05")
def errors_of_stomp(s: Script) -> None:
    """Those of AMQP end the connection, and one identifier for two subscriptions does."""
    s.speak("s", "stomp", "connect")
    stomp(s, "s", "WAT")
    stomp(s, "s", "SEND", "m")
    for destination in ("/wat/x", "/queue/~a/b", "/topic/~a/b"):
        stomp(s, "s", "SEND", "m", destination=destination)
    stomp(s, "s", "SEND", "m", destination="/queue/~q", priority="x")
    stomp(s, "s", "SEND", "m", destination="/queue/~q", message_id="x")
    stomp(s, "s", "SUBSCRIBE", destination="/queue/~q", id="1", ack="wat")
    stomp(s, "s", "SUBSCRIBE", destination="/topic/~q", durable="true")
    stomp(s, "s", "SUBSCRIBE", destination="/queue/~q")
    stomp(s, "s", "UNSUBSCRIBE", id="none")
    stomp(s, "s", "UNSUBSCRIBE", destination="/queue/~q")
    for command in ("ACK", "NACK"):
        stomp(s, "s", command, id="none")
    stomp(s, "s", "SUBSCRIBE", destination="/queue/~q", id="1")
    stomp(s, "s", "SUBSCRIBE", destination="/queue/~q", id="1")
    for command, given in (
        ("SEND", {"destination": "/exchange/~none/k"}),
        ("SUBSCRIBE", {"destination": "/exchange/~none/k", "id": "1"}),
        ("SUBSCRIBE", {"destination": "/amq/queue/~none", "id": "1"}),
        ("SEND", {"destination": "/queue/~q", "expiration": "abc"}),
        ("SEND", {"destination": "/queue/~q", "x_queue_type": "quorum"}),
    ):
        s.speak("s", "stomp", "connect")
        stomp(s, "s", command, **given)
        s.wait(200)
    stomp(s, "s", "SEND", "m", destination="/queue/~q")


@ROWS("SP-06")
def queue_arguments_of_stomp(s: Script) -> None:
    s.speak("s", "stomp", "connect")
    s.speak("other", "stomp", "connect")
    stomp(s, "s", "SEND", "m", destination="/queue/~quorum", x_queue_type="quorum")
    s.queue(s.new(), "~quorum", "quorum")
    stomp(s, "s", "SUBSCRIBE", id="1", destination="/queue/~ttl", x_message_ttl="1000",
          auto_delete="true")  # fmt: skip
    s.queue(s.new(), "~ttl", message_ttl=1000, auto_delete=True)
    stomp(s, "s", "SUBSCRIBE", id="2", destination="/queue/~own", exclusive="true")
    s.look(s.new(), "~own")
    stomp(s, "other", "SUBSCRIBE", id="2", destination="/queue/~own")
