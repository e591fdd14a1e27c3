"""Requirements drawn by chance, the same for the same seed: what rules are compared over.

A profile states a few needs, each with a value inside a cell that the rules tell apart, and leaves
the rest to the defaults, as real files do. What no file may state together is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from advisor.advise.problem import pieces
from advisor.domain.predicate import Value
from advisor.domain.requirements import Answer, NeedType, Requirements, Standing, Workload
from advisor.requirements import contradictions, vocabulary
from advisor.rulebook import Comparison

STATED_MIN, STATED_MAX = 2, 8
OF_TEAM = ("already_runs", "knows", "operations", "rabbitmq_version", "kafka_version")
Literals = Mapping[str, frozenset[Comparison]]


def profiles(known: Literals, *, seed: int, count: int) -> Iterator[Requirements]:
    """``count`` systems of one workload."""
    random = Random(seed)
    needs = vocabulary()
    of_workload = [need for need in needs.values() if not need.of_team]
    of_team = [needs[name] for name in OF_TEAM]
    for number in range(count):
        while True:
            stated = _drawn(random, of_workload, known, STATED_MIN)
            team = _drawn(random, of_team, known, 0)
            profile = requirements_of(f"profile-{number}", stated, team)
            answers = profile.workloads[0].answers
            if not contradictions(answers, profile.team, needs, stated.keys()):
                break
        yield profile


def requirements_of(
    name: str, stated: Mapping[str, Value], team: Mapping[str, Value]
) -> Requirements:
    """A system of one workload that states these needs and nothing else."""
    needs = vocabulary()
    answers: dict[str, Answer] = {}
    for need in needs.values():
        if not need.of_team:
            answers[need.name] = _answer(need, stated, answers)
    every = {one.name: _answer(one, team, {}) for one in needs.values() if one.of_team}
    return Requirements(name, every, (Workload(name, 1, (), answers),), digest=name)


def _answer(need: NeedType, stated: Mapping[str, Value], others: Mapping[str, Answer]) -> Answer:
    if need.name in stated:
        return Answer(need.name, Standing.STATED, stated[need.name])
    leader = others.get(need.default_from or "")
    value = need.default if leader is None else leader.value
    return Answer(need.name, Standing.ASSUMED, value)


def _drawn(random: Random, needs: list[NeedType], known: Literals, least: int) -> dict[str, Value]:
    most = min(STATED_MAX, len(needs))
    chosen = random.sample(needs, random.randint(least, most))
    return {need.name: random.choice(pieces(need, known)).sample for need in chosen}
