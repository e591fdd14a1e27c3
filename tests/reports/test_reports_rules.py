"""What a change of the rules would change: how many, from what to what, the plainest examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.domain.predicate import Value
from advisor.domain.version import BrokerVersion
from advisor.reports.blocks import Heading, Table
from advisor.reports.plain import as_plain
from advisor.reports.rules_page import difference_page


@dataclass(frozen=True)
class Changed:
    """A profile that is decided otherwise."""

    stated: Mapping[str, Value]
    before: str = "rabbitmq (rabbitmq.quorum-queue)"
    after: str = "kafka (kafka.topic)"


ONE = Changed({"replay": "recent"})


def tables(*found: Changed | None, **more: int) -> list[Table]:
    """The tables of the page."""
    return [block for block in difference_page(found, seed=1, **more) if isinstance(block, Table)]


def test_where_nothing_changes_only_the_count_is_told() -> None:
    """With the seed, so that it can be repeated."""
    page = difference_page([None] * 3, seed=42)
    assert "0 of 3 drawn profiles change their winner (seed 42)." in as_plain(page)
    assert [] == [block for block in page if isinstance(block, Table)]
    assert 1 == sum(isinstance(block, Heading) for block in page)


def test_the_moves_are_counted_commonest_first() -> None:
    """Of equal counts in the order of the alphabet."""
    other = Changed({"priority": True}, before="none (none.no-broker)")
    third = Changed({"priority": True}, before="a")
    moves, _ = tables(ONE, other, None, ONE, third)
    assert [
        ("rabbitmq (rabbitmq.quorum-queue)", "kafka (kafka.topic)", "2"),
        ("a", "kafka (kafka.topic)", "1"),
        ("none (none.no-broker)", "kafka (kafka.topic)", "1"),
    ] == list(moves.rows)
    page = difference_page([ONE, other, None, ONE, third], seed=1)
    assert "4 of 5 drawn profiles change their winner" in as_plain(page)


def test_the_examples_are_those_that_state_least() -> None:
    """At most as many as asked for, each with both winners."""
    more = Changed({"replay": "recent", "priority": True})
    most = Changed({"replay": "recent", "priority": True, "consumers": 3})
    _, examples = tables(most, ONE, more, examples_max=2)
    assert ["replay recent", "replay recent, priority true"] == [row[0] for row in examples.rows]
    assert all(row[1:] == (ONE.before, ONE.after) for row in examples.rows)


def test_values_are_written_as_in_a_requirements_file() -> None:
    """Truth in lower case, lists in brackets, versions with their dot."""
    stated: Mapping[str, Value] = {
        "priority": False,
        "already_runs": ("redis", "kafka"),
        "knows": (),
        "kafka_version": BrokerVersion(4, 2),
        "task_seconds": 0.5,
    }
    _, examples = tables(Changed(stated))
    said = "priority false, already_runs [redis, kafka], knows [], kafka_version 4.2, "
    assert said + "task_seconds 0.5" == examples.rows[0][0]
