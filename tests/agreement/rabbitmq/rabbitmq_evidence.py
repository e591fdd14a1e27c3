"""Runs every scenario check on a broker and on the model, and writes down where they agree.

``python tests/agreement rabbitmq evidence 4.3 --port 25600 --date 2026-11-25``: each check with
each RabbitMQ design and variant, with the durations that a live run has. Both give a verdict and
measures; only what is the same on both is written to ``rules/evidence/broker``. Exits 1 where they
differ. What cannot be run is listed with its reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from rabbitmq_rig import OneNode
from rabbitmq_system import Place

from advisor.advise.broker_evidence import SCHEMA, check_digest, observed
from advisor.advise.library import load_library
from advisor.checks.check import Check, needs_rig, runs_live
from advisor.checks.claims import needs_variant
from advisor.checks.judge import Result, judge
from advisor.checks.runner import run
from advisor.documents import rules_folder
from advisor.subjects.rabbitmq import VARIANTS, open_session
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.live_client import LiveClient

ALONE = ("raised-message-limit", "consumer-timeout")


@dataclass(frozen=True, slots=True)
class Case:
    """One check on one design, natively or with a variant."""

    check: Check
    option: str
    variant: str | None

    @property
    def alone(self) -> bool:
        """Whether it changes the broker for all others."""
        return needs_rig(self.check) or self.variant in ALONE

    def __str__(self) -> str:
        return f"{self.check.id} {self.option} {self.variant or 'natively'}"


def claimed() -> list[Case]:
    """Every run that a claim on a RabbitMQ design rests on, and that a live broker can do."""
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
    session = open_session(case.option, case.variant, ModelClient(place.version))
    return judge(case.check, run(case.check, session, live=True))


def on_broker(case: Case, place: Place, port: int) -> Result:
    rig = OneNode(place.word, port, place.url)
    client = LiveClient(place.url, rig=rig)
    prefix = f"agree-{uuid4().hex[:12]}"
    session = open_session(case.option, case.variant, client, prefix=prefix)
    try:
        return judge(case.check, run(case.check, session, live=True))
    finally:
        rig.restore()


def both(case: Case, place: Place, port: int) -> tuple[Case, dict[str, Any], dict[str, Any]]:
    broker = observed(on_broker(case, place, port))
    model = observed(on_model(case, place))
    print(f"{'same' if broker == model else 'other'} {case}", flush=True)
    return case, broker, model


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
    parser.add_argument("version", choices=("3.10", "4.0", "4.3"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--date", required=True, help="the day of the run, written as given")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    place = Place(given.version, given.port)
    checks = load_library().checks
    cases = [case for case in claimed() if given.only in str(case)]
    too_long = [one.id for one in checks.values() if one.kind == "scenario" and not runs_live(one)]
    # a live run mostly waits
    with ThreadPoolExecutor(24) as pool:
        outcomes = list(
            pool.map(lambda c: both(c, place, given.port), [c for c in cases if not c.alone])
        )
    # what was not the same in the crowd is asked again alone: a busy machine is late
    again = [one for one in outcomes if one[1] != one[2]]
    outcomes = [one for one in outcomes if one not in again]
    alone = [case for case, _, _ in again] + [case for case in cases if case.alone]
    outcomes += [both(case, place, given.port) for case in alone]
    outcomes.sort(key=lambda one: str(one[0]))
    return tell(outcomes, too_long, place, given.date, write=not given.only)


def tell(
    outcomes: list[tuple[Case, dict[str, Any], dict[str, Any]]],
    too_long: list[str],
    place: Place,
    date: str,
    *,
    write: bool,
) -> int:
    agreed = [one for one in outcomes if one[1] == one[2] and "undecided" not in one[1]]
    left_out = [one for one in outcomes if "undecided" in one[1] or "undecided" in one[2]]
    differ = [one for one in outcomes if one not in agreed and one not in left_out]
    for case, broker, model in differ:
        print(f"DIFFERS {case}\n   broker {json.dumps(broker)}\n   model  {json.dumps(model)}")
    for case, broker, model in left_out:
        print(f"not run {case}: {broker.get('undecided') or model.get('undecided')}")
    for check in too_long:
        print(f"not run {check}: a live run would take too long")
    print(
        f"checks on RabbitMQ {place.full_version}: {len(agreed)} agree, {len(differ)} differ, "
        f"{len(left_out)} not run, of {len(outcomes)}; {len(too_long)} checks are too long"
    )
    if write:
        document = {
            "schema": SCHEMA,
            "system": "rabbitmq",
            "version": str(place.version),
            "broker": place.full_version,
            "date": date,
            "entries": [entry(case, broker) for case, broker, _ in agreed],
        }
        folder = rules_folder() / "evidence" / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"rabbitmq-{place.version}.json"
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
