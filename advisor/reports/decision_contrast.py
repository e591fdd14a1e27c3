"""Why a written recommendation did not choose a design or system, and what would make it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from advisor.reports.blocks import Block, Heading, Items, Paragraph, Table
from advisor.reports.decision_parts import (
    BOTH,
    Data,
    check_words,
    given,
    points,
    row_of,
    systems_name,
    weights_of,
)
from advisor.wording.lookup import PAIR, Lookup
from advisor.wording.sentences import verdict_name
from advisor.wording.words import joined, signed, value_text

NO = {"none"}
_TRIED = {"variations", "flips", "load-bearing claims", "critical conventions", "questions"}


def contrast(document: Data, workload: Data, option: str, lookup: Lookup) -> Iterator[Block]:
    """Musts that it misses, what it lacks or leads in, what it costs; then what would make it."""
    yield from _why_not(document, workload, option, lookup)
    if not _chosen(workload, option):
        yield from _what_would_make(document, workload, option, lookup)


def _chosen(workload: Data, option: str) -> bool:
    if option == BOTH:
        return bool(workload["verdict"] == BOTH)
    return bool(workload["option"]) and _is(workload["option"], option)


def _why_not(document: Data, workload: Data, option: str, lookup: Lookup) -> Iterator[Block]:
    rivals = [row for row in workload["ranking"] if _is(row["option"], option)]
    chosen = row_of(workload, workload["option"])
    if option == BOTH and not _chosen(workload, option):
        yield Heading("Why not both", 3)
        yield from _costs(document, workload, None)
        return
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
    yield from _costs(document, workload, rival)


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
    checks = [check_words(one) for one in workload["evidence"] if one["claim"] in claims]
    return f"misses the must {musts}: {said or 'nothing is claimed for it'}" + (
        f" [{'; '.join(checks)}]" if checks else ""
    )


def _difference(chosen: Data, rival: Data, lookup: Lookup) -> Iterator[Block]:
    """The two compared on every criterion where they differ; the last column adds up exactly."""
    theirs = {one["criterion"]: one for one in rival["contributions"]}
    weights = weights_of(chosen)
    rows = []
    total = Fraction(0)
    for one in chosen["contributions"]:
        other = theirs.get(one["criterion"], {"weight": 0, "value": "0"})
        lead = points(one) - points(other)
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


def _costs(document: Data, workload: Data, rival: Data | None) -> Iterator[Block]:
    """What is run now against what would be run for the other, costs included."""
    compared = document["system"].get("compared") or ()
    now = next(iter(compared), None)
    then = next((one for one in compared if _would_run(one, rival)), None)
    if now is None or then is None or then is now:
        return
    words = [
        f"{systems_name(one['systems'])}: {one['musts']} musts missed, cost {one['cost']}, "
        f"value less cost {signed(Fraction(one['value']))}"
        for one in (now, then)
    ]
    chosen = row_of(workload, workload["option"])
    over = ""
    if chosen is not None and len(document["workloads"]) == 1:
        more = Fraction(then["cost"]) - Fraction(now["cost"])
        over = (
            f" The costs differ by {more} weight points, over {weights_of(chosen)} that is "
            f"{signed(more / weights_of(chosen))}."
        )
    yield Paragraph(f"With the best designs of each: {words[0]}; {words[1]}.{over}")


def _would_run(one: Data, rival: Data | None) -> bool:
    """Whether this set of systems is just what the design needs; of two, for no design."""
    if rival is None:
        return len(one["systems"]) > 1
    needs = {part.partition(".")[0] for part in rival["option"].split(PAIR)} - NO
    return set(one["systems"]) == needs


def _what_would_make(
    document: Data, workload: Data, option: str, lookup: Lookup
) -> Iterator[Block]:
    yield Heading(f"What would make it {lookup.title(option)}", 3)
    found = list(dict.fromkeys(_makers(document, workload, option)))
    if found:
        yield Items(tuple(found))
    else:
        yield Paragraph("Nothing that was tried alone: no answer, claim or convention.")
        cut = set(_sure(document, workload).get("not_proven", ())) & _TRIED
        if cut:
            yield Paragraph(f"Not all could be tried within the limits: {joined(sorted(cut))}.")


def _makers(document: Data, workload: Data, option: str) -> Iterator[str]:
    """Answers, then claims, then conventions; each alone, or as the smallest sets that were found.

    Where only the verdict is known that a change gives, it counts for designs of that system.
    """
    family = option.partition(".")[0]
    sure = _sure(document, workload)
    smallest: Data = sure.get("flips") or {}
    flips = [
        flip
        for flip in (*workload["flips"], *smallest.get("sets", ()))
        if _is(flip["option"] or flip["verdict"], option)
    ]
    yield from _answers(flips)
    told = {flip["changes"][0]["need"] for flip in flips if len(flip["changes"]) == 1}
    for assumption in workload["assumptions"]:
        for value, verdict in assumption["verdicts"].items():
            if verdict == family and assumption["need"] not in told:
                yield f"an assumption that fails: {assumption['need']} is {value}"
    for question in workload["ask_next"]:
        for value, verdict in question["verdicts"].items():
            if verdict == family:
                yield f"an open answer: {question['need']} is {value} ({verdict_name(verdict)})"
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
            f"{one['need']} {value_text(given(one['from']))} -> {one['to']}"
            for one in flip["changes"]
        )
        groups.setdefault(needs, {})[changes] = None
    for group in groups.values():
        first, *others = group
        more = f" (and {len(others)} more values)" if len(others) > 1 else ""
        more = f" (or {others[0]})" if len(others) == 1 else more
        yield f"another answer: {first}{more}"


def _sure(document: Data, workload: Data) -> Data:
    """The facts about the workload, or about the system where there are none."""
    found: Data = workload.get("confidence") or document["system"].get("confidence") or {}
    return found


def _is(name: str, wanted: str) -> bool:
    """Whether a design is the one asked for, or all of it belongs to the system asked for."""
    families = {part.partition(".")[0] for part in name.split(PAIR)}
    return name == wanted or families == {wanted} or (wanted == BOTH and len(families - NO) > 1)
