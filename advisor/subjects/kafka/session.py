"""The neutral steps in Kafka's own calls, for a topic, a compacted topic and a share group.

``native_calls.md`` beside this file lists the calls of each step. A session does what a user of
Kafka does; what Kafka lacks shows in what is observed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeVar

from advisor.checks.session import Delivery, Group, Message, Plan, Session, Stored
from advisor.domain.outcome import Done, Outcome
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.design import PUBLISHER, SHARE, Design
from advisor.subjects.kafka.desk import Desk, Halted
from advisor.subjects.kafka.dispatching import OutOfOrderCompletion, PooledReader
from advisor.subjects.kafka.identity import Outbox
from advisor.subjects.kafka.model_client import model_client
from advisor.subjects.kafka.reader import GroupReader, Held, Reader
from advisor.subjects.kafka.replies import Replies, ReplyTopic
from advisor.subjects.kafka.share_reader import ShareReader
from advisor.subjects.kafka.variants import DESIGNS
from advisor.subjects.kafka.wire import encoded

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")


def step(
    method: Callable[Concatenate[KafkaSession, Parameters], Value],
) -> Callable[Concatenate[KafkaSession, Parameters], Outcome[Value]]:
    """A step whose native calls may end it: their trouble is its outcome."""

    @wraps(method)
    def performed(
        self: KafkaSession, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Outcome[Value]:
        try:
            self._let_programs_see()
            return Done(method(self, *args, **kwargs))
        except Halted as halted:
            return halted.trouble

    return performed


class KafkaSession:
    """One installation of one design."""

    def __init__(
        self, option: str, design: type[Design], client: native.KafkaClient, prefix: str
    ) -> None:
        self._desk = Desk(client, prefix)
        self._design = design(option, self._desk)
        self._option = option
        self._readers: dict[str, Reader] = {}
        self._groups: dict[str, Group] = {}
        self._replies = Replies(self._desk, partition_each=design is ReplyTopic)
        self._last_sent: dict[native.TopicPartition, str] = {}
        self._place_of: dict[str, native.TopicPartition] = {}
        self._transactional: set[str] = set()
        self._business_data: dict[str, str] = {}
        self._stopped: list[int] = []
        self._published = False
        self._desk.idle_readers = self._idle_consumers

    @property
    def now_ms(self) -> int:
        return self._desk.now_ms

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._desk.parts)

    @property
    def native_calls(self) -> tuple[str, ...]:
        return self._desk.native_calls

    def _idle_consumers(self) -> list[str]:
        return [name for reader in self._readers.values() for name in reader.idle_consumers()]

    def _let_programs_see(self) -> None:
        """What was published reaches the team's programs before anything else happens.

        Not within the publishing step: no publisher waits for them.
        """
        if self._published:
            self._published = False
            self._desk.pump()

    @step
    def set_up(self, plan: Plan) -> None:
        desk = self._desk
        desk.plan = plan
        self._groups = {group.name: group for group in plan.groups}
        desk.noted(f"install {plan.nodes} nodes", desk.client.install(plan.nodes))
        desk.do(native.NewProducer(PUBLISHER, self._design.producer_config()))
        self._design.set_up()

    # Publishing

    @step
    def publish(self, message: Message) -> None:
        self._publish(message)

    def _publish(self, message: Message) -> None:
        original = message.duplicate_of
        if original is not None and self._design.resends_in_the_library:
            place = self._place_of.get(original)
            if place is not None and self._last_sent[place] == original:
                self._desk.do(native.ResendLast(PUBLISHER, *place))
                return
        place = self._design.produce(message)
        self._place_of[message.label] = place
        self._last_sent[place] = message.label
        self._published = True

    @step
    def publish_with_data(self, message: Message, *, commit: bool) -> None:
        """Publish before the database commits: a roll-back leaves a message without data."""
        if isinstance(self._design, Outbox):
            if commit:
                self._business_data[message.label] = "stored"
                self._design.store(message)
                self._design.pump()
            return
        self._publish(message)
        if commit:
            self._business_data[message.label] = "stored"

    # Reading

    @step
    def join(self, reader: str, group: str, *, start: Literal["new", "first"]) -> None:
        known = self._groups.setdefault(group, Group(group))
        self._design.prepare_group(known)
        made = self._readers[reader] = self._new_reader(reader, known)
        for subscription in self._design.subscriptions(known):
            if self._option != SHARE and subscription.group not in self._desk.groups:
                self._desk.groups.append(subscription.group)
        made.join(start)

    def _new_reader(self, name: str, group: Group) -> Reader:
        desk, design = self._desk, self._design
        if self._option == SHARE:
            reader = ShareReader(desk, design, name, group)
            design.watch(reader)
            return reader
        if isinstance(design, OutOfOrderCompletion):
            return PooledReader(desk, design.dispatcher(group), name, group)
        return GroupReader(desk, design, name, group)

    @step
    def receive(self, reader: str, *, within_ms: int) -> Delivery | None:
        return self._readers[reader].receive(within_ms)

    @step
    def settle(self, delivery: Delivery) -> None:
        self._readers[delivery.reader].settle(_held(delivery))

    @step
    def reject(self, delivery: Delivery) -> None:
        self._readers[delivery.reader].reject(_held(delivery))

    @step
    def set_aside(self) -> tuple[str, ...]:
        return self._design.set_aside()

    @step
    def rewind(self, reader: str) -> None:
        self._readers[reader].rewind()

    @step
    def leave(self, reader: str) -> None:
        self._readers[reader].leave()

    @step
    def crash(self, reader: str) -> None:
        self._crash(reader)

    def _crash(self, reader: str) -> None:
        self._readers[reader].crash()
        if reader in self._transactional:
            self._transactional.discard(reader)
            self._desk.kill(self._producer_of(reader))

    @step
    def wait(self, duration_ms: int) -> None:
        self._desk.advance(duration_ms)

    # Requests

    @step
    def request(self, requester: str, message: Message) -> None:
        self._replies.prepare(requester)
        value, headers = encoded(message)
        headers += self._replies.request_headers(requester, message)
        topic, key = self._design.topic_for(message), self._design.key_for(message)
        partition = None if key is not None else 0
        self._desk.do(native.Produce(PUBLISHER, topic, key, value, headers, partition))
        self._desk.pump()

    @step
    def reply(self, delivery: Delivery, message: Message) -> None:
        self._replies.reply(_held(delivery).record, message)

    @step
    def receive_reply(self, requester: str, *, within_ms: int) -> Delivery | None:
        return self._replies.receive(requester, within_ms)

    # Consume, publish, settle

    def _producer_of(self, reader: str) -> str:
        return f"{self._desk.prefix}-producer-of-{reader}"

    @step
    def process(self, delivery: Delivery, result: Message, *, dies_before_settling: bool) -> None:
        if self._desk.plan.transactions and self._option != SHARE:
            self._process_in_transaction(delivery, result, dies=dies_before_settling)
            return
        self._design.produce(result)
        if dies_before_settling:
            self._crash(delivery.reader)
        else:
            self._readers[delivery.reader].settle(_held(delivery))

    def _process_in_transaction(self, delivery: Delivery, result: Message, *, dies: bool) -> None:
        desk, reader = self._desk, delivery.reader
        producer = self._producer_of(reader)
        if reader not in self._transactional:
            self._transactional.add(reader)
            config = {**self._design.producer_config(), "transactional.id": producer}
            desk.do(native.NewProducer(producer, config))
            desk.do(native.InitTransactions(producer))
        desk.do(native.BeginTransaction(producer))
        try:
            self._design.produce(result, producer=producer)
            if dies:
                self._crash(reader)
                return
            held = _held(delivery)
            offsets = self._readers[reader].offsets_after(held) or {}
            desk.do(native.SendOffsetsToTransaction(producer, held.consumer, offsets))
            desk.do(native.CommitTransaction(producer))
        except Halted:
            desk.attempt(native.AbortTransaction(producer))
            raise

    # Nodes

    @step
    def stop_nodes(self, count: int, *, power_loss: bool) -> None:
        desk = self._desk
        leader = desk.do(native.DescribeTopic(desk.topics[0]))[0]
        nodes = [node for node in range(1, desk.plan.nodes + 1) if node not in self._stopped]
        nodes.sort(key=lambda node: node != leader)
        how = "cut the power of" if power_loss else "kill"
        for node in nodes[:count]:
            self._stopped.append(node)
            desk.noted(f"{how} node {node}", desk.client.stop_node(node, power_loss=power_loss))

    @step
    def start_nodes(self) -> None:
        for node in self._stopped:
            self._desk.noted(f"start node {node}", self._desk.client.start_node(node))
        self._stopped.clear()

    # Numbers

    @step
    def stored(self) -> Stored:
        desk = self._desk
        desk.pump()
        return Stored(
            copies=self._design.copies,
            waiting=self._waiting(),
            held_max=desk.held_max,
            fetched=desk.fetched,
            thrown_away=desk.thrown_away,
        )

    def _waiting(self) -> int:
        """Records beyond what the slowest group has committed (control records count too)."""
        desk = self._desk
        behind: dict[native.TopicPartition, int] = {}
        for group in self._groups.values():
            for subscription in self._design.subscriptions(group):
                committed = desk.do(native.ListGroupOffsets(subscription.group))
                topics = subscription.topics or tuple({topic for topic, _ in committed})
                for topic in topics:
                    for name in desk.topic_partitions(topic):
                        oldest, end = desk.do(native.ListOffsets(*name))
                        lag = end - max(committed.get(name, oldest), oldest)
                        behind[name] = max(behind.get(name, 0), lag)
        return sum(behind.values())

    def close(self) -> None:
        """Consumers, topics and groups of this session go; what is gone already is no matter."""
        try:
            self._remove()
        finally:
            self._desk.client.close()

    def _remove(self) -> None:
        desk = self._desk
        for reader in self._readers.values():
            for consumer in reader.idle_consumers():
                desk.attempt(native.CloseConsumer(consumer))
            reader.crash()
        self._readers.clear()
        for consumer in self._replies.consumers():
            desk.attempt(native.CloseConsumer(consumer))
        for worker in desk.workers:
            for consumer in worker.idle_consumers():
                desk.attempt(native.CloseConsumer(consumer))
        desk.workers.clear()
        for topic in desk.topics:
            desk.attempt(native.DeleteTopic(topic))
        for group in desk.groups:
            desk.attempt(native.DeleteGroup(group))
        desk.topics.clear()
        desk.groups.clear()


def _held(delivery: Delivery) -> Held:
    held = delivery.handle
    if not isinstance(held, Held):
        raise TypeError("this delivery was not made by a Kafka session")
    return held


def open_session(
    option: str,
    variant: str | None = None,
    client: native.KafkaClient | None = None,
    *,
    prefix: str = "advisor",
) -> Session:
    """A session on ``client``, by default a fresh model of the newest version.

    KeyError for an option or a variant that is not in ``VARIANTS``.
    """
    design = Design if variant is None else DESIGNS[option][variant][1]
    if option not in DESIGNS:
        raise KeyError(option)
    return KafkaSession(option, design, model_client() if client is None else client, prefix)
