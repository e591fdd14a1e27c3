"""How checks reach a Kafka that the project started."""

from __future__ import annotations

from collections.abc import Callable

from kafka_system import Place

from advisor.checks.session import Session
from advisor.subjects.kafka import open_session

TOGETHER = 16
FOR_ALL: frozenset[str] = frozenset()


def sessions(place: Place) -> Callable[[str, str | None, str], Session]:
    def opened(option: str, variant: str | None, prefix: str) -> Session:
        return open_session(option, variant, place.cluster.client(), prefix=prefix)

    return opened


def restore(place: Place) -> None:
    place.cluster.nodes.restore()
