"""Catalogue part B2: replication and durability, most of it on three nodes."""

from __future__ import annotations

from kafka_script import ReadAll, Script, StartNode, StopAll, StopNode
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
NOTICED_MS = 13_000
"""A dead node's session of 9 s, and the election after it."""


@ROWS("KR-01")
def nobody_waits(s: Script) -> None:
    s.topic("~t", max_message_bytes=1000)
    s.producer(acks=0, enable_idempotence="false")
    s.send("~t", "a", "x" * 3000)
    s.wait(500)
    s.send("~t", "b")
    s.wait(500)
    s.offsets("~t")


@ROWS("KR-01")
def leader_or_all(s: Script) -> None:
    s.topic("~t")
    for acks in ("1", "-1"):
        s.producer(f"~p{acks}", acks=acks, enable_idempotence="false")
        s.send("~t", acks, producer=f"~p{acks}")
    s.read("~c", ("~t", 0))


@ROWS("KR-01")
def no_such_acks(s: Script) -> None:
    s.topic("~t")
    s.producer("~two", acks=2, enable_idempotence="false")
    s.send("~t", "2", producer="~two")
    s.offsets("~t")


@ROWS("KR-02", nodes=3)
def too_few_in_sync(s: Script) -> None:
    s.topic("~t", 1, 3, min_insync_replicas=3)
    s.topic("~u", 1, 3, min_insync_replicas=2)
    s.producer("~short", delivery_timeout_ms=4000, request_timeout_ms=2000)
    s.send("~t", "before", producer="~short")
    s.add(StopNode("~t", 2))
    s.wait(NOTICED_MS)
    s.send("~t", "never", producer="~short")
    s.offsets("~t")
    s.producer("~one", acks=1, enable_idempotence="false")
    s.send("~t", "one", producer="~one")
    s.producer()
    s.send("~u", "enough")
    s.add(StartNode())
    s.wait(5000)
    s.send("~t", "after")
    s.read("~c", ("~t", 0))


@ROWS("KR-02", nodes=3)
def shrinks_while_it_waits(s: Script) -> None:
    s.topic("~t", 1, 3, min_insync_replicas=2)
    s.producer()
    s.send("~t", "before")
    s.add(StopNode("~t", 2))
    s.send("~t", "waits for the session")
    s.read("~c", ("~t", 0))


@ROWS("KR-05", nodes=3)
def high_watermark(s: Script) -> None:
    s.topic("~t", 1, 3)
    s.producer(acks=1, enable_idempotence="false")
    s.send("~t", "seen")
    s.wait(1000)
    s.offsets("~t")
    s.add(StopNode("~t", 2))
    s.send("~t", "not yet")
    s.offsets("~t")
    s.consumer("~c")
    s.add(kafka.Assign("~c", {("~t", 0): 0}), ReadAll("~c"))
    s.wait(NOTICED_MS)
    s.offsets("~t")
    s.add(ReadAll("~c"))


@ROWS("KR-06", nodes=3)
def leader_killed(s: Script) -> None:
    s.topic("~t", 1, 3)
    s.producer()
    s.send("~t", "a")
    s.add(kafka.DescribeTopic("~t"), StopNode("~t", 0))
    s.wait(2000)
    s.add(kafka.DescribeTopic("~t"))
    s.wait(NOTICED_MS)
    s.add(kafka.DescribeTopic("~t"))
    s.send("~t", "b")
    s.read("~c", ("~t", 0))


@ROWS("KR-06", nodes=3)
def leader_stopped(s: Script) -> None:
    s.topic("~t", 1, 3)
    s.producer()
    s.send("~t", "a")
    s.add(kafka.DescribeTopic("~t"), StopNode("~t", 0, clean=True))
    s.wait(1000)
    s.add(kafka.DescribeTopic("~t"))
    s.send("~t", "b")
    s.read("~c", ("~t", 0))


@ROWS("KR-06", nodes=3)
def nobody_left_to_lead(s: Script) -> None:
    s.topic("~t", 1, 1)
    s.producer("~one", acks=1, enable_idempotence="false")
    s.send("~t", "kept", producer="~one")
    s.add(kafka.DescribeTopic("~t"), StopNode("~t", 0))
    s.wait(NOTICED_MS)
    s.add(kafka.DescribeTopic("~t"), StartNode())
    s.wait(5000)
    s.add(kafka.DescribeTopic("~t"))
    s.read("~c", ("~t", 0))


@ROWS("KR-07", nodes=3)
def one_failure(s: Script) -> None:
    s.topic("~t", 1, 3, min_insync_replicas=2)
    s.producer()
    s.send("~t", *[f"{n}" for n in range(20)])
    s.add(StopNode("~t", 0))
    s.wait(NOTICED_MS)
    s.read("~c", ("~t", 0))


@ROWS("KR-07", nodes=3)
def all_processes_killed(s: Script) -> None:
    s.topic("~t", 1, 3, min_insync_replicas=2)
    s.producer()
    s.send("~t", *[f"{n}" for n in range(20)])
    s.add(StopAll(), StartNode())
    s.wait(NOTICED_MS)
    s.read("~c", ("~t", 0))


@ROWS("KR-09", nodes=3)
def last_replica_changes_sides(s: Script) -> None:
    s.topic("~t", 1, 2, min_insync_replicas=2)
    s.producer()
    s.send("~t", "both have it")
    s.producer("~one", acks=1, enable_idempotence="false")
    s.add(kafka.DescribeTopic("~t"), StopFollower())
    s.wait(2000)
    s.send("~t", "only the leader", producer="~one")
    s.add(StopNode("~t", 0))
    s.wait(NOTICED_MS)
    s.add(StartNode(0))
    s.wait(5000)
    s.add(kafka.DescribeTopic("~t"), StartNode(0))
    s.wait(8000)
    s.add(kafka.DescribeTopic("~t"))
    s.read("~c", ("~t", 0))


def StopFollower() -> StopNode:  # noqa: N802 - reads as a step
    """The other replica of two, cleanly."""
    return StopNode("~t", -1, clean=True)
