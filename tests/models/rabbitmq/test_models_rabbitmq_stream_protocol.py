"""What only the stream protocol has, as it was seen on RabbitMQ 3.10.8, 4.0.5 and 4.3.6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rabbitmq_bench import V3_10, V4_0, V4_3, Bench, arrived

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Properties
from advisor.models.rabbitmq.stream_protocol import (
    Chunk,
    Confirmed,
    ConsumerUpdate,
    Gone,
    Refused,
    StreamConnection,
    StreamError,
)

ACTIVE = {"single-active-consumer": "true", "name": "app"}


class Streams:
    """A stream ``s`` with a publisher, each of whose messages is a chunk of its own."""

    def __init__(self, version: BrokerVersion = V4_3, reference: str = "") -> None:
        self.bench = Bench(version)
        self.publisher = self.connect()
        self.publisher.create("s", {})
        self.publisher.declare_publisher(1, reference, "s")

    def connect(self) -> StreamConnection:
        return StreamConnection(self.bench.broker)

    def publish(self, *numbers: int, value: str | None = None) -> list[Any]:
        for number in numbers:
            self.publisher.publish(1, number, str(number).encode(), value)
            self.bench.wait(5)
        return came(self.publisher)

    def read_by_amqp(self) -> list[str]:
        return arrived(self.bench.consume("s", prefetch=50, stream_offset="first"))


def came(connection: StreamConnection) -> list[Any]:
    found = list(connection.came)
    connection.came.clear()
    return found


def bodies(connection: StreamConnection) -> list[bytes]:
    return [body for one in came(connection) if isinstance(one, Chunk) for body in one.bodies]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StreamError) as met:
        act()
    return str(met.value)


def test_a_number_published_twice_is_confirmed_twice_and_stored_once() -> None:
    streams = Streams(reference="r")
    twice = [1, 2, 1, 2]
    assert [Confirmed(1, number) for number in twice] == streams.publish(*twice)
    other = streams.connect()
    assert 2 == other.sequence_of("r", "s")
    assert 0 == other.sequence_of("other", "s")
    other.declare_publisher(1, "r", "s")
    other.publish(1, 2, b"again")
    assert ["1", "2"] == streams.read_by_amqp()


def test_without_a_reference_nothing_is_de_duplicated() -> None:
    streams = Streams()
    streams.publish(1, 1)
    assert ["1", "1"] == streams.read_by_amqp()


@pytest.mark.parametrize(("version", "mode"), [(V3_10, None), (V4_0, 2), (V4_3, None)])
def test_what_amqp_shows_as_delivery_mode(version: BrokerVersion, mode: int | None) -> None:
    """4.0 takes what has no header for durable."""
    streams = Streams(version)
    streams.publish(1)
    reader = streams.bench.consume("s", prefetch=1, stream_offset="first")
    (delivery,) = reader.inbox
    assert mode == delivery.entry.message.properties.delivery_mode


def test_publishers_are_declared_once() -> None:
    streams = Streams(reference="r")
    publisher = streams.publisher
    assert "precondition failed" == refused(lambda: publisher.declare_publisher(1, "", "s"))
    assert "precondition failed" == refused(lambda: publisher.declare_publisher(2, "r", "s"))
    assert "stream does not exist" == refused(lambda: publisher.declare_publisher(3, "", "none"))
    publisher.declare_publisher(4, "", "s")
    publisher.publish(9, 7, b"m")
    assert [Refused(9, 7, "publisher does not exist")] == came(publisher)


def test_a_stored_offset_takes_an_offset_itself() -> None:
    streams = Streams()
    streams.publish(1, 2)
    reader = streams.connect()
    assert "no offset" == refused(lambda: reader.offset_of("r", "s"))
    reader.store_offset("r", "s", 1)
    reader.store_offset("r", "s", 0)
    assert 0 == reader.offset_of("r", "s")
    streams.publish(3)
    reader.subscribe(1, "s", "first", 50)
    chunks = [Chunk(1, 0, (b"1",)), Chunk(1, 1, (b"2",)), Chunk(1, 4, (b"3",))]
    assert chunks == came(reader)
    assert ["1", "2", "3"] == streams.read_by_amqp()


def test_credit_is_in_chunks() -> None:
    streams = Streams()
    for number in range(3):
        streams.publisher.publish(1, number, b"m%d" % number)
    streams.bench.wait(5)
    streams.publish(3, 4)
    reader = streams.connect()
    reader.subscribe(1, "s", 1, 1)
    assert [b"m0", b"m1", b"m2"] == bodies(reader)
    reader.grant(1, 1)
    assert [b"3"] == bodies(reader)
    assert "subscription id does not exist" == refused(lambda: reader.grant(2, 1))
    assert "subscription id exists" == refused(lambda: reader.subscribe(1, "s", "first", 1))
    reader.unsubscribe(1)
    assert "subscription id does not exist" == refused(lambda: reader.unsubscribe(1))


@pytest.mark.parametrize(
    ("offset", "expected"),
    [("first", [b"1", b"2", b"3"]), ("last", [b"2", b"3"]), ("next", [b"3"]), (99, [b"3"])],
)
def test_where_readers_begin(offset: str | int, expected: list[bytes]) -> None:
    """Beyond the end is the end."""
    streams = Streams()
    streams.publish(1, 2)
    reader = streams.connect()
    reader.subscribe(1, "s", offset, 9)
    streams.publish(3)
    assert expected == bodies(reader)


def test_who_uses_a_deleted_stream_hears_of_it_once() -> None:
    streams = Streams()
    reader, other = streams.connect(), streams.connect()
    reader.subscribe(1, "s", "first", 1)
    reader.subscribe(2, "s", "first", 1)
    other.delete("s")
    assert [Gone("s")] == came(reader)
    assert [Gone("s")] == came(streams.publisher)
    assert [] == came(other)
    assert [Refused(1, 1, "publisher does not exist")] == streams.publish(1)
    assert "stream does not exist" == refused(lambda: other.delete("s"))


def test_creating_again_is_told_from_creating_otherwise() -> None:
    publisher = Streams().publisher
    assert "stream exists" == refused(lambda: publisher.create("s", {}))
    assert "precondition failed" == refused(lambda: publisher.create("s", {"max-age": "1h"}))
    assert "stream does not exist" == refused(lambda: publisher.partitions("none"))
    publisher.create_super_stream("t", ["t-0"], ["0"])
    again = refused(lambda: publisher.create_super_stream("t", ["t-0"], ["0"]))
    assert "stream exists" == again


def test_the_first_of_a_name_reads_and_the_next_takes_over() -> None:
    streams = Streams(V4_0)
    streams.publish(1, 2, 3)
    first, second = streams.connect(), streams.connect()
    for number, one in enumerate((first, second), 1):
        one.subscribe(number, "s", "next", 9, ACTIVE)
    nameless = {"single-active-consumer": "true"}
    assert "precondition failed" == refused(lambda: first.subscribe(5, "s", "next", 1, nameless))
    assert [ConsumerUpdate(1, active=True)] == came(first)
    first.answer(1, "first")
    assert [b"1", b"2", b"3"] == bodies(first)
    assert [] == came(second)
    first.close()
    assert [ConsumerUpdate(2, active=True)] == came(second)
    second.answer(2, 1)
    assert [b"2", b"3"] == bodies(second)


def test_3_10_has_no_single_active_consumer_of_streams() -> None:
    streams = Streams(V3_10)
    streams.publish(1)
    readers = [streams.connect(), streams.connect()]
    for one in readers:
        one.subscribe(1, "s", "first", 9, ACTIVE)
    assert [[b"1"], [b"1"]] == [bodies(one) for one in readers]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"filter.0": "a"}, [b"1"]),
        ({"filter.0": "a", "filter.1": "b"}, [b"1", b"2"]),
        ({"filter.0": "b", "match-unfiltered": "true"}, [b"2", b"3"]),
    ],
)
def test_a_filter_passes_chunks(wanted: dict[str, str], expected: list[bytes]) -> None:
    streams = Streams()
    for number, value in ((1, "a"), (2, "b"), (3, "")):
        streams.publish(number, value=value)
    reader = streams.connect()
    reader.subscribe(1, "s", "first", 9, wanted)
    assert expected == bodies(reader)


def test_amqp_filters_too() -> None:
    """The value in a header, from 3.13; before, it is a header like any other."""
    for version, expected in ((V3_10, ["1", "2", "3"]), (V4_3, ["2"])):
        bench = Bench(version)
        bench.queue("s", "stream")
        for number, value in (("1", "a"), ("2", "b"), ("3", None)):
            headers = {} if value is None else {"x-stream-filter-value": value}
            bench.channel.basic_publish("", "s", number.encode(), Properties(headers=headers))
            bench.wait(5)
        reader = bench.consume("s", prefetch=9, stream_offset="first", stream_filter="b")
        assert expected == arrived(reader)
