"""Holds the model of RabbitMQ against a real broker: ``python .../rabbitmq/agree.py 4.3``.

Starts the broker from packages (``tests/rigs/rabbitmq``) unless one is named with ``--port``, runs
every row of the catalogue and a sample of generated programs, prints what agrees, what differs and
what cannot be run, and exits 1 if anything differs. Without a broker it fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import rows_consumers
import rows_limits
import rows_publishing
import rows_queues
import rows_routing
from rabbitmq_compare import Difference, compare
from rabbitmq_rig import rig
from rabbitmq_script import Program, Restart, Rows

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq.live_client import LiveClient

PARTS: Sequence[Rows] = (
    rows_routing.ROWS,
    rows_queues.ROWS,
    rows_limits.ROWS,
    rows_consumers.ROWS,
    rows_publishing.ROWS,
)
Verdict = Difference | str | None


class Place:
    """One broker for the whole run."""

    def __init__(self, version: str, port: int) -> None:
        self.version = BrokerVersion.parse(version)
        self.word = version
        self.port = str(port)
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"
        client = LiveClient(self.url)
        self.full_version = client.full_version
        client.close()
        if client.version != self.version:
            raise SystemExit(f"wanted {version}, a {self.full_version} answers at port {port}")

    def restart(self) -> None:
        rig("ctl", self.word, self.port, "stop_app")
        rig("ctl", self.word, self.port, "start_app")

    def verdict(self, program: Program) -> Verdict:
        return compare(self.url, self.version, program.steps(self.version), self.restart)


def run_programs(place: Place, programs: Sequence[Program]) -> dict[str, Verdict]:
    """Verdicts by ``row name``; those that restart the broker run alone, after all others."""
    alone = {
        program.name
        for program in programs
        if any(isinstance(step, Restart) for step in program.steps(place.version))
    }
    together = [program for program in programs if program.name not in alone]
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(place.verdict, together))
    found = {
        f"{one.row} {one.name}": verdict for one, verdict in zip(together, verdicts, strict=True)
    }
    for program in programs:
        if program.name in alone:
            found[f"{program.row} {program.name}"] = place.verdict(program)
    return found


def tell(title: str, verdicts: dict[str, Verdict]) -> int:
    """Print the differences and gaps, and give the number of differences."""
    different = {name: one for name, one in verdicts.items() if isinstance(one, Difference)}
    gaps = {name: one for name, one in verdicts.items() if isinstance(one, str)}
    for name, one in different.items():
        print(f"DIFFERS {name}, step {one.number}: {one.step}")
        print(f"   broker {json.dumps(one.broker, default=repr)[:600]}")
        print(f"   model  {json.dumps(one.model, default=repr)[:600]}")
    for name, gap in gaps.items():
        print(f"not run {name}: the model says {gap}")
    agreeing = len(verdicts) - len(different) - len(gaps)
    print(f"{title}: {agreeing} agree, {len(different)} differ, {len(gaps)} not run")
    return len(different)


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
    parser.add_argument("version", choices=("3.10", "4.0", "4.3"))
    parser.add_argument("--port", type=int, help="a broker of that version that runs already")
    parser.add_argument("--only", default="", help="rows or programs whose name has this")
    parser.add_argument("--seeds", default="", help="generated programs FIRST:END")
    given = parser.parse_args(None if arguments is None else list(arguments))
    port = given.port or 25690
    stop: Callable[[], object] = lambda: None  # noqa: E731
    if given.port is None:
        rig("start", given.version, str(port))
        stop = lambda: rig("stop", given.version, str(port))  # noqa: E731
    try:
        place = Place(given.version, port)
        print(f"RabbitMQ {place.full_version}")
        programs = [
            program
            for part in PARTS
            for program in part.programs
            if given.only in f"{program.row} {program.name}"
        ]
        different = 0
        if not given.seeds:
            verdicts = run_programs(place, programs)
            different = tell("programs of rows", verdicts)
            tell_rows(verdicts)
        else:
            from rabbitmq_generated import generated

            first, _, end = given.seeds.partition(":")
            seeds = range(int(first), int(end))
            different = tell("generated programs", run_programs(place, [*map(generated, seeds)]))
        return 1 if different else 0
    finally:
        stop()


if __name__ == "__main__":
    sys.exit(main())
