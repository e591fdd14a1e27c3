"""Holds the models against real brokers: ``python tests/agreement SYSTEM COMMAND ...``.

    python tests/agreement rabbitmq agree 4.3              every row of the catalogue
    python tests/agreement kafka agree 4.4 --seeds 0:100   generated programs
    python tests/agreement kafka agree 4.4 --seeds 0:1000 --record 2026-11-25   the full run
    python tests/agreement rabbitmq evidence 4.3 --date ... the checks, for rules/evidence/broker
    python tests/agreement rabbitmq interrupted 4.3        what a check leaves that is ended early
    python tests/agreement kafka planted FILE              mistakes in the model, each to be caught
    python tests/agreement kafka_platform schemas          schema compatibility, against Avro's own
    python tests/agreement kafka_platform streams          a windowed count, against Kafka Streams

The brokers are started by ``tests/rigs``; without one this fails. Exits 1 if anything differs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
SHARED = {"agree": "agree", "planted": "mistakes", "evidence": "evidence"}
"""Commands that are the same for both brokers, and their modules."""
COMMANDS = {
    "rabbitmq": (*SHARED, "interrupted"),
    "kafka": (*SHARED, "interrupted"),
    "kafka_platform": ("schemas", "streams", "planted"),
}


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[1] not in COMMANDS.get(arguments[0], ()):
        print(__doc__, file=sys.stderr)
        return 2
    system, command, *rest = arguments
    sys.path[:0] = [str(HERE / system), str(HERE.parent / "support")]
    if command in SHARED:
        return int(import_module(SHARED[command]).main(system, rest))
    return int(import_module(f"{system}_{command}").main(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
