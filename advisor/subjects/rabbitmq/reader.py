"""One reader: its connection, what its client has fetched, and what it holds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from advisor.checks.session import Group
from advisor.subjects.rabbitmq.protocol import Delivered


@dataclass(slots=True, eq=False)
class Reader:
    """``channel`` also names its connection; it is new whenever the reader connects again.

    ``consumes`` are the queues that it reads, ``fetched`` what arrived and was not handed out,
    ``in_hand`` the tags handed out and not settled.
    """

    name: str
    group: Group
    channel: str
    consumes: list[str] = field(default_factory=list)
    fetched: deque[Delivered] = field(default_factory=deque)
    in_hand: dict[int, Delivered] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return len(self.fetched) + len(self.in_hand)


@dataclass(frozen=True, slots=True)
class Handle:
    """What a delivery needs to be settled: on this channel, under this tag."""

    reader: Reader
    channel: str
    delivered: Delivered

    @property
    def queue(self) -> str:
        """The queue or stream that it came from."""
        return came_from(self.delivered)


def came_from(delivered: Delivered) -> str:
    """The queue or stream of a delivery; consumer tags are ``channel@queue``."""
    return delivered.consumer_tag.rpartition("@")[2]
