"""Facts over completions: what is possible, what is named, how scores range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.decision.engine import Engine
from advisor.decision.regret import Regret, largest_regrets, pick
from advisor.decision.seen import Combination, Seen
from advisor.decision.systems import UNDETERMINED, Chooser, Outcome, WorkloadOutcome


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one thing over all its outcomes."""

    verdict: str
    status: str
    possible: tuple[str, ...]


def say(outcomes: Iterable[Outcome | WorkloadOutcome], beside: Iterable[str] = ()) -> Said:
    """One verdict if all outcomes give it; otherwise several are possible and one must ask.

    ``beside``: verdicts that were not found but not ruled out either.
    """
    words = sorted({(one.verdict, one.status) for one in outcomes})
    possible = tuple(sorted({verdict for verdict, _status in words} | set(beside)))
    undetermined = {status for verdict, status in words if verdict == UNDETERMINED}
    if len(possible) > 1 or len(undetermined) > 1:
        return Said(UNDETERMINED, "ask-first", possible)
    return Said(*words[0], possible)


def possible_options(outcomes: Iterable[WorkloadOutcome]) -> tuple[str, ...]:
    """Every option that some completion names; at a tie all that are equal."""
    found: set[str] = set()
    for one in outcomes:
        if one.status == "tie":
            found.update(one.winners)
        elif one.option is not None:
            found.add(one.option)
    return tuple(sorted(found))


def necessary_options(outcomes: Sequence[WorkloadOutcome]) -> tuple[str, ...]:
    """The options that are among the winners of every completion."""
    common = set(outcomes[0].winners)
    for one in outcomes:
        common &= set(one.winners)
    return tuple(sorted(common))


@dataclass(frozen=True, slots=True)
class Named:
    """The option that is named, and the largest regret of each that could be (if computed)."""

    option: str | None
    regrets: Mapping[str, Regret]


def name_one(
    engine: Engine,
    chooser: Chooser,
    place: int,
    outcomes: Sequence[WorkloadOutcome],
    combinations: Iterable[Combination],
) -> Named:
    """The option on which all outcomes agree, otherwise that of least maximal regret.

    Where every outcome is unmet, only a broker's option is named.
    """
    options = {one.option for one in outcomes}
    if len(options) == 1:
        return Named(options.pop(), {})
    regrets = largest_regrets(engine, chooser, place, combinations)
    eligible = regrets
    if all(one.status == "unmet" for one in outcomes):
        eligible = {one: regret for one, regret in regrets.items() if one.systems}
    by_name = {chooser.name(one): regret for one, regret in regrets.items()}
    return Named(pick(chooser, eligible), by_name)


def intervals(seen: Seen, place: int) -> dict[str, tuple[Fraction, Fraction]]:
    """The least and the greatest score of each single design over these completions."""
    engine = seen.engine
    penalty = engine.problem.conventions.must_penalty
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for _team, (scored,) in seen.alone(place):
        for one in scored.candidates:
            if len(one.parts) == 1:
                name = engine.chooser.name(one)
                score = scored.value(one, engine.denominator) - penalty * one.violated
                low, high = found.get(name, (score, score))
                found[name] = (min(low, score), max(high, score))
    return found
