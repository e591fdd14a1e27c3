"""How checks reach a RabbitMQ that the project started."""

from __future__ import annotations

from collections.abc import Callable

from rabbitmq_rig import Nodes
from rabbitmq_system import Place

from advisor.checks.session import Session
from advisor.subjects.rabbitmq import open_session
from advisor.subjects.rabbitmq.live_client import LiveClient

TOGETHER = 24
FOR_ALL = frozenset({"raised-message-limit", "consumer-timeout"})

_RIGS: dict[int, Nodes] = {}


def _rig(place: Place) -> Nodes:
    """Its nodes, which crash where a check stops them."""
    if place.port not in _RIGS:
        version = str(place.version)
        _RIGS[place.port] = Nodes(version, place.port, place.nodes, crashing=True)
    return _RIGS[place.port]


def sessions(place: Place) -> Callable[[str, str | None, str], Session]:
    def opened(option: str, variant: str | None, prefix: str) -> Session:
        rig = _rig(place)
        return open_session(option, variant, LiveClient(rig.urls()[0], rig=rig), prefix=prefix)

    return opened


def restore(place: Place) -> None:
    _rig(place).restore()
