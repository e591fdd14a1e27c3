"""Client-side assignors: which member gets which partition.

Keeps: range and roundrobin exactly as the Java client and librdkafka do them, members sorted by
member id. Leaves out: sticky and cooperative-sticky (:data:`Gap.STICKY_ASSIGNORS`), racks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.models.kafka.unmodelled import Gap, GapError

TopicPartition = tuple[str, int]
Subscriptions = Mapping[str, Sequence[str]]
Assignment = dict[str, list[TopicPartition]]


def assign(
    assignor: str, subscriptions: Subscriptions, partitions: Mapping[str, int]
) -> Assignment:
    """Partitions of each member id; ``partitions`` counts them for each topic."""
    if assignor == "range":
        return assign_range(subscriptions, partitions)
    if assignor == "roundrobin":
        return assign_round_robin(subscriptions, partitions)
    raise GapError(Gap.STICKY_ASSIGNORS)


def _topics(subscriptions: Subscriptions, partitions: Mapping[str, int]) -> list[str]:
    wanted = {topic for topics in subscriptions.values() for topic in topics}
    return sorted(wanted & partitions.keys())


def assign_range(subscriptions: Subscriptions, partitions: Mapping[str, int]) -> Assignment:
    """Topic by topic a run of neighbours each, the first members one more where it is uneven."""
    found: Assignment = {member: [] for member in subscriptions}
    for topic in _topics(subscriptions, partitions):
        members = sorted(member for member in subscriptions if topic in subscriptions[member])
        share, extra = divmod(partitions[topic], len(members))
        start = 0
        for place, member in enumerate(members):
            count = share + (place < extra)
            found[member].extend((topic, start + i) for i in range(count))
            start += count
    return found


def assign_round_robin(subscriptions: Subscriptions, partitions: Mapping[str, int]) -> Assignment:
    """All partitions in order, dealt out one by one to those who want the topic."""
    found: Assignment = {member: [] for member in subscriptions}
    members = sorted(subscriptions)
    turn = 0
    for topic in _topics(subscriptions, partitions):
        for number in range(partitions[topic]):
            while topic not in subscriptions[members[turn % len(members)]]:
                turn += 1
            found[members[turn % len(members)]].append((topic, number))
            turn += 1
    return found
