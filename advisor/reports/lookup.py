"""Names of the rule book looked up for people: titles of options, words of claims, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from advisor.domain.predicate import fields
from advisor.domain.rules import Claim, Conflict, Criterion, Option, RuleBook, Source
from advisor.reports.blocks import joined

PAIR = " + "


@dataclass(frozen=True, slots=True)
class Lookup:
    """A rule book indexed by the full ids (``criterion.name``) that a recommendation uses."""

    book: RuleBook
    options: dict[str, Option]
    criteria: dict[str, Criterion]
    claims: dict[str, Claim]
    conflicts: dict[str, Conflict]

    def title(self, option: str) -> str:
        """The title of an option; of a pair ``a + b`` both."""
        return joined(
            self.options[one].title if one in self.options else one for one in option.split(PAIR)
        )

    def families(self, option: str) -> frozenset[str]:
        """The families of an option, or of the two of a pair."""
        return frozenset(
            self.options[one].family for one in option.split(PAIR) if one in self.options
        )

    def matter(self, criterion: str) -> str:
        """The title of a criterion."""
        return self.criteria[criterion].title if criterion in self.criteria else criterion

    def says(self, rule: str) -> str:
        """What a claim or conflict says; its id where the rule book has no such rule."""
        found = self.claims.get(rule) or self.conflicts.get(rule)
        return found.says if found is not None else rule

    def unsaid_rank(self, need: str) -> tuple[int, str]:
        """Sorts needs by how commonly teams leave them unsaid, unranked ones last."""
        ranks = [
            criterion.unsaid_rank
            for criterion in self.book.criteria
            if criterion.unsaid_rank is not None and _reads(criterion, need)
        ]
        return (min(ranks, default=len(self.book.criteria) + 1), need)


def look_up(book: RuleBook) -> Lookup:
    """The index of a rule book."""
    return Lookup(
        book,
        options={option.id: option for option in book.options},
        criteria={criterion.id: criterion for criterion in book.criteria},
        claims={
            full_id(criterion, claim.id): claim
            for criterion in book.criteria
            for claim in criterion.claims
        },
        conflicts={
            full_id(criterion, conflict.id): conflict
            for criterion in book.criteria
            for conflict in criterion.conflicts
        },
    )


def full_id(criterion: Criterion, name: str) -> str:
    """``criterion.name``, also where the name is written in full already."""
    prefix = f"{criterion.id}."
    return name if name.startswith(prefix) else prefix + name


def source_text(source: Source) -> str:
    """Where a statement comes from, in words."""
    return f"{source.kind}: {source.where}"


def sources_text(sources: Iterable[Source]) -> str:
    """All sources in one line."""
    return "; ".join(source_text(source) for source in sources)


def signed(number: Fraction) -> str:
    """A score or value with sign and two decimals: ``+0.43``; zero has no sign."""
    text = f"{float(number):+.2f}"
    return "0" if text in {"+0.00", "-0.00"} else text


def strength_text(strength: Fraction) -> str:
    """What a strength means, with its number."""
    words = {
        Fraction(1): "native",
        Fraction(1, 2): "with configuration or a plugin",
        Fraction(-1, 2): "only by a workaround",
        Fraction(-1): "missing",
    }
    number = str(strength) if strength < 0 else f"+{strength}"
    return f"{number} {words.get(strength, '')}".rstrip()


def value_text(value: object) -> str:
    """A value of a need or a measurement, as a person writes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case tuple() if len(value) == 2 and all(isinstance(end, int | float) for end in value):
            return f"{value_text(value[0])} to {value_text(value[1])}"
        case tuple():
            return ", ".join(str(member) for member in value) or "none"
        case _:
            return str(value)


def measured_text(measured: Mapping[str, object]) -> str:
    """Names with their values in one line."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in measured.items())


def _reads(criterion: Criterion, need: str) -> bool:
    return any(need in fields(row.when) for row in criterion.needs)
