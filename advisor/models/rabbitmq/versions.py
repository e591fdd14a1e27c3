"""The broker versions covered, and the versions at which covered behaviour changed.

Between two versions a change takes effect where its release notes put it; seen on real brokers
were 3.10, 4.0 and 4.3.
"""

from __future__ import annotations

from advisor.domain.version import BrokerVersion

OLDEST = BrokerVersion(3, 10)
NEWEST = BrokerVersion(4, 3)
RELEASES = tuple(
    BrokerVersion.parse(text)
    for text in ("3.10", "3.11", "3.12", "3.13", "4.0", "4.1", "4.2", "4.3")
)

SUPER_STREAMS = BrokerVersion(3, 11)
V3_13 = BrokerVersion(3, 13)
V4_0 = BrokerVersion(4, 0)
V4_3 = BrokerVersion(4, 3)


def check(version: BrokerVersion) -> BrokerVersion:
    """The version itself; ValueError outside ``OLDEST`` to ``NEWEST``."""
    if not OLDEST <= version <= NEWEST:
        raise ValueError(f"RabbitMQ {version} is not modelled, only {OLDEST} to {NEWEST}")
    return version
