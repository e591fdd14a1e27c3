"""The Kafka client Protocol on a real cluster: real time, and steps on nodes only with a rig.

No answer is ``Unknown``: a cluster that goes away decides nothing. Each consumer has a process of
its own, so that it can die. Topics are noted before they are asked for, and groups before they
have a member, so that :meth:`LiveClient.close` finds what an interrupted run left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from time import monotonic, sleep
from typing import Any, Protocol

from confluent_kafka import KafkaException

from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.live_admin import LiveAdmin
from advisor.subjects.kafka.live_member import LiveRecord
from advisor.subjects.kafka.live_process import MemberProcess
from advisor.subjects.kafka.live_producer import LiveProducer
from advisor.subjects.kafka.live_raw import RawClient
from advisor.subjects.kafka.live_settings import (
    LiveRefused,
    LiveSilent,
    as_number,
    code_name,
    to_librdkafka,
    trouble,
)

NEEDS_RIG = "not executed (needs a rig)"
JOIN_SHARE_S = 15.0
FIRST_FETCH_S = 0.7
LAST_FETCH_S = 0.15
INVALID_ARGUMENT = -186
# the early access of 4.0 spoke requests of its own, which no library knows any more
SHARE_SINCE = BrokerVersion(4, 1)

# the highest metadata.version that a release's software knows
_RELEASES = ((31, "4.4"), (30, "4.3"), (28, "4.2"), (26, "4.1"), (22, "4.0"), (21, "3.9"))


class Rig(Protocol):
    """A cluster that the project started itself, whose nodes may be stopped."""

    def stop_node(self, node: int, *, power_loss: bool) -> Outcome[None]: ...

    def start_node(self, node: int) -> Outcome[None]: ...


class LiveClient:
    """A :class:`~advisor.subjects.kafka.protocol.KafkaClient`.

    ``settings`` are librdkafka's, secrets included; none is ever shown. ConnectionError when the
    cluster does not answer, or is of a version that we do not know.
    """

    def __init__(self, settings: Mapping[str, str], *, rig: Rig | None = None) -> None:
        self._settings = {"log_level": "0", **settings}
        self._rig = rig
        self._began_s = monotonic()
        self._raw = RawClient(self._settings)
        self.version = self._find_version()
        self._admin: Any = LiveAdmin(self._settings, self._raw)
        self._producers: dict[str, LiveProducer] = {}
        self._members: dict[str, MemberProcess] = {}
        self._dead: list[tuple[str, str, str]] = []

    def _find_version(self) -> BrokerVersion:
        try:
            level = self._raw.supported_features().get("metadata.version", 0)
        except (LiveRefused, LiveSilent) as error:
            raise ConnectionError(str(error)) from None
        for least, release in _RELEASES:
            if level >= least:
                return BrokerVersion.parse(release)
        raise ConnectionError("the broker is older than 3.9 or does not tell its version")

    @property
    def now_ms(self) -> int:
        return int((monotonic() - self._began_s) * 1000)

    def install(self, nodes: int) -> Outcome[None]:
        try:
            found = len(self._admin.nodes())
        except (KafkaException, LiveSilent):
            return Unknown("the broker does not answer")
        return Done(None) if found >= nodes else Unknown(f"not executed (needs {nodes} nodes)")

    def call(self, operation: native.Operation[Any]) -> Outcome[Any]:
        try:
            return Done(_PERFORMERS[type(operation)](self, operation))
        except LiveRefused as refused:
            return Refused(refused.code, refused.text)
        except LiveSilent as silent:
            return Unknown(str(silent))
        except ValueError as error:
            # the library checks some arguments before it asks
            return Refused(code_name(INVALID_ARGUMENT), str(error))
        except KafkaException as error:
            found = trouble(as_number(error.args[0]), error.args[0].str())
            if isinstance(found, LiveRefused):
                return Refused(found.code, found.text)
            return Unknown(str(found))

    # Time, processes, nodes

    def wait(self, duration_ms: int) -> Outcome[None]:
        # at least a millisecond, so that time is seen to pass
        sleep(max(1, duration_ms) / 1000)
        return Done(None)

    def keep_polling(self, consumers: Collection[str]) -> None:
        wanted = set(consumers)
        for name, member in self._members.items():
            if member.kind == "group":
                with suppress(LiveRefused, LiveSilent):
                    member.loop(name in wanted)

    def kill(self, client: str) -> None:
        self._producers.pop(client, None)
        member = self._members.pop(client, None)
        if member is None:
            return
        known = member.client_id
        if member.kind == "group":
            with suppress(LiveRefused, LiveSilent):
                known = member.ask("member_id")
        self._dead.append((member.kind, member.group, known))
        member.kill()

    def stop_node(self, node: int, *, power_loss: bool) -> Outcome[None]:
        if self._rig is None:
            return Unknown(NEEDS_RIG)
        return self._rig.stop_node(node, power_loss=power_loss)

    def start_node(self, node: int) -> Outcome[None]:
        return Unknown(NEEDS_RIG) if self._rig is None else self._rig.start_node(node)

    # Producers

    def _producer(self, name: str) -> LiveProducer:
        found = self._producers.get(name)
        if found is None:
            raise LiveRefused("STATE", f"no producer {name}")
        return found

    def _new_producer(self, one: native.NewProducer) -> None:
        self._producers[one.producer] = LiveProducer(self._settings, one.config)

    def _create_partitions(self, one: native.CreatePartitions) -> None:
        self._admin.create_partitions(one)
        for producer in self._producers.values():
            producer.refresh(one.topic)

    def _produce(self, one: native.Produce) -> native.TopicPartition:
        return self._producer(one.producer).produce(one)

    def _produce_batch(self, one: native.ProduceBatch) -> None:
        self._producer(one.producer).produce_batch(one)

    def _resend_last(self, one: native.ResendLast) -> None:
        leader = self._admin.leaders(one.topic)[one.partition]
        nodes = self._admin.nodes()
        if leader not in nodes:
            raise LiveSilent("the partition has no leader")
        place = (one.topic, one.partition)
        self._producer(one.producer).resend_last(place, self._raw, nodes[leader])

    def _init_transactions(self, one: native.InitTransactions) -> None:
        self._producer(one.producer).init_transactions()

    def _begin_transaction(self, one: native.BeginTransaction) -> None:
        self._producer(one.producer).begin_transaction()

    def _send_offsets(self, one: native.SendOffsetsToTransaction) -> None:
        group = self._member(one.consumer, "group").ask("group_metadata")
        self._producer(one.producer).send_offsets(one.offsets, group)

    def _commit_transaction(self, one: native.CommitTransaction) -> None:
        self._producer(one.producer).commit_transaction()

    def _abort_transaction(self, one: native.AbortTransaction) -> None:
        self._producer(one.producer).abort_transaction()

    # Consumers

    def _member(self, name: str, kind: str | None = None) -> MemberProcess:
        found = self._members.get(name)
        if found is None or kind not in (None, found.kind):
            raise LiveRefused("STATE", f"{name} is not a consumer of that kind")
        return found

    def _new_consumer(self, one: native.NewConsumer) -> None:
        self._start("group", one.consumer, one.config)

    def _new_share_consumer(self, one: native.NewShareConsumer) -> None:
        self._admin.share_groups.add(one.config["group.id"])
        self._start("share", one.consumer, one.config)

    def _start(self, kind: str, name: str, config: Mapping[str, str]) -> None:
        group = config.get("group.id", "")
        if group:
            self._admin.groups[group] = None
        settings = {**self._settings, **to_librdkafka(config)}
        self._members[name] = MemberProcess(kind, group, settings)

    def _subscribe(self, one: native.Subscribe) -> None:
        member = self._member(one.consumer)
        if member.kind == "share" and self.version < SHARE_SINCE:
            raise LiveRefused("UNSUPPORTED_VERSION", "share groups")
        member.ask("subscribe", one.topics, one.pattern)
        if member.kind == "share" and one.topics:
            self._await_share(member, set(one.topics))

    def _await_share(self, member: MemberProcess, topics: set[str]) -> None:
        """Until it belongs to the group and has fetched: from here on nothing is new to it."""
        end_s = monotonic() + JOIN_SHARE_S
        while monotonic() < end_s:
            member.ask("drain", 0.1)
            members = self._raw.share_members(member.group)
            served = {topic for _, _, places in members for topic, _ in places}
            own = [places for _, client, places in members if client == member.client_id]
            if any(own) and topics <= served:
                break
        fetched_s = monotonic() + FIRST_FETCH_S
        while monotonic() < fetched_s:
            member.ask("drain", 0.1)
            sleep(0.01)
        # a fetch under way would take what comes next
        sleep(LAST_FETCH_S)

    def _assign(self, one: native.Assign) -> None:
        self._member(one.consumer, "group").ask("assign", dict(one.offsets))

    def _assignment(self, one: native.Assignment) -> tuple[native.TopicPartition, ...] | None:
        found: tuple[native.TopicPartition, ...] | None
        found = self._member(one.consumer, "group").ask("assignment")
        return found

    def _poll(self, one: native.Poll) -> tuple[LiveRecord, ...]:
        found: tuple[LiveRecord, ...] = self._member(one.consumer).ask("poll", one.within_ms)
        return found

    def _position(self, one: native.Position) -> int:
        return int(self._member(one.consumer, "group").ask("position", one.partition))

    def _seek(self, one: native.Seek) -> None:
        self._member(one.consumer, "group").ask("seek", one.partition, one.offset)

    def _commit_offsets(self, one: native.CommitOffsets) -> None:
        self._member(one.consumer, "group").ask("commit", dict(one.offsets))

    def _committed(self, one: native.Committed) -> int | None:
        found: int | None = self._member(one.consumer, "group").ask("committed", one.partition)
        return found

    def _share_acknowledge(self, one: native.ShareAcknowledge) -> None:
        record = LiveRecord(
            one.record.topic, one.record.partition, one.record.offset, 0, None, None, ()
        )
        self._member(one.consumer, "share").ask("acknowledge", record, one.kind)

    def _close_consumer(self, one: native.CloseConsumer) -> None:
        member = self._members.pop(one.consumer, None)
        if member is not None:
            member.close()

    # The end

    def close(self) -> None:
        """End every client and remove what is left, as far as the cluster still answers."""
        for member in self._members.values():
            member.close()
        self._members.clear()
        self._producers.clear()
        for kind, group, known in self._dead:
            with suppress(LiveRefused, LiveSilent):
                self._bury(kind, group, known)
        self._dead.clear()
        self._admin.remove_all()

    def _bury(self, kind: str, group: str, known: str) -> None:
        """Say the goodbye that a killed member could not: its group can go now."""
        if kind == "group" and group and known:
            self._raw.leave_group(group, known)
        if kind == "share":
            for member, client, _ in self._raw.share_members(group):
                if client == known:
                    self._raw.leave_share_group(group, member)


_PERFORMERS: Mapping[type[native.Operation[Any]], Callable[[LiveClient, Any], object]] = {
    native.CreateTopic: lambda client, one: client._admin.create_topic(one),
    native.CreatePartitions: LiveClient._create_partitions,
    native.DeleteTopic: lambda client, one: client._admin.delete_topic(one),
    native.ListTopics: lambda client, one: client._admin.list_topics(one),
    native.DescribeTopic: lambda client, one: client._admin.describe_topic(one),
    native.ListOffsets: lambda client, one: client._admin.list_offsets(one),
    native.OffsetForTime: lambda client, one: client._admin.offset_for_time(one),
    native.DeleteRecords: lambda client, one: client._admin.delete_records(one),
    native.AlterTopicConfigs: lambda client, one: client._admin.alter_topic_configs(one),
    native.DeleteGroup: lambda client, one: client._admin.delete_group(one),
    native.AlterGroupConfigs: lambda client, one: client._admin.alter_group_configs(one),
    native.ListGroupOffsets: lambda client, one: client._admin.list_group_offsets(one),
    native.AlterShareGroupOffsets: lambda client, one: client._admin.alter_share_group_offsets(one),
    native.NewProducer: LiveClient._new_producer,
    native.Produce: LiveClient._produce,
    native.ProduceBatch: LiveClient._produce_batch,
    native.ResendLast: LiveClient._resend_last,
    native.InitTransactions: LiveClient._init_transactions,
    native.BeginTransaction: LiveClient._begin_transaction,
    native.SendOffsetsToTransaction: LiveClient._send_offsets,
    native.CommitTransaction: LiveClient._commit_transaction,
    native.AbortTransaction: LiveClient._abort_transaction,
    native.NewConsumer: LiveClient._new_consumer,
    native.NewShareConsumer: LiveClient._new_share_consumer,
    native.Subscribe: LiveClient._subscribe,
    native.Assign: LiveClient._assign,
    native.Assignment: LiveClient._assignment,
    native.Poll: LiveClient._poll,
    native.Position: LiveClient._position,
    native.Seek: LiveClient._seek,
    native.CommitOffsets: LiveClient._commit_offsets,
    native.Committed: LiveClient._committed,
    native.ShareAcknowledge: LiveClient._share_acknowledge,
    native.CloseConsumer: LiveClient._close_consumer,
}
