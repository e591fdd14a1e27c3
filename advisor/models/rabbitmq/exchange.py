"""Exchanges: direct, fanout, topic, headers and (plugin) x-consistent-hash.

Keeps types, declaration and re-declaration, reserved names, alternate exchange, internal,
auto-delete, and who a message goes to. The reply to an unknown type changed in 4.0. Leaves out
the other plugins' types.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq import consistent_hash, headers_match, topic_pattern
from advisor.models.rabbitmq.binding import Binding, Identity
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.replies import channel_error, connection_error
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError
from advisor.models.rabbitmq.versions import V4_0

if TYPE_CHECKING:
    from advisor.models.rabbitmq.queue import Queue
    from advisor.models.rabbitmq.stream import Stream

TYPES = ("direct", "fanout", "topic", "headers", "x-consistent-hash")
PLUGIN_TYPES = ("x-random", "x-recent-history", "x-modulus-hash", "x-local-random")
SYSTEM = {
    "": "direct",
    "amq.direct": "direct",
    "amq.fanout": "fanout",
    "amq.topic": "topic",
    "amq.headers": "headers",
    "amq.match": "headers",
}


def check_type(kind: str, version: BrokerVersion) -> None:
    """Refuse a type that the broker does not know."""
    if kind in PLUGIN_TYPES:
        raise UnmodelledError(Gap.EXCHANGE_TYPE)
    if kind not in TYPES:
        error = channel_error if version >= V4_0 else connection_error
        raise error(406 if version >= V4_0 else 503, f"unknown exchange type {kind!r}")


class Exchange:
    """One exchange with its outgoing bindings in the order of their making.

    ``routes`` caches routing key to queues where the answer depends on the key alone; whoever
    changes any topology empties it.
    """

    __slots__ = (
        "alternate_by_policy", "arguments", "auto_delete", "bindings", "durable", "internal",
        "kind", "name", "routes",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        kind: str,
        *,
        durable: bool = True,
        auto_delete: bool = False,
        internal: bool = False,
        arguments: Table | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.durable = durable
        self.auto_delete = auto_delete
        self.internal = internal
        self.arguments: Table = dict(arguments or {})
        self.alternate_by_policy: str | None = None
        self.bindings: dict[Identity, Binding] = {}
        self.routes: dict[str, tuple[Queue | Stream, ...]] = {}
        alternate = self.arguments.get("alternate-exchange")
        if alternate is not None and not isinstance(alternate, str):
            raise channel_error(406, "invalid type for arg 'alternate-exchange'")
        if kind == "x-consistent-hash":
            consistent_hash.check_exchange(self.arguments)

    @property
    def alternate(self) -> str | None:
        """Where messages go that match nothing here, as it was declared."""
        return self.arguments.get("alternate-exchange")

    @property
    def by_key_alone(self) -> bool:
        """Whether the routing key decides everything, so that the answer may be cached."""
        return self.kind != "headers" and "hash-header" not in self.arguments

    def check_equivalent(self, other: Exchange) -> None:
        """406 unless a second declaration says the same; unknown arguments are not compared."""
        for field in ("kind", "durable", "auto_delete", "internal", "alternate"):
            mine, others = getattr(self, field), getattr(other, field)
            if mine != others:
                raise channel_error(406, f"inequivalent arg {field!r} for exchange {self.name!r}")

    def check_binding(self, binding: Binding) -> None:
        """Refuse what this type cannot hold."""
        if self.kind == "headers":
            headers_match.check_arguments(binding.arguments)
        if self.kind == "x-consistent-hash":
            consistent_hash.check_binding(binding.routing_key)

    def matching(self, routing_key: str, headers: Table) -> Iterator[Binding]:
        """The bindings that this message follows; a destination may occur more than once."""
        bindings = self.bindings.values()
        if self.kind == "fanout":
            yield from bindings
        elif self.kind == "direct":
            yield from (binding for binding in bindings if binding.routing_key == routing_key)
        elif self.kind == "topic":
            for binding in bindings:
                if topic_pattern.matches(binding.routing_key, routing_key):
                    yield binding
        elif self.kind == "headers":
            for binding in bindings:
                if headers_match.matches(binding.arguments, headers):
                    yield binding
        else:
            chosen = consistent_hash.choose(self.arguments, list(bindings), routing_key, headers)
            if chosen is not None:
                yield chosen
