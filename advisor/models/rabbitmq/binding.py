"""Bindings: from an exchange to a queue or another exchange, by key and arguments.

Keeps that a binding's identity is (source, destination, key, arguments): the same key with other
arguments is a second binding. Leaves out the semi-durable life of bindings over restarts beyond
that of their two ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.models.rabbitmq.message import Table

Kind = Literal["queue", "exchange"]
Identity = tuple[Kind, str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Binding:
    """One way out of an exchange, to the queue or exchange named ``destination``."""

    kind: Kind
    destination: str
    routing_key: str
    arguments: Table

    @property
    def identity(self) -> Identity:
        """Equal for two bindings of one source that are the same binding."""
        # repr tells 1 from True and "1", as the wire's types do
        arguments = tuple(sorted((name, repr(value)) for name, value in self.arguments.items()))
        return (self.kind, self.destination, self.routing_key, arguments)
