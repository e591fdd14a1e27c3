"""The whole decision: possible outcomes, the pick, and what it rests on."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.decision.assurance import Assuring
from advisor.decision.cases import Cases
from advisor.decision.changes import Variation, Variations
from advisor.decision.completions import TooManyError
from advisor.decision.corrections import Contradiction
from advisor.decision.drawn import drawn_questions
from advisor.decision.engine import Engine
from advisor.decision.facts import (
    Named,
    Said,
    intervals,
    name_one,
    necessary_options,
    possible_options,
    say,
)
from advisor.decision.grading import Assurance, Effort, Subject
from advisor.decision.problem import Cells, SystemProblem
from advisor.decision.questions import OpenQuestion, open_questions
from advisor.decision.ranking import Explained
from advisor.decision.regret import Regret
from advisor.decision.search import Found, search
from advisor.decision.seen import AllSeen, Seen, SomeSeen
from advisor.decision.space import Space
from advisor.decision.systems import UNDETERMINED, Chooser, Outcome, WorkloadOutcome
from advisor.decision.table import FinerScaleError, first_denominator
from advisor.decision.weighed import Situations, every_situation
from advisor.decision.words import Telling, Words, common_verdict, telling_of, words_of
from advisor.domain.recommendation import Ranked
from advisor.domain.requirements import Standing

NODE_LIMIT = 1_500
"""The most completions, outcomes and boxes that are looked at for what is possible."""

EVERY_LIMIT = 2_000
"""So many completions and outcomes are gone through one by one; past it bounds are tried."""

CHANGE_LIMIT = 4_000
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

    ``node_limit`` bounds the completions, outcomes and boxes looked at for what is possible, and
    CHANGE_LIMIT those for single changed answers. With an ``effort`` it is also found
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
            limit = min(self.limit, EVERY_LIMIT)
            space = Space(self.engine, self.problem.team, self.answers, limit=limit)
            outcomes = space.outcomes()
        except TooManyError:
            return self._searched()
        if not outcomes:
            raise ValueError("the answers exclude each other")
        self.nodes = space.nodes
        questions = self._questions(space)
        space.limit = sys.maxsize
        words = words_of(space)
        telling = self._telling(words)
        variations = self._variations(words, telling)
        decision = self._assemble(AllSeen(space), outcomes, questions, variations)
        if self.effort is None:
            return decision
        every = every_situation(space, self.effort.situations)
        return self._assured(self._cases(), every, (words, telling), decision)

    def _searched(self) -> Decision:
        """Bounds say what is possible; the rest comes from completions that were looked at."""
        cases = Cases.merged(self.engine, self.problem.team, self.answers)
        found = search(cases, self.limit)
        self.nodes = found.nodes
        self.unproven += [] if found.verdicts_proven else ["possible"]
        self.unproven += [] if found.proven else ["designs"]
        self.unproven += ["ties", "regrets", "intervals", "questions"]
        questions = drawn_questions(found, self.problem.team, self.answers)
        words = self._words(found)
        telling = self._telling(words)
        variations = self._variations(words, telling)
        decision = self._assemble(
            SomeSeen(found),
            found.outcomes,
            tuple(questions),
            variations,
            found.beside,
            found.verdicts_beside,
        )
        if self.effort is None:
            return decision
        return self._assured(cases, None, (words, telling), decision)

    def _words(self, found: Found) -> Words | None:
        """What is said over all that was found; what was not ruled out counts."""
        outcomes = found.outcomes
        system = {one.verdict for one in outcomes} | set(found.verdicts_beside)
        verdicts, options = [], []
        for place, beside in enumerate(found.beside):
            own = [one.workloads[place] for one in outcomes]
            verdicts.append(common_verdict({one.verdict for one in own} | {v for v, _o in beside}))
            named = {one.option for one in own} | {option for _v, option in beside}
            options.append(named.pop() if len(named) == 1 else None)
        return common_verdict(system), tuple(verdicts), tuple(options)

    def _telling(self, words: Words | None) -> Telling:
        """Only where everything is undetermined: elsewhere more would have to be looked at."""
        if words is None or {words[0], *words[1]} != {UNDETERMINED}:
            return ()
        return telling_of(self.engine, self.problem.team, self.answers)

    def _cases(self) -> Cases:
        return Cases(self.engine, self.problem.team, self.answers)

    def _variations(self, words: Words | None, telling: Telling) -> tuple[Variation, ...]:
        variations = Variations(
            self.engine, self.problem.team, self.answers, words, telling, CHANGE_LIMIT
        )
        found = variations.every()
        if variations.unproven:
            self.unproven.append("variations")
        return found

    def _assured(
        self,
        cases: Cases,
        every: tuple[Situations, ...] | None,
        said: tuple[Words | None, Telling],
        decision: Decision,
    ) -> Decision:
        """The decision with the facts about how sure it is."""
        assert self.effort is not None
        assuring = Assuring(cases, every, said, decision.variations, decision.unproven, self.effort)
        system, *workloads = assuring.facts(_subjects(decision))
        return replace(
            decision,
            assurance=system,
            workloads=tuple(
                replace(one, assurance=own)
                for one, own in zip(decision.workloads, workloads, strict=True)
            ),
        )

    def _questions(self, space: Space) -> tuple[OpenQuestion, ...]:
        try:
            return tuple(open_questions(space, self.problem.team, self.answers))
        except TooManyError:
            self.unproven.append("questions")
            return ()

    def _assemble(
        self,
        seen: Seen,
        outcomes: Sequence[Outcome],
        questions: tuple[OpenQuestion, ...],
        variations: tuple[Variation, ...],
        beside: Sequence[Sequence[tuple[str, str | None]]] = (),
        verdicts_beside: Sequence[str] = (),
    ) -> Decision:
        """``beside``: what was not ruled out, verdicts with options for each workload."""
        workloads = tuple(
            self._workload(
                seen,
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
        seen: Seen,
        place: int,
        outcomes: Sequence[WorkloadOutcome],
        beside: Sequence[tuple[str, str | None]],
    ) -> WorkloadDecision:
        outcomes = tuple(dict.fromkeys(outcomes))
        said = say(outcomes, [verdict for verdict, _option in beside])
        named = name_one(self.engine, self.engine.chooser, place, outcomes, seen.combinations())
        alone_said, alone = self._alone(seen, place)
        cells, winners = seen.reference(place, named.option)
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
            possible_options=tuple(sorted({*possible, *(o for _v, o in beside if o)})),
            necessary_options=(() if self._cut_off else necessary_options(outcomes)),
            regrets=named.regrets,
            intervals=intervals(seen, place),
            ranking=explained.ranking(),
            contradiction=explained.contradiction(),
            cells=cells,
        )

    @property
    def _cut_off(self) -> bool:
        """Whether more may be possible than was found."""
        return not {"possible", "designs"}.isdisjoint(self.unproven)

    def _alone(self, seen: Seen, place: int) -> tuple[Said, Named]:
        chooser = Chooser(self.problem, self.engine.denominator, [place])
        found: dict[WorkloadOutcome, None] = {}
        for team, scored in seen.alone(place):
            costs = [self.engine.cost(one, team) for one in range(1 << len(chooser.families))]
            found[chooser.outcome(scored, costs.__getitem__).workloads[0]] = None
        outcomes = tuple(found)
        return say(outcomes), name_one(self.engine, chooser, 0, outcomes, seen.alone(place))
