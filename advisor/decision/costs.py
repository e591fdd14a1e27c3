"""What running a set of systems costs this team, in weight points (conventions)."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from advisor.domain.rules import Costs


def system_cost(
    systems: Collection[str],
    costs: Costs,
    *,
    runs: Collection[str],
    knows: Collection[str],
    operations: str,
    zookeeper: bool = False,
) -> Fraction:
    """The cost of running ``systems`` (rabbitmq, kafka), weighed by what the team has and can do.

    What runs already costs nothing. Each further system costs its own points, twice that with
    ``operations`` low, half with high, half where the team knows it; one that stands beside another
    that runs or is chosen costs ``second_system`` in addition, whatever the team can do.
    ``zookeeper``: this version of Kafka cannot run without it. Systems that are not among the
    two (a cloud queue) cost nothing. The bridge is counted where it is needed, not here.
    """
    own = {
        "rabbitmq": costs.rabbitmq,
        "kafka": costs.kafka_with_zookeeper if zookeeper else costs.kafka,
    }
    effort = {"low": costs.low_operations_factor, "high": costs.high_operations_factor}
    total = Fraction(0)
    running = any(system in own for system in runs)
    for system in sorted(set(systems) & set(own)):
        if system in runs:
            continue
        points = own[system] * effort.get(operations, Fraction(1))
        total += points * costs.known_factor if system in knows else points
        if running:
            total += costs.second_system
        running = True
    return total
