"""``advisor init``: a commented starter file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.exits import FINE
from advisor.cli.options import Force
from advisor.cli.output import save


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path(
        "advisor.yaml"
    ),
    force: Force = False,
) -> int:
    """Write a commented file to start from.

    It is valid as it stands, and editors complete it from its schema line.

    \b
    Example:
      advisor init advisor.yaml
    """
    from advisor.requirements import starter_text

    save(file, starter_text(), marker=None, force=force)
    return FINE
