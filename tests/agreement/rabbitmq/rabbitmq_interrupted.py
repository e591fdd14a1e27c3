"""Ends ``advisor check`` on a broker in the middle, and looks at what it leaves behind.

``python tests/agreement rabbitmq interrupted 4.3``: Ctrl-C or a polite end at instants drawn from
a seed, then a broker that crashes under a check. Nothing may stay behind, the crash decides
nothing, and the password is in no output. Exits 1 where that is not so.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep
from uuid import uuid4

from rabbitmq_rig import Nodes
from rabbitmq_system import VERSIONS, Place, place

ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143}
LISTS = {
    "list_queues": ("name",),
    "list_exchanges": ("name",),
    "list_bindings": ("source_name", "destination_name"),
    "list_users": (),
    "list_policies": (),
    "list_connections": ("user",),
}
UNDER_WAY_S = (1.5, 6.0)
GONE_S = 2.0
CHECK_S = 120
OPTIONS = ("classic-queue", "quorum-queue", "stream")
LONG = "slow-task-does-not-block"


@dataclass(frozen=True)
class Command:
    """``advisor check`` on the broker, as a user runs it who has a password."""

    port: int
    user: str
    password: str

    def start(self, checks: Sequence[str], folder: str, options: Sequence[str]) -> Running:
        url = f"amqp://{self.user}:{self.password}@127.0.0.1:{self.port}/%2F"
        places = [f"live:rabbitmq.{option}@127.0.0.1:{self.port}" for option in options]
        out = f"{folder}/evidence.json"
        arguments = [word for one in places for word in ("--on", one)]
        process = subprocess.Popen(
            [sys.executable, "-m", "advisor", "check", *checks, *arguments, "--evidence", out],
            env={**os.environ, "ADVISOR_RABBITMQ_URL": url, "ADVISOR_DEBUG": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # a shell's background jobs ignore Ctrl-C, and so would this one
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
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


def left(where: Place) -> dict[str, list[str]]:
    """Everything that a broker lists, sorted."""
    return {
        command: sorted(where.rig.ctl(command, *columns).splitlines())
        for command, columns in LISTS.items()
    }


def interrupted(where: Place, command: Command, seed: int, times: int) -> Iterator[str]:
    """What is wrong after each end."""
    random = Random(seed)
    before = left(where)
    most = 0
    for number in range(times):
        how = list(ENDS)[number % len(ENDS)]
        delay_s = random.uniform(*UNDER_WAY_S)
        with TemporaryDirectory() as folder:
            running = command.start((), folder, OPTIONS)
            sleep(delay_s)
            queues = len(where.rig.ctl("list_queues", *LISTS["list_queues"]).splitlines())
            running.process.send_signal(how)
            said = running.end()
        most = max(most, queues - len(before["list_queues"]))
        told = f"{how.name} after {delay_s:.1f} s"
        print(f"   {told}: exit {running.process.returncode}", flush=True)
        if running.process.returncode != ENDS[how] or "Traceback" in said:
            yield f"{told}: exit {running.process.returncode}: {said[-400:]}"
        if command.password in said:
            yield f"{told}: the password was shown"
        for name, now in left(where).items():
            if now != before[name]:
                yield f"{told}: {name} has {sorted(set(now) - set(before[name]))}"
    if not most:
        yield "no check was met while it had a queue"


def gone(command: Command, nodes: Nodes) -> Iterator[str]:
    """What is wrong where the broker crashes under a check."""
    with TemporaryDirectory() as folder:
        running = command.start((LONG,), folder, OPTIONS[1:2])
        sleep(GONE_S)
        nodes.stop_node("rabbit-1", power_loss=False)
        said = running.end()
    nodes.restore()
    print(f"   broker gone after {GONE_S:.1f} s: exit {running.process.returncode}", flush=True)
    if "undecided" not in said or "Traceback" in said or "not held" in said:
        yield f"a crash of the broker was not told as undecided: {said[-400:]}"
    if command.password in said:
        yield "the password was shown where the broker crashed"
    sys.stdout.write("".join(f"   {line}\n" for line in said.splitlines() if "undecided" in line))


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/agreement rabbitmq interrupted")
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--port", type=int, help="where to start it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=8)
    given = parser.parse_args(words, argparse.Namespace(running=None))
    with place(given.version, 1, given) as where:
        user, password = f"u-{uuid4().hex[:8]}", f"secret-{uuid4().hex}"
        where.rig.ctl("add_user", user, password)
        where.rig.ctl("set_permissions", user, ".*", ".*", ".*")
        command = Command(where.port, user, password)
        print(f"rabbitmq {where.full_version}, ended at instants of the seed {given.seed}")
        wrong = [*interrupted(where, command, given.seed, given.times)]
        wrong += gone(command, Nodes(given.version, where.port, crashing=True))
    for line in wrong:
        print(f"WRONG {line}")
    print(f"{given.times} interrupted, 1 broker gone, {len(wrong)} things wrong")
    return 1 if wrong else 0
