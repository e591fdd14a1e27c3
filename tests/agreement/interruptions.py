"""Ends ``advisor check`` on a broker in the middle, and looks at what it leaves behind.

Ctrl-C or a polite end at instants drawn from a seed, then a broker that dies under a check. Nothing
may stay behind, the crash decides nothing, and no secret is in any output.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep

ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143}
UNDER_WAY_S = (1.5, 6.0)
GONE_S = 2.0
CHECK_S = 180
LONG = "slow-task-does-not-block"
"""A check that is still under way when its broker dies."""


@dataclass(frozen=True)
class Command:
    """``advisor check`` on these addresses, as a user runs it who has a secret."""

    places: Sequence[str]
    environment: Mapping[str, str]
    secret: str

    def start(self, checks: Sequence[str], folder: str, places: Sequence[str]) -> Running:
        arguments = [word for one in places for word in ("--on", one)]
        process = subprocess.Popen(
            [sys.executable, "-m", "advisor", "check", *checks, *arguments,
             "--evidence", f"{folder}/evidence.json"],
            env={**os.environ, **self.environment, "ADVISOR_DEBUG": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # a shell's background jobs ignore Ctrl-C, and so would this one
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        return Running(process, Path(folder))


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    folder: Path

    def end(self) -> str:
        """All that it wrote anywhere."""
        said, _ = self.process.communicate(timeout=CHECK_S)
        written = [one.read_text(encoding="utf-8") for one in self.folder.iterdir()]
        return said + "".join(written)


Left = dict[str, list[str]]
"""What a broker lists, by kind, sorted."""


def interrupted(
    command: Command, left: Callable[[], Left], count: Callable[[], int], seed: int, times: int
) -> Iterator[str]:
    """What is wrong after each end; ``count`` is of something that every check makes."""
    random = Random(seed)
    before, most = left(), 0
    count_before = count()
    for number in range(times):
        how = list(ENDS)[number % len(ENDS)]
        delay_s = random.uniform(*UNDER_WAY_S)
        with TemporaryDirectory() as folder:
            running = command.start((), folder, command.places)
            sleep(delay_s)
            met = count() - count_before
            running.process.send_signal(how)
            said = running.end()
        most = max(most, met)
        told = f"{how.name} after {delay_s:.1f} s"
        print(f"   {told}: exit {running.process.returncode}", flush=True)
        if running.process.returncode != ENDS[how] or "Traceback" in said:
            yield f"{told}: exit {running.process.returncode}: {said[-400:]}"
        if command.secret in said:
            yield f"{told}: the secret was shown"
        for name, now in left().items():
            if now != before[name]:
                yield f"{told}: {name} has {sorted(set(now) - set(before[name]))}"
    if not most:
        yield "no check was met while it had something on the broker"


def gone(command: Command, crash: Callable[[], object], restore: Callable[[], object],
         place: str) -> Iterator[str]:  # fmt: skip
    """What is wrong where the broker crashes under a check."""
    with TemporaryDirectory() as folder:
        running = command.start((LONG,), folder, (place,))
        sleep(GONE_S)
        crash()
        said = running.end()
    restore()
    print(f"   broker gone after {GONE_S:.1f} s: exit {running.process.returncode}", flush=True)
    if "undecided" not in said or "Traceback" in said or "not held" in said:
        yield f"a crash of the broker was not told as undecided: {said[-400:]}"
    if command.secret in said:
        yield "the secret was shown where the broker crashed"
    sys.stdout.write("".join(f"   {line}\n" for line in said.splitlines() if "undecided" in line))


def tell(times: int, wrong: Sequence[str]) -> int:
    """The exit code."""
    for line in wrong:
        print(f"WRONG {line}")
    print(f"{times} interrupted, 1 broker gone, {len(wrong)} things wrong")
    return 1 if wrong else 0
