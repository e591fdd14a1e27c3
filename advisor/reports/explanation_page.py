"""What one name means: a criterion, rule, option, check, need, system, or the conventions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from advisor.documents import did_you_mean, quoted
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.requirements import NeedType
from advisor.domain.rules import RuleBook
from advisor.reports.blocks import Block, Heading, Page, Paragraph, Table
from advisor.reports.conventions import conventions_table
from advisor.reports.explanation_parts import (
    CheckText,
    check_blocks,
    claim_blocks,
    conflict_blocks,
    criterion_blocks,
    need_blocks,
    option_blocks,
    row_blocks,
)
from advisor.subjects.coverage import coverage
from advisor.wording.lookup import Lookup, full_id, look_up

CONVENTIONS = "conventions"
Entry = tuple[str, Callable[[], Iterable[Block]]]


def explanation_page(
    name: str,
    book: RuleBook,
    *,
    checks: Mapping[str, CheckText],
    needs: Mapping[str, NeedType],
    systems: Sequence[str] = (),
) -> Page:
    """The page for ``name``; everything that is called so is shown, a claim about several options
    once for each. Raises InputError, with the nearest name, where nothing is called so."""
    entries = list(_entries(look_up(book), checks, needs))
    entries += [(system, partial(_system, system)) for system in systems]
    found = [blocks for one, blocks in entries if one == name or one.startswith(f"{name}:")]
    if not found:
        raise InputError(_unknown(name, [one for one, _ in entries]))
    return tuple(block for blocks in found for block in blocks())


def _entries(
    lookup: Lookup, checks: Mapping[str, CheckText], needs: Mapping[str, NeedType]
) -> Iterator[Entry]:
    yield CONVENTIONS, partial(_conventions, lookup.book)
    for criterion in lookup.book.criteria:
        yield criterion.id, partial(criterion_blocks, criterion, lookup)
        for row in criterion.needs:
            yield full_id(criterion, row.id), partial(row_blocks, criterion, row)
        for claim in criterion.claims:
            yield full_id(criterion, claim.id), partial(claim_blocks, criterion, claim, lookup)
        for conflict in criterion.conflicts:
            name = full_id(criterion, conflict.id)
            yield name, partial(conflict_blocks, criterion, conflict, lookup)
    for option in lookup.book.options:
        yield option.id, partial(option_blocks, option, lookup)
    for check in checks:
        yield check, partial(check_blocks, check, checks[check], lookup)
    for need in needs.values():
        yield need.name, partial(need_blocks, need, lookup)


def _system(system: str) -> Iterator[Block]:
    covered = coverage(system)
    yield Heading(f"{system} (model)", 1)
    yield Paragraph(f"Release lines: {', '.join(covered.releases)}.")
    yield Heading("What the model leaves out", 2)
    yield Paragraph("A check that meets one of these says unmodelled and decides nothing.")
    yield Table(("gap", "what it is"), tuple(covered.gaps.items()))
    yield Heading("Variants that checks can be run with", 2)
    yield Table(
        ("design", "variant", "what is done"),
        tuple(
            (one, name, says)
            for one, known in covered.variants.items()
            for name, says in known.items()
        ),
    )


def _unknown(name: str, known: list[str]) -> Problem:
    return Problem(
        Position("advisor explain"),
        f"nothing is called {quoted(name)}",
        did_you_mean(name, known)
        or "a criterion, rule, option, check, need, system, or conventions",
    )


def _conventions(book: RuleBook) -> Iterator[Block]:
    yield Heading("Conventions", 1)
    yield Paragraph(
        "Constants that were chosen, not measured. They are part of the rule book "
        "(rules/conventions.yaml); costs are weight points, put over the same sum as the values."
    )
    yield conventions_table(book.conventions)
