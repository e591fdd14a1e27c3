"""A share group: members that take records one by one from the same partitions.

Keeps: more members than partitions all work; the start offset fixed at the first contact and kept
while nobody is a member; settings; altering offsets only with no member (68); a dead-letter topic
from 4.4, used only when it exists, begins with ``dlq.`` and allows it. Leaves out: the seconds that
a heartbeat takes to bring an assignment; members are spread over several partitions in order of
joining, on a broker by hash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from advisor.models.kafka.assignors import TopicPartition
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.reset_policy import reset_offset
from advisor.models.kafka.share_partition import Archived, SharePartition
from advisor.models.kafka.share_settings import ShareSettings
from advisor.models.kafka.topic_admin import Topics
from advisor.models.kernel import Kernel


class ShareGroup:
    """One group: its members by id, with the topics that each reads."""

    def __init__(
        self,
        kernel: Kernel,
        topics: Topics,
        *,
        settings: Callable[[], ShareSettings],
        archived: Archived,
    ) -> None:
        self._kernel = kernel
        self._topics = topics
        self._settings = settings
        self._archived = archived
        self.members: dict[str, tuple[str, ...]] = {}
        self.partitions: dict[TopicPartition, SharePartition] = {}

    def join(self, member: str, topics: Sequence[str]) -> None:
        """Become a member; partitions met for the first time start where the settings say."""
        self.members[member] = tuple(topics)
        self.meet(topics)

    def meet(self, topics: Sequence[str]) -> None:
        """Start share partitions for topics that exist and were not read before."""
        for name in topics:
            topic = self._topics.by_name.get(name)
            for number in range(len(topic.partitions) if topic else 0):
                if (name, number) not in self.partitions:
                    policy = self._settings().auto_offset_reset
                    partition = self._topics.partition(name, number)
                    start = reset_offset(partition, policy, committed=False)
                    self.partitions[name, number] = self._started(name, number, start)

    def _started(self, name: str, number: int, start_offset: int) -> SharePartition:
        return SharePartition(
            self._kernel,
            name,
            number,
            self._topics.partition(name, number),
            start_offset=start_offset,
            settings=self._settings,
            archived=self._archived,
        )

    def assigned(self, member: str) -> list[SharePartition]:
        """The partitions that a member reads, in order."""
        found: list[SharePartition] = []
        for name in self.members[member]:
            readers = [other for other, topics in self.members.items() if name in topics]
            numbers = sorted(number for topic, number in self.partitions if topic == name)
            place = readers.index(member)
            for turn in range(max(len(readers), len(numbers)) if numbers else 0):
                number = numbers[turn % len(numbers)]
                if turn % len(readers) == place:
                    found.append(self.partitions[name, number])
        return found

    def leave(self, member: str) -> None:
        """Close or lost connection: what it holds is free at once."""
        if self.members.pop(member, None) is not None:
            for partition in self.partitions.values():
                partition.release_all(member)

    def alter_offsets(self, offsets: dict[TopicPartition, int]) -> None:
        """Move start offsets, which forgets what was acknowledged beyond them."""
        if self.members:
            raise KafkaError(ErrorCode.NON_EMPTY_GROUP)
        for (name, number), offset in offsets.items():
            self.partitions[name, number] = self._started(name, number, offset)
