"""Runs a program on a broker, then at the same instants on the model, and compares what was seen.

The broker goes first: its clock says when each step began and ended, and which delivery a step
settled. A difference counts only if it is still there when the broker is given ten times the
quiet time, since a busy machine delivers late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Protocol
from uuid import uuid4

from programs import Difference, Program, Result, Verdict
from rabbitmq_normal import closed, outcome_of, plain
from rabbitmq_rig import Nodes
from rabbitmq_script import (
    Confirms,
    Many,
    Reply,
    Restart,
    Script,
    Send,
    SettleHeld,
    Speak,
    StartNodes,
    Step,
    StopNode,
    Wait,
)
from speakers import Speakers

from advisor.domain.outcome import Done, Outcome, Unknown
from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import protocol as amqp
from advisor.subjects.rabbitmq.administration import Administration
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.live_client import LiveClient
from advisor.subjects.rabbitmq.protocol import Operation, RabbitMQClient

QUIET_MS = 60
SLOW_QUIET_MS = 600
CONFIRM_MS = 3000


@dataclass(frozen=True, slots=True)
class Seen:
    """One step with what it showed; times in milliseconds of the broker's client."""

    step: Step
    began_ms: int
    ended_ms: int
    shown: dict[str, Any]


def named(value: Any, prefix: str) -> Any:
    """The same with ``~`` replaced, however deep."""
    if isinstance(value, str):
        return value.replace("~", prefix)
    if isinstance(value, dict):
        return {named(key, prefix): named(one, prefix) for key, one in value.items()}
    if isinstance(value, list):
        return [named(one, prefix) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        given = {one.name: named(getattr(value, one.name), prefix) for one in fields(value)}
        return replace(value, **given)
    return value


class Performer:
    """Performs steps on one client and collects what they show."""

    def __init__(
        self, client: RabbitMQClient, speakers: Speakers, restart: Callable[[], None]
    ) -> None:
        self.client = client
        self.speakers = speakers
        self.restart = restart
        self.channels: list[str] = []
        self.held: dict[str, list[int]] = {}
        self.closed: set[str] = set()
        self.reply_to = ""
        self.silent: set[str] = set()
        self.blocked: dict[str, bool] = {}

    def perform(self, step: Step) -> tuple[Step, Any]:
        """The step as it was really made, and its normalised outcome."""
        if isinstance(step, Wait):
            return step, None
        if isinstance(step, Confirms):
            return step, [self._confirm(step.channel) for _ in range(step.count)]
        if isinstance(step, Send):
            return step, outcome_of(self.client.call(step.operation))
        if isinstance(step, Administration):
            return step, outcome_of(self.client.administer(step))
        if isinstance(step, Speak):
            return step, outcome_of(self.speakers.perform(step))
        if isinstance(step, Restart):
            self.restart()
            return step, None
        if isinstance(step, StopNode):
            return step, outcome_of(self.client.stop_node(step.node, power_loss=False))
        if isinstance(step, StartNodes):
            return step, outcome_of(self.client.start_nodes())
        if isinstance(step, Many):
            for number in range(step.count):
                body = str(number).encode()
                self.client.call(amqp.BasicPublish(step.channel, "", step.queue, body))
            return step, [self._confirm(step.channel) for _ in range(step.count)]
        if isinstance(step, SettleHeld):
            step = self._settlement(step)
        if isinstance(step, Reply):
            publish = amqp.BasicPublish(
                step.channel, "", self.reply_to, step.body, mandatory=step.mandatory
            )
            return step, outcome_of(self._call(publish))
        return step, outcome_of(self._call(step))

    def _confirm(self, channel: str) -> Any:
        if channel in self.silent:
            return "no answer"
        outcome = self.client.wait_for_confirm(channel, within_ms=CONFIRM_MS)
        if isinstance(outcome, Unknown):
            self.silent.add(channel)
        return outcome_of(outcome)

    def _settlement(self, step: SettleHeld) -> Operation:
        held = self.held.get(step.channel) or [1]
        tag = held[step.nth % len(held)]
        if step.how == "ack":
            return amqp.BasicAck(step.channel, tag, step.multiple)
        if step.how == "nack":
            return amqp.BasicNack(step.channel, tag, step.multiple, step.requeue)
        return amqp.BasicReject(step.channel, tag, step.requeue)

    def _call(self, operation: Operation) -> Outcome[Any]:
        if isinstance(operation, amqp.ChannelOpen):
            self.channels.append(operation.channel)
        if isinstance(operation, amqp.ConnectionOpen):
            self.blocked[operation.connection] = False
        outcome = self.client.call(operation)
        if isinstance(operation, amqp.WITHOUT_ANSWER) and isinstance(outcome, Done):
            self.client.call(amqp.ExchangeDeclare(operation.channel, "amq.direct", passive=True))
            outcome = self.client.closed_with(operation.channel) or outcome
        self._follow(operation, outcome)
        return outcome

    def _follow(self, operation: Operation, outcome: Outcome[Any]) -> None:
        if isinstance(operation, amqp.BasicGet) and isinstance(outcome, Done) and outcome.value:
            self.reply_to = outcome.value.properties.reply_to or self.reply_to
            if not operation.no_ack:
                self.held.setdefault(operation.channel, []).append(outcome.value.delivery_tag)
        if isinstance(operation, amqp.BasicAck | amqp.BasicNack | amqp.BasicReject):
            tag, several = operation.delivery_tag, getattr(operation, "multiple", False)
            held = self.held.get(operation.channel, [])
            self.held[operation.channel] = [
                one
                for one in held
                if (one > tag if several else one != tag) and (tag or not several)
            ]

    def arrived(self) -> dict[str, Any]:
        """What has come to any channel since last asked, and which have closed."""
        shown: dict[str, Any] = dict(self.speakers.arrived())
        for connection, before in self.blocked.items():
            self.blocked[connection] = now = self.client.is_blocked(connection)
            if now != before:
                shown[f"{connection} is blocked"] = now
        for channel in self.channels:
            taken = self.client.take_deliveries(channel)
            for one in taken:
                self.reply_to = one.properties.reply_to or self.reply_to
                self.held.setdefault(channel, []).append(one.delivery_tag)
            for word, found in (
                ("delivered", taken),
                ("returned", self.client.take_returned(channel)),
                ("cancelled", self.client.take_cancelled(channel)),
            ):
                if found:
                    shown[f"{channel} {word}"] = [plain(one) for one in found]
            if channel not in self.closed and not self.client.is_open(channel):
                self.closed.add(channel)
                why = self.client.closed_with(channel)
                shown[f"{channel} closed"] = closed(why)
        return shown


def _merged(shown: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        several = isinstance(value, list) and key in shown
        shown[key] = [*shown[key], *value] if several else value


def _settled(step: Step, shown: dict[str, Any]) -> dict[str, Any]:
    """A channel that a publish or settlement closes is its outcome, at once or a little later."""
    code = shown.get(f"{getattr(step, 'channel', '')} closed")
    if isinstance(step, amqp.WITHOUT_ANSWER) and code not in (None, "gone"):
        return {**shown, "outcome": {"refused": code}}
    return shown


def on_broker(
    client: LiveClient, steps: tuple[Step, ...], quiet_ms: int, place: Place
) -> list[Seen]:
    """Every step, and after each whatever comes until nothing has come for ``quiet_ms``."""
    speakers = Speakers(lambda module: module.Live(place))
    performer = Performer(client, speakers, place.restart)
    try:
        return _seen_on_broker(client, performer, steps, quiet_ms)
    finally:
        speakers.close()


def _seen_on_broker(
    client: LiveClient, performer: Performer, steps: tuple[Step, ...], quiet_ms: int
) -> list[Seen]:
    seen = []
    for step in steps:
        began_ms = client.now_ms
        made, outcome = performer.perform(step)
        if isinstance(step, Wait):
            client.wait(step.ms)
        shown = {"outcome": outcome}
        came = True
        while came:
            # other protocols do not wake this client
            came = client.wait_for_activity(quiet_ms)
            more = performer.arrived()
            _merged(shown, more)
            came = came or bool(more)
        seen.append(Seen(made, began_ms, client.now_ms, _settled(made, shown)))
    return seen


def on_model(version: BrokerVersion, seen: list[Seen], nodes: int) -> list[dict[str, Any]]:
    """The same steps at the same instants."""
    client = ModelClient(version)
    client.form_cluster(nodes)
    offset_ms = seen[0].began_ms if seen else 0

    def restart() -> None:
        for node in ("rabbit-1",):
            client.stop_node(node, power_loss=False)
        client.start_nodes()

    speakers = Speakers(lambda module: module.OnModel(client.broker))
    performer = Performer(client, speakers, restart)
    shown_by_step = []
    for one in seen:
        client.wait(max(0, one.began_ms - offset_ms - client.now_ms))
        _, outcome = performer.perform(one.step)
        client.wait(max(0, one.ended_ms - offset_ms - client.now_ms))
        shown = {"outcome": outcome}
        _merged(shown, performer.arrived())
        shown_by_step.append(_settled(one.step, shown))
    return shown_by_step


def gap_met(shown_by_step: list[dict[str, Any]]) -> str | None:
    """The gap of the model that a program ran into, if any."""
    for shown in shown_by_step:
        outcome = shown["outcome"]
        if isinstance(outcome, dict) and "unmodelled" in outcome:
            return str(outcome["unmodelled"])
    return None


@dataclass(frozen=True)
class Kept:
    """What a broker showed once, to hold other models against it without the broker."""

    name: str
    version: BrokerVersion
    prefix: str
    seen: list[Seen]
    nodes: int

    @property
    def operations(self) -> int:
        return len(self.seen)

    def verdict(self) -> Verdict:
        shown = on_model(self.version, self.seen, self.nodes)
        return _first_difference(self.seen, shown, self.prefix)


def program_steps(program: Program, version: BrokerVersion) -> tuple[Step, ...]:
    script = Script(version)
    program.write(script)
    return tuple(script.steps)


class Place(Protocol):
    """A broker or cluster as far as one program needs it."""

    version: BrokerVersion
    nodes: int
    port: int
    rig: Nodes

    def connect(self) -> LiveClient: ...

    def restart(self) -> None: ...


def compare(place: Place, program: Program) -> Result:
    """A difference is one that stays."""
    steps = program_steps(program, place.version)
    for quiet_ms in (QUIET_MS, SLOW_QUIET_MS):
        prefix = f"agree-{uuid4().hex[:10]}-"
        client = place.connect()
        try:
            seen = on_broker(client, named_steps(steps, prefix), quiet_ms, place)
        finally:
            # nothing can be removed without a majority
            place.rig.restore()
            client.close()
        kept = Kept(str(program), place.version, prefix, seen, place.nodes)
        result = Result(program, kept.verdict(), len(steps), kept)
        if not isinstance(result.verdict, Difference):
            break
    return result


def named_steps(steps: tuple[Step, ...], prefix: str) -> tuple[Step, ...]:
    return tuple(named(step, prefix) for step in steps)


def _first_difference(seen: list[Seen], model: list[dict[str, Any]], prefix: str) -> Verdict:
    for number, (one, shown) in enumerate(zip(seen, model, strict=True), start=1):
        gap = gap_met([shown])
        if gap is not None:
            return gap
        if one.shown != shown:
            back = {key: _short(value, prefix) for key, value in one.shown.items()}
            other = {key: _short(value, prefix) for key, value in shown.items()}
            return Difference(number, one.step, back, other)
    return None


def _short(value: Any, prefix: str) -> Any:
    if isinstance(value, str):
        return value.replace(prefix, "~")
    if isinstance(value, dict):
        return {_short(key, prefix): _short(one, prefix) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one, prefix) for one in value]
    return value
