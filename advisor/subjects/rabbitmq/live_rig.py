"""What stops nodes and changes settings for a live client: only what the project started itself."""

from __future__ import annotations

from typing import Protocol

from advisor.domain.outcome import Outcome
from advisor.subjects.rabbitmq.administration import Administration
from advisor.subjects.rabbitmq.protocol import Setting

NEEDS_RIG = "not executed (needs a rig)"


class Rig(Protocol):
    """A cluster that the project started itself, whose nodes may be stopped."""

    def form_cluster(self, nodes: int) -> Outcome[None]: ...

    def administer(self, action: Administration) -> Outcome[None]: ...

    def configure(self, setting: Setting, value: int) -> Outcome[None]: ...

    def leader_of(self, queue: str) -> Outcome[str]: ...

    def running_nodes(self) -> Outcome[tuple[str, ...]]: ...

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]: ...

    def start_nodes(self) -> Outcome[None]: ...

    def urls(self) -> tuple[str, ...]:
        """Where its running nodes answer."""
        ...
