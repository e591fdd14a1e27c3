"""Nodes that the project started, and what may be done to them."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.subjects.rabbitmq.administration import (
    AddVirtualHost,
    Administration,
    ClearParameter,
    ClearPolicy,
    DeleteVirtualHost,
    SetMemoryAlarm,
    SetParameter,
    SetPolicy,
)
from advisor.subjects.rabbitmq.protocol import Setting

RIG = Path(__file__).parent.parent.parent / "rigs" / "rabbitmq"
NEXT_PORT = 10
PLUGINS = (
    "rabbitmq_consistent_hash_exchange,rabbitmq_mqtt,rabbitmq_stomp,rabbitmq_stream,"
    "rabbitmq_amqp1_0,rabbitmq_shovel,rabbitmq_federation"
)
"""Those that variants of designs and rows need; they come with the broker's package."""
STREAMS_UP_S = 3
_LEADER = (
    'case rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"{}">>)) of '
    "{{ok, Queue}} -> case amqqueue:get_pid(Queue) of {{_, Node}} -> Node; Pid -> node(Pid) end; "
    "_ -> none end."
)

_DONE: Done[None] = Done(None)


def rig(*arguments: str) -> str:
    """Run the rig's script; what it printed. SystemExit with its words where it fails."""
    environment = {"PLUGINS": PLUGINS, **os.environ}
    done = subprocess.run(
        [RIG, *arguments], check=False, capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise SystemExit(f"rabbitmq {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


def _commands(action: Administration) -> list[tuple[str, ...]]:
    """What ``rabbitmqctl`` is told."""
    match action:
        case SetPolicy(name, pattern, definition, priority, apply_to, host):
            given = ("-p", host, "--priority", str(priority), "--apply-to", apply_to)
            return [("set_policy", *given, name, pattern, json.dumps(dict(definition)))]
        case ClearPolicy(name, host):
            return [("clear_policy", "-p", host, name)]
        case SetParameter(component, name, value, host):
            return [("set_parameter", "-p", host, component, name, json.dumps(dict(value)))]
        case ClearParameter(component, name, host):
            return [("clear_parameter", "-p", host, component, name)]
        case AddVirtualHost(name):
            return [("add_vhost", name), ("set_permissions", "-p", name, "guest", ".*", ".*", ".*")]
        case DeleteVirtualHost(name):
            return [("delete_vhost", name)]
        case SetMemoryAlarm(raised):
            return [("set_vm_memory_high_watermark", "0.00001" if raised else "0.6")]


class Nodes:
    """A :class:`~advisor.subjects.rabbitmq.live_rig.Rig` of so many nodes, ``port`` the first's.

    Nodes are stopped cleanly, or ``crashing``: then their processes end at once.
    """

    def __init__(self, version: str, port: int, nodes: int = 1, *, crashing: bool = False) -> None:
        self._version = version
        self._crashing = crashing
        self._ports = {
            f"rabbit-{number + 1}": str(port + NEXT_PORT * number) for number in range(nodes)
        }
        self._stopped: list[str] = []
        self._before: dict[Setting, int] = {}
        self._alarm = False

    def ctl(self, *arguments: str) -> str:
        """On the first node that runs."""
        return rig("ctl", self._version, self._ports[self._running()[0]], *arguments)

    def _running(self) -> tuple[str, ...]:
        return tuple(node for node in self._ports if node not in self._stopped)

    def form_cluster(self, nodes: int) -> Outcome[None]:
        formed = nodes == len(self._ports)
        return _DONE if formed else Unknown(f"not executed (needs a cluster of {nodes})")

    def configure(self, setting: Setting, value: int) -> Outcome[None]:
        if setting not in self._before:
            found = self.ctl("eval", f"application:get_env(rabbit, {setting}).")
            self._before[setting] = int(found.removeprefix("{ok,").removesuffix("}"))
        self._set(setting, value)
        return _DONE

    def administer(self, action: Administration) -> Outcome[None]:
        if isinstance(action, SetMemoryAlarm):
            self._alarm = action.raised
        try:
            for words in _commands(action):
                self.ctl(*words)
        except SystemExit as error:
            return Refused("refused", str(error))
        return _DONE

    def _set(self, setting: Setting, value: int) -> None:
        for node in self._running():
            at = ("ctl", self._version, self._ports[node], "eval")
            rig(*at, f"application:set_env(rabbit, {setting}, {value}).")
            if setting == "max_message_size":
                rig(*at, f"persistent_term:put(max_message_size, {value}).")

    def restore(self) -> None:
        """Every node up and every setting as it was, for whoever uses them next."""
        if self._alarm:
            self.administer(SetMemoryAlarm(raised=False))
        self.start_nodes()
        for setting, value in self._before.items():
            self._set(setting, value)
        self._before.clear()

    def leader_of(self, queue: str) -> Outcome[str]:
        found = self.ctl("eval", _LEADER.format(queue))
        for node, port in self._ports.items():
            if found.startswith(f"rabbit{port}@"):
                return Done(node)
        return Refused("404", queue)

    def running_nodes(self) -> Outcome[tuple[str, ...]]:
        return Done(self._running())

    def stop_node(self, node: str, *, power_loss: bool) -> Outcome[None]:
        if power_loss:
            return Unknown("not executed (power cannot be taken from a process)")
        if self._crashing:
            rig("kill", self._version, self._ports[node])
        else:
            rig("ctl", self._version, self._ports[node], "stop_app")
        self._stopped.append(node)
        return _DONE

    def start_nodes(self) -> Outcome[None]:
        if self._stopped:
            self._start([self._ports[node] for node in self._stopped])
            self._stopped.clear()
            # a stream refuses readers with 541 until its writer is up, which the model leaves out
            sleep(STREAMS_UP_S)
        return _DONE

    def _start(self, ports: list[str]) -> None:
        if self._crashing:
            rig("restart", self._version, *ports)
            return
        # together, since none is up before most are
        with ThreadPoolExecutor(len(ports)) as pool:
            list(pool.map(lambda port: rig("ctl", self._version, port, "start_app"), ports))

    def urls(self) -> tuple[str, ...]:
        """Where its running nodes answer."""
        return tuple(
            f"amqp://guest:guest@127.0.0.1:{self._ports[one]}/%2F" for one in self._running()
        )
