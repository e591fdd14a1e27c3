"""A rule that fired is explained by comparisons that suffice, a silent one by what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from rulebook_support import answers, predicates

from advisor.domain.predicate import All, Atom, Not, Predicate, atoms, holds
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.recommendation import Because
from advisor.rulebook import because, missing

FIELDS = ("replay", "priority", "consumers", "protocols")


def _with_turned(predicate: Predicate, given: Mapping[str, Any], turned: set[Atom]) -> bool:
    """The condition's outcome if exactly the atoms in ``turned`` came out otherwise."""
    match predicate:
        case Atom():
            return holds(predicate, given) != (predicate in turned)
        case All(parts):
            return all(_with_turned(part, given, turned) for part in parts)
        case AnyOf(parts):
            return any(_with_turned(part, given, turned) for part in parts)
        case Not(part):
            return not _with_turned(part, given, turned)


def _fewest_to_turn(predicate: Predicate, given: Mapping[str, Any]) -> int | None:
    every = list(dict.fromkeys(atoms(predicate)))
    for size in range(len(every) + 1):
        for chosen in combinations(every, size):
            if _with_turned(predicate, given, set(chosen)):
                return size
    return None


def _fewest_to_prove(predicate: Predicate, given: Mapping[str, Any]) -> int | None:
    """The fewest atoms that, kept, make it hold whatever all the others do."""
    every = list(dict.fromkeys(atoms(predicate)))
    for size in range(len(every) + 1):
        for kept in combinations(every, size):
            free = [atom for atom in every if atom not in kept]
            worlds = (set(c) for n in range(len(free) + 1) for c in combinations(free, n))
            if all(_with_turned(predicate, given, world) for world in worlds):
                return size
    return None


def _each_atom_once(predicate: Predicate) -> bool:
    """Where an atom stands twice, signs may work against each other: no promise of the fewest."""
    found = list(atoms(predicate))
    return len(found) == len(set(found)) and len(found) <= 6 and _no_empty(predicate)


def _no_empty(predicate: Predicate) -> bool:
    match predicate:
        case Atom():
            return True
        case Not(part):
            return _no_empty(part)
        case All(parts) | AnyOf(parts):
            return bool(parts) and all(map(_no_empty, parts))


@given(predicates(*FIELDS).filter(_each_atom_once), answers())
@settings(max_examples=200, deadline=None)
def test_explanations_are_the_smallest(
    predicate: Predicate, given_answers: Mapping[str, Any]
) -> None:
    """As many comparisons as a search over all sets of them finds."""
    if holds(predicate, given_answers):
        found = because(predicate, given_answers)
        assert _fewest_to_prove(predicate, given_answers) == len(found)
    else:
        found = missing(predicate, given_answers)
        assert _fewest_to_turn(predicate, given_answers) == len(found)
    assert all(given_answers[part.need] == part.given for part in found)


@given(predicates(*FIELDS), answers())
@settings(deadline=None)
def test_only_the_fitting_question_has_an_answer(
    predicate: Predicate, given_answers: Mapping[str, Any]
) -> None:
    """Why it fired is asked of a rule that fired, what is lacking of one that did not."""
    wrong = missing if holds(predicate, given_answers) else because
    with pytest.raises(ValueError, match=r"holds|does not hold"):
        wrong(predicate, given_answers)


GIVEN: Mapping[str, Any] = {"replay": "recent", "consumers": 3, "priority": False}
RECENT = Atom("replay", "==", "recent")
MANY = Atom("consumers", ">", 5)
URGENT = Atom("priority", "==", True)
EITHER = Atom("replay", "in", ("recent", "everything"))


def test_words_of_an_explanation() -> None:
    """The need, what was given, and the test as it stands in the rule."""
    assert (Because("replay", "recent", "== recent"),) == because(RECENT, GIVEN)
    assert (Because("consumers", 3, "not > 5"),) == because(Not(MANY), GIVEN)
    assert (Because("priority", False, "== true"),) == missing(All((RECENT, URGENT)), GIVEN)
    assert (Because("replay", "recent", "in [recent, everything]"),) == because(EITHER, GIVEN)
    assert () == because(All(), GIVEN)


def test_one_part_of_any_is_enough() -> None:
    """The part that holds explains it; of several that fail the shorter way out is named."""
    assert (Because("replay", "recent", "== recent"),) == because(AnyOf((MANY, RECENT)), GIVEN)
    both = AnyOf((All((MANY, URGENT)), MANY))
    assert (Because("consumers", 3, "> 5"),) == missing(both, GIVEN)
