"""The document that a recommendation is: every field of schema recommendation/1, in its order.

Scores and values are exact fractions; the JSON writes them as ``"17/40"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from advisor.domain.evidence import Evidence
from advisor.domain.predicate import Value
from advisor.domain.rules import Level


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What made it: enough to make it again."""

    advisor: str
    rules_digest: str
    input_digest: str
    broker_versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion adds to an option's score; ``value`` is before weighting."""

    criterion: str
    level: Level
    weight: int
    value: Fraction
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elimination:
    """Musts that cannot be met; ``conflict`` names the rule where it takes several together."""

    criteria: tuple[str, ...]
    conflict: str | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One option (a pair is written ``a + b``) with everything that made its score."""

    option: str
    score: Fraction
    eliminated_by: tuple[Elimination, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Because:
    """One comparison of a fired rule: what was given and what it was tested against."""

    need: str
    given: Value
    test: str


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule (``criterion.name``) that fired; ``effect`` says what it did."""

    id: str
    effect: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A need left out; ``verdicts`` has the verdict of each unsaid value that changes it."""

    need: str
    value: Value
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown answer worth having: the verdict that each possible answer would give."""

    need: str
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One answer changed; ``workload`` names whose it is, where it is not plain."""

    need: str
    before: Value
    after: str
    workload: str | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """Answers whose change gives another verdict."""

    changes: tuple[Change, ...]
    verdict: str
    option: str | None


@dataclass(frozen=True, slots=True)
class LoadBearing:
    """A claim or conflict whose refutation alone changes the ``verdict``, or only the ``design``.

    ``verdict`` and ``option`` are what would be said then.
    """

    claim: str
    executed: bool
    changes: str
    verdict: str
    option: str | None


@dataclass(frozen=True, slots=True)
class SmallestFlips:
    """The fewest answers whose change changes the verdict.

    ``least`` is proven to be no less; ``all_found``: ``sets`` are all of that size (none at all: no
    set of fewer answers than ``least`` changes it, and larger ones were not looked for).
    """

    least: int
    all_found: bool
    sets: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """By how many musts, then by how much value less cost, the best other verdict falls behind."""

    verdict: str
    musts: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class SampledShare:
    """How often each verdict comes out in worlds that are drawn: conditional on the model.

    ``share`` is that of the verdict, with its ``standard_error``; ``seed`` makes it again.
    """

    share: float
    standard_error: float
    shares: Mapping[str, float]
    samples: int
    seed: int


@dataclass(frozen=True, slots=True)
class CriticalConvention:
    """Between ``holds`` and ``changes`` the convention, ``given`` now, changes the ``verdict``."""

    convention: str
    given: Fraction
    holds: Fraction
    changes: Fraction
    verdict: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a verdict is: facts, each computed; None where a limit cut one off.

    ``decided``: no unknown or assumed answer leads to another verdict; ``possible`` has those that
    were found. ``weights``: the verdict holds for ``every`` weighting that respects the levels, for
    any weights of the ``levels`` in their order, or for the ``given`` ones. ``evidence``: it holds
    whatever the claims that were not executed turn out to be worth. ``together``: it holds for
    every weighting even then. ``not_proven`` names the facts that were cut off.
    """

    decided: bool | None
    possible: tuple[str, ...]
    weights: str | None
    evidence: bool | None
    together: bool | None
    load_bearing: tuple[LoadBearing, ...]
    flips: SmallestFlips | None
    margin: Margin | None
    sampled: SampledShare | None
    critical: tuple[CriticalConvention, ...]
    not_proven: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """Why one option cannot meet some of the musts: its claims or conflict, and their checks."""

    option: str
    criteria: tuple[str, ...]
    conflict: str | None
    claims: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """A smallest set of musts that no option meets together, with what fails each option."""

    criteria: tuple[str, ...]
    failing: tuple[Failing, ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """``kind``: split (two designs in one system), both (two systems), relax (some musts become
    shoulds), or unmet (the nearest miss). ``option`` is what is used then."""

    kind: str
    option: str | None
    relax: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Musts that no single design meets together, and the ways out, in the order to try them.

    ``unsatisfiable`` are the minimal sets; ``corrections`` the minimal sets of musts to relax.
    """

    unsatisfiable: tuple[Unsatisfiable, ...]
    corrections: tuple[tuple[str, ...], ...]
    ways_out: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two designs of different systems between which messages pass, and the check that was run.

    ``target`` is the workload that ``source`` feeds (itself where one workload is divided).
    ``result`` is held, not held, undecided or not-executed, with the reason.
    """

    source: str
    target: str
    source_option: str
    target_option: str
    check: str
    result: str
    rerun: str | None


@dataclass(frozen=True, slots=True)
class SystemsCompared:
    """A set of systems: its cost in weight points, the musts missed, its value less cost."""

    systems: tuple[str, ...]
    cost: Fraction
    musts: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class WorkloadAdvice:
    """What one workload should use within the chosen systems, and ``alone`` by itself."""

    name: str
    verdict: str
    option: str | None
    alone: str | None
    status: str
    grade: str | None
    possible: tuple[str, ...]
    possible_options: tuple[str, ...]
    ranking: tuple[Ranked, ...]
    evidence: tuple[Evidence, ...]
    rules: tuple[FiredRule, ...]
    assumptions: tuple[Assumption, ...]
    ask_next: tuple[Question, ...]
    flips: tuple[Flip, ...]
    confidence: Confidence | None = None
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class SystemAdvice:
    """The verdict for all workloads together and the systems that it runs."""

    verdict: str
    status: str
    grade: str | None
    possible: tuple[str, ...]
    systems: tuple[str, ...]
    confidence: Confidence | None = None
    compared: tuple[SystemsCompared, ...] = ()
    bridges: tuple[Bridge, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The whole answer."""

    made_by: MadeBy
    system: SystemAdvice
    workloads: tuple[WorkloadAdvice, ...]
