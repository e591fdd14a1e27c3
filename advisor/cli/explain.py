"""``advisor explain``: what a name in a recommendation means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.exits import FINE
from advisor.cli.options import Rules
from advisor.cli.output import show

if TYPE_CHECKING:
    from advisor.reports.explanation_parts import CheckText


def explain(
    id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A criterion, rule, option, check, need or system, or: conventions."
        ),
    ],
    rules: Rules = None,
) -> int:
    """Explain a criterion, rule, option, check, need or system.

    \b
    Example:
      advisor explain replay
      advisor explain rabbitmq.quorum-queue
      advisor explain rabbitmq
      advisor explain conventions
    """
    from advisor import advise
    from advisor.reports.explanation_page import explanation_page
    from advisor.requirements import vocabulary
    from advisor.subjects.coverage import SYSTEMS

    page = explanation_page(
        id,
        advise.load_book(rules),
        checks=_check_texts(rules),
        needs=vocabulary(),
        systems=SYSTEMS,
    )
    show(page)
    return FINE


def _check_texts(rules: Path | None) -> dict[str, CheckText]:
    """Every check file as its text; the user's folder comes last and replaces."""
    from advisor.documents import read_yaml, rules_folder
    from advisor.reports.explanation_parts import CheckText

    texts: dict[str, CheckText] = {}
    for folder in (rules_folder(), *([] if rules is None else [rules])):
        for path in sorted((folder / "checks").glob("*.yaml")):
            data = read_yaml(path).data
            if isinstance(data, dict):
                title, states, why = (
                    str(data.get(name, "")) for name in ("title", "property", "why")
                )
                lines = tuple(path.read_text(encoding="utf-8").splitlines())
                texts[path.stem] = CheckText(title, states, why, lines)
    return texts
