"""The job table and its variants: which columns and habits a design has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

OPTION = "none.no-broker"
SUPPORTED_OPTIONS = frozenset({OPTION})
VARIANTS: Mapping[str, Mapping[str, str]] = {
    OPTION: {
        "lease-column": "a claim ends after a while, so that another worker takes over",
        "due-column": "rows are taken only after their due time",
        "priority-column": "the most urgent row is taken first",
        "expiry-column": "rows past their expiry are not taken",
        "attempts-column": "failed attempts are counted, and a row at the limit is set aside",
        "key-lock-column": "of the rows of one key only one is taken at a time, with a lease",
        "row-per-group": "the publisher writes one row for each service",
        "kept-rows": "rows are kept, and each service keeps a cursor",
        "newest-row-per-key": "a row replaces the one of its key, and each service keeps a cursor",
        "deduplication-key": "a unique constraint on the message's identity",
        "selector-in-query": "a row for each service, taken by a query with its selector",
    }
}


class Gap(Enum):
    """What this session does not run."""

    POWER_LOSS = "power-loss"


@dataclass(frozen=True, slots=True)
class Design:
    """One job table. Without any of these: rows are claimed oldest first and deleted when done."""

    lease: bool = False
    due: bool = False
    priority: bool = False
    expiry: bool = False
    attempts: bool = False
    key_lock: bool = False
    row_per_group: bool = False
    kept_rows: bool = False
    newest_row_per_key: bool = False
    deduplicate: bool = False
    selector_in_query: bool = False

    @property
    def cursors(self) -> bool:
        """Whether readers keep a cursor instead of claiming."""
        return self.kept_rows or self.newest_row_per_key


DESIGNS: Mapping[str | None, Design] = {
    None: Design(),
    "lease-column": Design(lease=True),
    "due-column": Design(due=True),
    "priority-column": Design(priority=True),
    "expiry-column": Design(expiry=True),
    "attempts-column": Design(attempts=True),
    "key-lock-column": Design(lease=True, key_lock=True),
    "row-per-group": Design(row_per_group=True),
    "kept-rows": Design(kept_rows=True),
    "newest-row-per-key": Design(newest_row_per_key=True),
    "deduplication-key": Design(deduplicate=True),
    "selector-in-query": Design(row_per_group=True, selector_in_query=True),
}
