"""The facts about how sure a verdict is, as values, and the grade that follows from them.

What is graded is the *verdict*: which systems are used, by the whole or by one workload. Designs of
one family that change places are named beside it and do not lower the grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.decision.changes import Variation
from advisor.decision.facts import Said
from advisor.decision.flips import Flips
from advisor.decision.margins import Margin
from advisor.decision.sensitivity import Critical
from advisor.decision.systems import UNDETERMINED
from advisor.decision.weighting import Weightings
from advisor.decision.words import Words


@dataclass(frozen=True, slots=True)
class Effort:
    """How much may be looked at, so that the time is bounded: completions and outcomes.

    ``seed`` and ``samples`` are those of the sampled share.
    """

    strikes: int = 4_000
    situations: int = 256
    looked: int = 32
    opened: int = 100
    flips: int = 1_500
    critical: int = 4
    samples: int = 200
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Bearing:
    """A claim or conflict whose refutation alone gives another verdict, or another design.

    ``carries`` says that the verdict of the subject changes; otherwise only the design does.
    """

    claim: str
    executed: bool
    carries: bool
    verdict: str
    option: str | None


@dataclass(frozen=True, slots=True)
class SystemsWorth:
    """One set of systems: what it costs in weight points, the musts missed, and value less cost."""

    systems: tuple[str, ...]
    cost: Fraction
    musts: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Assurance:
    """The facts about one subject: the whole system, or one workload.

    ``possible`` are the verdicts found while unknown and assumed answers are open; ``decided``
    whether there is no other (None: not proven either way). ``weights``: the weightings for which
    the verdict holds. ``whatever_evidence``: whether it holds whatever the claims that were not
    executed turn out to be worth, and ``together`` whether it holds for every weighting then, too.
    ``flips``: the fewest answers whose change changes the verdict. ``margin``: the least over
    the unknown answers. ``shares``: how often each verdict comes out in ``samples`` worlds that are
    drawn, conditional on the model. ``critical``: where a convention would change the verdict.
    ``compared``: the sets of systems, where nothing is unknown. ``unproven`` names facts that a
    limit cut off.
    """

    grade: str
    decided: bool | None
    possible: tuple[str, ...]
    weights: Weightings | None
    whatever_evidence: bool | None
    together: bool | None
    bearings: tuple[Bearing, ...]
    margin: Margin | None
    shares: Mapping[str, Fraction]
    samples: int
    seed: int
    critical: tuple[Critical, ...]
    flips: Flips | None
    compared: tuple[SystemsWorth, ...]
    unproven: tuple[str, ...]

    @property
    def load_bearing(self) -> tuple[Bearing, ...]:
        """The claims whose single refutation changes the verdict."""
        return tuple(one for one in self.bearings if one.carries)

    @property
    def robust(self) -> bool:
        """Decided whatever the open answers are and for every weighting."""
        return self.decided is True and self.weights is Weightings.EVERY


@dataclass(frozen=True, slots=True)
class Subject:
    """What is graded: the system (``place`` None) or a workload, and what is said of it."""

    place: int | None
    said: Said

    def verdict(self, words: Words) -> str:
        return words[0] if self.place is None else words[1][self.place]

    def option(self, words: Words) -> str | None:
        return None if self.place is None else words[2][self.place]

    def changed(self, names: Sequence[str], variation: Variation) -> bool:
        if self.place is None:
            return variation.system_changed
        return names[self.place] in variation.changed


def grade(subject: Subject, facts: Assurance) -> str:
    """A: robust in answers, weights and evidence. B: every load-bearing claim executed, and at
    least two answers must change. C: otherwise decided. D: several possible winners.

    An assumption that changes the verdict alone is one such answer, so it leaves C at most. What
    was not proven counts against the grade. Where no design meets every must there is no winner to
    be sure of: that is C at best, too.
    """
    if len(subject.said.possible) > 1 or subject.said.status == "tie":
        return "D"
    if "possible" in facts.unproven:
        return "D"
    if subject.said.verdict == UNDETERMINED:
        return "C"
    if facts.robust and facts.whatever_evidence and facts.together:
        return "A"
    unproven = {"variations", "load-bearing claims"}.intersection(facts.unproven)
    several = facts.flips is not None and facts.flips.least > 1
    if not unproven and several and all(one.executed for one in facts.load_bearing):
        return "B"
    return "C"
