"""``advisor check``: runs checks and shows what they found."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.exits import FINE, FOUND, TERMINATED
from advisor.cli.options import Force
from advisor.cli.output import save, show, telling_progress
from advisor.domain.problem import InputError, Position, Problem

_MARKER = '"schema": "broker-evidence/1"'


def check(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Checks; all if left out.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="ID", help="Only these designs; may be repeated."),
    ] = None,
    rabbitmq_version: Annotated[
        str | None,
        typer.Option("--rabbitmq-version", metavar="X.Y", help="The newest if left out."),
    ] = None,
    kafka_version: Annotated[
        str | None, typer.Option("--kafka-version", metavar="X.Y", help="The newest if left out.")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="ADDRESS",
            help="Run there, as live:rabbitmq.quorum-queue@localhost:5672; may be repeated.",
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="FILE",
            help="Write what the live broker showed, and whether the model shows the same.",
        ),
    ] = None,
    trace: Annotated[
        bool | None,
        typer.Option(
            "--trace/--no-trace",
            help="Show the native calls of each run; if left out, where checks are named.",
        ),
    ] = None,
    force: Force = False,
) -> int:
    """Run checks on the built-in models, or on a live broker.

    Exits 1 if a check refutes a claim. On a live broker everything has a fresh name and is
    removed afterwards; a login comes from the address (name:password@host) or from a URL in
    ADVISOR_RABBITMQ_URL, and is shown nowhere.

    \b
    Example:
      advisor check what-was-read-can-be-read-again --option rabbitmq.stream
      advisor check --on live:rabbitmq.stream@localhost:5672 --evidence ours.json
      advisor recommend advisor.yaml --evidence ours.json
    """
    from advisor import advise
    from advisor.reports.check_page import check_page, refuted

    if evidence is not None and not on:
        problem = Problem(Position("--evidence"), "is what a live broker showed", "give --on")
        raise InputError(problem)
    given = {"rabbitmq": rabbitmq_version, "kafka": kafka_version}
    versions = {name: version for name, version in given.items() if version is not None}
    today = datetime.now().astimezone().date().isoformat()
    with _closing_on_sigterm(), telling_progress() as told:
        found = advise.run_checks(
            tuple(ids or ()), tuple(option or ()), versions, tuple(on or ()), today, told
        )
        runs = tuple(found)
    show(check_page(runs, trace=bool(ids) if trace is None else trace))
    if evidence is not None:
        live = [run.agreement for run in runs if run.address.startswith("live:")]
        text = advise.evidence_text([one for one in live if one is not None])
        save(evidence, text, marker=_MARKER, force=force)
    return FOUND if refuted(runs) else FINE


@contextmanager
def _closing_on_sigterm() -> Iterator[None]:
    """Being told to end is no reason to leave anything on a broker: it ends as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
