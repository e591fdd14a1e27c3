"""Which systems to run, over all workloads of one completion, and what each workload then uses.

Sets of systems are compared first by the violated musts, summed over the workloads, then by value
less cost, then by their number; what is still equal is a tie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
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


class Use(NamedTuple):
    """What a workload uses: the equal best candidates, plainest first, and their value."""

    equals: tuple[Candidate, ...]
    value: Fraction


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
        self, problem: SystemProblem, denominator: int, members: Sequence[int] | None = None
    ) -> None:
        """``members``: the places of the workloads that make up the system (None: all)."""
        self.options = problem.options
        self.families = broker_families(problem.options)
        self.denominator = denominator
        self.members = tuple(range(len(problem.workloads))) if members is None else tuple(members)
        workloads = [problem.workloads[place] for place in self.members]
        total = sum(workload.weight for workload in workloads)
        self.shares = tuple(Fraction(workload.weight, total) for workload in workloads)
        names = {workload.name: place for place, workload in enumerate(workloads)}
        self.feeds = tuple(
            (place, names[fed])
            for place, workload in enumerate(workloads)
            for fed in workload.feeds
            if fed in names
        )
        self.bridge = problem.conventions.costs.bridge
        self._best: dict[tuple[Scored, int], Use] = {}

    def system_bits(self) -> tuple[int, ...]:
        """For each option the bit of its family, 0 where it needs no broker."""
        bits = {family: 1 << place for place, family in enumerate(self.families)}
        return tuple(bits.get(option.family, 0) for option in self.options)

    def named(self, systems: int) -> tuple[str, ...]:
        return tuple(family for place, family in enumerate(self.families) if systems & (1 << place))

    def choices(self, scored: Sequence[Scored], cost: Callable[[int], Fraction]) -> list[Choice]:
        """Every set of systems in which each workload has an option at all."""
        found = []
        for systems in range(1 << len(self.families)):
            uses = [self.best(one, systems) for one in scored]
            if all(use.equals for use in uses):
                found.append(
                    Choice(
                        systems,
                        self._merit(scored, uses, cost(systems)),
                        tuple(use.equals for use in uses),
                    )
                )
        if not found:
            raise ValueError("a workload has no option that could be chosen")
        return found

    def _merit(self, scored: Sequence[Scored], uses: Sequence[Use], cost: Fraction) -> Merit:
        weights = value = Fraction(0)
        for share, one, use in zip(self.shares, scored, uses, strict=True):
            weights += share * one.weights
            value += share * use.value
        cost += self._bridge_cost(uses)
        if cost:
            value -= cost / weights if weights > 1 else cost
        return Merit(sum(use.equals[0].violated for use in uses), value)

    def forced(
        self,
        scored: Sequence[Scored],
        cost: Callable[[int], Fraction],
        place: int,
        candidate: Candidate,
    ) -> Merit | None:
        """The best that all workloads together can reach if one uses this candidate."""
        best: Merit | None = None
        own = Use((candidate,), scored[place].value(candidate, self.denominator))
        for systems in range(1 << len(self.families)):
            if candidate.systems & ~systems:
                continue
            uses = [
                own if here == place else self.best(one, systems) for here, one in enumerate(scored)
            ]
            if all(use.equals for use in uses):
                merit = self._merit(scored, uses, cost(systems))
                if best is None or merit.beats(best):
                    best = merit
        return best

    def best(self, scored: Scored, systems: int) -> Use:
        """The equal best candidates that need no system beyond these, fewest systems first."""
        key = (scored, systems)
        known = self._best.get(key)
        if known is None:
            known = self._best[key] = self._find_best(scored, systems)
        return known

    def _find_best(self, scored: Scored, systems: int) -> Use:
        within = [one for one in scored.candidates if not one.systems & ~systems]
        if not within:
            return Use((), Fraction(0))
        violated = min(one.violated for one in within)
        within = [one for one in within if one.violated == violated]
        points = max(one.points for one in within)
        within = [one for one in within if one.points == points]
        fewest = min(one.systems.bit_count() for one in within)
        within = [one for one in within if one.systems.bit_count() == fewest]
        return Use(
            tuple(sorted(within, key=self.plainness)), scored.value(within[0], self.denominator)
        )

    def plainness(self, candidate: Candidate) -> tuple[int, int, str]:
        """Orders equals: one design before two, then the simpler, then by name."""
        simplicity = sum(self.options[part].simplicity for part in candidate.parts)
        return (len(candidate.parts), simplicity, self.name(candidate))

    def name(self, candidate: Candidate) -> str:
        return " + ".join(self.options[part].id for part in candidate.parts)

    def _bridge_cost(self, uses: Sequence[Use]) -> Fraction:
        """The bridge, once, where a workload feeds one that uses other systems."""
        for giver, taker in self.feeds:
            here, there = uses[giver].equals[0].systems, uses[taker].equals[0].systems
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
