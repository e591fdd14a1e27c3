"""Checks run for their own sake, and what they say of the claims that name them."""

import pytest

from advisor.advise import CheckRun, run_checks
from advisor.domain.evidence import Verdict
from advisor.domain.problem import InputError


def runs(check: str, option: str, versions: dict[str, str] | None = None) -> tuple[CheckRun, ...]:
    """The runs of one check on one option."""
    return tuple(run_checks([check], [option], versions or {}))


def test_natively_first_then_with_each_variant_that_a_claim_names() -> None:
    """The configured run stands behind the native one."""
    found = runs("slow-task-does-not-block", "kafka.topic")
    assert [one.variant for one in found] == [None, "out-of-order-completion"]
    assert found[0].result.startswith("not held: ")
    assert found[1].result == "held"


def test_an_outgrown_statement_of_the_article_is_refuted() -> None:
    """The check says so by the claim's name."""
    found = runs("what-was-read-can-be-read-again", "rabbitmq.stream")
    assert ("replay.rabbitmq-cannot", Verdict.REFUTES) in found[0].claims
    assert ("replay.stream-offsets", Verdict.AGREES) in found[0].claims


@pytest.mark.parametrize(("version", "outcome"), [("4.0", "not held"), ("4.3", "held")])
def test_the_version_is_an_input(version: str, outcome: str) -> None:
    """Strict priorities came to quorum queues with 4.3."""
    (found, *_) = runs(
        "urgent-message-overtakes-backlog", "rabbitmq.quorum-queue", {"rabbitmq": version}
    )
    assert found.address == f"model:rabbitmq.quorum-queue@{version}"
    assert found.result.split(":")[0] == outcome


def test_claims_for_other_versions_say_nothing_here() -> None:
    """A claim made from 4.3 on is not held against 4.0."""
    (old, *_) = runs(
        "urgent-message-overtakes-backlog", "rabbitmq.quorum-queue", {"rabbitmq": "4.0"}
    )
    assert "priority.strict-levels" not in {claim for claim, _ in old.claims}


def test_the_native_calls_are_the_trace() -> None:
    """What was called on the broker, in its own words."""
    (found, *_) = runs("what-was-read-can-be-read-again", "rabbitmq.stream")
    assert any("basic" in call.lower() for call in found.native_calls)


def test_a_bridge_is_run_between_designs_of_two_systems() -> None:
    """Both addresses are named; nothing is lost either way."""
    found = runs("bridge-loses-nothing", "rabbitmq.quorum-queue")
    assert found
    assert {one.result for one in found} == {"held"}
    assert all(" -> model:kafka." in one.address for one in found)


def test_without_a_broker_there_is_no_version() -> None:
    """The job table is really run, and has none."""
    (found, *_) = runs("tasks-are-shared", "none.no-broker")
    assert found.address == "model:none.no-broker"


@pytest.mark.parametrize(
    ("ids", "options", "versions", "words"),
    [
        (["tasks-are-shard"], [], {}, "tasks-are-shared"),
        ([], ["kafka.topik"], {}, "kafka.topic"),
        ([], [], {"kafka": "9.9"}, "4.4"),
        ([], [], {"kafka": "3.0"}, "3.9"),
        ([], [], {"kafka": "newest"}, "from 3.9 to 4.4"),
        (["sustains-rate"], [], {}, "advisor recommend FILE"),
    ],
)
def test_wrong_names_and_versions_get_the_nearest(
    ids: list[str], options: list[str], versions: dict[str, str], words: str
) -> None:
    """One message each, with the way out."""
    with pytest.raises(InputError) as caught:
        tuple(run_checks(ids, options, versions))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "place", ["kafka.topic", "model:kafka.topik@4.4", "live:kafka.topic", "live:none.no-broker@x:1"]
)
def test_wrong_addresses_are_told(place: str) -> None:
    """An address that is none, or that nobody can reach, is wrong input."""
    with pytest.raises(InputError):
        tuple(run_checks(["tasks-are-shared"], [], {}, [place]))


def test_an_address_of_a_model_is_run_there_and_only_there() -> None:
    """The check runs on that design and version."""
    found = tuple(run_checks(["tasks-are-shared"], [], {}, ["model:kafka.topic@4.0"]))
    assert {one.address for one in found} == {"model:kafka.topic@4.0"}
