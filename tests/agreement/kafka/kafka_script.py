"""Native programs: lists of Kafka's client calls with time between them, written by a builder.

``~`` in a name stands for the run's own prefix. Values and keys are written as texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka import protocol as kafka

Place = tuple[str, int]


@dataclass(frozen=True)
class Wait:
    """Let time pass."""

    ms: int


@dataclass(frozen=True)
class Idle:
    """From now on these consumers' loops go on while time passes."""

    consumers: tuple[str, ...]


@dataclass(frozen=True)
class ReadAll:
    """Poll until nothing comes for ``quiet_ms``."""

    consumer: str
    quiet_ms: int = 1500


@dataclass(frozen=True)
class Decide:
    """Acknowledge one record of the share consumer's last poll: the n-th, wrapping."""

    consumer: str
    nth: int
    kind: Literal["ACCEPT", "RELEASE", "REJECT", "RENEW"]


@dataclass(frozen=True)
class SendOffset:
    """Send the offset after the last record that the consumer read with the transaction."""

    producer: str
    consumer: str
    place: Place
    offset: int


@dataclass(frozen=True)
class Kill:
    """The process of a client dies."""

    client: str


@dataclass(frozen=True)
class SendStamped:
    """Produce with a CreateTime ``from_now_ms`` after now."""

    producer: str
    topic: str
    value: str
    from_now_ms: int


@dataclass(frozen=True)
class StopNode:
    """Stop the n-th replica in the order of leading first: 0 is the leader of the partition."""

    topic: str
    nth: int
    clean: bool = False


@dataclass(frozen=True)
class StopAll:
    """Kill every node at once."""


@dataclass(frozen=True)
class StartNode:
    """Start the node that was stopped ``nth`` (0: first), or all in that order with None."""

    nth: int | None = None


Step = (
    kafka.Operation[Any] | Wait | Idle | ReadAll | Decide | SendOffset | Kill | SendStamped
    | StopNode | StopAll | StartNode
)  # fmt: skip


def _raw(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


@dataclass
class Script:
    """Collects the steps of one program."""

    version: BrokerVersion
    steps: list[Step] = field(default_factory=list)

    def add(self, *steps: Step) -> None:
        self.steps.extend(steps)

    def wait(self, ms: int) -> None:
        self.add(Wait(ms))

    def topic(self, name: str, partitions: int = 1, replicas: int = 1, **config: Any) -> None:
        self.add(kafka.CreateTopic(name, partitions, replicas, _settings(config)))

    def producer(self, name: str = "~p", **config: Any) -> None:
        given = {"acks": "-1", "enable.idempotence": "true", **_settings(config)}
        self.add(kafka.NewProducer(name, given))

    def send(
        self, topic: str, *values: str | None, key: str | None = None, partition: int | None = 0,
        producer: str = "~p", headers: tuple[tuple[str, bytes], ...] = (),
        stamp: int | None = None,
    ) -> None:  # fmt: skip
        """Each in a batch of its own; a key without a partition finds its own."""
        for value in values:
            self.add(
                kafka.Produce(producer, topic, _raw(key), _raw(value), headers, partition, stamp)
            )

    def batch(
        self, topic: str, *records: tuple[str | None, str | None, int | None], producer: str = "~p"
    ) -> None:
        rows = tuple((_raw(key), _raw(value), stamp) for key, value, stamp in records)
        self.add(kafka.ProduceBatch(producer, topic, 0, rows))

    def consumer(self, name: str, group: str | None = None, **config: Any) -> None:
        given = {"client.id": name.strip("~"), "auto.offset.reset": "earliest"}
        if group is not None:
            given["group.id"] = group
        self.add(kafka.NewConsumer(name, {**given, **_settings(config)}))

    def member(self, name: str, group: str, *topics: str, **config: Any) -> None:
        """A consumer that subscribes; it joins when it polls."""
        self.consumer(name, group, **config)
        self.add(kafka.Subscribe(name, topics))

    def share(self, name: str, group: str, *topics: str, most: int = 500) -> None:
        config = {"group.id": group, "client.id": name.strip("~"), "max.poll.records": str(most)}
        self.add(kafka.NewShareConsumer(name, config), kafka.Subscribe(name, topics))

    def group_config(self, group: str, **config: Any) -> None:
        self.add(kafka.AlterGroupConfigs(group, _settings(config)))

    def read(self, name: str, *places: Place, **config: Any) -> None:
        """Everything from the start, without a group."""
        self.consumer(name, **config)
        self.add(kafka.Assign(name, dict.fromkeys(places, 0)), ReadAll(name))

    def poll(self, consumer: str, within_ms: int = 3000, times: int = 1) -> None:
        self.add(*[kafka.Poll(consumer, within_ms)] * times)

    def decide(self, consumer: str, kind: Any, *places: int) -> None:
        for nth in places or (0,):
            self.add(Decide(consumer, nth, kind))

    def settle_groups(self, *consumers: str, ms: int = 5000) -> None:
        """Let these join and share out, then look at what each has."""
        self.add(Idle(consumers), Wait(ms))
        self.add(*[kafka.Assignment(one) for one in consumers])

    def offsets(self, topic: str, partition: int = 0) -> None:
        self.add(kafka.ListOffsets(topic, partition))


def _settings(given: Mapping[str, Any]) -> dict[str, str]:
    return {name.replace("_", "."): str(value) for name, value in given.items()}
