"""How far ahead a verdict is of the next other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.decision.engine import Engine
from advisor.decision.score import Candidate
from advisor.decision.systems import Merit
from advisor.decision.weighed import Situations


@dataclass(frozen=True, slots=True, order=True)
class Margin:
    """By how many musts, and by how much value less cost, the best other verdict falls behind.

    ``rival`` is that verdict. Musts come first: with ``musts`` above nought the value does not
    matter and may be below it.
    """

    musts: int
    value: Fraction
    rival: str


def system_margin(engine: Engine, here: Situations) -> Margin | None:
    """The margin of the system's verdict in one completion; None at a tie or without a rival."""
    if here.own is None:
        return None
    used = _used(here.own.uses)
    own = here.own.merit
    return min(
        (
            _margin(own, one.merit, _word(engine, _used(one.uses), len(here.workloads)))
            for one in here.choices
            if _used(one.uses) != used
        ),
        default=None,
    )


def workload_margin(engine: Engine, here: Situations, place: int) -> Margin | None:
    """The margin of one workload's verdict: all workloads together do best if it uses another."""
    if here.own is None:
        return None
    use = here.own.uses[place][0]
    scored = [one.scored for one in here.workloads]
    found = []
    for candidate in scored[place].candidates:
        if candidate.systems != use.systems:
            merit = engine.chooser.forced(
                scored, lambda systems: engine.cost(systems, here.team), place, candidate
            )
            if merit is not None:
                word = engine.chooser.words(candidate.systems, divided=True)[0]
                found.append(_margin(here.own.merit, merit, word))
    return min(found, default=None)


def _used(uses: Sequence[Sequence[Candidate]]) -> int:
    systems = 0
    for use in uses:
        systems |= use[0].systems
    return systems


def _word(engine: Engine, systems: int, workloads: int) -> str:
    return engine.chooser.words(systems, divided=workloads == 1)[0]


def _margin(own: Merit, rival: Merit, word: str) -> Margin:
    return Margin(rival.violated - own.violated, own.value - rival.value, word)
