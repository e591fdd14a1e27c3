"""``advisor ask``: the questionnaire that writes a requirements file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli import output as output_module
from advisor.cli.exits import FINE, INTERRUPTED, WRONG_INPUT, complain, tell
from advisor.cli.options import Force
from advisor.cli.output import emit, save
from advisor.domain.problem import InputError, Position, Problem

if TYPE_CHECKING:
    from advisor.questionnaire.interview import Draft


def ask(
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="The requirements file to write.")
    ] = Path("advisor.yaml"),
    force: Force = False,
) -> int:
    """Answer questions and get a requirements file.

    Ctrl-C keeps what was answered so far.

    \b
    Example:
      advisor ask --output advisor.yaml
    """
    if not all(map(output_module.is_terminal, (sys.stdin, sys.stdout))):
        complain("ask needs a terminal; without one, write a file to fill in with: advisor init")
        return WRONG_INPUT
    if output.exists() and not force:
        raise InputError(
            Problem(Position(str(output)), "already exists", "choose another name, or force it")
        )
    from advisor.questionnaire.interview import Draft, Interview
    from advisor.questionnaire.terminal import TerminalPrompter
    from advisor.requirements import question, validate, vocabulary

    draft = Draft()
    try:
        Interview(vocabulary(), question).fill(draft, TerminalPrompter())
    except KeyboardInterrupt:
        return _keep(draft, output, force=force)
    save(output, _text(draft), marker=None, force=force)
    problems = validate(output)
    if problems:
        tell(*problems)
        return WRONG_INPUT
    emit(f"next: advisor recommend {output}\n")
    return FINE


def _keep(draft: Draft, output: Path, *, force: bool) -> int:
    if not draft.is_file:
        complain("stopped: nothing was kept, no workload was begun")
        return INTERRUPTED
    save(output, _text(draft), marker=None, force=force)
    count = draft.answered
    complain(
        f"stopped: {count} answer{'' if count == 1 else 's'} kept in {output}; "
        "what was not asked is left out of it"
    )
    return INTERRUPTED


def _text(draft: Draft) -> str:
    from advisor.requirements import render

    return render(
        system=draft.system,
        team=draft.team,
        workloads=[{"name": one.name, "needs": one.needs} for one in draft.workloads],
        heading=("Written by advisor ask.",),
    )
