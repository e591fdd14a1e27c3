"""Holds the recommendations against real decisions: ``python tests/cases/agreement.py``.

Writes ``agreement.md`` beside this file: for each case what was decided, what is recommended from
the stated facts alone, and, where the two differ, what carries the recommendation. A test fails
when a case stops agreeing, or when the table is not the one that this command writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.recommend import advise
from advisor.documents import read_yaml
from advisor.domain.recommendation import Ranked, Recommendation, WorkloadAdvice
from advisor.requirements import load_requirements

HERE = Path(__file__).parent
TABLE = HERE / "agreement.md"
REASONS_MAX = 3


@dataclass(frozen=True)
class Case:
    """One real decision and what is recommended for its stated facts."""

    id: str
    decided: str
    decidable: bool
    recommendation: Recommendation

    @property
    def agrees(self) -> bool:
        return self.recommendation.system.verdict == self.decided

    @property
    def grade(self) -> str:
        return self.recommendation.system.grade or "-"

    @property
    def sure(self) -> bool:
        """Whether the verdict is given with grade A or B."""
        return self.grade in ("A", "B")

    @property
    def possible(self) -> bool:
        """Whether the real decision is among what some completion of the open answers gives."""
        return self.decided in self.recommendation.system.possible

    @property
    def possible_if_assumptions_fail(self) -> bool:
        """Whether it is also among what was found with the assumptions open."""
        sure = self.recommendation.system.confidence
        return self.possible or (sure is not None and self.decided in sure.possible)


def cases() -> tuple[Case, ...]:
    """Every case, in the order of decisions.yaml; each check is run once for all of them."""
    decisions: Any = read_yaml(HERE / "decisions.yaml").data
    court = Court(load_library())
    return tuple(
        Case(
            id=case["id"],
            decided=case["decision"],
            decidable=case["decidable"],
            recommendation=advise(load_requirements(HERE / f"{case['id']}.yaml"), court),
        )
        for case in decisions
    )


def table(found: tuple[Case, ...]) -> str:
    """The page, with the counts first."""
    decidable = [case for case in found if case.decidable]
    agreeing = sum(case.agrees for case in decidable)
    possible = sum(case.possible for case in found)
    open_too = sum(case.possible_if_assumptions_fail for case in found)
    sure = [case for case in found if case.sure]
    grades = ", ".join(
        f"{grade} {sum(case.grade == grade for case in found)}" for grade in ("A", "B", "C", "D")
    )
    lines = [
        "# Real decisions and what is recommended from their stated facts",
        "",
        "Written by `python tests/cases/agreement.py`. *Decidable* cases are those whose stated",
        "facts alone lead an expert to the decision; the others were decided by what is not among",
        "the facts, so a difference there is no fault.",
        "",
        f"- decidable cases that agree: {agreeing} of {len(decidable)}",
        f"- all cases that agree: {sum(case.agrees for case in found)} of {len(found)}",
        f"- real decision among the possible verdicts: {possible} of {len(found)}",
        f"- the same with assumptions open, too: {open_too} of {len(found)}",
        f"- grades: {grades}",
        f"- given with grade A or B: {len(sure)} of {len(found)}, of them wrong: "
        f"{sum(not case.agrees for case in sure)}",
        "",
        "| case | decidable | decided | recommended | grade | designs | what carries a difference"
        " |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for case in found:
        system = case.recommendation.system
        designs = ", ".join(f"{one.name}: {one.option}" for one in case.recommendation.workloads)
        why = "" if case.agrees else "; ".join(reasons(case))
        decidable_word = "yes" if case.decidable else "no"
        said = f"{system.verdict} ({system.status})"
        lines.append(
            f"| {case.id} | {decidable_word} | {case.decided} | {said} | {case.grade} "
            f"| {designs} | {why} |"
        )
    return "\n".join(lines) + "\n"


def reasons(case: Case) -> Iterator[str]:
    """What stands between the recommendation and the real decision, for each workload."""
    for advice in case.recommendation.workloads:
        for question in advice.ask_next[:1]:
            verdicts = ", ".join(
                f"{value}: {verdict}" for value, verdict in question.verdicts.items()
            )
            yield f"{advice.name} hangs on {question.need} ({verdicts})"
        named = next((row for row in advice.ranking if row.option == advice.option), None)
        wanted = _best(advice, case.decided)
        if named is None or (wanted is None and case.decided != "both"):
            yield f"{advice.name}: no design of the decided kind is at hand"
        elif named.eliminated_by:
            musts = sorted({one for row in named.eliminated_by for one in row.criteria})
            yield f"{advice.name}: no design meets {', '.join(musts)}"
        elif wanted is not None and wanted is not named:
            yield from _differences(advice.name, named, wanted)
        elif case.decided == "both":
            yield f"{advice.name}: {named.option} serves it at {_shown(named.score)}"


def _best(advice: WorkloadAdvice, family: str) -> Ranked | None:
    return next((row for row in advice.ranking if row.option.startswith(f"{family}.")), None)


def _differences(name: str, named: Ranked, wanted: Ranked) -> Iterator[str]:
    if wanted.eliminated_by:
        musts = sorted({one for row in wanted.eliminated_by for one in row.criteria})
        yield f"{name}: {wanted.option} misses {', '.join(musts)}"
        return
    theirs = {one.criterion: one for one in wanted.contributions}
    leads = sorted(
        (one.weight * (one.value - theirs[one.criterion].value), one.criterion)
        for one in named.contributions
        if one.criterion in theirs
    )
    told = [f"{criterion} +{_shown(lead)}" for lead, criterion in reversed(leads) if lead > 0]
    against = f"{named.option} {_shown(named.score)} against {wanted.option} {_shown(wanted.score)}"
    yield f"{name}: {against}, costs not counted" + (
        f" ({', '.join(told[:REASONS_MAX])})" if told else ""
    )


def _shown(number: Fraction) -> str:
    return f"{float(number):.2f}"


if __name__ == "__main__":
    TABLE.write_text(table(cases()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))
