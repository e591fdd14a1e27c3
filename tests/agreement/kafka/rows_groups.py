"""Catalogue part B4: consumer groups, as far as the classic protocol and one client go."""

from __future__ import annotations

from kafka_script import Idle, Kill, ReadAll, Script
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
ROWS.not_run |= {
    "KC-01": "raw join requests, which the client library makes by itself",
    "KC-03": "the model leaves the sticky assignors out",
    "KC-11": "the model leaves auto-commit out: sessions commit by explicit calls",
}
SHORT = {"session_timeout_ms": 1500}


def _two_topics(s: Script) -> None:
    s.topic("~t0", 3)
    s.topic("~t1", 3)


@ROWS("KC-02")
def range_assignor(s: Script) -> None:
    _two_topics(s)
    for name in ("~A", "~B"):
        s.member(name, "~g", "~t0", "~t1", partition_assignment_strategy="range")
    s.settle_groups("~A", "~B")


@ROWS("KC-02")
def round_robin_assignor(s: Script) -> None:
    _two_topics(s)
    for name in ("~A", "~B"):
        s.member(name, "~g", "~t0", "~t1", partition_assignment_strategy="roundrobin")
    s.settle_groups("~A", "~B")


@ROWS("KC-02")
def uneven_range(s: Script) -> None:
    s.topic("~t", 7)
    for name in ("~A", "~B", "~C"):
        s.member(name, "~g", "~t")
    s.settle_groups("~A", "~B", "~C")


@ROWS("KC-02")
def more_members_than_partitions(s: Script) -> None:
    s.topic("~t", 3)
    names = ("~A", "~B", "~C", "~D")
    for name in names:
        s.member(name, "~g", "~t")
    s.settle_groups(*names)
    s.add(kafka.CloseConsumer("~B"))
    s.settle_groups("~A", "~C", "~D")


@ROWS("KC-02")
def different_wishes(s: Script) -> None:
    _two_topics(s)
    for strategy in ("range", "roundrobin"):
        given = {"partition_assignment_strategy": strategy}
        s.member(f"~A-{strategy}", f"~g-{strategy}", "~t0", **given)
        s.member(f"~B-{strategy}", f"~g-{strategy}", "~t0", "~t1", **given)
    s.settle_groups("~A-range", "~B-range", "~A-roundrobin", "~B-roundrobin")


@ROWS("KC-06")
def leaves_at_once_or_times_out(s: Script) -> None:
    s.topic("~t", 2)
    for name in ("~A", "~B", "~C"):
        s.member(name, "~g", "~t", session_timeout_ms=6000)
    s.settle_groups("~A", "~B", "~C")
    s.add(kafka.CloseConsumer("~A"))
    s.settle_groups("~B", "~C", ms=3000)
    s.add(Kill("~B"))
    s.settle_groups("~C", ms=2500)
    s.settle_groups("~C", ms=8000)


@ROWS("KC-06")
def stays_away_too_long(s: Script) -> None:
    s.topic("~t", 2)
    s.producer()
    for name in ("~A", "~B"):
        s.member(name, "~g", "~t", max_poll_interval_ms=4000, **SHORT)
    s.settle_groups("~A", "~B")
    s.add(Idle(("~B",)))
    s.wait(7500)
    s.add(kafka.Assignment("~B"), kafka.CommitOffsets("~A", {("~t", 0): 0}))


@ROWS("KC-06")
def takes_over_what_was_not_committed(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", *"abcd")
    s.member("~A", "~g", "~t", max_poll_records=1, session_timeout_ms=3000)
    s.settle_groups("~A", ms=3000)
    s.poll("~A", times=3)
    s.add(kafka.CommitOffsets("~A", {("~t", 0): 1}), Kill("~A"))
    s.member("~B", "~g", "~t", session_timeout_ms=3000)
    s.settle_groups("~B", ms=8000)
    s.add(ReadAll("~B"))


@ROWS("KC-08")
def commits_without_membership(s: Script) -> None:
    s.topic("~t", 2)
    s.consumer("~alone", "~g")
    s.add(kafka.Assign("~alone", {("~t", 0): 0}))
    s.add(kafka.CommitOffsets("~alone", {("~t", 0): 5}), kafka.ListGroupOffsets("~g"))
    s.member("~A", "~g", "~t")
    s.settle_groups("~A")
    s.add(kafka.CommitOffsets("~alone", {("~t", 0): 6}), kafka.ListGroupOffsets("~g"))
    s.add(kafka.CommitOffsets("~A", {("~t", 0): 7}), kafka.CloseConsumer("~A"))
    s.wait(1000)
    s.add(kafka.CommitOffsets("~alone", {("~t", 1): 8}), kafka.ListGroupOffsets("~g"))


@ROWS("KC-10")
def where_a_group_begins(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", "a", "b")
    for policy in ("earliest", "latest", "none"):
        s.member(f"~{policy}", f"~g-{policy}", "~t", auto_offset_reset=policy)
    s.settle_groups("~earliest", "~latest")
    s.send("~t", "c")
    s.add(ReadAll("~earliest"), ReadAll("~latest"), kafka.Poll("~none", 4000))
    for policy in ("earliest", "latest"):
        s.add(kafka.Position(f"~{policy}", ("~t", 0)), kafka.Committed(f"~{policy}", ("~t", 0)))


@ROWS("KC-10")
def commits_before_policies(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", *"abcde")
    s.member("~A", "~g", "~t", max_poll_records=1)
    s.settle_groups("~A", ms=3000)
    s.poll("~A", times=2)
    s.add(kafka.Position("~A", ("~t", 0)), kafka.Committed("~A", ("~t", 0)))
    s.add(kafka.CommitOffsets("~A", {("~t", 0): 1}), kafka.Seek("~A", ("~t", 0), 3))
    s.add(kafka.Position("~A", ("~t", 0)), kafka.Committed("~A", ("~t", 0)))
    s.poll("~A")
    s.add(kafka.CloseConsumer("~A"))
    s.member("~B", "~g", "~t", auto_offset_reset="latest")
    s.settle_groups("~B", ms=3000)
    s.add(ReadAll("~B"))


@ROWS("KC-10")
def committed_beyond_the_end(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.send("~t", "a", "b")
    s.consumer("~alone", "~g")
    s.add(kafka.Assign("~alone", {("~t", 0): 0}), kafka.CommitOffsets("~alone", {("~t", 0): 50}))
    s.member("~A", "~g", "~t")
    s.settle_groups("~A", ms=3000)
    s.add(ReadAll("~A"))


@ROWS("KC-13")
def slices_of_what_was_fetched(s: Script) -> None:
    s.topic("~t")
    s.producer()
    s.batch("~t", *[(None, f"{n}", None) for n in range(20)])
    s.member("~A", "~g", "~t", max_poll_records=7)
    s.settle_groups("~A", ms=3000)
    s.poll("~A", times=4)


@ROWS("KC-14")
def groups_deleted(s: Script) -> None:
    s.topic("~t")
    s.member("~A", "~g", "~t")
    s.settle_groups("~A")
    s.add(kafka.CommitOffsets("~A", {("~t", 0): 3}))
    s.add(kafka.DeleteGroup("~g"), kafka.DeleteGroup("~none"), kafka.CloseConsumer("~A"))
    s.wait(1000)
    s.add(kafka.ListGroupOffsets("~g"), kafka.DeleteGroup("~g"), kafka.ListGroupOffsets("~g"))
    s.add(kafka.DeleteGroup("~g"))


@ROWS("KC-14")
def no_common_assignor(s: Script) -> None:
    s.topic("~t", 2)
    s.member("~A", "~g", "~t", partition_assignment_strategy="range")
    s.settle_groups("~A")
    s.member("~B", "~g", "~t", partition_assignment_strategy="roundrobin")
    s.add(kafka.Poll("~B", 4000), kafka.Assignment("~A"))


@ROWS("KC-07")
def static_member_comes_back(s: Script) -> None:
    """Closing is no leaving: within the session it has the same again, and nobody else moves."""
    s.topic("~t", 4)
    for name, instance in (("~A", "z"), ("~B", "a")):
        s.member(name, "~g", "~t", group_instance_id=instance, session_timeout_ms=8000)
    s.settle_groups("~A", "~B")
    s.add(kafka.CloseConsumer("~A"))
    s.settle_groups("~B", ms=3000)
    s.member("~C", "~g", "~t", group_instance_id="z", session_timeout_ms=8000)
    s.settle_groups("~B", "~C", ms=3000)
    s.add(Kill("~C"))
    s.settle_groups("~B", ms=4000)
    s.settle_groups("~B", ms=8000)


@ROWS("KC-07")
def second_holder_of_an_instance(s: Script) -> None:
    """The one before is fenced, the newcomer has its partitions."""
    s.topic("~t", 4)
    s.member("~A", "~g", "~t", group_instance_id="one")
    s.member("~B", "~g", "~t", group_instance_id="two")
    s.settle_groups("~A", "~B")
    s.member("~C", "~g", "~t", group_instance_id="one")
    s.add(Idle(("~B", "~C")))
    s.wait(4000)
    s.add(kafka.Assignment("~B"), kafka.Assignment("~C"))
    s.add(kafka.CommitOffsets("~A", {("~t", 0): 0}), kafka.Poll("~A", 3000))
    s.add(kafka.CommitOffsets("~C", {("~t", 0): 0}))


@ROWS("KC-12")
def offsets_expire(s: Script) -> None:
    """A minute after the last commit or the last member, as this cluster is set; then the reset
    policy counts, and the group is no more."""
    s.topic("~t", 2)
    s.producer()
    s.send("~t", *"abc")
    s.consumer("~alone", "~simple")
    s.add(kafka.Assign("~alone", {("~t", 0): 0}), kafka.CommitOffsets("~alone", {("~t", 0): 2}))
    s.member("~A", "~left", "~t")
    s.member("~B", "~live", "~t")
    s.settle_groups("~A", "~B", ms=3000)
    for name in ("~A", "~B"):
        s.add(kafka.CommitOffsets(name, {("~t", 0): 1}))
    s.wait(15_000)
    s.add(kafka.CloseConsumer("~A"))
    s.wait(38_000)
    for group in ("~simple", "~left", "~live"):
        s.add(kafka.ListGroupOffsets(group))
    s.wait(13_000)
    for group in ("~simple", "~left", "~live"):
        s.add(kafka.ListGroupOffsets(group))
    s.wait(17_000)
    for group in ("~simple", "~left", "~live"):
        s.add(kafka.ListGroupOffsets(group))
    s.add(kafka.DeleteGroup("~left"), kafka.Committed("~alone", ("~t", 0)))
    s.member("~C", "~left", "~t", auto_offset_reset="latest")
    s.settle_groups("~C", ms=3000)
    s.add(ReadAll("~C"))
