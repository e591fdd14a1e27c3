"""Variants that select by more than reading everything: topics by routing key, a router."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.checks.session import Group, Message
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import SHARE, Design, ShareMember, Subscription
from advisor.subjects.kafka.desk import Desk
from advisor.subjects.kafka.wire import is_selected, pattern_expression


class TopicPerRoutingKey(Design):
    """topic-per-routing-key: the publisher's routing key names the topic.

    A group subscribes to the topics of its keys, or by a regular expression; headers and content
    stay a matter of the reader's own filter.
    """

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._listing_readers: list[ShareMember] = []
        self._known: tuple[str, ...] = ()

    def set_up(self) -> None:
        super().set_up()
        for group in self.desk.plan.groups:
            self.prepare_group(group)

    def watch(self, reader: ShareMember) -> None:
        """Share groups need a program that finds new topics for them."""
        if not self._listing_readers:
            self.desk.workers.append(self)
        self._listing_readers.append(reader)

    def pump(self) -> None:
        names = self.desk.do(native.ListTopics())
        if names != self._known:
            self._known = names
            for reader in self._listing_readers:
                reader.subscribe()

    def next_due_ms(self) -> int | None:
        return None

    def idle_consumers(self) -> Sequence[str]:
        return ()

    def topic_for(self, message: Message) -> str:
        topic = self._topic_of(message.routing_key)
        self._create_if_new(topic)
        return topic

    def _topic_of(self, routing_key: str) -> str:
        return f"{self.flow}.{routing_key}" if routing_key else self.flow

    def _create_if_new(self, topic: str) -> None:
        if topic not in self.desk.topics:
            self.create_flow(topic)

    def prepare_group(self, group: Group) -> None:
        for key in group.selector.keys:
            self._create_if_new(self._topic_of(key))

    def subscriptions(self, group: Group) -> tuple[Subscription, ...]:
        name, selector = self.group_id(group.name), group.selector
        if selector.by == "key":
            return (Subscription(name, tuple(self._topic_of(key) for key in selector.keys)),)
        expressions = [pattern_expression(pattern) for pattern in selector.patterns]
        if selector.by != "pattern":
            expressions = [pattern_expression("#")]
        flow = self.flow.replace(".", r"\.")
        pattern = f"^{flow}(?:{'|'.join(expressions)})$"
        if self.option == SHARE:
            return (Subscription(name, self._listed(pattern)),)
        return (Subscription(name, pattern=pattern),)

    def _listed(self, pattern: str) -> tuple[str, ...]:
        """Share groups take names only: the reader's own code lists the topics that match."""
        self.desk.part("list of matching topics")
        names = self.desk.do(native.ListTopics())
        return tuple(name for name in names if re.match(pattern, name))

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:
        if group.selector.by in ("none", "key", "pattern"):
            return True
        return super().is_wanted(group, record)


class Router(Design):
    """router: a program of the team's own copies from an inbox into a topic for each group."""

    def __init__(self, option: str, desk: Desk) -> None:
        super().__init__(option, desk)
        self._groups: dict[str, Group] = {}
        self._consumer = f"{desk.prefix}-router"

    @property
    def inbox(self) -> str:
        return f"{self.desk.prefix}.inbox"

    def set_up(self) -> None:
        desk = self.desk
        self.create_flow(self.inbox)
        if self.option == SHARE and desk.plan.attempts_max is not None:
            self._create_dead_letter_topic()
        for group in desk.plan.groups:
            self.prepare_group(group)
        group_id = self.group_id("router")
        desk.groups.append(group_id)
        config = {**self.consumer_config(), "group.id": group_id, "client.id": "router"}
        config["auto.offset.reset"] = "earliest"
        desk.do(native.NewConsumer(self._consumer, config))
        desk.do(native.Subscribe(self._consumer, (self.inbox,)))
        desk.await_assignment([self._consumer], 12_000)
        desk.workers.append(self)

    def prepare_group(self, group: Group) -> None:
        if group.name not in self._groups:
            self._groups[group.name] = group
            self.create_flow(self._topic_of(group.name))

    def _topic_of(self, group: str) -> str:
        return f"{self.desk.prefix}.to.{group}"

    def topic_for(self, message: Message) -> str:  # noqa: ARG002
        return self.inbox

    def subscriptions(self, group: Group) -> tuple[Subscription, ...]:
        return (Subscription(self.group_id(group.name), (self._topic_of(group.name),)),)

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:  # noqa: ARG002
        return True

    def pump(self) -> None:
        desk = self.desk
        while records := desk.do(native.Poll(self._consumer)):
            for record in records:
                self._forward(record)
                place = (record.topic, record.partition)
                desk.do(native.CommitOffsets(self._consumer, {place: record.offset + 1}))

    def _forward(self, record: native.FetchedRecord) -> None:
        self.desk.part("router")
        chosen = [group for group in self._groups.values() if is_selected(group.selector, record)]
        self.copies = max(self.copies, 1 + len(chosen))
        for group in chosen:
            target = self._topic_of(group.name)
            self.desk.do(
                native.Produce(
                    "publisher", target, record.key, record.value, record.headers, record.partition
                )
            )

    def next_due_ms(self) -> int | None:
        return None

    def idle_consumers(self) -> Sequence[str]:
        return (self._consumer,)
