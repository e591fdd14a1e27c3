"""``advisor rules``: for those who write rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.exits import FINE, FOUND, complain, tell
from advisor.cli.options import Force
from advisor.cli.output import emit, is_terminal, save, show
from advisor.domain.problem import InputError, Position, Problem, UnreadableError

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", help="A folder of your own rules beside the shipped ones; else those only."
    ),
]


def lint(folder: Folder = None) -> int:
    """Find rules that cannot be meant so.

    Dead, subsumed, doubled and contradicting rules, needs without a claim, claims without a
    check: over every combination of answers that the rules tell apart. Exits 1 for findings.

    \b
    Example:
      advisor rules lint
      advisor rules lint our-rules
    """
    from advisor.advise.rules import lint_rules

    try:
        found = lint_rules(folder)
    except UnreadableError:
        raise
    except InputError as error:
        found = error.problems
    return _told(found, "no finding")


def test(folder: Folder = None) -> int:
    """Hold the rules to their examples.

    Each example must give its level, and each rule be seen fired, silent and unknown. Exits 1
    where one is not.

    \b
    Example:
      advisor rules test our-rules
    """
    from advisor.advise.rules import check_examples

    return _told(check_examples(folder), "every example holds, every rule is covered")


def new(
    id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case words joined by hyphens.")],
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Your folder of rules.")
    ] = Path("rules"),
    need: Annotated[
        str, typer.Option("--need", help="The true-or-false need that the first row reads.")
    ] = "work_queue",
    force: Force = False,
) -> int:
    """Write a criterion to fill in, with its check.

    \b
    Example:
      advisor rules new audit-trail --output our-rules
    """
    from advisor.advise.rules import new_files
    from advisor.records.file import make_folder

    files = new_files(id, need, output)
    there = [path for path in files if path.exists() and not force]
    if there:
        hint = "choose another name, or force it"
        raise InputError(*(Problem(Position(str(path)), "already exists", hint) for path in there))
    for path, text in files.items():
        make_folder(path.parent)
        save(path, text, marker=None, force=force)
    return FINE


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A folder of rules, or: shipped.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The other one, or: shipped.")],
    count: Annotated[
        int, typer.Option("--count", min=1, max=100_000, help="Profiles to draw.")
    ] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Chance, the same for the same number.")] = 1,
) -> int:
    """Count the profiles that two rule books decide otherwise.

    Each folder stands beside the shipped rules. Both run their own checks.

    \b
    Example:
      advisor rules diff shipped our-rules --count 2000
    """
    from advisor.advise.rules import compare_rules
    from advisor.reports.rules_page import difference_page

    folders = [None if str(one) == "shipped" else one for one in (old, new)]
    compared = compare_rules(folders[0], folders[1], seed=seed, count=count)
    if is_terminal(sys.stderr):
        with typer.progressbar(compared, length=count, label="Profiles", file=sys.stderr) as shown:
            found = list(shown)
    else:
        found = list(compared)
    show(difference_page(found, seed=seed))
    return FINE


def _told(problems: tuple[Problem, ...], fine: str) -> int:
    if not problems:
        emit(f"{fine}\n")
        return FINE
    tell(*problems)
    complain(f"{len(problems)} findings" if len(problems) > 1 else "1 finding")
    return FOUND
