"""``advisor validate``: what is wrong in requirements files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.exits import FINE, FOUND, WRONG_INPUT, tell
from advisor.cli.output import emit
from advisor.domain.problem import UnreadableError


def validate(
    files: Annotated[list[Path], typer.Argument(help="Requirements files.", metavar="FILE")],
) -> int:
    """Say what is wrong in requirements files.

    Each message has its file, line and column. Exits 0 if all is fine, 1 for anything wrong
    inside a file, 2 if a file cannot be read.

    \b
    Example:
      advisor validate advisor.yaml
    """
    return max(_code_of(file) for file in files)


def _code_of(file: Path) -> int:
    from advisor.documents import escape_text
    from advisor.requirements import validate as problems_in

    try:
        problems = problems_in(file)
    except UnreadableError as error:
        tell(*error.problems)
        return WRONG_INPUT
    if problems:
        tell(*problems)
        return FOUND
    emit(f"{escape_text(str(file))}: valid\n")
    return FINE
