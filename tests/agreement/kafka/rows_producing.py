"""Catalogue part B1: producing and partitioning."""

from __future__ import annotations

from kafka_script import ReadAll, Script, SendStamped
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
ROWS.not_run["KP-03"] = (
    "keyless records: the client library of this suite sticks for 10 ms, the model is the Java "
    "client, and both choose at random"
)
FRAMING = 70
"""Bytes of a batch of one small record without a key, beside its value (KP-08)."""


@ROWS("KP-01")
def keys_choose_partitions(s: Script) -> None:
    s.topic("~t", 4)
    s.producer()
    for key in (*[f"k{n}" for n in range(12)], "21", "foobar", "a-little-bit-long-string", "abc"):
        s.send("~t", "v", key=key, partition=None)
    s.read("~c", *[("~t", n) for n in range(4)])


@ROWS("KP-01")
def named_partition_wins(s: Script) -> None:
    s.topic("~t", 3)
    s.producer()
    s.send("~t", "v", key="k0", partition=2)
    s.send("~t", "v", key="k0", partition=3)
    s.offsets("~t", 2)


@ROWS("KP-04")
def partitions_grow(s: Script) -> None:
    s.topic("~t", 3)
    s.producer()
    keys = ("a", "user-1", "user-3", "key")
    for key in keys:
        s.send("~t", "before", key=key, partition=None)
    for count in (3, 2, 0, 4):
        s.add(kafka.CreatePartitions("~t", count))
    for key in keys:
        s.send("~t", "after", key=key, partition=None)
    s.add(kafka.CreatePartitions("~none", 2))
    s.read("~c", *[("~t", n) for n in range(4)])


@ROWS("KP-07")
def lost_acknowledgement(s: Script) -> None:
    s.topic("~t")
    for name, idempotent in (("~once", "true"), ("~twice", "false")):
        s.producer(name, enable_idempotence=idempotent)
        s.send("~t", "a", "b", producer=name)
        s.add(kafka.ResendLast(name, "~t", 0))
        s.send("~t", "c", producer=name)
        s.offsets("~t")
    s.read("~c", ("~t", 0))


@ROWS("KP-07")
def several_resends(s: Script) -> None:
    s.topic("~t", 2)
    s.producer()
    for number in range(4):
        s.send("~t", f"{number}", partition=number % 2)
        s.add(kafka.ResendLast("~p", "~t", number % 2), kafka.ResendLast("~p", "~t", number % 2))
    s.read("~c", ("~t", 0), ("~t", 1))


@ROWS("KP-07")
def isolation(s: Script) -> None:
    s.topic("~t")
    s.producer(transactional_id="~x")
    s.add(kafka.InitTransactions("~p"), kafka.BeginTransaction("~p"))
    s.send("~t", "open")
    for level in ("read_committed", "read_uncommitted"):
        s.read(f"~{level}", ("~t", 0), isolation_level=level)
    s.add(kafka.CommitTransaction("~p"), ReadAll("~read_committed"))


@ROWS("KP-08")
def largest_batch(s: Script) -> None:
    s.topic("~t", max_message_bytes=1000)
    s.producer()
    s.send("~t", "x" * (1000 - FRAMING - 1))
    for size in range(1000 - FRAMING - 1, 1000 - FRAMING + 4):
        s.send("~t", "y" * size)
    s.send("~t", "small")
    s.offsets("~t")


@ROWS("KP-08")
def together_too_large(s: Script) -> None:
    s.topic("~t", max_message_bytes=1000)
    s.producer()
    s.batch("~t", *[(None, "z" * 300, None)] * 20)
    s.offsets("~t")
    s.batch("~t", *[(None, "z" * 300, None)] * 2)
    s.offsets("~t")


@ROWS("KP-08")
def too_large_for_the_client(s: Script) -> None:
    s.topic("~t")
    s.producer("~small", max_request_size=2000)
    s.send("~t", "x" * 4000, producer="~small")
    s.producer()
    s.send("~t", "x" * 2_000_000)
    s.send("~t", "x" * 1_000_000)
    s.producer("~large", max_request_size=3_000_000)
    s.send("~t", "x" * 2_000_000, producer="~large")
    s.offsets("~t")


@ROWS("KP-08")
def larger_than_any_fetch(s: Script) -> None:
    s.topic("~t", max_message_bytes=5_000_000)
    s.producer(max_request_size=6_000_000)
    s.send("~t", "x" * 3_000_000, "small", "y" * 2_000_000)
    s.read("~c", ("~t", 0))


@ROWS("KP-09")
def create_time(s: Script) -> None:
    s.topic("~t", retention_ms=-1)
    s.producer()
    s.send("~t", "old", stamp=5)
    for stamp in (1, 5, 6):
        s.add(kafka.OffsetForTime("~t", 0, stamp))
    s.add(SendStamped("~p", "~t", "soon", 1_800_000), SendStamped("~p", "~t", "far", 10**10))
    s.send("~t", "after")
    s.offsets("~t")


@ROWS("KP-09")
def broker_time(s: Script) -> None:
    s.topic("~t", message_timestamp_type="LogAppendTime")
    s.producer()
    s.wait(100)
    s.send("~t", "old", stamp=5)
    s.add(kafka.OffsetForTime("~t", 0, 6))


@ROWS("KP-11")
def one_bad_record_refuses_all(s: Script) -> None:
    s.topic("~t", cleanup_policy="compact")
    s.producer()
    s.batch("~t", ("a", "1", None), (None, "2", None), ("c", "3", None))
    s.offsets("~t")
    s.batch("~t", ("a", "1", None), ("c", "3", None))
    s.send("~t", "x")
    s.send("~t", "x", key="")
    s.read("~c", ("~t", 0))


@ROWS("KP-12")
def client_stamps_count_for_nothing(s: Script) -> None:
    s.topic("~t", message_timestamp_type="LogAppendTime", retention_ms=30_000)
    s.producer()
    s.send("~t", "old", stamp=5)
    s.add(SendStamped("~p", "~t", "far", 10**10))
    s.wait(2500)
    s.offsets("~t")
    s.topic("~u", retention_ms=30_000)
    s.send("~u", "old", stamp=5)
    s.wait(2500)
    s.offsets("~u")
