"""Kafka: its rows, its generated programs, and the clusters that run them."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rows_admin
import rows_groups
import rows_logs
import rows_producing
import rows_replication
import rows_shares
import rows_transactions
from kafka_compare import compare, program_steps
from kafka_generated import generated
from kafka_rig import VERSIONS, rig, started
from kafka_rig import Place as Cluster
from programs import Difference, Program, Result, Rows

from advisor.subjects.kafka.desk import described as call_described

__all__ = ["PARTS", "TOGETHER", "VERSIONS", "described", "generated", "place"]

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
PORT = 21050


class Place:
    """One cluster for the whole run."""

    def __init__(self, cluster: Cluster, nodes: int) -> None:
        self.cluster = cluster
        self.full_version = cluster.full_version
        self._nodes = nodes

    def run(self, programs: Sequence[Program], together: int) -> list[Result]:
        """What stops nodes runs alone."""
        with ThreadPoolExecutor(together if self._nodes == 1 else 1) as pool:
            return list(pool.map(self._result, programs))

    def _result(self, program: Program) -> Result:
        if not_for := program.not_for(self.cluster.version):
            return Result(program, not_for)
        try:
            return self._compared(program)
        except Exception as error:
            # a fault of this suite is no agreement
            text = "".join(traceback.format_exception(error)[-4:])
            return Result(program, Difference(0, None, text, None))

    def _compared(self, program: Program) -> Result:
        verdict, kept = compare(self.cluster, program)
        if isinstance(verdict, Difference):
            # a busy machine is late; what differs a second time differs
            verdict, kept = compare(self.cluster, program)
        steps = program_steps(program, self.cluster.version)
        return Result(program, verdict, len(steps), kept)


@contextmanager
def place(version: str, nodes: int, given: Any) -> Iterator[Place]:
    """A cluster from Maven's jars, or the one that runs in the folder ``given.running``."""
    if given.running is not None:
        yield Place(started(version, 0, given.running, nodes), nodes)
        return
    with TemporaryDirectory(prefix="kafka-agreement-") as folder:
        where = Path(folder) / "cluster"
        cluster = started(version, (given.port or PORT) + 40 * (nodes > 1), where, nodes)
        try:
            yield Place(cluster, nodes)
        finally:
            rig("stop", str(where))


def described(step: Any) -> str:
    known = type(step).__module__.endswith("protocol")
    return call_described(step) if known else repr(step)
