"""``python tests/agreement kafka interrupted 4.4``: what a check leaves that is ended early."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from time import monotonic, sleep
from uuid import uuid4

from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient
from interruptions import Command, Left, gone, interrupted, tell
from kafka_rig import VERSIONS, Place
from kafka_system import place

GROUPS_GONE_S = 10.0
"""A member that dies is noticed when its session ends."""


def left(admin: AdminClient) -> Left:
    """Topics of users, and groups that are not on their way out."""
    topics = [name for name in admin.list_topics(timeout=10).topics if not name.startswith("__")]
    listed = admin.list_consumer_groups(request_timeout=10).result().valid
    groups = [one.group_id for one in listed if one.state is not ConsumerGroupState.DEAD]
    return {"topics": sorted(topics), "groups": sorted(groups)}


def settled(admin: AdminClient) -> Left:
    """The same, once nothing changes any more."""
    found, end = left(admin), monotonic() + GROUPS_GONE_S
    while found["groups"] and monotonic() < end:
        sleep(0.5)
        found = left(admin)
    return found


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/agreement kafka interrupted")
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--port", type=int, help="where to start it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=8)
    given = parser.parse_args(words, argparse.Namespace(running=None))
    with place(given.version, 1, given) as where:
        cluster: Place = where.cluster
        at = cluster.settings["bootstrap.servers"]
        admin = AdminClient(dict(cluster.settings))
        secret = f"secret-{uuid4().hex}"
        options = ["topic"] if given.version != "4.4" else ["topic", "share-group"]
        places = [f"live:kafka.{option}@{at}" for option in options]
        # a password that this cluster does not ask for
        command = Command(places, {"ADVISOR_KAFKA_SASL_PASSWORD": secret}, secret)
        print(f"kafka {where.full_version}, ended at instants of the seed {given.seed}")
        wrong = [
            *interrupted(
                command,
                lambda: settled(admin),
                lambda: len(left(admin)["topics"]),
                given.seed,
                given.times,
            )
        ]
        wrong += gone(
            command,
            lambda: cluster.nodes.stop_node(1, power_loss=False),
            cluster.nodes.restore,
            places[0],
        )
    return tell(given.times, wrong)
