"""How sure a verdict is: a block of facts, each computed, and the grade that follows from them.

What is graded is the *verdict*: which systems are used, by the whole or by one workload. Designs of
one family that change places are named beside it and do not lower the grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.decision.changes import Variation, Words, words_of
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.facts import Said
from advisor.decision.flips import Flipping, Flips
from advisor.decision.margins import Margin, system_margin, workload_margin
from advisor.decision.opened import Opened, open_assumptions
from advisor.decision.problem import Answers
from advisor.decision.sensitivity import Critical, Sensitivity
from advisor.decision.space import Space
from advisor.decision.striking import EXECUTED, at_worst, without_claim, without_conflict
from advisor.decision.systems import UNDETERMINED
from advisor.decision.value import carrying
from advisor.decision.weighed import Situations, Weighed, leads_whatever_the_weights, situations
from advisor.decision.weighting import Weightings
from advisor.decision.worlds import sampled_verdicts
from advisor.domain.requirements import Standing


@dataclass(frozen=True, slots=True)
class Effort:
    """How much may be looked at, so that the time is bounded: completions and outcomes.

    ``seed`` and ``samples`` are those of the sampled share.
    """

    strikes: int = 20_000
    situations: int = 256
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


class Assuring:
    """Finds out the facts that all subjects share, each once."""

    def __init__(
        self,
        space: Space,
        team: Answers,
        workloads: Sequence[Answers],
        variations: Sequence[Variation],
        unproven: Sequence[str],
        effort: Effort,
    ) -> None:
        self.space = space
        self.engine: Engine = space.engine
        self.team = team
        self.answers = tuple(workloads)
        self.variations = variations
        self.effort = effort
        self.names = [one.name for one in self.engine.problem.workloads]
        self.unproven = [one for one in unproven if one in ("possible", "variations")]
        self.words = words_of(space)
        self._now = self._situations(self.engine)
        self._open: Opened | None = None

    def facts(self, subjects: Sequence[Subject]) -> tuple[Assurance, ...]:
        """One block for each subject."""
        weights = self._weights(self._now)
        worst_words, worst_weights = self._at_worst()
        bearings = tuple(self._bearings()) if self._decided(subjects) else ()
        drawn = self._drawn()
        critical = self._critical(len(subjects))
        flips = self._flips()
        found = []
        for subject in subjects:
            index = 0 if subject.place is None else 1 + subject.place
            decided, possible = self._openness(subject)
            assurance = Assurance(
                grade="",
                decided=decided,
                possible=possible,
                weights=None if weights is None else weights[index],
                whatever_evidence=(
                    None
                    if worst_words is None or self.words is None
                    else subject.verdict(worst_words) == subject.verdict(self.words)
                ),
                together=(
                    None if worst_weights is None else worst_weights[index] is Weightings.EVERY
                ),
                bearings=tuple(self._borne(subject, bearings)),
                margin=self._margin(subject),
                shares=_shares([subject.verdict(words) for words in drawn]),
                samples=len(drawn),
                seed=self.effort.seed,
                critical=tuple(critical[index]),
                flips=None if flips is None else flips[index],
                compared=self._compared() if subject.place is None else (),
                unproven=tuple(dict.fromkeys(self.unproven)),
            )
            found.append(replace(assurance, grade=grade(subject, assurance)))
        return tuple(found)

    def _decided(self, subjects: Iterable[Subject]) -> bool:
        return any(len(one.said.possible) == 1 for one in subjects)

    # Weights and evidence

    def _situations(self, engine: Engine) -> tuple[Situations, ...] | None:
        """Every completion of the unknown answers; None where there are too many."""
        found = []
        try:
            space = (
                self.space
                if engine is self.engine
                else Space(engine, self.team, self.answers, limit=self.effort.strikes)
            )
        except TooManyError:
            return None
        for one in situations(space):
            found.append(one)
            if len(found) > self.effort.situations:
                return None
        return tuple(found)

    def _weights(self, every: tuple[Situations, ...] | None) -> list[Weightings] | None:
        """For which weightings the verdicts hold in every completion: system, then workloads."""
        if every is None:
            self.unproven.append("weights")
            return None
        found = [Weightings.EVERY] * (1 + len(self.names))
        for here in every:
            for alike, lower in ((False, Weightings.LEVELS), (True, Weightings.GIVEN)):
                system, workloads = leads_whatever_the_weights(self.engine, here, alike=alike)
                for index, holds in enumerate((system, *workloads)):
                    if not holds and (alike or found[index] is Weightings.EVERY):
                        found[index] = lower
        return found

    def _at_worst(self) -> tuple[Words | None, list[Weightings] | None]:
        """What is said, and for which weightings, where all open evidence is at its worst."""
        carried = self._carried()
        if carried is None or not all(_plain(here) for here in self._now or ()):
            self.unproven.append("evidence")
            return None, None
        options = self.engine.problem.options
        engine = at_worst(
            self.engine,
            [{one.id for one in options if one.family in own} for own in carried],
        )
        every = self._situations(engine)
        if every is None:
            self.unproven.append("evidence")
            return None, None
        words = words_of(Space(engine, self.team, self.answers, limit=self.effort.strikes))
        if words is not None and not all(_plain(here) for here in every):
            # A pair, or a missed must, may only come about at the worst: that proves nothing more.
            words = words if words[:2] != (self.words or words)[:2] else None
        known = engine
        found = [Weightings.EVERY] * (1 + len(self.names))
        for here in every:
            system, workloads = leads_whatever_the_weights(known, here, alike=False)
            for index, holds in enumerate((system, *workloads)):
                if not holds:
                    found[index] = Weightings.GIVEN
        return words, found

    def _carried(self) -> list[frozenset[str]] | None:
        """The families that each workload uses; None where completions differ in them."""
        if self._now is None:
            return None
        options = self.engine.problem.options
        found: list[set[frozenset[str]]] = [set() for _ in self.names]
        for here in self._now:
            if here.own is None:
                return None
            for own, uses in zip(found, here.own.uses, strict=True):
                own.add(frozenset(options[part].family for part in uses[0].parts))
        if any(len(own) > 1 for own in found):
            return None
        return [own.pop() for own in found]

    # Single claims

    def _bearings(self) -> Iterator[tuple[str, bool, Words]]:
        """Every claim or conflict whose refutation changes what is said, with what is said then."""
        left = self.effort.strikes
        for claim, criterion, executed in self._claims():
            engine = (
                without_conflict(self.engine, claim)
                if criterion is None
                else without_claim(self.engine, criterion, claim)
            )
            try:
                space = Space(engine, self.team, self.answers, limit=left)
                words = words_of(space)
            except TooManyError:
                self.unproven.append("load-bearing claims")
                return
            left -= space.nodes
            if words is not None and words != self.words:
                yield claim, executed, words

    def _claims(self) -> Iterator[tuple[str, str | None, bool]]:
        """What could carry: pros of the options in use and cons of all others, in every completion.

        Striking anything else can only help what wins already; but where a pair wins or a must is
        missed, everything could carry.
        """
        if self._now is None:
            self.unproven.append("load-bearing claims")
            return
        carried = self._carried()
        executed: dict[tuple[str, str | None], bool] = {}
        for here in self._now:
            telling = _plain(here)
            for place, one in enumerate(here.workloads):
                own = carried[place] if carried is not None and telling else None
                for key, was in _carrying(one, own):
                    executed[key] = executed.get(key, True) and was
        for (claim, criterion), was in executed.items():
            yield claim, criterion, was

    def _borne(
        self, subject: Subject, bearings: Iterable[tuple[str, bool, Words]]
    ) -> Iterator[Bearing]:
        if self.words is None or len(subject.said.possible) > 1:
            return
        for claim, executed, words in bearings:
            verdict, option = subject.verdict(words), subject.option(words)
            carries = verdict != subject.verdict(self.words)
            if carries or option != subject.option(self.words):
                yield Bearing(claim, executed, carries, verdict, option)

    # How far ahead

    def _margin(self, subject: Subject) -> Margin | None:
        """The least over all completions; None where one has none, or there are too many."""
        if self._now is None or len(subject.said.possible) > 1:
            return None
        found = [
            system_margin(self.engine, here)
            if subject.place is None
            else workload_margin(self.engine, here, subject.place)
            for here in self._now
        ]
        known = [one for one in found if one is not None]
        return min(known) if known and len(known) == len(found) else None

    def _compared(self) -> tuple[SystemsWorth, ...]:
        """Every set of systems, best first; none where completions differ."""
        if self._now is None or len(self._now) > 1:
            return ()
        (here,) = self._now
        ordered = sorted(
            here.choices,
            key=lambda one: (one.merit.violated, -one.merit.value, one.systems.bit_count()),
        )
        return tuple(
            SystemsWorth(
                self.engine.chooser.named(one.systems),
                self.engine.cost(one.systems, here.team),
                one.merit.violated,
                one.merit.value,
            )
            for one in ordered
        )

    def _drawn(self) -> list[Words]:
        if self._now is None:
            self.unproven.append("share")
            return []
        return sampled_verdicts(
            self.engine, self._now, samples=self.effort.samples, seed=self.effort.seed
        )

    def _critical(self, subjects: int) -> list[list[Critical]]:
        """Only for a few completions, since each is gone through for every value tried."""
        if self._now is None or len(self._now) > self.effort.critical:
            self.unproven.append("critical conventions")
            return [[] for _ in range(subjects)]
        return Sensitivity(self.engine, self._now).critical(subjects)

    # Answers

    def _flips(self) -> tuple[Flips, ...] | None:
        """The smallest sets of answers that change each subject; None if nothing is said now."""
        if self.words is None:
            return None
        flipping = Flipping(self.engine, self.team, self.answers, self.words, self.effort.flips)
        proven = "variations" not in self.unproven
        found = flipping.flips(self.variations, singles_proven=proven)
        if not all(one.proven for one in found):
            self.unproven.append("flips")
        return found

    def _openness(self, subject: Subject) -> tuple[bool | None, tuple[str, ...]]:
        """Whether the verdict is decided while assumptions are open too, and what was found."""
        possible = set(subject.said.possible)
        changed = len(possible) > 1
        for one in self.variations:
            if one.standing is Standing.ASSUMED and subject.changed(self.names, one):
                changed = True
                verdict = one.system if subject.place is None else one.verdicts[subject.place]
                # Undetermined may stand for several verdicts here, so it is not named itself.
                possible |= {verdict} - {UNDETERMINED}
        if changed:
            return False, tuple(sorted(possible))
        if {"possible", "variations"}.intersection(self.unproven):
            return None, tuple(sorted(possible))
        if self._open is None:
            self._open = open_assumptions(
                self.engine, self.team, self.answers, limit=self.effort.opened
            )
        found = self._open.verdicts(subject.place) | possible
        if len(found) > 1:
            return False, tuple(sorted(found))
        return (True if self._open.proven else None), tuple(sorted(found))


def _carrying(
    one: Weighed, own: frozenset[str] | None
) -> Iterator[tuple[tuple[str, str | None], bool]]:
    """Claims (with their criterion) and conflicts (with None) that may carry, and if executed."""
    options = one.tables.options
    for place, _column in one.needed:
        matter = one.tables.matter(place, one.cells)
        for option in options:
            claims = matter.founded.get(option.id, ())
            telling = carrying(claims)
            for claim in claims:
                if claim.claim not in telling:
                    continue
                helps = own is None or (claim.contribution > 0) == (option.family in own)
                if helps:
                    yield (claim.claim, one.tables.ids[place]), claim.trust in EXECUTED
    for place, rules in one.conflicts.items():
        if own is None or options[place].family not in own:
            for rule in rules:
                yield (rule.id, None), rule.executed({name: one.cells[name] for name in rule.reads})


def _plain(here: Situations) -> bool:
    """Whether every workload uses one design that meets every must.

    Then better evidence for what is used, or worse for what is not, can only help the verdict.
    """
    return (
        here.own is not None
        and not here.own.merit.violated
        and all(len(uses[0].parts) == 1 for uses in here.own.uses)
    )


def _shares(verdicts: Sequence[str]) -> dict[str, Fraction]:
    """How often each verdict comes out; they sum to one."""
    return {
        verdict: Fraction(verdicts.count(verdict), len(verdicts))
        for verdict in sorted(set(verdicts))
    }


def unassured(subject: Subject, unproven: Sequence[str]) -> Assurance:
    """What is left where there were too many completions to look at each: what is possible."""
    several = len(subject.said.possible) > 1
    bare = Assurance(
        grade="",
        decided=False if several else None,
        possible=subject.said.possible,
        weights=None,
        whatever_evidence=None,
        together=None,
        bearings=(),
        margin=None,
        shares={},
        samples=0,
        seed=0,
        critical=(),
        flips=None,
        compared=(),
        unproven=(*unproven, "weights", "evidence", "load-bearing claims", "flips", "share"),
    )
    return replace(bare, grade=grade(subject, bare))


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
