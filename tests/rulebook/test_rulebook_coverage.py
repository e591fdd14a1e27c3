"""A rule is covered where its examples show it fired, silent and unknown: worked out by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from rulebook_support import derive, needs, shipped

from advisor.domain.cell import Cell
from advisor.domain.predicate import ALWAYS, All, Atom, Not, Predicate, Value
from advisor.domain.rules import Criterion, Example, Level, NeedRow, RuleBook, Side
from advisor.domain.version import BrokerVersion
from advisor.requirements import derived_needs, product_of, vocabulary
from advisor.rulebook import cells, literals
from advisor.rulebook.cases import Domains, Tie, ties
from advisor.rulebook.coverage import Seen, Uncovered, evaluate, uncovered

LONG = Atom("task_seconds", ">", 300)
LONGEST = Atom("task_seconds_max", ">", 300)
HEAVY = Atom("megabytes_per_second", ">", 5)
OFF = All((LONG, Atom("task_seconds_max", "<=", 300)))
"""Only where the longest task is shorter than the usual one: never."""


def ties_of(stated: Collection[str]) -> tuple[Tie, ...]:
    return ties(vocabulary(), {name: product_of(name) for name in derived_needs()}, stated)


def matter(*rules: Predicate, examples: Collection[Mapping[str, Value]] = ()) -> Criterion:
    rows = tuple(NeedRow(f"row{n}", when, Level.MUST) for n, when in enumerate(rules))
    cases = tuple(Example(answers, Level.NO) for answers in examples)
    return Criterion("c", "", "", "", Side.WHOLE, (), rows, (), examples=cases)


def domains(*criteria: Criterion) -> Domains:
    known = literals(RuleBook((), criteria, shipped().conventions, ""))
    versions = tuple(BrokerVersion(4, minor) for minor in range(5))
    return {
        name: cells(need, known.get(name, frozenset()), versions=versions)
        for name, need in needs().items()
    }


def never(*rules: Predicate, examples: Collection[Mapping[str, Value]]) -> dict[str, set[Seen]]:
    """What is left out of each rule."""
    criterion = matter(*rules, examples=examples)
    found = uncovered([criterion], needs(), domains(criterion), derive, ties_of)
    return {one.rule: set(one.never) for one in found}


def seen(when: Predicate, given: Mapping[str, Value], unknown: str | None) -> Seen:
    """The rule beside the defaults with this answer open."""
    answers: dict[str, Any] = {name: need.default for name, need in needs().items()} | dict(given)
    for name, need in needs().items():
        if need.default_from is not None and name not in given:
            answers[name] = answers[need.default_from]
    every = {**answers, **derive(answers)}
    return evaluate(when, every, unknown, domains(matter(when)), ties_of(given))


def test_one_example_on_each_side_covers_a_rule() -> None:
    """Either of them is unknown where its answer is."""
    rule = Atom("work_queue", "==", True)
    assert {} == never(rule, examples=[{"work_queue": True}, {}])
    assert {"c.row0": {Seen.SILENT}} == never(rule, examples=[{"work_queue": True}])
    assert {"c.row0": {Seen.FIRED}} == never(rule, examples=[{"work_queue": False}])
    assert {"c.row0": {Seen.FIRED, Seen.UNKNOWN}} == never(rule, examples=[{}])


def test_without_an_example_nothing_is_seen() -> None:
    """Each way is named, in order."""
    criterion = matter(LONG)
    (one,) = uncovered([criterion], needs(), domains(criterion), derive, ties_of)
    assert Uncovered("c.row0", (Seen.FIRED, Seen.SILENT, Seen.UNKNOWN)) == one


def test_a_rule_that_always_holds_is_only_seen_fired() -> None:
    """It cannot be silent."""
    assert {} == never(ALWAYS, examples=[{}])
    assert {"c.row0": {Seen.FIRED}} == never(ALWAYS, examples=[])


def test_each_rule_is_covered_by_itself() -> None:
    """The examples of one are not those of the other."""
    rules = (Atom("priority", "==", True), Atom("replay", "==", "recent"))
    examples = [{"priority": True}, {}]
    assert {"c.row1": {Seen.FIRED, Seen.UNKNOWN}} == never(*rules, examples=examples)


@pytest.mark.parametrize(
    ("given", "unknown", "expected"),
    [
        ({"task_seconds": 301}, None, Seen.FIRED),
        ({"task_seconds": 300}, None, Seen.SILENT),
        ({"task_seconds": 301}, "task_seconds", Seen.UNKNOWN),
        ({"task_seconds": 301}, "replay", Seen.FIRED),
        # at least as long as it usually takes: above 300 whatever it is
        ({"task_seconds": 301, "task_seconds_max": 400}, "task_seconds_max", Seen.FIRED),
        # at most as long as it takes at most: not above 300 whatever it is
        ({"task_seconds": 5, "task_seconds_max": 300}, "task_seconds", Seen.SILENT),
        ({"task_seconds": 5, "task_seconds_max": 301}, "task_seconds", Seen.UNKNOWN),
    ],
)
def test_a_usual_value_is_open_below_the_longest(
    given: Mapping[str, Value], unknown: str | None, expected: Seen
) -> None:
    """One bounds the other where both are given."""
    assert expected is seen(LONG, given, unknown)


@pytest.mark.parametrize(
    ("when", "given", "expected"),
    [
        (LONGEST, {"task_seconds": 20}, Seen.UNKNOWN),  # it goes where the usual one goes
        (LONGEST, {"task_seconds": 20, "task_seconds_max": 20}, Seen.SILENT),  # it was given
        (OFF, {"task_seconds": 20}, Seen.SILENT),  # equal, so never apart
        (Not(OFF), {"task_seconds": 20}, Seen.FIRED),
    ],
)
def test_what_follows_an_open_answer_is_open_with_it(
    when: Predicate, given: Mapping[str, Value], expected: Seen
) -> None:
    """Unless it has an answer of its own."""
    assert expected is seen(when, given, "task_seconds")


@pytest.mark.parametrize(
    ("given", "unknown", "expected"),
    [
        ({"messages_per_second": 5000, "message_bytes": 1000}, None, Seen.SILENT),
        ({"messages_per_second": 5001, "message_bytes": 1000}, None, Seen.FIRED),
        ({"messages_per_second": 5001, "message_bytes": 1000}, "message_bytes", Seen.UNKNOWN),
        # a thousandth of a message a second: even with the largest messages not above 5 MB/s
        ({"messages_per_second": 0.001, "message_bytes": 1000}, "message_bytes", Seen.SILENT),
        # a gigabyte each and a hundred a second: with a byte each it would be little
        ({"messages_per_second": 100, "message_bytes": 10**9}, "messages_per_second", Seen.UNKNOWN),
    ],
)
def test_a_product_is_open_as_far_as_its_factors_are(
    given: Mapping[str, Value], unknown: str | None, expected: Seen
) -> None:
    """Megabytes a second are messages a second times their bytes."""
    assert expected is seen(HEAVY, given, unknown)


def test_versions_are_open_over_those_that_exist() -> None:
    """One of 4.0 to 4.4 here."""
    old = Atom("kafka_version", "<", BrokerVersion(4, 2))
    given: Mapping[str, Value] = {"kafka_version": BrokerVersion(4, 4)}
    assert Seen.SILENT is seen(old, given, None)
    assert Seen.UNKNOWN is seen(old, given, "kafka_version")


def test_an_answer_that_no_cell_has_is_still_one() -> None:
    """A framework that the rules do not name: silent, and unknown once it is open."""
    rule = Atom("frameworks", "in", ("celery",))
    assert Seen.SILENT is seen(rule, {"frameworks": ("cobol",)}, None)
    assert Seen.UNKNOWN is seen(rule, {"frameworks": ("cobol",)}, "frameworks")


def number(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> Cell:
    return Cell(low, "", low, high, low_open, high_open)


@pytest.mark.parametrize(
    ("leader", "follower", "not_below", "same"),
    [
        (number(1, 5), number(5, 9), True, True),
        (number(1, 5, high_open=True), number(5, 9), True, False),
        (number(5, 9), number(1, 5), True, True),
        (number(5, 9, low_open=True), number(1, 5), False, False),
        (number(5, 9), number(1, 5, high_open=True), False, False),
        (number(6, 9), number(1, 5), False, False),
        (number(1, 2), number(3, 4), True, False),
        (number(1, 9), number(3, 4), True, True),
    ],
)
def test_ends_that_are_open_do_not_touch(
    leader: Cell, follower: Cell, not_below: bool, same: bool
) -> None:
    """Whether some number of one lies at or below, or in, the other."""
    found = {"usual": leader, "longest": follower}
    tie = Tie("longest", ("usual",))
    assert (not_below, same) == (tie.allows(found), replace(tie, same=True).allows(found))


@pytest.mark.parametrize(
    ("own", "allowed"),
    [
        (number(0, 2), True),
        (number(0, 2, high_open=True), False),
        (number(12, 20), False),  # four times three, but never quite four
        (number(11, 20), True),
        (number(21, 30), False),
    ],
)
def test_a_product_lies_between_the_products_of_the_ends(own: Cell, allowed: bool) -> None:
    """From two to below four, times two to six, divided by two: from two to below twelve."""
    cells_of = {"rate": number(2, 4, high_open=True), "size": number(2, 6), "volume": own}
    assert allowed == Tie("volume", ("rate", "size"), 2.0).allows(cells_of)
