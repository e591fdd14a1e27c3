"""Walks through a written recommendation: from the verdict to claims, answers and checks, and why
not another design.

Works on the document of schema recommendation/1, so that every number that it shows is in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from advisor.reports.blocks import Block, Heading, Items, Page, Paragraph
from advisor.reports.decision_contrast import contrast
from advisor.reports.decision_parts import (
    BOTH,
    Data,
    because,
    check_words,
    compared_table,
    points,
    row_of,
    weights_of,
    worth,
)
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import fork_sentence, grade_sentence, verdict_name
from advisor.wording.words import joined, signed, value_text


def decision_page(document: Data, lookup: Lookup, option: str | None = None) -> Page:
    """What made the verdicts; with an ``option``, why it was not chosen and what would make it so.

    ``document`` follows schema recommendation/1; ``option`` is the id of a design or of a system,
    or "both".
    """
    system = document["system"]
    blocks: list[Block] = [
        Heading("From the verdict to what it rests on", 1),
        Paragraph(
            f"Verdict: {verdict_name(system['verdict'])} ({system['status']}). "
            f"{grade_sentence(system['grade'])}"
        ),
    ]
    if document["made_by"]["rules_digest"] != lookup.book.digest:
        blocks.append(
            Paragraph(
                "It was made with other rules than those that are read here: strengths and words "
                "of claims may differ."
            )
        )
    if option is None:
        blocks += _systems(document)
    for workload in document["workloads"]:
        blocks.append(Heading(f"Workload {workload['name']}"))
        if option is None:
            blocks += _made(workload, lookup)
        else:
            blocks += contrast(document, workload, option, lookup)
    return tuple(blocks)


def options_of(document: Data) -> tuple[str, ...]:
    """Everything that can be asked for: the designs ranked, their systems, and both."""
    designs = [row["option"] for one in document["workloads"] for row in one["ranking"]]
    systems = [design.partition(".")[0] for design in designs]
    return tuple(dict.fromkeys((*designs, *systems, BOTH)))


def _systems(document: Data) -> Iterator[Block]:
    """The sets of systems with their costs, and what holds the grade of the whole where it is."""
    table = compared_table(document)
    if table is not None:
        yield Heading("Which systems", 3)
        yield table
        yield Paragraph(
            "The value is the mean of the workloads' scores. Costs are put over the sum of the "
            "weights and taken off; the best set that misses fewest musts is run."
        )
    sure = document["system"].get("confidence")
    if sure:
        yield Heading("What makes the grade", 3)
        yield Items(tuple(_graded(sure)))


def _graded(sure: Data) -> Iterator[str]:
    """Every condition of the grades A and B with the fact that meets it or does not."""
    decided = {True: "yes", False: "no", None: "not proven"}
    yield (
        f"decided whatever unknown and assumed answers are: {decided[sure['decided']]} "
        f"({joined(map(verdict_name, sure['possible']), 'or')})"
    )
    yield f"weightings for which it holds: {sure['weights'] or 'not proven'}"
    yield f"whatever open evidence turns out to be worth: {decided[sure['evidence']]}"
    carrying = [one for one in sure["load_bearing"] if one["changes"] == "verdict"]
    executed = sum(one["executed"] for one in carrying)
    yield (
        f"claims that carry it: {len(carrying)}, of which {executed} executed"
        if "load-bearing claims" not in sure["not_proven"]
        else "claims that carry it: not looked at"
    )
    flips = sure.get("flips")
    if flips:
        more = "" if flips["all_found"] else " at least"
        yield f"answers that have to change to change it:{more} {flips['least']}"
    margin = sure.get("margin")
    if margin:
        yield (
            f"ahead of {verdict_name(margin['verdict'])}: {margin['musts']} musts, "
            f"{signed(Fraction(margin['value']))} value less cost"
        )
    sampled = sure.get("sampled")
    if sampled:
        shares = joined(f"{verdict_name(one)} {n:.0%}" for one, n in sampled["shares"].items())
        yield f"{sampled['samples']} worlds drawn with seed {sampled['seed']}: {shares}"
    if sure["not_proven"]:
        yield f"cut off by the limits: {joined(sure['not_proven'])}"


def _made(workload: Data, lookup: Lookup) -> Iterator[Block]:
    chosen = row_of(workload, workload["option"])
    if chosen is None:
        yield Paragraph("No design is named.")
        return
    yield Paragraph(f"{lookup.title(chosen['option'])} scores {chosen['score']} ({_sum(chosen)}).")
    rules = {rule["id"]: rule for rule in workload["rules"]}
    for one in _largest_first(chosen):
        yield Heading(
            f"{lookup.matter(one['criterion'])}: {one['level']}, weight {one['weight']}, "
            f"value {signed(Fraction(one['value']))}",
            3,
        )
        yield Items(tuple(_traced(one, workload, rules, lookup)))
    yield from _rests_on(workload)


def _sum(row: Data) -> str:
    """How the score adds up, with the musts that it misses."""
    total = sum((points(one) for one in row["contributions"]), Fraction(0))
    missed = f", {len(row['eliminated_by'])} conflicts with musts" if row["eliminated_by"] else ""
    return f"weights times values sum to {total} over {weights_of(row)}{missed}"


def _traced(
    contribution: Data, workload: Data, rules: Mapping[str, Data], lookup: Lookup
) -> Iterator[str]:
    """Answers, then claims, then checks."""
    criterion = contribution["criterion"]
    for name, rule in rules.items():
        of_need = name not in lookup.claims and name not in lookup.conflicts
        if of_need and name.startswith(f"{criterion}."):
            yield f"needed because of {name}: {because(rule)}"
    for claim in contribution["claims"]:
        where = f" where {because(rules[claim])}" if claim in rules else ""
        yield f"{claim}{where}: {worth(claim, workload, lookup)}{lookup.says(claim)}"
        yield from (check_words(one) for one in workload["evidence"] if one["claim"] == claim)
    if not contribution["claims"]:
        yield "no claim speaks for or against it, so its value is nought"


def _largest_first(row: Data) -> list[Data]:
    return sorted(row["contributions"], key=lambda one: -abs(points(one)))


def _rests_on(workload: Data) -> Iterator[Block]:
    """Assumptions that would change it, and open answers that would settle it."""
    assumed = [
        f"{one['need']} is assumed to be {value_text(one['value'])}. "
        f"{fork_sentence(one['need'], one['verdicts'])}"
        for one in workload["assumptions"]
        if one["verdicts"]
    ]
    asked = [
        f"{one['need']} is open. {fork_sentence(one['need'], one['verdicts'])}"
        for one in workload["ask_next"]
    ]
    if assumed or asked:
        yield Heading("Answers that it rests on", 3)
        yield Items((*asked, *assumed))
