"""How many questions are asked before nothing can change the result, against asking them all.

    python -m benchmarks.questions [profiles] [seed]

Profiles are drawn from what teams leave unsaid: each need leaves its default with a probability
of its own, drawn for the profile from 0, 1/8, 1/4, 1/2. "All" is every need that has values of this
kind. Each verdict is compared with the one that the fully answered profile gives.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import cast

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.decision.cases import Cases
from advisor.documents import Data
from advisor.questionnaire.session import Session, new_document
from advisor.requirements import vocabulary

PROFILES, SEED = 100, 20261125
AWAY = (0.0, 1 / 8, 1 / 4, 1 / 2)


@dataclass(frozen=True, slots=True)
class Measured:
    """One profile: questions until the verdict, and until the design, could not change."""

    verdict: int
    design: int
    proven: bool
    right: bool
    slowest_seconds: float


def profile(random: Random) -> dict[str, Data]:
    """An answer to every need that a team may leave unsaid otherwise than its default."""
    away = random.choice(AWAY)
    answers: dict[str, Data] = {"message_bytes": 1000}
    for name, need in vocabulary().items():
        if need.unsaid:
            value = random.choice(need.unsaid) if random.random() < away else need.default
            answers[name] = list(value) if isinstance(value, tuple) else cast("Data", value)
    if answers["replay"] == "none":
        answers["retention_days"] = 0  # the two exclude each other
    return answers


def measure(answers: dict[str, Data], court: Court) -> Measured:
    """Answer what is asked, then everything."""
    session = Session(new_document(Path("profile.yaml"), "drawn", "flow"), court)
    asked, verdict_after, slowest = 0, None, 0.0
    while True:
        started = time.perf_counter()
        status = session.status()
        slowest = max(slowest, time.perf_counter() - started)
        if verdict_after is None and status.verdict is not False:
            verdict_after = asked
        if status.question is None:
            break
        key = status.question.key
        problems = session.answer(key, answers[key[1]])
        assert not problems, problems
        asked += 1
    here = session.world()
    before = here.designs(here.first)
    for place, name in status.left_out:
        if _plausible(here, place, name, answers[name]):
            session.answer((place, name), answers[name])
    there = session.world()
    right = before == there.designs(there.first)
    assert verdict_after is not None
    proven = bool(status.verdict and status.design)
    return Measured(verdict_after, asked, proven, right, slowest)


def _plausible(world: Cases, place: int | None, name: str, value: Data) -> bool:
    """Whether the rules hold it possible that this is left unsaid beside what was said."""
    sample = tuple(value) if isinstance(value, list) else value
    return any(
        cell.sample == sample
        for one in world.variables
        if (one.place, one.name) == (place, name)
        for cell in one.cells
    )


def main(profiles: int = PROFILES, seed: int = SEED) -> None:
    """Print the medians."""
    random, court = Random(seed), Court(load_library())
    measure(profile(Random(0)), court)  # the checks run once, before anything is timed
    found = [measure(profile(random), court) for _ in range(profiles)]
    askable = sum(bool(need.unsaid) for need in vocabulary().values())
    print(f"{profiles} profiles, seed {seed}; asking all: {askable} questions")
    for words, counts in (
        ("until no answer can change the verdict", [one.verdict for one in found]),
        ("until no answer can change the design", [one.design for one in found]),
    ):
        tenths = quantiles(counts, n=10)
        print(f"{words}: median {median(counts):g}, 10 % {tenths[0]:g}, 90 % {tenths[-1]:g}")
    proven = [one for one in found if one.proven]
    print(f"proven {len(proven)}, not proven {len(found) - len(proven)}")
    for words, some in (("proven", proven), ("not proven", [o for o in found if not o.proven])):
        wrong = Counter(one.right for one in some)[False]
        print(f"{words}: {wrong} of {len(some)} differ from the fully answered profile")
    slow = sorted(one.slowest_seconds for one in found)
    print(f"slowest step: median {median(slow):.2f} s, most {slow[-1]:.2f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
