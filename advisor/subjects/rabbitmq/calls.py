"""The trace of native calls: every operation that a session sends to its client, in order."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from advisor.domain.outcome import Done, Outcome
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.protocol import Operation, RabbitMQClient

_SHOWN_BYTES_MAX = 40


def method_name(operation: Operation) -> str:
    """``QueueDeclare`` is ``queue.declare``."""
    name = type(operation).__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    first, *rest = words.split()
    return f"{first}.{'-'.join(rest)}"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return repr(value) if len(value) <= _SHOWN_BYTES_MAX else f"<{len(value)} bytes>"
    if isinstance(value, amqp.Properties):
        given = ((one.name, getattr(value, one.name)) for one in fields(value))
        return "{" + ", ".join(f"{name}={one!r}" for name, one in given if one) + "}"
    return repr(value)


def render(operation: Operation) -> str:
    """One line of the trace: the method and what it was given beyond the defaults."""
    given = [
        f"{one.name}={_shown(getattr(operation, one.name))}"
        for one in fields(operation)
        if getattr(operation, one.name) not in (False, "", {}, amqp.Properties())
    ]
    return f"{method_name(operation)}({', '.join(given)})"


class Calls:
    """Performs operations and remembers them."""

    def __init__(self, client: RabbitMQClient) -> None:
        self.client = client
        self.made: list[Operation | str] = []

    def __call__(self, operation: Operation) -> Outcome[Any]:
        self.made.append(operation)
        return self.client.call(operation)

    def rig(self, step: str, *given: object) -> None:
        """Note a step that is done to nodes and settings, and is no method of AMQP."""
        self.made.append(f"rig.{step}({', '.join(repr(one) for one in given)})")

    def all(self, *operations: Operation) -> Outcome[Any]:
        """One after the other, up to the first that is not done."""
        outcome: Outcome[Any] = Done(None)
        for operation in operations:
            outcome = self(operation)
            if not isinstance(outcome, Done):
                break
        return outcome

    def lines(self) -> tuple[str, ...]:
        return tuple(one if isinstance(one, str) else render(one) for one in self.made)
