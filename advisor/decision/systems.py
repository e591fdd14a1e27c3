"""Which systems to run, over all workloads of one completion, and what each workload then uses.

Sets of systems are compared first by the violated musts, summed over the workloads, then by value
less cost, then by their number; what is still equal is a tie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from advisor.decision.problem import NO_SYSTEM, OptionFacts, SystemProblem
from advisor.decision.score import Candidate, Scored

UNDETERMINED = "undetermined"
BOTH = "both"


class Merit(NamedTuple):
    """How good something is: fewer violated musts first, then value less cost."""

    violated: int
    value: Fraction

    def beats(self, other: Merit) -> bool:
        return (self.violated, -self.value) < (other.violated, -other.value)


@dataclass(frozen=True, slots=True)
class WorkloadOutcome:
    """What one workload uses in one completion.

    ``winners`` are all options exactly equal at the top, ``option`` the one that is named: among
    equals of one family the simplest, at ``unmet`` the nearest miss of a broker, at ``tie`` none.
    """

    verdict: str
    status: str
    option: str | None
    winners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one completion leads to: the systems that are run, and each workload's part."""

    verdict: str
    status: str
    systems: tuple[str, ...]
    workloads: tuple[WorkloadOutcome, ...]


class Scale(NamedTuple):
    """What makes values whole numbers: over ``denominator``, a workload's points count its factor
    and a cost in weight points ``cost_factor``."""

    factors: tuple[int, ...]
    cost_factor: int
    denominator: int


class Choice(NamedTuple):
    """One set of systems, as bits, with its merit and the equal best candidates per workload."""

    systems: int
    merit: Merit
    uses: tuple[tuple[Candidate, ...], ...]


def broker_families(options: Sequence[OptionFacts]) -> tuple[str, ...]:
    """The families that are systems to run, in alphabetical order."""
    return tuple(sorted({option.family for option in options} - {NO_SYSTEM}))


class Chooser:
    """Compares the sets of systems for given scores of the workloads."""

    def __init__(
        self,
        problem: SystemProblem,
        denominator: int,
        members: Sequence[int] | None = None,
        *,
        unit: int = 1,
    ) -> None:
        """``members``: the places of the workloads that make up the system (None: all).

        ``unit``: what one weight point is in the weights and costs that are handed in.
        """
        self.options = problem.options
        self.families = broker_families(problem.options)
        self.denominator = denominator
        self.members = tuple(range(len(problem.workloads))) if members is None else tuple(members)
        workloads = [problem.workloads[place] for place in self.members]
        self.weights = tuple(workload.weight for workload in workloads)
        self.shares = tuple(Fraction(own, sum(self.weights)) for own in self.weights)
        names = {workload.name: place for place, workload in enumerate(workloads)}
        self.feeds = tuple(
            (place, names[fed])
            for place, workload in enumerate(workloads)
            for fed in workload.feeds
            if fed in names
        )
        self.bridge = problem.conventions.costs.bridge
        self.unit = unit
        self._best: dict[tuple[Scored, int], tuple[Candidate, ...]] = {}

    def system_bits(self) -> tuple[int, ...]:
        """For each option the bit of its family, 0 where it needs no broker."""
        bits = {family: 1 << place for place, family in enumerate(self.families)}
        return tuple(bits.get(option.family, 0) for option in self.options)

    def named(self, systems: int) -> tuple[str, ...]:
        return tuple(family for place, family in enumerate(self.families) if systems & (1 << place))

    def choices(self, scored: Sequence[Scored], cost: Callable[[int], Fraction]) -> list[Choice]:
        """Every set of systems in which each workload has an option at all."""
        scale = self._scale(scored)
        found = []
        for systems in range(1 << len(self.families)):
            uses = tuple([self.best(one, systems) for one in scored])
            if all(uses):
                merit = self._merit(scale, [use[0] for use in uses], cost(systems))
                found.append(Choice(systems, merit, uses))
        if not found:
            raise ValueError("a workload has no option that could be chosen")
        return found

    def _scale(self, scored: Sequence[Scored]) -> Scale:
        """The whole numbers over which the values of these workloads are comparable."""
        weights = [max(1, one.weights) for one in scored]
        common = lcm(*weights)
        needed = sum(own * one.weights for own, one in zip(self.weights, scored, strict=True))
        spread = max(self.unit * sum(self.weights), needed)
        total = sum(self.weights) * common * self.denominator
        return Scale(
            tuple(
                own * (common // weight) * spread
                for own, weight in zip(self.weights, weights, strict=True)
            ),
            sum(self.weights) * total,
            total * spread,
        )

    def _merit(self, scale: Scale, uses: Sequence[Candidate], cost: Fraction) -> Merit:
        points = violated = 0
        for factor, use in zip(scale.factors, uses, strict=True):
            points += factor * use.points
            violated += use.violated
        if self.feeds and self.bridge:
            cost += self._bridge_cost(uses)
        below = cost.denominator
        value = Fraction(
            points * below - scale.cost_factor * cost.numerator, scale.denominator * below
        )
        return Merit(violated, value)

    def forced(
        self,
        scored: Sequence[Scored],
        cost: Callable[[int], Fraction],
        place: int,
        candidate: Candidate,
    ) -> Merit | None:
        """The best that all workloads together can reach if one uses this candidate."""
        scale = self._scale(scored)
        best: Merit | None = None
        for systems in range(1 << len(self.families)):
            if candidate.systems & ~systems:
                continue
            uses = [self.best(one, systems) for one in scored]
            uses[place] = (candidate,)
            if all(uses):
                merit = self._merit(scale, [use[0] for use in uses], cost(systems))
                if best is None or merit.beats(best):
                    best = merit
        return best

    def best(self, scored: Scored, systems: int) -> tuple[Candidate, ...]:
        """The equal best candidates that need no system beyond these, plainest first.

        What needs fewer systems comes before what is otherwise equal.
        """
        key = (scored, systems)
        known = self._best.get(key)
        if known is None:
            known = self._best[key] = self._find_best(scored, systems)
        return known

    def _find_best(self, scored: Scored, systems: int) -> tuple[Candidate, ...]:
        within = [one for one in scored.candidates if not one.systems & ~systems]
        if not within:
            return ()
        top = min((one.violated, -one.points, one.systems.bit_count()) for one in within)
        equal = [
            one for one in within if (one.violated, -one.points, one.systems.bit_count()) == top
        ]
        return tuple(sorted(equal, key=self.plainness))

    def plainness(self, candidate: Candidate) -> tuple[int, int, str]:
        """Orders equals: one design before two, then the simpler, then by name."""
        simplicity = sum(self.options[part].simplicity for part in candidate.parts)
        return (len(candidate.parts), simplicity, self.name(candidate))

    def name(self, candidate: Candidate) -> str:
        """Its id; a pair's in alphabetical order, so that the order of options does not matter."""
        return " + ".join(sorted(self.options[part].id for part in candidate.parts))

    def _bridge_cost(self, uses: Sequence[Candidate]) -> Fraction:
        """The bridge, once, where a workload feeds one that uses other systems."""
        for giver, taker in self.feeds:
            here, there = uses[giver].systems, uses[taker].systems
            if here and there and not here & there:
                return self.bridge
        return Fraction(0)

    def winners(self, choices: Sequence[Choice]) -> list[Choice]:
        """The best choice; several only where they are equal in everything."""
        best = choices[0].merit
        for choice in choices:
            if choice.merit.beats(best):
                best = choice.merit
        equal = [choice for choice in choices if choice.merit == best]
        fewest = min(choice.systems.bit_count() for choice in equal)
        return [choice for choice in equal if choice.systems.bit_count() == fewest]

    def outcome(self, scored: Sequence[Scored], cost: Callable[[int], Fraction]) -> Outcome:
        """What the method says for one completion."""
        best = self.winners(self.choices(scored, cost))
        workloads = tuple(
            self._workload(place, one, best, cost) for place, one in enumerate(scored)
        )
        systems = 0
        for use in best[0].uses:
            systems |= use[0].systems
        if any(workload.status == "unmet" for workload in workloads):
            verdict, status = UNDETERMINED, "unmet"
        elif len(best) > 1:
            verdict, status = UNDETERMINED, "tie"
        else:
            verdict, status = self.words(systems, divided=len(workloads) == 1)
        if verdict == UNDETERMINED and len(best) > 1:
            systems = 0
        return Outcome(verdict, status, self.named(systems), workloads)

    def words(self, systems: int, *, divided: bool) -> tuple[str, str]:
        """Verdict and status of running these systems; ``divided``: for one workload alone."""
        count = systems.bit_count()
        if count == 0:
            return NO_SYSTEM, "none-needed"
        if count == 1:
            return self.named(systems)[0], "conditional"
        return BOTH, "split" if divided else "both"

    def _workload(
        self,
        place: int,
        scored: Scored,
        best: Sequence[Choice],
        cost: Callable[[int], Fraction],
    ) -> WorkloadOutcome:
        uses = tuple(dict.fromkeys(one for choice in best for one in choice.uses[place]))
        winners = tuple(self.name(one) for one in uses)
        if uses[0].violated:
            return WorkloadOutcome(
                UNDETERMINED, "unmet", self._nearest(scored, uses, cost), winners
            )
        if len({one.systems for one in uses}) > 1:
            return WorkloadOutcome(UNDETERMINED, "tie", None, winners)
        verdict, status = self.words(uses[0].systems, divided=True)
        return WorkloadOutcome(verdict, status, winners[0], winners)

    def _nearest(
        self, scored: Scored, uses: Sequence[Candidate], cost: Callable[[int], Fraction]
    ) -> str | None:
        """The nearest miss of a broker: what the chosen systems give, or else the best by itself.

        None where there is no broker, or where two families miss exactly equally.
        """
        brokers = [one for one in uses if one.systems]
        if not brokers:
            scale = max(1, scored.weights)
            merits = {
                one: Merit(
                    one.violated,
                    scored.value(one, self.denominator) - cost(one.systems) / scale,
                )
                for one in scored.candidates
                if one.systems
            }
            brokers = [
                one for one in merits if not any(m.beats(merits[one]) for m in merits.values())
            ]
        fewest = min((one.systems.bit_count() for one in brokers), default=0)
        brokers = [one for one in brokers if one.systems.bit_count() == fewest]
        if len({one.systems for one in brokers}) != 1:
            return None
        return self.name(min(brokers, key=self.plainness))
