"""Holds the model's schema compatibility against Apache Avro's own, in one Java process.

``python tests/agreement kafka_platform schemas [--seeds FIRST:END] [--keep FILE]``: each seed is a
pair of schemas. Prints how many verdicts of each kind agree; exits 1 if one differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keeping
from generated_schemas import pair
from java import class_path
from programs import Difference, Verdict

from advisor.models.kafka_platform.avro_compatibility import can_read
from advisor.models.kafka_platform.avro_schema import SchemaError, parse

HERE = Path(__file__).parent
AVRO = "org.apache.avro:avro:1.12.1"


def avro_says(pairs: Sequence[tuple[Any, Any]]) -> list[str]:
    """One word for each pair."""
    lines = [json.dumps(one) for both in pairs for one in both]
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", class_path(AVRO), HERE / "Compatibility.java"],
        input="\n".join(lines) + "\n", check=False, capture_output=True, text=True,
    )  # fmt: skip
    answers = done.stdout.split()
    if done.returncode or len(answers) != len(pairs):
        raise SystemExit(f"java ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return answers


def model_says(reader: Any, writer: Any) -> str:
    try:
        first, second = parse(reader), parse(writer)
    except SchemaError:
        return "REFUSED"
    try:
        return "COMPATIBLE" if can_read(first, second) else "INCOMPATIBLE"
    except SchemaError:
        return "AMBIGUOUS"


@dataclass(frozen=True)
class KeptPair:
    """What Avro said of a pair, to hold other models against it without Java."""

    name: str
    reader: Any
    writer: Any
    said: str

    @property
    def operations(self) -> int:
        return 1

    def verdict(self) -> Verdict:
        model = model_says(self.reader, self.writer)
        return None if model == self.said else Difference(0, None, self.said, model)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/agreement kafka_platform schemas")
    parser.add_argument("--seeds", default="0:5000", help="FIRST:END")
    parser.add_argument("--keep", type=Path, help="a file for what Avro said")
    given = parser.parse_args(words)
    first, _, end = given.seeds.partition(":")
    seeds = range(int(first), int(end))
    pairs = [pair(seed) for seed in seeds]
    kept = [
        KeptPair(f"seed {seed}", *both, said)
        for seed, both, said in zip(seeds, pairs, avro_says(pairs), strict=True)
    ]
    if given.keep:
        keeping.write(given.keep, "kafka_platform", AVRO, None, kept)
    return _tell(kept)


def _tell(kept: Sequence[KeptPair]) -> int:
    counts: Counter[str] = Counter()
    for one in kept:
        verdict = one.verdict()
        counts[one.said if verdict is None else "differ"] += 1
        if isinstance(verdict, Difference):
            print(f"DIFFERS {one.name}: Avro {one.said}, model {verdict.model}")
            print(f"   reader {json.dumps(one.reader)}\n   writer {json.dumps(one.writer)}")
    told = ", ".join(f"{count} {word.lower()}" for word, count in sorted(counts.items()))
    print(f"schemas ({AVRO}): {len(kept)} pairs, {told}")
    return 1 if counts["differ"] else 0
