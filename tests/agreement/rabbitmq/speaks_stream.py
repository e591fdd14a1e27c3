"""The stream protocol, spoken frame by frame to a broker and by the model."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import stream_wire as wire
from stream_wire import LostError, StreamSocket

from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.stream_protocol import (
    Chunk,
    Confirmed,
    ConsumerUpdate,
    Gone,
    StreamConnection,
    StreamError,
)

PORT_FROM_AMQP = 4
LOOK_S = 0.03
STORED_S = 0.05
"""An offset is stored without an answer."""


def in_order(came: Sequence[list[Any]]) -> list[list[Any]]:
    """By kind and subscription, since a broker tells those in any order."""
    return sorted(came, key=lambda one: (one[0], one[1]))


class Live:
    """One connection."""

    def __init__(self, place: Any) -> None:
        self._socket = StreamSocket(place.port + PORT_FROM_AMQP)
        self._prefix = ""
        self._updates: dict[int, int] = {}
        self._made: dict[str, int] = {}

    def _ask(self, key: int, payload: bytes) -> Outcome[Any]:
        try:
            code, reader = self._socket.ask(key, payload)
        except LostError:
            return Unknown("no answer")
        return Done(reader) if code == "ok" else Refused(code, "")

    def _done(self, key: int, payload: bytes) -> Outcome[None]:
        outcome = self._ask(key, payload)
        return Done(None) if isinstance(outcome, Done) else outcome

    def _number(self, key: int, payload: bytes) -> Outcome[int]:
        outcome = self._ask(key, payload)
        return Done(outcome.value.take("Q")) if isinstance(outcome, Done) else outcome

    def _names(self, key: int, payload: bytes) -> Outcome[list[str]]:
        outcome = self._ask(key, payload)
        if not isinstance(outcome, Done):
            return outcome
        reader = outcome.value
        return Done([reader.text() for _ in range(reader.take("i"))])

    def _told(self, key: int, payload: bytes, version: int = wire.VERSION) -> Outcome[None]:
        try:
            self._socket.tell(key, payload, version)
        except LostError:
            return Unknown("no answer")
        return Done(None)

    def create(self, name: str, **arguments: str) -> Outcome[None]:
        self._made[name] = wire.DELETE
        given = {key.replace("_", "-"): value for key, value in arguments.items()}
        return self._done(wire.CREATE, wire.text(name) + wire.table(given))

    def delete(self, name: str) -> Outcome[None]:
        return self._done(wire.DELETE, wire.text(name))

    def create_super_stream(
        self, name: str, partitions: list[str], keys: list[str]
    ) -> Outcome[None]:
        self._made[name] = wire.DELETE_SUPER_STREAM
        given = wire.text(name) + wire.texts(partitions) + wire.texts(keys) + wire.table({})
        return self._done(wire.CREATE_SUPER_STREAM, given)

    def delete_super_stream(self, name: str) -> Outcome[None]:
        return self._done(wire.DELETE_SUPER_STREAM, wire.text(name))

    def partitions(self, name: str) -> Outcome[list[str]]:
        return self._names(wire.PARTITIONS, wire.text(name))

    def route(self, name: str, key: str) -> Outcome[list[str]]:
        return self._names(wire.ROUTE, wire.text(key) + wire.text(name))

    def declare_publisher(self, publisher: int, reference: str, stream: str) -> Outcome[None]:
        given = struct.pack(">B", publisher) + wire.text(reference) + wire.text(stream)
        return self._done(wire.DECLARE_PUBLISHER, given)

    def publish(
        self, publisher: int, number: int, body: str, filter_value: str | None = None
    ) -> Outcome[None]:
        message = wire.data(wire.message(body.encode()))
        head = struct.pack(">BiQ", publisher, 1, number)
        if filter_value is None:
            return self._told(wire.PUBLISH, head + message)
        return self._told(wire.PUBLISH, head + wire.text(filter_value) + message, 2)

    def sequence(self, reference: str, stream: str) -> Outcome[int]:
        return self._number(wire.QUERY_SEQUENCE, wire.text(reference) + wire.text(stream))

    def subscribe(
        self, subscription: int, stream: str, offset: str | int, credit: int = 1,
        properties: Mapping[str, str] | None = None,
    ) -> Outcome[None]:  # fmt: skip
        given = struct.pack(">B", subscription) + wire.text(stream) + _wanted(offset)
        given += struct.pack(">H", credit) + (wire.table(properties) if properties else b"")
        return self._done(wire.SUBSCRIBE, given)

    def answer(self, subscription: int, offset: str | int) -> Outcome[None]:
        if subscription not in self._updates:
            return Refused("nothing asked", "")
        kind, value = ("offset", offset) if isinstance(offset, int) else (offset, 0)
        self._socket.answer(self._updates.pop(subscription), kind, value)
        return Done(None)

    def grant(self, subscription: int, credit: int) -> Outcome[None]:
        return self._told(wire.CREDIT, struct.pack(">BH", subscription, credit))

    def unsubscribe(self, subscription: int) -> Outcome[None]:
        return self._done(wire.UNSUBSCRIBE, struct.pack(">B", subscription))

    def store_offset(self, reference: str, stream: str, offset: int) -> Outcome[None]:
        given = wire.text(reference) + wire.text(stream) + struct.pack(">Q", offset)
        outcome = self._told(wire.STORE_OFFSET, given)
        self._look(STORED_S)
        return outcome

    def offset(self, reference: str, stream: str) -> Outcome[int]:
        return self._number(wire.QUERY_OFFSET, wire.text(reference) + wire.text(stream))

    def leave(self) -> Outcome[None]:
        """Close the connection."""
        self._socket.close()
        return Done(None)

    def _look(self, seconds: float) -> None:
        end = monotonic() + seconds
        with suppress(LostError, OSError, ValueError):
            while monotonic() < end:
                self._socket.read(end - monotonic())

    def arrived(self) -> list[Any]:
        self._look(LOOK_S)
        came: list[list[Any]] = []
        while self._socket.came:
            one = self._socket.came.popleft()
            if isinstance(one, wire.Chunk):
                bodies = [body.decode("utf-8", "replace") for body in one.bodies]
                came.append(["chunk", one.subscription, one.first_offset, bodies])
            elif one[0] == "update":
                self._updates[one[2]] = one[1]
                came.append(["update", one[2], one[3]])
            elif one[0] == "gone":
                came.append(["gone", one[2]])
            elif one[0] == "credit refused":
                came.append(["credit refused", one[2], one[1]])
            else:
                came.append(list(one))
        return in_order(came)

    def close(self) -> None:
        with suppress(LostError, OSError):
            for name, how in self._made.items():
                self._ask(how, wire.text(name))
        self._socket.close()


def _wanted(offset: str | int) -> bytes:
    kind, value = ("offset", offset) if isinstance(offset, int) else (offset, 0)
    return wire.offset_wanted(kind, value)


class OnModel:
    """The same calls on the model."""

    def __init__(self, broker: Broker) -> None:
        self._connection = StreamConnection(broker)
        self._asked: set[int] = set()
        self._refused: list[list[Any]] = []

    def _call(self, act: Callable[[], Any]) -> Outcome[Any]:
        try:
            return Done(act())
        except StreamError as error:
            return Refused(str(error), "")

    def create(self, name: str, **arguments: str) -> Outcome[Any]:
        given = {key.replace("_", "-"): value for key, value in arguments.items()}
        return self._call(lambda: self._connection.create(name, given))

    def delete(self, name: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.delete(name))

    def create_super_stream(
        self, name: str, partitions: list[str], keys: list[str]
    ) -> Outcome[Any]:
        return self._call(lambda: self._connection.create_super_stream(name, partitions, keys))

    def delete_super_stream(self, name: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.delete_super_stream(name))

    def partitions(self, name: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.partitions(name))

    def route(self, name: str, key: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.route(name, key))

    def declare_publisher(self, publisher: int, reference: str, stream: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.declare_publisher(publisher, reference, stream))

    def publish(
        self, publisher: int, number: int, body: str, filter_value: str | None = None
    ) -> Outcome[Any]:
        return self._call(
            lambda: self._connection.publish(publisher, number, body.encode(), filter_value)
        )

    def sequence(self, reference: str, stream: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.sequence_of(reference, stream))

    def subscribe(
        self, subscription: int, stream: str, offset: str | int, credit: int = 1,
        properties: Mapping[str, str] | None = None,
    ) -> Outcome[Any]:  # fmt: skip
        return self._call(
            lambda: self._connection.subscribe(subscription, stream, offset, credit, properties)
        )

    def answer(self, subscription: int, offset: str | int) -> Outcome[Any]:
        if subscription not in self._asked:
            return Refused("nothing asked", "")
        self._asked.discard(subscription)
        return self._call(lambda: self._connection.answer(subscription, offset))

    def grant(self, subscription: int, credit: int) -> Outcome[Any]:
        outcome = self._call(lambda: self._connection.grant(subscription, credit))
        if isinstance(outcome, Refused):
            self._refused.append(["credit refused", subscription, outcome.code])
        return Done(None)

    def unsubscribe(self, subscription: int) -> Outcome[Any]:
        return self._call(lambda: self._connection.unsubscribe(subscription))

    def store_offset(self, reference: str, stream: str, offset: int) -> Outcome[Any]:
        return self._call(lambda: self._connection.store_offset(reference, stream, offset))

    def offset(self, reference: str, stream: str) -> Outcome[Any]:
        return self._call(lambda: self._connection.offset_of(reference, stream))

    def leave(self) -> Outcome[Any]:
        return self._call(self._connection.close)

    def arrived(self) -> list[Any]:
        came, self._refused = self._refused, []
        while self._connection.came:
            one = self._connection.came.popleft()
            if isinstance(one, Chunk):
                bodies = [body.decode() for body in one.bodies]
                came.append(["chunk", one.subscription, one.first_offset, bodies])
            elif isinstance(one, ConsumerUpdate):
                self._asked.add(one.subscription)
                came.append(["update", one.subscription, one.active])
            elif isinstance(one, Gone):
                came.append(["gone", one.stream])
            elif isinstance(one, Confirmed):
                came.append(["confirm", *one])
            else:
                came.append(["refused", *one])
        return in_order(came)

    def close(self) -> None:
        self._connection.close()
