"""Runs every scenario check on a broker and on the model, and writes down where they agree.

``python tests/agreement SYSTEM evidence VERSION --date 2026-11-25``: each check with each design
and variant that a claim rests on, with the durations that a live run has, on three nodes where a
check needs them. Only what is the same on both goes to ``rules/evidence/broker``. Exits 1 where
they differ. What cannot be run is listed with its reason.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import uuid4

from programs import Place, System

from advisor.advise.broker_evidence import Agreement, as_text
from advisor.advise.library import Library, load_library
from advisor.advise.own_evidence import held_against_model
from advisor.checks.check import Check, needs_rig, runs_live
from advisor.checks.claims import needs_variant
from advisor.checks.judge import Undecided, judge
from advisor.checks.observation import Observation
from advisor.checks.runner import run
from advisor.checks.session import Session
from advisor.documents import rules_folder
from advisor.domain.version import BrokerVersion
from advisor.subjects.address import Address
from advisor.subjects.matrix import Run
from advisor.subjects.open import variants


class Sessions(Protocol):
    """How checks reach a broker: what ``kafka_evidence`` and ``rabbitmq_evidence`` offer."""

    TOGETHER: int
    FOR_ALL: frozenset[str]
    """Variants that change the broker for all others."""

    def sessions(self, place: Any) -> Callable[[str, str | None, str], Session]:
        """Opens one from an option, a variant and the prefix of its names; may stop nodes."""

    def restore(self, place: Any) -> None:
        """Bring back what a check has stopped or set."""


@dataclass(frozen=True, slots=True)
class Case:
    """One check on one design, natively or with a variant."""

    check: Check
    option: str
    variant: str | None

    @property
    def nodes(self) -> int:
        plan = self.check.live_plan
        return 1 if plan is None or plan.nodes == 1 else 3

    def __str__(self) -> str:
        return f"{self.check.id} {self.option} {self.variant or 'natively'}"


Found = Agreement | str
"""What was seen, or why nothing was."""


def claimed(system: str, library: Library) -> list[Case]:
    """Every run that a claim on a design of the system rests on, and that a live broker can do."""
    found: dict[str, Case] = {}
    for criterion in library.book.criteria:
        for claim in criterion.claims:
            known = variants(claim.option) if claim.option.startswith(f"{system}.") else None
            if known is None:
                continue
            for name in claim.checks:
                check = library.checks.get(name)
                if check is None or check.kind != "scenario" or not runs_live(check):
                    continue
                for variant in {None, claim.variant if needs_variant(claim.strength) else None}:
                    if variant is None or variant in known:
                        case = Case(check, claim.option, variant)
                        found[str(case)] = case
    return [found[name] for name in sorted(found)]


class Asking:
    """Asks one running broker or cluster about cases."""

    def __init__(self, place: Place, version: BrokerVersion, own: Sessions, date: str) -> None:
        self._own = own
        self._place = place
        self._version = version
        self._date = date
        self._open = own.sessions(place)

    def all(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Found]]:
        """Side by side, but for those that stop nodes or change the broker for all others."""
        alone = [one for one in cases if needs_rig(one.check) or one.variant in self._own.FOR_ALL]
        crowd = [one for one in cases if one not in alone]
        with ThreadPoolExecutor(self._own.TOGETHER) as pool:
            found = list(pool.map(self._one, crowd))
        # what was not the same in the crowd is asked again alone: a busy machine is late
        again = [case for case, seen in found if isinstance(seen, str) or not seen.agrees]
        yield from (one for one in found if one[0] not in again)
        for case in (*again, *alone):
            yield self._one(case)

    def _one(self, case: Case) -> tuple[Case, Found]:
        session = self._open(case.option, case.variant, f"agree-{uuid4().hex[:12]}")
        try:
            result = judge(case.check, run(case.check, session, live=True))
        finally:
            if needs_rig(case.check) or case.variant in self._own.FOR_ALL:
                self._own.restore(self._place)
        address = Address(
            "live", case.option, self._version, release=self._place.full_version
        )  # fmt: skip
        made = Run(case.check.id, address, case.variant, result, Observation())
        seen = held_against_model(made, load_library(), self._date)
        if seen is None:
            assert isinstance(result, Undecided)
            print(f"none  {case}", flush=True)
            return case, result.reason
        print(f"{'same ' if seen.agrees else 'other'} {case}", flush=True)
        return case, seen


def arguments(system: System) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests/agreement SYSTEM evidence")
    parser.add_argument("version", choices=system.VERSIONS)
    parser.add_argument("--port", type=int, help="where to start it")
    parser.add_argument("--running", type=Path, help="what runs already, and stays (the rig's)")
    parser.add_argument("--nodes", type=int, choices=(1, 3), help="only checks for so many")
    parser.add_argument("--date", required=True, help="the day of the run, written as given")
    parser.add_argument("--only", default="", help="cases whose words have this; nothing written")
    return parser


def main(name: str, words: Sequence[str]) -> int:
    system = cast(System, import_module(f"{name}_system"))
    own = cast(Sessions, import_module(f"{name}_evidence"))
    given = arguments(system).parse_args(words)
    library = load_library()
    cases = [case for case in claimed(name, library) if given.only in str(case)]
    found: list[tuple[Case, Found]] = []
    # three nodes first, while nothing else makes elections late
    for nodes in (3, 1):
        chosen = [case for case in cases if case.nodes == nodes]
        if given.nodes in (None, nodes) and chosen:
            with system.place(given.version, nodes, given) as place:
                print(f"{name} {place.full_version}, {nodes} node(s)", flush=True)
                asking = Asking(place, BrokerVersion.parse(given.version), own, given.date)
                found += asking.all(chosen)
    found.sort(key=lambda one: str(one[0]))
    differ = _tell(found, library)
    agreed = [seen for _, seen in found if not isinstance(seen, str) and seen.agrees]
    if agreed and not given.only and given.nodes is None:
        path = rules_folder() / "evidence" / "broker" / f"{name}-{given.version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(name, agreed), encoding="utf-8")
    return 1 if differ else 0


def _tell(found: Sequence[tuple[Case, Found]], library: Library) -> int:
    """Print what differs and what was left out, and give the number of differences."""
    agree = differ = left_out = 0
    for case, seen in found:
        if isinstance(seen, str):
            left_out += 1
            print(f"not run {case}: {seen}")
        elif seen.agrees:
            agree += 1
        else:
            differ += 1
            print(f"DIFFERS {case}\n   broker {json.dumps(seen.seen)}")
            print(f"   model  {json.dumps(seen.model)}")
    checks = [one for one in library.checks.values() if one.kind == "scenario"]
    too_long = [one.id for one in checks if not runs_live(one)]
    for check in too_long:
        print(f"not run {check}: a live run would take too long")
    print(
        f"checks: {agree} agree, {differ} differ, {left_out} not run, of {len(found)}; "
        f"{len(too_long)} checks are too long"
    )
    return differ
