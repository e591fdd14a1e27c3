"""retry-topic: the reader's own code sends what failed to a topic for another attempt."""

from __future__ import annotations

from advisor.checks.session import Group
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import PUBLISHER, Design, Subscription
from advisor.subjects.kafka.wire import content_of, with_headers

ATTEMPT = "attempt"


class RetryTopic(Design):
    """Attempts are counted in a header; at the limit the record goes to a dead-letter topic."""

    def set_up(self) -> None:
        super().set_up()
        for group in self.desk.plan.groups:
            self.prepare_group(group)
        self.desk.create_topic(self._dead, partitions=1, config={})

    @property
    def _dead(self) -> str:
        return f"{self.desk.prefix}.dead"

    @property
    def dead_letter_topic(self) -> str | None:
        return self._dead

    def _retries(self, group: Group) -> str:
        return f"{self.desk.prefix}.retry.{group.name}"

    def prepare_group(self, group: Group) -> None:
        topic = self._retries(group)
        if topic not in self.desk.topics:
            self.desk.create_topic(topic, partitions=self.partitions(), config={})

    def subscriptions(self, group: Group) -> tuple[Subscription, ...]:
        topics = (self.flow, self._retries(group))
        return (Subscription(self.group_id(group.name), topics),)

    def attempt(self, record: native.FetchedRecord) -> int | None:
        return int(content_of(record).native.get(ATTEMPT, "1"))

    def rejected(self, group: Group, record: native.FetchedRecord) -> None:
        desk = self.desk
        desk.part("retry topic")
        attempt = self.attempt(record) or 1
        limit = desk.plan.attempts_max
        given_up = limit is not None and attempt >= limit
        desk.do(
            native.Produce(
                PUBLISHER,
                self._dead if given_up else self._retries(group),
                record.key,
                record.value,
                with_headers(record, {ATTEMPT: str(attempt + 1)}),
                0 if given_up else record.partition,
            )
        )
