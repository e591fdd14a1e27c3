"""Which unknown answers are worth having, and what each possible answer would settle.

A question is decisive if changing it alone changes the winners of some completion. Decisive
questions come in the order of their expected gain: the fall in the entropy of the winners, every
cell of every question being equally likely (convention). A gain of nought does not make a question
superfluous: two questions may decide only together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import log2

from advisor.decision.completions import Completion, Open
from advisor.decision.problem import Answers
from advisor.decision.score import Scored
from advisor.decision.space import Part, Situation, Space
from advisor.decision.systems import Outcome
from advisor.decision.words import common_verdict
from advisor.domain.cell import Cell

GAIN_DIGITS = 9
"""Gains are rounded to this many digits, so that no platform's logarithm changes an order."""

Winners = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One possible answer: the verdict it would give the system and each workload, in order."""

    cell: Cell
    system: str
    workloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unknown answer. ``workload`` is None for a question to the team.

    ``decides`` are the workloads whose winners can change with it alone; with none of them, no
    answer to it alone can change the result. ``gain`` is in bits, None where it is not proven.
    """

    workload: str | None
    question: str
    decides: frozenset[str]
    gain: float | None
    replies: tuple[Reply, ...]


def winners_of(outcome: Outcome) -> Winners:
    """The winners of every workload."""
    return tuple(tuple(sorted(workload.winners)) for workload in outcome.workloads)


def open_questions(space: Space, team: Answers, workloads: Sequence[Answers]) -> list[OpenQuestion]:
    """Every unknown question, those worth asking first."""
    names = [workload.name for workload in space.engine.problem.workloads]
    everything = _Distribution()
    for t, scored, share in _weighted(space):
        everything.add(space.outcome(t, scored), share)
    found = []
    for place, question in _each(space):
        answers = team if place is None else workloads[place]
        split = _split(space, place, question)
        decides = _decides(space, place, question)
        found.append(
            OpenQuestion(
                workload=None if place is None else names[place],
                question=question,
                decides=frozenset(names[i] for i in decides),
                gain=_gain(everything, split),
                replies=_replies(space, place, question, answers, split),
            )
        )
    return sorted(found, key=lambda one: (not one.decides, -(one.gain or 0.0)))


def _each(space: Space) -> Iterator[tuple[int | None, str]]:
    for question in space.team.questions:
        yield None, question
    for place, part in enumerate(space.parts):
        for question in part.merged.questions:
            yield place, question


class _Distribution:
    """How likely each outcome is."""

    def __init__(self) -> None:
        self.shares: dict[Outcome, Fraction] = defaultdict(Fraction)

    def add(self, outcome: Outcome, share: Fraction | int) -> None:
        self.shares[outcome] += share

    @property
    def total(self) -> Fraction:
        return sum(self.shares.values(), Fraction(0))

    def entropy(self) -> float:
        """Of the winners, in bits."""
        winners: dict[Winners, Fraction] = defaultdict(Fraction)
        for outcome, share in self.shares.items():
            winners[winners_of(outcome)] += share
        total = self.total
        return -sum(float(share / total) * log2(share / total) for share in winners.values())


def _weighted(
    space: Space, place: int | None = None, chosen: tuple[int, int] | None = None
) -> Iterator[tuple[int, tuple[Scored, ...], Fraction | int]]:
    """Every combination of different scores with its share.

    ``chosen`` (which open question of ``place``, None for the team, and which of its cells) leaves
    only the completions with that cell.
    """
    for t, team in enumerate(space.teams):
        if place is None and chosen is not None and team.choice[chosen[0]] != chosen[1]:
            continue
        shares = []
        for here, part in enumerate(space.parts):
            only = chosen if place == here else None
            shares.append(_shares(part.beside[t], only))
        for scored in product(*shares):
            share = team.share
            for one, different in zip(scored, shares, strict=True):
                share *= different[one]
            yield t, scored, share


def _shares(
    situations: Iterable[Situation], chosen: tuple[int, int] | None
) -> Mapping[Scored, Fraction]:
    shares: dict[Scored, Fraction] = defaultdict(Fraction)
    for one in situations:
        if chosen is None or one.choice[chosen[0]] == chosen[1]:
            shares[one.scored] += one.share
    return shares


def _split(space: Space, place: int | None, question: str) -> list[_Distribution]:
    """The outcomes for each merged cell of the question."""
    merged = space.team if place is None else space.parts[place].merged
    axis = merged.questions.index(question)
    split = []
    for cell in range(len(merged.cells[question])):
        distribution = _Distribution()
        for t, scored, share in _weighted(space, place, (axis, cell)):
            distribution.add(space.outcome(t, scored), share)
        split.append(distribution)
    return split


def _gain(everything: _Distribution, split: Sequence[_Distribution]) -> float:
    total = everything.total
    left = sum(float(one.total / total) * one.entropy() for one in split if one.shares)
    return round(everything.entropy() - left, GAIN_DIGITS)


def _replies(
    space: Space,
    place: int | None,
    question: str,
    answers: Answers,
    split: Sequence[_Distribution],
) -> tuple[Reply, ...]:
    merged = space.team if place is None else space.parts[place].merged
    group = merged.groups[question]
    replies = []
    for cell in answers.cells[question]:
        outcomes = split[merged.cells[question].index(group[cell])].shares
        if outcomes:
            workloads = zip(*([w.verdict for w in one.workloads] for one in outcomes), strict=True)
            replies.append(
                Reply(
                    cell,
                    common_verdict(one.verdict for one in outcomes),
                    tuple(common_verdict(words) for words in workloads),
                )
            )
    return tuple(replies)


def _decides(space: Space, place: int | None, question: str) -> set[int]:
    """The workloads of which some completion's winners change with this question alone."""
    if place is None:
        return _team_decides(space, question)
    found: set[int] = set()
    for t in range(len(space.teams)):
        others = [part.different(t) for here, part in enumerate(space.parts) if here != place]
        for scores in _alike_but(space.parts[place], t, question):
            for rest in product(*others):
                before, after = rest[:place], rest[place:]
                found |= _differing([space.outcome(t, (*before, one, *after)) for one in scores])
    return found


def _following(merged: Open, questions: set[str]) -> tuple[bool, ...]:
    """For each derived question, whether it depends on one of these, which grow by those."""
    follows = []
    for derived in merged.derived:
        follows.append(not questions.isdisjoint(derived.parents))
        if follows[-1]:
            questions.add(derived.question)
    return tuple(follows)


def _unmoved(one: Situation | Completion, follows: tuple[bool, ...]) -> tuple[Cell, ...]:
    """The cells of the derived questions that a change leaves alone."""
    return tuple(cell for cell, moves in zip(one.derived, follows, strict=True) if not moves)


def _alike_but(part: Part, team: int, question: str) -> set[frozenset[Scored]]:
    """The different sets of scores that changing one question alone leads through."""
    axis = part.merged.questions.index(question)
    follows = _following(part.merged, {question})
    groups: dict[tuple[object, ...], set[Scored]] = defaultdict(set)
    for one in part.beside[team]:
        rest = one.choice[:axis] + one.choice[axis + 1 :]
        groups[rest, _unmoved(one, follows)].add(one.scored)
    return {frozenset(scores) for scores in groups.values() if len(scores) > 1}


def _team_decides(space: Space, question: str) -> set[int]:
    axis = space.team.questions.index(question)
    moved = {question}
    follows = _following(space.team, moved)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for t, team in enumerate(space.teams):
        rest = team.choice[:axis] + team.choice[axis + 1 :]
        groups[rest, _unmoved(team, follows)].append(t)
    found: set[int] = set()
    for alike in groups.values():
        paths = [_paths(part, alike, moved) for part in space.parts]
        for together in product(*paths):
            outcomes = []
            for position, t in enumerate(alike):
                own = [path[position] for path in together]
                outcomes += [space.outcome(t, scored) for scored in product(*own)]
            found |= _differing(outcomes)
    return found


def _paths(part: Part, teams: Sequence[int], moved: set[str]) -> set[tuple[frozenset[Scored], ...]]:
    """For each way to answer a workload's own questions, its scores beside each of the teams."""
    follows = _following(part.merged, set(moved))
    found: dict[tuple[object, ...], list[set[Scored]]] = {}
    for position, t in enumerate(teams):
        for one in part.beside[t]:
            key = (one.choice, _unmoved(one, follows))
            along = found.setdefault(key, [set() for _ in teams])
            along[position].add(one.scored)
    return {tuple(frozenset(scores) for scores in along) for along in found.values()}


def _differing(outcomes: Sequence[Outcome]) -> set[int]:
    if not outcomes:
        return set()
    every = [winners_of(one) for one in outcomes]
    return {
        place for place in range(len(every[0])) if len({winners[place] for winners in every}) > 1
    }
