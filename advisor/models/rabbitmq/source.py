"""What a delivery came from, as a channel sees it: a queue, a stream or a reply address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from advisor.models.rabbitmq.arguments import QueueSettings
from advisor.models.rabbitmq.consumer import Consumer
from advisor.models.rabbitmq.message import Delivery, Entry, How


class Source(Protocol):
    """Takes back what it handed out."""

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> QueueSettings: ...

    def settle(self, delivery: Delivery) -> None:
        """Done with for good."""

    def discard(self, delivery: Delivery, how: How) -> None:
        """Rejected without requeue."""

    def give_back(self, deliveries: Sequence[Delivery], how: How) -> None:
        """Not settled: what comes back, and how it came to that."""

    def remove_consumer(self, consumer: Consumer) -> None:
        """Cancelled or closed; what it holds is not touched, nothing is handed out."""

    def dispatch(self) -> None:
        """Hand out what is ready while somebody can take it."""

    def headers_of(self, entry: Entry, *, got: bool = False) -> dict[str, int]:
        """Headers added to a delivery, or to what was ``got`` by ``basic.get``."""
