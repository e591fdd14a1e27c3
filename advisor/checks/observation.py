"""What a run of a check saw: events in order, captures, troubles, structural numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.checks.session import Group, Message, Stored
from advisor.domain.outcome import Refused, Unknown, Unmodelled

EventKind = Literal[
    "published",
    "unconfirmed",
    "joined",
    "delivered",
    "settled",
    "not_settled",
    "rejected",
    "crashed",
    "left",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that publishers or readers could notice; ``label`` is empty where none is."""

    at_ms: int
    kind: EventKind
    label: str = ""
    reader: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that was not done; ``tolerated`` ones are no verdict by themselves."""

    step: int
    call: str
    trouble: Refused | Unknown | Unmodelled
    tolerated: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """One run of one check. ``messages`` has every message that was sent, by label.

    ``groups`` are those that readers joined. ``set_aside`` and ``stored`` are None where the
    check does not ask for them. ``parts`` names the team's own code that had to work.
    ``native_calls`` is None where no trace was asked for.
    """

    events: tuple[Event, ...] = ()
    captures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    set_aside: tuple[str, ...] | None = None
    stored: Stored | None = None
    parts: tuple[str, ...] = ()
    native_calls: tuple[str, ...] | None = ()
    finished_ms: int = 0

    def identity(self, label: str) -> str:
        """The label of the first sending of the same message."""
        message = self.messages.get(label)
        return label if message is None else message.duplicate_of or label
