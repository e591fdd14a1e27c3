"""The explanation of each kind of thing that the rule book names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.domain.predicate import fields
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Claim, Conflict, Criterion, NeedRow, Option
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table, Verbatim
from advisor.reports.conditions import condition_text
from advisor.wording.lookup import Lookup, full_id
from advisor.wording.words import source_text, sources_text, strength_text, value_text


@dataclass(frozen=True, slots=True)
class CheckText:
    """What is shown of a check: ``states`` is the property that it holds a design to, and
    ``lines`` are those of its file. ``seen`` has a row for each run on a real broker that the
    model agreed with: design and variant, the broker's version, the day, the result."""

    title: str
    states: str
    why: str
    lines: tuple[str, ...] = ()
    seen: tuple[tuple[str, str, str, str], ...] = ()


def criterion_blocks(criterion: Criterion, lookup: Lookup) -> Iterator[Block]:
    """The question, why it matters, when it is needed, and what is claimed of each option."""
    yield Heading(f"{criterion.id}: {criterion.title} (criterion)", 1)
    yield Paragraph(criterion.question)
    yield Paragraph(criterion.why)
    yield Heading("When it is needed", 3)
    yield Table(
        ("rule", "level", "when"),
        tuple(
            (full_id(criterion, row.id), row.level.word, condition_text(row.when))
            for row in criterion.needs
        ),
    )
    yield Heading("What is claimed", 3)
    yield _claims_table([(full_id(criterion, claim.id), claim) for claim in criterion.claims])
    if criterion.conflicts:
        yield Heading("What cannot be had together", 3)
        yield Items(tuple(_conflict_item(criterion, one, lookup) for one in criterion.conflicts))
    yield Paragraph(f"Sources: {sources_text(criterion.sources)}")


def row_blocks(criterion: Criterion, row: NeedRow) -> Iterator[Block]:
    """One row of a need table."""
    yield Heading(f"{full_id(criterion, row.id)} (need row of {criterion.title})", 1)
    yield Paragraph(
        f"The criterion is a {row.level.word} where this holds: {condition_text(row.when)}"
    )
    yield Paragraph(criterion.why)


def claim_blocks(criterion: Criterion, claim: Claim, lookup: Lookup) -> Iterator[Block]:
    """One claim, its source, and how it can be refuted."""
    yield Heading(f"{full_id(criterion, claim.id)} (claim on {criterion.title})", 1)
    yield Paragraph(f"{lookup.title(claim.option)}: {claim.says}")
    yield Items(
        (
            f"strength {strength_text(claim.strength)}"
            + (f", with {claim.variant}" if claim.variant else ""),
            f"applies: {condition_text(claim.when)}",
            f"source: {source_text(claim.source)}",
            _checked(claim),
        )
    )
    yield from _commands(claim.checks, claim.option)


def conflict_blocks(criterion: Criterion, conflict: Conflict, lookup: Lookup) -> Iterator[Block]:
    """Criteria that one option cannot meet together."""
    yield Heading(f"{full_id(criterion, conflict.id)} (conflict)", 1)
    yield Paragraph(_conflict_item(criterion, conflict, lookup))
    yield Items(
        (
            f"applies: {condition_text(conflict.when)}",
            f"source: {source_text(conflict.source)}",
            _checked(conflict),
        )
    )
    yield from _commands(conflict.checks, conflict.option)


def option_blocks(option: Option, lookup: Lookup) -> Iterator[Block]:
    """One design and all that is claimed of it."""
    yield Heading(f"{option.id}: {option.title} (option)", 1)
    yield Paragraph(option.summary)
    versions = [f"since {option.since}"] if option.since else []
    versions += [f"until {option.until}"] if option.until else []
    yield Items(
        (
            f"family: {option.family}",
            f"broker versions: {', '.join(versions) or 'all'}",
            f"can be chosen: {condition_text(option.present)}",
            f"sources: {sources_text(option.sources) or 'none'}",
        )
    )
    yield Heading("What is claimed", 3)
    yield _claims_table(
        [(name, claim) for name, claim in lookup.claims.items() if claim.option == option.id]
    )


def check_blocks(name: str, check: CheckText, lookup: Lookup) -> Iterator[Block]:
    """One check and the claims that it can refute."""
    yield Heading(f"{name}: {check.title} (check)", 1)
    yield Paragraph(check.states)
    yield Paragraph(check.why)
    yield Heading("Claims that it can refute", 3)
    yield _claims_table(
        [(rule, claim) for rule, claim in lookup.claims.items() if name in claim.checks]
    )
    yield Heading("Run it", 3)
    yield Verbatim((f"advisor check {name}",))
    if check.seen:
        yield Heading("Where model and real brokers agree", 3)
        yield Table(("design", "broker", "date", "result"), check.seen)
    if check.lines:
        yield Heading("The check itself", 3)
        yield Verbatim(check.lines)


def need_blocks(need: NeedType, lookup: Lookup) -> Iterator[Block]:
    """One need of the requirements file and the rules that read it."""
    yield Heading(f"{need.name} (need{' of the team' if need.of_team else ''})", 1)
    yield Paragraph(need.meaning)
    default = f"that of {need.default_from}" if need.default_from else value_text(need.default)
    facts = [f"type: {need.kind.value}" + (f", in {need.unit}" if need.unit else "")]
    facts += [f"values: {', '.join(need.choices)}"] if need.choices else []
    facts += [f"default: {default}"]
    if need.least is not None and need.greatest is not None:
        facts.append(f"from {value_text(need.least)} to {value_text(need.greatest)}")
    yield Items(tuple(facts))
    yield Heading("Rules that read it", 3)
    yield Table(("rule", "when"), tuple(_reading(need.name, lookup)))


def _reading(need: str, lookup: Lookup) -> Iterator[tuple[str, str]]:
    for criterion in lookup.book.criteria:
        rules: tuple[NeedRow | Claim | Conflict, ...]
        rules = (*criterion.needs, *criterion.claims, *criterion.conflicts)
        for rule in rules:
            if need in fields(rule.when):
                yield full_id(criterion, rule.id), condition_text(rule.when)


def _claims_table(claims: list[tuple[str, Claim]]) -> Table:
    return Table(
        ("claim", "option", "strength", "checked by", "says"),
        tuple(
            (
                name,
                claim.option,
                strength_text(claim.strength),
                ", ".join(claim.checks) or "nothing",
                claim.says,
            )
            for name, claim in claims
        ),
    )


def _conflict_item(criterion: Criterion, conflict: Conflict, lookup: Lookup) -> str:
    matters = " with ".join(lookup.matter(one) for one in sorted(conflict.criteria))
    return (
        f"{full_id(criterion, conflict.id)}: {lookup.title(conflict.option)}, {matters}: "
        f"{conflict.says}"
    )


def _checked(rule: Claim | Conflict) -> str:
    if rule.checks:
        return f"checked by: {', '.join(rule.checks)}"
    return f"not checked: {rule.not_run_because or 'no reason is given'}"


def _commands(checks: tuple[str, ...], option: str) -> Iterator[Block]:
    if checks:
        yield Verbatim(tuple(f"advisor check {check} --option {option}" for check in checks))
