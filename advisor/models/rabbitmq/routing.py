"""From an exchange and keys to queues: exchange-to-exchange bindings and alternate exchanges.

Keeps: a queue gets one copy however many ways lead to it, cycles end, a message that matches
nothing at an exchange goes on to its alternate exchange, sender-selected keys (``CC``, ``BCC``).
The default exchange routes to the queue of that name. Nothing left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from advisor.models.rabbitmq.exchange import Exchange
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.replies import channel_error

if TYPE_CHECKING:
    from advisor.models.rabbitmq.queue import Queue
    from advisor.models.rabbitmq.stream import Stream

Targets = tuple["Queue | Stream", ...]

_CACHED_KEYS_MAX = 10_000


def sender_selected(headers: Table) -> list[str]:
    """Further routing keys from the headers ``CC`` and ``BCC``; 406 unless lists of text."""
    keys: list[str] = []
    for name in ("CC", "BCC"):
        extra = headers.get(name, [])
        if not isinstance(extra, list) or not all(isinstance(key, str) for key in extra):
            raise channel_error(406, f"unacceptable_type_in_header {name}")
        keys.extend(extra)
    return keys


class Router:
    """Finds the queues of a message in the broker's exchanges and queues."""

    __slots__ = ("_exchanges", "_queues")

    def __init__(
        self, exchanges: Mapping[str, Exchange], queues: Mapping[str, Queue | Stream]
    ) -> None:
        self._exchanges = exchanges
        self._queues = queues

    def route(self, exchange: Exchange, routing_key: str, headers: Table) -> Targets:
        """The queues for a message without sender-selected keys, cached by its key."""
        targets, by_key_alone = self._search(exchange, (routing_key,), headers)
        if by_key_alone:
            if len(exchange.routes) >= _CACHED_KEYS_MAX:
                exchange.routes.clear()
            exchange.routes[routing_key] = targets
        return targets

    def route_all(self, exchange: Exchange, keys: Sequence[str], headers: Table) -> Targets:
        """The queues for a message with several routing keys."""
        return self._search(exchange, keys, headers)[0]

    def _search(self, start: Exchange, keys: Sequence[str], headers: Table) -> tuple[Targets, bool]:
        found: dict[str, None] = {}
        seen = {start.name}
        waiting = [start]
        by_key_alone = True
        while waiting:
            exchange = waiting.pop(0)
            by_key_alone = by_key_alone and exchange.by_key_alone
            for name in self._step(exchange, keys, headers, found):
                if name not in seen and name in self._exchanges:
                    seen.add(name)
                    waiting.append(self._exchanges[name])
        queues = (self._queues[name] for name in found)
        return tuple(queue for queue in queues if queue.reachable), by_key_alone

    def _step(
        self, exchange: Exchange, keys: Sequence[str], headers: Table, found: dict[str, None]
    ) -> list[str]:
        """Queues of one exchange go into ``found``; the exchanges it leads to are returned."""
        if exchange.name == "":
            found.update((key, None) for key in keys if key in self._queues)
            return []
        following: list[str] = []
        matched = False
        for key in keys:
            for binding in exchange.matching(key, headers):
                matched = True
                if binding.kind == "queue":
                    found[binding.destination] = None
                else:
                    following.append(binding.destination)
        alternate = exchange.alternate or exchange.alternate_by_policy
        if not matched and alternate is not None:
            following.append(alternate)
        return following
