"""What all parts of a session share: the client, the trace, names, counters and passing time.

A native call that is not done ends the step under way: :class:`Halted` carries the trouble up to
the step, which gives it back as its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, fields, is_dataclass
from typing import Protocol, TypeVar

from advisor.checks.session import Plan
from advisor.domain.outcome import Done, Outcome, Trouble
from advisor.subjects.kafka import protocol as native

Value = TypeVar("Value")
SLICE_MS = 100
READ_ALL_WITHIN_MS = 5_000


class Halted(Exception):  # noqa: N818 - not an error: the broker's answer on its way up
    """A native call was refused, unanswered or not modelled."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Worker(Protocol):
    """A program of the team's own that runs beside publishers and readers."""

    def pump(self) -> None:
        """Do what there is to do now."""
        ...

    def next_due_ms(self) -> int | None:
        """When it has something to do without being called; later than now after a pump."""
        ...

    def idle_consumers(self) -> Sequence[str]:
        """Its consumers that poll on by themselves."""
        ...


class Desk:
    """One installation seen from the client side."""

    def __init__(self, client: native.KafkaClient, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self.plan = Plan(groups=())
        self.parts: list[str] = []
        self.workers: list[Worker] = []
        self.idle_readers: Callable[[], list[str]] = list
        self.topics: list[str] = []
        self.groups: list[str] = []
        self.fetched = 0
        self.thrown_away = 0
        self.held_max = 0
        self._trace: list[native.Operation[object] | str] = []

    @property
    def now_ms(self) -> int:
        return self.client.now_ms

    @property
    def native_calls(self) -> tuple[str, ...]:
        """One line for each call, in order."""
        return tuple(entry if isinstance(entry, str) else described(entry) for entry in self._trace)

    def part(self, name: str) -> None:
        """A piece of the team's own code has worked."""
        if name not in self.parts:
            self.parts.append(name)

    # Calls

    def attempt(self, operation: native.Operation[Value]) -> Outcome[Value]:
        """Perform a call whatever comes of it."""
        self._trace.append(operation)
        return self.client.call(operation)

    def do(self, operation: native.Operation[Value]) -> Value:
        """Perform a call that must be done; Halted otherwise."""
        self._trace.append(operation)
        outcome = self.client.call(operation)
        if isinstance(outcome, Done):
            return outcome.value
        raise Halted(outcome)

    def noted(self, what: str, outcome: Outcome[None]) -> None:
        """Enter what is done to processes and nodes; Halted unless it is done."""
        self._trace.append(what)
        if not isinstance(outcome, Done):
            raise Halted(outcome)

    def kill(self, client: str) -> None:
        """The process of a client dies."""
        self._trace.append(f"kill {client}")
        self.client.kill(client)

    def create_topic(self, topic: str, *, partitions: int, config: dict[str, str]) -> None:
        """A topic with as many replicas as the plan's nodes allow, up to three."""
        replicas = min(3, self.plan.nodes)
        if replicas == 3:
            config = {"min.insync.replicas": "2", **config}
        self.do(native.CreateTopic(topic, partitions, replicas, config))
        self.topics.append(topic)

    def topic_partitions(self, topic: str) -> list[native.TopicPartition]:
        leaders = self.do(native.DescribeTopic(topic))
        return [(topic, number) for number in range(len(leaders))]

    # Time

    def pump(self) -> None:
        for worker in self.workers:
            worker.pump()

    def _next_due_ms(self) -> int | None:
        dues = [worker.next_due_ms() for worker in self.workers]
        return min((due for due in dues if due is not None), default=None)

    def _let_idle_poll(self, others: Sequence[str] = ()) -> None:
        workers = [name for worker in self.workers for name in worker.idle_consumers()]
        self.client.keep_polling([*self.idle_readers(), *workers, *others])

    def advance(self, duration_ms: int, *, polling: Sequence[str] = ()) -> None:
        """Let time pass while idle readers, ``polling`` and the team's programs go on."""
        deadline_ms = self.now_ms + duration_ms
        while True:
            self.pump()
            remaining_ms = deadline_ms - self.now_ms
            if remaining_ms <= 0:
                return
            due_ms = self._next_due_ms()
            step_ms = remaining_ms if due_ms is None else min(remaining_ms, due_ms - self.now_ms)
            self._let_idle_poll(polling)
            self.noted(f"wait {step_ms} ms", self.client.wait(step_ms))

    def poll(self, consumers: Sequence[str], within_ms: int) -> _Polled | None:
        """The first records for one of these consumers, the earlier named one first.

        None when there were none in time, or when nobody is left to ask.
        """
        if not consumers:
            self.advance(within_ms)
            return None
        deadline_ms = self.now_ms + within_ms
        while True:
            if self.workers:
                self.pump()
            for consumer in consumers:
                records = self.do(native.Poll(consumer))
                if records:
                    return consumer, records
            remaining_ms = deadline_ms - self.now_ms
            if remaining_ms <= 0:
                return None
            due_ms = self._next_due_ms()
            if due_ms is not None:
                remaining_ms = min(remaining_ms, due_ms - self.now_ms)
            if len(consumers) > 1:
                self._let_idle_poll(consumers)
                self.client.wait(min(remaining_ms, SLICE_MS))
                continue
            self._let_idle_poll()
            records = self.do(native.Poll(consumers[0], remaining_ms))
            if records:
                return consumers[0], records

    def await_assignment(self, consumers: Sequence[str], within_ms: int) -> None:
        """Poll until each has an assignment, or the time is over: it goes on joining then."""
        deadline_ms = self.now_ms + within_ms
        waiting = list(consumers)
        while True:
            waiting = [one for one in waiting if self.do(native.Assignment(one)) is None]
            if not waiting or self.now_ms >= deadline_ms:
                return
            self.advance(SLICE_MS, polling=consumers)

    def read_all(self, topic: str) -> list[native.FetchedRecord]:
        """Everything in a topic now, read by a consumer of its own."""
        reader = f"{self.prefix}-reader-of-{topic}"
        found: list[native.FetchedRecord] = []
        self.do(native.NewConsumer(reader, {"auto.offset.reset": "earliest"}))
        for name in self.topic_partitions(topic):
            start, end = self.do(native.ListOffsets(*name))
            self.do(native.Assign(reader, {name: start}))
            while self.do(native.Position(reader, name)) < end:
                records = self.do(native.Poll(reader, READ_ALL_WITHIN_MS))
                if not records:
                    break
                found.extend(records)
        self.do(native.CloseConsumer(reader))
        return found


_Polled = tuple[str, Sequence[native.FetchedRecord]]


_UNTOLD = frozenset({"value", "headers", "key", "record"})


_TOLD: dict[type, tuple[str, ...]] = {}


def _told(operation: native.Operation[object]) -> tuple[str, ...]:
    """The fields of an operation that its line shows."""
    names = _TOLD.get(type(operation))
    if names is None:
        found: tuple[Field[object], ...] = fields(operation) if is_dataclass(operation) else ()
        names = tuple(entry.name for entry in found if entry.name not in _UNTOLD)
        _TOLD[type(operation)] = names
    return names


def described(operation: native.Operation[object]) -> str:
    """A call in one line: its name and what it names; bodies are left out."""
    words = [type(operation).__name__]
    for name in _told(operation):
        content = getattr(operation, name)
        if content is not None and content != () and content != {}:
            words.append(str(content))
    return " ".join(words)
