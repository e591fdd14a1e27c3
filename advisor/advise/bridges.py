"""Where messages pass between two systems: the bridge checks, run on the two designs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.advise.court import Court, version_field
from advisor.checks.check import Check
from advisor.checks.judge import Held, NotHeld, Undecided
from advisor.decision import Decision, WorkloadDecision
from advisor.domain.recommendation import Bridge
from advisor.domain.requirements import Requirements
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform_bridge
from advisor.subjects.open import performs

PAIR = " + "


def bridges(requirements: Requirements, decision: Decision, court: Court) -> Iterator[Bridge]:
    """Every bridge that the advice needs: between workloads, and inside a divided one."""
    decided = {one.name: one for one in decision.workloads}
    checks = [one for one in court.library.checks.values() if one.kind == "bridge"]
    for workload in requirements.workloads:
        giver = decided[workload.name]
        for source, target in _inside(giver):
            for check in checks:
                yield _bridge(check, court, giver, giver, source, target)
        for fed in workload.feeds:
            taker = decided[fed]
            for source, target in _between(giver, taker):
                for check in checks:
                    yield _bridge(check, court, giver, taker, source, target)


def _system(option: str, one: WorkloadDecision) -> str | None:
    """The system of a design that can have a bridge: one with a version of its own."""
    field = version_field(option)
    return option.partition(".")[0] if field in one.cells else None


def _parts(one: WorkloadDecision) -> Sequence[str]:
    if one.status in ("unmet", "ask-first") or one.option is None:
        return ()
    return [part for part in one.option.split(PAIR) if _system(part, one)]


def _inside(one: WorkloadDecision) -> Iterator[tuple[str, str]]:
    """From the first to the second design of a workload that is divided between two systems."""
    parts = _parts(one)
    if len({_system(part, one) for part in parts}) > 1:
        yield parts[0], parts[1]


def _between(giver: WorkloadDecision, taker: WorkloadDecision) -> Iterator[tuple[str, str]]:
    """The first designs of the two, where they share no system."""
    sources, targets = _parts(giver), _parts(taker)
    if not sources or not targets:
        return
    shared = {_system(one, giver) for one in sources} & {_system(one, taker) for one in targets}
    if not shared:
        yield sources[0], targets[0]


def _bridge(
    check: Check,
    court: Court,
    giver: WorkloadDecision,
    taker: WorkloadDecision,
    source: str,
    target: str,
) -> Bridge:
    result, rerun = "not-executed: checks were not asked for", None
    if not (performs(source) and performs(target)):
        result = "not-executed: nobody can perform one of the designs here"
    elif court.executing:
        run = perform_bridge(check, _address(source, giver), _address(target, taker))
        result, rerun = _word(run.result), f"advisor check {check.id} --option {source}"
    return Bridge(giver.name, taker.name, source, target, check.id, result, rerun)


def _word(result: Held | NotHeld | Undecided) -> str:
    match result:
        case Held():
            return "held"
        case NotHeld(because=because):
            return f"not held: {because}"
        case Undecided(reason=reason):
            return f"undecided: {reason}"


def _address(option: str, one: WorkloadDecision) -> Address:
    version = one.cells[version_field(option)].sample
    return Address("model", option, version if isinstance(version, BrokerVersion) else None)
