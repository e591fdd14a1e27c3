"""Federation: exchanges and queues that take messages from upstream brokers, told by policies.

Keeps, as seen on 3.10.8, 4.0.5 and 4.3.6: a federated exchange has a queue upstream, bound there as
its own bindings say, which collects while the link is down and goes with the policy; the exchange
upstream is made where it is missing; ``x-received-from`` tells where a message has been, and
``max-hops`` (1) and that list keep it from going round. A federated queue takes messages from the
queue upstream while its own consumers could take more and it has none, as many as the link's
prefetch at once, and keeps them when the consumers go. Leaves out the internal exchange upstream
and the options in :data:`LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.models.rabbitmq.binding import Binding
from advisor.models.rabbitmq.link import Link, Publish, address_of, reached
from advisor.models.rabbitmq.message import Delivery, Table
from advisor.models.rabbitmq.policy import EXCHANGE, RefusedParameterError
from advisor.models.rabbitmq.stream import Stream
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.channel import Channel

KEPT = frozenset({"exchange", "max-hops", "queue", "uri"})
LEFT_OUT = frozenset(
    {
        "ack-mode", "bind-nowait", "channel-use-mode", "consumer-tag", "expires", "ha-policy",
        "message-ttl", "prefetch-count", "queue-type", "reconnect-delay", "resource-cleanup-mode",
        "trust-user-id",
    }
)  # fmt: skip
NAME = "federation: "
RECEIVED = "x-received-from"
_ORIGINAL = ("x-original-exchange", "x-original-routing-key")
_LOOK_MS = 50


def check_upstream(definition: Table) -> None:
    """RefusedParameterError where a broker says no."""
    unknown = definition.keys() - KEPT - LEFT_OUT
    if unknown:
        raise RefusedParameterError(f"unrecognised: {', '.join(sorted(unknown))}")
    if definition.keys() & LEFT_OUT:
        raise UnmodelledError(Gap.FEDERATION_OPTION)
    address_of(definition.get("uri"))


class _FromUpstream(Link):
    """A link from an upstream to what is federated, ``name``."""

    def __init__(self, broker: Broker, name: str, upstream: Table) -> None:
        super().__init__(broker)
        self.name = name
        self.upstream = upstream

    def ends(self) -> tuple[Broker, Broker]:
        return reached(self.broker, address_of(self.upstream["uri"])), self.broker


class ExchangeLink(_FromUpstream):
    """To a federated exchange."""

    @property
    def _there(self) -> str:
        return str(self.upstream.get("exchange", self.name))

    @property
    def _queue(self) -> str:
        hosts = self.broker.virtual_hosts
        node = self.broker.cluster.nodes[0].name
        return f"{NAME}{self._there} -> {node}:{hosts.name_of(self.broker)}:{self.name}"

    def prepare(self, reader: Channel, writer: Channel) -> str:
        del writer
        upstream, exchange = reader.broker, self.broker.exchanges[self.name]
        if self._there not in upstream.exchanges:
            upstream.exchange_declare(
                self._there, exchange.kind, durable=exchange.durable,
                auto_delete=exchange.auto_delete, arguments=exchange.arguments,
            )  # fmt: skip
        upstream.queue_declare(reader, self._queue, durable=True)
        self._bind(upstream)
        return self._queue

    def follow_bindings(self) -> None:
        """Let the queue upstream be bound as the exchange is here."""
        if self.reader is not None:
            self._bind(self.reader.broker)

    def _bind(self, upstream: Broker) -> None:
        wanted = {
            (one.routing_key, *sorted((k, repr(v)) for k, v in one.arguments.items())): one
            for one in _own_bindings(self.broker, self.name)
        }
        there = upstream.exchanges[self._there].bindings.values()
        made = {
            (one.routing_key, *sorted((k, repr(v)) for k, v in one.arguments.items())): one
            for one in there
            if one.destination == self._queue
        }
        for one in [wanted[key] for key in wanted.keys() - made.keys()]:
            upstream.bind("queue", self._queue, self._there, one.routing_key, one.arguments)
        for one in [made[key] for key in made.keys() - wanted.keys()]:
            upstream.unbind("queue", self._queue, self._there, one.routing_key, one.arguments)

    def passed_on(self, delivery: Delivery) -> Publish | None:
        assert self.reader is not None
        message, upstream = delivery.entry.message, self.reader.broker
        been: list[Table] = message.properties.headers.get(RECEIVED, [])
        if len(been) >= self.upstream.get("max-hops", 1) or self._was_here(been):
            return None
        entry = {
            "uri": self.upstream["uri"],
            "exchange": self.name,
            "redelivered": delivery.entry.redelivered,
            "cluster-name": upstream.cluster.nodes[0].name,
            "vhost": upstream.virtual_hosts.name_of(upstream),
        }
        headers = {**message.properties.headers, RECEIVED: [entry, *been]}
        return Publish(self.name, message.routing_key, replace(message.properties, headers=headers))

    def _was_here(self, been: list[Table]) -> bool:
        here = self.broker.virtual_hosts.name_of(self.broker)
        return any(one.get("vhost") == here for one in been)

    def stop(self) -> None:
        upstream = self.reader.broker if self.reader is not None else None
        super().stop()
        if upstream is not None:
            upstream.remove_queue(self._queue)


def _own_bindings(broker: Broker, exchange: str) -> Iterator[Binding]:
    """Those that are not there for somebody else's federation."""
    for one in broker.exchanges[exchange].bindings.values():
        if not one.destination.startswith(NAME):
            yield one


class QueueLink(_FromUpstream):
    """To a federated queue."""

    reader_priority = -1

    def prepare(self, reader: Channel, writer: Channel) -> str:
        del writer
        there, upstream = str(self.upstream.get("queue", self.name)), reader.broker
        if there not in upstream.queues:
            settings = self.broker.queues[self.name].settings
            upstream.queue_declare(
                reader, there, durable=settings.durable, auto_delete=settings.auto_delete,
                arguments={"x-queue-type": settings.kind, **settings.compared},
            )  # fmt: skip
        return there

    def read(self, queue: str) -> None:
        """Only while it is needed here, which is looked at again and again."""
        self._read_queue = queue
        self._look()

    def _look(self) -> None:
        reader = self.reader
        if reader is None:
            return
        if self._needed() and not reader.consumers:
            super().read(self._read_queue)
        elif not self._needed() and reader.consumers:
            reader.basic_cancel(next(iter(reader.consumers)))
        self._timer = self.broker.kernel.after(_LOOK_MS, self._look)

    def _needed(self) -> bool:
        queue = self.broker.queues.get(self.name)
        if queue is None or isinstance(queue, Stream) or len(queue.ready):
            return False
        return any(one.held < one.limit for one in queue.consumers.registered)

    def passed_on(self, delivery: Delivery) -> Publish:
        message = delivery.entry.message
        headers = message.properties.headers
        been: list[Table] = headers.get(RECEIVED, [])
        entry = {
            "uri": self.upstream["uri"],
            "queue": delivery.queue.name,
            "redelivered": delivery.entry.redelivered,
            "visit-count": 1,
        }
        original = dict(zip(_ORIGINAL, (message.exchange, message.routing_key), strict=True))
        headers = {**original, **headers, RECEIVED: [entry, *been]}
        return Publish("", self.name, replace(message.properties, headers=headers))


class Federation:
    """The upstreams of one virtual host, and the links that its policies ask for."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.upstreams: dict[str, Table] = {}
        self._links: dict[tuple[str, str, str], ExchangeLink | QueueLink] = {}

    def look(self) -> None:
        """After a change of policies, upstreams, exchanges, queues or bindings."""
        if not self.upstreams and not self._links:
            return
        wanted = dict(self._wanted())
        for key in [key for key, one in self._links.items() if wanted.get(key) != one.upstream]:
            self._links.pop(key).stop()
        for key, upstream in wanted.items():
            if key in self._links:
                continue
            kind, name, _ = key
            make = ExchangeLink if kind == EXCHANGE else QueueLink
            self._links[key] = link = make(self._broker, name, upstream)
            link.start()
        for link in list(self._links.values()):
            if isinstance(link, ExchangeLink):
                link.follow_bindings()

    def _wanted(self) -> Iterator[tuple[tuple[str, str, str], Table]]:
        broker = self._broker
        federated = [(EXCHANGE, name, EXCHANGE) for name in broker.exchanges if name]
        federated += [("queue", name, one.settings.kind) for name, one in broker.queues.items()]
        for kind, name, sort in federated:
            definition = broker.policies.of(name, sort)
            for upstream in self._upstreams_of(definition):
                yield (kind, name, upstream), self.upstreams[upstream]

    def _upstreams_of(self, definition: Table) -> list[str]:
        if definition.get("federation-upstream-set") == "all":
            return list(self.upstreams)
        one: Any = definition.get("federation-upstream")
        return [one] if one in self.upstreams else []

    def stop(self) -> None:
        """The virtual host goes."""
        self.upstreams.clear()
        self.look()
