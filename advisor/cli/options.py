"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="FILE", help="A requirements file.")]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules", metavar="DIR", help="A folder of your own rules beside the shipped ones."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
Evidence = Annotated[
    list[Path] | None,
    typer.Option(
        "--evidence",
        metavar="FILE",
        help="What your own broker showed, written by advisor check --evidence; may be repeated.",
    ),
]
RunChecks = Annotated[
    bool,
    typer.Option(
        "--checks/--no-checks", help="Run the checks; without them no claim counts as executed."
    ),
]
