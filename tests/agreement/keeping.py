"""What brokers showed, kept in a file, to hold other models against it without a broker.

A broker goes first and never hears of the model, so holding a changed model against what was kept
says the same as running the programs again, in seconds.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger import generator_digest
from programs import Kept


@dataclass(frozen=True)
class Recording:
    """Runs on one broker; ``generator`` is the digest of what made their programs."""

    broker: str
    day: date | None
    generator: str
    runs: Sequence[Kept]


def write(path: Path, system: str, broker: str, day: date | None, runs: Sequence[Kept]) -> None:
    """Keep these runs in a file of this suite's own."""
    path.write_bytes(pickle.dumps(Recording(broker, day, generator_digest(system), runs)))


def read(path: Path, system: str) -> Recording:
    """SystemExit where the file is of another generator: its seeds are other programs."""
    found: Recording = pickle.loads(path.read_bytes())
    if found.generator != generator_digest(system):
        raise SystemExit(f"{path} was kept with another generator")
    return found
