"""The shipped claims against the checks that can refute them, run on the built-in models.

A strength stands only as long as its checks agree. What is refuted is listed here by name: the
statements of the article that a current broker version has outgrown, or that never held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache

import pytest
from rulebook_support import shipped

from advisor.checks.claims import judge_claim
from advisor.checks.judge import Result
from advisor.checks.load import load_checks
from advisor.documents import rules_folder
from advisor.domain.evidence import Verdict
from advisor.domain.predicate import OPERATORS, All, Atom, Not, Predicate
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.rules import Claim
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform

VERSIONS: Mapping[str, tuple[str | None, ...]] = {
    "rabbitmq": ("3.10", "4.0", "4.2", "4.3"),
    "kafka": ("4.2", "4.4"),
    "none": (None,),
}
OUTGROWN = {
    ("elastic-consumers.idle-beyond-partitions", "4.2"),
    ("elastic-consumers.idle-beyond-partitions", "4.4"),
    *(
        (f"{claim}:rabbitmq.{queue}", version)
        for claim in ("flow-control.push-overwhelms", "routing.routes-by-content")
        for queue in ("classic-queue", "quorum-queue")
        for version in VERSIONS["rabbitmq"]
    ),
    ("priority.article-priority-queues", "3.10"),
    ("priority.article-priority-queues", "4.0"),
    ("priority.article-priority-queues", "4.2"),
    *(("replay.rabbitmq-cannot", version) for version in VERSIONS["rabbitmq"]),
    ("work-queue.group-matches-work-queue", "4.2"),
    ("work-queue.group-matches-work-queue", "4.4"),
    ("work-queue.one-reader-per-partition", "4.2"),
    ("work-queue.one-reader-per-partition", "4.4"),
}
NOT_DECIDED = {"durability.synced-before-confirm:none.no-broker"} | {
    "durability.synced-before-confirm:rabbitmq.classic-queue"
}
CHECKS = load_checks([rules_folder() / "checks"])
RUN = [
    (claim, version)
    for criterion in shipped().criteria
    for claim in criterion.claims
    if any(check in CHECKS for check in claim.checks)
    for version in VERSIONS[claim.option.partition(".")[0]]
    if claim.option != "none.existing-queue"
]


def _may_hold(predicate: Predicate, field: str, version: BrokerVersion) -> bool | None:
    """Whether the condition holds on this version; None where other answers decide."""
    match predicate:
        case Atom():
            if predicate.field != field:
                return None
            return OPERATORS[predicate.operator](version, predicate.literal)
        case Not(part):
            inner = _may_hold(part, field, version)
            return None if inner is None else not inner
        case All(parts) | AnyOf(parts):
            decided_by = not isinstance(predicate, All)
            found = [_may_hold(part, field, version) for part in parts]
            if decided_by in found:
                return decided_by
            return None if None in found else not decided_by


def _applies(claim: Claim, version: str | None) -> bool:
    if version is None:
        return True
    field = f"{claim.option.partition('.')[0]}_version"
    return _may_hold(claim.when, field, BrokerVersion.parse(version)) is not False


@cache
def _result(check: str, option: str, version: str | None, variant: str | None) -> Result:
    parsed = None if version is None else BrokerVersion.parse(version)
    return perform(CHECKS[check], Address("model", option, parsed), variant).result


def _verdicts(claim: Claim, version: str | None, strength: Fraction) -> Iterator[Verdict]:
    for check in claim.checks:
        if check in CHECKS:
            native = _result(check, claim.option, version, None)
            configured = None
            if claim.variant is not None:
                configured = _result(check, claim.option, version, claim.variant)
            yield judge_claim(strength, native, configured)


APPLYING = [(claim, version) for claim, version in RUN if _applies(claim, version)]


@pytest.mark.parametrize(
    ("claim", "version"), APPLYING, ids=[f"{claim.id}@{version}" for claim, version in APPLYING]
)
def test_claim_and_its_opposite(claim: Claim, version: str | None) -> None:
    """The checks agree with the claim, and the same checks refute its opposite.

    For a statement that is outgrown it is the other way round: some check refutes it.
    """
    verdicts = list(_verdicts(claim, version, claim.strength))
    opposite = list(_verdicts(claim, version, -claim.strength))
    if claim.id in NOT_DECIDED:
        assert {Verdict.UNMODELLED} == {*verdicts, *opposite}
    elif (claim.id, version) in OUTGROWN:
        assert Verdict.REFUTES in verdicts
    else:
        assert [Verdict.AGREES] * len(verdicts) == verdicts
        assert [Verdict.REFUTES] * len(opposite) == opposite


def test_every_outgrown_statement_is_still_made() -> None:
    """The list names claims that exist and apply."""
    applying = {(claim.id, version) for claim, version in APPLYING}
    assert set() == OUTGROWN - applying
