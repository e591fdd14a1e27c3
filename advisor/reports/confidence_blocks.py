"""How sure a verdict is, why musts exclude each other, and what two systems cost: in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.domain.recommendation import (
    Confidence,
    Contradiction,
    Flip,
    LoadBearing,
    SampledShare,
    SystemAdvice,
    WayOut,
)
from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import verdict_name
from advisor.wording.words import joined, signed, value_text

SHOWN = 5
_WEIGHTS = {
    "every": "It holds for every weighting that respects the levels.",
    "levels": "It holds for any weights of the levels in their order, as long as the criteria of a "
    "level weigh alike.",
    "given": "Other weights that respect the levels would give another verdict.",
}


def confidence_blocks(confidence: Confidence | None, status: str) -> Iterator[Block]:
    """The facts, one sentence each; what was cut off is said last."""
    if confidence is None:
        return
    yield Heading("How sure", 3)
    yield Items(tuple(confidence_sentences(confidence, status)))


def confidence_sentences(confidence: Confidence, status: str) -> Iterator[str]:
    """Each fact that was found out; of a verdict that is still open only what holds of it."""
    others = joined((verdict_name(one) for one in confidence.possible), "or")
    match confidence.decided:
        case True:
            yield "Decided, whatever the unknown and assumed answers turn out to be."
        case False:
            yield f"Unknown and assumed answers leave {others}."
        case None:
            yield "Whether unknown and assumed answers together could change it is not proven."
    open_yet = status == "ask-first"
    if confidence.weights is not None and not open_yet:
        yield _WEIGHTS[confidence.weights]
    if confidence.evidence is not None and not open_yet:
        holds = "It holds" if confidence.evidence else "It need not hold"
        yield f"{holds} whatever the claims that were not executed turn out to be worth."
    carrying = [one for one in confidence.load_bearing if one.changes == "verdict"]
    if not open_yet and "load-bearing claims" not in confidence.not_proven:
        yield _carried(carrying)
    if confidence.flips is not None:
        yield _flips(confidence)
    if confidence.margin is not None:
        margin = confidence.margin
        musts = f"misses {margin.musts} more musts" if margin.musts else ""
        ahead = musts or f"lies {float(margin.value):.2f} behind, costs included"
        yield f"The next other verdict, {verdict_name(margin.verdict)}, {ahead}."
    if confidence.sampled is not None:
        yield _sampled(confidence.sampled, open_yet=open_yet)
    for critical in confidence.critical[:SHOWN]:
        yield (
            f"{critical.convention} {critical.given} is a convention: near "
            f"{float(critical.changes):.2f} it would be {verdict_name(critical.verdict)}."
        )
    if confidence.not_proven:
        yield f"Not proven within the limits: {joined(confidence.not_proven)}."


def _sampled(one: SampledShare, *, open_yet: bool) -> str:
    drawn = (
        f"In {one.samples} worlds drawn at random (weights, open evidence, unknown answers; "
        f"seed {one.seed})"
    )
    caution = "a share of this model's worlds, not of the real one."
    if open_yet:
        shares = sorted(one.shares.items(), key=lambda share: (-share[1], share[0]))
        each = joined(f"{verdict_name(verdict)} in {share:.0%}" for verdict, share in shares)
        return f"{drawn} it is {each}: {caution}"
    return (
        f"{drawn} it comes out in {one.share:.0%}, give or take {one.standard_error:.0%}: {caution}"
    )


def _carried(carrying: list[LoadBearing]) -> str:
    if not carrying:
        return "No single claim carries it: whichever were refuted, the verdict would stay."
    executed = sum(one.executed for one in carrying)
    named = joined(one.claim for one in carrying[:SHOWN])
    more = f" and {len(carrying) - SHOWN} more" if len(carrying) > SHOWN else ""
    return (
        f"{executed} of {len(carrying)} claims whose refutation alone would change it were "
        f"executed: {named}{more}."
    )


def _flips(confidence: Confidence) -> str:
    flips = confidence.flips
    assert flips is not None
    if not flips.sets:
        return f"At least {flips.least} answers would have to change to change it."
    answers = "One answer" if flips.least == 1 else f"{flips.least} answers"
    different = {(tuple(c.need for c in one.changes), one.verdict): one for one in flips.sets[::-1]}
    shown = "; ".join(flip_words(one) for one in list(different.values())[::-1][:SHOWN])
    count = len(flips.sets)
    known = f"{count} such changes" if flips.all_found else f"at least {count} such changes"
    return f"{answers} changed would change it ({known}): {shown}."


def flip_words(flip: Flip) -> str:
    """``replay: none -> recent gives Kafka``"""
    changes = " with ".join(
        f"{one.need}: {value_text(one.before)} -> {one.after}" for one in flip.changes
    )
    return f"{changes} gives {verdict_name(flip.verdict)}"


def contradiction_blocks(found: Contradiction | None, lookup: Lookup) -> Iterator[Block]:
    """Which musts exclude each other, what says so of each design, and the ways out."""
    if found is None:
        return
    yield Heading("Musts that no single design meets together", 3)
    for one in found.unsatisfiable[:SHOWN]:
        musts = joined(lookup.matter(name) for name in one.criteria)
        yield Paragraph(f"No single design gives {musts} together:")
        yield Table(
            ("design", "fails", "because", "checks"),
            tuple(
                (
                    lookup.title(each.option),
                    joined(lookup.matter(name) for name in each.criteria),
                    " ".join(lookup.says(claim) for claim in each.claims) or "nothing is claimed",
                    joined(each.checks) if each.checks else "none settles it",
                )
                for each in one.failing
            ),
        )
    yield Paragraph("Ways out, in the order to try them:")
    yield Items(tuple(_way(one, lookup) for one in found.ways_out))


def _way(way: WayOut, lookup: Lookup) -> str:
    option = lookup.title(way.option) if way.option else "no design"
    match way.kind:
        case "split":
            return f"Divide the workload inside one system: {option}."
        case "both":
            return f"Divide it between two systems, with a bridge where they meet: {option}."
        case "relax":
            musts = joined(lookup.matter(name) for name in way.relax)
            return f"Ask for less of {musts}: then {option} fits."
        case _:
            return f"Otherwise the nearest miss is {option}."


def system_blocks(system: SystemAdvice, lookup: Lookup) -> Iterator[Block]:
    """What each set of systems costs and is worth, and the bridges that were run."""
    if len(system.systems) > 1 and system.compared:
        yield Heading("What running both costs")
        yield Table(
            ("systems", "cost in weight points", "musts missed", "value less cost"),
            tuple(
                (
                    joined(verdict_name(name) for name in one.systems) or "no broker",
                    str(one.cost),
                    str(one.musts),
                    signed(one.value),
                )
                for one in system.compared
            ),
        )
    if system.bridges:
        yield Heading("Bridges")
        yield Items(
            tuple(
                f"{one.source} ({lookup.title(one.source_option)}) to {one.target} "
                f"({lookup.title(one.target_option)}): {one.check} {one.result}"
                for one in system.bridges
            )
        )
