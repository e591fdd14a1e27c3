"""The vocabulary is what the schema says, and every bound, default and choice is sound."""

from __future__ import annotations

import pytest

from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.models.kafka import versions as kafka
from advisor.models.rabbitmq import versions as rabbitmq
from advisor.requirements import (
    derived_needs,
    modelled_versions,
    product_of,
    question,
    team_path,
    version_bounds,
    vocabulary,
)
from advisor.requirements.answers import value_of

NEEDS = [need for need in vocabulary().values() if not need.of_team]
TEAM = [need for need in vocabulary().values() if need.of_team]


def test_the_needs_of_the_design_are_all_there() -> None:
    """Forty needs, and the fields of the team."""
    assert [
        "work_queue", "task_seconds", "task_seconds_max", "consumers", "elastic_consumers",
        "independent_readers", "untrusted_consumers", "replay", "retention_days",
        "latest_value_per_key", "messages_per_second", "message_bytes", "message_bytes_max",
        "producers", "window", "backlog_messages", "latency_ms_p99", "routing",
        "message_ttl", "delayed_delivery", "delay_seconds_max", "priority", "request_reply",
        "dead_letter", "deduplication", "ordering", "delivery", "durability",
        "high_availability", "multi_region", "enqueue_with_data", "stream_processing",
        "schema_governance", "management_ui", "small_footprint", "connectors", "protocols",
        "frameworks", "queue_count", "managed_service",
    ] == [need.name for need in NEEDS]  # fmt: skip
    assert [
        "already_runs", "knows", "operations", "rabbitmq_version", "kafka_version",
        "hardware_nodes", "hardware_cpu_cores", "hardware_disk_mb_per_second",
        "hardware_network_mb_per_second", "hardware_network_round_trip_ms",
    ] == [need.name for need in TEAM]  # fmt: skip


@pytest.mark.parametrize("need", vocabulary().values(), ids=lambda need: need.name)
def test_every_value_named_for_a_need_is_one_of_its_values(need: NeedType) -> None:
    """Default, unsaid and not-needed values lie within bounds and choices."""
    for value in (need.default, *need.unsaid, *need.not_needed):
        as_data = list(value) if isinstance(value, tuple) else value
        if not isinstance(value, BrokerVersion):
            assert value == value_of(need, as_data)  # type: ignore[arg-type]
    assert need.default not in need.unsaid
    assert (True, True) == (need.meaning.endswith("."), question(need.name).endswith("?"))


@pytest.mark.parametrize("need", vocabulary().values(), ids=lambda need: need.name)
def test_every_number_has_bounds_and_a_unit(need: NeedType) -> None:
    """So an unknown number is finite, and nobody has to guess what it counts."""
    is_number = need.kind is Kind.NUMBER
    assert is_number == (need.least is not None) == (need.greatest is not None) == bool(need.unit)
    assert bool(need.choices) == (need.kind in (Kind.CHOICE, Kind.LIST))


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_every_yes_or_no_may_be_left_unsaid_but_one(need: NeedType) -> None:
    """The starting rule book excepts the newest value of each key."""
    if need.kind is Kind.BOOLEAN:
        assert ((), (True,))[need.name != "latest_value_per_key"] == need.unsaid
        assert (False, (False,)) == (need.default, need.not_needed)


def test_the_unsaid_values_are_those_of_the_starting_rule_book() -> None:
    """Rates, readers, replay and so on, in its words."""
    unsaid = {need.name: need.unsaid for need in NEEDS if need.kind is not Kind.BOOLEAN}
    assert {
        "messages_per_second": (1000, 15000),
        "independent_readers": (2, 3),
        "replay": ("recent", "everything"),
        "retention_days": (3,),
        "routing": ("key", "pattern"),
        "ordering": ("per_key",),
        "task_seconds": (60,),
        "latency_ms_p99": (50,),
        "connectors": (1,),
        "backlog_messages": (1000000,),
    } == {name: values for name, values in unsaid.items() if values}
    assert (20,) == derived_needs()["megabytes_per_second"].unsaid


def test_defaults_that_follow_another_need_name_it() -> None:
    """The longest task and the largest message."""
    assert {"task_seconds_max": "task_seconds", "message_bytes_max": "message_bytes"} == {
        need.name: need.default_from for need in NEEDS if need.default_from
    }


def test_the_volume_is_derived_from_rate_and_size() -> None:
    """Its default and bounds are those of the product, in megabytes."""
    volume = derived_needs()["megabytes_per_second"]
    factors = ("messages_per_second", "message_bytes")
    assert (factors, 1_000_000.0) == product_of("megabytes_per_second")
    assert (10 * 1000 / 1e6, 0.0001 * 1 / 1e6, 1e9 * 1e9 / 1e6) == (
        volume.default,
        volume.least,
        volume.greatest,
    )


def test_the_fields_of_the_team_keep_their_place_in_the_file() -> None:
    """Nested ones have flat names in the rules."""
    assert ("hardware", "network_round_trip_ms") == team_path("hardware_network_round_trip_ms")
    assert ("broker_versions", "kafka") == team_path("kafka_version")
    assert ("operations",) == team_path("operations")


def test_silent_versions_are_the_newest() -> None:
    """They come from the models, not from the schema."""
    assert (BrokerVersion(4, 3), BrokerVersion(4, 4)) == (
        vocabulary()["rabbitmq_version"].default,
        vocabulary()["kafka_version"].default,
    )


@pytest.mark.parametrize(
    ("need", "oldest", "newest"),
    [
        ("rabbitmq_version", rabbitmq.OLDEST, rabbitmq.NEWEST),
        ("kafka_version", kafka.OLDEST, kafka.NEWEST),
    ],
)
def test_versions_lie_between_those_of_the_models(
    need: str, oldest: BrokerVersion, newest: BrokerVersion
) -> None:
    """The release lines are in order, and end where the models end."""
    assert (oldest, newest) == version_bounds(need)
    assert sorted(set(modelled_versions(need))) == list(modelled_versions(need))
