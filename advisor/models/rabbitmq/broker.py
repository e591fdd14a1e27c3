"""A RabbitMQ broker of one version: queues and connections of a virtual host, and its nodes.

Keeps declarations with their refusals, reserved names, exclusive and auto-delete queues,
server-named queues, and the settings ``max_message_size`` (128 MiB before 4.0, 16 MiB from it)
and ``consumer_timeout``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from advisor.domain.version import BrokerVersion
from advisor.models.kernel import Kernel
from advisor.models.rabbitmq import consumer_timeout, versions
from advisor.models.rabbitmq.alarm import Alarm
from advisor.models.rabbitmq.arguments import QueueSettings, check_equivalent, read_arguments
from advisor.models.rabbitmq.channel import Channel
from advisor.models.rabbitmq.classic_queue import ClassicQueue
from advisor.models.rabbitmq.cluster import Cluster, Node
from advisor.models.rabbitmq.connection import Connection
from advisor.models.rabbitmq.dead_letter import (
    DeadLetterTarget,
    Reason,
    dead_letter,
    in_automatic_cycle,
)
from advisor.models.rabbitmq.direct_reply_to import NAME as REPLY_TO
from advisor.models.rabbitmq.direct_reply_to import ReplyTokens
from advisor.models.rabbitmq.message import Message, Table
from advisor.models.rabbitmq.mqtt import Mqtt
from advisor.models.rabbitmq.parameters import Parameters
from advisor.models.rabbitmq.policy import Policy, check_policy, effective
from advisor.models.rabbitmq.quorum_queue import QuorumQueue
from advisor.models.rabbitmq.replies import ClosedError, channel_error, connection_error
from advisor.models.rabbitmq.stream import Stream
from advisor.models.rabbitmq.topology import Topology
from advisor.models.rabbitmq.virtual_hosts import VirtualHosts

MIB = 1024 * 1024
AnyQueue = ClassicQueue | QuorumQueue | Stream


class DeclareOk(NamedTuple):
    """The queue's name, its ready messages and its consumers."""

    queue: str
    message_count: int
    consumer_count: int


class Broker(Topology):
    """One virtual host of a cluster. Calls raise ``ClosedError`` for the broker's no; the caller
    then closes."""

    __slots__ = (
        "_held", "_names", "alarm", "connections", "consumer_timeout_ms", "kernel",
        "max_message_bytes", "mqtt", "parameters", "reply_tokens", "virtual_hosts",
    )  # fmt: skip

    def __init__(
        self,
        version: BrokerVersion = versions.NEWEST,
        *,
        kernel: Kernel | None = None,
        nodes: int = 1,
        beside: Broker | None = None,
    ) -> None:
        """A cluster of its own, or a virtual host ``beside`` another, on the same nodes."""
        super().__init__(versions.check(version))
        self.kernel = kernel or Kernel()
        self.connections: list[Connection] = []
        self.reply_tokens = ReplyTokens(self)
        self.mqtt = Mqtt(self)
        self.parameters = Parameters(self)
        if beside is None:
            self.max_message_bytes = (16 if version >= versions.V4_0 else 128) * MIB
            self.consumer_timeout_ms = consumer_timeout.DEFAULT_MS
            self.alarm = Alarm()
            self.cluster = Cluster(self.version, nodes)
            self.virtual_hosts = VirtualHosts(
                self, lambda: Broker(version, kernel=self.kernel, beside=self)
            )
        else:
            self.max_message_bytes = beside.max_message_bytes
            self.consumer_timeout_ms = beside.consumer_timeout_ms
            self.alarm = beside.alarm
            self.cluster = beside.cluster
            self.virtual_hosts = beside.virtual_hosts
        self.cluster.virtual_hosts.append(self)
        self._names = 0
        self._held: list[Callable[[], object]] | None = None

    def connect(self, node: Node | None = None) -> Connection:
        """A connection to this node, or the first that runs; 541 when none does."""
        running = self.cluster.running if node is None else [node] if node.running else []
        if not running:
            raise connection_error(541, "no node to connect to")
        connection = Connection(self, running[0])
        self.connections.append(connection)
        return connection

    def refused_publish(self, exchange: str) -> ClosedError:
        """Why a publish to this exchange was refused."""
        found = self.exchanges.get(exchange)
        if found is None:
            return channel_error(404, f"no exchange {exchange!r}")
        if found.internal:
            return channel_error(403, f"cannot publish to internal exchange {exchange!r}")
        return channel_error(406, f"message larger than {self.max_message_bytes} bytes")

    def topology_changed(self) -> None:
        super().topology_changed()
        self.parameters.federation.look()

    # queues

    def queue_declare(
        self,
        channel: Channel,
        name: str,
        *,
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        auto_delete: bool = False,
        arguments: Table | None = None,
    ) -> DeclareOk:
        """Make a queue, or check that it is as said; its counts."""
        if passive and name.startswith(REPLY_TO):
            if not self.reply_tokens.alive(name):
                raise channel_error(404, f"no queue {name!r}")
            return DeclareOk(name, 0, 1)
        if not passive:
            settings = read_arguments(
                name, arguments or {}, self.version,
                durable=durable, exclusive=exclusive, auto_delete=auto_delete,
            )  # fmt: skip
            name = self._create(channel, name, settings)
        queue = self.find_queue(channel, name)
        channel.last_queue = queue.name
        if not isinstance(queue, Stream):
            queue.declared_again()
        ready = len(queue) if isinstance(queue, Stream) else len(queue.ready)
        return DeclareOk(queue.name, ready, len(queue.consumers) + self._getters(queue))

    def _getters(self, queue: AnyQueue) -> int:
        """A quorum queue counts each unsettled ``basic.get`` as a consumer."""
        if not isinstance(queue, QuorumQueue):
            return 0
        return sum(
            delivery.queue is queue and delivery.consumer is None
            for connection in self.connections
            for channel in connection.channels
            for delivery in channel.unacked.values()
        )

    def _create(self, channel: Channel, name: str, settings: QueueSettings) -> str:
        current = self.queues.get(name) if name else None
        if current is not None:
            check_equivalent(name, current.settings, settings)
            return name
        if name.startswith("amq."):
            raise channel_error(403, f"queue name {name!r} contains reserved prefix 'amq.*'")
        self.cluster.check_metadata()
        if not name:
            self._names += 1
            name = f"amq.gen-{self._names:022d}"
        queue = self._make(channel, name, self._effective(name, settings))
        queue.owner = channel.connection if settings.exclusive else None
        self.queues[name] = queue
        self.topology_changed()
        return name

    def _effective(self, name: str, settings: QueueSettings) -> QueueSettings:
        definition = self.policies.of(name, settings.kind)
        return effective(settings, definition, self.version) if definition else settings

    def set_policy(self, policy: Policy) -> None:
        """Make or replace a policy; RefusedParameterError where this version does not take it."""
        check_policy(policy, self.version)
        self.policies.set(policy)
        self._apply_policies()

    def clear_policy(self, name: str) -> None:
        """Remove a policy; RefusedParameterError where there is none."""
        self.policies.clear(name)
        self._apply_policies()

    def _apply_policies(self) -> None:
        for queue in list(self.queues.values()):
            definition = self.policies.of(queue.name, queue.settings.kind)
            queue.change(effective(queue.settings, definition, self.version))
        for exchange in self.exchanges.values():
            self.govern(exchange)
        self.topology_changed()

    def _make(self, channel: Channel, name: str, settings: QueueSettings) -> AnyQueue:
        if settings.kind == "classic":
            return ClassicQueue(self, name, settings, channel.connection.node)
        default = 3 if settings.kind == "quorum" else len(self.cluster.nodes)
        members = self.cluster.replicas(settings.group_size or default)
        make = QuorumQueue if settings.kind == "quorum" else Stream
        queue = make(self, name, settings, members)
        if not queue.has_majority:
            raise connection_error(541, f"no majority of replicas for queue {name!r}")
        return queue

    def find_queue(self, channel: Channel, name: str) -> AnyQueue:
        """The queue, ``""`` for the last declared one; 404 missing, 405 another's."""
        if channel.closed is not None:
            raise channel.closed
        if name == "":
            if channel.last_queue is None:
                raise channel_error(404, "no previously declared queue")
            name = channel.last_queue
        queue = self.queues.get(name)
        if queue is None or not queue.reachable:
            raise channel_error(404, f"no queue {name!r}")
        if queue.owner is not None and queue.owner is not channel.connection:
            raise channel_error(405, f"cannot obtain exclusive access to locked queue {name!r}")
        return queue

    def queue_delete(
        self, channel: Channel, name: str, *, if_unused: bool = False, if_empty: bool = False
    ) -> int:
        """Remove it with its messages; how many it had. A missing one is no error."""
        if name not in self.queues and name != "":
            return 0
        queue = self.find_queue(channel, name)
        count = len(queue) if isinstance(queue, Stream) else len(queue.ready)
        if isinstance(queue, QuorumQueue) and (if_unused or if_empty):
            raise connection_error(540, "cannot delete quorum queue with if-unused or if-empty")
        if if_empty and count:
            raise channel_error(406, f"queue {name!r} not empty")
        if if_unused and len(queue.consumers):
            raise channel_error(406, f"queue {name!r} in use")
        self.cluster.check_metadata()
        self.remove_queue(queue.name)
        return count

    def queue_purge(self, channel: Channel, name: str) -> int:
        """Remove what is ready; how many there were."""
        queue = self.find_queue(channel, name)
        if isinstance(queue, Stream):
            raise connection_error(540, "purge not supported by stream queues")
        return queue.purge()

    def remove_queue(self, name: str) -> None:
        """Take it away from under its consumers; nothing is dead-lettered."""
        queue = self.queues.pop(name, None)
        if queue is None:
            return
        registered = queue.consumers if isinstance(queue, Stream) else queue.consumers.registered
        queue.forget()
        for consumer in list(registered):
            consumer.channel.server_cancel(consumer)
        self.unbind_everywhere("queue", name)

    def consumer_gone(self, name: str) -> None:
        """An auto-delete queue that had consumers goes with the last one."""
        queue = self.queues.get(name)
        if queue is None or len(queue.consumers):
            return
        if queue.settings.auto_delete and queue.used:
            self.remove_queue(name)

    def connection_closed(self, connection: Connection) -> None:
        """Exclusive queues of this connection go."""
        if connection in self.connections:
            self.connections.remove(connection)
        for name in [one.name for one in self.queues.values() if one.owner is connection]:
            self.remove_queue(name)

    def hold_dead_letters(self) -> None:
        """While one message goes to several queues: what dies there at once comes after it."""
        self._held = []

    def release_dead_letters(self) -> None:
        """The message is everywhere."""
        held, self._held = self._held or [], None
        for again in held:
            again()

    def dead_letter(
        self,
        message: Message,
        target: DeadLetterTarget,
        queue: str,
        reason: Reason,
        *,
        failures: int = 0,
        taken_by: set[str] | None = None,
    ) -> bool:
        """Route a dead message once; whether there was a target and all have it now.

        ``taken_by`` names the queues that have it already, and grows. 3.10 brings nothing into a
        stream, unless it is to be taken at least once.
        """
        if self._held is not None and taken_by is None:
            again = partial(self.dead_letter, message, target, queue, reason, failures=failures)
            self._held.append(again)
            return True
        exchange = self.exchanges.get(target.exchange)
        if exchange is None:
            return False
        dead, keys = dead_letter(
            message, target, queue, reason, self.kernel.now_ms, self.version, failures=failures
        )
        headers = dead.properties.headers
        taken = set() if taken_by is None else taken_by
        into_streams = self.version >= versions.V4_0 or taken_by is not None
        found = [
            one
            for one in self.router.route_all(exchange, keys, headers)
            if not in_automatic_cycle(headers, one.name)
            and (into_streams or not isinstance(one, Stream))
        ]
        for one in found:
            if one.name not in taken and one.enqueue(dead):
                taken.add(one.name)
        return bool(found) and taken.issuperset(one.name for one in found)
