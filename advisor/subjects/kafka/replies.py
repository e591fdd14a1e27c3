"""Request and reply: a reply topic, a correlation id, a consumer at the end before asking.

Natively one partition for all requesters, each of which reads everything and throws away what is
not its own. With ``reply-topic`` each requester has a partition.
"""

from __future__ import annotations

from advisor.checks.session import Delivery, Message
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import PUBLISHER, Design
from advisor.subjects.kafka.desk import Desk
from advisor.subjects.kafka.wire import content_of, encoded, label_of

REPLY_TO, CORRELATION = "reply-to", "correlation-id"


class ReplyTopic(Design):
    """reply-topic: a partition of the reply topic for each requester."""


class Replies:
    """The reply side of a session."""

    def __init__(self, desk: Desk, *, partition_each: bool) -> None:
        self._desk = desk
        self._partition_each = partition_each
        self._requesters: dict[str, int] = {}

    @property
    def _topic(self) -> str:
        return f"{self._desk.prefix}.replies"

    def _consumer(self, requester: str) -> str:
        return f"{self._desk.prefix}-replies-to-{requester}"

    def prepare(self, requester: str) -> None:
        """Position the requester's consumer at the end, before its first request."""
        if requester in self._requesters:
            return
        desk = self._desk
        number = len(self._requesters) if self._partition_each else 0
        self._requesters[requester] = number
        if self._topic not in desk.topics:
            desk.create_topic(self._topic, partitions=1, config={})
        elif number:
            desk.do(native.CreatePartitions(self._topic, number + 1))
        desk.do(native.NewConsumer(self._consumer(requester), {"max.poll.records": "1"}))
        place = (self._topic, number)
        _, end = desk.do(native.ListOffsets(*place))
        desk.do(native.Assign(self._consumer(requester), {place: end}))

    def consumers(self) -> list[str]:
        """The requesters' consumers."""
        return [self._consumer(requester) for requester in self._requesters]

    def request_headers(self, requester: str, message: Message) -> native.Headers:
        """What a request carries so that its reply finds back."""
        return ((REPLY_TO, requester.encode()), (CORRELATION, message.label.encode()))

    def reply(self, request: native.FetchedRecord, message: Message) -> None:
        """Send a reply to the partition of whoever asked."""
        asked = content_of(request).native
        value, headers = encoded(message)
        back = tuple((name, asked[name].encode()) for name in (REPLY_TO, CORRELATION))
        number = self._requesters[asked[REPLY_TO]]
        self._desk.do(
            native.Produce(PUBLISHER, self._topic, None, value, (*headers, *back), number)
        )

    def receive(self, requester: str, within_ms: int) -> Delivery | None:
        """The next reply for this requester; others' are thrown away."""
        desk = self._desk
        self.prepare(requester)
        deadline_ms = desk.now_ms + within_ms
        while True:
            polled = desk.poll([self._consumer(requester)], max(deadline_ms - desk.now_ms, 0))
            if polled is None:
                return None
            record = polled[1][0]
            desk.fetched += 1
            desk.part("correlation of replies")
            if content_of(record).native[REPLY_TO] == requester:
                return Delivery(label_of(record), requester)
            desk.thrown_away += 1
