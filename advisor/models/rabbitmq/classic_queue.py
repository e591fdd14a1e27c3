"""Classic queues: on one node, every message in its place.

Keeps: requeue to the original position whatever the order of nacks; priorities with
``x-max-priority``; a restart keeps durable queues with persistent messages, flagged redelivered
only if they were out; a lost node takes its classic queues with it until it is back. Leaves out
mirroring (removed in 4.0) and what a power loss leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.models.rabbitmq.arguments import QueueSettings
from advisor.models.rabbitmq.message import Entry, How
from advisor.models.rabbitmq.priority import classic_ready
from advisor.models.rabbitmq.queue import Queue
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.cluster import Node


class ClassicQueue(Queue):
    """A classic queue on its ``node``."""

    __slots__ = ("node",)

    def __init__(self, broker: Broker, name: str, settings: QueueSettings, node: Node) -> None:
        super().__init__(
            broker, name, settings, classic_ready(settings.max_priority), takes_over=False
        )
        self.node = node

    @property
    def leader(self) -> Node:
        return self.node

    @property
    def looks_at_head(self) -> bool:
        """What overtakes others that wait has no timer of its own, and is handed out late."""
        return self.settings.max_priority is None or len(self.ready) == 1

    @property
    def can_deliver(self) -> bool:
        return self.node.running

    @property
    def reachable(self) -> bool:
        return self.node.running

    def put_back(self, entry: Entry, how: How) -> None:
        if how in ("reject", "closed"):
            entry.failures += 1
        self.ready.put_back(entry)

    def hand_out(self, entry: Entry) -> None:
        waits = len(self.ready) > 1
        super().hand_out(entry)
        if not waits and not len(self.ready):
            # what never lay in the queue is not looked at for how often it failed elsewhere
            entry.redelivered = False

    def check_power_loss(self, node: Node) -> None:
        """What is unsynced at that moment is not known."""
        if node is self.node and len(self.ready):
            raise UnmodelledError(Gap.CLASSIC_QUEUE_POWER_LOSS)

    def node_stopped(self, node: Node, *, power_loss: bool) -> None:
        del power_loss
        if node is not self.node:
            return
        for consumer in list(self.consumers.registered):
            consumer.channel.server_cancel(consumer, give_back=True)
        entries = self.ready.clear()
        for entry in entries:
            if entry.message.persistent:
                self.ready.append(entry)

    def node_started(self, node: Node) -> None:
        if node is self.node:
            self.dispatch()
