"""Walks through a written recommendation: from the verdict to claims, answers and checks, and why
not another design.

Works on the document of schema recommendation/1, so that every number that it shows is in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from advisor.reports.blocks import Block, Heading, Items, Page, Paragraph, Table
from advisor.wording.lookup import Lookup
from advisor.wording.sentences import grade_sentence, verdict_name
from advisor.wording.words import joined, signed, value_text

Data = Mapping[str, Any]


def decision_page(document: Data, lookup: Lookup, option: str | None = None) -> Page:
    """What made the verdicts; with an ``option``, why it was not chosen and what would make it so.

    ``document`` follows schema recommendation/1; ``option`` is the id of a design or of a system.
    """
    system = document["system"]
    blocks: list[Block] = [
        Heading("From the verdict to what it rests on", 1),
        Paragraph(
            f"Verdict: {verdict_name(system['verdict'])} ({system['status']}). "
            f"{grade_sentence(system['grade'])}"
        ),
    ]
    for workload in document["workloads"]:
        blocks.append(Heading(f"Workload {workload['name']}"))
        if option is None:
            blocks += _made(workload, lookup)
        else:
            blocks += _why_not(workload, option, lookup)
            blocks += _what_would_make(document, workload, option, lookup)
    return tuple(blocks)


def options_of(document: Data) -> tuple[str, ...]:
    """Everything that can be asked for: the designs ranked, and their systems."""
    designs = [row["option"] for one in document["workloads"] for row in one["ranking"]]
    systems = [design.partition(".")[0] for design in designs]
    return tuple(dict.fromkeys((*designs, *systems)))


# Forwards


def _made(workload: Data, lookup: Lookup) -> Iterator[Block]:
    chosen = _row(workload, workload["option"])
    if chosen is None:
        yield Paragraph("No design is named.")
        return
    yield Paragraph(f"{lookup.title(chosen['option'])} scores {chosen['score']} ({_sum(chosen)}).")
    rules = {rule["id"]: rule for rule in workload["rules"]}
    for one in _largest_first(chosen["contributions"]):
        yield Heading(
            f"{lookup.matter(one['criterion'])}: {one['level']}, weight {one['weight']}, "
            f"value {signed(Fraction(one['value']))}",
            3,
        )
        yield Items(tuple(_traced(one, workload, rules, lookup)))


def _sum(row: Data) -> str:
    """How the score adds up, with the musts that it misses."""
    weights = sum(one["weight"] for one in row["contributions"])
    points = sum((_points(one) for one in row["contributions"]), Fraction(0))
    missed = f", {len(row['eliminated_by'])} conflicts with musts" if row["eliminated_by"] else ""
    return f"weights times values sum to {points} over {weights}{missed}"


def _traced(
    contribution: Data, workload: Data, rules: Mapping[str, Data], lookup: Lookup
) -> Iterator[str]:
    """Answers, then claims, then checks."""
    criterion = contribution["criterion"]
    for name, rule in rules.items():
        of_need = name not in lookup.claims and name not in lookup.conflicts
        if of_need and name.startswith(f"{criterion}."):
            yield f"needed because of {name}: {_because(rule)}"
    for claim in contribution["claims"]:
        where = f" where {_because(rules[claim])}" if claim in rules else ""
        yield f"{claim}{where}: {lookup.says(claim)}"
        yield from (_check(one) for one in workload["evidence"] if one["claim"] == claim)


def _because(rule: Data) -> str:
    atoms = [f"{one['need']} is {value_text(_value(one['given']))}" for one in rule["because"]]
    return joined(atoms) if atoms else "it always applies"


def _check(evidence: Data) -> str:
    check = evidence["check"] or "no check"
    where = f" on {evidence['model']}" if evidence["model"] else ""
    again = f"; again with: {evidence['rerun']}" if evidence["rerun"] else ""
    return f"{check} {evidence['outcome']}{where} (grade {evidence['grade']}){again}"


# Contrastively


def _why_not(workload: Data, option: str, lookup: Lookup) -> Iterator[Block]:
    rivals = [row for row in workload["ranking"] if _is(row["option"], option)]
    chosen = _row(workload, workload["option"])
    if not rivals or chosen is None:
        yield Paragraph(f"{option} was not among the designs that this team can have.")
        return
    rival = rivals[0]
    title = lookup.title(rival["option"])
    if rival is chosen:
        yield Paragraph(f"{title} is what was chosen.")
        return
    yield Heading(f"Why not {title}", 3)
    if rival["eliminated_by"]:
        yield Items(tuple(_missed(one, rival, workload, lookup) for one in rival["eliminated_by"]))
    yield from _difference(chosen, rival, lookup)


def _missed(missed: Data, rival: Data, workload: Data, lookup: Lookup) -> str:
    musts = joined(lookup.matter(name) for name in missed["criteria"])
    claims = (
        [missed["conflict"]]
        if missed["conflict"]
        else [
            claim
            for one in rival["contributions"]
            if one["criterion"] in missed["criteria"]
            for claim in one["claims"]
        ]
    )
    said = " ".join(lookup.says(claim) for claim in claims)
    checks = [_check(one) for one in workload["evidence"] if one["claim"] in claims]
    return f"misses the must {musts}: {said or 'nothing is claimed for it'}" + (
        f" [{'; '.join(checks)}]" if checks else ""
    )


def _difference(chosen: Data, rival: Data, lookup: Lookup) -> Iterator[Block]:
    """The two compared on every criterion where they differ; the last column adds up exactly."""
    theirs = {one["criterion"]: one for one in rival["contributions"]}
    weights = sum(one["weight"] for one in chosen["contributions"]) or 1
    rows = []
    total = Fraction(0)
    for one in chosen["contributions"]:
        other = theirs.get(one["criterion"], {"weight": 0, "value": "0"})
        lead = _points(one) - _points(other)
        total += lead
        if lead:
            rows.append(
                (
                    lookup.matter(one["criterion"]),
                    one["level"],
                    signed(Fraction(one["value"])),
                    signed(Fraction(other["value"])),
                    signed(lead / weights),
                )
            )
    if rows:
        rows.append(("together", "", "", "", signed(total / weights)))
        yield Table(("matter", "level", "chosen", "this one", "lead"), tuple(rows))
    else:
        yield Paragraph("Both meet every need alike; costs, or which is simpler, decide.")


# What would make it


def _what_would_make(
    document: Data, workload: Data, option: str, lookup: Lookup
) -> Iterator[Block]:
    if workload["option"] and _is(workload["option"], option):
        return
    yield Heading(f"What would make it {lookup.title(option)}", 3)
    found = list(dict.fromkeys(_makers(document, workload, option)))
    if found:
        yield Items(tuple(found))
    else:
        yield Paragraph("Nothing that was tried alone: no answer, claim or convention.")


def _makers(document: Data, workload: Data, option: str) -> Iterator[str]:
    """Answers, then claims, then conventions; each alone, or as the smallest sets that were found.

    Where only the verdict is known that a change gives, it counts for designs of that system.
    """
    family = option.partition(".")[0]
    sure = workload.get("confidence") or document["system"].get("confidence")
    smallest: Data = (sure or {}).get("flips") or {}
    flips = [
        flip
        for flip in (*workload["flips"], *smallest.get("sets", ()))
        if _is(flip["option"] or flip["verdict"], option)
    ]
    yield from _answers(flips)
    for assumption in workload["assumptions"]:
        for value, verdict in assumption["verdicts"].items():
            if verdict == family:
                yield f"an assumption that fails: {assumption['need']} is {value} ({verdict})"
    if not sure:
        return
    for one in sure["load_bearing"]:
        if _is(one["option"] or one["verdict"], option):
            yield f"a claim refuted: {one['claim']}"
    for one in sure["critical"]:
        if one["verdict"] == family:
            near = float(Fraction(one["changes"]))
            yield f"another convention: {one['convention']} near {near:.2f}, now {one['given']}"


def _answers(flips: Sequence[Data]) -> Iterator[str]:
    """The first change of each set of needs, with the number of its other values."""
    groups: dict[tuple[str, ...], dict[str, None]] = {}
    for flip in flips:
        needs = tuple(one["need"] for one in flip["changes"])
        changes = joined(
            f"{one['need']} {value_text(_value(one['from']))} -> {one['to']}"
            for one in flip["changes"]
        )
        groups.setdefault(needs, {})[changes] = None
    for group in groups.values():
        first, *others = group
        more = f" (and {len(others)} more values)" if len(others) > 1 else ""
        more = f" (or {others[0]})" if len(others) == 1 else more
        yield f"another answer: {first}{more}"


def _is(name: str, wanted: str) -> bool:
    """Whether a design is the one asked for, or belongs to the system asked for."""
    return name == wanted or name.partition(".")[0] == wanted


def _row(workload: Data, option: str | None) -> Data | None:
    return next((row for row in workload["ranking"] if row["option"] == option), None)


def _points(contribution: Data) -> Fraction:
    return int(contribution["weight"]) * Fraction(contribution["value"])


def _largest_first(contributions: Sequence[Data]) -> list[Data]:
    return sorted(contributions, key=lambda one: -abs(_points(one)))


def _value(value: Any) -> object:
    """Lists of the document as the values of needs that they are."""
    return tuple(value) if isinstance(value, list) else value
