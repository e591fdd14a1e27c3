"""Holds the model's windowed count against Kafka Streams' own test driver, in one Java process.

``python tests/agreement kafka_platform streams [--seeds FIRST:END] [--keep FILE]``: each seed is a
topology with its input, times out of order. Results, changelog and store are compared byte by byte;
exits 1 if one differs.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import keeping
from java import class_path
from programs import Difference, Verdict

from advisor.models.kafka_platform.windowed_count import Change, WindowedCount

HERE = Path(__file__).parent
STREAMS = "org.apache.kafka:kafka-streams-test-utils:4.4.0"
QUIET = "org.slf4j:slf4j-nop:1.7.36"
KEYS = ("a", "b", "cc", "-")


@dataclass(frozen=True)
class Program:
    """A topology and the records that it gets: key (``-`` for none) and time."""

    size_ms: int
    grace_ms: int
    records: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        lines = [f"P {self.size_ms} {self.grace_ms}"]
        return "\n".join([*lines, *(f"R {key} {at_ms}" for key, at_ms in self.records), "E"])


def generated(seed: int) -> Program:
    """The same on every machine."""
    random = Random(seed)
    size_ms = random.choice((1, 10, 100, 1000))
    at_ms, records = random.randrange(5 * size_ms), []
    for _ in range(random.randint(1, 40)):
        at_ms = max(0, at_ms + random.randint(-2 * size_ms, 3 * size_ms))
        records.append((random.choice(KEYS), at_ms))
    return Program(size_ms, random.choice((0, size_ms // 2, 3 * size_ms)), tuple(records))


def streams_say(programs: Sequence[Program]) -> list[list[str]]:
    """The lines of each."""
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", class_path(STREAMS, QUIET),
         HERE / "WindowedCount.java"],
        input="".join(f"{one}\n" for one in programs), check=False, capture_output=True, text=True,
    )  # fmt: skip
    answers = [part.splitlines() for part in done.stdout.split("E\n")[:-1]]
    if done.returncode or len(answers) != len(programs):
        raise SystemExit(f"java ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return answers


def model_says(program: Program) -> list[str]:
    count = WindowedCount(program.size_ms, program.grace_ms)
    given = ((None if key == "-" else key.encode(), at_ms) for key, at_ms in program.records)
    every = [count.process(key, at_ms) for key, at_ms in given]
    return list(_lines([one for one in every if one is not None], count))


def _lines(changes: Sequence[Change], count: WindowedCount) -> Iterator[str]:
    for one in changes:
        yield f"O {one.windowed_key.hex()} {one.value.hex()} {one.stamp_ms}"
    for one in changes:
        yield f"C {one.stored_key.hex()} {one.value.hex()} {one.stamp_ms}"
    for one in count.all():
        yield f"S {one.key.decode()} {one.window_start_ms} {one.total}"


@dataclass(frozen=True)
class KeptCount:
    """What Kafka Streams did with a program, to hold other models against it without Java."""

    name: str
    program: Program
    said: list[str]

    @property
    def operations(self) -> int:
        return len(self.program.records)

    def verdict(self) -> Verdict:
        pairs = zip([*self.said, "end"], [*model_says(self.program), "end"], strict=False)
        for number, (broker, model) in enumerate(pairs, 1):
            if broker != model:
                return Difference(number, None, broker, model)
        return None


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/agreement kafka_platform streams")
    parser.add_argument("--seeds", default="0:1000", help="FIRST:END")
    parser.add_argument("--keep", type=Path, help="a file for what Kafka Streams did")
    given = parser.parse_args(words)
    first, _, end = given.seeds.partition(":")
    seeds = range(int(first), int(end))
    programs = [generated(seed) for seed in seeds]
    kept = [
        KeptCount(f"seed {seed}", program, said)
        for seed, program, said in zip(seeds, programs, streams_say(programs), strict=True)
    ]
    if given.keep:
        keeping.write(given.keep, "kafka_platform", STREAMS, None, kept)
    differing = 0
    for one in kept:
        verdict = one.verdict()
        if isinstance(verdict, Difference):
            differing += 1
            print(f"DIFFERS {one.name}, line {verdict.number}: Kafka Streams {verdict.broker}, "
                  f"model {verdict.model}\n{one.program}")  # fmt: skip
    lines = sum(len(one.said) for one in kept)
    print(f"streams ({STREAMS}): {len(kept)} programs, {lines} lines, {differing} differ")
    return 1 if differing else 0
