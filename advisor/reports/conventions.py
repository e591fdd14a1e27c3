"""The constants that were chosen, not measured, as one table."""

from __future__ import annotations

from advisor.domain.rules import Conventions
from advisor.reports.blocks import Table


def conventions_table(conventions: Conventions) -> Table:
    """Every convention with its value; costs are weight points."""
    costs = conventions.costs
    rows = [
        (f"weight of {level.word}", str(weight)) for level, weight in conventions.weight.items()
    ]
    rows += [
        (f"trust in {trust.value}", str(factor)) for trust, factor in conventions.trust.items()
    ]
    rows += [
        ("penalty for each must that is missed", str(conventions.must_penalty)),
        ("cost of RabbitMQ", str(costs.rabbitmq)),
        ("cost of Kafka", str(costs.kafka)),
        ("cost of Kafka with ZooKeeper", str(costs.kafka_with_zookeeper)),
        ("cost factor with low operations capacity", str(costs.low_operations_factor)),
        ("cost factor with high operations capacity", str(costs.high_operations_factor)),
        ("cost factor if the team knows it", str(costs.known_factor)),
        ("cost of a second system", str(costs.second_system)),
        ("cost of a pair inside one system", str(costs.pair_in_one_system)),
        ("cost of a bridge", str(costs.bridge)),
    ]
    rows.append(
        ("how likely an answer leaves its default (asking)", str(conventions.asking.leaves_default))
    )
    rows += [
        (f"not left unsaid ({one.id})", ", ".join(one.needs)) for one in conventions.implausible
    ]
    return Table(("convention", "value"), tuple(rows))
