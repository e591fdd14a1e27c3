"""Small sessions of no technology: one that does everything right, and the same with one fault.

They are there to be caught: a check is trusted after the honest one passes and a liar does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal

from advisor.checks.selection import wants
from advisor.checks.session import Delivery, Group, Message, Plan, Stored
from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled


@dataclass
class Sent:
    """A message in the log, with its number and time."""

    number: int
    message: Message
    at_ms: int


@dataclass
class Service:
    """What a group has done so far; ``held`` maps a number to (reader, since)."""

    group: Group
    done: set[int] = field(default_factory=set)
    held: dict[int, tuple[str, int]] = field(default_factory=dict)
    tries: Counter[int] = field(default_factory=Counter)


class Miniature:
    """One log that all groups read, everything in memory; ``fault`` is what it does wrong."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.now = 0
        self.plan = Plan(groups=())
        self.log: list[Sent] = []
        self.services: dict[str, Service] = {}
        self.group_of: dict[str, str] = {}
        self.aside: list[str] = []
        self.requests: dict[str, str] = {}
        self.replies: defaultdict[str, deque[str]] = defaultdict(deque)
        self.running = 1
        self.held_max = 0
        self.closed = 0
        self.used: tuple[str, ...] = ("deduplication",) if fault == "own-code" else ()

    @property
    def now_ms(self) -> int:
        return self.now

    @property
    def parts(self) -> tuple[str, ...]:
        return self.used

    @property
    def native_calls(self) -> tuple[str, ...]:
        return ("set up",)

    def set_up(self, plan: Plan) -> Outcome[None]:
        self.plan = plan
        self.running = plan.nodes
        self.services = {group.name: Service(group) for group in plan.groups}
        return Done(None)

    def publish(self, message: Message) -> Outcome[None]:
        if self.fault == "refuses-large" and message.size_bytes > 1_000_000:
            return Refused("406", "too large")
        if self.fault == "stops-without-a-node" and self.running < self.plan.nodes:
            return Unknown("no confirmation")
        if self.fault == "not-modelled":
            return Unmodelled("everything", "a miniature")
        known = {sent.message.label for sent in self.log}
        if message.duplicate_of in known and self.fault != "stores-retries":
            return Done(None)
        if self.fault == "loses-one" and len(self.log) == 1 and "lost" not in known:
            self.log.append(Sent(1, Message("lost", expires_after_ms=0), self.now))
            return Done(None)
        self.log.append(Sent(len(self.log), message, self.now))
        return Done(None)

    def join(self, reader: str, group: str, *, start: Literal["new", "first"]) -> Outcome[None]:
        late = group not in self.services
        service = self.services.setdefault(group, Service(Group(group)))
        if late and (start == "new" or self.fault == "forgets-what-was-read"):
            service.done = {sent.number for sent in self.log}
        self.group_of[reader] = group
        return Done(None)

    def service(self, reader: str) -> Service:
        """The group's state; each reader has its own where nothing is shared."""
        service = self.services[self.group_of[reader]]
        if self.fault != "shares-nothing":
            return service
        return self.services.setdefault(f"{reader} alone", Service(service.group))

    def receive(self, reader: str, *, within_ms: int) -> Outcome[Delivery | None]:
        if self.fault == "never-answers":
            return Unknown("no answer")
        deadline = self.now + within_ms
        while True:
            sent = self._next(reader)
            if sent is not None:
                return Done(self._hand(reader, sent))
            due = [at for at in map(self._due, self.log) if self.now < at <= deadline]
            self.now = min(due, default=deadline)
            if not due:
                return Done(None)

    def _due(self, sent: Sent) -> int:
        return sent.at_ms + (0 if self.fault == "ignores-delays" else sent.message.delay_ms or 0)

    def _hand(self, reader: str, sent: Sent) -> Delivery:
        service = self.service(reader)
        service.tries[sent.number] += 1
        service.held[sent.number] = (reader, self.now)
        mine = sum(holder == reader for holder, _ in service.held.values())
        self.held_max = max(self.held_max, mine)
        message = sent.message
        return Delivery(message.label, reader, message.key, handle=sent.number)

    def _next(self, reader: str) -> Sent | None:
        service = self.service(reader)
        if self.fault == "times-out":
            for number, (_, since) in tuple(service.held.items()):
                if self.now - since >= 10_000:
                    del service.held[number]
        ready = [sent for sent in self.log if self._ready(sent, service, reader)]
        if self.fault == "newest-first":
            ready.reverse()
        if self.fault != "ignores-priorities":
            ready.sort(key=lambda sent: -(sent.message.priority or 0))
        return ready[0] if ready else None

    def _ready(self, sent: Sent, service: Service, reader: str) -> bool:
        message = sent.message
        if sent.number in service.done or sent.number in service.held:
            return False
        if self._due(sent) > self.now or not self._alive(sent):
            return False
        if not wants(service.group.selector, message) and self.fault != "ignores-selectors":
            return False
        if self.fault == "binds-to-readers" and self._owner(message, reader) != reader:
            return False
        return not any(self._before(other, sent, service) for other in self.log[: sent.number])

    def _owner(self, message: Message, reader: str) -> str:
        """As with partitions: the key decides, and a reader beyond the planned ones has none."""
        group = self.group_of[reader]
        members = [one for one, joined in self.group_of.items() if joined == group]
        planned = members[: self.plan.parallelism]
        owner = planned[sum(map(ord, message.key or "")) % len(planned)]
        return f"{owner}, busy" if self._busy(owner) and owner == reader else owner

    def _busy(self, reader: str) -> bool:
        held = self.service(reader).held.values()
        return any(holder == reader for holder, _ in held)

    def _alive(self, sent: Sent) -> bool:
        life_ms = sent.message.expires_after_ms
        if life_ms is not None and self.now - sent.at_ms >= life_ms:
            return self.fault == "ignores-expiry" and sent.message.label != "lost"
        if not self.plan.newest_per_key or self.fault == "keeps-old-values":
            return True
        later = self.log[sent.number + 1 :]
        replaced = any(other.message.key == sent.message.key for other in later)
        return not replaced and not sent.message.body_absent

    def _before(self, other: Sent, sent: Sent, service: Service) -> bool:
        """Whether ``other`` has to be finished first."""
        if self.plan.ordering == "none" or self.fault == "locks-nothing":
            return False
        if other.number in service.done or self.fault == "newest-first":
            return False
        return self.plan.ordering == "global" or other.message.key == sent.message.key

    def _number(self, delivery: Delivery) -> int:
        assert isinstance(delivery.handle, int)
        return delivery.handle

    def settle(self, delivery: Delivery) -> Outcome[None]:
        service = self.service(delivery.reader)
        number = self._number(delivery)
        if self.fault == "times-out" and service.held.get(number, ("", 0))[0] != delivery.reader:
            return Refused("lost-claim")
        service.held.pop(number, None)
        if self.fault == "doubles-one" and number == 1 and service.tries[number] == 1:
            return Done(None)
        service.done.add(number)
        return Done(None)

    def reject(self, delivery: Delivery) -> Outcome[None]:
        service = self.service(delivery.reader)
        number = self._number(delivery)
        service.held.pop(number, None)
        if self.fault == "drops-rejected":
            service.done.add(number)
        elif service.tries[number] >= self._limit():
            service.done.add(number)
            self.aside.append(delivery.label)
        return Done(None)

    def _limit(self) -> float:
        if self.plan.attempts_max is None or self.fault == "tries-for-ever":
            return float("inf")
        return self.plan.attempts_max + (1 if self.fault == "counts-wrongly" else 0)

    def set_aside(self) -> Outcome[tuple[str, ...]]:
        return Done(tuple(self.aside))

    def rewind(self, reader: str) -> Outcome[None]:
        if self.fault != "forgets-what-was-read":
            self.service(reader).done.clear()
        return Done(None)

    def leave(self, reader: str) -> Outcome[None]:
        return self.crash(reader)

    def crash(self, reader: str) -> Outcome[None]:
        service = self.service(reader)
        for number, (holder, _) in tuple(service.held.items()):
            if holder == reader:
                del service.held[number]
                if self.fault == "loses-what-a-dead-reader-held":
                    service.done.add(number)
        del self.group_of[reader]
        return Done(None)

    def wait(self, duration_ms: int) -> Outcome[None]:
        self.now += 0 if self.fault == "time-stands-still" else duration_ms
        return Done(None)

    def request(self, requester: str, message: Message) -> Outcome[None]:
        self.requests[message.label] = requester
        return self.publish(message)

    def reply(self, delivery: Delivery, message: Message) -> Outcome[None]:
        owner = self.requests[delivery.label]
        everyone = sorted(set(self.requests.values()))
        for requester in everyone if self.fault == "replies-to-all" else [owner]:
            self.replies[requester].append(message.label)
        return Done(None)

    def receive_reply(self, requester: str, *, within_ms: int) -> Outcome[Delivery | None]:
        waiting = self.replies[requester]
        self.now += 0 if waiting else within_ms
        return Done(Delivery(waiting.popleft(), requester) if waiting else None)

    def process(
        self, delivery: Delivery, result: Message, *, dies_before_settling: bool
    ) -> Outcome[None]:
        if dies_before_settling and self.fault != "stores-retries":
            return self.crash(delivery.reader)
        self.publish(result)
        return self.crash(delivery.reader) if dies_before_settling else self.settle(delivery)

    def publish_with_data(self, message: Message, *, commit: bool) -> Outcome[None]:
        return self.publish(message) if commit or self.fault == "ignores-roll-back" else Done(None)

    def stop_nodes(self, count: int, *, power_loss: bool) -> Outcome[None]:
        self.running -= count
        lost = {"loses-in-power-cut": power_loss, "loses-with-a-node": True}
        if lost.get(self.fault, False):
            self.log.clear()
        return Done(None)

    def start_nodes(self) -> Outcome[None]:
        self.running = self.plan.nodes
        return Done(None)

    def stored(self) -> Outcome[Stored]:
        return Done(
            Stored(
                copies=len(self.services) if self.fault == "copies-for-each" else 1,
                waiting=0,
                held_max=1000 if self.fault == "overruns" else self.held_max,
                fetched=len(self.log),
                thrown_away=1 if self.fault in ("sends-in-vain", "replies-to-all") else 0,
            )
        )

    def close(self) -> None:
        self.closed += 1
