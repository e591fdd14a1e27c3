"""Catalogue part B3: log, retention, compaction."""

from __future__ import annotations

from typing import Any

from kafka_script import ReadAll, Script
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
CLEANED_MS = 3000
HALF_MB = 500_000
OLD = 10**12
"""A CreateTime in 2001: segment.ms counts from stamps, so crafted ones roll at will."""


def _rolling(s: Script, name: str = "~t", **config: object) -> None:
    """A compacted topic whose segments roll with every later stamp."""
    given: dict[str, Any] = {
        "cleanup_policy": "compact",
        "segment_ms": 1000,
        "min_cleanable_dirty_ratio": "0.01",
        "retention_ms": -1,
        **config,
    }
    s.topic(name, 1, **given)


def _keyed(s: Script, *pairs: tuple[str | None, str | None], since: int = OLD) -> None:
    for number, (key, value) in enumerate(pairs):
        s.send("~t", value, key=key, stamp=since + number * 10_000)


@ROWS("KL-01")
def offsets_are_not_dense(s: Script) -> None:
    s.topic("~t")
    s.producer(transactional_id="~x")
    s.add(kafka.InitTransactions("~p"))
    for value, end in (("a", kafka.CommitTransaction), ("b", kafka.AbortTransaction)):
        s.add(kafka.BeginTransaction("~p"))
        s.send("~t", value)
        s.add(end("~p"))
    s.wait(500)
    s.offsets("~t")
    s.read("~c", ("~t", 0))


@ROWS("KL-01")
def beyond_the_ends(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", "a", "b", "c")
    s.add(kafka.DeleteRecords("~t", 0, 1))
    for policy in ("earliest", "latest", "none"):
        for at in (0, 3, 100):
            name = f"~{policy}{at}"
            s.consumer(name, auto_offset_reset=policy)
            s.add(kafka.Assign(name, {("~t", 0): at}), ReadAll(name))
    s.send("~t", "d")
    for at in (0, 3, 100):
        s.add(ReadAll(f"~latest{at}"))


@ROWS("KL-04")
def retention_by_size(s: Script) -> None:
    s.topic("~t", segment_bytes=1 << 20, retention_ms=-1, max_message_bytes=2_000_000)
    s.producer()
    s.send("~t", *["x" * HALF_MB] * 8)
    size = 2 * (HALF_MB + 71)
    for limit in (4 * size, 3 * size + 1, 3 * size, 2 * size + 1, 2 * size, size, 1):
        s.add(kafka.AlterTopicConfigs("~t", {"retention.bytes": str(limit)}))
        s.wait(2500)
        s.offsets("~t")


@ROWS("KL-06")
def records_deleted_by_hand(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", *"abcdef")
    s.batch("~t", *[(None, value, None) for value in "ghi"])
    for before in (2, 1, 7, 100, -1, 0):
        s.add(kafka.DeleteRecords("~t", 0, before))
        s.offsets("~t")
        s.read(f"~c{before}", ("~t", 0))
    s.send("~t", "j")
    s.read("~end", ("~t", 0))


@ROWS("KL-06")
def not_where_it_compacts(s: Script) -> None:
    for policy in ("compact", "compact,delete"):
        name = f"~{len(policy)}"
        s.topic(name, cleanup_policy=policy)
        s.producer(f"~p{len(policy)}")
        s.send(name, "v", key="k", producer=f"~p{len(policy)}")
        s.add(kafka.DeleteRecords(name, 0, 1))
        s.offsets(name)


@ROWS("KL-06")
def behind_the_start(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", *"abcd")
    for policy in ("earliest", "latest"):
        s.consumer(f"~{policy}", auto_offset_reset=policy, max_poll_records=1)
        s.add(kafka.Assign(f"~{policy}", {("~t", 0): 0}))
    s.add(kafka.DeleteRecords("~t", 0, 3))
    for policy in ("earliest", "latest"):
        s.consumer(f"~new-{policy}", auto_offset_reset=policy)
        s.add(kafka.Assign(f"~new-{policy}", {("~t", 0): 1}), ReadAll(f"~new-{policy}"))
    s.send("~t", "e")
    s.add(ReadAll("~new-latest"), ReadAll("~new-earliest"))


@ROWS("KL-07")
def only_closed_segments(s: Script) -> None:
    _rolling(s)
    s.producer()
    _keyed(s, ("a", "1"), ("a", "2"), ("b", "1"))
    s.wait(CLEANED_MS)
    s.read("~c", ("~t", 0))
    _keyed(s, ("b", "2"), ("c", "1"), since=OLD + 100_000)
    s.wait(CLEANED_MS)
    s.read("~d", ("~t", 0))


@ROWS("KL-07")
def dirty_enough(s: Script) -> None:
    _rolling(s, min_cleanable_dirty_ratio="0.5")
    s.producer()
    _keyed(s, *[("a", f"{n}") for n in range(6)])
    s.wait(CLEANED_MS)
    s.read("~c", ("~t", 0))


@ROWS("KL-07")
def open_transaction_holds_back(s: Script) -> None:
    _rolling(s)
    s.producer("~x", transactional_id="~x")
    s.producer()
    _keyed(s, ("a", "1"), ("a", "2"), ("a", "3"))
    s.add(kafka.InitTransactions("~x"), kafka.BeginTransaction("~x"))
    s.send("~t", "open", key="b", producer="~x", stamp=OLD + 40_000)
    _keyed(s, ("a", "4"), ("a", "5"), ("a", "6"), since=OLD + 60_000)
    s.wait(CLEANED_MS)
    s.read("~c", ("~t", 0), isolation_level="read_uncommitted")
    s.add(kafka.CommitTransaction("~x"))
    s.wait(500)
    _keyed(s, ("c", "1"), since=OLD + 10**10)
    s.wait(CLEANED_MS)
    s.read("~d", ("~t", 0))


@ROWS("KL-07")
def keys_are_needed(s: Script) -> None:
    s.producer()
    for policy in ("compact", "compact,delete", "delete"):
        s.topic(f"~{len(policy)}", cleanup_policy=policy)
        s.send(f"~{len(policy)}", "v")
        s.send(f"~{len(policy)}", "v", key="")
        s.offsets(f"~{len(policy)}")


@ROWS("KL-08")
def newest_of_each_key(s: Script) -> None:
    _rolling(s)
    s.producer()
    _keyed(s, ("a", "1"), ("b", "1"), ("a", "2"), ("c", "1"), ("b", "2"), ("z", "end"))
    s.wait(CLEANED_MS)
    s.offsets("~t")
    s.read("~c", ("~t", 0))
    s.consumer("~d")
    s.add(kafka.Assign("~d", {("~t", 0): 1}), ReadAll("~d"))
    s.add(kafka.OffsetForTime("~t", 0, OLD), kafka.OffsetForTime("~t", 0, OLD + 25_000))


@ROWS("KL-08")
def tombstones(s: Script) -> None:
    _rolling(s, delete_retention_ms=3000)
    s.producer()
    _keyed(s, ("a", "1"), ("b", "1"), ("a", None), ("z", "1"))
    s.wait(CLEANED_MS)
    s.read("~first", ("~t", 0))
    s.wait(4000)
    s.read("~later", ("~t", 0))
    _keyed(s, ("z", "2"), ("z", "3"), since=OLD + 100_000)
    s.wait(CLEANED_MS)
    s.read("~after", ("~t", 0))
    s.offsets("~t")


@ROWS("KL-10")
def lowest_offset_by_time(s: Script) -> None:
    s.topic("~t", retention_ms=-1)
    s.topic("~b", retention_ms=-1)
    s.producer()
    for stamp in (100, 300, 200):
        s.send("~t", f"{stamp}", stamp=stamp)
    s.batch("~b", *[(None, f"{stamp}", stamp) for stamp in (100, 300, 200)])
    for topic in ("~t", "~b"):
        for at in (0, 100, 150, 200, 201, 300, 301):
            s.add(kafka.OffsetForTime(topic, 0, at))
    s.add(kafka.DeleteRecords("~t", 0, 2))
    for at in (0, 150, 250):
        s.add(kafka.OffsetForTime("~t", 0, at))


@ROWS("KL-11")
def keyless_records_go(s: Script) -> None:
    _rolling(s, cleanup_policy="delete")
    s.producer()
    _keyed(s, (None, "1"), (None, "2"), ("a", "3"), (None, "4"), ("z", "5"))
    s.add(kafka.AlterTopicConfigs("~t", {"cleanup.policy": "compact"}))
    s.wait(CLEANED_MS)
    s.offsets("~t")
    s.read("~c", ("~t", 0))
