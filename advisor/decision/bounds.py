"""What can still win inside a box of answers: bounds that hold for every completion in it.

Every candidate of a workload, a design or a pair of them, is a sum over criteria: of points, and
of musts that it fails. Two candidates are compared by the least that their difference can be,
criterion by criterion, as if these did not share questions; what shifts all alike does not matter.
A conflict that may stand counts against the one that is to win. So a bound may be wide but is
never wrong.

Sets of systems are compared over all workloads at once: a set beats another if whatever each
workload uses within the other, there is something as good or better for it within this one, or so
much better for the rest that it makes up for it, costs included. What a workload uses in both needs
no bound, so a set is never held back by the many designs that compete inside a family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import inf

from advisor.decision.boxed import Candidates, FlowBounds, FlowBox, Lead
from advisor.decision.cases import Box, Cases, Teams
from advisor.decision.systems import UNDETERMINED, Chooser


@dataclass(frozen=True, slots=True)
class Within:
    """One set of systems that can win: for each workload the candidates that can be used in it.

    ``misses`` says of each workload whether its use violates a must: surely (True), surely not
    (False), or perhaps (None).
    """

    systems: int
    uses: tuple[frozenset[int], ...]
    misses: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class CanSay:
    """All that can be said in a box, ties between sets of systems left aside.

    ``options`` has for each workload the names of its candidates, with None where the nearest miss
    would be named, which is not bounded.
    """

    system: frozenset[str]
    verdicts: tuple[frozenset[str], ...]
    options: tuple[frozenset[str | None], ...]
    tie: bool

    def only(self, *, design: bool) -> tuple[tuple[str | None, ...], ...] | None:
        """The one result that is left: the system's verdict, then each workload's; else None."""
        several = [self.system, *self.verdicts]
        if self.tie or any(len(one) > 1 for one in several):
            return None
        ((system,), *verdicts) = several
        if not design:
            return ((system,), *((next(iter(one)),) for one in verdicts))
        if any(len(one) > 1 or None in one for one in self.options):
            return None
        named = zip(verdicts, self.options, strict=True)
        return ((system,), *((next(iter(one)), next(iter(own))) for one, own in named))


class Bounds:
    """What can be said in boxes of these cases."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.chooser: Chooser = cases.engine.chooser
        self.candidates = Candidates(cases)
        self.flows = tuple(FlowBounds(flow, self.candidates) for flow in cases.flows)
        self.sets = range(1 << len(self.chooser.families))

    def can_say(self, box: Box) -> CanSay | None:
        """All that can be said in the box; None where it has to be cut before that is known."""
        tight = self.cases.tightened(box)
        teams = self.cases.teams_of(tight)
        if not all(tight):
            return None
        champions = self._champions(tight)
        flows = []
        for bounds, named in zip(self.flows, champions, strict=True):
            found = bounds.inside(tight, teams, named)
            if found is None:
                return None
            flows.append(found)
        return self._said(list(self._alive(flows, teams)))

    def _champions(self, box: Box) -> list[dict[int, set[int]]]:
        """For each workload and set of systems, what is best in a few cases of the box."""
        found: list[dict[int, set[int]]] = [{one: set() for one in self.sets} for _ in self.flows]
        for corner in ([own[0] for own in box], [own[-1] for own in box]):
            case = self.cases.settled(corner)
            if case is None:
                continue
            for champions, scored in zip(found, self.cases.scored(case), strict=True):
                for systems in self.sets:
                    for best in self.chooser.best(scored, systems)[:1]:
                        champions[systems].add(self.candidates.number[best.parts])
        return found

    def _alive(self, flows: Sequence[FlowBox], teams: Teams) -> Iterator[Within]:
        """Every set of systems that can be just what is used, with what it is used for."""
        costs = [self._least_costs(one) for one in teams[2]]
        alive = list(self.sets)
        # Weights that go with each difference matter only where several workloads are added up.
        for exactly in (False, True) if len(flows) > 1 else (False,):
            if len(alive) > 1:
                leads = {
                    winner: [flow.leads(winner, exactly=exactly) for flow in flows]
                    for winner in self.sets
                }
                alive = [
                    loser
                    for loser in alive
                    if not any(
                        winner != loser and self._beats(winner, loser, flows, leads[winner], costs)
                        for winner in self.sets
                    )
                ]
        for one in alive:
            if all(any(not flow.systems(c) & ~one for c in flow.open) for flow in flows):
                yield Within(
                    one,
                    tuple(flow.named(one) for flow in flows),
                    tuple(flow.misses(one) for flow in flows),
                )

    def _least_costs(self, cost: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """What a set costs if it may be run as part of a greater one."""
        return tuple(min(cost[more] for more in self.sets if not one & ~more) for one in self.sets)

    def _beats(
        self,
        winner: int,
        loser: int,
        flows: Sequence[FlowBox],
        leads: Sequence[Sequence[Lead | None]],
        costs: Sequence[Sequence[Fraction]],
    ) -> bool:
        """Whether one set of systems is better than using just the other, in the whole box."""
        least: dict[int, Lead] = {0: 0}
        for flow, own in zip(flows, leads, strict=True):
            each: dict[int, Lead] = {}
            for c, lead in zip(flow.open, own, strict=True):
                systems = flow.systems(c)
                if not systems & ~loser:
                    if lead is None:
                        return False
                    each[systems] = min(each.get(systems, inf), lead)
            following: dict[int, Lead] = {}
            for (covered, before), (systems, lead) in product(least.items(), each.items()):
                union = covered | systems
                following[union] = min(following.get(union, inf), before + lead)
            least = following
        if loser not in least or least[loser] == inf:
            return True
        total = least[loser] + self._saved(winner, loser, flows, costs)
        return total > 0 or (total == 0 and winner.bit_count() < loser.bit_count())

    def _saved(
        self,
        winner: int,
        loser: int,
        flows: Sequence[FlowBox],
        costs: Sequence[Sequence[Fraction]],
    ) -> Fraction:
        """The least that the winner saves, in the unit of the leads."""
        saved = min(cost[loser] - cost[winner] for cost in costs)
        if self.chooser.feeds and winner.bit_count() > 1:
            saved -= self.chooser.bridge
        denominator = self.cases.engine.denominator
        if len(flows) == 1:
            return saved * denominator
        shares = self.chooser.shares
        scales = [
            sum(share * flow.weights[end] for share, flow in zip(shares, flows, strict=True))
            for end in (0, 1)
        ]
        return saved * denominator / max(Fraction(1), scales[1 if saved >= 0 else 0])

    def _said(self, alive: Sequence[Within]) -> CanSay:
        system: set[str] = set()
        verdicts: list[set[str]] = [set() for _ in self.flows]
        options: list[set[str | None]] = [set() for _ in self.flows]
        divided = len(self.flows) == 1
        tie = len(alive) > 1 and not (divided and all(one.misses == (True,) for one in alive))
        for one in alive:
            if True not in one.misses:
                systems = {0}
                for uses in one.uses:
                    each = {self.candidates.systems[c] for c in uses}
                    systems = {have | more for have, more in product(systems, each)}
                    tie = tie or len(each) > 1
                system.update(self.chooser.words(s, divided=divided)[0] for s in systems)
            if any(miss is not False for miss in one.misses):
                system.add(UNDETERMINED)
            for place, (uses, miss) in enumerate(zip(one.uses, one.misses, strict=True)):
                if miss is not True:
                    verdicts[place].update(self.candidates.words[c] for c in uses)
                    options[place].update(self.candidates.names[c] for c in uses)
                if miss is not False:
                    verdicts[place].add(UNDETERMINED)
                    options[place].add(None)
        return CanSay(
            frozenset(system), tuple(map(frozenset, verdicts)), tuple(map(frozenset, options)), tie
        )
