"""Why one design and not another: contributions in order of weight, and where the rival differs."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.domain.recommendation import Contribution, Ranked, WorkloadAdvice
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table
from advisor.wording.lookup import PAIR, Lookup
from advisor.wording.selection import by_weight, differences, picked_of, rival_of
from advisor.wording.words import joined, signed, source_text

REASONS_SHOWN = 8


def why(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    """Reasons for the design, what it takes to set up, and the difference to its rival."""
    picked = picked_of(workload)
    if picked is None:
        return
    reasons = by_weight(picked)
    if reasons:
        yield Heading("Why", 3)
        yield Items(tuple(_reason(reason, lookup) for reason in reasons[:REASONS_SHOWN]))
    yield from _not_together(workload, picked, lookup)
    yield from _set_up(picked, lookup)
    rival = rival_of(workload, lookup)
    if rival is not None:
        yield from _difference(picked, rival, lookup)


def _reason(reason: Contribution, lookup: Lookup) -> str:
    said = " ".join(
        f"{lookup.says(claim)} [{source_text(lookup.claims[claim].source)}]"
        if claim in lookup.claims
        else lookup.says(claim)
        for claim in reason.claims
    )
    sign = "for" if reason.value > 0 else "against"
    head = f"{lookup.matter(reason.criterion)} ({reason.level.word}, {sign}, "
    return f"{head}{signed(reason.value)}): {said}"


def _not_together(workload: WorkloadAdvice, picked: Ranked, lookup: Lookup) -> Iterator[Block]:
    """Conflicts of the design that do not exclude it, since not all of them are musts."""
    excluding = {one.conflict for one in picked.eliminated_by}
    found = [
        lookup.conflicts[rule.id]
        for rule in workload.rules
        if rule.id in lookup.conflicts and rule.id not in excluding
    ]
    wanted = {one.criterion for one in picked.contributions}
    standing = [
        one for one in found if one.option in picked.option.split(PAIR) and one.criteria <= wanted
    ]
    if standing:
        yield Heading("What it cannot meet together", 3)
        yield Items(
            tuple(
                f"{joined(sorted(map(lookup.matter, one.criteria)))}: {one.says} Not all of it is "
                "a must, so this does not exclude the design."
                for one in standing
            )
        )


def _set_up(picked: Ranked, lookup: Lookup) -> Iterator[Block]:
    """What has to be configured or built beside the bare design."""
    claims = [
        lookup.claims[claim]
        for contribution in picked.contributions
        for claim in contribution.claims
        if claim in lookup.claims and lookup.claims[claim].variant is not None
    ]
    if not claims:
        return
    yield Heading("What it takes beside the bare design", 3)
    yield Items(
        tuple(
            f"{claim.variant} ({'configuration' if claim.strength > 0 else 'your own code'}): "
            f"{claim.says}"
            for claim in claims
        )
    )


def _difference(picked: Ranked, rival: Ranked, lookup: Lookup) -> Iterator[Block]:
    yield Heading(f"Against {lookup.title(rival.option)}", 3)
    if rival.eliminated_by and not picked.eliminated_by:
        missed = "; ".join(
            " together with ".join(lookup.matter(one) for one in elimination.criteria)
            for elimination in rival.eliminated_by
        )
        yield Paragraph(f"It misses a must: {missed}.")
    rows = [row for row in differences(picked, rival) if row[2]]
    if not rows:
        yield Paragraph("On everything that is needed the two are equal.")
        return
    yield Table(
        ("matter", "level", "this design", "the other", "difference"),
        tuple(
            (
                lookup.matter(mine.criterion),
                mine.level.word,
                signed(mine.value),
                signed(theirs),
                signed(share),
            )
            for mine, theirs, share in rows
        ),
    )
