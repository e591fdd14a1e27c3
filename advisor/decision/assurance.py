"""Finds out how sure a verdict is: each fact by itself, within a limit of what is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from advisor.decision.cases import Cases
from advisor.decision.changes import Variation
from advisor.decision.completions import TooManyError
from advisor.decision.engine import Engine
from advisor.decision.flips import Flipping, Flips
from advisor.decision.grading import Assurance, Bearing, Effort, Subject, SystemsWorth, grade
from advisor.decision.margins import Margin, system_margin, workload_margin
from advisor.decision.opened import Opened, open_assumptions
from advisor.decision.sensitivity import Critical, Sensitivity
from advisor.decision.space import Space
from advisor.decision.striking import EXECUTED, at_worst, without_claim, without_conflict
from advisor.decision.systems import UNDETERMINED
from advisor.decision.value import carrying
from advisor.decision.weighed import (
    Situations,
    Weighed,
    every_situation,
    leads_whatever_the_weights,
)
from advisor.decision.weighting import Weightings
from advisor.decision.words import Telling, Words, words_at
from advisor.decision.worlds import AnyOf, OneOf, sampled_verdicts
from advisor.domain.requirements import Standing


class Assuring:
    """Finds out the facts that all subjects share, each once."""

    def __init__(
        self,
        cases: Cases,
        every: tuple[Situations, ...] | None,
        said: tuple[Words | None, Telling],
        variations: Sequence[Variation],
        unproven: Sequence[str],
        effort: Effort,
    ) -> None:
        """``every``: all completions, None where there are too many. ``said``: what is said now,
        and completions that show its being undetermined."""
        self.cases = cases
        self.engine: Engine = cases.engine
        self.team = cases.team
        self.answers = cases.workloads
        self.variations = variations
        self.effort = effort
        self.names = [one.name for one in self.engine.problem.workloads]
        self.unproven = list(unproven)
        self.words, self.telling = said
        self._now = every
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
                weights=weights[index],
                whatever_evidence=self._whatever_evidence(subject, worst_words),
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
        """Every completion with other evidence; None where there are too many."""
        try:
            space = Space(engine, self.team, self.answers, limit=self.effort.strikes)
        except TooManyError:
            return None
        return every_situation(space, self.effort.situations)

    def _weights(self, every: tuple[Situations, ...] | None) -> list[Weightings | None]:
        """For which weightings the verdicts hold in every completion: system, then workloads.

        None where that is not proven; one completion is enough to show that others do not do.
        """
        found: list[Weightings | None] = [Weightings.EVERY] * (1 + len(self.names))
        if every is None:
            found = [None] * len(found)
        for here in self._looked() if every is None else every:
            for alike, lower in ((False, Weightings.LEVELS), (True, Weightings.GIVEN)):
                system, workloads = leads_whatever_the_weights(self.engine, here, alike=alike)
                for index, holds in enumerate((system, *workloads)):
                    if not holds and (alike or found[index] is Weightings.EVERY):
                        found[index] = lower
        if None in found:
            self.unproven.append("weights")
        return found

    def _looked(self) -> Iterator[Situations]:
        """A few completions that are drawn."""
        random = Random(self.effort.seed)
        draw = AnyOf(self.cases)
        return (draw(random) for _ in range(self.effort.looked))

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
        words, _nodes = words_at(engine, self.team, self.answers, (), self.effort.strikes)
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

    def _whatever_evidence(self, subject: Subject, worst: Words | None) -> bool | None:
        """The worst of all workloads together proves something only if no verdict changes there:
        in between, where one of them changes alone, another or the system may follow it."""
        if worst is None or self.words is None:
            return None
        if subject.verdict(worst) != subject.verdict(self.words):
            return False
        return True if worst[:2] == self.words[:2] else None

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
                words, nodes = words_at(engine, self.team, self.answers, self.telling, left)
            except TooManyError:
                self.unproven.append("load-bearing claims")
                return
            left -= nodes
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
        draw = AnyOf(self.cases) if self._now is None else OneOf(self._now)
        return sampled_verdicts(
            self.engine, draw, samples=self.effort.samples, seed=self.effort.seed
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
        limit = 0 if self._now is None else self.effort.flips
        flipping = Flipping(self.engine, self.team, self.answers, self.words, self.telling, limit)
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
