"""Clusters that the project started, and what may be done to their nodes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from advisor.domain.outcome import Done, Outcome, Unknown
from advisor.domain.version import BrokerVersion
from advisor.subjects.kafka.live_client import LiveClient

RIG = Path(__file__).parent.parent.parent / "rigs" / "kafka"
VERSIONS = ("3.9", "4.0", "4.4")

_DONE: Done[None] = Done(None)


def rig(*arguments: str) -> str:
    """Run the rig's script; what it printed. SystemExit with its words where it fails."""
    done = subprocess.run([RIG, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"kafka {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


class Nodes:
    """A :class:`~advisor.subjects.kafka.live_client.Rig` of nodes in one folder."""

    def __init__(self, folder: Path, nodes: int) -> None:
        self._folder = str(folder)
        self._majority = nodes // 2 + 1
        self._running = set(range(1, nodes + 1))
        self._stopped: set[int] = set()
        self._wanted: list[int] = []

    def stop_node(self, node: int, *, power_loss: bool) -> Outcome[None]:
        if power_loss:
            return Unknown("not executed (power cannot be taken from a process)")
        rig("kill", self._folder, str(node))
        self._note_stop(node)
        return _DONE

    def halt_node(self, node: int) -> None:
        """A clean stop."""
        rig("halt", self._folder, str(node))
        self._note_stop(node)

    def _note_stop(self, node: int) -> None:
        self._running.discard(node)
        self._stopped.add(node)

    def start_node(self, node: int) -> Outcome[None]:
        """No node gets ready alone: those before the majority is reached start with it."""
        self._wanted.append(node)
        if len(self._running) + len(self._wanted) >= self._majority:
            rig("restart", self._folder, *map(str, self._wanted))
            self._running.update(self._wanted)
            self._stopped.difference_update(self._wanted)
            self._wanted.clear()
        return _DONE

    def restore(self) -> None:
        """All nodes up, for whoever uses them next."""
        self._wanted.clear()
        for node in sorted(self._stopped):
            self.start_node(node)


class Place:
    """A running cluster of one version; SystemExit when it is another one."""

    def __init__(self, version: str, port: int, folder: Path, nodes: int) -> None:
        self.version = BrokerVersion.parse(version)
        self.settings = {
            "bootstrap.servers": ",".join(f"127.0.0.1:{port + 10 * n}" for n in range(nodes))
        }
        self.nodes = Nodes(folder, nodes)
        self.full_version = rig("version", str(folder))
        if not self.full_version.startswith(f"{version}."):
            raise SystemExit(f"wanted {version}, {folder} runs {self.full_version or 'nothing'}")

    def client(self) -> LiveClient:
        return LiveClient(self.settings, rig=self.nodes)


def started(version: str, port: int, folder: Path, nodes: int) -> Place:
    """Start a cluster; one that runs there already is taken as it is."""
    if not (folder / "jars").exists():
        rig("start", version, str(nodes), str(port), str(folder))
    return Place(version, port, folder, nodes)
