"""A small client of RabbitMQ's stream protocol, frame by frame, so that the broker is what answers.

Source: PROTOCOL.adoc of the plugin ``rabbitmq_stream``. Numbers are big-endian; a text is its
length in two bytes and UTF-8, data its length in four.
"""

from __future__ import annotations

import select
import socket
import struct
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple

ANSWER_S = 10.0
VERSION = 1
RESPONSE = 0x8000
OFFSET_KINDS = {"first": 1, "last": 2, "next": 3, "offset": 4, "timestamp": 5}
CODES = {
    1: "ok", 2: "stream does not exist", 3: "subscription id exists",
    4: "subscription id does not exist", 5: "stream exists", 6: "stream not available",
    8: "authentication failure", 16: "access refused", 17: "precondition failed",
    18: "publisher does not exist", 19: "no offset",
}  # fmt: skip
DECLARE_PUBLISHER, PUBLISH, CONFIRM, PUBLISH_ERROR, QUERY_SEQUENCE = 1, 2, 3, 4, 5
SUBSCRIBE, DELIVER, CREDIT, STORE_OFFSET, QUERY_OFFSET, UNSUBSCRIBE = 7, 8, 9, 10, 11, 12
CREATE, DELETE, METADATA_UPDATE = 13, 14, 16
PEER_PROPERTIES, HANDSHAKE, AUTHENTICATE, TUNE, OPEN, CLOSE = 17, 18, 19, 20, 21, 22
ROUTE, PARTITIONS, CONSUMER_UPDATE = 24, 25, 26
CREATE_SUPER_STREAM, DELETE_SUPER_STREAM = 29, 30
_DATA = b"\x00\x53\x75"


class LostError(Exception):
    """The broker has closed the connection."""


class Chunk(NamedTuple):
    """What one delivery holds: the offset of its first message, and all bodies."""

    subscription: int
    first_offset: int
    bodies: tuple[bytes, ...]


def text(value: str | None) -> bytes:
    if value is None:
        return struct.pack(">h", -1)
    encoded = value.encode()
    return struct.pack(">h", len(encoded)) + encoded


def data(value: bytes) -> bytes:
    return struct.pack(">i", len(value)) + value


def texts(values: Sequence[str]) -> bytes:
    return struct.pack(">i", len(values)) + b"".join(text(one) for one in values)


def table(values: Mapping[str, str]) -> bytes:
    pairs = b"".join(text(name) + text(value) for name, value in values.items())
    return struct.pack(">i", len(values)) + pairs


def offset_wanted(kind: str, value: int) -> bytes:
    number = struct.pack(">H", OFFSET_KINDS[kind])
    if kind == "offset":
        return number + struct.pack(">Q", value)
    return number + (struct.pack(">q", value) if kind == "timestamp" else b"")


def message(body: bytes) -> bytes:
    """A message of AMQP 1.0 with a data section only, at most 255 bytes."""
    return _DATA + b"\xa0" + bytes([len(body)]) + body


def body_of(encoded: bytes) -> bytes:
    """The data section, which others come before where a message was published by AMQP."""
    at = encoded.rindex(_DATA) + len(_DATA)
    short = encoded[at] == 0xA0
    return encoded[at + (2 if short else 5) :]


class Reader:
    """Takes values off a frame."""

    def __init__(self, frame: bytes) -> None:
        self._frame = frame
        self._at = 0

    def take(self, layout: str) -> Any:
        (value,) = struct.unpack_from(f">{layout}", self._frame, self._at)
        self._at += struct.calcsize(f">{layout}")
        return value

    def text(self) -> str:
        return self.bytes(self.take("h")).decode()

    def bytes(self, size: int) -> bytes:
        found = self._frame[self._at : self._at + size]
        self._at += size
        return found


def chunk_of(reader: Reader) -> Chunk:
    subscription = reader.take("B")
    reader.bytes(2)
    entries = reader.take("H")
    reader.bytes(4 + 8 + 8)
    first = reader.take("Q")
    reader.bytes(4 + 4 + 4 + 4)
    bodies = tuple(body_of(reader.bytes(reader.take("I"))) for _ in range(entries))
    return Chunk(subscription, first, bodies)


class StreamSocket:
    """One connection, opened. What the broker sends by itself is in ``came``, oldest first."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWER_S)
        self._buffer = b""
        self._correlation = 0
        self._answers: dict[int, Reader] = {}
        self._tuned = False
        self.came: deque[Any] = deque()
        self.ask(PEER_PROPERTIES, table({"product": "agreement"}))
        self.ask(HANDSHAKE, b"")
        self.ask(AUTHENTICATE, text("PLAIN") + data(b"\0guest\0guest"))
        self._until(lambda: self._tuned)
        self.ask(OPEN, text("/"))

    def tell(self, key: int, payload: bytes, version: int = VERSION) -> None:
        """Send what has no answer."""
        frame = struct.pack(">HH", key, version) + payload
        try:
            self._socket.sendall(struct.pack(">I", len(frame)) + frame)
        except OSError as error:
            raise LostError from error

    def ask(self, key: int, payload: bytes) -> tuple[str, Reader]:
        """The response code in words, and what follows it."""
        self._correlation += 1
        number = self._correlation
        self.tell(key, struct.pack(">I", number) + payload)
        self._until(lambda: number in self._answers)
        reader = self._answers.pop(number)
        code = reader.take("H")
        return CODES.get(code, str(code)), reader

    def answer(self, correlation: int, kind: str, value: int) -> None:
        """To a consumer update: active again from here."""
        self.tell(
            CONSUMER_UPDATE | RESPONSE,
            struct.pack(">IH", correlation, 1) + offset_wanted(kind, value),
        )

    def _until(self, reached: Any, seconds: float = ANSWER_S) -> None:
        end = monotonic() + seconds
        while not reached():
            if monotonic() > end:
                raise LostError("no answer")
            self.read(end - monotonic())

    def read(self, seconds: float) -> None:
        """Handle what comes in this time at the longest; returns when something came."""
        ready, _, _ = select.select([self._socket], [], [], max(0.0, seconds))
        if not ready:
            return
        try:
            received = self._socket.recv(1 << 20)
        except OSError as error:
            raise LostError from error
        if not received:
            raise LostError
        self._buffer += received
        while len(self._buffer) >= 4:
            (size,) = struct.unpack_from(">I", self._buffer)
            if len(self._buffer) < 4 + size:
                return
            frame, self._buffer = self._buffer[4 : 4 + size], self._buffer[4 + size :]
            self._handle(Reader(frame))

    def _handle(self, reader: Reader) -> None:
        key = reader.take("H")
        reader.take("H")
        if key & RESPONSE and key != CREDIT | RESPONSE:
            self._answers[reader.take("I")] = reader
        elif key == TUNE:
            frame_most = reader.take("I")
            self.tell(TUNE, struct.pack(">II", frame_most, 0))
            self._tuned = True
        elif key == DELIVER:
            self.came.append(chunk_of(reader))
        elif key == CONFIRM:
            publisher = reader.take("B")
            self.came += [("confirm", publisher, reader.take("Q")) for _ in range(reader.take("I"))]
        elif key == PUBLISH_ERROR:
            publisher = reader.take("B")
            for _ in range(reader.take("I")):
                number = reader.take("Q")
                code = reader.take("H")
                self.came.append(("refused", publisher, number, CODES.get(code, str(code))))
        elif key == CONSUMER_UPDATE:
            correlation = reader.take("I")
            self.came.append(("update", correlation, reader.take("B"), bool(reader.take("B"))))
        elif key == METADATA_UPDATE:
            code = reader.take("H")
            self.came.append(("gone", CODES.get(code, str(code)), reader.text()))
        elif key == CREDIT | RESPONSE:
            code = reader.take("H")
            self.came.append(("credit refused", CODES.get(code, str(code)), reader.take("B")))

    def close(self) -> None:
        """Say goodbye; an answer is not waited for."""
        with suppress(LostError):
            self.tell(CLOSE, struct.pack(">IH", 0, 1) + text("bye"))
        self._socket.close()
