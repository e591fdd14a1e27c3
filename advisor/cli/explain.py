"""``advisor explain``: what a name in a recommendation means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.exits import FINE
from advisor.cli.options import Rules
from advisor.cli.output import show
from advisor.domain.problem import InputError, Position, Problem

if TYPE_CHECKING:
    from advisor.reports.explanation_parts import CheckText

_NAMES = "a criterion, rule, option, check, need or system, or conventions"


def explain(
    id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="A criterion, rule, option, check, need or system, or: conventions. With "
            "--decision: the design or system that was not chosen.",
        ),
    ] = None,
    rules: Rules = None,
    decision: Annotated[
        Path | None,
        typer.Option(
            "--decision",
            metavar="FILE",
            help="Walk through a recommendation that was written with --format json.",
        ),
    ] = None,
) -> int:
    """Explain a criterion, rule, option, check, need or system, or a whole decision.

    \b
    Example:
      advisor explain replay
      advisor explain rabbitmq.quorum-queue
      advisor explain rabbitmq
      advisor explain conventions
      advisor explain --decision recommendation.json
      advisor explain kafka.topic --decision recommendation.json
    """
    if decision is not None:
        return _decision(decision, id, rules)
    if id is None:
        raise InputError(
            Problem(Position("advisor explain"), "needs a name, or --decision FILE", _NAMES)
        )
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


def _decision(file: Path, option: str | None, rules: Path | None) -> int:
    """The page of a written recommendation; InputError where the file is none."""
    from advisor import advise
    from advisor.documents import check_schema, did_you_mean, quoted, read_yaml
    from advisor.reports.decision_page import decision_page, options_of
    from advisor.wording.lookup import look_up

    document = read_yaml(file)
    data = document.data
    if not isinstance(data, dict) or data.get("schema") != "recommendation/1":
        message = "is no recommendation: its schema is not recommendation/1"
        hint = "advisor recommend FILE --format json writes one"
        raise InputError(Problem(Position(str(file)), message, hint))
    problems = check_schema(document, "recommendation")
    if problems:
        raise InputError(*problems)
    known = options_of(data)
    if option is not None and option not in known:
        hint = did_you_mean(option, known) or "a design or system of the decision"
        raise InputError(
            Problem(Position(str(file)), f"no design is called {quoted(option)}", hint)
        )
    show(decision_page(data, look_up(advise.load_book(rules)), option))
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
                seen = tuple(_seen(path.stem))
                texts[path.stem] = CheckText(title, states, why, lines, seen)
    return texts


def _seen(check: str) -> Iterator[tuple[str, str, str, str]]:
    """The check's runs on real brokers."""
    from advisor.advise.broker_evidence import load_agreements

    for one in load_agreements().values():
        if one.check == check and not one.stale:
            design = f"{one.option} with {one.variant}" if one.variant else one.option
            yield design, one.broker, one.date, "held" if one.held else "not held"
