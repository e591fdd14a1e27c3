"""The neutral steps on a job table; requests and replies are direct calls in the process.

Workers look every half second (virtual). Time is the session's own number; nothing sleeps. There
is one database: while its node is down, every call is refused.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.checks.selection import wants
from advisor.checks.session import Delivery, Group, Message, Plan, Session, Stored
from advisor.domain.outcome import Done, Outcome, Refused, Unmodelled
from advisor.subjects.no_broker.design import DESIGNS, SUPPORTED_OPTIONS, Gap
from advisor.subjects.no_broker.job_table import (
    ADVANCE,
    CLAIM,
    FINISH,
    RETRY,
    SET_ASIDE,
    JobTable,
    Row,
)

POLL_MS = 500
LEASE_MS = 30_000
DOWN = Refused("unavailable", "the database does not answer")
NOT_YOURS = Refused("lost-claim", "the row is no longer claimed by this worker")

ROW_PER_GROUP = "publisher writes a row for each service"
CURSOR = "cursor of each service"
REPLACING = "newest row of each key kept by the publisher"
SELECTOR = "selector in each service's query"


@dataclass(slots=True)
class _Reader:
    """One process: its service, the row it stands at, what it holds."""

    group: Group
    position: int = 0
    held: int = 0


def open_session(option: str, variant: str | None) -> Session:
    """A fresh job table; KeyError for a variant that there is not."""
    if option not in SUPPORTED_OPTIONS:
        raise KeyError(option)
    return NoBrokerSession(variant)


class NoBrokerSession:
    """One job table with one design."""

    def __init__(self, variant: str | None) -> None:
        self.design = DESIGNS[variant]
        self.table = JobTable(self.design)
        self.now_ms = 0
        self.plan = Plan(groups=())
        self.readers: dict[str, _Reader] = {}
        self.down = False
        self._parts: dict[str, None] = {}
        self._requests: deque[tuple[str, Message]] = deque()
        self._replies: defaultdict[str, deque[Message]] = defaultdict(deque)
        self._held_max = self._fetched = self._thrown_away = 0

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def native_calls(self) -> tuple[str, ...]:
        return tuple(self.table.calls)

    def set_up(self, plan: Plan) -> Outcome[None]:
        self.plan = plan
        one_lane = plan.ordering == "global"
        self.table.create(message_bytes_max=plan.message_bytes_max, one_lane=one_lane)
        return Done(None)

    def publish(self, message: Message) -> Outcome[None]:
        if self.down:
            return DOWN
        self._insert(message)
        return Done(None)

    def _insert(self, message: Message) -> None:
        if self.design.newest_row_per_key:
            self._parts[REPLACING] = None
        if not self.design.row_per_group:
            self.table.insert(message, None, self.now_ms)
            return
        self._parts[ROW_PER_GROUP] = None
        for group in self.plan.groups:
            self.table.insert(message, group.name, self.now_ms)

    def join(self, reader: str, group: str, *, start: Literal["new", "first"]) -> Outcome[None]:
        if self.down:
            return DOWN
        joined = next((one for one in self.plan.groups if one.name == group), Group(group))
        self.readers[reader] = _Reader(joined)
        if self.design.cursors:
            self._parts[CURSOR] = None
            self.readers[reader].position = self._cursor(group, start)
        return Done(None)

    def _cursor(self, group: str, start: Literal["new", "first"]) -> int:
        found = self.table.run("SELECT position FROM cursors WHERE service = ?", group).fetchone()
        if found is None and start == "new":
            found = self.table.run("SELECT coalesce(max(id), 0) FROM jobs").fetchone()
        position = 0 if found is None else int(found[0])
        self.table.run(ADVANCE, group, position)
        return position

    def receive(self, reader: str, *, within_ms: int) -> Outcome[Delivery | None]:
        if self.down:
            return DOWN
        deadline_ms = self.now_ms + within_ms
        while True:
            delivery = self._take(reader)
            if delivery is not None:
                return Done(delivery)
            change_ms = self.table.next_change_ms(self.now_ms)
            looks_ms = deadline_ms if change_ms is None else -(-change_ms // POLL_MS) * POLL_MS
            if looks_ms >= deadline_ms:
                self.now_ms = deadline_ms
                return Done(self._take(reader) if within_ms else None)
            self.now_ms = looks_ms

    def _take(self, reader: str) -> Delivery | None:
        member = self.readers[reader]
        if self._requests and self.plan.request_reply:
            requester, message = self._requests.popleft()
            return Delivery(message.label, reader, message.key, handle=(requester, None))
        row = self._wanted(member)
        if row is None:
            return None
        if self.design.cursors:
            member.position = row.id
        else:
            lease_ms = self.now_ms + LEASE_MS + self.plan.task_ms_max
            self.table.run(CLAIM, reader, lease_ms if self.design.lease else None, row.id)
        member.held += 1
        self._held_max = max(self._held_max, member.held)
        attempt = row.attempts + 1 if self.design.attempts else None
        return Delivery(row.label, reader, row.key, row.attempts > 0, attempt, handle=(None, row))

    def _wanted(self, member: _Reader) -> Row | None:
        """The first row that its service wants; what was fetched before it is thrown away."""
        rows: Iterator[Row]
        if self.design.cursors:
            rows = self.table.beyond(member.position)
        else:
            rows = self.table.takeable(member.group, self.now_ms)
        if self.design.selector_in_query and member.group.selector.by != "none":
            self._parts[SELECTOR] = None
        for row in rows:
            self._fetched += 1
            if wants(member.group.selector, row.message):
                return row
            self._thrown_away += 1
        return None

    def settle(self, delivery: Delivery) -> Outcome[None]:
        return self._end(delivery, FINISH)

    def reject(self, delivery: Delivery) -> Outcome[None]:
        outcome = self._end(delivery, RETRY)
        row = _row(delivery)
        if self.design.attempts and self.plan.attempts_max is not None and row is not None:
            self.table.run(SET_ASIDE, row.id, self.plan.attempts_max)
        return outcome

    def _end(self, delivery: Delivery, statement: str) -> Outcome[None]:
        if self.down:
            return DOWN
        row = _row(delivery)
        if row is None:
            return Done(None)
        member = self.readers[delivery.reader]
        member.held -= 1
        if self.design.cursors:
            if statement == FINISH:
                self.table.run(ADVANCE, member.group.name, row.id)
            else:
                member.position = min(member.position, row.id - 1)
            return Done(None)
        ended = self.table.run(statement, row.id, delivery.reader).rowcount
        return Done(None) if ended else NOT_YOURS

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        if self.down:
            return DOWN
        rows = self.table.run("SELECT label FROM jobs WHERE state = 'dead' ORDER BY id")
        return Done(tuple(label for (label,) in rows))

    def rewind(self, reader: str) -> Outcome[None]:
        """Where rows are deleted there is nothing to go back to, and nothing that says no."""
        self.readers[reader].position = 0
        return Done(None)

    def leave(self, reader: str) -> Outcome[None]:
        del self.readers[reader]
        return Done(None)

    def crash(self, reader: str) -> Outcome[None]:
        """What it claimed stays claimed: nobody tells the table."""
        del self.readers[reader]
        return Done(None)

    def wait(self, duration_ms: int) -> Outcome[None]:
        self.now_ms += duration_ms
        return Done(None)

    def request(self, requester: str, message: Message) -> Outcome[None]:
        self.table.calls.append("direct call")
        self._requests.append((requester, message))
        return Done(None)

    def reply(self, delivery: Delivery, message: Message) -> Outcome[None]:
        requester, _ = delivery.handle if isinstance(delivery.handle, tuple) else (None, None)
        if requester is None:
            return Refused("no-requester", "the message was no request")
        self.table.calls.append("return")
        self._replies[requester].append(message)
        return Done(None)

    def receive_reply(self, requester: str, *, within_ms: int) -> Outcome[Delivery | None]:
        replies = self._replies[requester]
        if replies:
            return Done(Delivery(replies.popleft().label, requester))
        self.now_ms += within_ms
        return Done(None)

    def process(
        self, delivery: Delivery, result: Message, *, dies_before_settling: bool
    ) -> Outcome[None]:
        """Result row and deletion of the input in one transaction, which a death rolls back."""
        if self.down:
            return DOWN
        takers = [one.name for one in self.plan.groups if wants(one.selector, result)]
        self.table.run("BEGIN")
        for taker in takers:
            self.table.insert(result, taker, self.now_ms)
        if dies_before_settling:
            self.table.run("ROLLBACK")
            return self.crash(delivery.reader)
        outcome = self.settle(delivery)
        self.table.run("COMMIT" if isinstance(outcome, Done) else "ROLLBACK")
        return outcome

    def publish_with_data(self, message: Message, *, commit: bool) -> Outcome[None]:
        """The job and the data are rows of one database: one transaction."""
        if self.down:
            return DOWN
        self.table.run("BEGIN")
        self.table.run("INSERT INTO business VALUES (?)", message.label)
        self._insert(message)
        self.table.run("COMMIT" if commit else "ROLLBACK")
        return Done(None)

    def stop_nodes(self, count: int, *, power_loss: bool) -> Outcome[None]:
        if power_loss:
            text = "nobody can cut the power of this machine to look what was synced"
            return Unmodelled(Gap.POWER_LOSS.value, text)
        self.down = self.down or count > 0
        return Done(None)

    def start_nodes(self) -> Outcome[None]:
        if self.down:
            self.table.restart()
            self.down = False
        return Done(None)

    def stored(self) -> Outcome[Stored]:
        if self.down:
            return DOWN
        (waiting,) = self.table.run("SELECT count(*) FROM jobs WHERE state = 'ready'").fetchone()
        return Done(
            Stored(
                copies=len(self.plan.groups) if self.design.row_per_group else 1,
                waiting=waiting,
                held_max=self._held_max,
                fetched=self._fetched,
                thrown_away=self._thrown_away,
            )
        )

    def close(self) -> None:
        self.table.close()


def _row(delivery: Delivery) -> Row | None:
    row = delivery.handle[1] if isinstance(delivery.handle, tuple) else None
    return row if isinstance(row, Row) else None
