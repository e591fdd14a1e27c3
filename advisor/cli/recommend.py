"""``advisor recommend``: the recommendation as a page or as a document."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.evidence import recommended
from advisor.cli.exits import FINE
from advisor.cli.options import Evidence, File, Force, Rules, RunChecks
from advisor.cli.output import emit, save, show

_MARKERS = {"text": "Made by advisor ", "json": '"schema": "recommendation/1"'}


class Format(StrEnum):
    """How the recommendation is written."""

    TEXT = "text"
    JSON = "json"


def recommend(
    file: File,
    format: Annotated[
        Format, typer.Option("--format", help="A readable page, or schema recommendation/1.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write a file instead of printing."),
    ] = None,
    rules: Rules = None,
    checks: RunChecks = True,
    evidence: Evidence = None,
    force: Force = False,
) -> int:
    """Recommend a design for each workload.

    The checks behind it are run first. Exits 0 whatever the verdict.

    \b
    Example:
      advisor recommend advisor.yaml
      advisor recommend advisor.yaml --format json --output recommendation.json
    """
    from advisor import advise
    from advisor.reports.document import as_json

    recommendation = recommended(file, rules, checks=checks, evidence=evidence)
    if format is Format.JSON:
        text = as_json(recommendation)
        if output is None:
            emit(text)
        else:
            save(output, text, marker=_MARKERS["json"], force=force)
        return FINE
    from advisor.reports.plain import as_plain
    from advisor.reports.recommendation_page import recommendation_page
    from advisor.requirements import load_requirements

    system = load_requirements(file).system
    page = recommendation_page(recommendation, advise.load_book(rules), system=system)
    if output is None:
        show(page)
    else:
        save(output, as_plain(page), marker=_MARKERS["text"], force=force)
    return FINE
