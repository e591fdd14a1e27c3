"""Catalogue part B6: share groups, from 4.2 on.

After a poll without records the client library goes on fetching by itself: a member may hold what
it was not asked for. So programs send before they join, or while only one member has joined.
"""

from __future__ import annotations

from collections.abc import Callable

from kafka_script import Kill, Script
from programs import Rows, Write

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()


def row(name: str) -> Callable[[Write], Write]:
    return ROWS(name, since="4.2")


def _group(s: Script, *topics: str, **config: object) -> None:
    for topic in topics or ("~t",):
        s.topic(topic)
    s.producer()
    s.group_config("~g", share_auto_offset_reset="earliest", **config)


@row("KS-01")
def members_share_a_partition(s: Script) -> None:
    _group(s)
    s.send("~t", "1", "2", "3", "4")
    s.share("~A", "~g", "~t", most=1)
    s.poll("~A")
    s.share("~B", "~g", "~t", most=1)
    s.poll("~B")
    s.decide("~A", "ACCEPT")
    s.decide("~B", "ACCEPT")
    s.poll("~B")
    s.poll("~A")


@row("KS-01")
def groups_are_independent(s: Script) -> None:
    _group(s)
    s.group_config("~h", share_auto_offset_reset="earliest")
    s.send("~t", "1", "2")
    for name, group in (("~A", "~g"), ("~B", "~h")):
        s.share(name, group, "~t")
        s.poll(name)
    s.member("~C", "~classic", "~t")
    s.settle_groups("~C", ms=3000)
    s.poll("~C")


@row("KS-02")
def states_of_a_record(s: Script) -> None:
    _group(s)
    s.send("~t", "accept", "release", "reject")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "ACCEPT", 0)
    s.decide("~A", "RELEASE", 1)
    s.decide("~A", "REJECT", 2)
    s.poll("~A")
    s.decide("~A", "ACCEPT")
    s.poll("~A", 1500)
    s.read("~c", ("~t", 0))


@row("KS-04")
def locks_end(s: Script) -> None:
    _group(s, share_record_lock_duration_ms=15_000)
    s.share("~A", "~g", "~t")
    s.send("~t", "1")
    s.poll("~A")
    s.share("~B", "~g", "~t")
    s.poll("~B", 1500)
    s.wait(6000)
    s.poll("~B", 1500)
    s.wait(6000)
    s.poll("~B", 4000)
    s.decide("~A", "ACCEPT")
    s.decide("~B", "ACCEPT")


@row("KS-04")
def lock_settings(s: Script) -> None:
    s.topic("~t")
    for duration in (14_999, 15_000, 60_000, 60_001):
        s.group_config("~g", share_record_lock_duration_ms=duration)


@row("KS-05")
def window_is_full(s: Script) -> None:
    _group(s, share_partition_max_record_locks=100)
    s.send("~t", *[f"{n}" for n in range(110)])
    s.share("~A", "~g", "~t", most=1)
    s.share("~B", "~g", "~t", most=1)
    s.poll("~A")
    for _ in range(99):
        s.poll("~B")
        s.decide("~B", "ACCEPT")
    s.poll("~B", 1500)
    s.decide("~A", "ACCEPT")
    s.poll("~B")


@row("KS-06")
def new_groups_start_at_the_end(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", "before")
    s.share("~A", "~g", "~t")
    s.send("~t", "after")
    s.poll("~A")
    s.decide("~A", "ACCEPT")
    s.add(kafka.CloseConsumer("~A"))
    s.send("~t", "meanwhile")
    s.share("~B", "~g", "~t")
    s.poll("~B")


@row("KS-06")
def undecided_records(s: Script) -> None:
    _group(s)
    s.send("~t", "1", "2")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "ACCEPT")
    s.poll("~A", 500)
    s.add(kafka.CloseConsumer("~A"))
    s.share("~B", "~g", "~t")
    s.poll("~B")


@row("KS-06")
def reset_settings(s: Script) -> None:
    s.topic("~t")
    for policy in ("earliest", "latest", "none", "nonsense"):
        s.group_config("~g", share_auto_offset_reset=policy)


@row("KS-07")
def dead_letters(s: Script) -> None:
    s.topic("dlq.~dead", errors_deadletterqueue_group_enable="true")
    _group(
        s, errors_deadletterqueue_topic_name="dlq.~dead",
        errors_deadletterqueue_copy_record_enable="true", share_delivery_count_limit=2,
    )  # fmt: skip
    s.send("~t", "rejected", key="k")
    s.send("~t", "tried twice")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "REJECT", 0)
    s.decide("~A", "RELEASE", 1)
    s.poll("~A")
    s.decide("~A", "RELEASE")
    s.poll("~A", 1500)
    s.wait(1000)
    s.read("~c", ("dlq.~dead", 0))


@row("KS-07")
def dead_letters_without_copies(s: Script) -> None:
    s.topic("dlq.~dead", errors_deadletterqueue_group_enable="true")
    _group(s, errors_deadletterqueue_topic_name="dlq.~dead")
    s.send("~t", "rejected", key="k")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "REJECT")
    s.wait(1500)
    s.read("~c", ("dlq.~dead", 0))


@row("KS-07")
def dead_letters_to_nowhere(s: Script) -> None:
    s.topic("dlq.~dead")
    _group(s, errors_deadletterqueue_topic_name="dlq.~dead")
    s.send("~t", "rejected", key="k")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "REJECT")
    s.wait(1500)
    s.poll("~A", 1000)
    s.read("~c", ("dlq.~dead", 0))


@row("KS-08")
def crashed_member(s: Script) -> None:
    _group(s)
    s.send("~t", "1")
    s.share("~A", "~g", "~t")
    s.share("~B", "~g", "~t")
    s.poll("~A")
    s.add(Kill("~A"))
    s.poll("~B", 5000)


@row("KS-08")
def record_that_kills(s: Script) -> None:
    _group(s, share_delivery_count_limit=2)
    s.send("~t", "1")
    for number in range(3):
        s.share(f"~A{number}", "~g", "~t")
        s.poll(f"~A{number}", 3000)
        s.add(Kill(f"~A{number}"))


def _isolation(s: Script, **config: object) -> None:
    _group(s, **config)
    s.producer("~x", transactional_id="~x")
    s.add(kafka.InitTransactions("~x"), kafka.BeginTransaction("~x"))
    s.send("~t", "aborted", producer="~x")
    s.add(kafka.AbortTransaction("~x"), kafka.BeginTransaction("~x"))
    s.send("~t", "committed", producer="~x")
    s.add(kafka.CommitTransaction("~x"))
    s.send("~t", "plain")
    s.add(kafka.BeginTransaction("~x"))
    s.send("~t", "open", producer="~x")
    s.send("~t", "behind")
    s.wait(500)
    s.share("~A", "~g", "~t", most=1)
    for _ in range(5):
        s.poll("~A", 1500)
        s.decide("~A", "ACCEPT")


@row("KS-10")
def uncommitted_by_default(s: Script) -> None:
    _isolation(s)


@row("KS-10")
def committed_by_setting(s: Script) -> None:
    _isolation(s, share_isolation_level="read_committed")


@row("KS-11")
def released_before_newer(s: Script) -> None:
    _group(s)
    s.send("~t", *[f"{n}" for n in range(6)])
    s.share("~A", "~g", "~t", most=2)
    s.poll("~A")
    s.decide("~A", "RELEASE", 0)
    s.decide("~A", "ACCEPT", 1)
    s.poll("~A")
    s.decide("~A", "ACCEPT", 0, 1)
    s.poll("~A")
    s.decide("~A", "RELEASE", 0)
    s.decide("~A", "ACCEPT", 1)
    s.poll("~A")


@row("KS-12")
def one_name_space(s: Script) -> None:
    _group(s)
    s.share("~A", "~g", "~t")
    s.member("~B", "~g", "~t")
    s.poll("~B", 3000)
    s.add(kafka.AlterShareGroupOffsets("~g", {("~t", 0): 0}), kafka.DeleteGroup("~g"))


@row("KS-12")
def replay(s: Script) -> None:
    _group(s)
    s.send("~t", "1", "2", "3")
    s.share("~A", "~g", "~t")
    s.poll("~A")
    s.decide("~A", "ACCEPT", 0, 1, 2)
    s.add(kafka.CloseConsumer("~A"), kafka.AlterShareGroupOffsets("~g", {("~t", 0): 0}))
    s.share("~B", "~g", "~t")
    s.poll("~B")
