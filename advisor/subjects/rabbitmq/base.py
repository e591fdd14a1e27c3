"""What all RabbitMQ designs share, the rest: requests, units of work, nodes, numbers, clean-up."""

from __future__ import annotations

from advisor.checks.session import Delivery, Group, Message, Stored
from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.subjects.rabbitmq import wire
from advisor.subjects.rabbitmq.protocol import (
    BasicConsume,
    BasicPublish,
    ConnectionClose,
    ExchangeDelete,
    QueueDeclare,
    QueueDelete,
    QueueState,
)
from advisor.subjects.rabbitmq.reader import Handle, Reader
from advisor.subjects.rabbitmq.reading import Reading

REPLY_TO = "amq.rabbitmq.reply-to"

_DONE: Done[None] = Done(None)
_NOTHING: Done[Delivery | None] = Done(None)


class RabbitMQSession(Reading):
    """A whole session but for what a design decides."""

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        raise NotImplementedError

    def rewind(self, reader: str) -> Outcome[None]:
        raise NotImplementedError

    # requests and replies

    def request(self, requester: str, message: Message) -> Outcome[None]:
        channel = self._requesters.get(requester)
        if channel is None or not self.client.is_open(channel):
            self._opened += 1
            channel = f"{requester}#{self._opened}"
            trouble = self._ready_to_publish(channel)
            if trouble is not None:
                return trouble
            outcome = self.call(BasicConsume(channel, REPLY_TO, "replies", no_ack=True))
            if not isinstance(outcome, Done):
                return outcome
            self._requesters[requester] = channel
        return self._send(message, channel, reply_to=REPLY_TO, correlation_id=message.label)

    def reply(self, delivery: Delivery, message: Message) -> Outcome[None]:
        handle = delivery.handle
        assert isinstance(handle, Handle)
        asked = handle.delivered.properties
        if asked.reply_to is None:
            return Refused("no-reply-to", "the message was no request")
        properties = wire.encode(message, persistent=False, correlation_id=asked.correlation_id)
        return self.call(
            BasicPublish(handle.channel, "", asked.reply_to, wire.body_of(message), properties)
        )

    def receive_reply(self, requester: str, *, within_ms: int) -> Outcome[Delivery | None]:
        member = self.readers.get(f"replies of {requester}")
        channel = self._requesters.get(requester)
        if channel is None:
            return Refused("no-request", f"{requester} has asked nothing")
        if member is None or member.channel != channel:
            name = f"replies of {requester}"
            member = self.readers[name] = Reader(name, Group(name), channel)
        end_ms = self.client.now_ms + within_ms
        while True:
            self.pump(member)
            if member.fetched:
                reply = member.fetched.popleft()
                return Done(Delivery(wire.label_of(reply), requester, wire.key_of(reply)))
            left_ms = end_ms - self.client.now_ms
            if left_ms <= 0:
                return _NOTHING
            self.client.wait_for_activity(left_ms)

    # units of work

    def process(
        self, delivery: Delivery, result: Message, *, dies_before_settling: bool
    ) -> Outcome[None]:
        """RabbitMQ has no unit of consuming and publishing: publish, then settle."""
        outcome = self.publish(result)
        if not isinstance(outcome, Done):
            return outcome
        return self.crash(delivery.reader) if dies_before_settling else self.settle(delivery)

    def publish_with_data(self, message: Message, *, commit: bool) -> Outcome[None]:
        """Publish inside the database transaction, so that a failure to publish undoes the data.

        What is published cannot be taken back when the transaction is rolled back.
        """
        outcome = self.publish(message)
        if isinstance(outcome, Done) and commit:
            self.database[message.label] = "committed"
        return outcome

    # nodes and numbers

    def stop_nodes(self, count: int, *, power_loss: bool) -> Outcome[None]:
        for member in self.readers.values():
            self.pump(member)
        for _ in range(count):
            running = self.client.running_nodes()
            if not isinstance(running, Done):
                return running
            if not running.value:
                return Unknown("no node is left to stop")
            node = self._next_to_lose(running.value)
            self.call.rig("power-loss" if power_loss else "stop-node", node)
            outcome = self.client.stop_node(node, power_loss=power_loss)
            if not isinstance(outcome, Done):
                return outcome
        return _DONE

    def _next_to_lose(self, running: tuple[str, ...]) -> str:
        for group in self.groups.values():
            for queue in self.queues_of(group):
                leader = self.client.leader_of(queue)
                if isinstance(leader, Done) and leader.value in running:
                    return leader.value
        return running[0]

    def start_nodes(self) -> Outcome[None]:
        self.call.rig("start-nodes")
        return self.client.start_nodes()

    def stored(self) -> Outcome[Stored]:
        for member in self.readers.values():
            self.pump(member)
        if not self.client.is_open(self.ADMIN):
            self._open(self.ADMIN)
        waiting = self.waiting()
        if not isinstance(waiting, Done):
            return waiting
        copies = max((self.copies(message) for message in self._published), default=0)
        return Done(Stored(copies, waiting.value, self._held_max, self._fetched, self._thrown_away))

    def copies(self, message: Message) -> int:
        """How often the message is stored for its readers."""
        raise NotImplementedError

    def waiting(self) -> Outcome[int]:
        """Messages that wait for at least one reader."""
        total = 0
        for group in self.groups.values():
            for queue in self.queues_of(group):
                state = self.depth(queue)
                if not isinstance(state, Done):
                    return state
                total += state.value
        return Done(total)

    def depth(self, queue: str) -> Outcome[int]:
        """Ready messages of one queue."""
        outcome = self.call(QueueDeclare(self.ADMIN, queue, passive=True))
        if not isinstance(outcome, Done):
            return outcome
        state: QueueState = outcome.value
        return Done(state.message_count)

    def close(self) -> None:
        try:
            self._remove()
        finally:
            self.client.close()

    def _remove(self) -> None:
        for member in self.readers.values():
            self.call(ConnectionClose(member.channel))
        self.readers.clear()
        if self.queues or self.exchanges:
            if not self.client.is_open(self.ADMIN):
                self._open(self.ADMIN)
            for queue in self.queues:
                self.call(QueueDelete(self.ADMIN, queue))
            for exchange in self.exchanges:
                self.call(ExchangeDelete(self.ADMIN, exchange))
        self.queues.clear()
        self.exchanges.clear()
        for name in (self.PUBLISHER, self.ADMIN, *self._requesters.values()):
            if self.client.is_open(name):
                self.call(ConnectionClose(name))
