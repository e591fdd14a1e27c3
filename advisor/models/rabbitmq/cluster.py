"""The nodes of one cluster.

Keeps which nodes run, and what stopping one does to connections and queues: a classic queue is
out of reach without its node, quorum queues and streams need a majority of their replicas,
non-durable exchanges do not survive the last node before 4.3, metadata needs a majority of all
nodes from 4.3 (541). Leaves out partitions, the waits before a 541 and metadata changes without
a majority before 4.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.replies import connection_error
from advisor.models.rabbitmq.versions import V4_3

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker


class Node:
    """One broker process."""

    __slots__ = ("name", "running")

    def __init__(self, name: str) -> None:
        self.name = name
        self.running = True


class Cluster:
    """All nodes of a broker, ``rabbit-1`` first, and the virtual hosts on them."""

    __slots__ = ("_version", "nodes", "virtual_hosts")

    def __init__(self, version: BrokerVersion, count: int) -> None:
        self._version = version
        self.virtual_hosts: list[Broker] = []
        self.nodes = [Node(f"rabbit-{number}") for number in range(1, count + 1)]

    def join(self, count: int) -> None:
        """Grow to ``count`` nodes; existing queues stay where they are."""
        for number in range(len(self.nodes) + 1, count + 1):
            self.nodes.append(Node(f"rabbit-{number}"))

    @property
    def running(self) -> list[Node]:
        return [node for node in self.nodes if node.running]

    def replicas(self, count: int) -> list[Node]:
        """Where a new replicated queue lives: running nodes first, so that one leads."""
        ordered = sorted(self.nodes, key=lambda node: not node.running)
        return ordered[: min(count, len(ordered))]

    def check_metadata(self) -> None:
        """Whether a declaration can be decided on now."""
        if self._version < V4_3 or 2 * len(self.running) > len(self.nodes):
            return
        raise connection_error(541, "metadata store has no majority")

    def stop(self, node: Node, *, power_loss: bool = False) -> None:
        """Lose a node with its connections."""
        if not node.running:
            return
        if power_loss:
            for broker in self.virtual_hosts:
                for queue in broker.queues.values():
                    queue.check_power_loss(node)
        node.running = False
        for broker in self.virtual_hosts:
            self._leave(broker, node, power_loss=power_loss)

    def _leave(self, broker: Broker, node: Node, *, power_loss: bool) -> None:
        for connection in [one for one in broker.connections if one.node is node]:
            connection.drop()
        for queue in list(broker.queues.values()):
            queue.node_stopped(node, power_loss=power_loss)
            if not queue.settings.durable and queue.leader is node:
                broker.remove_queue(queue.name)
        if not self.running and broker.version < V4_3:
            broker.remove_transient_exchanges()
        broker.topology_changed()

    def start(self, node: Node) -> None:
        """Bring a node back with what it has."""
        if node.running:
            return
        node.running = True
        for broker in self.virtual_hosts:
            self._return(broker, node)

    def _return(self, broker: Broker, node: Node) -> None:
        broker.topology_changed()
        for queue in list(broker.queues.values()):
            queue.node_started(node)
        if broker.version >= V4_3 and 2 * len(self.running) > len(self.nodes):
            for connection in broker.connections:
                connection.refuse_unanswered()
