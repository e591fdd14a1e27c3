"""One node that the project started, for steps on nodes and settings; a cluster it is not."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import sleep

from advisor.domain.outcome import Done, Outcome, Unknown
from advisor.subjects.rabbitmq.protocol import Setting

RIG = Path(__file__).parent.parent.parent / "rigs" / "rabbitmq"
NODE = "rabbit-1"
STREAMS_UP_S = 3

_DONE: Done[None] = Done(None)


def rig(*arguments: str) -> str:
    """Run the rig's script; what it printed. Raises CalledProcessError where it fails."""
    done = subprocess.run([RIG, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


class OneNode:
    """A :class:`~advisor.subjects.rabbitmq.live_rig.Rig` of one node."""

    def __init__(self, version: str, port: int, url: str) -> None:
        self._version = version
        self._port = str(port)
        self._url = url
        self._running = True
        self._before: dict[Setting, int] = {}

    def _ctl(self, *arguments: str) -> str:
        return rig("ctl", self._version, self._port, *arguments)

    def form_cluster(self, nodes: int) -> Outcome[None]:
        return _DONE if nodes == 1 else Unknown(f"not executed (needs a cluster of {nodes})")

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        if setting not in self._before:
            found = self._ctl("eval", f"application:get_env(rabbit, {setting}).")
            self._before[setting] = int(found.removeprefix("{ok,").removesuffix("}"))
        self._set(setting, value)
        return _DONE

    def _set(self, setting: Setting, value: int) -> None:
        self._ctl("eval", f"application:set_env(rabbit, {setting}, {value}).")
        if setting == "max_message_size":
            self._ctl("eval", f"persistent_term:put(max_message_size, {value}).")

    def restore(self) -> None:
        """Undo every setting, for whoever uses the node next."""
        for setting, value in self._before.items():
            self._set(setting, value)
        self._before.clear()

    def leader_of(self, queue: str) -> Outcome[str]:
        del queue
        return Done(NODE)

    def running_nodes(self) -> Outcome[tuple[str, ...]]:
        return Done((NODE,) if self._running else ())

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]:
        del node
        if power_loss:
            return Unknown("not executed (power cannot be taken from a process)")
        self._ctl("stop_app")
        self._running = False
        return _DONE

    def start_nodes(self) -> Outcome[None]:
        self._ctl("start_app")
        # a stream refuses readers with 541 until its writer is up, which the model leaves out
        sleep(STREAMS_UP_S)
        self._running = True
        return _DONE

    def urls(self) -> tuple[str, ...]:
        return (self._url,) if self._running else ()
