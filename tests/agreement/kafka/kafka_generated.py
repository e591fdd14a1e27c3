"""Programs made from a seed: several topics, producers, consumers and groups, time passing.

Everything is free, wrong use included, but what the two sides may rightly do differently: a
transaction's marker is written a moment after the call returns, so a moment passes; members come
and go one at a time, and the group settles; a share group has one member at a time and one record
at a time, since the client library fetches ahead.
"""

from __future__ import annotations

from random import Random
from typing import Any

from kafka_script import Decide, Idle, Kill, ReadAll, Script, SendOffset, SendStamped
from programs import Program

from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka import protocol as kafka

KEYS = (None, None, "a", "b", "k7", "user-3", "")
MARKER_MS = 400
SETTLED_MS = 2500
GONE_MS = 4500
QUIET_MS = 300
SHARES_SINCE = BrokerVersion(4, 2)
TOPIC_CONFIGS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"cleanup_policy": "compact"}, {"cleanup_policy": "compact,delete"},
    {"max_message_bytes": 400}, {"message_timestamp_type": "LogAppendTime"},
    {"retention_ms": -1},
)  # fmt: skip
CHANGES = (
    {"max.message.bytes": "300"},
    {"max.message.bytes": "1048588"},
    {"cleanup.policy": "compact"},
    {"cleanup.policy": "delete"},
    {"retention.ms": "nonsense"},
    {"retention.ms": "-1"},
)


class Maker:
    """Writes one program; every choice comes from ``random``."""

    def __init__(self, script: Script, seed: int) -> None:
        self.script = script
        self.random = Random(seed)
        self.topics: dict[str, int] = {}
        self.producers: list[str] = []
        self.transactional: list[str] = []
        self.readers: list[str] = []
        self.members: dict[str, str] = {}
        self.sharing: dict[str, str] = {}
        self.numbers = 0

    def one_of(self, choices: Any) -> Any:
        return self.random.choice(list(choices))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def write(self) -> None:
        for _ in range(2):
            self.new_topic()
        for idempotent in ("true", "false"):
            name = f"~p{self.number()}"
            self.script.producer(name, enable_idempotence=idempotent, acks=self.one_of((1, -1))
                                 if idempotent == "false" else -1)  # fmt: skip
            self.producers.append(name)
        self.new_transactional()
        for _ in range(self.random.randrange(14, 32)):
            self.one_of(STEPS)(self)
        for topic, count in self.topics.items():
            for partition in range(count):
                self.script.offsets(topic, partition)
            name = f"~end{self.number()}"
            self.script.consumer(name, isolation_level=self.one_of(LEVELS))
            places = {(topic, partition): 0 for partition in range(count)}
            self.script.add(kafka.Assign(name, places), ReadAll(name, QUIET_MS))
        for group in sorted({*self.members.values(), "~never"}):
            self.script.add(kafka.ListGroupOffsets(group))

    # What is there

    def topic(self) -> str:
        return str(self.one_of(self.topics))

    def place(self) -> tuple[str, int]:
        """Mostly one that exists."""
        topic = self.topic()
        most = self.topics[topic] + (1 if self.chance(0.05) else 0)
        return topic, self.random.randrange(most)

    def text(self) -> str:
        return f"v{self.number()}" + ("x" * self.one_of((300, 360)) if self.chance(0.08) else "")

    # Topics

    def new_topic(self) -> None:
        name = f"~t{self.number()}"
        count = self.one_of((1, 1, 2, 3))
        self.script.topic(name, count, **self.one_of(TOPIC_CONFIGS))
        self.topics[name] = count

    def grow(self) -> None:
        topic = self.topic()
        count = self.topics[topic] + self.one_of((-1, 0, 1))
        # while a transaction is open the model leaves it out
        for name in self.transactional:
            self.script.add(kafka.AbortTransaction(name))
            self.script.wait(MARKER_MS)
        self.script.add(kafka.CreatePartitions(topic, count))
        self.topics[topic] = max(count, self.topics[topic])

    def again(self) -> None:
        self.script.topic(self.topic(), self.one_of((1, 2)))

    def change(self) -> None:
        self.script.add(kafka.AlterTopicConfigs(self.topic(), self.one_of(CHANGES)))

    def delete_records(self) -> None:
        topic, partition = self.place()
        before = self.one_of((-1, 0, 1, 2, 3, 50))
        self.script.add(kafka.DeleteRecords(topic, partition, before))
        self.script.offsets(topic, partition)

    def look(self) -> None:
        self.script.offsets(*self.place())

    def look_by_time(self) -> None:
        topic, partition = self.place()
        self.script.add(kafka.OffsetForTime(topic, partition, self.one_of((0, 150, 10**15))))

    # Producing

    def send(self) -> None:
        topic, partition = self.place()
        key = self.one_of(KEYS)
        chosen = None if key is not None and self.chance(0.5) else partition
        value = None if key is not None and self.chance(0.1) else self.text()
        headers = (("h", b"1"),) if self.chance(0.2) else ()
        self.script.send(
            topic, value, key=key, partition=chosen, headers=headers,
            producer=self.one_of(self.producers),
        )  # fmt: skip

    def send_batch(self) -> None:
        rows = [(self.one_of(KEYS), self.text(), None) for _ in range(self.one_of((2, 3)))]
        self.script.batch(self.topic(), *rows, producer=self.one_of(self.producers))

    def send_stamped(self) -> None:
        ahead = self.one_of((-1000, 1_000_000, 10**9))
        step = SendStamped(self.one_of(self.producers), self.topic(), self.text(), ahead)
        self.script.add(step)

    def resend(self) -> None:
        """A record, and its retry at once."""
        producer, (topic, partition) = self.one_of(self.producers), self.place()
        partition = min(partition, self.topics[topic] - 1)
        self.script.send(
            topic, f"v{self.number()}", key="r", partition=partition, producer=producer
        )
        self.script.add(kafka.ResendLast(producer, topic, partition))

    # Transactions

    def new_transactional(self) -> None:
        name = f"~x{self.number()}"
        self.script.producer(name, transactional_id=f"~id{len(self.transactional)}")
        self.script.add(kafka.InitTransactions(name))
        self.transactional.append(name)

    def transaction(self) -> None:
        """A whole one, part of one, or an end without a beginning."""
        name = self.one_of(self.transactional)
        if self.chance(0.85):
            self.script.add(kafka.BeginTransaction(name))
        for _ in range(self.one_of((0, 1, 2))):
            topic, partition = self.place()
            key = self.one_of(("a", "b"))
            partition = min(partition, self.topics[topic] - 1)
            self.script.send(topic, f"v{self.number()}", key=key, partition=partition,
                             producer=name)  # fmt: skip
        if self.members and self.chance(0.3):
            member = self.one_of(self.members)
            place = (self.topic(), 0)
            self.script.add(SendOffset(name, member, place, self.random.randrange(4)))
        if self.chance(0.85):
            end: Any = self.one_of((kafka.CommitTransaction, kafka.AbortTransaction))
            self.script.add(end(name))
        self.script.wait(MARKER_MS)

    # Reading

    def new_reader(self) -> None:
        name = f"~r{self.number()}"
        self.script.consumer(
            name, isolation_level=self.one_of(LEVELS),
            auto_offset_reset=self.one_of(("earliest", "latest")),
        )  # fmt: skip
        topic = self.topic()
        places = {(topic, n): self.one_of((0, 0, 1, 2)) for n in range(self.topics[topic])}
        self.script.add(kafka.Assign(name, places))
        self.readers.append(name)
        self.script.add(ReadAll(name, QUIET_MS))

    def read(self) -> None:
        names = [*self.readers, *self.members]
        if names:
            self.script.add(ReadAll(self.one_of(names), QUIET_MS))

    def seek(self) -> None:
        names = [*self.readers, *self.members]
        if names:
            name, place = self.one_of(names), self.place()
            offset = self.one_of((0, 1, 2))
            self.script.add(kafka.Seek(name, place, offset), ReadAll(name, QUIET_MS))
            self.script.add(kafka.Position(name, place))

    # Groups

    def join(self) -> None:
        group = self.one_of(("~g1", "~g2"))
        if sum(one == group for one in self.members.values()) > 2:
            return
        name = f"~m{self.number()}"
        topics = tuple(sorted({self.topic(), self.topic()}))
        self.script.member(
            name, group, *topics, session_timeout_ms=1500,
            auto_offset_reset=self.one_of(("earliest", "latest")),
            partition_assignment_strategy=("range" if group == "~g1" else "roundrobin"),
        )  # fmt: skip
        self.members[name] = group
        self.settle(SETTLED_MS)

    def settle(self, ms: int) -> None:
        self.script.add(Idle(tuple(self.members)))
        self.script.wait(ms)
        self.script.add(*[kafka.Assignment(one) for one in self.members])

    def leave(self) -> None:
        if self.members:
            name = self.one_of(self.members)
            del self.members[name]
            crashes = self.chance(0.4)
            self.script.add(Kill(name) if crashes else kafka.CloseConsumer(name))
            self.settle(GONE_MS if crashes else SETTLED_MS)

    def commit(self) -> None:
        if self.members:
            name, (topic, partition) = self.one_of(self.members), self.place()
            partition = min(partition, self.topics[topic] - 1)
            offset = self.random.randrange(4)
            self.script.add(kafka.CommitOffsets(name, {(topic, partition): offset}))
            self.script.add(kafka.Committed(name, (topic, partition)))

    def delete_group(self) -> None:
        self.script.add(kafka.DeleteGroup(self.one_of(("~g1", "~g2", "~s1", "~never"))))

    def look_at_group(self) -> None:
        self.script.add(kafka.ListGroupOffsets(self.one_of(("~g1", "~g2"))))

    # Share groups

    def share(self) -> None:
        """One member of a group on a topic of its own takes records, decides and goes."""
        if self.script.version < SHARES_SINCE:
            return
        group, topic, name = (f"~{word}{self.number()}" for word in ("s", "shared", "m"))
        self.script.topic(topic)
        limit = self.one_of((2, 3, 5))
        self.script.group_config(
            group, share_auto_offset_reset="earliest", share_delivery_count_limit=limit,
            share_isolation_level=self.one_of(LEVELS),
        )  # fmt: skip
        for _ in range(self.one_of((1, 2, 4))):
            self.script.send(topic, f"v{self.number()}", producer=self.producers[0])
        self.script.share(name, group, topic, most=1)
        for _ in range(self.random.randrange(1, 7)):
            self.script.poll(name, 700)
            kind = self.one_of(("ACCEPT", "ACCEPT", "RELEASE", "RELEASE", "REJECT"))
            self.script.add(Decide(name, 0, kind))
        self.script.poll(name, 700)
        self.script.add(Kill(name) if self.chance(0.3) else kafka.CloseConsumer(name))
        heir = f"~m{self.number()}"
        self.script.share(heir, group, topic, most=1)
        self.script.poll(heir, 1500)
        self.script.add(Decide(heir, 0, "ACCEPT"), kafka.CloseConsumer(heir))


LEVELS = ("read_committed", "read_uncommitted")
STEPS = (
    *[Maker.send] * 9, *[Maker.send_batch] * 2, Maker.send_stamped, *[Maker.resend] * 3,
    *[Maker.transaction] * 4, *[Maker.new_reader] * 2, *[Maker.read] * 3, Maker.seek,
    *[Maker.join] * 2, Maker.leave, *[Maker.commit] * 2, Maker.look, Maker.look_by_time,
    Maker.delete_records, Maker.grow, Maker.again, Maker.change, Maker.delete_group,
    Maker.look_at_group, Maker.share, Maker.new_topic,
)  # fmt: skip


def generated(seed: int) -> Program:
    """The program of a seed; the same on every machine."""
    return Program("generated", f"seed {seed}", lambda script: Maker(script, seed).write())
