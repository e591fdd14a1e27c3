"""Numbers and lists read from an observation: the only words that ``held_when`` may use.

A measure with a dot takes a name: ``lost_by.<group>``, ``tries.<label>``, ``got.<capture>``. A
message and its publisher's retry count as one wherever messages are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from advisor.checks.check import Check
from advisor.checks.observation import Event, Observation
from advisor.checks.selection import wants
from advisor.domain.predicate import fields

Measure = int | bool | tuple[str, ...]
Measured = Mapping[str, Measure]

ENDINGS = ("settled", "not_settled", "rejected")


def measured(check: Check, observation: Observation) -> Measured:
    """Every measure that the check's ``held_when`` reads."""
    return {name: measure(name, observation) for name in sorted(fields(check.held_when))}


def measure(name: str, observation: Observation) -> Measure:
    """One measure; KeyError for a name that is none."""
    family, dot, subject = name.partition(".")
    return NAMED[family](observation, subject) if dot else PLAIN[family](observation)


def needs_stored(check: Check) -> bool:
    """Whether the check asks for structural numbers."""
    return bool(fields(check.held_when) & STORED)


def needs_set_aside(check: Check) -> bool:
    """Whether set-aside messages matter to it: they are not lost."""
    return check.plan.attempts_max is not None or "set_aside" in fields(check.held_when)


def of_kind(observation: Observation, *kinds: str) -> Iterable[Event]:
    """Events of these kinds, in order."""
    return (event for event in observation.events if event.kind in kinds)


def confirmed(observation: Observation) -> int:
    """Messages whose sending was confirmed."""
    published = of_kind(observation, "published")
    return len({observation.identity(event.label) for event in published})


def unconfirmed(observation: Observation) -> int:
    """Sendings that were refused or had no answer."""
    return sum(1 for _ in of_kind(observation, "unconfirmed"))


def lost(observation: Observation) -> int:
    """Over all joined groups: confirmed and wanted, but neither settled there nor set aside."""
    return sum(lost_by(observation, group) for group in observation.groups)


def lost_by(observation: Observation, group: str) -> int:
    """Confirmed and wanted by the group, but neither settled there nor set aside."""
    selector = observation.groups[group].selector
    wanted = {
        observation.identity(event.label)
        for event in of_kind(observation, "published")
        if wants(selector, observation.messages[event.label])
    }
    accounted = {observation.identity(label) for label in observation.set_aside or ()}
    accounted |= {
        observation.identity(event.label)
        for event in of_kind(observation, "settled")
        if event.group == group
    }
    return len(wanted - accounted)


def _repeats(observation: Observation, *kinds: str, group: str | None = None) -> int:
    counts = Counter(
        (event.group, observation.identity(event.label))
        for event in of_kind(observation, *kinds)
        if group is None or event.group == group
    )
    return sum(counts.values()) - len(counts)


def duplicated(observation: Observation) -> int:
    """Deliveries of a message to a group beyond its first."""
    return _repeats(observation, "delivered")


def duplicated_by(observation: Observation, group: str) -> int:
    """Deliveries of a message to this group beyond its first."""
    return _repeats(observation, "delivered", group=group)


def done_again(observation: Observation) -> int:
    """Times that living readers of a group finished a message which one had finished before."""
    return _repeats(observation, "settled", "not_settled")


def unwanted(observation: Observation) -> int:
    """Deliveries that the group does not select."""
    return sum(
        not wants(observation.groups[event.group].selector, observation.messages[event.label])
        for event in of_kind(observation, "delivered")
        if event.label in observation.messages
    )


def unsettled(observation: Observation) -> int:
    """Finished work that the technology no longer let its reader settle."""
    return sum(1 for _ in of_kind(observation, "not_settled"))


def _overtaken(observation: Observation, key: Callable[[str], object]) -> int:
    """Messages first finished in their group after a later published one of the same key."""
    published = [event.label for event in of_kind(observation, "published")]
    place: dict[str, int] = {}
    for number, label in enumerate(published):
        place.setdefault(observation.identity(label), number)
    newest: dict[tuple[str, object], int] = {}
    seen: set[tuple[str, str]] = set()
    count = 0
    for event in of_kind(observation, "settled"):
        label = observation.identity(event.label)
        if (event.group, label) in seen or label not in place:
            continue
        seen.add((event.group, label))
        lane = (event.group, key(label))
        count += place[label] < newest.get(lane, -1)
        newest[lane] = max(newest.get(lane, -1), place[label])
    return count


def reordered(observation: Observation) -> int:
    """Messages finished after a later published one with the same key."""
    return _overtaken(observation, lambda label: observation.messages[label].key)


def reordered_overall(observation: Observation) -> int:
    """Messages finished after a later published one, whatever their keys."""
    return _overtaken(observation, lambda _: None)


def readers_at_once(observation: Observation) -> int:
    """Most readers that held work at the same moment."""
    holding: Counter[str] = Counter()
    most = 0
    for event in observation.events:
        if event.kind == "delivered":
            holding[event.reader] += 1
        elif event.kind in ENDINGS:
            holding[event.reader] -= 1
        elif event.kind in ("crashed", "left"):
            del holding[event.reader]
        most = max(most, sum(held > 0 for held in holding.values()))
    return most


def _delays(observation: Observation) -> list[int]:
    """For each delayed message: first delivery minus the moment it was due, in ms."""
    sent: dict[str, int] = {}
    found: dict[str, int] = {}
    for event in observation.events:
        if event.kind == "published":
            delay_ms = observation.messages[event.label].delay_ms
            if delay_ms is not None:
                sent[event.label] = event.at_ms + delay_ms
        elif event.kind == "delivered" and event.label in sent:
            found.setdefault(event.label, event.at_ms - sent[event.label])
    return list(found.values())


def early_ms(observation: Observation) -> int:
    """How much too early the earliest delayed message came; 0 if none was early."""
    return max(0, -min(_delays(observation), default=0))


def late_ms(observation: Observation) -> int:
    """How long after its due time the latest delayed message came."""
    return max(0, max(_delays(observation), default=0))


def longest_wait_ms(observation: Observation) -> int:
    """Longest time from sending to first delivery."""
    sent: dict[str, int] = {}
    waits: dict[str, int] = {}
    for event in observation.events:
        if event.kind == "published":
            sent.setdefault(event.label, event.at_ms)
        elif event.kind == "delivered" and event.label in sent:
            waits.setdefault(event.label, event.at_ms - sent[event.label])
    return max(waits.values(), default=0)


def finish_ms(observation: Observation) -> int:
    """When the last message was settled."""
    return max((event.at_ms for event in of_kind(observation, "settled")), default=0)


def set_aside(observation: Observation) -> tuple[str, ...]:
    """Labels set aside, in order."""
    return observation.set_aside or ()


def tries(observation: Observation, label: str) -> int:
    """How often a label was delivered."""
    return sum(event.label == label for event in of_kind(observation, "delivered"))


def done_by(observation: Observation, reader: str) -> int:
    """How many messages a reader settled."""
    return sum(event.reader == reader for event in of_kind(observation, "settled"))


def done_after(observation: Observation, label: str) -> int:
    """How many messages were first settled after this label was; all, if it never was."""
    order = list(dict.fromkeys(event.label for event in of_kind(observation, "settled")))
    return len(order) - order.index(label) - 1 if label in order else len(order)


def got(observation: Observation, capture: str) -> tuple[str, ...]:
    """Labels in a capture, in order."""
    return observation.captures.get(capture, ())


def count(observation: Observation, capture: str) -> int:
    """How many messages a capture has."""
    return len(got(observation, capture))


def _stored(field: str) -> Callable[[Observation], int]:
    def read(observation: Observation) -> int:
        value: int = getattr(observation.stored, field)
        return value

    read.__doc__ = f"The session's structural number ``{field}``."
    return read


STORED = frozenset({"copies", "waiting", "held_max", "fetched", "thrown_away"})
PLAIN: Mapping[str, Callable[[Observation], Measure]] = {
    "confirmed": confirmed,
    "unconfirmed": unconfirmed,
    "lost": lost,
    "duplicated": duplicated,
    "done_again": done_again,
    "unwanted": unwanted,
    "unsettled": unsettled,
    "reordered": reordered,
    "reordered_overall": reordered_overall,
    "readers_at_once": readers_at_once,
    "early_ms": early_ms,
    "late_ms": late_ms,
    "longest_wait_ms": longest_wait_ms,
    "finish_ms": finish_ms,
    "set_aside": set_aside,
    **{field: _stored(field) for field in sorted(STORED)},
}
NAMED: Mapping[str, Callable[[Observation, str], Measure]] = {
    "lost_by": lost_by,
    "duplicated_by": duplicated_by,
    "tries": tries,
    "done_by": done_by,
    "done_after": done_after,
    "got": got,
    "count": count,
}
LISTS = frozenset({"set_aside", "got"})
"""Measures that are lists of labels; all others are whole numbers."""
