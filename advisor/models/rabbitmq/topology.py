"""Exchanges and bindings of one virtual host, and the queues that they lead to.

Keeps declarations with their refusals (404, 403, 406), reserved names, auto-delete exchanges, and
that a missing binding or exchange is no error for who removes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.binding import Binding, Kind
from advisor.models.rabbitmq.exchange import SYSTEM, Exchange, check_type
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.policy import EXCHANGE, Policies
from advisor.models.rabbitmq.replies import channel_error
from advisor.models.rabbitmq.routing import Router

if TYPE_CHECKING:
    from advisor.models.rabbitmq.classic_queue import ClassicQueue
    from advisor.models.rabbitmq.cluster import Cluster
    from advisor.models.rabbitmq.quorum_queue import QuorumQueue
    from advisor.models.rabbitmq.stream import Stream


class Topology:
    """What a message can be routed by. ``queues`` are filled by who declares them."""

    __slots__ = ("cluster", "exchanges", "policies", "queues", "router", "version")

    def __init__(self, version: BrokerVersion) -> None:
        self.version = version
        self.cluster: Cluster
        self.exchanges = {name: Exchange(name, kind) for name, kind in SYSTEM.items()}
        self.queues: dict[str, ClassicQueue | QuorumQueue | Stream] = {}
        self.router = Router(self.exchanges, self.queues)
        self.policies = Policies()

    def topology_changed(self) -> None:
        """Forget every cached route."""
        for exchange in self.exchanges.values():
            if exchange.routes:
                exchange.routes = {}

    # exchanges

    def exchange_declare(
        self,
        name: str,
        kind: str = "direct",
        *,
        passive: bool = False,
        durable: bool = False,
        auto_delete: bool = False,
        internal: bool = False,
        arguments: Table | None = None,
    ) -> None:
        """Make an exchange, or check that it is as said."""
        self._not_default(name)
        current = self.exchanges.get(name)
        if passive:
            if current is None:
                raise channel_error(404, f"no exchange {name!r}")
            return
        check_type(kind, self.version)
        wanted = Exchange(
            name, kind, durable=durable, auto_delete=auto_delete, internal=internal,
            arguments=arguments,
        )  # fmt: skip
        if current is not None:
            current.check_equivalent(wanted)
            return
        if name.startswith("amq."):
            raise channel_error(403, f"exchange name {name!r} contains reserved prefix 'amq.*'")
        self.cluster.check_metadata()
        self.exchanges[name] = wanted
        self.govern(wanted)
        self.topology_changed()

    def exchange_delete(self, name: str, *, if_unused: bool = False) -> None:
        """Remove it; a missing one is no error."""
        self._not_default(name)
        if name in SYSTEM:
            raise channel_error(403, f"deletion of system exchange {name!r} not allowed")
        found = self.exchanges.get(name)
        if found is None:
            return
        if if_unused and found.bindings:
            raise channel_error(406, f"exchange {name!r} in use")
        self.cluster.check_metadata()
        del self.exchanges[name]
        self.unbind_everywhere("exchange", name)

    def govern(self, exchange: Exchange) -> None:
        """Let the policies work on an exchange."""
        definition = self.policies.of(exchange.name, EXCHANGE)
        exchange.alternate_by_policy = definition.get("alternate-exchange")

    def remove_transient_exchanges(self) -> None:
        """What non-durable exchanges do when the last node stops."""
        for name in [name for name, one in self.exchanges.items() if not one.durable]:
            del self.exchanges[name]
            self.unbind_everywhere("exchange", name)

    def bind(
        self,
        kind: Kind,
        destination: str,
        source: str,
        routing_key: str = "",
        arguments: Table | None = None,
    ) -> None:
        """Let messages flow from an exchange to a queue or exchange; twice is once."""
        self._not_default(source)
        exchange = self.exchanges.get(source)
        ends: Table = self.queues if kind == "queue" else self.exchanges
        if kind == "exchange":
            self._not_default(destination)
        if exchange is None or destination not in ends:
            missing = source if exchange is None else destination
            raise channel_error(404, f"no exchange or queue {missing!r}")
        binding = Binding(kind, destination, routing_key, dict(arguments or {}))
        exchange.check_binding(binding)
        self.cluster.check_metadata()
        exchange.bindings.setdefault(binding.identity, binding)
        self.topology_changed()

    def unbind(
        self,
        kind: Kind,
        destination: str,
        source: str,
        routing_key: str = "",
        arguments: Table | None = None,
    ) -> None:
        """Remove one binding; a missing one is no error."""
        self._not_default(source)
        exchange = self.exchanges.get(source)
        if exchange is None:
            return
        self.cluster.check_metadata()
        identity = Binding(kind, destination, routing_key, dict(arguments or {})).identity
        if exchange.bindings.pop(identity, None) is not None:
            self._after_unbind(exchange)
        self.topology_changed()

    def is_bound(self, queue: str, source: str, routing_key: str, arguments: Table) -> bool:
        """Whether there is this binding; only then it matters whose queue it is."""
        exchange = self.exchanges.get(source)
        binding = Binding("queue", queue, routing_key, dict(arguments))
        return exchange is not None and binding.identity in exchange.bindings

    def unbind_everywhere(self, kind: Kind, name: str) -> None:
        for exchange in list(self.exchanges.values()):
            gone = [key for key, one in exchange.bindings.items()
                    if (one.kind, one.destination) == (kind, name)]  # fmt: skip
            for key in gone:
                del exchange.bindings[key]
            if gone:
                self._after_unbind(exchange)
        self.topology_changed()

    def _after_unbind(self, exchange: Exchange) -> None:
        if exchange.auto_delete and not exchange.bindings:
            self.exchanges.pop(exchange.name, None)
            self.unbind_everywhere("exchange", exchange.name)

    def _not_default(self, name: str) -> None:
        if name == "":
            raise channel_error(403, "operation not permitted on the default exchange")
