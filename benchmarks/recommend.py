"""How long ``advisor recommend`` takes from cold, beside importing the libraries it stands on.

Both start a new process, in turns, so that a busy machine slows both.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter

from advisor.documents import examples_folder

ROUNDS = 15
YARDSTICK = ("-c", "import typer, yaml, jsonschema")
FILE = examples_folder() / "orders.yaml"
AIM = 4.0


def seconds(arguments: Sequence[str]) -> float:
    """The time of one new process of this interpreter, from its start to its end."""
    start = perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    return perf_counter() - start


def measured(rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Medians over all rounds: the yardstick, ``recommend``, and the ratio within a round."""
    ours = ("-m", "advisor", "recommend", str(FILE))
    for arguments in (YARDSTICK, ours):  # the first of each fills the file caches
        seconds(arguments)
    pairs = [(seconds(YARDSTICK), seconds(ours)) for _ in range(rounds)]
    return (
        median(yardstick for yardstick, _ in pairs),
        median(own for _, own in pairs),
        median(own / yardstick for yardstick, own in pairs),
    )


def main() -> None:
    """Print both times and how many times the yardstick the recommendation takes."""
    yardstick, own, ratio = measured()
    print(f"python {' '.join(YARDSTICK)}: {yardstick:.3f} s")
    print(f"advisor recommend {FILE.name} (two workloads, all checks executed): {own:.3f} s")
    print(f"{ratio:.1f} times the yardstick; the aim is under {AIM:.0f}")


if __name__ == "__main__":
    main()
