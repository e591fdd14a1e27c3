"""Every check on every design, native and with each variant: what holds, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.checks.check import Check, needs_rig, runs_live
from advisor.checks.judge import Result, Undecided, judge
from advisor.checks.observation import Observation
from advisor.checks.runner import run
from advisor.subjects.address import Address
from advisor.subjects.open import NotPerformed, open_session, variants


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a check on a design, or of a bridge check between two."""

    check: str
    address: Address
    variant: str | None
    result: Result
    observation: Observation
    target: Address | None = None


def perform(
    check: Check,
    address: Address,
    variant: str | None = None,
    *,
    trace: bool = True,
    as_live: bool = False,
) -> Run:
    """Run a scenario check on a fresh installation of the design.

    ``as_live``: with the durations of a live run on a model, too, to be compared with one.
    """
    live = as_live or address.where == "live"
    if address.where == "live" and (needs_rig(check) or not runs_live(check)):
        why = "needs a rig" if needs_rig(check) else "would take too long live"
        return _not_executed(check, address, variant, why)
    try:
        session = open_session(address, variant)
    except NotPerformed as reason:
        if address.where != "live":
            raise
        # it was there when the checks began
        return _not_executed(check, address, variant, reason.reason)
    observation = run(check, session, live=live, trace=trace)
    return Run(check.id, address, variant, judge(check, observation), observation)


def _not_executed(check: Check, address: Address, variant: str | None, why: str) -> Run:
    left_out = Undecided(f"not executed ({why})", "unknown")
    return Run(check.id, address, variant, left_out, Observation())


def perform_bridge(check: Check, source: Address, target: Address) -> Run:
    """Run a bridge check between fresh installations of two designs."""
    observation = run(check, open_session(source), open_session(target))
    return Run(check.id, source, None, judge(check, observation), observation, target)


def matrix(checks: Iterable[Check], addresses: Iterable[Address]) -> Iterator[Run]:
    """Every scenario check on every design, native first, then with each of its variants."""
    places = tuple(addresses)
    for check in checks:
        if check.kind != "scenario":
            continue
        for address in places:
            for variant in (None, *variants(address.option)):
                yield perform(check, address, variant)
