"""What is wrong with rules that can all be read: exhaustive over the cells that they read.

Each rule is tried in every case of its fields, each pair of claims on one option in every case of
the fields of both, the rows of a criterion all together; where there are too many cases the
finding says ``not-proven`` instead of staying silent. Rows of different criteria may well hold
together, since each asks for another matter; criteria that are alike in all are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations

from advisor.domain.predicate import ALWAYS, All, Any, Atom, Predicate, fields, holds
from advisor.domain.problem import Position
from advisor.domain.rules import Claim, Conflict, Criterion, Level, NeedRow, Option, RuleBook
from advisor.domain.version import BrokerVersion
from advisor.rulebook.cases import Answers, Cases, TooManyError
from advisor.rulebook.scaffold import is_placeholder

NOT_PROVEN = "too many combinations of answers to look at each"
UNFINISHED = "a text in angle brackets waits to be filled in"
OPPOSITES = {Fraction(1), Fraction(-1)}

Rule = NeedRow | Claim | Conflict


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``kind`` is a short name of it, ``rule`` the full id it is about."""

    kind: str
    rule: str
    message: str
    position: Position


def lint(book: RuleBook, cases: Cases, checks: Mapping[str, Position]) -> Iterator[Finding]:
    """Every finding: of the options, of each criterion, of criteria that are alike, of checks.

    ``checks`` are those that can judge a claim, each with its place.
    """
    there = {option.id: _there(option, cases) for option in book.options}
    criteria = {criterion.id: criterion for criterion in book.criteria}
    for option in book.options:
        if not _some(cases, there[option.id]):
            message = "no answer and no version has this option"
            yield Finding("dead-rule", option.id, message, option.position)
    for criterion in book.criteria:
        yield from _Linting(criterion, criteria, there, cases).findings()
    for one, other in combinations(book.criteria, 2):
        if _claimed(one) == _claimed(other):
            yield from _twins(one, other, cases)
    claims = [claim.checks for criterion in book.criteria for claim in criterion.claims]
    conflicts = [one.checks for criterion in book.criteria for one in criterion.conflicts]
    named = {check for checked in (*claims, *conflicts) for check in checked}
    for check in sorted(checks.keys() - named):
        message = "no claim and no conflict names this check"
        yield Finding("check-without-claim", check, message, checks[check])


class _Linting:
    """One criterion; ``there`` is the condition under which a team has an option."""

    def __init__(
        self,
        criterion: Criterion,
        criteria: Mapping[str, Criterion],
        there: Mapping[str, Predicate],
        cases: Cases,
    ) -> None:
        self.criterion = criterion
        self.criteria = criteria
        self.there = there
        self.cases = cases
        self.needed = _needed(criterion)

    def findings(self) -> Iterator[Finding]:
        criterion = self.criterion
        texts = (criterion.title, criterion.question, criterion.why)
        if any(map(is_placeholder, (*texts, *(source.where for source in criterion.sources)))):
            yield Finding("unfinished", criterion.id, UNFINISHED, criterion.position)
        for row in criterion.needs:
            yield from self._proven(row, partial(self._condition, row, ALWAYS))
        for claim in criterion.claims:
            yield from self._one(claim)
        for conflict in criterion.conflicts:
            yield from self._one(conflict)
            yield from self._proven(conflict, partial(self._conflict, conflict))
        yield from self._rows()
        for one, other in combinations(criterion.claims, 2):
            if one.option == other.option:
                yield from self._proven(other, partial(self._pair, one, other))
        for option in self.there:
            yield from self._gap(option)

    def _of(self, kind: str, rule: Rule, message: str) -> Finding:
        return Finding(kind, self._name(rule), message, rule.position)

    def _name(self, rule: Rule) -> str:
        return f"{self.criterion.id}.{rule.id}" if isinstance(rule, NeedRow) else rule.id

    def _proven(self, rule: Rule, found: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        try:
            yield from found()
        except TooManyError:
            yield self._of("not-proven", rule, NOT_PROVEN)

    def _one(self, rule: Claim | Conflict) -> Iterator[Finding]:
        if not rule.checks and not rule.not_run_because:
            yield self._of("claim-without-check", rule, "names no check and no reason")
        if any(map(is_placeholder, (rule.says, rule.source.where, rule.not_run_because))):
            yield self._of("unfinished", rule, UNFINISHED)
        yield from self._proven(rule, partial(self._condition, rule, self.there[rule.option]))

    def _condition(self, rule: Rule, there: Predicate) -> Iterator[Finding]:
        """A condition that never holds where its option is there, or always does."""
        if rule.when == ALWAYS:
            return
        seen = {holds(rule.when, case) for case in _where(self.cases, there, reads=rule.when)}
        if seen == {False}:
            yield self._of("dead-rule", rule, "its condition never holds")
        elif seen == {True}:
            yield self._of("idle-condition", rule, "its condition always holds")

    def _conflict(self, rule: Conflict) -> Iterator[Finding]:
        """A conflict that holds, but nowhere all of its criteria are needed, never counts."""
        possible = (rule.when, self.there[rule.option])
        needed = [_needed(self.criteria[name]) for name in sorted(rule.criteria)]
        if _some(self.cases, *possible) and not _some(self.cases, *possible, *needed):
            message = "where it holds, its criteria are not needed together"
            yield self._of("dead-rule", rule, message)

    def _rows(self) -> Iterator[Finding]:
        """Rows that never decide: wherever one holds, those that are kept give at least its level.

        Later rows go first, so that of two that are alike the first is kept.
        """
        kept = list(self.criterion.needs)
        for row in reversed(self.criterion.needs):
            others = [other for other in kept if other is not row and other.level >= row.level]
            found = tuple(self._proven(row, partial(self._covered, row, others)))
            yield from found
            if any(one.kind != "not-proven" for one in found):
                kept.remove(row)

    def _covered(self, row: NeedRow, others: list[NeedRow]) -> Iterator[Finding]:
        every = Any(tuple(other.when for other in others))
        if not _some(self.cases, row.when) or not self._within(row.when, every):
            return
        for other in others:
            if self._within(row.when, other.when):
                if other.level == row.level and self._within(other.when, row.when):
                    yield self._of("duplicate", row, f"says the same as {self._name(other)}")
                    return
                others = [other]
                break
        names = ", ".join(self._name(other) for other in others)
        message = f"only holds where a level as high is given by {names}"
        yield self._of("subsumed-rule", row, message)

    def _pair(self, one: Claim, other: Claim) -> Iterator[Finding]:
        """Claims of one option: one that adds nothing, or opposites that nothing decides."""
        if one.strength == other.strength and _alike(one, other):
            yield from self._added(one, other)
        elif {one.strength, other.strength} == OPPOSITES and not (one.checks and other.checks):
            there = self.there[one.option]
            together = _where(self.cases, one.when, other.when, there)
            if any(not _several(case) for case in together):
                message = f"contradicts {one.id}, and no check can decide between them"
                yield self._of("contradicting-pair", other, message)

    def _added(self, one: Claim, other: Claim) -> Iterator[Finding]:
        there = self.there[one.option]
        if not all(_some(self.cases, claim.when, there) for claim in (one, other)):
            return
        later, earlier = (self._within(a.when, b.when, there) for a, b in _ways(one, other))
        if later and earlier:
            yield self._of("duplicate", other, f"says the same as {one.id}")
            return
        for (inner, outer), within in zip(_ways(one, other), (later, earlier), strict=True):
            if within and not _better_founded(inner, outer):
                message = f"only holds where {outer.id} says the same"
                yield self._of("subsumed-rule", inner, message)

    def _within(self, inner: Predicate, outer: Predicate, there: Predicate = ALWAYS) -> bool:
        found = _where(self.cases, inner, there, reads=outer)
        return all(holds(outer, case) for case in found)

    def _gap(self, option: str) -> Iterator[Finding]:
        """A case in which the criterion is needed and the option is there without a claim."""
        place = (f"{self.criterion.id}:{option}", self.criterion.position)
        claims = [claim.when for claim in self.criterion.claims if claim.option == option]
        claimed = Any(tuple(claims))
        try:
            found = _where(self.cases, self.needed, self.there[option], reads=claimed)
            gap = next((case for case in found if not holds(claimed, case)), None)
        except TooManyError:
            yield Finding("not-proven", place[0], NOT_PROVEN, place[1])
            return
        if gap is not None:
            said = ", ".join(f"{name} {_plain(value)}" for name, value in gap.items())
            yield Finding("gap", place[0], f"nothing is claimed of it for {said}", place[1])


def _where(cases: Cases, *conditions: Predicate, reads: Predicate = ALWAYS) -> Iterator[Answers]:
    """The cases in which all the conditions hold; they have the fields that ``reads`` reads too."""
    every = All(conditions)
    for case in cases.of(fields(every) | fields(reads)):
        if holds(every, case):
            yield case


def _some(cases: Cases, *conditions: Predicate) -> bool:
    return next(_where(cases, *conditions), None) is not None


def _there(option: Option, cases: Cases) -> Predicate:
    """The condition under which a team has the option: its own, and the versions that have it."""
    field = f"{option.family}_version"
    if field not in cases.domains:
        return option.present
    bounds = ((">=", option.since), ("<", option.until))
    versions = (Atom(field, how, BrokerVersion.parse(one)) for how, one in bounds if one)
    return All((option.present, *versions))


def _needed(criterion: Criterion) -> Predicate:
    return Any(tuple(row.when for row in criterion.needs if row.level is not Level.NO))


def _alike(one: Claim, other: Claim) -> bool:
    """Whether the same is said: what checks say is in them; what none can run, in its source."""
    if (set(one.checks), one.variant) != (set(other.checks), other.variant):
        return False
    return bool(one.checks) or one.source == other.source


def _ways(one: Claim, other: Claim) -> tuple[tuple[Claim, Claim], tuple[Claim, Claim]]:
    return (other, one), (one, other)


def _better_founded(claim: Claim, other: Claim) -> bool:
    """Documentation counts for more than the article as long as no check was run."""
    return claim.source.kind != "article" and other.source.kind == "article"


def _claimed(criterion: Criterion) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (claim.option, claim.when, claim.strength, claim.variant, claim.checks, claim.source)
        for claim in criterion.claims
    )


def _twins(one: Criterion, other: Criterion, cases: Cases) -> Iterator[Finding]:
    """Two criteria of the same claims and levels: one matter would count twice."""
    reads = All(tuple(row.when for row in (*one.needs, *other.needs)))
    try:
        if all(_level(one, case) is _level(other, case) for case in _where(cases, reads=reads)):
            message = f"asks and claims the same as {one.id}"
            yield Finding("duplicate", other.id, message, other.position)
    except TooManyError:
        yield Finding("not-proven", other.id, NOT_PROVEN, other.position)


def _level(criterion: Criterion, case: Answers) -> Level:
    fired = (row.level for row in criterion.needs if holds(row.when, case))
    return max(fired, default=Level.NO)


def _several(case: Answers) -> bool:
    """Whether a list has several members: claims then speak of one each, and do not meet."""
    return any(isinstance(value, tuple) and len(value) > 1 for value in case.values())


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
