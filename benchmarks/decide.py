"""Processor time of a whole decision, with all that is found out about how sure it is.

    python -m benchmarks.decide [profiles] [seed]

First the shipped example, with every check heard before. Then profiles that are drawn: each need of
a workload is left out, stated with a value that teams mean when they leave it out, or unknown, with
probabilities of the profile's own; up to eleven needs are unknown.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import process_time
from typing import cast

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.plausible import plausible
from advisor.advise.problem import system_problem
from advisor.decision import Decision, Effort, SystemProblem, decide
from advisor.documents import Data, examples_folder, read_yaml
from advisor.domain.problem import InputError
from advisor.questionnaire.session import Session
from advisor.requirements import load_requirements, render, vocabulary

PROFILES, SEED = 200, 20261125
UNKNOWN_MAX = 11
ROUNDS = 5


def drawn(random: Random, court: Court) -> SystemProblem:
    """A sound file, drawn until its answers do not exclude each other."""
    while True:
        stated = random.choice((0.1, 0.25, 0.5))
        needs: dict[str, Data] = {}
        own = [name for name, need in vocabulary().items() if not need.of_team]
        for name in own:
            unsaid = vocabulary()[name].unsaid
            if unsaid and random.random() < stated:
                needs[name] = cast("Data", random.choice(unsaid))
        for name in random.sample(own, random.randint(0, UNKNOWN_MAX)):
            needs[name] = "unknown"
        text = render(system="s", team={}, workloads=[{"name": "w", "needs": needs}])
        try:
            session = Session(read_yaml(Path("drawn.yaml"), text=text.encode()), court)
        except InputError:
            continue
        return plausible(system_problem(session.requirements, court))


def timed(problem: SystemProblem) -> tuple[float, Decision]:
    started = process_time()
    decision = decide(problem, effort=Effort())
    return process_time() - started, decision


def main(profiles: int = PROFILES, seed: int = SEED) -> None:
    """Print the medians and the slowest."""
    court = Court(load_library())
    example = load_requirements(examples_folder() / "image-generation.yaml")
    timed(plausible(system_problem(example, court)))  # the checks run once, before it is timed
    rounds = [timed(plausible(system_problem(example, court)))[0] for _ in range(ROUNDS)]
    print(f"image-generation, checks heard before: median {median(rounds):.2f} s")
    random = Random(seed)
    found = [timed(drawn(random, court)) for _ in range(profiles)]
    seconds = [one for one, _decision in found]
    tenths = quantiles(seconds, n=10)
    print(f"{profiles} profiles, seed {seed}, up to {UNKNOWN_MAX} unknown needs")
    print(f"median {median(seconds):.2f} s, 90 % {tenths[-1]:.2f} s, most {max(seconds):.2f} s")
    for fact in ("possible", "designs", "questions", "variations"):
        cut = sum(fact in decision.unproven for _one, decision in found)
        print(f"{fact} not proven: {cut / profiles:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
