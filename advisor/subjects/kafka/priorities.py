"""topic-per-priority: ten topics, and readers that ask the most urgent one first."""

from __future__ import annotations

from advisor.checks.session import Group, Message
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import SHARE, Design, Subscription

LEVELS = 10


class TopicPerPriority(Design):
    """A reader has one consumer for each level, in a Kafka group of its own."""

    def set_up(self) -> None:
        for level in range(LEVELS):
            self.create_flow(self._topic_of(level))
        if self.option == SHARE and self.desk.plan.attempts_max is not None:
            self._create_dead_letter_topic()

    def _topic_of(self, level: int) -> str:
        return f"{self.flow}.p{level}"

    def topic_for(self, message: Message) -> str:
        return self._topic_of(min(max(message.priority or 0, 0), LEVELS - 1))

    def subscriptions(self, group: Group) -> tuple[Subscription, ...]:
        name = self.group_id(group.name)
        return tuple(
            Subscription(f"{name}.p{level}", (self._topic_of(level),))
            for level in reversed(range(LEVELS))
        )

    def is_wanted(self, group: Group, record: native.FetchedRecord) -> bool:
        self.desk.part("choice of the most urgent topic")
        return super().is_wanted(group, record)
