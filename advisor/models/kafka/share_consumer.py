"""The share consumer client with explicit acknowledgement.

Keeps: poll that acquires, acknowledgements that take effect at once, a poll with undecided records
refused by the client (``_STATE``) unless all of them were renewed, RENEW from 4.2, close and crash
that release at once. Leaves out: implicit acknowledgement, the moment between an acknowledgement
and its commit in which it may be changed, and that a member which does not poll for
max.poll.interval.ms leaves the group (its locks are long gone then; its next poll joins again).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.record import ConsumerRecord
from advisor.models.kafka.share_group import ShareGroup
from advisor.models.kafka.share_partition import Acknowledgement


@dataclass(frozen=True, slots=True)
class ShareConsumerConfig:
    """Settings by Kafka's names, ``_`` for ``.``."""

    group_id: str
    client_id: str = "share-consumer"
    max_poll_records: int = 500


class ShareConsumer:
    """One member of a share group."""

    def __init__(self, cluster: Cluster, config: ShareConsumerConfig) -> None:
        self._cluster = cluster
        self.config = config
        self._group: ShareGroup | None = None
        self._member = ""
        self._topics: tuple[str, ...] = ()
        self._undecided: dict[tuple[str, int, int], ConsumerRecord] = {}
        self._renewed: list[ConsumerRecord] = []
        self._turn = 0

    def subscribe(self, topics: Sequence[str]) -> None:
        """Join the group, or change what a member reads; topics are names, never patterns."""
        group = self._group = self._cluster.share_group(self.config.group_id)
        self._topics = tuple(topics)
        if self._member in group.members:
            group.join(self._member, self._topics)
            return
        number = 1
        while f"{self.config.client_id}-{number}" in group.members:
            number += 1
        self._member = f"{self.config.client_id}-{number}"
        group.join(self._member, self._topics)

    def _joined(self) -> ShareGroup:
        if self._group is None:
            raise KafkaError(ErrorCode.STATE, "not subscribed")
        return self._group

    def poll(self) -> list[ConsumerRecord]:
        """Acquire what is there now; what was renewed comes back first."""
        group = self._joined()
        self._cluster.require_coordinator()
        if self._renewed:
            again, self._renewed = self._renewed, []
            return again
        if self._undecided:
            raise KafkaError(ErrorCode.STATE, "records without an acknowledgement")
        group.meet(self._topics)
        partitions = group.assigned(self._member)
        for step in range(len(partitions)):
            place = (self._turn + step) % len(partitions)
            try:
                found = partitions[place].acquire(self._member, self.config.max_poll_records)
            except KafkaError:
                continue
            if found:
                self._turn = place + 1
                for record in found:
                    self._undecided[record.topic, record.partition, record.offset] = record
                return found
        return []

    def acknowledge(self, record: ConsumerRecord, kind: Acknowledgement) -> None:
        """Decide about a record; the broker's refusal ends the matter for this member as well."""
        group = self._joined()
        if kind == "RENEW" and not self._cluster.features.share_renew:
            raise KafkaError(ErrorCode.UNSUPPORTED_VERSION, "RENEW")
        place = (record.topic, record.partition, record.offset)
        if kind != "RENEW":
            self._undecided.pop(place, None)
        partition = group.partitions[record.topic, record.partition]
        partition.acknowledge(self._member, record.offset, kind)
        if kind == "RENEW":
            self._renewed.append(record)

    def close(self) -> None:
        """Leave; what it holds is free at once."""
        if self._group is not None:
            self._group.leave(self._member)
        self._group = None

    def crash(self) -> None:
        """The connection breaks, with the same effect as :meth:`close` (KS-08)."""
        self.close()
