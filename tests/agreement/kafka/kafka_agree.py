"""Holds the model of Kafka against a real cluster: ``python .../kafka/kafka_agree.py 4.4``.

Starts the cluster from Maven Central's jars (``tests/rigs/kafka``), runs every row of the catalogue
or, with ``--seeds``, generated programs; prints what agrees, what differs and what cannot be run;
exits 1 if anything differs. Without a cluster it fails.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import traceback
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import rows_admin
import rows_groups
import rows_logs
import rows_producing
import rows_replication
import rows_shares
import rows_transactions
from kafka_compare import Difference, Kept, Verdict, compare
from kafka_rig import VERSIONS, Place, rig, started
from kafka_script import Program, Rows, Wait

from advisor.subjects.kafka.desk import described

PARTS: Sequence[Rows] = (
    rows_producing.ROWS,
    rows_replication.ROWS,
    rows_logs.ROWS,
    rows_groups.ROWS,
    rows_transactions.ROWS,
    rows_shares.ROWS,
    rows_admin.ROWS,
)
TOGETHER = 10
KEPT: list[Kept] = []


def run_programs(programs: Sequence[Program], place: Place, nodes: int) -> dict[str, Verdict]:
    """Verdicts by ``row name``; what stops nodes runs alone."""
    chosen = [one for one in programs if one.nodes == nodes]
    with ThreadPoolExecutor(TOGETHER if nodes == 1 else 1) as pool:
        verdicts = list(pool.map(lambda one: _verdict(place, one), chosen))
    return {f"{one.row} {one.name}": said for one, said in zip(chosen, verdicts, strict=True)}


def _verdict(place: Place, program: Program) -> Verdict:
    if program.since > place.version:
        return f"since {program.since}"
    try:
        return _compared(place, program)
    except Exception as error:
        # a fault of this suite is no agreement
        text = "".join(traceback.format_exception(error)[-4:])
        return Difference(0, Wait(0), text, None)


def _compared(place: Place, program: Program) -> Verdict:
    verdict, kept = compare(place, program)
    if isinstance(verdict, Difference):
        # a busy machine is late; what differs a second time differs
        verdict, kept = compare(place, program)
    KEPT.append(kept)
    return verdict


def tell(title: str, verdicts: dict[str, Verdict]) -> int:
    """Print the differences and gaps, and give the number of differences."""
    different = {name: one for name, one in verdicts.items() if isinstance(one, Difference)}
    gaps = {name: one for name, one in verdicts.items() if isinstance(one, str)}
    for name, one in different.items():
        print(f"DIFFERS {name}, step {one.number}: {_step(one.step)}")
        print(f"   broker {json.dumps(one.broker, default=repr)[:900]}")
        print(f"   model  {json.dumps(one.model, default=repr)[:900]}")
    for name, gap in gaps.items():
        print(f"not run {name}: {gap}")
    agreeing = len(verdicts) - len(different) - len(gaps)
    print(f"{title}: {agreeing} agree, {len(different)} differ, {len(gaps)} not run")
    return len(different)


def _step(step: Any) -> str:
    return described(step) if type(step).__module__.endswith("protocol") else repr(step)


def tell_rows(verdicts: dict[str, Verdict]) -> None:
    """Counts by row: a row differs if one of its programs does, and is not run if all are not."""
    by_row: dict[str, list[Verdict]] = {}
    for name, verdict in verdicts.items():
        by_row.setdefault(name.split()[0], []).append(verdict)
    differ = [row for row, all_ in by_row.items() if any(isinstance(v, Difference) for v in all_)]
    partly = [row for row, all_ in by_row.items() if row not in differ and any(all_)]
    gaps = [row for row in partly if all(isinstance(v, str) for v in by_row[row])]
    agreed = [row for row in by_row if row not in differ and row not in partly]
    mixed = [row for row in partly if row not in gaps]
    left_out = {row: why for part in PARTS for row, why in part.not_run.items()}
    for row, why in left_out.items():
        print(f"not run {row}: {why}")
    total = len(by_row) + len(left_out)
    print(
        f"rows: {len(agreed)} agree, {len(mixed)} agree in part ({', '.join(mixed)}), "
        f"{len(differ)} differ ({', '.join(differ)}), {len(gaps) + len(left_out)} not run, "
        f"of {total}"
    )


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--port", type=int, default=21050)
    parser.add_argument("--folder", type=Path, help="of a cluster that may run already, and stays")
    parser.add_argument("--only", default="", help="rows or programs whose name has this")
    parser.add_argument("--nodes", type=int, choices=(1, 3), help="only programs for so many")
    parser.add_argument("--seeds", default="", help="generated programs FIRST:END")
    parser.add_argument("--keep", type=Path, help="a file for what the cluster showed")
    given = parser.parse_args(None if arguments is None else list(arguments))
    programs = [one for part in PARTS for one in part.programs]
    if given.seeds:
        from kafka_generated import generated

        first, _, end = given.seeds.partition(":")
        programs = [generated(seed) for seed in range(int(first), int(end))]
    programs = [one for one in programs if given.only in f"{one.row} {one.name}"]
    verdicts: dict[str, Verdict] = {}
    for nodes in (1, 3):
        if given.nodes in (None, nodes) and any(one.nodes == nodes for one in programs):
            verdicts |= _on_cluster(given, programs, nodes)
    if given.keep:
        given.keep.write_bytes(pickle.dumps(KEPT))
    different = tell("programs", verdicts)
    if not given.seeds:
        tell_rows(verdicts)
    return 1 if different else 0


def _on_cluster(given: Any, programs: Sequence[Program], nodes: int) -> dict[str, Verdict]:
    base = given.folder or Path(f"/tmp/kafka-agreement-{given.version}")
    folder = base if nodes == 1 else base.with_name(f"{base.name}-three")
    place = started(given.version, given.port + 10 * (nodes > 1), folder, nodes)
    print(f"Kafka {place.full_version}, {nodes} node(s)", flush=True)
    try:
        return run_programs(programs, place, nodes)
    finally:
        if given.folder is None:
            rig("stop", str(folder))


if __name__ == "__main__":
    sys.exit(main())
