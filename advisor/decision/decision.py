"""The whole decision: possible outcomes, the pick, and what it rests on."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.decision.assurance import Assuring
from advisor.decision.changes import Variation, Variations
from advisor.decision.completions import TooManyError
from advisor.decision.corrections import Contradiction
from advisor.decision.engine import Engine
from advisor.decision.facts import (
    Named,
    Said,
    combinations_alone,
    intervals,
    name_one,
    necessary_options,
    possible_options,
    reference,
    say,
)
from advisor.decision.grading import Assurance, Effort, Subject, unassured
from advisor.decision.problem import Cells, SystemProblem
from advisor.decision.questions import OpenQuestion, open_questions
from advisor.decision.ranking import Explained
from advisor.decision.regret import Regret
from advisor.decision.search import Found, search
from advisor.decision.space import Space
from advisor.decision.systems import Chooser, Outcome, WorkloadOutcome
from advisor.decision.table import FinerScaleError, first_denominator
from advisor.domain.recommendation import Ranked
from advisor.domain.requirements import Standing

NODE_LIMIT = 200_000
CHANGE_LIMIT = 20_000
"""The most completions and outcomes that all single changed answers together may cost."""


@dataclass(frozen=True, slots=True)
class WorkloadDecision:
    """What is said of one workload.

    ``verdict``, ``option`` and ``status`` hold inside the chosen systems, ``alone_*`` for the
    workload by itself. ``possible`` and ``possible_options`` are what some completion of the
    unknown answers gives, ``necessary_options`` the options that win whatever they are. ``option``
    is provisional where several are possible: then it is the one of least maximal ``regrets``, or
    None where two families are exactly equal. ``equals`` are options of the same family that tie
    with it. ``ranking`` and ``contradiction`` are those of one completion, in which the option wins
    where it can; ``cells`` are its answers. ``intervals`` has the least and greatest score of each
    single design.
    """

    name: str
    verdict: str
    status: str
    option: str | None
    equals: tuple[str, ...]
    alone_verdict: str
    alone_option: str | None
    possible: tuple[str, ...]
    possible_options: tuple[str, ...]
    necessary_options: tuple[str, ...]
    regrets: Mapping[str, Regret]
    intervals: Mapping[str, tuple[Fraction, Fraction]]
    ranking: tuple[Ranked, ...]
    contradiction: Contradiction | None
    cells: Cells
    assurance: Assurance | None = None

    @property
    def provisional(self) -> bool:
        """Whether other options can still win."""
        return len(self.possible_options) > 1


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said of the system and its workloads.

    ``systems`` are those to run: empty for none, and where the verdict is undetermined those that
    every completion agrees on. ``unproven`` names the facts that the limit of nodes cut off: where
    "possible" is among them, what was not ruled out is listed as possible.
    """

    verdict: str
    status: str
    possible: tuple[str, ...]
    systems: tuple[str, ...]
    workloads: tuple[WorkloadDecision, ...]
    questions: tuple[OpenQuestion, ...]
    variations: tuple[Variation, ...]
    unproven: tuple[str, ...]
    nodes: int
    node_limit: int
    assurance: Assurance | None = None

    def ask_next(self, workload: str | None = None) -> tuple[OpenQuestion, ...]:
        """The decisive questions, best first; for a workload, those of its own and the team's."""
        if workload is None:
            return tuple(one for one in self.questions if one.decides)
        return tuple(
            one
            for one in self.questions
            if one.workload in (None, workload) and workload in one.decides
        )

    def changes(self, workload: str, standing: Standing) -> tuple[Variation, ...]:
        """Single answers, its own or the team's, that change this workload's verdict."""
        return tuple(
            one
            for one in self.variations
            if one.standing is standing
            and one.workload in (None, workload)
            and workload in one.changed
        )

    @property
    def decided_whatever(self) -> bool:
        """Whether every completion has the same outcome: no question is worth asking."""
        return "possible" not in self.unproven and all(
            not workload.provisional and len(workload.possible) == 1 for workload in self.workloads
        )


def decide(
    problem: SystemProblem, *, node_limit: int = NODE_LIMIT, effort: Effort | None = None
) -> Decision:
    """The decision for this problem; facts over unknown answers are exact or ``unproven``.

    ``node_limit`` bounds the completions and outcomes looked at for what is possible; single
    changed answers may cost as many again, up to CHANGE_LIMIT. With an ``effort`` it is also found
    out how sure the verdicts are (``assurance``), within that effort. Raises ValueError for a
    problem that has no answer at all: no workload, no option, answers that exclude each other, a
    penalty that value could buy.
    """
    _check(problem)
    denominator = first_denominator(problem.conventions)
    while True:
        try:
            return _Deciding(problem, denominator, node_limit, effort).decision()
        except FinerScaleError as finer:
            denominator = finer.denominator


def _check(problem: SystemProblem) -> None:
    if not problem.workloads or not problem.options:
        raise ValueError("a decision needs a workload and an option")
    if problem.conventions.must_penalty <= 2:
        raise ValueError("the penalty of a must has to exceed 2, the span of all value")
    for names in (
        [workload.name for workload in problem.workloads],
        [option.id for option in problem.options],
    ):
        if len(set(names)) != len(names):
            raise ValueError(f"named twice: {sorted(n for n in names if names.count(n) > 1)[0]}")
    if any(workload.weight <= 0 for workload in problem.workloads):
        raise ValueError("the weight of a workload has to be above nought")


def _subjects(decision: Decision) -> list[Subject]:
    """The system, then each workload."""
    return [
        Subject(None, Said(decision.verdict, decision.status, decision.possible)),
        *(
            Subject(place, Said(one.verdict, one.status, one.possible))
            for place, one in enumerate(decision.workloads)
        ),
    ]


class _Deciding:
    """One run of ``decide`` over one denominator."""

    def __init__(
        self, problem: SystemProblem, denominator: int, limit: int, effort: Effort | None
    ) -> None:
        self.problem = problem
        self.limit = limit
        self.effort = effort
        self.engine = Engine(problem, denominator)
        self.answers = tuple(workload.answers for workload in problem.workloads)
        self.unproven: list[str] = []
        self.nodes = 0

    def decision(self) -> Decision:
        try:
            space = Space(self.engine, self.problem.team, self.answers, limit=self.limit)
            outcomes = space.outcomes()
        except TooManyError:
            decision = self._searched(search(self.engine, self.limit))
            return decision if self.effort is None else self._unassured(decision)
        if not outcomes:
            raise ValueError("the answers exclude each other")
        questions = self._questions(space)
        variations = Variations(
            space, self.problem.team, self.answers, min(self.limit, CHANGE_LIMIT)
        )
        found = variations.every()
        if variations.unproven:
            self.unproven.append("variations")
        self.nodes = space.nodes
        decision = self._assemble(space, outcomes, questions, found)
        return decision if self.effort is None else self._assured(space, decision, self.effort)

    def _assured(self, space: Space, decision: Decision, effort: Effort) -> Decision:
        """The decision with the facts about how sure it is."""
        assuring = Assuring(
            space, self.problem.team, self.answers, decision.variations, decision.unproven, effort
        )
        return self._with(decision, assuring.facts(_subjects(decision)))

    def _unassured(self, decision: Decision) -> Decision:
        """The decision with what is known of its sureness after a search."""
        found = [unassured(one, decision.unproven) for one in _subjects(decision)]
        return self._with(decision, found)

    @staticmethod
    def _with(decision: Decision, found: Sequence[Assurance]) -> Decision:
        system, *workloads = found
        return replace(
            decision,
            assurance=system,
            workloads=tuple(
                replace(one, assurance=own)
                for one, own in zip(decision.workloads, workloads, strict=True)
            ),
        )

    def _searched(self, found: Found) -> Decision:
        """Only what is possible was found out; the rest comes from completions that were seen."""
        self.unproven += [] if found.proven else ["possible"]
        self.unproven += ["ties", "regrets", "intervals", "questions", "variations"]
        self.nodes = found.nodes
        return self._assemble(
            found.seen, found.outcomes, (), (), found.beside, found.verdicts_beside
        )

    def _questions(self, space: Space) -> tuple[OpenQuestion, ...]:
        try:
            return tuple(open_questions(space, self.problem.team, self.answers))
        except TooManyError:
            self.unproven.append("questions")
            return ()

    def _assemble(
        self,
        space: Space,
        outcomes: Sequence[Outcome],
        questions: tuple[OpenQuestion, ...],
        variations: tuple[Variation, ...],
        beside: Sequence[Sequence[tuple[str, str]]] = (),
        verdicts_beside: Sequence[str] = (),
    ) -> Decision:
        """``beside``: what was not ruled out, verdicts with options for each workload."""
        space.limit = sys.maxsize
        workloads = tuple(
            self._workload(
                space,
                place,
                [one.workloads[place] for one in outcomes],
                beside[place] if beside else (),
            )
            for place in range(len(self.answers))
        )
        said = say(outcomes, verdicts_beside)
        systems = set(outcomes[0].systems).intersection(*(one.systems for one in outcomes))
        return Decision(
            verdict=said.verdict,
            status=said.status,
            possible=said.possible,
            systems=tuple(sorted(systems)),
            workloads=workloads,
            questions=questions,
            variations=variations,
            unproven=tuple(self.unproven),
            nodes=self.nodes,
            node_limit=self.limit,
        )

    def _workload(
        self,
        space: Space,
        place: int,
        outcomes: Sequence[WorkloadOutcome],
        beside: Sequence[tuple[str, str]],
    ) -> WorkloadDecision:
        outcomes = tuple(dict.fromkeys(outcomes))
        said = say(outcomes, [verdict for verdict, _option in beside])
        named = name_one(space, self.engine.chooser, place, outcomes, space.combinations())
        alone_said, alone = self._alone(space, place)
        cells, winners = reference(space, place, named.option)
        explained = Explained(self.engine, place, cells)
        equals = tuple(one for one in winners if one != named.option)
        possible = possible_options(outcomes)
        return WorkloadDecision(
            name=self.problem.workloads[place].name,
            verdict=said.verdict,
            status=said.status,
            option=named.option,
            equals=equals if named.option in winners else (),
            alone_verdict=alone_said.verdict,
            alone_option=alone.option,
            possible=said.possible,
            possible_options=tuple(sorted({*possible, *(option for _v, option in beside)})),
            necessary_options=() if beside else necessary_options(outcomes),
            regrets=named.regrets,
            intervals=intervals(space, place),
            ranking=explained.ranking(),
            contradiction=explained.contradiction(),
            cells=cells,
        )

    def _alone(self, space: Space, place: int) -> tuple[Said, Named]:
        chooser = Chooser(self.problem, self.engine.denominator, [place])
        found: dict[WorkloadOutcome, None] = {}
        for team, scored in combinations_alone(space, place):
            cells = space.teams[team].cells
            costs = [self.engine.cost(one, cells) for one in range(1 << len(chooser.families))]
            found[chooser.outcome(scored, costs.__getitem__).workloads[0]] = None
        outcomes = tuple(found)
        combinations = combinations_alone(space, place)
        return say(outcomes), name_one(space, chooser, 0, outcomes, combinations)
