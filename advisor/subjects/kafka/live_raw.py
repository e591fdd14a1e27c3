"""Requests that the client library does not offer, written byte by byte, one connection each.

Only what a session needs: which version answers, a batch sent again with the same sequence, share
group offsets, and taking a dead member out of its group. Knows no SASL but PLAIN.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from time import monotonic, sleep

from advisor.models.kafka.errors import ErrorCode
from advisor.subjects.kafka.live_settings import LiveRefused, LiveSilent, code_name

TIMEOUT_S = 10
CLIENT = b"advisor"

Place = tuple[str, int]


class Writer:
    """Bytes of one request; ``compact`` lengths are those of flexible versions."""

    def __init__(self) -> None:
        self.data = bytearray()

    def int8(self, value: int) -> Writer:
        self.data += struct.pack(">b", value)
        return self

    def int16(self, value: int) -> Writer:
        self.data += struct.pack(">h", value)
        return self

    def int32(self, value: int) -> Writer:
        self.data += struct.pack(">i", value)
        return self

    def int64(self, value: int) -> Writer:
        self.data += struct.pack(">q", value)
        return self

    def uvarint(self, value: int) -> Writer:
        while value > 0x7F:
            self.data.append(value & 0x7F | 0x80)
            value >>= 7
        self.data.append(value)
        return self

    def varint(self, value: int) -> Writer:
        return self.uvarint(value << 1 if value >= 0 else (-value << 1) - 1)

    def text(self, value: str) -> Writer:
        raw = value.encode()
        self.int16(len(raw)).data.extend(raw)
        return self

    def compact(self, value: str | None) -> Writer:
        if value is None:
            return self.uvarint(0)
        raw = value.encode()
        self.uvarint(len(raw) + 1).data.extend(raw)
        return self

    def tags(self) -> Writer:
        return self.uvarint(0)


class Reader:
    """Takes values off the front of an answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, length: int) -> bytes:
        found = self._data[self._at : self._at + length]
        if len(found) < length:
            raise LiveSilent("an answer that is cut off")
        self._at += length
        return found

    def int16(self) -> int:
        return int.from_bytes(self._take(2), "big", signed=True)

    def int32(self) -> int:
        return int.from_bytes(self._take(4), "big", signed=True)

    def int64(self) -> int:
        return int.from_bytes(self._take(8), "big", signed=True)

    def skip(self, length: int) -> None:
        self._take(length)

    def uvarint(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self._take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self) -> str:
        length = self.int16()
        return "" if length < 0 else self._take(length).decode()

    def compact(self) -> str:
        length = self.uvarint() - 1
        return "" if length < 0 else self._take(length).decode()

    def count(self) -> int:
        return max(self.uvarint() - 1, 0)

    def tags(self) -> dict[int, bytes]:
        found = {}
        for _ in range(self.uvarint()):
            tag = self.uvarint()
            found[tag] = self._take(self.uvarint())
        return found


class RawClient:
    """Sends one request a connection to the brokers that the settings name."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        protocol = settings.get("security.protocol", "PLAINTEXT").upper()
        self._tls = protocol.endswith("SSL")
        self._sasl = protocol.startswith("SASL")

    # One request

    def ask(
        self, key: int, version: int, body: Writer, *, at: tuple[str, int] | None = None,
        flexible: bool = False, login: bool = True, flexible_answer: bool | None = None,
    ) -> Reader:  # fmt: skip
        """Its answer without the header; LiveSilent where there is none."""
        try:
            with self._connect(at) as link:
                if login and self._sasl:
                    self._log_in(link)
                answer = self._exchange(link, key, version, body, flexible)
        except (OSError, ValueError) as error:
            raise LiveSilent(f"no answer to a raw request ({type(error).__name__})") from None
        reader = Reader(answer)
        if flexible if flexible_answer is None else flexible_answer:
            reader.tags()
        return reader

    def _connect(self, at: tuple[str, int] | None) -> socket.socket:
        places = [at] if at else [_place(one) for one in self._hosts()]
        last: OSError = OSError("no host")
        for place in places:
            try:
                link = socket.create_connection(place, TIMEOUT_S)
            except OSError as error:
                last = error
                continue
            if not self._tls:
                return link
            context = ssl.create_default_context(cafile=self._settings.get("ssl.ca.location"))
            return context.wrap_socket(link, server_hostname=place[0])
        raise last

    def _hosts(self) -> Sequence[str]:
        return self._settings["bootstrap.servers"].split(",")

    def _log_in(self, link: socket.socket) -> None:
        settings = self._settings
        mechanism = settings.get("sasl.mechanism", settings.get("sasl.mechanisms", ""))
        if mechanism != "PLAIN":
            raise LiveSilent("not executed (raw requests know no SASL but PLAIN)")
        self._exchange(link, 17, 1, Writer().text(mechanism), flexible=False)
        token = f"\0{settings.get('sasl.username', '')}\0{settings.get('sasl.password', '')}"
        answer = self._exchange(link, 36, 0, _bytes(token.encode()), flexible=False)
        if Reader(answer).int16():
            raise LiveSilent("the login was refused")

    def _exchange(
        self, link: socket.socket, key: int, version: int, body: Writer, flexible: bool
    ) -> bytes:
        head = Writer().int16(key).int16(version).int32(1).int16(len(CLIENT))
        head.data += CLIENT
        if flexible:
            head.tags()
        frame = bytes(head.data + body.data)
        link.sendall(struct.pack(">i", len(frame)) + frame)
        (length,) = struct.unpack(">i", _read(link, 4))
        return _read(link, length)[4:]

    # Requests

    def supported_features(self) -> dict[str, int]:
        """The highest level of each feature that the broker's software knows."""
        body = Writer().compact("advisor").compact("1").tags()
        answer = self.ask(18, 3, body, flexible=True, login=False, flexible_answer=False)
        if answer.int16():
            return {}
        for _ in range(answer.count()):
            answer.skip(6)
            answer.tags()
        answer.skip(4)
        features = Reader(answer.tags().get(0, b"\x01"))
        found = {}
        for _ in range(features.count()):
            name = features.compact()
            features.skip(2)
            found[name] = features.int16()
            features.tags()
        return found

    def coordinator(self, group: str) -> tuple[str, int]:
        """Where the coordinator of a group answers."""
        end_s = monotonic() + TIMEOUT_S
        while True:
            answer = self.ask(10, 1, Writer().text(group).int8(0))
            answer.skip(4)
            code = answer.int16()
            # the first group of a cluster makes the topic that coordinators need
            if code != ErrorCode.COORDINATOR_NOT_AVAILABLE or monotonic() >= end_s:
                break
            sleep(0.1)
        _check(code)
        answer.text()
        answer.skip(4)
        return answer.text(), answer.int32()

    def send_again(
        self, place: Place, batch: bytes, *, acks: int, leader: tuple[str, int],
        transactional_id: str | None = None,
    ) -> None:  # fmt: skip
        """Produce a batch as it is."""
        body = Writer()
        if transactional_id is None:
            body.int16(-1)
        else:
            body.text(transactional_id)
        body.int16(acks).int32(TIMEOUT_S * 1000).int32(1).text(place[0])
        body.int32(1).int32(place[1]).int32(len(batch)).data.extend(batch)
        answer = self.ask(0, 7, body, at=leader)
        answer.skip(4)
        answer.text()
        answer.skip(8)
        _check(answer.int16())

    def leave_group(self, group: str, member: str) -> None:
        """Take a member out of its consumer group; one that is not there is no matter."""
        with suppress(LiveRefused):
            body = Writer().text(group).text(member)
            answer = self.ask(13, 1, body, at=self.coordinator(group))
            answer.skip(4)
            _check(answer.int16())

    def share_members(self, group: str) -> list[tuple[str, str, set[Place]]]:
        """Member id, client id and assignment of each member of a share group."""
        body = Writer().uvarint(2).compact(group).int8(0).tags()
        answer = self.ask(77, 1, body, at=self.coordinator(group), flexible=True)
        answer.skip(4)
        found = []
        for _ in range(answer.count()):
            answer.skip(2)
            for _ in range(3):
                answer.compact()
            answer.skip(8)
            answer.compact()
            found += [_member(answer) for _ in range(answer.count())]
            answer.skip(4)
            answer.tags()
        return found

    def leave_share_group(self, group: str, member: str) -> None:
        """A member's goodbye, said in its name."""
        body = Writer().compact(group).compact(member).int32(-1).compact(None).uvarint(0).tags()
        with suppress(LiveRefused):
            answer = self.ask(76, 1, body, at=self.coordinator(group), flexible=True)
            answer.skip(4)
            _check(answer.int16())

    def share_offsets(self, group: str) -> dict[Place, int]:
        """Start offsets of a share group that are stored (DescribeShareGroupOffsets)."""
        body = Writer().uvarint(2).compact(group).uvarint(0).tags().tags()
        answer = self.ask(90, 0, body, at=self.coordinator(group), flexible=True)
        answer.skip(4)
        found = {}
        for _ in range(answer.count()):
            answer.compact()
            for _ in range(answer.count()):
                topic = answer.compact()
                answer.skip(16)
                for _ in range(answer.count()):
                    number = answer.int32()
                    found[topic, number] = answer.int64()
                    answer.skip(6)
                    answer.compact()
                    answer.tags()
                answer.tags()
            code = answer.int16()
            answer.compact()
            answer.tags()
            _check(code)
        return {place: offset for place, offset in found.items() if offset >= 0}

    def alter_share_offsets(self, group: str, offsets: Mapping[Place, int]) -> None:
        """AlterShareGroupOffsets; refused with the first error."""
        topics = sorted({topic for topic, _ in offsets})
        body = Writer().compact(group).uvarint(len(topics) + 1)
        for topic in topics:
            parts = {number: to for (name, number), to in offsets.items() if name == topic}
            body.compact(topic).uvarint(len(parts) + 1)
            for number, offset in parts.items():
                body.int32(number).int64(offset).tags()
            body.tags()
        answer = self.ask(91, 0, body.tags(), at=self.coordinator(group), flexible=True)
        answer.skip(4)
        _check(answer.int16())
        answer.compact()
        for _ in range(answer.count()):
            answer.compact()
            answer.skip(16)
            for _ in range(answer.count()):
                answer.skip(4)
                _check(answer.int16())
                answer.compact()
                answer.tags()
            answer.tags()


def _member(answer: Reader) -> tuple[str, str, set[Place]]:
    member = answer.compact()
    answer.compact()
    answer.skip(4)
    client = answer.compact()
    answer.compact()
    for _ in range(answer.count()):
        answer.compact()
    places = set()
    for _ in range(answer.count()):
        answer.skip(16)
        topic = answer.compact()
        places |= {(topic, answer.int32()) for _ in range(answer.count())}
        answer.tags()
    answer.tags()
    answer.tags()
    return member, client, places


def _check(code: int) -> None:
    if code in (5, 6, 14, 15, 16):
        raise LiveSilent(f"{code_name(code)}")
    if code:
        raise LiveRefused(code_name(code), "")


def _place(host: str) -> tuple[str, int]:
    name, _, port = host.strip().rpartition(":")
    return (name.strip("[]"), int(port)) if name else (port, 9092)


def _bytes(raw: bytes) -> Writer:
    writer = Writer().int32(len(raw))
    writer.data += raw
    return writer


def _read(link: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        found = link.recv(length - len(data))
        if not found:
            raise OSError("closed")
        data += found
    return data


# A batch of one record


def batch_of(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
    timestamp_ms: int, producer: tuple[int, int, int], transactional: bool,
) -> bytes:  # fmt: skip
    """One record in the v2 batch format; ``producer``: its id, epoch and sequence."""
    record = Writer().int8(0).varint(0).varint(0)
    for part in (key, value):
        record.varint(-1 if part is None else len(part)).data.extend(part or b"")
    record.varint(len(headers))
    for name, content in headers:
        raw = name.encode()
        record.varint(len(raw)).data.extend(raw)
        record.varint(len(content)).data.extend(content)
    tail = Writer().int16(0x10 if transactional else 0).int32(0)
    tail.int64(timestamp_ms).int64(timestamp_ms)
    tail.int64(producer[0]).int16(producer[1]).int32(producer[2]).int32(1)
    tail.varint(len(record.data)).data.extend(record.data)
    checked = bytes(tail.data)
    head = Writer().int64(0).int32(len(checked) + 9).int32(-1).int8(2)
    head.data += struct.pack(">I", crc32c(checked))
    return bytes(head.data) + checked


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    return tuple(table)


def crc32c(data: bytes) -> int:
    """The Castagnoli checksum that Kafka's batches carry."""
    table, crc = _crc_table(), 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
