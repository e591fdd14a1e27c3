"""Measures are counted from events that are written down by hand here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.checks.measures import LISTS, NAMED, PLAIN, measure
from advisor.checks.observation import Event, EventKind, Observation
from advisor.checks.selection import matches, wants
from advisor.checks.session import Group, Message, Selector, Stored


def events(*words: str) -> tuple[Event, ...]:
    """``"5 delivered a ann"`` is an event of group g; kinds with a dash for a blank label."""
    made = []
    for line in words:
        at_ms, kind, label, *reader = line.split()
        group = "g" if reader else ""
        name = "" if label == "-" else label
        made.append(Event(int(at_ms), kind_of(kind), name, "".join(reader), group))
    return tuple(made)


def kind_of(word: str) -> EventKind:
    known: dict[str, EventKind] = {
        "published": "published",
        "unconfirmed": "unconfirmed",
        "delivered": "delivered",
        "settled": "settled",
        "not_settled": "not_settled",
        "rejected": "rejected",
        "crashed": "crashed",
    }
    return known[word]


SEEN = Observation(
    events=events(
        "0 published a",
        "1 published b",
        "2 published c",
        "3 published a-again",
        "4 unconfirmed d",
        "10 delivered a ann",
        "11 delivered b bob",
        "12 settled b bob",
        "13 crashed - ann",
        "14 delivered a bob",
        "20 settled a bob",
        "21 delivered a-again bob",
        "22 not_settled a-again bob",
        "23 delivered z bob",
        "24 rejected z bob",
    ),
    captures={"first": ("a", "b")},
    messages={
        "a": Message("a", key="k", delay_ms=12),
        "b": Message("b", key="k", delay_ms=3),
        "c": Message("c", key="k"),
        "a-again": Message("a-again", key="k", duplicate_of="a"),
        "d": Message("d"),
        "z": Message("z", routing_key="other"),
    },
    groups={"g": Group("g", Selector("key", keys=("",)))},
    set_aside=(),
    stored=Stored(copies=2, waiting=1, held_max=3, fetched=4, thrown_away=5),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("confirmed", 3),
        ("unconfirmed", 1),
        ("lost", 1),
        ("lost_by.g", 1),
        ("duplicated", 2),
        ("duplicated_by.g", 2),
        ("done_again", 1),
        ("unwanted", 1),
        ("unsettled", 1),
        ("reordered", 1),
        ("reordered_overall", 1),
        ("readers_at_once", 2),
        ("early_ms", 2),
        ("late_ms", 7),
        ("longest_wait_ms", 18),
        ("finish_ms", 20),
        ("set_aside", ()),
        ("tries.a", 2),
        ("done_by.bob", 2),
        ("done_after.b", 1),
        ("done_after.c", 2),
        ("got.first", ("a", "b")),
        ("count.first", 2),
        ("got.nothing", ()),
        ("copies", 2),
        ("waiting", 1),
        ("held_max", 3),
        ("fetched", 4),
        ("thrown_away", 5),
    ],
)
def test_counts(name: str, expected: int | tuple[str, ...]) -> None:
    """Each measure gives what a person counts in the same events."""
    assert expected == measure(name, SEEN)


def test_every_measure_is_counted_here() -> None:
    """A new measure needs its own count."""
    (cases,) = (mark.args[1] for mark in test_counts.pytestmark)  # type: ignore[attr-defined]

    assert {*PLAIN, *NAMED} == {name.partition(".")[0] for name, _ in cases}
    assert LISTS == {name.partition(".")[0] for name, value in cases if isinstance(value, tuple)}


def test_nothing_delivered_is_neither_early_nor_late() -> None:
    """Measures of times are 0 where there is nothing to time."""
    names = ("early_ms", "late_ms", "longest_wait_ms", "finish_ms")

    assert (0, 0, 0, 0) == tuple(measure(name, Observation()) for name in names)


def test_what_is_set_aside_is_not_lost() -> None:
    """A message that somebody can look at is accounted for."""
    seen = Observation(
        events=events("0 published a"),
        messages={"a": Message("a")},
        groups={"g": Group("g")},
        set_aside=("a",),
    )

    assert 0 == measure("lost", seen)


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.c", False),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("#", "", True),
        ("*", "", False),
        ("", "", True),
        ("#.c", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.#.c", "a.b.c", True),
        ("a.b", "a.b.c", False),
        ("#.b.#", "a.b.c", True),
        ("#.x.#", "a.b.c", False),
    ],
)
def test_patterns_have_the_meaning_of_amqp(pattern: str, key: str, expected: bool) -> None:
    """The number sign stands for no word as well."""
    assert expected == matches(pattern, key)


def brute(pattern: list[str], words: list[str]) -> bool:
    """The definition, by recursion."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(brute(pattern[1:], words[at:]) for at in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and brute(pattern[1:], words[1:])


@given(
    st.lists(st.sampled_from(["a", "b", "*", "#"]), max_size=6),
    st.lists(st.sampled_from(["a", "b"]), max_size=6),
)
def test_patterns_match_their_definition(pattern: list[str], words: list[str]) -> None:
    """Against the plain recursive definition."""
    assert brute(pattern, words) == matches(".".join(pattern), ".".join(words))


def test_selectors_want_all_of_their_pairs() -> None:
    """Headers and content are equal in every given name."""
    message = Message("m", headers={"a": "1", "b": "2"}, fields={"c": "3"})

    assert wants(Selector("headers", equal={"a": "1", "b": "2"}), message)
    assert not wants(Selector("headers", equal={"a": "1", "b": "3"}), message)
    assert wants(Selector("content", equal={"c": "3"}), message)
    assert not wants(Selector("content", equal={"a": "1"}), message)
