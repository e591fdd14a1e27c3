"""Streams: one log that every reader reads by itself, selecting in its client."""

from __future__ import annotations

import math
from typing import Any, Literal

from advisor.checks.session import Group, Message
from advisor.domain.outcome import Done, Outcome
from advisor.subjects.rabbitmq.protocol import BasicAck, BasicCancel, Delivered, QueueBind
from advisor.subjects.rabbitmq.queue_session import EntrySession
from advisor.subjects.rabbitmq.reader import Handle, Reader

DAY_MS = 86_400_000
POSITION = "stored offset"
OFFSET = "x-stream-offset"


class StreamSession(EntrySession):
    """One stream for all groups. Over AMQP 0-9-1 the broker keeps no reader's position: a reader
    that comes back begins where its own store says."""

    def __init__(self, option: str, client: Any, prefix: str) -> None:
        super().__init__(option, client, prefix)
        self.stream = f"{prefix}.stream"
        self.positions: dict[tuple[str, str], int] = {}
        self._resume: dict[tuple[str, str], int] = {}

    def declare(self) -> Outcome[Any]:
        outcome = self.make_exchange(self.entry, "fanout")
        if isinstance(outcome, Done):
            outcome = self.make_queue(self.stream, self.stream_arguments())
        if isinstance(outcome, Done):
            outcome = self.call(QueueBind(self.ADMIN, self.stream, self.entry))
        return outcome

    def stream_arguments(self) -> dict[str, Any]:
        """Retention in whole days, upwards; replicas on three nodes at most."""
        arguments: dict[str, Any] = {}
        if self.plan.retention_ms is not None:
            arguments["x-max-age"] = f"{math.ceil(self.plan.retention_ms / DAY_MS)}D"
        if self.plan.nodes > 1:
            arguments["x-initial-cluster-size"] = min(3, self.plan.nodes)
        return arguments

    def declare_group(self, group: Group) -> Outcome[Any]:
        del group  # a group is nothing but its readers
        return Done(None)

    def queues_of(self, group: Group) -> list[str]:
        del group
        return [self.stream]

    def filters(self, group: Group) -> bool:
        return group.selector.by != "none"

    def consume(self, reader: Reader, start: Literal["new", "first"]) -> Outcome[Any]:
        outcome: Outcome[Any] = Done(None)
        for stream in self.queues_of(reader.group):
            position = self.positions.get((reader.name, stream))
            offset: int | str = "first" if start == "first" else "next"
            if (reader.name, stream) in self._resume:
                offset = self._resume.pop((reader.name, stream))
            elif position is not None:
                self.uses(POSITION)
                offset = position
            if isinstance(outcome, Done):
                outcome = self.consume_from(reader, stream, x_stream_offset=offset)
        return outcome

    def reconnects(self, member: Reader) -> None:
        """A process that lives on resumes at its first unsettled record, from memory."""
        for delivered in (*member.in_hand.values(), *member.fetched):
            place = (member.name, Handle(member, member.channel, delivered).queue)
            offset = offset_of(delivered)
            self._resume[place] = min(offset, self._resume.get(place, offset))
        for stream in self.queues_of(member.group):
            place = (member.name, stream)
            if place in self.positions:
                self._resume.setdefault(place, self.positions[place])

    def settled(self, handle: Handle) -> None:
        place = (handle.reader.name, handle.queue)
        self.positions[place] = offset_of(handle.delivered) + 1

    def fail(self, handle: Handle) -> Outcome[Any]:
        """A stream takes nothing back: skip it."""
        outcome = self.call(BasicAck(handle.channel, handle.delivered.delivery_tag))
        if isinstance(outcome, Done):
            self.settled(handle)
        return outcome

    def hand_back(self, member: Reader) -> None:
        """Nothing to return: the stream keeps it."""

    def rewind(self, reader: str) -> Outcome[None]:
        member = self.readers[reader]
        streams = tuple(member.consumes)
        for stream in streams:
            self.call(BasicCancel(member.channel, f"{member.channel}@{stream}"))
        self.pump(member)
        member.fetched.clear()
        member.consumes.clear()
        outcome: Outcome[Any] = Done(None)
        for stream in streams:
            if isinstance(outcome, Done):
                outcome = self.consume_from(member, stream, x_stream_offset="first")
        return Done(None) if isinstance(outcome, Done) else outcome

    def copies(self, message: Message) -> int:
        del message
        return 1

    def waiting(self) -> Outcome[int]:
        """Records beyond the position of the group that has read least."""
        total = 0
        for stream in dict.fromkeys(
            stream for group in self.groups.values() for stream in self.queues_of(group)
        ):
            depth = self.depth(stream)
            if not isinstance(depth, Done):
                return depth
            total += depth.value - min(
                (self._furthest(group, stream) for group in self.groups.values()
                 if stream in self.queues_of(group)),
                default=0,
            )  # fmt: skip
        return Done(total)

    def _furthest(self, group: Group, stream: str) -> int:
        names = [one.name for one in self.readers.values() if one.group is group]
        return max((self.positions.get((name, stream), 0) for name in names), default=0)


def offset_of(delivered: Delivered) -> int:
    """Where in its stream a delivery stands."""
    return int(delivered.properties.headers[OFFSET])
