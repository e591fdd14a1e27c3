"""MQTT, spoken by paho to a broker and by the model: versions 3.1.1 and 5."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.mqtt import MqttClosedError, MqttMessage, MqttProperties, MqttSession
from advisor.models.rabbitmq.unmodelled import UnmodelledError

ANSWER_S = 10.0
PORT_FROM_AMQP = 2


def in_order(came: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By topic, and of equal messages the lower quality first.

    The two queues of a session deliver side by side, and one topic mostly comes by one of them.
    """
    first: dict[tuple[str, str], int] = {}
    for one in came:
        first.setdefault((one.get("topic", "~"), one.get("body", "")), len(first))

    def place(one: dict[str, Any]) -> tuple[str, int, int]:
        topic = one.get("topic", "~")
        return topic, first[topic, one.get("body", "")], one.get("qos", 0)

    return sorted(came, key=place)


class OnModel:
    """The same on the model."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._session: MqttSession | None = None
        self._manual = False
        self._dropped = False

    def connect(
        self,
        identifier: str,
        clean: bool = True,
        version: int = 4,
        expiry_s: int | None = None,
        manual: bool = False,
        will: dict[str, Any] | None = None,
        receive_maximum: int = 10,
    ) -> Outcome[Any]:
        self._leave()
        self._manual = manual
        last = None
        if will is not None:
            last = MqttMessage(
                will["topic"], will["payload"].encode(), will["qos"], will.get("retain", False)
            )
        self._session = self._broker.mqtt.connect(
            identifier, clean=clean, version=version, expiry_s=expiry_s,
            receive_maximum=receive_maximum, will=last,
        )  # fmt: skip
        return Done({"session present": self._session.present})

    def subscribe(self, filter: str, qos: int = 0) -> Outcome[Any]:
        return self._made(lambda session: [session.subscribe(filter, qos)])

    def unsubscribe(self, filter: str) -> Outcome[Any]:
        return self._made(lambda session: session.unsubscribe(filter))

    def publish(
        self, topic: str, body: str, qos: int = 0, retain: bool = False, **properties: Any
    ) -> Outcome[Any]:
        given = MqttProperties(
            properties.get("ContentType"),
            properties.get("CorrelationData"),
            properties.get("ResponseTopic"),
            tuple([properties["UserProperty"]] if "UserProperty" in properties else []),
        )
        message = MqttMessage(topic, body.encode(), qos, retain, properties=given)
        return self._made(lambda session: session.publish(message))

    def acknowledge(self) -> Outcome[Any]:
        return self._made(lambda session: session.acknowledge())

    def disconnect(self) -> Outcome[Any]:
        self._leave()
        return Done(None)

    def drop(self) -> Outcome[Any]:
        self._dropped = True
        return self._made(lambda session: session.drop())

    def _made(self, call: Callable[[MqttSession], Any]) -> Outcome[Any]:
        assert self._session is not None, "a program connects first"
        try:
            return Done(call(self._session))
        except MqttClosedError:
            return Refused("closed", "")
        except UnmodelledError as error:
            return Unmodelled(error.gap.name, error.gap.value)

    def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.disconnect()

    def arrived(self) -> list[Any]:
        session = self._session
        if session is None:
            return []
        session.see_deleted_queue()
        found = in_order([_seen(one) for one in session.take(acknowledge=not self._manual)])
        if session.closed is not None or self._dropped:
            with_reason = session.version >= 5 and session.closed
            found.append({"disconnected": session.closed if with_reason else "lost"})
            self._dropped = False
            session.closed = None
        return found

    def close(self) -> None:
        self._leave()


def _seen(message: MqttMessage) -> dict[str, Any]:
    given = message.properties
    properties = {
        "ContentType": given.content_type,
        "CorrelationData": given.correlation_data,
        "ResponseTopic": given.response_topic,
        "UserProperty": sorted(list(one) for one in given.user),
    }
    seen = {
        "topic": message.topic,
        "body": message.body.decode(),
        "qos": message.quality,
        "retain": message.retain,
        "again": message.again,
    }
    kept = {name: value for name, value in properties.items() if value}
    return seen | ({"properties": kept} if kept else {})


class Live:
    """One client identifier; it may connect again and again."""

    def __init__(self, place: Any) -> None:
        self._port: int = place.port + PORT_FROM_AMQP
        self._client: paho.Client | None = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._came: SimpleQueue[Any] = SimpleQueue()
        self._held: list[tuple[int, int]] = []
        self._identifiers: set[tuple[str, int]] = set()

    def connect(
        self,
        identifier: str,
        clean: bool = True,
        version: int = 4,
        expiry_s: int | None = None,
        manual: bool = False,
        will: dict[str, Any] | None = None,
        receive_maximum: int | None = None,
    ) -> Outcome[Any]:
        """``version`` 4 is MQTT 3.1.1, whose ``clean`` is the clean start of 5."""
        self._leave()
        self._identifiers.add((identifier, version))
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            identifier,
            clean_session=clean if version < 5 else None,
            protocol=MQTTProtocolVersion(version),
            manual_ack=manual,
            reconnect_on_failure=False,
        )
        client.username_pw_set("guest", "guest")
        if will is not None:
            client.will_set(**will)
        self._answers = SimpleQueue()
        self._client = client
        self._listen(client, self._answers, manual=manual)
        client.connect(
            "127.0.0.1",
            self._port,
            properties=_connect_properties(expiry_s, receive_maximum) if version >= 5 else None,
            clean_start=clean if version >= 5 else paho.MQTT_CLEAN_START_FIRST_ONLY,
        )
        client.loop_start()
        return self._answer(_connection)

    def _listen(self, client: paho.Client, answers: SimpleQueue[Any], *, manual: bool) -> None:
        def connected(_c: Any, _u: Any, flags: Any, code: Any, _p: Any) -> None:
            answers.put((code, flags.session_present))

        def subscribed(_c: Any, _u: Any, _mid: int, codes: list[Any], _p: Any) -> None:
            answers.put([one.value for one in codes])

        def disconnected(_c: Any, _u: Any, flags: Any, code: Any, _p: Any) -> None:
            if client is self._client:
                told = flags.is_disconnect_packet_from_server
                self._came.put({"disconnected": code.value if told else "lost"})

        def received(_c: Any, _u: Any, message: Any) -> None:
            self._receive(message, manual=manual)

        client.on_connect = connected
        client.on_subscribe = subscribed
        client.on_unsubscribe = subscribed
        client.on_disconnect = disconnected
        client.on_message = received

    def _receive(self, message: paho.MQTTMessage, *, manual: bool) -> None:
        if manual and message.qos:
            self._held.append((message.mid, message.qos))
        seen = {
            "topic": message.topic,
            "body": message.payload.decode(),
            "qos": message.qos,
            "retain": message.retain,
            "again": message.dup,
        }
        given = {} if message.properties is None else message.properties.json()
        if "CorrelationData" in given:
            given["CorrelationData"] = bytes.fromhex(given["CorrelationData"]).decode()
        if "UserProperty" in given:
            given["UserProperty"] = sorted(list(one) for one in given["UserProperty"])
        if given:
            seen["properties"] = given
        self._came.put(seen)

    def _answer(self, read: Callable[[Any], Outcome[Any]]) -> Outcome[Any]:
        try:
            return read(self._answers.get(timeout=ANSWER_S))
        except Empty:
            return Unknown("no answer")

    def subscribe(self, filter: str, qos: int = 0) -> Outcome[Any]:
        """What was granted, or why not (0x80 and above)."""
        code, _ = self._open().subscribe(filter, qos)
        return self._answer(Done) if code == paho.MQTT_ERR_SUCCESS else Refused("closed", "")

    def unsubscribe(self, filter: str) -> Outcome[Any]:
        code, _ = self._open().unsubscribe(filter)
        if code != paho.MQTT_ERR_SUCCESS:
            return Refused("closed", "")
        return self._answer(lambda _: Done(None))

    def publish(
        self, topic: str, body: str, qos: int = 0, retain: bool = False, **properties: Any
    ) -> Outcome[Any]:
        """Done when the broker has answered as the quality of service asks."""
        given = None
        if properties:
            given = Properties(PacketTypes.PUBLISH)
            for name, value in properties.items():
                setattr(given, name, value.encode() if name == "CorrelationData" else value)
        sent = self._open().publish(topic, body.encode(), qos, retain, properties=given)
        if sent.rc != paho.MQTT_ERR_SUCCESS:
            return Refused("closed", "")
        sent.wait_for_publish(ANSWER_S)
        return Done(None) if sent.is_published() else Unknown("no answer")

    def acknowledge(self) -> Outcome[Any]:
        """Everything that came and is held."""
        for mid, qos in self._held:
            self._open().ack(mid, qos)
        self._held.clear()
        return Done(None)

    def disconnect(self) -> Outcome[Any]:
        self._leave()
        return Done(None)

    def drop(self) -> Outcome[Any]:
        """The network is gone: no goodbye."""
        found = self._open().socket()
        if found is not None:
            found.shutdown(socket.SHUT_RDWR)
        return Done(None)

    def _open(self) -> paho.Client:
        assert self._client is not None, "a program connects first"
        return self._client

    def _leave(self) -> None:
        client, self._client = self._client, None
        self._held.clear()
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def arrived(self) -> list[Any]:
        found = []
        with suppress(Empty):
            while True:
                found.append(self._came.get_nowait())
        return in_order(found)

    def close(self) -> None:
        """A clean session removes what an earlier one left."""
        self._leave()
        for identifier, version in sorted(self._identifiers):
            self.connect(identifier, clean=True, version=version, expiry_s=0)
            self._leave()


def _connect_properties(expiry_s: int | None, receive_maximum: int | None) -> Properties:
    properties = Properties(PacketTypes.CONNECT)
    if expiry_s is not None:
        properties.SessionExpiryInterval = expiry_s
    if receive_maximum is not None:
        properties.ReceiveMaximum = receive_maximum
    return properties


def _connection(answer: tuple[Any, bool]) -> Outcome[Any]:
    code, present = answer
    return Refused(str(code.value), "") if code.is_failure else Done({"session present": present})
