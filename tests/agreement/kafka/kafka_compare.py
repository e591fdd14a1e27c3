"""Runs a program on a cluster, then at the same instants on the model, and compares what was seen.

The cluster goes first: its clock says when each step began and ended, and both read what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from time import time
from typing import Any
from uuid import uuid4

from kafka_normal import outcome_of, records, same
from kafka_rig import Place
from kafka_script import (
    Decide,
    Idle,
    Kill,
    ReadAll,
    Script,
    SendOffset,
    SendStamped,
    StartNode,
    Step,
    StopAll,
    StopNode,
    Wait,
)
from programs import Difference, Program, Verdict

from advisor.domain.outcome import Done, Outcome, Unknown
from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka import protocol as kafka
from advisor.subjects.kafka.live_client import LiveClient
from advisor.subjects.kafka.model_client import ModelClient

# what the rig sets, so that runs take seconds
RIG_SETTINGS = {
    "initial_rebalance_delay_ms": 0,
    "retention_check_interval_ms": 500,
    "cleaner_backoff_ms": 500,
    "session_timeout_min_ms": 1000,
    "offsets_retention_ms": 60_000,
}
EPOCH_MS = 1_790_000_000_000
ELECTION_TRIES = 10
TUNED = {"heartbeat.interval.ms": "300"}


@dataclass(frozen=True)
class Seen:
    """One step with what it showed; times in milliseconds of the cluster's client."""

    step: Step
    began_ms: int
    ended_ms: int
    shown: Any


def named(value: Any, prefix: str) -> Any:
    """The same with ``~`` replaced, however deep."""
    if isinstance(value, str):
        return value.replace("~", prefix)
    if isinstance(value, Mapping):
        return {named(key, prefix): named(one, prefix) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(named(one, prefix) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        given = {one.name: named(getattr(value, one.name), prefix) for one in fields(value)}
        return replace(value, **given)
    return value


class Performer:
    """Performs steps on one client and tells what they show."""

    def __init__(self, client: Any, prefix: str, *, live: bool, nodes: int) -> None:
        self.prefix = prefix
        self.client = client
        self.live = live
        self.nodes = nodes
        self.leaders: dict[Any, int] = {}
        self.held: dict[str, list[Any]] = {}
        self.holding: dict[str, list[int]] = {}
        self.stopped: list[int] = []

    def perform(self, step: Step) -> Any:
        if isinstance(step, Wait):
            self.client.wait(step.ms)
        elif isinstance(step, Idle):
            self.client.keep_polling(step.consumers)
        elif isinstance(step, Kill):
            self.client.kill(step.client)
        elif isinstance(step, ReadAll):
            return self._read_all(step)
        elif isinstance(step, StopNode):
            self._stop(step)
        elif isinstance(step, StopAll):
            for node in range(1, self.nodes + 1):
                self.stopped.append(node)
                self.client.stop_node(node, power_loss=False)
        elif isinstance(step, StartNode):
            self._start(step)
        else:
            return self._call(self._operation(step))
        return None

    def _operation(self, step: Any) -> kafka.Operation[Any]:
        if isinstance(step, Decide):
            held = self.held.get(step.consumer) or [None]
            return kafka.ShareAcknowledge(step.consumer, held[step.nth % len(held)], step.kind)
        if isinstance(step, SendOffset):
            offsets = {step.place: step.offset}
            return kafka.SendOffsetsToTransaction(step.producer, step.consumer, offsets)
        if isinstance(step, SendStamped):
            now_ms = int(time() * 1000) if self.live else self.client.now_ms
            body = step.value.encode()
            stamp = now_ms + step.from_now_ms
            return kafka.Produce(step.producer, step.topic, None, body, (), 0, stamp)
        if self.live and isinstance(step, kafka.NewConsumer):
            return replace(step, config={**TUNED, **step.config})
        found: kafka.Operation[Any] = step
        return found

    def _call(self, operation: kafka.Operation[Any]) -> Any:
        if isinstance(operation, kafka.ShareAcknowledge) and operation.record is None:
            return "nothing held"
        outcome = self.client.call(operation)
        if isinstance(operation, kafka.DescribeTopic):
            outcome = self._answered(operation, outcome)
        if isinstance(operation, kafka.Poll) and isinstance(outcome, Done) and outcome.value:
            self.held[operation.consumer] = list(outcome.value)
        return outcome_of(operation, outcome, self.leaders, self.prefix)

    def _read_all(self, step: ReadAll) -> Any:
        found: list[Any] = []
        while True:
            operation = kafka.Poll(step.consumer, step.quiet_ms)
            outcome = self.client.call(operation)
            if not isinstance(outcome, Done):
                return {"read": records(found), "then": outcome_of(operation, outcome, {}, "")}
            if not outcome.value:
                return {"read": records(found)}
            found.extend(outcome.value)

    def _stop(self, step: StopNode) -> None:
        outcome = self.client.call(kafka.DescribeTopic(step.topic))
        leader = outcome.value[0] if isinstance(outcome, Done) else None
        replicas = sorted(self._replicas(step.topic), key=lambda node: node != leader)
        running = [node for node in replicas if node not in self.stopped]
        node = running[step.nth]
        self.stopped.append(node)
        if not step.clean:
            self.client.stop_node(node, power_loss=False)
        elif self.live:
            self.client._rig.halt_node(node)
        else:
            self.client.cluster.stop(node)

    def _replicas(self, topic: str) -> list[int]:
        """A cluster chooses the nodes that hold a topic by chance, and may not answer later."""
        if topic not in self.holding:
            if self.live:
                self._answered(kafka.DescribeTopic(topic), Unknown("not asked"))
            self.holding[topic] = list(
                self.client._admin.replicas(topic)
                if self.live
                else self.client.cluster.topics[topic].partitions[0].replicas
            )
        return self.holding[topic]

    def _answered(self, operation: kafka.DescribeTopic, outcome: Outcome[Any]) -> Outcome[Any]:
        """While a controller is elected nobody answers."""
        for _again in range(ELECTION_TRIES):
            if not isinstance(outcome, Unknown) or not self.live:
                break
            self.client.wait(1000)
            outcome = self.client.call(operation)
        return outcome

    def _start(self, step: StartNode) -> None:
        chosen = list(self.stopped) if step.nth is None else [self.stopped[step.nth]]
        for node in chosen:
            self.stopped.remove(node)
            self.client.start_node(node)


def on_broker(client: LiveClient, steps: tuple[Step, ...], nodes: int, prefix: str) -> list[Seen]:
    performer = Performer(client, prefix, live=True, nodes=nodes)
    seen = []
    for step in steps:
        began_ms = client.now_ms
        shown = performer.perform(step)
        seen.append(Seen(step, began_ms, client.now_ms, shown))
    return seen


def on_model(version: BrokerVersion, seen: list[Seen], nodes: int, prefix: str) -> list[Any]:
    """The same steps at the same instants."""
    client = ModelClient(version, **RIG_SETTINGS)
    client.install(nodes)
    # records are old or young by the wall clock
    client.wait(EPOCH_MS)
    performer = Performer(client, prefix, live=False, nodes=nodes)
    offset_ms = (seen[0].began_ms if seen else 0) - EPOCH_MS
    shown = []
    for one in seen:
        client.wait(max(0, one.began_ms - offset_ms - client.now_ms))
        shown.append(performer.perform(one.step))
        client.wait(max(0, one.ended_ms - offset_ms - client.now_ms))
    return shown


@dataclass(frozen=True)
class Kept:
    """What a cluster showed once, to hold other models against it without the cluster."""

    name: str
    version: BrokerVersion
    nodes: int
    prefix: str
    seen: list[Seen]

    @property
    def operations(self) -> int:
        return len(self.seen)

    def verdict(self) -> Verdict:
        model = on_model(self.version, self.seen, self.nodes, self.prefix)
        return first_difference(self.seen, model, self.prefix)


def program_steps(program: Program, version: BrokerVersion) -> tuple[Step, ...]:
    script = Script(version)
    program.write(script)
    return tuple(script.steps)


def compare(place: Place, program: Program) -> tuple[Verdict, Kept]:
    """None: agreed. A text: the model does not cover it. Else the first difference."""
    prefix = f"agree-{uuid4().hex[:10]}-"
    steps = tuple(named(step, prefix) for step in program_steps(program, place.version))
    client = place.client()
    try:
        seen = on_broker(client, steps, program.nodes, prefix)
    finally:
        if program.nodes > 1:
            place.nodes.restore()
        client.close()
    name = f"{program.row} {program.name}"
    kept = Kept(name, place.version, program.nodes, prefix, seen)
    return kept.verdict(), kept


def first_difference(seen: list[Seen], model: list[Any], prefix: str) -> Verdict:
    for number, (one, shown) in enumerate(zip(seen, model, strict=True), start=1):
        if isinstance(shown, dict) and "unmodelled" in shown:
            return str(shown["unmodelled"])
        if not same(one.shown, shown):
            return Difference(number, one.step, short(one.shown, prefix), short(shown, prefix))
    return None


def short(value: Any, prefix: str) -> Any:
    """With ``~`` again for the prefix."""
    if isinstance(value, str):
        return value.replace(prefix, "~")
    if isinstance(value, dict):
        return {key: short(one, prefix) for key, one in value.items()}
    if isinstance(value, list):
        return [short(one, prefix) for one in value]
    return value
