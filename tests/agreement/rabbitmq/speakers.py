"""Clients that speak another protocol than AMQP 0-9-1, on the model and on a broker.

A protocol is a module ``speaks_NAME`` with two classes whose methods have the same names and
arguments: ``OnModel(broker)`` and ``Live(place)``. A program calls them by :class:`Speak` steps.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from rabbitmq_script import Speak

from advisor.domain.outcome import Outcome


class Speaker(Protocol):
    """One client. Every method that a step names gives an Outcome."""

    def arrived(self) -> list[Any]:
        """What came since last asked, oldest first, as plain values; taken once."""
        ...

    def close(self) -> None:
        """End what is still open, and remove what the client made on the broker."""
        ...


class Speakers:
    """The speakers of one program, each made where a step names it first."""

    def __init__(self, make: Callable[[Any], Speaker]) -> None:
        self._make = make
        self._by_name: dict[str, Speaker] = {}

    def perform(self, step: Speak) -> Outcome[Any]:
        speaker = self._by_name.get(step.client)
        if speaker is None:
            module = import_module(f"speaks_{step.protocol}")
            speaker = self._by_name[step.client] = self._make(module)
        outcome: Outcome[Any] = getattr(speaker, step.call)(**step.arguments)
        return outcome

    def arrived(self) -> dict[str, list[Any]]:
        """By the client's name, of those to whom something came."""
        found = {name: speaker.arrived() for name, speaker in self._by_name.items()}
        return {f"{name} received": came for name, came in found.items() if came}

    def close(self) -> None:
        for speaker in self._by_name.values():
            speaker.close()
