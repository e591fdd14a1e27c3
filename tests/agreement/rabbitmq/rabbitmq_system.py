"""RabbitMQ: its rows, its generated programs, and one broker that runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import rows_consumers
import rows_limits
import rows_publishing
import rows_queues
import rows_routing
from programs import Program, Result, Rows
from rabbitmq_compare import compare, program_steps
from rabbitmq_generated import generated
from rabbitmq_rig import rig
from rabbitmq_script import Restart

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq.live_client import LiveClient

__all__ = ["PARTS", "TOGETHER", "VERSIONS", "described", "generated", "place"]

VERSIONS = ("3.10", "4.0", "4.3")
PARTS: Sequence[Rows] = (
    rows_routing.ROWS,
    rows_queues.ROWS,
    rows_limits.ROWS,
    rows_consumers.ROWS,
    rows_publishing.ROWS,
)
TOGETHER = 8
PORT = 25690


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

    def run(self, programs: Sequence[Program], together: int) -> list[Result]:
        """Those that restart the broker run alone, after all others."""
        alone = [one for one in programs if self._restarts(one)]
        others = [one for one in programs if one not in alone]
        with ThreadPoolExecutor(together) as pool:
            results = list(pool.map(self._result, others))
        return results + [self._result(one) for one in alone]

    def _restarts(self, program: Program) -> bool:
        return any(isinstance(step, Restart) for step in program_steps(program, self.version))

    def _result(self, program: Program) -> Result:
        if program.since > self.version:
            return Result(program, f"since {program.since}")
        return compare(self.url, self.version, program, self.restart)


@contextmanager
def place(version: str, nodes: int, given: Any) -> Iterator[Place]:
    """A broker from packages, or the one that runs at ``given.port`` with ``given.running``."""
    if nodes != 1:
        raise SystemExit("programs for a cluster of RabbitMQ are not written yet")
    port = given.port or PORT
    if given.running is not None:
        yield Place(version, port)
        return
    rig("start", version, str(port))
    try:
        yield Place(version, port)
    finally:
        rig("stop", version, str(port))


def described(step: Any) -> str:
    return repr(step)
