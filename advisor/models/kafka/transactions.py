"""Transaction coordinator: producer ids, epochs, commit, abort, timeouts, offsets in a transaction.

Keeps: one marker (one offset) in each partition that was written, an empty transaction that
writes nothing, InitProducerId that aborts what is open and bumps the epoch (by 2 then), fencing
of the older producer, timeouts found by a scan every 10 s, offsets that count only at commit.
Protocol 1, which librdkafka speaks; leaves out protocol 2 (:data:`Gap.TRANSACTION_V2`) and what a
loss of power does to an open transaction (:data:`Gap.TRANSACTION_POWER_LOSS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from advisor.models.kafka.assignors import TopicPartition
from advisor.models.kafka.commits import Commits
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.record import Batch, Origin
from advisor.models.kafka.replication import Partition
from advisor.models.kafka.transaction import Transaction
from advisor.models.kernel import Kernel

SCAN_INTERVAL_MS = 10_000
TIMEOUT_MAX_MS = 900_000


class TransactionalId:
    """State of one transactional.id."""

    __slots__ = ("current", "epoch", "groups", "id", "partitions", "producer_id", "timeout_ms")

    def __init__(self, transactional_id: str, producer_id: int) -> None:
        self.id = transactional_id
        self.producer_id = producer_id
        self.epoch = -1
        self.timeout_ms = 60_000
        self.current: Transaction | None = None
        self.partitions: dict[TopicPartition, Partition] = {}
        self.groups: list[Commits] = []


class TransactionCoordinator:
    """Hands out producer ids and decides transactions."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._producer_ids = count(1000)
        self._by_id: dict[str, TransactionalId] = {}

    def new_producer_id(self) -> int:
        """For an idempotent producer without transactions."""
        return next(self._producer_ids)

    @property
    def any_open(self) -> bool:
        return any(state.current is not None for state in self._by_id.values())

    def init(self, transactional_id: str, timeout_ms: int) -> tuple[int, int]:
        """Producer id and epoch; fences whoever used the id before and aborts what is open."""
        if not 0 < timeout_ms <= TIMEOUT_MAX_MS:
            raise KafkaError(ErrorCode.INVALID_TRANSACTION_TIMEOUT)
        state = self._by_id.get(transactional_id)
        if state is None:
            state = TransactionalId(transactional_id, self.new_producer_id())
            self._by_id[transactional_id] = state
        if state.current is not None:
            state.epoch += 1
            self._end(state, commit=False)
        state.epoch += 1
        state.timeout_ms = timeout_ms
        return state.producer_id, state.epoch

    def _checked(self, transactional_id: str, epoch: int) -> TransactionalId:
        state = self._by_id.get(transactional_id)
        if state is None:
            raise KafkaError(ErrorCode.INVALID_PRODUCER_ID_MAPPING)
        if state.epoch != epoch:
            raise KafkaError(ErrorCode.PRODUCER_FENCED)
        return state

    def add_partition(
        self, transactional_id: str, epoch: int, name: TopicPartition, partition: Partition
    ) -> Transaction:
        """Begin the transaction if none is open, and note a partition that it writes."""
        state = self._checked(transactional_id, epoch)
        current = self._begin(state)
        if name not in state.partitions:
            state.partitions[name] = partition
            partition.open_transactions[state.producer_id] = partition.log.end_offset
        return current

    def add_offsets(
        self,
        transactional_id: str,
        epoch: int,
        commits: Commits,
        offsets: Mapping[TopicPartition, int],
    ) -> None:
        """Offsets of a group that count when the transaction commits."""
        state = self._checked(transactional_id, epoch)
        self._begin(state)
        if commits not in state.groups:
            state.groups.append(commits)
        commits.pending.setdefault(state.producer_id, {}).update(offsets)

    def _begin(self, state: TransactionalId) -> Transaction:
        if state.current is None:
            state.current = Transaction()
            self._watch(state, state.current)
        return state.current

    def _watch(self, state: TransactionalId, watched: Transaction) -> None:
        due_ms = self._kernel.now_ms + state.timeout_ms
        scan_ms = -(-due_ms // SCAN_INTERVAL_MS) * SCAN_INTERVAL_MS

        def timed_out() -> None:
            if state.current is watched:
                state.epoch += 1
                self._end(state, commit=False)

        self._kernel.after(scan_ms - self._kernel.now_ms, timed_out)

    def end(self, transactional_id: str, epoch: int, *, commit: bool) -> None:
        """Commit or abort; INVALID_TXN_STATE when nothing is open at the broker."""
        state = self._checked(transactional_id, epoch)
        if state.current is None:
            raise KafkaError(ErrorCode.INVALID_TXN_STATE)
        self._end(state, commit=commit)

    def _end(self, state: TransactionalId, *, commit: bool) -> None:
        current = state.current
        if current is None:
            return
        current.state = "committed" if commit else "aborted"
        for partition in state.partitions.values():
            marker = Batch(
                (),
                origin=Origin(state.producer_id, state.epoch, 0),
                marker="commit" if commit else "abort",
            )
            partition.open_transactions.pop(state.producer_id, None)
            partition.append_marker(marker, now_ms=self._kernel.now_ms)
        for commits in state.groups:
            commits.end(state.producer_id, commit=commit)
        state.current, state.partitions, state.groups = None, {}, []
