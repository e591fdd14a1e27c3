"""One partition and its replicas: leader, in-sync replicas, high watermark, elections.

Keeps: acks 0, 1 and all with min.insync.replicas; followers that copy at once while they live and
are not frozen; a high watermark at the shortest in-sync log; elections among in-sync replicas,
then eligible ones (4.1 on), then any if unclean, then the last known leader; truncation by leader
epoch; the batch that was appended although its request timed out. Leaves out: fetch delays,
preferred leaders, fencing codes of stale epochs (74, 75), moving replicas
(:data:`Gap.REASSIGNMENT`).
"""

from __future__ import annotations

from collections.abc import Iterable

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.idempotence import ProducerStates
from advisor.models.kafka.log import Log
from advisor.models.kafka.record import Batch
from advisor.models.kafka.topic_config import TopicConfig
from advisor.models.kafka.versions import Features

FUTURE_LIMIT_MS = 3_600_000


class Partition:
    """All replicas of one partition. ``alive`` is shared with the cluster: nodes that answer."""

    __slots__ = (
        "_alive",
        "_features",
        "_frozen",
        "_unclean",
        "config",
        "eligible",
        "high_watermark",
        "in_sync",
        "last_leader",
        "leader",
        "leader_epoch",
        "open_transactions",
        "producers",
        "replicas",
    )

    def __init__(
        self,
        nodes: Iterable[int],
        config: TopicConfig,
        features: Features,
        alive: set[int],
        frozen: set[int],
    ) -> None:
        self.replicas = {node: Log() for node in nodes}
        self.config = config
        self.in_sync = list(self.replicas)
        self.eligible: list[int] = []
        self.leader: int | None = self.in_sync[0]
        self.last_leader = self.in_sync[0]
        self.leader_epoch = 0
        self.high_watermark = 0
        self.producers = ProducerStates()
        self.open_transactions: dict[int, int] = {}
        self._features = features
        self._alive = alive
        self._frozen = frozen
        self._unclean: set[int] = set()

    # Reading

    @property
    def log(self) -> Log:
        """The leader's log; KafkaError when no leader answers."""
        leader = self.leader
        if leader is None:
            raise KafkaError(ErrorCode.LEADER_NOT_AVAILABLE)
        if leader not in self._alive:
            raise KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER)
        return self.replicas[leader]

    @property
    def last_stable_offset(self) -> int:
        """Below it no transaction is open."""
        if not self.open_transactions:
            return self.high_watermark
        return min(self.high_watermark, *self.open_transactions.values())

    def read(self, offset: int, *, committed: bool, bytes_max: int) -> list[Batch]:
        """Batches from ``offset`` on that readers may see; OFFSET_OUT_OF_RANGE outside the log."""
        log = self.log
        if not log.start_offset <= offset <= log.end_offset:
            raise KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE)
        until = self.last_stable_offset if committed else self.high_watermark
        return log.read(offset, until, bytes_max) if offset < until else []

    # Writing

    def append(self, batch: Batch, *, acks: int, now_ms: int) -> int:
        """Store a batch; its base offset, or that of the batch that it repeats."""
        log = self.log
        if acks not in (-1, 0, 1):
            raise KafkaError(ErrorCode.INVALID_REQUIRED_ACKS)
        if acks == -1 and len(self.in_sync) < self.config.min_insync_replicas:
            raise KafkaError(ErrorCode.NOT_ENOUGH_REPLICAS)
        duplicate = self.producers.duplicate_of(batch)
        if duplicate is not None:
            return duplicate
        batch.stamp(now_ms, append_time=self.config.message_timestamp_type == "LogAppendTime")
        self._validate(batch, now_ms)
        batch.place(log.end_offset, self.leader_epoch)
        self._store(log, batch)
        self.producers.remember(batch)
        self._replicate()
        return batch.base_offset

    def append_marker(self, batch: Batch, *, now_ms: int) -> None:
        """Store the end of a transaction; it waits for no replica and repeats nothing."""
        log = self.log
        batch.stamp(now_ms, append_time=False)
        batch.place(log.end_offset, self.leader_epoch)
        self._store(log, batch)
        self.producers.remember(batch)
        self._replicate()

    def _validate(self, batch: Batch, now_ms: int) -> None:
        config = self.config
        if batch.marker is not None:
            return
        if batch.size_bytes > config.max_message_bytes:
            raise KafkaError(ErrorCode.MESSAGE_TOO_LARGE)
        if batch.size_bytes > config.segment_bytes:
            raise KafkaError(ErrorCode.RECORD_LIST_TOO_LARGE)
        if config.compacts and any(record.key is None for record in batch.records):
            raise KafkaError(ErrorCode.INVALID_RECORD, "a compacted topic needs keys")
        if (
            self._features.refuses_future_timestamps
            and batch.max_timestamp_ms > now_ms + FUTURE_LIMIT_MS
        ):
            raise KafkaError(ErrorCode.INVALID_TIMESTAMP)

    def _store(self, log: Log, batch: Batch) -> None:
        config = self.config
        log.append(
            batch,
            segment_bytes=config.segment_bytes,
            segment_ms=config.segment_ms,
            flush_messages=config.flush_messages,
        )

    def _replicate(self) -> None:
        """Every follower that lives and is not frozen copies what it lacks."""
        leader = self.leader
        if leader is None or leader not in self._alive:
            return
        source = self.replicas[leader]
        for node, log in self.replicas.items():
            if node == leader or node not in self._alive or node in self._frozen:
                continue
            if log.end_offset < source.end_offset:
                for batch in source.read(log.end_offset, source.end_offset, 1 << 62):
                    self._store(log, batch)
                log.end_offset = source.end_offset
            if log.start_offset < source.start_offset:
                log.drop_before(source.start_offset)
            self._unclean.discard(node)
            if node not in self.in_sync:
                self.in_sync.append(node)
                if node in self.eligible:
                    self.eligible.remove(node)
        self._advance()

    def _advance(self) -> None:
        if self._features.eligible_leader_replicas and (
            len(self.in_sync) < self.config.min_insync_replicas
        ):
            return
        shortest = min(self.replicas[node].end_offset for node in self.in_sync)
        self.high_watermark = max(self.high_watermark, shortest)

    # Nodes

    def follow_up(self) -> None:
        """Let followers catch up, after one of them was thawed or came back."""
        self._replicate()

    def drop_from_sync(self, node: int) -> None:
        """A follower that lags, or a node that the controller fenced, leaves the set."""
        if node not in self.in_sync:
            return
        elr = self._features.eligible_leader_replicas
        if len(self.in_sync) == 1 and not elr:
            return
        self.in_sync.remove(node)
        incomplete = len(self.in_sync) < self.config.min_insync_replicas
        if elr and incomplete and node not in self._unclean:
            self.eligible.append(node)
        if self.in_sync:
            self._advance()

    def fence(self, node: int) -> None:
        """The controller knows that ``node`` is gone."""
        if node not in self.replicas:
            return
        self.drop_from_sync(node)
        if self.leader == node:
            self.leader = None
            self.elect()

    def lose_power(self, node: int) -> None:
        """What ``node`` did not flush is gone, and it is eligible no more."""
        if node not in self.replicas:
            return
        self.replicas[node].lose_power()
        self._unclean.add(node)
        if node in self.eligible:
            self.eligible.remove(node)

    def elect(self) -> None:
        """Choose a leader if there is none, and let the others follow it."""
        if self.leader is not None:
            return
        chosen = self._candidate()
        if chosen is None:
            return
        clean = chosen in self.in_sync
        self.leader = self.last_leader = chosen
        self.leader_epoch += 1
        if not clean:
            self.in_sync = [chosen]
            self.eligible = []
        self._follow(chosen)

    def _candidate(self) -> int | None:
        alive = self._alive
        for group in (self.in_sync, self.eligible):
            for node in group:
                if node in alive:
                    return node
        if self.config.unclean_leader_election_enable:
            return next((node for node in self.replicas if node in alive), None)
        nobody = not self.in_sync and not self.eligible
        return self.last_leader if nobody and self.last_leader in alive else None

    def _follow(self, leader: int) -> None:
        source = self.replicas[leader]
        self.high_watermark = min(self.high_watermark, source.end_offset)
        for node, log in self.replicas.items():
            if node != leader and node in self._alive:
                log.truncate(min(log.end_offset, source.end_of_epoch(log.last_epoch)))
        self.producers = ProducerStates()
        for batch in source.batches():
            self.producers.remember(batch)
        self._replicate()

    def rejoin(self, node: int) -> None:
        """A node that came back leads if nobody does, or cuts off what its leader lacks."""
        if node not in self.replicas:
            return
        if self.leader is None:
            self.elect()
            return
        if self.leader in self._alive and self.leader != node:
            log, source = self.replicas[node], self.replicas[self.leader]
            log.truncate(min(log.end_offset, source.end_of_epoch(log.last_epoch)))
            self._replicate()
