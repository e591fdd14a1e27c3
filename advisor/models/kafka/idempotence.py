"""Sequence numbers: a batch that a producer sends again is stored once.

Keeps: for each producer of a partition its epoch and its last five batches; a resend of one of
them answers the first offset, a gap is OUT_OF_ORDER_SEQUENCE_NUMBER (45), an older epoch is
INVALID_PRODUCER_EPOCH (47), a new epoch begins at sequence 0. Leaves out: forgetting an idle
producer (24 h), wrap-around of sequences.
"""

from __future__ import annotations

from collections import deque

from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.record import Batch

_BATCHES_KEPT = 5


class ProducerStates:
    """What one partition remembers of its producers."""

    __slots__ = ("_states",)

    def __init__(self) -> None:
        self._states: dict[int, tuple[int, deque[tuple[int, int, int]]]] = {}

    def duplicate_of(self, batch: Batch) -> int | None:
        """The offset at which this very batch is stored already, None if it is new."""
        origin = batch.origin
        if origin is None:
            return None
        state = self._states.get(origin.producer_id)
        if state is None or origin.epoch > state[0]:
            if origin.first != 0 and state is not None:
                raise KafkaError(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
            return None
        epoch, recent = state
        if origin.epoch < epoch:
            raise KafkaError(ErrorCode.INVALID_PRODUCER_EPOCH)
        last = origin.first + len(batch.records) - 1
        for first, final, offset in recent:
            if (first, final) == (origin.first, last):
                return offset
        if recent and origin.first != recent[-1][1] + 1:
            raise KafkaError(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
        return None

    def remember(self, batch: Batch) -> None:
        """Note an appended batch (or a new epoch, by a marker of it)."""
        origin = batch.origin
        if origin is None:
            return
        state = self._states.get(origin.producer_id)
        if state is None or state[0] != origin.epoch:
            state = self._states[origin.producer_id] = (origin.epoch, deque(maxlen=_BATCHES_KEPT))
        if batch.marker is None:
            state[1].append(
                (origin.first, origin.first + len(batch.records) - 1, batch.base_offset)
            )
