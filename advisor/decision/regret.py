"""The largest regret of each option, and the pick while several can still win."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.decision.engine import Engine
from advisor.decision.problem import Cells
from advisor.decision.score import Candidate, Scored
from advisor.decision.systems import Chooser


@dataclass(frozen=True, slots=True, order=True)
class Regret:
    """What choosing an option can cost at worst: musts violated without need, then value lost."""

    violated: int
    value: Fraction


def largest_regrets(
    engine: Engine,
    chooser: Chooser,
    place: int,
    combinations: Iterable[tuple[Cells, Sequence[Scored]]],
) -> dict[Candidate, Regret]:
    """The largest regret of each candidate of the chooser's workload at ``place``.

    The regret in one completion is what all workloads together lose, at their best, if this one
    uses the candidate. Candidates that some completion does not offer are left out.
    """
    worst: dict[tuple[int, ...], tuple[Candidate, Regret]] | None = None
    for team, scored in combinations:

        def cost(systems: int, cells: Cells = team) -> Fraction:
            return engine.cost(systems, cells)

        best = chooser.winners(chooser.choices(scored, cost))[0].merit
        here: dict[tuple[int, ...], tuple[Candidate, Regret]] = {}
        for candidate in scored[place].candidates:
            merit = chooser.forced(scored, cost, place, candidate)
            if merit is not None and (worst is None or candidate.parts in worst):
                regret = Regret(merit.violated - best.violated, best.value - merit.value)
                if worst is not None:
                    regret = max(regret, worst[candidate.parts][1])
                here[candidate.parts] = (candidate, regret)
        worst = here
    return dict(worst.values()) if worst else {}


def pick(chooser: Chooser, regrets: Mapping[Candidate, Regret]) -> str | None:
    """The option of least maximal regret; None where two families are exactly equal."""
    if not regrets:
        return None
    least = min(regrets.values())
    equal = [one for one, regret in regrets.items() if regret == least]
    fewest = min(one.systems.bit_count() for one in equal)
    equal = [one for one in equal if one.systems.bit_count() == fewest]
    if len({one.systems for one in equal}) > 1:
        return None
    return chooser.name(min(equal, key=chooser.plainness))
