"""From a requirements file to the whole recommendation, as schema recommendation/1 writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from advisor import __version__
from advisor.advise.bridges import bridges
from advisor.advise.broker_evidence import Agreement, Agreements
from advisor.advise.confidence import compared_of, confidence_of, status_of
from advisor.advise.contradictions import contradiction_of
from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.plausible import plausible
from advisor.advise.problem import system_problem
from advisor.advise.tables import Table, answers_of, as_claim
from advisor.decision import (
    Decision,
    Effort,
    SystemProblem,
    Variation,
    WorkloadDecision,
    decide,
)
from advisor.domain.cell import Cell
from advisor.domain.evidence import Evidence
from advisor.domain.predicate import Predicate, Value, fields, holds
from advisor.domain.recommendation import (
    Assumption,
    Bridge,
    Change,
    FiredRule,
    Flip,
    MadeBy,
    Question,
    Recommendation,
    SystemAdvice,
    WorkloadAdvice,
)
from advisor.domain.requirements import Requirements, Standing, Workload
from advisor.domain.rules import Claim, Level, NeedRow, RuleBook
from advisor.requirements import load_requirements
from advisor.rulebook import because

EFFORT = Effort()


def recommend(
    path: Path,
    *,
    extra_rules: Path | None = None,
    run_checks: bool = True,
    evidence: Sequence[Agreement] = (),
) -> Recommendation:
    """The recommendation for a requirements file; InputError if it or a rule is faulty.

    ``evidence`` is the team's own, which goes before what ships.
    """
    requirements = load_requirements(path)
    court = Court(load_library(extra_rules), executing=run_checks, agreements=Agreements(evidence))
    return advise(requirements, court)


def advise(requirements: Requirements, court: Court) -> Recommendation:
    """The recommendation for requirements, with the evidence that this court hears."""
    problem = plausible(system_problem(requirements, court))
    decision = decide(problem, effort=EFFORT)
    book = court.library.book
    return Recommendation(
        made_by=MadeBy(__version__, book.digest, requirements.digest, _versions(requirements)),
        system=_system(decision, tuple(bridges(requirements, decision, court))),
        workloads=tuple(
            _Advising(requirements, workload, decided, decision, problem, book).advice()
            for workload, decided in zip(requirements.workloads, decision.workloads, strict=True)
        ),
    )


def _system(decision: Decision, needed: tuple[Bridge, ...]) -> SystemAdvice:
    sure = decision.assurance
    return SystemAdvice(
        verdict=decision.verdict,
        status=status_of(decision.status, sure),
        grade=None if sure is None else sure.grade,
        possible=decision.possible,
        systems=decision.systems,
        confidence=confidence_of(sure, decision.verdict),
        compared=() if sure is None else compared_of(sure),
        bridges=needed,
    )


def _versions(requirements: Requirements) -> dict[str, str]:
    return {
        name.removesuffix("_version"): "unknown" if answer.value is None else str(answer.value)
        for name, answer in requirements.team.items()
        if name.endswith("_version")
    }


class _Advising:
    """One workload: what was decided, with the rules, evidence and answers behind it."""

    def __init__(
        self,
        requirements: Requirements,
        workload: Workload,
        decided: WorkloadDecision,
        decision: Decision,
        problem: SystemProblem,
        book: RuleBook,
    ) -> None:
        self.requirements = requirements
        self.workload = workload
        self.decided = decided
        self.decision = decision
        self.book = book
        self.place = [one.name for one in problem.workloads].index(workload.name)
        self.tables = problem.workloads[self.place].tables
        self.cells: Mapping[str, Cell] = decided.cells
        self.answers = answers_of(self.cells)
        self.available = {one.option for one in decided.ranking if " + " not in one.option}

    def advice(self) -> WorkloadAdvice:
        decided = self.decided
        evidence = tuple(self._evidence())
        return WorkloadAdvice(
            name=self.workload.name,
            verdict=decided.verdict,
            option=decided.option,
            alone=decided.alone_option,
            status=status_of(decided.status, decided.assurance),
            grade=None if decided.assurance is None else decided.assurance.grade,
            possible=decided.possible,
            possible_options=decided.possible_options,
            ranking=decided.ranking,
            evidence=evidence,
            rules=tuple(self._rules()),
            assumptions=self._assumptions(),
            ask_next=tuple(self._ask_next()),
            flips=tuple(self._flips()),
            confidence=confidence_of(decided.assurance, decided.verdict, self.place),
            contradiction=contradiction_of(
                decided.contradiction,
                decided.ranking,
                (*evidence, *self._heard_of_conflicts()),
                decided.option,
            ),
        )

    def _needed(self) -> Iterator[Table]:
        for table in self.tables:
            assert isinstance(table, Table)
            if table.level(self.answers)[1] is not Level.NO:
                yield table

    def _claims(self, table: Table) -> Iterator[Claim]:
        """The claims that apply to the options that this team has."""
        for claim in table.applying(self.answers):
            if claim.option in self.available:
                yield claim

    def _evidence(self) -> Iterator[Evidence]:
        for table in self._needed():
            for claim in self._claims(table):
                yield from table.evidence(claim, self.cells)

    def _heard_of_conflicts(self) -> Iterator[Evidence]:
        """What the checks of the conflicts that hold have said."""
        for table in self._needed():
            for conflict in table.criterion.conflicts:
                if holds(conflict.when, self.answers):
                    yield from table.evidence(as_claim(conflict), self.cells)

    def _rules(self) -> Iterator[FiredRule]:
        for table in self._needed():
            row, level = table.level(self.answers)
            for candidate in table.rows(self.answers):
                yield self._row(table.id, candidate, level, decisive=candidate is row)
            for claim in self._claims(table):
                effect = f"{_strength(claim)} for {claim.option}"
                yield self._fired(claim.id, effect, claim.when)
            for conflict in table.criterion.conflicts:
                if conflict.option in self.available and holds(conflict.when, self.answers):
                    together = " and ".join(sorted(conflict.criteria))
                    effect = f"{conflict.option} cannot meet {together} together"
                    yield self._fired(conflict.id, effect, conflict.when)

    def _row(self, criterion: str, row: NeedRow, level: Level, *, decisive: bool) -> FiredRule:
        effect = f"{criterion}: {level.word if decisive else row.level.word}"
        full_id = f"{criterion}.{row.id}"
        return self._fired(full_id, effect if decisive else f"{effect}, outweighed", row.when)

    def _fired(self, rule: str, effect: str, when: Predicate) -> FiredRule:
        return FiredRule(rule, effect, because(when, self.answers))

    def _assumptions(self) -> tuple[Assumption, ...]:
        """Everything that was left out; first what would change the verdict, commonest first."""
        changes = self.decision.changes(self.workload.name, Standing.ASSUMED)
        found = [
            Assumption(need, value, self._verdicts(need, changes))
            for need, value in self._assumed(changes)
        ]
        ranks = _ranks(self.book)
        found.sort(key=lambda one: (not one.verdicts, ranks.get(one.need, len(ranks) + 1)))
        return tuple(found)

    def _assumed(self, changes: Iterable[Variation]) -> Iterator[tuple[str, Value]]:
        for answers in (self.workload.answers, self.requirements.team):
            for name, answer in answers.items():
                if answer.standing is Standing.ASSUMED and answer.value is not None:
                    yield name, answer.value
        stated = {*self.workload.answers, *self.requirements.team}
        for name in dict.fromkeys(one.question for one in changes):
            if name not in stated:
                yield name, self.answers[name]

    def _verdicts(self, need: str, changes: Iterable[Variation]) -> dict[str, str]:
        return {
            one.after.label: one.verdicts[self.place] for one in changes if one.question == need
        }

    def _ask_next(self) -> Iterator[Question]:
        for one in self.decision.ask_next(self.workload.name):
            verdicts = {reply.cell.label: reply.workloads[self.place] for reply in one.replies}
            yield Question(one.question, verdicts)

    def _flips(self) -> Iterator[Flip]:
        for one in self.decision.changes(self.workload.name, Standing.STATED):
            before = None if one.before is None else one.before.sample
            change = Change(one.question, "" if before is None else before, one.after.label)
            yield Flip((change,), one.verdicts[self.place], one.options[self.place])


def _strength(claim: Claim) -> str:
    return f"+{claim.strength}" if claim.strength > 0 else str(claim.strength)


def _ranks(book: RuleBook) -> Mapping[str, int]:
    """How commonly a need is left unsaid: the rank of the first criterion that reads it."""
    ranks: dict[str, int] = {}
    for criterion in book.criteria:
        if criterion.unsaid_rank is None:
            continue
        for row in criterion.needs:
            for need in fields(row.when):
                ranks[need] = min(ranks.get(need, criterion.unsaid_rank), criterion.unsaid_rank)
    return ranks
