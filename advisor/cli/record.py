"""``advisor record``: the recommendation as an architecture decision record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.evidence import recommended
from advisor.cli.exits import FINE
from advisor.cli.options import Evidence, File, Force, Rules, RunChecks
from advisor.cli.output import save


def record(
    file: File,
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="The folder of your records.")
    ],
    date: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="The date of the record; today if left out."
        ),
    ] = None,
    status: Annotated[str, typer.Option("--status", help="The record's status.")] = "proposed",
    decision_makers: Annotated[
        str, typer.Option("--decision-makers", help="Who decides, as the record names them.")
    ] = "",
    rules: Rules = None,
    checks: RunChecks = True,
    evidence: Evidence = None,
    force: Force = False,
) -> int:
    """Write the recommendation as a decision record.

    The form is MADR 4, with the evidence. The file gets the next free number of the folder;
    a record of the same system that is still proposed is written again in its place.

    \b
    Example:
      advisor record advisor.yaml --output docs/decisions
    """
    from advisor import advise
    from advisor.records.file import check_still_open, make_folder, marker_of, record_path
    from advisor.records.madr import as_markdown
    from advisor.requirements import load_requirements

    requirements = load_requirements(file)
    path = record_path(output, requirements.system)
    if not force:
        check_still_open(path)
    recommendation = recommended(file, rules, checks=checks, evidence=evidence)
    text = as_markdown(
        recommendation,
        requirements,
        advise.load_book(rules),
        date=(date or datetime.now().astimezone()).date(),
        status=status,
        decision_makers=decision_makers,
    )
    make_folder(output)
    save(path, text, marker=marker_of(requirements.system), force=force)
    return FINE
