"""What can still win where there are too many completions to look at each: branch and bound.

First come the first completion and some that are drawn, always the same: where several verdicts
are possible they show up there. Then a *box*, which leaves each open question some of its cells, is
done where bounds over the whole of it show that nothing else can be said there than what was found
already; a small box is looked at completely; any other is cut at the question that moves most.
Verdicts are settled before designs. What the limit leaves undone is not ruled out, and is said to
be so. Exact ties between families are found in completions that were looked at only.

Work is counted in *nodes*: completions looked at and boxes bounded, so that the same answers give
the same result on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from random import Random

from advisor.decision.bounds import Bounds, CanSay
from advisor.decision.cases import Box, Cases
from advisor.decision.scoring import Case
from advisor.decision.systems import UNDETERMINED, Outcome

SMALL_BOX = 16
"""A box of no more combinations than this is looked at completely."""

DRAWN = 200
SEED = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found.

    ``looked`` are the completions that were drawn or first; ``outcomes`` what some completion
    gives. ``verdicts_proven`` says that no other verdict is possible, ``proven`` no other design
    either. What was neither found nor ruled out: ``verdicts_beside`` of the system, ``beside`` for
    each workload the verdicts, with their single designs (pairs are too many to list).
    """

    cases: Cases
    looked: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    beside: tuple[tuple[tuple[str, str | None], ...], ...]
    verdicts_beside: tuple[str, ...]
    verdicts_proven: bool
    proven: bool
    nodes: int


def search(cases: Cases, limit: int, *, drawn: int | None = None) -> Found:
    """Look for everything that can win, until it is proven or ``limit`` nodes were looked at.

    ``drawn``: how many completions are drawn first (None: DRAWN). Raises ValueError where no
    completion is possible at all.
    """
    return _Search(cases, limit).run(DRAWN if drawn is None else drawn)


class _Search:
    def __init__(self, cases: Cases, limit: int) -> None:
        self.cases = cases
        self.bounds = Bounds(cases)
        self.limit = limit
        self.nodes = 0
        self.outcomes: dict[Outcome, None] = {}
        self.system: set[str] = set()
        self.verdicts: tuple[set[str], ...] = tuple(set() for _ in cases.flows)
        self.options: tuple[set[str], ...] = tuple(set() for _ in cases.flows)
        self._places = range(len(cases.flows))

    def run(self, drawn: int) -> Found:
        looked = {self.cases.first: None}
        self._look(self.cases.first)
        random = Random(SEED)
        for _ in range(min(drawn, self.limit // 4)):
            case = self.cases.likely(random)
            if case is not None and case not in looked:
                looked[case] = None
                self._look(case)
        undone = self._left_after(design=False)
        verdicts_proven = not undone
        if verdicts_proven:
            undone = self._left_after(design=True)
        return Found(
            self.cases,
            tuple(looked),
            tuple(self.outcomes),
            tuple(self._beside(place, undone, verdicts_proven) for place in self._places),
            () if verdicts_proven else self._verdicts_beside(undone),
            verdicts_proven,
            not undone,
            self.nodes,
        )

    def _left_after(self, *, design: bool) -> list[CanSay | None]:
        """What is undone, by what could be said there, once all boxes or the limit are done."""
        stack: list[tuple[Box, CanSay | None]] = [(self.cases.everything, None)]
        undone: list[CanSay | None] = []
        while stack:
            box, before = stack.pop()
            if before is not None and self._known(before, design=design):
                continue
            if self.nodes >= self.limit:
                undone.append(before)
                continue
            size = prod(map(len, box))
            if size <= SMALL_BOX:
                for case in self.cases.cases_of(box):
                    self._look(case)
                continue
            self.nodes += 1
            can_say = self.bounds.can_say(box)
            if can_say is None or not self._known(can_say, design=design):
                stack += [(part, can_say) for part in self._cut(box)]
        return [one for one in undone if one is None or not self._known(one, design=design)]

    def _look(self, case: Case) -> None:
        """Take in what is said of one completion."""
        self.nodes += 1
        outcome = self.cases.outcome(case)
        self.outcomes[outcome] = None
        self.system.add(outcome.verdict)
        for place, workload in enumerate(outcome.workloads):
            self.verdicts[place].add(workload.verdict)
            named = (workload.option,) if workload.option else workload.winners
            self.options[place].update(named)

    def _known(self, can_say: CanSay, *, design: bool) -> bool:
        """Whether everything that can be said there was found already."""
        if not can_say.system <= self.system:
            return False
        for place, own in enumerate(can_say.verdicts):
            if not own <= self.verdicts[place]:
                return False
            if design and not can_say.options[place] <= self.options[place]:
                return False
        return True

    def _cut(self, box: Box) -> list[Box]:
        """The box once for each cell of the question on which most hangs."""
        weights = self.cases.weights
        free = [
            i
            for i, one in enumerate(self.cases.variables)
            if len(box[i]) > 1 and one.derived is None
        ] or [i for i, own in enumerate(box) if len(own) > 1]
        i = max(free, key=lambda one: (weights[one], -one))
        return [(*box[:i], (cell,), *box[i + 1 :]) for cell in reversed(box[i])]

    def _verdicts_beside(self, undone: Sequence[CanSay | None]) -> tuple[str, ...]:
        found: set[str] = set()
        for can_say in undone:
            found |= self._every_verdict() if can_say is None else can_say.system
        return tuple(sorted(found - self.system))

    def _beside(
        self, place: int, undone: Sequence[CanSay | None], verdicts_proven: bool
    ) -> tuple[tuple[str, str | None], ...]:
        """The verdicts and single designs of a workload that were not found, nor ruled out."""
        candidates = self.bounds.candidates
        singles = dict(zip(candidates.names[: candidates.singles], candidates.words, strict=False))
        seen, named = self.verdicts[place], self.options[place]
        found: set[tuple[str, str | None]] = set()
        for can_say in undone:
            verdicts = self._every_verdict() if can_say is None else can_say.verdicts[place]
            options = singles.keys() if can_say is None else can_say.options[place]
            found |= {(one, None) for one in verdicts - seen}
            found |= {(singles[one], one) for one in options if one in singles and one not in named}
        return tuple(
            sorted(
                (one for one in found if one[0] in seen or not verdicts_proven),
                key=lambda one: (one[0], one[1] or ""),
            )
        )

    def _every_verdict(self) -> set[str]:
        chooser = self.bounds.chooser
        return {UNDETERMINED, *(chooser.words(one, divided=True)[0] for one in self.bounds.sets)}
