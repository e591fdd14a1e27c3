"""``python tests/agreement rabbitmq interrupted 4.3``: what a check leaves that is ended early."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from uuid import uuid4

from interruptions import Command, Left, gone, interrupted, tell
from rabbitmq_rig import Nodes
from rabbitmq_system import VERSIONS, Place, place

LISTS = {
    "list_queues": ("name",),
    "list_exchanges": ("name",),
    "list_bindings": ("source_name", "destination_name"),
    "list_users": (),
    "list_policies": (),
    "list_connections": ("user",),
}
OPTIONS = ("classic-queue", "quorum-queue", "stream")


def queues(where: Place) -> int:
    return len(where.rig.ctl("list_queues", "name").splitlines())


def left(where: Place) -> Left:
    """Everything that a broker lists, sorted."""
    return {
        command: sorted(where.rig.ctl(command, *columns).splitlines())
        for command, columns in LISTS.items()
    }


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
        at = f"127.0.0.1:{where.port}"
        places = [f"live:rabbitmq.{option}@{at}" for option in OPTIONS]
        url = {"ADVISOR_RABBITMQ_URL": f"amqp://{user}:{password}@{at}/%2F"}
        command = Command(places, url, password)
        print(f"rabbitmq {where.full_version}, ended at instants of the seed {given.seed}")
        wrong = [
            *interrupted(
                command, lambda: left(where), lambda: queues(where), given.seed, given.times
            )
        ]
        nodes = Nodes(given.version, where.port, crashing=True)
        wrong += gone(
            command,
            lambda: nodes.stop_node("rabbit-1", power_loss=False),
            nodes.restore,
            places[1],
        )
    return tell(given.times, wrong)
