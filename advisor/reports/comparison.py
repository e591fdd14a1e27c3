"""Why one design and not another: contributions in order of weight, and where the rival differs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from advisor.domain.recommendation import Contribution, Ranked, WorkloadAdvice
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table
from advisor.reports.lookup import Lookup, signed, source_text

REASONS_SHOWN = 8


def why(workload: WorkloadAdvice, lookup: Lookup) -> Iterator[Block]:
    """Reasons for the design, what it takes to set up, and the difference to its rival."""
    picked = picked_of(workload)
    if picked is None:
        return
    reasons = _by_weight(picked)
    if reasons:
        yield Heading("Why", 3)
        yield Items(tuple(_reason(reason, lookup) for reason in reasons[:REASONS_SHOWN]))
    yield from _set_up(picked, lookup)
    rival = rival_of(workload, lookup)
    if rival is not None:
        yield from _difference(picked, rival, lookup)


def picked_of(workload: WorkloadAdvice) -> Ranked | None:
    """The ranked entry of the design that the workload is to use."""
    return next((one for one in workload.ranking if one.option == workload.option), None)


def rival_of(workload: WorkloadAdvice, lookup: Lookup) -> Ranked | None:
    """The best design of another family; the best other one where all are of one family."""
    others = [one for one in workload.ranking if one.option != workload.option]
    picked = lookup.families(workload.option or "")
    foreign = [one for one in others if not lookup.families(one.option) & picked]
    return next(iter(foreign or others), None)


def differences(picked: Ranked, rival: Ranked) -> list[tuple[Contribution, Fraction, Fraction]]:
    """For each criterion: the picked design's contribution, the rival's value, and the share of
    the difference in normalised value; the shares add up to it exactly. Largest first."""
    total = sum(one.weight for one in picked.contributions)
    theirs = {one.criterion: one.value for one in rival.contributions}
    rows = [
        (
            one,
            theirs.get(one.criterion, Fraction(0)),
            Fraction(one.weight, total or 1) * (one.value - theirs.get(one.criterion, Fraction(0))),
        )
        for one in picked.contributions
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0].criterion))


def _by_weight(ranked: Ranked) -> list[Contribution]:
    counted = [one for one in ranked.contributions if one.weight * one.value]
    return sorted(counted, key=lambda one: (-abs(one.weight * one.value), one.criterion))


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
