"""What only the stream protocol has, and super streams.

Each publish is confirmed by itself, so that it is a chunk of its own.
"""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()
SPOKEN = "stream"


def _stream(s: Script, name: str = "~s") -> str:
    s.speak("p", SPOKEN, "create", name=name)
    return name


def _publisher(s: Script, stream: str = "~s", reference: str = "", publisher: int = 1) -> None:
    s.speak(
        "p", SPOKEN, "declare_publisher", publisher=publisher, reference=reference, stream=stream
    )


def _publish(s: Script, *bodies: str, publisher: int = 1, first: int = 1) -> None:
    for number, body in enumerate(bodies, first):
        s.speak("p", SPOKEN, "publish", publisher=publisher, number=number, body=body)


def _read(s: Script, client: str, subscription: int, offset: str | int, credit: int = 50) -> None:
    s.speak(
        client, SPOKEN, "subscribe", subscription=subscription, stream="~s", offset=offset,
        credit=credit,
    )  # fmt: skip


@ROWS("ST-05")
def published_twice(s: Script) -> None:
    """Confirmed both times, stored once; also from another connection, not without a reference."""
    _stream(s)
    _publisher(s, reference="~ref")
    _publish(s, *"12345")
    _publish(s, *"12345")
    _publish(s, "ten", first=10)
    _publish(s, "seven", first=7)
    for reference in ("~ref", "~other"):
        s.speak("p", SPOKEN, "sequence", reference=reference, stream="~s")
    s.speak("p", SPOKEN, "sequence", reference="~ref", stream="~none")
    s.speak("q", SPOKEN, "declare_publisher", publisher=7, reference="~ref", stream="~s")
    s.speak("q", SPOKEN, "publish", publisher=7, number=10, body="again")
    s.speak("q", SPOKEN, "publish", publisher=7, number=11, body="eleven")
    _publisher(s, publisher=2)
    _publish(s, "a", publisher=2)
    _publish(s, "a", publisher=2)
    a = s.new()
    s.add(amqp.BasicQos(a, 50))
    s.consume(a, "~s", "t", stream_offset="first")


@ROWS("ST-05")
def publishers_are_declared(s: Script) -> None:
    _stream(s)
    _publisher(s, "~none")
    _publisher(s, reference="~r")
    _publisher(s, reference="~x")
    _publisher(s, reference="~r", publisher=2)
    _publisher(s, publisher=3)
    _publisher(s, publisher=4)
    _publish(s, "m", publisher=9)


@ROWS("ST-05")
def offsets_on_the_server(s: Script) -> None:
    """Stored as given, also a lower one; each takes an offset of the stream itself."""
    _stream(s)
    _publisher(s)
    _publish(s, *"123")
    s.speak("p", SPOKEN, "offset", reference="~r", stream="~s")
    for offset in (2, 1):
        s.speak("p", SPOKEN, "store_offset", reference="~r", stream="~s", offset=offset)
        s.speak("p", SPOKEN, "offset", reference="~r", stream="~s")
    s.speak("q", SPOKEN, "offset", reference="~r", stream="~s")
    s.speak("q", SPOKEN, "offset", reference="~other", stream="~s")
    s.speak("q", SPOKEN, "offset", reference="~r", stream="~none")
    _publish(s, *"45", first=4)
    _read(s, "r", 1, "first")
    a = s.new()
    s.add(amqp.BasicQos(a, 50))
    s.consume(a, "~s", "t", stream_offset="first")


@ROWS("ST-05")
def credit_in_chunks(s: Script) -> None:
    _stream(s)
    _publisher(s)
    _publish(s, *"123456")
    _read(s, "r", 1, "first", 1)
    s.speak("r", SPOKEN, "grant", subscription=1, credit=2)
    s.speak("r", SPOKEN, "grant", subscription=7, credit=1)
    s.speak("r", SPOKEN, "grant", subscription=1, credit=5)
    _publish(s, *"789abc", first=7)
    _read(s, "r", 1, "first", 1)
    s.speak("r", SPOKEN, "unsubscribe", subscription=1)
    s.speak("r", SPOKEN, "unsubscribe", subscription=1)


@ROWS("ST-05")
def where_readers_begin(s: Script) -> None:
    """Beyond the end is the end."""
    _stream(s)
    _publisher(s)
    _publish(s, *"123")
    offsets: tuple[str | int, ...] = ("first", "last", "next", 1, 99)
    for number, offset in enumerate(offsets):
        _read(s, "r", number, offset)
    s.speak("r", SPOKEN, "subscribe", subscription=9, stream="~none", offset="first", credit=1)
    _publish(s, "4", first=4)


@ROWS("ST-05")
def deleted_under_its_users(s: Script) -> None:
    _stream(s)
    s.speak("p", SPOKEN, "create", name="~s")
    s.speak("p", SPOKEN, "create", name="~s", max_length_bytes="1000")
    _publisher(s)
    _read(s, "r", 1, "first")
    _read(s, "r", 2, "first")
    s.speak("q", SPOKEN, "delete", name="~s")
    s.speak("q", SPOKEN, "delete", name="~s")
    _publish(s, "m")
    s.speak("r", SPOKEN, "unsubscribe", subscription=1)


@ROWS("ST-05", since="3.11")
def single_active_consumer(s: Script) -> None:
    """The first of a name is asked where it goes on; the next when it leaves, however it does."""
    _stream(s)
    _publisher(s)
    _publish(s, *"1234")
    given = {"single-active-consumer": "true", "name": "~app"}
    nameless = {"single-active-consumer": "true"}
    for client, number in (("a", 1), ("b", 2), ("c", 3)):
        s.speak(
            client, SPOKEN, "subscribe", subscription=number, stream="~s", offset="next",
            credit=20, properties=given,
        )  # fmt: skip
    s.speak(
        "a", SPOKEN, "subscribe", subscription=9, stream="~s", offset="next", properties=nameless
    )
    s.speak("a", SPOKEN, "answer", subscription=1, offset="first")
    _publish(s, "5", first=5)
    s.speak("a", SPOKEN, "unsubscribe", subscription=1)
    s.speak("b", SPOKEN, "answer", subscription=2, offset=3)
    s.speak("b", SPOKEN, "leave")
    s.speak("c", SPOKEN, "answer", subscription=3, offset="last")
    _publish(s, "6", first=6)


@ROWS("ST-05", since="3.13")
def filtered(s: Script) -> None:
    """By chunk, over both protocols; an empty value is none."""
    _stream(s)
    _publisher(s)
    for number, value in enumerate(("a", "b", None, "a", "c", "")):
        s.speak(
            "p", SPOKEN, "publish", publisher=1, number=number, body=f"{number}",
            filter_value=value,
        )  # fmt: skip
    wanted = (
        {"filter.0": "a"},
        {"filter.0": "a", "filter.1": "c"},
        {"filter.0": "a", "match-unfiltered": "true"},
        {"filter.0": "z"},
    )
    for number, properties in enumerate(wanted):
        s.speak(
            "r", SPOKEN, "subscribe", subscription=number, stream="~s", offset="first", credit=20,
            properties=properties,
        )  # fmt: skip
    a, b, c = s.new(), s.new(), s.new()
    s.send(a, "~s", "6", headers={"x-stream-filter-value": "c"})
    for channel in (b, c):
        s.add(amqp.BasicQos(channel, 20))
    s.consume(b, "~s", "t", stream_offset="first", stream_filter="c")
    s.add(
        amqp.BasicConsume(
            c,
            "~s",
            "t",
            arguments={
                "x-stream-offset": "first",
                "x-stream-filter": ["b", "c"],
                "x-stream-match-unfiltered": True,
            },
        )
    )


@ROWS("ST-05", since="3.11")
def super_stream(s: Script) -> None:
    """One exchange over streams, whose order the bindings say; a key leads to one."""
    a = s.new()
    s.exchange(a, "~x", arguments={"x-super-stream": True})
    for number in range(3):
        s.queue(a, f"~x-{number}", "stream")
        s.add(
            amqp.QueueBind(
                a, f"~x-{number}", "~x", f"{number}", {"x-stream-partition-order": 2 - number}
            )
        )
    for name in ("~x", "~none", "~x-0"):
        s.speak("p", SPOKEN, "partitions", name=name)
    for name, key in (("~x", "1"), ("~x", "9"), ("~none", "1")):
        s.speak("p", SPOKEN, "route", name=name, key=key)
    for key in "0123":
        s.publish(a, "~x", key, f"to {key}", mandatory=True)
    for number in range(3):
        reader = s.new()
        s.add(amqp.BasicQos(reader, 20))
        s.consume(reader, f"~x-{number}", "t", stream_offset="first")


@ROWS("ST-05", since="3.13")
def super_stream_in_one_step(s: Script) -> None:
    given = {"partitions": ["~y-0", "~y-1"], "keys": ["emea", "apac"]}
    s.speak("p", SPOKEN, "create_super_stream", name="~y", **given)
    s.speak("p", SPOKEN, "create_super_stream", name="~y", **given)
    s.speak("p", SPOKEN, "partitions", name="~y")
    s.speak("p", SPOKEN, "route", name="~y", key="apac")
    a = s.new()
    s.publish(a, "~y", "emea", "m", mandatory=True)
    s.exchange(a, "~y", arguments={"x-super-stream": True})
    s.speak("p", SPOKEN, "delete_super_stream", name="~y")
    s.speak("p", SPOKEN, "delete_super_stream", name="~y")
    s.look(s.new(), "~y-0")
