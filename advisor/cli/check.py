"""``advisor check``: runs checks and shows what they found."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli.exits import FINE, FOUND
from advisor.cli.output import show


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
    trace: Annotated[
        bool | None,
        typer.Option(
            "--trace/--no-trace",
            help="Show the native calls of each run; if left out, where checks are named.",
        ),
    ] = None,
) -> int:
    """Run checks on the built-in models, or on a live broker.

    Exits 1 if a check refutes a claim. On a live broker everything has a fresh name and is
    removed afterwards; a login comes from the address (name:password@host) or from a URL in
    ADVISOR_RABBITMQ_URL, and is shown nowhere.

    \b
    Example:
      advisor check what-was-read-can-be-read-again --option rabbitmq.stream
    """
    from advisor import advise
    from advisor.reports.check_page import check_page, refuted

    given = {"rabbitmq": rabbitmq_version, "kafka": kafka_version}
    versions = {name: version for name, version in given.items() if version is not None}
    runs = tuple(
        advise.run_checks(tuple(ids or ()), tuple(option or ()), versions, tuple(on or ()))
    )
    show(check_page(runs, trace=bool(ids) if trace is None else trace))
    return FOUND if refuted(runs) else FINE
