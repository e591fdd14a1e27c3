"""Coordinator of one consumer group, classic protocol.

Keeps: generations, the initial delay of an empty group (3 s, again while members keep coming), a
rebalance that waits for every member's next poll up to the longest max.poll.interval.ms and drops
who has not come, session timeout after a crash, leaving, refusals of joins and commits; static
members, which never leave by themselves, and whose place a newcomer of the same instance id takes
without a rebalance, the one before being fenced. States Empty, PreparingRebalance, Stable;
CompletingRebalance takes no time here. Leaves out: the server-driven protocol
(:data:`Gap.CONSUMER_PROTOCOL`), single heartbeats: a member whose connection lives is alive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from advisor.models.kafka.assignors import TopicPartition, assign
from advisor.models.kafka.commits import RETENTION_MS, Commits
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kernel import Kernel, Timer

SESSION_TIMEOUT_MIN_MS, SESSION_TIMEOUT_MAX_MS = 6_000, 1_800_000


class GroupState(Enum):
    """As described by the admin client."""

    EMPTY = "Empty"
    PREPARING = "PreparingRebalance"
    STABLE = "Stable"


class Member:
    """One member as the coordinator sees it, with the two calls it makes on the client.

    ``polling`` is whether its loop is inside poll now: only then can it join a new round.
    """

    __slots__ = (
        "assigned",
        "assignors",
        "fenced",
        "id",
        "instance_id",
        "interval_ms",
        "partitions",
        "polling",
        "rejoined",
        "revoked",
        "session_timeout_ms",
        "session_timer",
        "topics",
    )

    def __init__(
        self,
        member_id: str,
        *,
        topics: Sequence[str],
        assignors: Sequence[str],
        session_timeout_ms: int,
        interval_ms: int,
        assigned: Callable[[list[TopicPartition]], None],
        revoked: Callable[[], None],
        instance_id: str | None = None,
    ) -> None:
        self.id = member_id
        self.instance_id = instance_id
        self.fenced = False
        self.topics = tuple(topics)
        self.assignors = tuple(assignors)
        self.session_timeout_ms = session_timeout_ms
        self.interval_ms = interval_ms
        self.assigned = assigned
        self.revoked = revoked
        self.partitions: list[TopicPartition] = []
        self.polling = False
        self.rejoined = False
        self.session_timer: Timer | None = None

    @property
    def sorted_by(self) -> str:
        """What assignors go by: static members come first, by instance id."""
        return self.id if self.instance_id is None else f"\0{self.instance_id}"


class ConsumerGroup:
    """One group: its members, generation and offsets."""

    def __init__(
        self,
        kernel: Kernel,
        *,
        initial_delay_ms: int,
        session_timeout_min_ms: int = SESSION_TIMEOUT_MIN_MS,
        offsets_retention_ms: int = RETENTION_MS,
        partition_counts: Callable[[], Mapping[str, int]],
    ) -> None:
        self._kernel = kernel
        self._initial_delay_ms = initial_delay_ms
        self._session_timeout_min_ms = session_timeout_min_ms
        self._partition_counts = partition_counts
        self._timer: Timer | None = None
        self._joined_in_delay = False
        self._gathering = False
        self.state = GroupState.EMPTY
        self.generation = 0
        self.members: dict[str, Member] = {}
        self.commits = Commits(kernel.now_ms, offsets_retention_ms)

    # Membership

    def join(self, member: Member) -> None:
        """A member asks to join, or to join again with another subscription."""
        least = self._session_timeout_min_ms
        if not least <= member.session_timeout_ms <= SESSION_TIMEOUT_MAX_MS:
            raise KafkaError(ErrorCode.INVALID_SESSION_TIMEOUT)
        before = self._same_instance(member)
        others = [other for other in self.members.values() if other not in (member, before)]
        if others and not self._common_assignor([*others, member]):
            raise KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if before is not None and self._takes_the_place(member, before):
            return
        first = not self.members
        self.members[member.id] = member
        self.commits.empty_since_ms = None
        if first:
            self.state = GroupState.PREPARING
            member.rejoined = True
            self._after_initial_delay()
        else:
            self._prepare()
            self._joined_in_delay = True
            self.rejoin(member)

    def _same_instance(self, member: Member) -> Member | None:
        """The member that has this instance id now."""
        if member.instance_id is None:
            return None
        held = (other for other in self.members.values() if other is not member)
        return next((one for one in held if one.instance_id == member.instance_id), None)

    def _takes_the_place(self, member: Member, before: Member) -> bool:
        """Fence the one before; whether the newcomer simply goes on with what that one had."""
        before.fenced = True
        if before.session_timer is not None:
            before.session_timer.cancel()
        del self.members[before.id]
        if self.state is not GroupState.STABLE or member.topics != before.topics:
            return False
        self.members[member.id] = member
        member.partitions, before.partitions = before.partitions, []
        member.assigned(member.partitions)
        return True

    def _after_initial_delay(self) -> None:
        self._joined_in_delay = False
        self._gathering = True

        def over() -> None:
            if self._joined_in_delay:
                self._after_initial_delay()
            else:
                self._timer = None
                self._complete()

        self._timer = self._kernel.after(self._initial_delay_ms, over)

    def _prepare(self) -> None:
        """Begin a round unless one is under way; members inside poll join it at once."""
        if self.state is GroupState.PREPARING:
            return
        self.state = GroupState.PREPARING
        self._timer = None
        for member in self.members.values():
            member.rejoined = False
        for member in list(self.members.values()):
            if member.polling:
                self.rejoin(member)
        if self.state is GroupState.PREPARING and self._timer is None:
            longest_ms = max(member.interval_ms for member in self.members.values())
            self._timer = self._kernel.after(longest_ms, self._complete)

    def rejoin(self, member: Member) -> None:
        """The member's loop came round while a rebalance waits for it (eager: it lets go first)."""
        if self.state is not GroupState.PREPARING or member.rejoined:
            return
        member.rejoined = True
        member.partitions = []
        member.revoked()
        # While the first members of an empty group gather, the delay alone ends the round.
        if not self._gathering and all(other.rejoined for other in self.members.values()):
            self._complete()

    def _complete(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._gathering = False
        for member in [other for other in self.members.values() if not other.rejoined]:
            del self.members[member.id]
            member.partitions = []
        self.generation += 1
        if not self.members:
            self._become_empty()
            return
        self.state = GroupState.STABLE
        subscriptions = {member.sorted_by: member.topics for member in self.members.values()}
        assignor = self._common_assignor(list(self.members.values()))
        found = assign(assignor, subscriptions, self._partition_counts())
        for member in list(self.members.values()):
            member.partitions = found[member.sorted_by]
        for member in list(self.members.values()):
            member.assigned(member.partitions)

    def _common_assignor(self, members: Sequence[Member]) -> str:
        for assignor in members[0].assignors:
            if all(assignor in member.assignors for member in members):
                return assignor
        return ""

    def _become_empty(self) -> None:
        self.state = GroupState.EMPTY
        self.commits.empty_since_ms = self._kernel.now_ms

    def goodbye(self, member: Member) -> None:
        """A member closes: it leaves at once, a static one when its session has timed out."""
        if member.instance_id is None:
            self.leave(member)
        elif not member.fenced:
            self.lose_connection(member)

    def leave(self, member: Member) -> None:
        """It is no member from now on."""
        if self.members.get(member.id) is not member:
            return
        del self.members[member.id]
        member.partitions = []
        if member.session_timer is not None:
            member.session_timer.cancel()
        if not self.members:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._gathering = False
            self._become_empty()
        elif self.state is GroupState.STABLE:
            self._prepare()
        elif not self._gathering and all(other.rejoined for other in self.members.values()):
            self._complete()

    def lose_connection(self, member: Member) -> None:
        """The member's process died: nobody notices until its session times out."""
        member.polling = False
        timer = self._kernel.after(member.session_timeout_ms, lambda: self.leave(member))
        member.session_timer = timer

    # Offsets

    def commit(
        self, offsets: Mapping[TopicPartition, int], member: Member, generation: int
    ) -> None:
        """Commit as a member of ``generation``; open while a rebalance prepares."""
        self.check(member, generation)
        self.commits.commit(offsets, now_ms=self._kernel.now_ms)

    def check(self, member: Member, generation: int) -> None:
        """KafkaError unless ``member`` belongs to the present generation."""
        if member.fenced:
            raise KafkaError(ErrorCode.FENCED_INSTANCE_ID)
        if self.members.get(member.id) is not member:
            raise KafkaError(ErrorCode.UNKNOWN_MEMBER_ID)
        if generation != self.generation:
            raise KafkaError(ErrorCode.ILLEGAL_GENERATION)

    def commit_alone(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit without membership: only while nobody is a member."""
        if self.members:
            raise KafkaError(ErrorCode.UNKNOWN_MEMBER_ID)
        self.commits.commit(offsets, now_ms=self._kernel.now_ms)
