"""Plants plausible mistakes in a model and tells which of them the programs catch.

``python tests/agreement SYSTEM planted FILE...``: what ``agree --keep`` wrote. Each mistake of
``SYSTEM_mistakes.py`` goes into a copy of the package, which is held against what the broker
showed. Exits 1 if one is not caught, or if the model without a mistake differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import keeping
from planting import Mistake, planted
from programs import Difference, Kept

HERE = Path(__file__).parent


def replay(system: str, paths: Sequence[Path]) -> int:
    """Whether the model in use differs from one of the kept runs; names on standard output."""
    kept = [one for path in paths for one in keeping.read(path, system).runs]
    differing = [one.name for one in kept if _differs(one)]
    print("\n".join(differing))
    return 1 if differing else 0


def _differs(one: Kept) -> bool:
    try:
        return isinstance(one.verdict(), Difference)
    except Exception:  # a model with a mistake may well fail
        return True


def caught_by(system: str, mistake: Mistake | None, paths: Sequence[Path]) -> list[str]:
    """The programs that show it; ValueError if its line is not in the model."""
    with planted(mistake, under=f"models/{system}") as (_, environment):
        command = [sys.executable, str(HERE), system, "planted", *map(str, paths), "--replay"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return [f"does not even run: {done.stderr.strip().splitlines()[-1]}"]
    return done.stdout.split("\n")[:-1] if done.returncode else []


def main(system: str, words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/agreement SYSTEM planted")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--replay", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.replay:
        return replay(system, given.files)
    mistakes: Sequence[Mistake] = import_module(f"{system}_mistakes").MISTAKES
    without = caught_by(system, None, given.files)
    missed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        every = pool.map(lambda one: caught_by(system, one, given.files), mistakes)
        for mistake, names in zip(mistakes, every, strict=True):
            found = [name for name in names if name not in without]
            missed += not found
            shown = f"by {len(found)}: {found[0]}" if found else "NOT CAUGHT"
            print(f"{mistake.what}: {shown}", flush=True)
    print(f"{len(mistakes) - missed} of {len(mistakes)} caught; without: {without or 'agrees'}")
    return 1 if missed or without else 0
