"""Streams: one log that every reader reads by itself, selecting in its client."""

from __future__ import annotations

import math
from typing import Any, Literal

from advisor.checks.session import Group, Message
from advisor.domain.outcome import Done, Outcome
from advisor.subjects.rabbitmq.protocol import BasicAck, BasicCancel, Delivered, QueueBind
from advisor.subjects.rabbitmq.queue_session import EntrySession
from advisor.subjects.rabbitmq.reader import Handle, Reader, came_from

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
        self._resume: dict[tuple[str, str], int | str] = {}
        self._read: dict[tuple[str, str], int] = {}

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
        for stream in self.queues_of(member.group):
            position = self._first_open(member, stream, self.positions.get((member.name, stream)))
            if position is not None:
                self._resume[(member.name, stream)] = position

    def _first_open(self, member: Reader, stream: str, otherwise: int | None) -> int | None:
        """The offset of the first record that the reader has and did not settle."""
        held = (*member.in_hand.values(), *member.fetched)
        offsets = [offset_of(one) for one in held if came_from(one) == stream]
        return min(offsets, default=otherwise)

    def settled(self, handle: Handle) -> None:
        """Store where to go on: at the first record still open, or behind this one."""
        stream, member = handle.queue, handle.reader
        following = offset_of(handle.delivered) + 1
        position = self._first_open(member, stream, following)
        self.positions[(member.name, stream)] = following if position is None else position
        place = (member.group.name, stream)
        self._read[place] = max(following, self._read.get(place, 0))

    def fail(self, handle: Handle) -> Outcome[Any]:
        """A stream takes nothing back: skip it."""
        outcome = self.call(BasicAck(handle.channel, handle.delivered.delivery_tag))
        if isinstance(outcome, Done):
            self.settled(handle)
        return outcome

    def hand_back(self, member: Reader) -> None:
        """Nothing to return: the stream keeps it."""

    def rewind(self, reader: str) -> Outcome[None]:
        """Consume again from the first offset; on a new connection if the old one is closed."""
        member = self.readers[reader]
        if not self.client.is_open(member.channel):
            for stream in self.queues_of(member.group):
                self._resume[(member.name, stream)] = "first"
            return self.connect(member, "first")
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
                self._read.get((group.name, stream), 0)
                for group in self.groups.values()
                if stream in self.queues_of(group)
            )
        return Done(total)


def offset_of(delivered: Delivered) -> int:
    """Where in its stream a delivery stands."""
    return int(delivered.properties.headers[OFFSET])
