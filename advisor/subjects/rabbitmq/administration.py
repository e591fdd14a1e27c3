"""What an operator does with ``rabbitmqctl``: steps of a rig, on a broker of the project's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Make or replace a policy; ``definition`` has the names of arguments without ``x-``."""

    name: str
    pattern: str
    definition: Mapping[str, Any]
    priority: int = 0
    apply_to: str = "all"
    virtual_host: str = "/"


@dataclass(frozen=True, slots=True)
class ClearPolicy:
    name: str
    virtual_host: str = "/"


@dataclass(frozen=True, slots=True)
class SetParameter:
    """Define a shovel (``component`` "shovel") or an upstream ("federation-upstream")."""

    component: str
    name: str
    value: Mapping[str, Any]
    virtual_host: str = "/"


@dataclass(frozen=True, slots=True)
class ClearParameter:
    component: str
    name: str
    virtual_host: str = "/"


@dataclass(frozen=True, slots=True)
class AddVirtualHost:
    """With all permissions for the default user."""

    name: str


@dataclass(frozen=True, slots=True)
class DeleteVirtualHost:
    name: str


@dataclass(frozen=True, slots=True)
class SetMemoryAlarm:
    """Let the broker find that it uses too much memory, or enough to go on."""

    raised: bool


Administration = (
    SetPolicy | ClearPolicy | SetParameter | ClearParameter | AddVirtualHost | DeleteVirtualHost
    | SetMemoryAlarm
)  # fmt: skip
