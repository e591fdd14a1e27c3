"""Catalogue part B7: administration and patterns."""

from __future__ import annotations

from kafka_script import ReadAll, Script
from programs import Rows

from advisor.subjects.kafka import protocol as kafka

ROWS = Rows()
ROWS.not_run |= {
    "KX-02": "the model leaves quotas out",
    "KX-03": "what is not there cannot be called; the checks of designs show it",
    "KX-04": "Kafka Connect, which is no broker",
}


@ROWS("KX-01")
def names_of_topics(s: Script) -> None:
    for name in ("", ".", "..", "a" * 250, "~a b", "~ä", "~a/b", "~fine-1.x"):
        s.topic(name)
    s.topic("~a.b")
    s.topic("~a_b")
    s.topic("~a.b")


@ROWS("KX-01")
def numbers_of_topics(s: Script) -> None:
    s.topic("~none", 0)
    s.topic("~default", -1, -1)
    s.topic("~many", 2, 5)
    s.topic("~no-replica", 1, 0)
    s.add(kafka.DescribeTopic("~default"), kafka.DescribeTopic("~many"), kafka.ListTopics())


@ROWS("KX-01")
def settings_of_topics(s: Script) -> None:
    s.topic("~unknown", no_such_setting=1)
    for name, text in (
        ("cleanup.policy", "shred"), ("retention.ms", "soon"), ("retention.ms", "-2"),
        ("min.insync.replicas", "0"), ("segment.bytes", "1000"), ("segment.bytes", "1048576"),
        ("max.message.bytes", "-1"), ("min.cleanable.dirty.ratio", "2"), ("segment.ms", "0"),
        ("flush.messages", "0"), ("message.timestamp.type", "Whenever"),
        ("delete.retention.ms", "-1"), ("unclean.leader.election.enable", "true"),
    ):  # fmt: skip
        s.add(kafka.CreateTopic(f"~{name}-{text}".replace("_", ""), 1, 1, {name: text}))
    s.topic("~t")
    s.add(kafka.AlterTopicConfigs("~t", {"retention.ms": "soon"}))
    s.add(kafka.AlterTopicConfigs("~t", {"retention.ms": "1000"}))
    s.add(kafka.AlterTopicConfigs("~none", {"retention.ms": "1000"}))


@ROWS("KX-01")
def topics_that_are_not_there(s: Script) -> None:
    for call in (kafka.DeleteTopic("~none"), kafka.DescribeTopic("~none")):
        s.add(call)
    s.topic("~t")
    s.add(kafka.DeleteTopic("~t"), kafka.DeleteTopic("~t"), kafka.ListTopics())
    s.topic("~t", 2)
    s.add(kafka.DescribeTopic("~t"))


@ROWS("KX-05")
def replies_are_awaited_before_asking(s: Script) -> None:
    s.topic("~replies", 2)
    s.producer()
    s.send("~replies", "older", partition=1)
    s.consumer("~ready")
    s.add(kafka.Assign("~ready", {("~replies", 1): 1}))
    s.member("~late", "~g", "~replies", auto_offset_reset="latest")
    s.send("~replies", "reply", partition=1, headers=(("correlation", b"7"),))
    s.add(ReadAll("~ready"))
    s.settle_groups("~late")
    s.add(ReadAll("~late"))
    s.send("~replies", "next", partition=1)
    s.add(ReadAll("~ready"), ReadAll("~late"))
