"""A check as a value: one property that a user wants, and the neutral steps that show it.

It knows no option and no claim. Whether the property held is read from measures of what was
observed (:mod:`advisor.checks.measures`), by ``held_when`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.checks.session import Message, Plan
from advisor.domain.predicate import Predicate
from advisor.domain.problem import Position

LIVE_MS_MAX = 60_000
"""The longest that one step may last on a live broker."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A time in milliseconds; ``live_ms`` is what stands for it on a live broker.

    ``live_ms`` is None where nothing shorter would show the same: not executed there.
    """

    ms: int
    live_ms: int | None

    @classmethod
    def plain(cls, ms: int) -> Duration:
        """A number written without a name: as long live as on a model, if that is bearable."""
        return cls(ms, ms if ms <= LIVE_MS_MAX else None)


NO_TIME = Duration.plain(0)
Trouble = Literal["refused", "unknown"]
Side = Literal["source", "target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBase:
    """``tolerate``: these outcomes are no verdict by themselves, the measures speak.

    ``at`` says on which of the two sessions of a bridge check the step runs.
    """

    tolerate: frozenset[Trouble] = frozenset()
    at: Side = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageForm(StepBase):
    """What all steps that send have in common; with ``count`` the labels are ``label-1``, ...

    ``keys`` deals that many keys (``key-1``, ``key-2``, ...) round to the messages in turn.
    """

    label: str
    count: int | None = None
    key: str | None = None
    keys: int | None = None
    routing_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None
    expires_after: Duration | None = None
    delay: Duration | None = None
    size_bytes: int = 100
    body_absent: bool = False
    duplicate_of: str | None = None

    def labels(self) -> tuple[str, ...]:
        """Labels of the messages that it sends, in order."""
        if self.count is None:
            return (self.label,)
        return tuple(f"{self.label}-{number}" for number in range(1, self.count + 1))

    def messages(self, *, live: bool) -> Iterator[Message]:
        """The messages, in order; a duration without a live value must not be asked for live."""
        for number, label in enumerate(self.labels()):
            yield Message(
                label,
                key=self.key if self.keys is None else f"key-{number % self.keys + 1}",
                routing_key=self.routing_key,
                headers=self.headers,
                fields=self.fields,
                priority=self.priority,
                expires_after_ms=_ms(self.expires_after, live=live),
                delay_ms=_ms(self.delay, live=live),
                size_bytes=self.size_bytes,
                body_absent=self.body_absent,
                duplicate_of=self.duplicate_of,
            )


def _ms(duration: Duration | None, *, live: bool) -> int | None:
    if duration is None:
        return None
    return duration.live_ms if live else duration.ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(MessageForm):
    """Send each message and wait for its confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishWithData(MessageForm):
    """Send each message in one unit with business data, which ``commit`` keeps or rolls back."""

    commit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(MessageForm):
    """Send each message as a request of ``requester``."""

    requester: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(StepBase):
    """These readers begin, in this order; ``start`` counts for a group without a position."""

    readers: tuple[str, ...]
    group: str
    start: Literal["new", "first"] = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(StepBase):
    """Take up to ``count`` messages one by one, each within ``within``, until none comes.

    ``then`` settles or rejects each at once, or holds it for a later step. ``capture`` names the
    list of labels received.
    """

    reader: str
    count: int = 1
    within: Duration = NO_TIME
    then: Literal["settle", "reject", "hold"] = "settle"
    capture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(StepBase):
    """Settle everything that the reader holds, oldest first."""

    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(StepBase):
    """Reject everything that the reader holds, oldest first."""

    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind(StepBase):
    """The reader goes back to the oldest message still kept."""

    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(StepBase):
    """The reader closes down properly."""

    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash(StepBase):
    """The reader's process dies."""

    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(StepBase):
    """Time passes."""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(StepBase):
    """Members that each take one, hold it for its service time and settle, until drained.

    A member that has died before is left out.
    ``service_of`` has the labels that take another time. ``fails`` says how often the work on a
    label fails (it is rejected) before it succeeds. Whoever first holds a label of
    ``dies_holding`` dies with it. Drained means: nobody holds anything and nothing came for
    ``quiet``.
    """

    members: tuple[str, ...]
    service: Duration
    service_of: Mapping[str, Duration] = field(default_factory=dict)
    fails: Mapping[str, int] = field(default_factory=dict)
    dies_holding: tuple[str, ...] = ()
    quiet: Duration = Duration(60_000, 60_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve(StepBase):
    """Receive up to ``count`` requests, answer each with label ``reply-to-<label>``, settle."""

    reader: str
    count: int = 1
    within: Duration = NO_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReply(StepBase):
    """Take up to ``count`` replies, each within ``within``, until none comes."""

    requester: str
    count: int = 1
    within: Duration = NO_TIME
    capture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(StepBase):
    """Receive up to ``count``, and for each publish a result and settle, as one unit if there is.

    Results are labelled ``<label>/result`` and carry ``routing_key``; a repeated one is the retry
    of the first (same identity). With ``dies`` the reader dies at the first one, after the result
    was sent and before the input was settled.
    """

    reader: str
    count: int = 1
    within: Duration = NO_TIME
    routing_key: str = ""
    dies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNodes(StepBase):
    """Lose nodes, the leader first."""

    count: int
    power_loss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNodes(StepBase):
    """Bring every lost node back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward(StepBase):
    """A bridge: receive from the source, publish to the target, settle at the source.

    ``dies_after`` kills the forwarder behind that step of its first message.
    """

    reader: str
    count: int = 1
    within: Duration = NO_TIME
    dies_after: Literal["received", "published", "settled"] | None = None


Step = (
    Publish
    | PublishWithData
    | Request
    | Join
    | Receive
    | Settle
    | Reject
    | Rewind
    | Leave
    | Crash
    | Wait
    | Work
    | Serve
    | ReceiveReply
    | Process
    | StopNodes
    | StartNodes
    | Forward
)


@dataclass(frozen=True, slots=True)
class Check:
    """One property; ``live_plan`` is None where a duration of the plan cannot be shortened.

    ``target_plan`` is the plan of a bridge check's second session.
    """

    id: str
    kind: Literal["scenario", "bridge"]
    title: str
    property: str
    why: str
    plan: Plan
    steps: tuple[Step, ...]
    held_when: Predicate
    durations: Mapping[str, Duration] = field(default_factory=dict)
    live_plan: Plan | None = None
    target_plan: Plan | None = None
    position: Position = Position("")


def runs_live(check: Check) -> bool:
    """Whether every duration has a value for a live broker."""
    return check.live_plan is not None and all(
        duration.live_ms is not None for duration in check.durations.values()
    )


def needs_rig(check: Check) -> bool:
    """Whether it stops nodes, which only a cluster that we started ourselves allows."""
    return any(isinstance(step, StopNodes | StartNodes) for step in check.steps)
