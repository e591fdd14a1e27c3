"""What this model does not cover. Whoever asks for it gets the member, never a guess."""

from __future__ import annotations

from enum import Enum


class Gap(Enum):
    """One thing left out each; the value is a sentence for the reader of a report."""

    CONSUMER_PROTOCOL = "the server-driven consumer protocol (KIP-848, group.protocol=consumer)"
    STICKY_ASSIGNORS = "the sticky and cooperative-sticky assignors"
    TRANSACTION_V2 = "clients of transaction protocol 2 (KIP-890)"
    COMPRESSION = "compressed batches"
    TIERED_STORAGE = "tiered storage (remote.storage.enable)"
    QUOTAS = "client quotas"
    RESET_BY_DURATION = "auto.offset.reset=by_duration (KIP-1106)"
    SHARE_RECORD_LIMIT = "share.acquire.mode=record_limit"
    TRANSACTION_POWER_LOSS = "transactions that are open when a node loses power"
    REASSIGNMENT = "moving replicas to other nodes"
    GROWING_UNDER_TRANSACTION = "adding partitions while a transaction is open on the topic"
    AUTO_COMMIT = "enable.auto.commit=true (offsets are committed by explicit calls only)"


class GapError(Exception):
    """Raised where a member of :class:`Gap` is asked for; clients turn it into an outcome."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.value)
        self.gap = gap
