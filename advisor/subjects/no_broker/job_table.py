"""The table and its statements, on the standard library's SQLite, one connection in memory.

Keeps: real transactions, constraints and queries. A restart copies what is committed to a file,
drops the connection and opens the file. Leaves out: syncing to disk and other processes, so a
power cut is not run. Times are the caller's, in milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor.checks.selection import wants
from advisor.checks.session import Group, Message, Selector
from advisor.subjects.no_broker.design import Design

TABLES = """
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT,
    label TEXT NOT NULL,
    identity TEXT NOT NULL{unique_identity},
    message_key TEXT{unique_key},
    routing_key TEXT NOT NULL,
    headers TEXT NOT NULL,
    fields TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    state TEXT NOT NULL DEFAULT 'ready',
    worker TEXT,
    leased_until INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TRIGGER with_body AFTER DELETE ON jobs WHEN old.size_bytes > {body_bytes_max}
BEGIN DELETE FROM bodies WHERE id = old.id; END;
CREATE INDEX by_urgency ON jobs (priority DESC, id);
CREATE TABLE cursors (service TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE business (label TEXT NOT NULL);
"""
INSERT = """
INSERT {or_else} INTO jobs
    (service, label, identity, message_key, routing_key, headers, fields, size_bytes, priority,
     due_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
BODY = "INSERT INTO bodies VALUES (?, zeroblob(?))"
BODY_BYTES_MAX = 100_000
"""A larger body has a row of its own, so that a change of state does not write it again."""
CLAIM = "UPDATE jobs SET state = 'taken', worker = ?, leased_until = ? WHERE id = ?"
FINISH = "DELETE FROM jobs WHERE id = ? AND worker = ? AND state = 'taken'"
RETRY = """
UPDATE jobs SET state = 'ready', worker = NULL, attempts = attempts + 1
WHERE id = ? AND worker = ? AND state = 'taken'
"""
SET_ASIDE = "UPDATE jobs SET state = 'dead' WHERE id = ? AND attempts >= ?"
ADVANCE = """
INSERT INTO cursors VALUES (?1, ?2)
ON CONFLICT (service) DO UPDATE SET position = max(position, ?2)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What a reader gets of a job."""

    id: int
    label: str
    key: str | None
    attempts: int
    message: Message


class JobTable:
    """One database; ``calls`` is the trace of statements.

    With ``one_lane`` a key lock is on all rows together: whatever the key, one at a time.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.calls: list[str] = []
        self.one_lane = False
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._teach()

    def create(self, *, message_bytes_max: int, one_lane: bool) -> None:
        """Make the tables; large messages want large pages."""
        self.one_lane = one_lane
        self.database.execute("PRAGMA secure_delete = OFF")
        if message_bytes_max > BODY_BYTES_MAX:
            self.database.execute("PRAGMA page_size = 65536")
        self.database.executescript(
            TABLES.format(
                body_bytes_max=BODY_BYTES_MAX,
                unique_identity=" UNIQUE" if self.design.deduplicate else "",
                unique_key=" UNIQUE" if self.design.newest_row_per_key else "",
            )
        )

    def _teach(self) -> None:
        """AMQP patterns are a function of the team's own: SQL has none of that meaning."""

        def selects(pattern: str, routing_key: str) -> bool:
            return wants(
                Selector("pattern", patterns=(pattern,)), Message("", routing_key=routing_key)
            )

        self.database.create_function("matches", 2, selects, deterministic=True)

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement and note it."""
        self.calls.append(statement)
        return self.database.execute(statement, values)

    def insert(self, message: Message, service: str | None, now_ms: int) -> None:
        """Write a job; a tombstone deletes the row of its key where rows are one per key."""
        design = self.design
        if message.body_absent and design.newest_row_per_key:
            self.run("DELETE FROM jobs WHERE message_key = ?", message.key)
            return
        or_else = "OR IGNORE" if design.deduplicate else "OR ABORT"
        if design.newest_row_per_key:
            or_else = "OR REPLACE"
        expires_ms = message.expires_after_ms
        inserted = self.run(
            INSERT.format(or_else=or_else),
            service,
            message.label,
            message.duplicate_of or message.label,
            message.key,
            message.routing_key,
            json.dumps(dict(message.headers)) if message.headers else "{}",
            json.dumps(dict(message.fields)) if message.fields else "{}",
            message.size_bytes,
            message.priority or 0,
            now_ms + (message.delay_ms or 0),
            None if expires_ms is None else now_ms + expires_ms,
        )
        if message.size_bytes > BODY_BYTES_MAX and inserted.rowcount:
            self.run(BODY, inserted.lastrowid, message.size_bytes)

    def takeable(self, group: Group, now_ms: int) -> Iterator[Row]:
        """Jobs that a worker of the group may take now, best first, fetched one by one."""
        design = self.design
        conditions = ["(service IS NULL OR service = ?)"]
        values: list[object] = [group.name]
        if design.lease:
            conditions.append("(state = 'ready' OR (state = 'taken' AND leased_until <= ?))")
            values.append(now_ms)
        else:
            conditions.append("state = 'ready'")
        if design.due:
            conditions.append("due_at <= ?")
            values.append(now_ms)
        if design.expiry:
            conditions.append("(expires_at IS NULL OR expires_at > ?)")
            values.append(now_ms)
        if design.key_lock:
            one_lane = "" if self.one_lane else " AND other.message_key = jobs.message_key"
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.id < jobs.id{one_lane})"
            )
        if design.selector_in_query:
            condition, wanted = _selecting(group.selector)
            conditions.append(condition)
            values.extend(wanted)
        order = "priority DESC, id" if design.priority else "id"
        return self._rows(" AND ".join(conditions), values, order)

    def beyond(self, position: int) -> Iterator[Row]:
        """Rows behind a cursor, oldest first."""
        return self._rows("id > ?", [position], "id")

    def _rows(self, condition: str, values: list[object], order: str) -> Iterator[Row]:
        cursor = self.run(
            "SELECT id, label, message_key, attempts, routing_key, headers, fields FROM jobs"
            f" WHERE {condition} ORDER BY {order}",
            *values,
        )
        for number, label, key, attempts, routing_key, headers, fields in cursor:
            message = Message(
                label,
                key=key,
                routing_key=routing_key,
                headers=json.loads(headers) if headers != "{}" else {},
                fields=json.loads(fields) if fields != "{}" else {},
            )
            yield Row(number, label, key, attempts, message)

    def next_change_ms(self, now_ms: int) -> int | None:
        """When a row next becomes due or a lease ends; None if never."""
        due = "SELECT due_at AS moment FROM jobs WHERE state = 'ready'"
        lease = "SELECT leased_until AS moment FROM jobs WHERE state = 'taken'"
        (moment,) = self.database.execute(
            f"SELECT min(moment) FROM ({due} UNION ALL {lease}) WHERE moment > ?", (now_ms,)
        ).fetchone()
        result: int | None = moment
        return result

    def restart(self) -> None:
        """Drop the connection, and open again what was committed, from a file."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="job-table-")
        path = Path(self._folder.name) / "jobs.sqlite"
        path.unlink(missing_ok=True)
        file = sqlite3.connect(path, isolation_level=None)
        file.execute("PRAGMA synchronous = OFF")
        self.database.backup(file)
        self.database.close()
        file.close()
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA synchronous = OFF")
        self._teach()

    def close(self) -> None:
        """Remove the database; may be called twice."""
        self.database.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _selecting(selector: Selector) -> tuple[str, list[object]]:
    """The selector as a condition with its values."""
    match selector.by:
        case "none":
            return "1", []
        case "key":
            return f"routing_key IN ({', '.join('?' * len(selector.keys))})", list(selector.keys)
        case "pattern":
            each = ["matches(?, routing_key)"] * len(selector.patterns)
            return f"({' OR '.join(each)})", list(selector.patterns)
        case "headers" | "content":
            column = "headers" if selector.by == "headers" else "fields"
            each = [f"json_extract({column}, '$.' || ?) = ?"] * len(selector.equal)
            return " AND ".join(each), [one for pair in selector.equal.items() for one in pair]
