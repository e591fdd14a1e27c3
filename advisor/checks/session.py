"""What a scenario asks of any messaging technology: the steps, and what they give back.

A session is one fresh installation of one design (one option, with or without one named
variant). It does what a user of that technology would do natively, never refuses by itself, and
lets the observation show what is missing. Times are virtual milliseconds on a model, real ones
on a live broker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from advisor.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its publisher sees it. ``label`` is unique within a scenario.

    ``key`` groups messages that belong together (order, newest value); ``routing_key`` and
    ``headers`` are what readers select by; ``fields`` stand for the body (selecting by them is
    selecting by content); a ``body_absent`` message deletes its key (a tombstone). A message with
    ``duplicate_of`` is the publisher's retry of that label: same identity, sent again because the
    confirmation was lost.
    """

    label: str
    key: str | None = None
    routing_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None
    expires_after_ms: int | None = None
    delay_ms: int | None = None
    size_bytes: int = 100
    body_absent: bool = False
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """What a group of readers wants. ``by`` none: all. Patterns have AMQP's meaning.

    ``key``: routing keys, equal. ``pattern``: AMQP topic patterns over routing keys. ``headers``
    and ``content``: every given header, or body field, is equal.
    """

    by: Literal["none", "key", "pattern", "headers", "content"] = "none"
    keys: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    equal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A service: its readers share the work, and it reads everything that it selects."""

    name: str
    selector: Selector = Selector()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the team knows when it sets the design up, before the first message.

    ``groups`` are known from the start (a later one may join late all the same). ``parallelism``
    is the number of readers planned for: a user of a partitioned design chooses as many
    partitions. ``nodes`` is the size of the cluster. ``attempts_max`` is how often a message may
    be tried before it is set aside, None for no limit. The rest says which features the flow will
    use, so that a session can declare what its technology wants declared beforehand.
    """

    groups: tuple[Group, ...]
    parallelism: int = 1
    nodes: int = 1
    prefetch: int = 1
    ordering: Literal["none", "per_key", "global"] = "none"
    durability: Literal["memory", "disk", "replicated", "power_loss"] = "disk"
    priorities: bool = False
    expiry: bool = False
    delays_ms: tuple[int, ...] = ()
    attempts_max: int | None = None
    request_reply: bool = False
    newest_per_key: bool = False
    retention_ms: int | None = None
    deduplicate: bool = False
    transactions: bool = False
    message_bytes_max: int = 1000
    waiting_messages_max: int | None = None
    task_ms_max: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message handed to one reader. ``attempt`` counts from 1 where the technology tells."""

    label: str
    reader: str
    key: str | None = None
    redelivered: bool = False
    attempt: int | None = None
    handle: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """Structural numbers of an installation, counted and not timed.

    ``copies``: stored copies of each message for its readers (one log read by all counts 1).
    ``waiting``: messages that wait for at least one reader. ``held_max``: most unsettled messages
    that one reader ever held. ``fetched``/``thrown_away``: what readers' clients received, and
    discarded because it was not wanted.
    """

    copies: int
    waiting: int
    held_max: int
    fetched: int
    thrown_away: int


class Session(Protocol):
    """One installation under test. Every step gives an outcome; none raises for a broker's no.

    ``now_ms`` is the time; ``parts`` names each piece of the team's own code that had to work so
    far (a filter in the client, a scheduler, a forwarder, a deduplication table), once each, in
    order of first use: what the broker does for itself is no part. ``native_calls`` is the trace.
    """

    @property
    def now_ms(self) -> int: ...

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def native_calls(self) -> tuple[str, ...]: ...

    def set_up(self, plan: Plan) -> Outcome[None]:
        """Declare what the design needs, before any message."""
        ...

    def publish(self, message: Message) -> Outcome[None]:
        """Send and wait for the technology's confirmation. Done means: acknowledged."""
        ...

    def join(self, reader: str, group: str, *, start: Literal["new", "first"]) -> Outcome[None]:
        """A reader of a group begins; ``start`` counts only for a group with no position yet."""
        ...

    def receive(self, reader: str, *, within_ms: int) -> Outcome[Delivery | None]:
        """The next message for this reader, None when there was none in that time."""
        ...

    def settle(self, delivery: Delivery) -> Outcome[None]:
        """The work on it is done: never deliver it to this group again."""
        ...

    def reject(self, delivery: Delivery) -> Outcome[None]:
        """The work on it failed: try it again, or set it aside after ``attempts_max``."""
        ...

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        """Labels of the messages set aside so far (dead-lettered), in order of arrival there."""
        ...

    def rewind(self, reader: str) -> Outcome[None]:
        """Read again from the oldest message still kept."""
        ...

    def leave(self, reader: str) -> Outcome[None]:
        """The reader closes down properly."""
        ...

    def crash(self, reader: str) -> Outcome[None]:
        """The reader's process dies: no goodbye, unsettled work unfinished."""
        ...

    def wait(self, duration_ms: int) -> Outcome[None]:
        """Let time pass; idle readers stay connected and keep doing what keeps them members."""
        ...

    def request(self, requester: str, message: Message) -> Outcome[None]:
        """Send a request whose reply must reach this requester and nobody else."""
        ...

    def reply(self, delivery: Delivery, message: Message) -> Outcome[None]:
        """Answer a request that was received."""
        ...

    def receive_reply(self, requester: str, *, within_ms: int) -> Outcome[Delivery | None]:
        """The next reply for this requester."""
        ...

    def process(
        self, delivery: Delivery, result: Message, *, dies_before_settling: bool
    ) -> Outcome[None]:
        """Consume, publish ``result``, settle, as one unit where the technology has such.

        With ``dies_before_settling`` the reader's process dies after the result was sent and
        before the input was settled.
        """
        ...

    def publish_with_data(self, message: Message, *, commit: bool) -> Outcome[None]:
        """Write business data and publish in one unit; without ``commit`` the data is rolled back.

        The property behind: the message exists exactly if the data does. The publisher's process
        may die between any two native calls: the session performs the order a careful user would
        choose and, without ``commit``, stops where a roll-back would leave things.
        """
        ...

    def stop_nodes(self, count: int, *, power_loss: bool) -> Outcome[None]:
        """Lose ``count`` nodes, the design's leader first; power loss forgets unsynced data."""
        ...

    def start_nodes(self) -> Outcome[None]:
        """Bring every lost node back with what it still has."""
        ...

    def stored(self) -> Outcome[Stored]:
        """Structural numbers so far."""
        ...

    def close(self) -> None:
        """Remove everything this session made; may be called at any time, and twice."""
        ...
