"""Catalogue part B5: transactions, with a client of transaction protocol 1."""

from __future__ import annotations

from kafka_script import Kill, ReadAll, Script, SendOffset
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
ROWS.not_run["KT-05"] = (
    "epochs and produce versions show in raw requests only; the client library is one of "
    "protocol 1, the model leaves protocol 2 out"
)


def _begun(s: Script, name: str = "~p", **config: object) -> None:
    s.producer(name, transactional_id="~x", **config)
    s.add(kafka.InitTransactions(name), kafka.BeginTransaction(name))


@ROWS("KT-02")
def control_records(s: Script) -> None:
    s.topic("~t", 2)
    _begun(s)
    for number in range(3):
        if number:
            s.add(kafka.BeginTransaction("~p"))
        s.send("~t", f"{number}")
        s.add(kafka.CommitTransaction("~p"))
    s.add(kafka.BeginTransaction("~p"), kafka.CommitTransaction("~p"))
    s.add(kafka.BeginTransaction("~p"), kafka.AbortTransaction("~p"))
    s.wait(500)
    s.offsets("~t", 0)
    s.offsets("~t", 1)
    s.read("~c", ("~t", 0), ("~t", 1))


@ROWS("KT-02")
def aborted_and_open(s: Script) -> None:
    s.topic("~t")
    s.producer("~plain")
    _begun(s)
    s.send("~t", "plain 1", producer="~plain")
    s.send("~t", "aborted")
    s.send("~t", "plain 2", producer="~plain")
    s.read("~committed", ("~t", 0))
    s.read("~uncommitted", ("~t", 0), isolation_level="read_uncommitted")
    s.add(kafka.AbortTransaction("~p"))
    s.wait(500)
    s.add(ReadAll("~committed"), kafka.BeginTransaction("~p"))
    s.send("~t", "open")
    s.send("~t", "plain 3", producer="~plain")
    s.add(ReadAll("~committed"), ReadAll("~uncommitted"), kafka.CommitTransaction("~p"))
    s.wait(500)
    s.add(ReadAll("~committed"))
    s.offsets("~t")


@ROWS("KT-03")
def zombies_are_fenced(s: Script) -> None:
    s.topic("~t")
    _begun(s, "~zombie")
    s.send("~t", "of the zombie", producer="~zombie")
    _begun(s, "~heir")
    s.send("~t", "late", producer="~zombie")
    s.send("~t", "of the heir", producer="~heir")
    s.add(kafka.CommitTransaction("~heir"))
    s.wait(500)
    s.read("~c", ("~t", 0))
    s.offsets("~t")


@ROWS("KT-03")
def fenced_commit(s: Script) -> None:
    s.topic("~t")
    _begun(s, "~zombie")
    s.send("~t", "of the zombie", producer="~zombie")
    s.producer("~heir", transactional_id="~x")
    s.add(kafka.InitTransactions("~heir"), kafka.CommitTransaction("~zombie"))
    s.read("~c", ("~t", 0))


@ROWS("KT-03")
def left_open_by_a_crash(s: Script) -> None:
    s.topic("~t")
    _begun(s, "~first")
    s.send("~t", "lost", producer="~first")
    s.add(Kill("~first"))
    s.read("~c", ("~t", 0))
    _begun(s, "~second")
    s.send("~t", "kept", producer="~second")
    s.add(kafka.CommitTransaction("~second"))
    s.wait(500)
    s.add(ReadAll("~c"))


@ROWS("KT-04")
def times_out(s: Script) -> None:
    s.topic("~t")
    _begun(s, transaction_timeout_ms=1000)
    s.send("~t", "too slow")
    s.wait(13_000)
    s.read("~c", ("~t", 0))
    s.send("~t", "too late")
    s.offsets("~t")


@ROWS("KT-04")
def needs_a_transaction(s: Script) -> None:
    s.topic("~t")
    s.producer("~none")
    s.add(kafka.InitTransactions("~none"), kafka.BeginTransaction("~none"))
    s.producer(transactional_id="~x")
    s.add(kafka.BeginTransaction("~p"), kafka.InitTransactions("~p"))
    s.send("~t", "outside")
    s.offsets("~t")


@ROWS("KT-06")
def offsets_in_a_transaction(s: Script) -> None:
    s.topic("~in")
    s.topic("~out")
    s.producer("~source")
    s.send("~in", *"abc", producer="~source")
    s.member("~A", "~g", "~in", max_poll_records=1)
    s.settle_groups("~A", ms=3000)
    s.add(kafka.CommitOffsets("~A", {("~in", 0): 0}))
    s.poll("~A")
    _begun(s)
    s.send("~out", "A")
    s.add(SendOffset("~p", "~A", ("~in", 0), 1))
    s.add(kafka.ListGroupOffsets("~g"), kafka.CommitTransaction("~p"))
    s.wait(500)
    s.add(kafka.ListGroupOffsets("~g"), kafka.BeginTransaction("~p"))
    s.send("~out", "B")
    s.add(SendOffset("~p", "~A", ("~in", 0), 2), kafka.AbortTransaction("~p"))
    s.wait(500)
    s.add(kafka.ListGroupOffsets("~g"))
    s.read("~c", ("~out", 0))


@ROWS("KT-06")
def offsets_of_a_former_member(s: Script) -> None:
    s.topic("~in", 2)
    s.topic("~out")
    for name in ("~A", "~B"):
        s.member(name, "~g", "~in", max_poll_interval_ms=4000, session_timeout_ms=1500)
    s.settle_groups("~A", "~B")
    _begun(s)
    s.send("~out", "x")
    s.settle_groups("~B", ms=7500)
    s.add(SendOffset("~p", "~A", ("~in", 0), 1), kafka.AbortTransaction("~p"))
    s.wait(500)
    s.add(kafka.ListGroupOffsets("~g"))
    s.read("~c", ("~out", 0))
