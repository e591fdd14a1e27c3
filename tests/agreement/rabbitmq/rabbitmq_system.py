"""RabbitMQ: its rows, its generated programs, and one broker that runs them."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import rows_acknowledgements
import rows_administration
import rows_amqp_1_0
import rows_cluster
import rows_consumers
import rows_dead_lettering
import rows_expiry
import rows_length_limits
import rows_links
import rows_policies
import rows_priorities
import rows_protocols
import rows_publishing
import rows_queues
import rows_routing
import rows_streams
from programs import Difference, Program, Result, Rows
from rabbitmq_compare import compare, program_steps
from rabbitmq_generated import generated
from rabbitmq_rig import NEXT_PORT, Nodes, rig
from rabbitmq_script import Restart

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq.administration import SetMemoryAlarm
from advisor.subjects.rabbitmq.live_client import LiveClient

__all__ = ["PARTS", "TOGETHER", "VERSIONS", "described", "generated", "place"]

VERSIONS = ("3.10", "4.0", "4.3")
PARTS: Sequence[Rows] = (
    rows_routing.ROWS,
    rows_queues.ROWS,
    rows_expiry.ROWS,
    rows_length_limits.ROWS,
    rows_dead_lettering.ROWS,
    rows_acknowledgements.ROWS,
    rows_consumers.ROWS,
    rows_priorities.ROWS,
    rows_publishing.ROWS,
    rows_streams.ROWS,
    rows_links.ROWS,
    rows_policies.ROWS,
    rows_protocols.ROWS,
    rows_administration.ROWS,
    rows_amqp_1_0.ROWS,
    rows_cluster.ROWS,
)
TOGETHER = 8
PORT = 25690
CLUSTER_FROM = 40
"""How far the ports of a cluster are from those of a single node, which may run beside it."""


class Place:
    """One broker, or one cluster, for the whole run."""

    def __init__(self, version: str, port: int, nodes: int = 1) -> None:
        self.version = BrokerVersion.parse(version)
        self.nodes = nodes
        self.port = port
        self.rig = Nodes(version, port, nodes)
        client = self.connect()
        self.full_version = client.full_version
        client.close()
        if client.version != self.version:
            raise SystemExit(f"wanted {version}, a {self.full_version} answers at port {port}")

    def connect(self) -> LiveClient:
        return LiveClient(self.rig.urls()[0], rig=self.rig)

    def restart(self) -> None:
        self.rig.ctl("stop_app")
        self.rig.ctl("start_app")

    def run(self, programs: Sequence[Program], together: int) -> list[Result]:
        """Those that concern a whole node run alone, after all others."""
        alone = [one for one in programs if self.nodes > 1 or self._whole_node(one)]
        others = [one for one in programs if one not in alone]
        with ThreadPoolExecutor(together) as pool:
            results = list(pool.map(self._result, others))
        return results + [self._result(one) for one in alone]

    def _whole_node(self, program: Program) -> bool:
        steps = program_steps(program, self.version)
        return any(isinstance(step, Restart | SetMemoryAlarm) for step in steps)

    def _result(self, program: Program) -> Result:
        if not_for := program.not_for(self.version):
            return Result(program, not_for)
        try:
            return compare(self, program)
        except Exception as error:
            # a fault of this suite or of the model is no agreement
            text = "".join(traceback.format_exception(error)[-4:])
            return Result(program, Difference(0, None, text, None))


@contextmanager
def place(version: str, nodes: int, given: Any) -> Iterator[Place]:
    """Nodes from packages, or those that run at ``given.port`` with ``given.running``."""
    port = (given.port or PORT) + (CLUSTER_FROM if nodes > 1 else 0)
    if given.running is not None:
        yield Place(version, port, nodes)
        return
    rig("start" if nodes == 1 else "cluster", version, str(port))
    try:
        yield Place(version, port, nodes)
    finally:
        for number in range(nodes):
            rig("stop", version, str(port + NEXT_PORT * number))


def described(step: Any) -> str:
    return repr(step)
