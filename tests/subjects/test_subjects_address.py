"""Addresses are read and written alike, and open what they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.checks.judge import Held
from advisor.checks.load import load_checks
from advisor.checks.smoke import smoke
from advisor.documents import rules_folder
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address
from advisor.subjects.matrix import matrix, perform, perform_bridge
from advisor.subjects.open import NotPerformed, open_session, performs, variants

JOB_TABLE = Address("model", "none.no-broker")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "model:rabbitmq.quorum-queue@4.3",
            Address("model", "rabbitmq.quorum-queue", BrokerVersion(4, 3)),
        ),
        (
            "live:kafka.topic@localhost:9092",
            Address("live", "kafka.topic", host="localhost:9092"),
        ),
        ("model:none.no-broker", JOB_TABLE),
    ],
)
def test_reads_and_writes_addresses(text: str, expected: Address) -> None:
    """The text is the address."""
    assert expected == Address.parse(text)
    assert text == str(expected)
    assert text.split(":")[1].split(".")[0] == expected.technology


@pytest.mark.parametrize(
    "text",
    ["", "rabbitmq", "model:rabbitmq", "live:kafka.topic", "model:kafka.topic@new", "m:a.b"],
)
def test_refuses_what_is_no_address(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match=r"not|lacks"):
        Address.parse(text)


@given(st.integers(0, 99), st.integers(0, 99))
def test_addresses_survive_the_way_there_and_back(major: int, minor: int) -> None:
    """For every version."""
    address = Address("model", "kafka.topic", BrokerVersion(major, minor))

    assert address == Address.parse(str(address))


@pytest.mark.parametrize("option", ["none.existing-queue", "other.thing"])
def test_does_not_pretend_to_run_other_designs(option: str) -> None:
    """Their claims stay documented."""
    assert not performs(option)
    assert {} == variants(option)
    with pytest.raises(NotPerformed, match=option):
        open_session(Address("model", option))


def test_names_a_variant_that_is_not_there() -> None:
    """A rule that names one nobody performs is found."""
    with pytest.raises(NotPerformed, match="no variant wings"):
        open_session(JOB_TABLE, "wings")


def test_a_broker_needs_its_version() -> None:
    """Behaviour depends on it, so none is assumed here."""
    with pytest.raises(NotPerformed, match="version"):
        open_session(Address("model", "kafka.topic"))


def test_a_design_without_a_live_client_is_not_run_live() -> None:
    """It says so instead of running the model."""
    with pytest.raises(NotPerformed, match="live"):
        open_session(Address("live", "none.no-broker", host="here:1"))


@pytest.mark.parametrize("variant", [None, *variants("none.no-broker")])
def test_the_job_table_works_in_every_variant(variant: str | None) -> None:
    """One message goes through."""
    assert isinstance(smoke(open_session(JOB_TABLE, variant)), Held)


def test_performs_checks_and_bridges() -> None:
    """The same check gives the same observation each time."""
    checks = load_checks([rules_folder() / "checks"])
    first, again = (perform(checks["tasks-are-shared"], JOB_TABLE, "lease-column") for _ in "12")
    bridge = perform_bridge(checks["bridge-loses-nothing"], JOB_TABLE, JOB_TABLE)
    few = [checks["bridge-loses-nothing"], checks["failed-task-is-tried-again"]]

    assert isinstance(first.result, Held)
    assert first == again
    assert "lost_by.bridge is 2, not == 0; lost_by.readers is 1, not == 0" == getattr(
        bridge.result, "because", ""
    )
    assert [None, *variants("none.no-broker")] == [run.variant for run in matrix(few, [JOB_TABLE])]
