"""Runs every scenario check on a cluster and on the model, and writes down where they agree.

``python tests/agreement/kafka/kafka_evidence.py 4.4 --port 21000 --date 2026-11-25``: each check
with each Kafka design and variant, with the durations that a live run has, on one node or on three
where a check needs them. Both give a verdict and measures; only what is the same on both is
written to ``rules/evidence/broker``. Exits 1 where they differ. What cannot be run is listed with
its reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from kafka_rig import VERSIONS, Place, rig, started

from advisor.advise.broker_evidence import SCHEMA, check_digest, observed
from advisor.advise.library import load_library
from advisor.checks.check import Check, needs_rig, runs_live
from advisor.checks.claims import needs_variant
from advisor.checks.judge import Result, judge
from advisor.checks.runner import run
from advisor.documents import rules_folder
from advisor.subjects.kafka import VARIANTS, model_client, open_session

TOGETHER = 16


@dataclass(frozen=True, slots=True)
class Case:
    """One check on one design, natively or with a variant."""

    check: Check
    option: str
    variant: str | None

    @property
    def alone(self) -> bool:
        """Whether it stops nodes under all others."""
        return needs_rig(self.check)

    @property
    def nodes(self) -> int:
        plan = self.check.live_plan
        return 1 if plan is None else plan.nodes

    def __str__(self) -> str:
        return f"{self.check.id} {self.option} {self.variant or 'natively'}"


def claimed() -> list[Case]:
    """Every run that a claim on a Kafka design rests on, and that a live cluster can do."""
    library = load_library()
    found: dict[tuple[str, str, str | None], Case] = {}
    for criterion in library.book.criteria:
        for claim in criterion.claims:
            for name in claim.checks:
                check = library.checks.get(name)
                if check is None or check.kind != "scenario" or not runs_live(check):
                    continue
                for variant in {None, claim.variant if needs_variant(claim.strength) else None}:
                    known = variant is None or variant in VARIANTS.get(claim.option, {})
                    if claim.option in VARIANTS and known:
                        found[name, claim.option, variant] = Case(check, claim.option, variant)
    return [found[key] for key in sorted(found, key=str)]


def on_model(case: Case, place: Place) -> Result:
    session = open_session(case.option, case.variant, model_client(place.version))
    return judge(case.check, run(case.check, session, live=True))


def on_broker(case: Case, place: Place) -> Result:
    prefix = f"agree-{uuid4().hex[:12]}"
    session = open_session(case.option, case.variant, place.client(), prefix=prefix)
    try:
        return judge(case.check, run(case.check, session, live=True))
    finally:
        if case.alone:
            place.nodes.restore()


Outcome = tuple[Case, dict[str, Any], dict[str, Any]]


def both(case: Case, place: Place) -> Outcome:
    broker = observed(on_broker(case, place))
    model = observed(on_model(case, place))
    print(f"{'same' if broker == model else 'other'} {case}", flush=True)
    return case, broker, model


def on_one_node(cases: list[Case], place: Place) -> list[Outcome]:
    """Those that leave the node alone together, all others after them."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        outcomes = list(pool.map(lambda c: both(c, place), [c for c in cases if not c.alone]))
    # what was not the same in the crowd is asked again alone: a busy machine is late
    again = [one for one in outcomes if one[1] != one[2]]
    outcomes = [one for one in outcomes if one not in again]
    alone = [case for case, _, _ in again] + [case for case in cases if case.alone]
    return outcomes + [both(case, place) for case in alone]


def on_three_nodes(cases: list[Case], version: str, port: int, folder: Path) -> list[Outcome]:
    if not cases:
        return []
    place = started(version, port, folder, nodes=3)
    try:
        outcomes = [both(case, place) for case in cases]
        # asked again like those on one node
        return [both(case, place) if seen != model else (case, seen, model)
                for case, seen, model in outcomes]  # fmt: skip
    finally:
        rig("stop", str(folder))


def entry(case: Case, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "check": case.check.id,
        "option": case.option,
        "variant": case.variant,
        "digest": check_digest(case.check.id),
        **seen,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where the cluster keeps data")
    parser.add_argument("--date", required=True, help="the day of the run, written as given")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    place = started(given.version, given.port, given.folder, nodes=1)
    checks = load_library().checks
    cases = [case for case in claimed() if given.only in str(case)]
    too_long = [one.id for one in checks.values() if one.kind == "scenario" and not runs_live(one)]
    three = given.folder.with_name(f"{given.folder.name}-three")
    more = [case for case in cases if case.nodes > 1]
    # first, while nothing else makes elections late
    outcomes = on_three_nodes(more, given.version, given.port + 50, three)
    outcomes += on_one_node([case for case in cases if case.nodes == 1], place)
    outcomes.sort(key=lambda one: str(one[0]))
    return tell(outcomes, too_long, place, given.date, write=not given.only)


def tell(
    outcomes: list[Outcome], too_long: list[str], place: Place, date: str, *, write: bool
) -> int:
    agreed = [one for one in outcomes if one[1] == one[2] and "undecided" not in one[1]]
    left_out = [one for one in outcomes if "undecided" in one[1] or "undecided" in one[2]]
    differ = [one for one in outcomes if one not in agreed and one not in left_out]
    for case, broker, model in differ:
        print(f"DIFFERS {case}\n   broker {json.dumps(broker)}\n   model  {json.dumps(model)}")
    for case, broker, model in left_out:
        print(f"not run {case}: broker {broker.get('undecided')}; model {model.get('undecided')}")
    for check in too_long:
        print(f"not run {check}: a live run would take too long")
    print(
        f"checks on Kafka {place.full_version}: {len(agreed)} agree, {len(differ)} differ, "
        f"{len(left_out)} not run, of {len(outcomes)}; {len(too_long)} checks are too long"
    )
    if write:
        document = {
            "schema": SCHEMA,
            "system": "kafka",
            "version": str(place.version),
            "broker": place.full_version,
            "date": date,
            "entries": [entry(case, broker) for case, broker, _ in agreed],
        }
        folder = rules_folder() / "evidence" / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"kafka-{place.version}.json"
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
