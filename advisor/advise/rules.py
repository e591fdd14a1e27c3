"""The rule book examined: linted, held to its examples, compared with another one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

from advisor.advise.court import Court
from advisor.advise.library import Library, load_library
from advisor.advise.problem import pieces, system_problem
from advisor.advise.profiles import profiles
from advisor.decision import quick_outcome
from advisor.documents import did_you_mean, quoted, rules_folder
from advisor.domain.cell import Cell
from advisor.domain.predicate import Value
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.requirements import Kind, NeedType, Requirements, Standing
from advisor.requirements import derived_needs, product_of, vocabulary
from advisor.rulebook import Comparison, literals, run_examples
from advisor.rulebook.cases import Cases, Tie, ties
from advisor.rulebook.coverage import uncovered
from advisor.rulebook.lint import UNFINISHED, Finding, lint
from advisor.rulebook.scaffold import is_placeholder, new_rule
from advisor.subjects.open import performs

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def lint_rules(extra_rules: Path | None = None) -> tuple[Problem, ...]:
    """Every finding as a problem with its place; the rules that were read must be sound."""
    library = load_library(extra_rules)
    cases = Cases(_domains(library), _ties(_needs()))
    found = lint(library.book, cases, _judging(library, extra_rules))
    waiting = (
        Finding("unfinished", check.id, UNFINISHED, check.position)
        for check in library.checks.values()
        if any(map(is_placeholder, (check.title, check.property, check.why)))
    )
    return tuple(
        Problem(one.position, f"{one.rule}: {one.message}", one.kind) for one in (*found, *waiting)
    )


def check_examples(extra_rules: Path | None = None) -> tuple[Problem, ...]:
    """Examples that come out otherwise, and rules that no example shows in every way."""
    library = load_library(extra_rules)
    needs = _needs()
    problems = [
        Problem(criterion.position, message)
        for criterion in library.book.criteria
        for message in run_examples(criterion, needs, _derived)
    ]
    places = _places(library)
    for one in uncovered(library.book.criteria, needs, _domains(library), _derived, _ties):
        never = ", ".join(way.value for way in one.never)
        problems.append(Problem(places[one.rule], f"{one.rule}: no example shows it {never}"))
    return tuple(problems)


def new_files(identity: str, need: str, folder: Path) -> Mapping[Path, str]:
    """A criterion to fill in and its check, by the paths that they get in a folder of rules.

    The designs are those shipped and the folder's own. InputError where the id is no id or taken,
    or the need is not one of true or false.
    """
    book = load_library().book
    place = Position("advisor rules new")
    if not _ID.fullmatch(identity):
        message = f"{quoted(identity)} is no id"
        raise InputError(Problem(place, message, "lower-case words joined by hyphens"))
    if identity in {criterion.id for criterion in book.criteria}:
        raise InputError(Problem(place, f"there is a criterion {quoted(identity)} already"))
    known = [one.name for one in vocabulary().values() if one.kind is Kind.BOOLEAN]
    if need not in known:
        message = f"{quoted(need)} is no need that is true or false"
        raise InputError(Problem(place, message, did_you_mean(need, known)))
    own = (path.stem for path in (folder / "options").glob("*.yaml"))
    options = sorted({*own, *(option.id for option in book.options)})
    performed = [option for option in options if performs(option)]
    files = new_rule(identity, need=need, options=options, performed=performed)
    return {folder / name: text for name, text in files.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """A profile that another rule book decides otherwise: what it states, then both winners."""

    stated: Mapping[str, Value]
    before: str
    after: str


def compare_rules(
    old: Path | None, new: Path | None, *, seed: int, count: int
) -> Iterator[Difference | None]:
    """One entry for each drawn profile: how its winner changes, None where it does not.

    The profiles are cut by the thresholds of both rule books. Both sides run their own checks.
    Raises InputError at once where a folder is faulty.
    """
    before, after = Court(load_library(old)), Court(load_library(new))
    known: dict[str, frozenset[Comparison]] = dict(literals(before.library.book))
    for field, comparisons in literals(after.library.book).items():
        known[field] = known.get(field, frozenset()) | comparisons
    drawn = profiles(known, seed=seed, count=count)
    return (_difference(profile, before, after) for profile in drawn)


def _difference(profile: Requirements, before: Court, after: Court) -> Difference | None:
    winners = [_winner(profile, court) for court in (before, after)]
    return None if winners[0] == winners[1] else Difference(_stated(profile), *winners)


def _winner(profile: Requirements, court: Court) -> str:
    outcome = quick_outcome(system_problem(profile, court))
    workload = outcome.workloads[0]
    return f"{workload.verdict} ({workload.option or 'no design'})"


def _stated(profile: Requirements) -> dict[str, Value]:
    answers = {**profile.team, **profile.workloads[0].answers}
    return {
        name: answer.value
        for name, answer in answers.items()
        if answer.standing is Standing.STATED and answer.value is not None
    }


def _domains(library: Library) -> Mapping[str, tuple[Cell, ...]]:
    known = literals(library.book)
    return {name: pieces(need, known) for name, need in _needs().items()}


def _needs() -> Mapping[str, NeedType]:
    return {**vocabulary(), **derived_needs()}


def _derived(answers: Mapping[str, Value]) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for name in derived_needs():
        factors, divisor = product_of(name)
        numbers = [answers[factor] for factor in factors]
        found[name] = prod(float(one) for one in numbers if isinstance(one, int | float)) / divisor
    return found


def _ties(stated: Collection[str]) -> tuple[Tie, ...]:
    products = {name: product_of(name) for name in derived_needs()}
    return ties(vocabulary(), products, stated)


def _judging(library: Library, extra_rules: Path | None) -> Mapping[str, Position]:
    """The checks that can judge a claim (a bridge belongs to a system), each with its place."""
    scenarios = (check for check in library.checks.values() if check.kind == "scenario")
    folders = [folder for folder in (extra_rules, rules_folder()) if folder is not None]
    found = {check.id: check.position for check in scenarios}
    for check in library.capacity_checks:
        paths = (folder / "checks" / f"{check}.yaml" for folder in folders)
        place = next((path for path in paths if path.is_file()), Path(check))
        found[check] = Position(str(place), 1, 1)
    return found


def _places(library: Library) -> Mapping[str, Position]:
    places: dict[str, Position] = {}
    for criterion in library.book.criteria:
        places |= {f"{criterion.id}.{row.id}": row.position for row in criterion.needs}
        places |= {claim.id: claim.position for claim in criterion.claims}
        places |= {conflict.id: conflict.position for conflict in criterion.conflicts}
    return places
