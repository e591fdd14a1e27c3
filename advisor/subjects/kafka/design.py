"""What a design decides: topics, settings, and what a reader's code does with a record.

:class:`Design` is the native one; each variant is a subclass that changes one thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from advisor.checks.session import Group, Message
from advisor.domain.outcome import Refused
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.desk import Desk, Halted
from advisor.subjects.kafka.wire import encoded, is_selected, label_of

TOPIC = "kafka.topic"
COMPACTED = "kafka.compacted-topic"
SHARE = "kafka.share-group"
PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one consumer of a reader reads, in which Kafka group."""

    group: str
    topics: tuple[str, ...] = ()
    pattern: str | None = None


class ShareMember(Protocol):
    """What a design's own program may do with a reader of a share group."""

    @property
    def holds(self) -> bool: ...

    def renew(self) -> None: ...

    def subscribe(self) -> None: ...


class Design:
    """One option without a variant."""

    keeps_polling_at_work = False
    resends_in_the_library = True

    def __init__(self, option: str, desk: Desk) -> None:
        self.option = option
        self.desk = desk
        self.copies = 1
        self._turn = 0

    # Names

    @property
    def flow(self) -> str:
        return f"{self.desk.prefix}.flow"

    def group_id(self, group: str) -> str:
        return f"{self.desk.prefix}.{group}"

    @property
    def dead_letter_topic(self) -> str | None:
        """Where share groups set records aside; None where nobody does."""
        topic = f"dlq.{self.desk.prefix}"
        return topic if topic in self.desk.topics else None

    # Setting up

    def partitions(self) -> int:
        """One where all messages are one order or a share group shares them anyway."""
        plan = self.desk.plan
        return 1 if plan.ordering == "global" or self.option == SHARE else plan.parallelism

    def topic_config(self) -> dict[str, str]:
        """Settings of the flow's topics."""
        plan = self.desk.plan
        if self.option == COMPACTED:
            # Superseded values go soon; with the defaults they would stay a week and longer.
            return {
                "cleanup.policy": "compact",
                "segment.ms": "10000",
                "min.cleanable.dirty.ratio": "0.01",
            }
        return {} if plan.retention_ms is None else {"retention.ms": str(plan.retention_ms)}

    def producer_config(self) -> dict[str, str]:
        return {"acks": "-1", "enable.idempotence": "true"}

    def consumer_config(self) -> dict[str, str]:
        return {"isolation.level": "read_committed", "max.poll.records": "1"}

    def share_config(self) -> dict[str, str]:
        """Settings of a share group beside its starting point."""
        return {"share.isolation.level": "read_committed"} if self.desk.plan.transactions else {}

    def set_up(self) -> None:
        """Topics and programs, before any message."""
        self.create_flow(self.flow)
        if self.option == SHARE and self.desk.plan.attempts_max is not None:
            self._create_dead_letter_topic()

    def create_flow(self, topic: str) -> None:
        self.desk.create_topic(topic, partitions=self.partitions(), config=self.topic_config())

    def _create_dead_letter_topic(self) -> None:
        """From 4.4; before, the broker does not know the setting and sets nothing aside."""
        config = {"errors.deadletterqueue.group.enable": "true"}
        try:
            self.desk.create_topic(f"dlq.{self.desk.prefix}", partitions=1, config=config)
        except Halted as halted:
            if not _is_unknown_setting(halted):
                raise

    def configure_share_group(self, group: str, *, start: str) -> None:
        """Settings before the first member; what an older broker does not know is left out."""
        desk = self.desk
        reset = {"first": "earliest", "new": "latest"}[start]
        desk.do(native.AlterGroupConfigs(group, {"share.auto.offset.reset": reset}))
        for name, text in self.share_config().items():
            desk.do(native.AlterGroupConfigs(group, {name: text}))
        wishes: dict[str, str] = {}
        if desk.plan.attempts_max is not None:
            wishes["share.delivery.count.limit"] = str(desk.plan.attempts_max)
        if self.dead_letter_topic is not None:
            wishes["errors.deadletterqueue.topic.name"] = self.dead_letter_topic
            wishes["errors.deadletterqueue.copy.record.enable"] = "true"
        for name, text in wishes.items():
            try:
                desk.do(native.AlterGroupConfigs(group, {name: text}))
            except Halted as halted:
                if not _is_unknown_setting(halted):
                    raise

    def watch(self, reader: ShareMember) -> None:
        """A reader of a share group began."""

    # Publishing

    def topic_for(self, message: Message) -> str:  # noqa: ARG002
        return self.flow

    def key_for(self, message: Message) -> bytes | None:
        """A compacted topic takes no record without a key: the label stands in."""
        if message.key is None:
            return message.label.encode() if self.option == COMPACTED else None
        return message.key.encode()

    def added_headers(self, message: Message) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def produce(self, message: Message, *, producer: str = PUBLISHER) -> native.TopicPartition:
        """Send and wait for acks=all; keyless records are dealt out in turn."""
        topic = self.topic_for(message)
        value, headers = encoded(message)
        added = self.added_headers(message)
        if added:
            headers += tuple((name, text.encode()) for name, text in added.items())
        key = self.key_for(message)
        partition = None
        if key is None:
            partition = self._turn % self.partitions()
            self._turn += 1
        return self.desk.do(native.Produce(producer, topic, key, value, headers, partition))

    # Reading

    def prepare_group(self, group: Group) -> None:
        """What a group needs that was not planned for."""

    def subscriptions(self, group: Group) -> tuple[Subscription, ...]:
        """One consumer each, the one to be asked first in front."""
        return (Subscription(self.group_id(group.name), (self.flow,)),)

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:
        """What the reader's own code hands on; natively the selector is its own filter."""
        if group.selector.by == "none":
            return True
        self.desk.part("filter in the reader")
        return is_selected(group.selector, record)

    def attempt(self, record: native.FetchedRecord) -> int | None:
        """Which attempt this delivery is, where anything counts them."""
        return record.delivery_count

    def rejected(self, group: Group, record: native.FetchedRecord) -> None:
        """Before a failed record of a consumer group is committed: natively nothing, a skip."""

    def settled(self, group: Group, record: native.FetchedRecord) -> None:
        """After a record was settled."""

    def set_aside(self) -> tuple[str, ...]:
        topic = self.dead_letter_topic
        if topic is None:
            return ()
        return tuple(label_of(record) for record in self.desk.read_all(topic))


class Settings(Design):
    """Variants that only change settings."""

    topic: ClassVar[Mapping[str, str]] = {}
    share: ClassVar[Mapping[str, str]] = {}

    def topic_config(self) -> dict[str, str]:
        return {**super().topic_config(), **self.topic}

    def share_config(self) -> dict[str, str]:
        return {**super().share_config(), **self.share}


class FlushEveryMessage(Settings):
    """flush-every-message: fsync before the acknowledgement, on every replica."""

    topic: ClassVar[Mapping[str, str]] = {"flush.messages": "1"}


class LongerLock(Settings):
    """longer-lock: the longest lock that a share group may have."""

    share: ClassVar[Mapping[str, str]] = {"share.record.lock.duration.ms": "60000"}


class PollInterval(Design):
    """poll-interval: max.poll.interval.ms above the longest task."""

    def consumer_config(self) -> dict[str, str]:
        longest_ms = max(300_000, 2 * self.desk.plan.task_ms_max)
        return {**super().consumer_config(), "max.poll.interval.ms": str(longest_ms)}


class PauseAndResume(Design):
    """pause-and-resume: a thread works, the loop polls on with its partitions paused."""

    keeps_polling_at_work = True


class RaisedMessageLimit(Design):
    """raised-message-limit: at the topic and in the producer."""

    def _limit(self) -> str:
        return str(self.desk.plan.message_bytes_max + 10_000)

    def topic_config(self) -> dict[str, str]:
        return {**super().topic_config(), "max.message.bytes": self._limit()}

    def producer_config(self) -> dict[str, str]:
        return {**super().producer_config(), "max.request.size": self._limit()}


def _is_unknown_setting(halted: Halted) -> bool:
    trouble = halted.trouble
    return isinstance(trouble, Refused) and trouble.code == "INVALID_CONFIG"
