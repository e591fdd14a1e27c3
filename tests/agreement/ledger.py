"""The full run of generated programs: which seeds agreed on which broker, and when.

One file for each system and version under ``rules/evidence/programs``. A run goes on where the last
one stopped; what was run with another generator or another model no longer counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from programs import Difference, Result

from advisor.documents import rules_folder, write_whole

HERE = Path(__file__).parent
MODELS = Path(__file__).parent.parent.parent / "advisor" / "models"
SCHEMA = "broker-programs/1"


def digest_of(system: str) -> str:
    """Of the sources of the generator and of the model."""
    return _digest([*(MODELS / system).glob("*.py"), *_generators(system)])


def generator_digest(system: str) -> str:
    """Of the generator alone: with the same, a seed is the same program."""
    return _digest(_generators(system))


def _generators(system: str) -> list[Path]:
    return [*(HERE / system).glob("*generated*.py")]


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


class Ledger:
    """What was run so far; :meth:`add` writes it down at once."""

    def __init__(self, system: str, version: str) -> None:
        self._file = rules_folder() / "evidence" / "programs" / f"{system}-{version}.json"
        self._known: dict[str, Any] = {
            "schema": SCHEMA,
            "system": system,
            "version": version,
            "digest": digest_of(system),
            "agree": [],
            "differ": [],
            "not_run": [],
            "operations": 0,
        }
        if self._file.exists():
            before = json.loads(self._file.read_text(encoding="utf-8"))
            if before["digest"] == self._known["digest"]:
                self._known = before

    def has(self, seed: int) -> bool:
        return any(
            first <= seed < end for word in ("agree", "not_run") for first, end in self._known[word]
        )

    def add(self, results: Sequence[Result], broker: str, today: date) -> None:
        """Add the results of generated programs; rows are not kept here."""
        found: dict[str, list[int]] = {"agree": [], "differ": [], "not_run": []}
        for one in results:
            _, _, seed = one.program.name.partition("seed ")
            if seed:
                found[_word(one)].append(int(seed))
                self._known["operations"] += one.operations
        for word, seeds in found.items():
            gone = {seed for other, own in found.items() if other != word for seed in own}
            known = {seed for first, end in self._known[word] for seed in range(first, end)}
            self._known[word] = ranges((known - gone) | set(seeds))
        self._known |= {"broker": broker, "date": today.isoformat()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self._known, indent=1) + "\n"
        write_whole(self._file, text, marker=SCHEMA)


def ranges(seeds: Iterable[int]) -> list[list[int]]:
    """Runs of numbers as [first, end), in order."""
    found: list[list[int]] = []
    for seed in sorted(seeds):
        if found and found[-1][1] == seed:
            found[-1][1] = seed + 1
        else:
            found.append([seed, seed + 1])
    return found


def _word(one: Result) -> str:
    if isinstance(one.verdict, Difference):
        return "differ"
    return "agree" if one.verdict is None else "not_run"
