"""What is wrong with rules that can all be read: exhaustive over the cells that they read.

Each rule is tried in every combination of the cells of its fields, each pair of one criterion in
every combination of the fields of both; where a combination would be too large the finding says
``not proven`` instead of staying silent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from advisor.domain.cell import Cell
from advisor.domain.predicate import ALWAYS, Predicate, fields, holds
from advisor.domain.problem import Position
from advisor.domain.rules import Claim, Criterion, Level, NeedRow, Option, RuleBook
from advisor.domain.version import BrokerVersion

COMBINATIONS_MAX = 400_000

Domains = Mapping[str, tuple[Cell, ...]]
"""For each field its cells, as ``thresholds.cells`` cuts them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``kind`` is a short name of it, ``rule`` the full id it is about."""

    kind: str
    rule: str
    message: str
    position: Position


def lint(book: RuleBook, domains: Domains, checks: Collection[str]) -> Iterator[Finding]:
    """Every finding, criterion by criterion; then those of ``checks`` that no rule names."""
    for criterion in book.criteria:
        yield from _Linting(criterion, book.options, domains).findings()
    named = {
        check
        for criterion in book.criteria
        for checked in (
            *(claim.checks for claim in criterion.claims),
            *(conflict.checks for conflict in criterion.conflicts),
        )
        for check in checked
    }
    for check in sorted(set(checks) - named):
        message = "no claim and no conflict names this check"
        yield Finding("check-without-claim", check, message, Position(f"checks/{check}.yaml"))


class _Linting:
    """One criterion."""

    def __init__(self, criterion: Criterion, options: Sequence[Option], domains: Domains) -> None:
        self.criterion = criterion
        self.options = options
        self.domains = domains

    def findings(self) -> Iterator[Finding]:
        yield from self._dead()
        yield from self._rows()
        yield from self._pairs()
        yield from self._unfounded()
        yield from self._gaps()

    def _of(self, kind: str, rule: NeedRow | Claim, message: str) -> Finding:
        name = f"{self.criterion.id}.{rule.id}" if isinstance(rule, NeedRow) else rule.id
        return Finding(kind, name, message, rule.position)

    def answers(self, read: Collection[str]) -> Iterator[Mapping[str, object]] | None:
        """Every combination of the cells of these fields; None where there are too many."""
        names = sorted(read)
        count = 1
        for name in names:
            count *= len(self.domains[name])
        if count > COMBINATIONS_MAX:
            return None
        samples = [[cell.sample for cell in self.domains[name]] for name in names]
        return (dict(zip(names, values, strict=True)) for values in product(*samples))

    def _dead(self) -> Iterator[Finding]:
        """Rules that never hold, and conditions that always do."""
        rules: tuple[NeedRow | Claim, ...] = (*self.criterion.needs, *self.criterion.claims)
        for rule in rules:
            if rule.when == ALWAYS:
                continue
            every = self.answers(fields(rule.when))
            if every is None:
                yield self._of("not-proven", rule, "too many combinations to look at each")
                continue
            seen = {holds(rule.when, one) for one in every}
            if seen == {False}:
                yield self._of("dead-rule", rule, "its condition never holds")
            elif seen == {True}:
                yield self._of("idle-condition", rule, "its condition always holds")

    def _rows(self) -> Iterator[Finding]:
        """A row whose cases are all covered by another that gives at least its level."""
        for row, other in combinations(self.criterion.needs, 2):
            for low, high in ((row, other), (other, row)):
                if low.level <= high.level and self._within(low.when, high.when):
                    same = self._within(high.when, low.when) and low.level == high.level
                    if same and low is not row:
                        continue
                    kind, what = (
                        ("duplicate", "says the same as")
                        if same
                        else ("subsumed-rule", "only holds where a level as high is given by")
                    )
                    yield self._of(kind, low, f"{what} {self.criterion.id}.{high.id}")

    def _pairs(self) -> Iterator[Finding]:
        """Claims of one option: twice the same, or opposites that no check can decide between."""
        for one, other in combinations(self.criterion.claims, 2):
            if one.option != other.option:
                continue
            if one.strength == other.strength and self._alike(one, other):
                yield self._of("duplicate", one, f"says the same as {other.id}")
            elif {one.strength, other.strength} == {Fraction(1), Fraction(-1)}:
                undecided = not one.checks or not other.checks
                if undecided and self._meet(one.when, other.when):
                    message = f"contradicts {other.id}, and no check can decide between them"
                    yield self._of("contradicting-pair", one, message)

    def _alike(self, one: Claim, other: Claim) -> bool:
        """The same cases, the same checks, the same source: nothing is added."""
        return (
            (set(one.checks), one.variant, one.source)
            == (set(other.checks), other.variant, other.source)
            and self._within(one.when, other.when)
            and self._within(other.when, one.when)
        )

    def _within(self, inner: Predicate, outer: Predicate) -> bool:
        every = self.answers(fields(inner) | fields(outer))
        return every is not None and all(holds(outer, one) for one in every if holds(inner, one))

    def _meet(self, one: Predicate, other: Predicate) -> bool:
        """Whether both can hold for the same matter: each member of a list is one by itself."""
        every = self.answers(fields(one) | fields(other))
        return every is None or any(
            holds(one, each) and holds(other, each) for each in every if not _several(each)
        )

    def _unfounded(self) -> Iterator[Finding]:
        for claim in self.criterion.claims:
            if not claim.checks and not claim.not_run_because:
                yield self._of("claim-without-check", claim, "names no check and no reason")

    def _gaps(self) -> Iterator[Finding]:
        """Answers for which the criterion is needed and an option that is there has no claim."""
        rows = [row for row in self.criterion.needs if row.level is not Level.NO]
        for option in self.options:
            claims = [claim for claim in self.criterion.claims if claim.option == option.id]
            read = set(fields(option.present))
            for when in (*(row.when for row in rows), *(claim.when for claim in claims)):
                read |= fields(when)
            read |= {field for field in (f"{option.family}_version",) if field in self.domains}
            every = self.answers(read)
            if every is None:
                yield self._gap("not-proven", option, "too many combinations to look at each")
                continue
            for one in every:
                if not self._there(option, one) or any(holds(c.when, one) for c in claims):
                    continue
                fired = [row for row in rows if holds(row.when, one)]
                if fired:
                    said = ", ".join(f"{name} {value}" for name, value in sorted(one.items()))
                    yield self._gap("gap", option, f"nothing is claimed of it for {said}")
                    break

    def _gap(self, kind: str, option: Option, message: str) -> Finding:
        return Finding(kind, f"{self.criterion.id}:{option.id}", message, self.criterion.position)

    def _there(self, option: Option, answers: Mapping[str, object]) -> bool:
        version = answers.get(f"{option.family}_version")
        if isinstance(version, BrokerVersion):
            if option.since is not None and version < BrokerVersion.parse(option.since):
                return False
            if option.until is not None and version >= BrokerVersion.parse(option.until):
                return False
        return holds(option.present, answers)


def _several(answers: Mapping[str, object]) -> bool:
    return any(isinstance(value, tuple) and len(value) > 1 for value in answers.values())
