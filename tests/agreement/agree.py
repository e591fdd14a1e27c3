"""Runs rows and generated programs on a broker and on its model, and tells where they part."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import keeping
from ledger import Ledger
from programs import Difference, Place, Program, Result, Rows, System

from advisor.domain.version import BrokerVersion

BATCH = 60
NODES = (1, 3)


def arguments(system: System) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests/agreement SYSTEM agree")
    parser.add_argument("version", choices=system.VERSIONS)
    parser.add_argument("--port", type=int, help="where to start it")
    parser.add_argument("--running", type=Path, help="what runs already, and stays (the rig's)")
    parser.add_argument("--only", default="", help="rows or programs whose name has this")
    parser.add_argument("--nodes", type=int, choices=NODES, help="only programs for so many")
    parser.add_argument("--seeds", default="", help="generated programs FIRST:END, without rows")
    parser.add_argument("--sample", default="", help="generated programs FIRST:END, beside rows")
    parser.add_argument("--together", type=int, default=system.TOGETHER, help="side by side")
    parser.add_argument("--keep", type=Path, help="a file for what the broker showed")
    parser.add_argument("--kept", type=Path, help="such a file, instead of a broker")
    parser.add_argument(
        "--record",
        type=date.fromisoformat,
        metavar="DATE",
        help="go on with the full run in rules/evidence/programs, dated so",
    )
    return parser


def main(name: str, words: Sequence[str]) -> int:
    system = cast(System, import_module(f"{name}_system"))
    given = arguments(system).parse_args(words)
    rows = [] if given.seeds else [one for part in system.PARTS for one in part.programs]
    ledger = Ledger(name, given.version) if given.record else None
    seeds = _seeds(given.seeds or given.sample)
    if ledger is not None:
        seeds = [seed for seed in seeds if not ledger.has(seed)]
    programs = [one for one in rows if given.only in str(one)]
    programs += [one for one in map(system.generated, seeds) if given.only in str(one)]
    if given.kept:
        return _held_against(name, system, given, programs, ledger)
    results: list[Result] = []
    broker = ""
    for nodes in NODES:
        chosen = [one for one in programs if one.nodes == nodes]
        if given.nodes in (None, nodes) and chosen:
            with system.place(given.version, nodes, given) as place:
                broker = place.full_version
                print(f"{name} {broker}, {nodes} node(s)", flush=True)
                for batch in _run(place, chosen, given.together):
                    settled = _settled(place, batch)
                    results += settled
                    if ledger is not None:
                        ledger.add(settled, place.full_version, given.record)
    if given.keep:
        runs = [one.kept for one in results if one.kept]
        keeping.write(given.keep, name, broker, given.record, runs)
    different = _tell(system, "programs", results)
    if rows:
        parts = [] if given.nodes == NODES[-1] else system.PARTS
        version = BrokerVersion.parse(given.version)
        _tell_rows(parts, [one for one in results if one.program in rows], version)
    return 1 if different else 0


def _held_against(
    name: str, system: System, given: Any, programs: Sequence[Program], ledger: Ledger | None
) -> int:
    """What a broker showed before, held against the model of now."""
    recording = keeping.read(given.kept, name)
    by_name = {one.name: one for one in recording.runs}
    results = [
        Result(program, by_name[str(program)].verdict(), by_name[str(program)].operations)
        for program in programs
        if str(program) in by_name
    ]
    if ledger is not None and recording.day is not None:
        ledger.add(results, recording.broker, recording.day)
    print(f"{name} {recording.broker}, kept {recording.day or 'on a day of its own'}")
    return 1 if _tell(system, "programs", results) else 0


def _seeds(text: str) -> list[int]:
    first, _, end = text.partition(":")
    return list(range(int(first), int(end))) if text else []


def _run(place: Place, programs: Sequence[Program], together: int) -> Iterator[list[Result]]:
    for first in range(0, len(programs), BATCH):
        yield place.run(programs[first : first + BATCH], together)


def _settled(place: Place, results: Sequence[Result]) -> list[Result]:
    """What differed is run again with nothing beside it: a busy machine is late."""
    again = [one.program for one in results if isinstance(one.verdict, Difference)]
    alone = {one.program: one for one in place.run(again, 1)} if again else {}
    return [alone.get(one.program, one) for one in results]


def _tell(system: System, title: str, results: Sequence[Result]) -> int:
    """Print the differences and gaps, and give the number of differences."""
    different = [one for one in results if isinstance(one.verdict, Difference)]
    gaps = [one for one in results if isinstance(one.verdict, str)]
    for one in different:
        assert isinstance(one.verdict, Difference)
        print(f"DIFFERS {one.program}, step {one.verdict.number}:")
        print(f"   {system.described(one.verdict.step)}")
        print(f"   broker {json.dumps(one.verdict.broker, default=repr)[:900]}")
        print(f"   model  {json.dumps(one.verdict.model, default=repr)[:900]}")
    for one in gaps:
        print(f"not run {one.program}: {one.verdict}")
    agreeing = len(results) - len(different) - len(gaps)
    operations = sum(one.operations for one in results)
    print(
        f"{title}: {agreeing} agree, {len(different)} differ, {len(gaps)} not run, "
        f"{operations / max(1, len(results)):.0f} steps in a program"
    )
    return len(different)


def _tell_rows(parts: Sequence[Rows], results: Sequence[Result], version: BrokerVersion) -> None:
    """Counts by row: one differs if one of its programs does, and is not run if all are not.

    Programs for other versions say nothing, unless a row has no others.
    """
    by_row: dict[str, list[Result]] = {}
    for one in results:
        by_row.setdefault(one.program.row, []).append(one)
    left_out = {row: why for part in parts for row, why in part.not_run.items()}
    counts: dict[str, list[str]] = {}
    for row, own in by_row.items():
        meant = [one for one in own if not one.program.not_for(version)]
        counts.setdefault(_word(meant or own), []).append(row)
    for row, why in left_out.items():
        print(f"not run {row}: {why}")
    counts.setdefault("not run", []).extend(left_out)
    words = ("agree", "agree in part", "differ", "not run")
    told = [f"{len(counts.get(word, []))} {word}" for word in words]
    print(f"rows: {', '.join(told)}, of {len(by_row) + len(left_out)}")
    for word in words[1:]:
        if counts.get(word):
            print(f"   {word}: {', '.join(sorted(counts[word]))}")


def _word(results: Sequence[Result]) -> str:
    verdicts = [one.verdict for one in results]
    if any(isinstance(one, Difference) for one in verdicts):
        return "differ"
    if all(one is None for one in verdicts):
        return "agree"
    return "not run" if all(isinstance(one, str) for one in verdicts) else "agree in part"
