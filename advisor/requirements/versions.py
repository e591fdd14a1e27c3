"""The broker versions that the models know, by the name of the need that states one."""

from __future__ import annotations

from advisor.domain.version import BrokerVersion
from advisor.models.kafka import versions as kafka
from advisor.models.rabbitmq import versions as rabbitmq

_RELEASES = {"rabbitmq_version": rabbitmq.RELEASES, "kafka_version": kafka.RELEASES}


def modelled_versions(need: str) -> tuple[BrokerVersion, ...]:
    """Every release line that is modelled, oldest first."""
    return _RELEASES[need]


def version_bounds(need: str) -> tuple[BrokerVersion, BrokerVersion]:
    """The oldest and the newest version that is modelled."""
    releases = modelled_versions(need)
    return releases[0], releases[-1]
