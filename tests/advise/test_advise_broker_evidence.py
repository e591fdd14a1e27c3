"""What brokers and models agreed on is read as written, and none of what ships is stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.advise.broker_evidence import (
    Agreement,
    check_digest,
    load_agreements,
    observed,
    read_own,
)
from advisor.advise.library import load_library
from advisor.checks.judge import Held, NotHeld, Undecided
from advisor.documents import rules_folder
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform

SHIPPED = [one for key, one in sorted(load_agreements().items(), key=lambda item: str(item[0]))]


def _named(one: Agreement) -> str:
    return f"{one.check}-{one.option}-{one.variant}-{one.version}"


def test_entries_are_found_by_check_option_variant_and_minor_version(tmp_path: Path) -> None:
    """With the broker's full version, the day and both digests."""
    entry = {
        "check": "tasks-are-shared",
        "option": "rabbitmq.stream",
        "variant": None,
        "digest": "of another file",
        "held": False,
        "measured": {"lost": 3},
        "parts": ["a filter"],
    }
    document = {
        "schema": "broker-evidence/1",
        "version": "4.3",
        "broker": "4.3.6",
        "date": "2026-11-25",
        "entries": [entry],
    }
    (tmp_path / "rabbitmq-4.3.json").write_text(json.dumps(document), encoding="utf-8")
    found = load_agreements(tmp_path)
    one = found["tasks-are-shared", "rabbitmq.stream", None, BrokerVersion(4, 3)]
    assert ("4.3.6", "2026-11-25", False, {"lost": 3}, ("a filter",)) == (
        one.broker,
        one.date,
        one.held,
        one.measured,
        one.parts,
    )
    assert one.stale


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    """Never half read."""
    (tmp_path / "x.json").write_text('{"schema": "broker-evidence/2"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"x.json: expected schema broker-evidence/1"):
        load_agreements(tmp_path)


def test_a_check_that_does_not_ship_has_no_digest() -> None:
    """So its evidence is stale."""
    assert check_digest("no-such-check") is None


def test_times_are_not_compared() -> None:
    """Neither is why something was not held; what was undecided is told apart."""
    assert {"held": True, "measured": {"lost": 0}, "parts": ["p"]} == observed(
        Held(("p",), {"lost": 0, "late_ms": 7})
    )
    assert {"held": False, "measured": {"got": ["a"]}, "parts": []} == observed(
        NotHeld("because", {"got": ("a",)})
    )
    assert {"undecided": "no answer"} == observed(Undecided("no answer", "unknown"))


@pytest.mark.parametrize("one", SHIPPED, ids=_named)
def test_no_shipped_entry_is_about_a_check_that_has_changed(one: Agreement) -> None:
    """Run tests/agreement again where this fails."""
    assert not one.stale


@pytest.mark.parametrize("one", SHIPPED, ids=_named)
def test_the_model_still_sees_what_the_broker_saw(one: Agreement) -> None:
    """With the durations of a live run, as when they agreed."""
    check = load_library().checks[one.check]
    address = Address("model", one.option, one.version)
    run = perform(check, address, one.variant, trace=False, as_live=True)
    assert one.agrees
    assert one.seen == observed(run.result)


@pytest.mark.parametrize("path", sorted((rules_folder() / "evidence" / "broker").glob("*.json")))
def test_what_ships_has_the_shape_of_a_teams_own(path: Path) -> None:
    """One reader, one schema."""
    assert all(one in SHIPPED for one in read_own(path))
