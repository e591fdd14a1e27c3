"""Names of the rule book looked up for people: titles of options, words of claims."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.domain.predicate import fields
from advisor.domain.rules import Claim, Conflict, Criterion, Option, RuleBook
from advisor.wording.words import joined

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


def _reads(criterion: Criterion, need: str) -> bool:
    return any(need in fields(row.when) for row in criterion.needs)
