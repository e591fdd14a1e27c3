"""``tx.select``, ``tx.commit`` and ``tx.rollback``: what a channel holds back until it commits.

Keeps: a publish is routed when it is sent and stored at commit, where a mandatory one may return;
settlements take effect at commit, after the publishes; a rollback forgets both, and what was
settled can be settled again under the same tag; closing is a rollback. Leaves out atomicity across
queues, which RabbitMQ does not promise either.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.models.rabbitmq.message import Delivery


class Transaction:
    """The publishes and settlements since ``tx.select`` or the last commit, in order."""

    __slots__ = ("_publishes", "_settlements")

    def __init__(self) -> None:
        self._publishes: list[Callable[[], None]] = []
        self._settlements: list[tuple[list[Delivery], Callable[[list[Delivery]], None]]] = []

    def publish(self, store: Callable[[], None]) -> None:
        """Store it at commit."""
        self._publishes.append(store)

    def settle(self, deliveries: list[Delivery], settle: Callable[[list[Delivery]], None]) -> None:
        """Settle these at commit, in the way that was asked for."""
        self._settlements.append((deliveries, settle))

    def commit(self) -> None:
        """Everything takes effect, and the next transaction begins."""
        publishes, settlements = self._publishes, self._settlements
        self._publishes, self._settlements = [], []
        for store in publishes:
            store()
        for deliveries, settle in settlements:
            settle(deliveries)

    def rollback(self) -> list[Delivery]:
        """Nothing takes effect; the deliveries that are unsettled again."""
        held = [one for deliveries, _settle in self._settlements for one in deliveries]
        self._publishes, self._settlements = [], []
        return held
