"""One corner of the answers as plain numbers, on one machine: what the laws are applied to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.domain.version import BrokerVersion

Number = float | int
Input = bool | float | int | str | BrokerVersion


@dataclass(frozen=True, slots=True)
class Machine:
    """One node. ``stated`` says that the team gave some of it; else it is the reference machine."""

    name: str
    cpu_cores: float
    disk_mb_per_second: float
    network_mb_per_second: float
    network_round_trip_ms: float
    stated: bool = False
    further_round_trip_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Flow:
    """What is asked of a design. None: the team left it to the plan (as many as are needed)."""

    machine: Machine
    messages_per_second: float = 10.0
    message_bytes: float = 1000.0
    window: float = 100.0
    producers: float | None = None
    consumers: float | None = None
    nodes: float | None = None
    task_seconds: float = 0.01
    groups: float = 1.0
    queues: float = 1.0
    backlog_messages: float = 1000.0
    version: BrokerVersion | None = None


_FLOW = {
    "messages_per_second": "messages_per_second",
    "message_bytes": "message_bytes",
    "window": "window",
    "producers": "producers",
    "consumers": "consumers",
    "hardware_nodes": "nodes",
    "task_seconds": "task_seconds",
    "independent_readers": "groups",
    "queue_count": "queues",
    "backlog_messages": "backlog_messages",
}
_MACHINE = {
    "hardware_cpu_cores": "cpu_cores",
    "hardware_disk_mb_per_second": "disk_mb_per_second",
    "hardware_network_mb_per_second": "network_mb_per_second",
    "hardware_network_round_trip_ms": "network_round_trip_ms",
}
_LEAST = {"messages_per_second": 0.0, "backlog_messages": 0.0, "task_seconds": 1e-6}
NUMBERS = frozenset((*_FLOW, *_MACHINE, "megabytes_per_second"))


def flow_of(inputs: Mapping[str, Input], reference: Machine, version_field: str | None) -> Flow:
    """The corner as numbers; what is not given keeps its default, or is left to the plan.

    ``megabytes_per_second`` sets the rate where the rate itself is not given. Counts and sizes are
    at least one, a task takes at least a microsecond.
    """
    numbers = {
        key: float(value) for key, value in inputs.items() if isinstance(value, (int, float))
    }
    flow = {
        name: max(numbers[key], _LEAST.get(name, 1.0))
        for key, name in _FLOW.items()
        if key in numbers
    }
    if "megabytes_per_second" in numbers and "messages_per_second" not in flow:
        size = flow.get("message_bytes", 1000.0)
        flow["messages_per_second"] = numbers["megabytes_per_second"] * 1e6 / size
    version = inputs.get(version_field) if version_field else None
    if isinstance(version, str):
        version = BrokerVersion.parse(version)
    return Flow(
        machine=_machine(numbers, reference),
        version=version if isinstance(version, BrokerVersion) else None,
        **flow,
    )


def _machine(numbers: Mapping[str, float], reference: Machine) -> Machine:
    """The team's machine where it differs from the reference; a longer way is no other machine."""
    given = {name: numbers[key] for key, name in _MACHINE.items() if key in numbers}
    cpu_cores = given.get("cpu_cores", reference.cpu_cores)
    disk = given.get("disk_mb_per_second", reference.disk_mb_per_second)
    network = given.get("network_mb_per_second", reference.network_mb_per_second)
    round_trip_ms = given.get("network_round_trip_ms", reference.network_round_trip_ms)
    stated = (cpu_cores, disk, network) != (
        reference.cpu_cores,
        reference.disk_mb_per_second,
        reference.network_mb_per_second,
    )
    if not stated and round_trip_ms == reference.network_round_trip_ms:
        return reference
    return Machine(
        name="the team's own" if stated else reference.name,
        cpu_cores=cpu_cores,
        disk_mb_per_second=disk,
        network_mb_per_second=network,
        network_round_trip_ms=round_trip_ms,
        stated=stated,
        further_round_trip_ms=max(0.0, round_trip_ms - reference.network_round_trip_ms),
    )


def filled(command: str, flow: Flow) -> str:
    """The command with the flow's numbers in the place of their names in braces."""
    producers = flow.producers or 1.0
    numbers = {
        "messages_per_second": flow.messages_per_second,
        "rate_per_producer": flow.messages_per_second / producers,
        "records_of_5_minutes": flow.messages_per_second * 300,
        "message_bytes": flow.message_bytes,
        "producers": producers,
        "window": flow.window,
    }
    for name, number in numbers.items():
        command = command.replace(f"{{{name}}}", str(math.ceil(number)))
    return command
