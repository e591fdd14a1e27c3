"""``advisor ask``: the questionnaire that writes a requirements file and ends in advice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli import output as output_module
from advisor.cli.exits import FINE, INTERRUPTED, WRONG_INPUT, complain
from advisor.cli.options import Force, Rules, RunChecks
from advisor.cli.output import emit, show
from advisor.domain.problem import InputError, Position, Problem

if TYPE_CHECKING:
    from advisor.advise.court import Court
    from advisor.documents import Document
    from advisor.questionnaire.prompter import Prompter
    from advisor.questionnaire.session import Session
    from advisor.questionnaire.unattended import Answers

_NO_TERMINAL = (
    "ask needs a terminal; without one, give the answers in a file with --answers FILE, "
    "or write a requirements file to fill in with: advisor init"
)
_COSTS = "It says what each broker would cost to run: least what runs already or is known."
_RECORDS = "docs/decisions"


def ask(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A requirements file to go on with; only what is answered changes in it.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where the file is written: FILE itself, or advisor.yaml if there is none.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers", metavar="FILE", help="Answers by need; nobody is asked anything."
        ),
    ] = None,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Never ask; name the answer that is missing.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="DIR", help="Write the decision record there as well."),
    ] = None,
    rules: Rules = None,
    checks: RunChecks = True,
    force: Force = False,
) -> int:
    """Answer only what matters, and get the recommendation.

    The most decisive question comes first; nothing is asked that cannot change the result. Every
    answer is saved at once: after Ctrl-C, name the file to go on.

    \b
    Example:
      advisor ask --output advisor.yaml
      advisor ask advisor.yaml
      advisor ask --answers answers.yaml --output advisor.yaml
    """
    target = output or file or Path("advisor.yaml")
    unattended = no_input or answers is not None
    if not unattended and not all(map(output_module.is_terminal, (sys.stdin, sys.stdout))):
        complain(_NO_TERMINAL)
        return WRONG_INPUT
    start = file if file is not None and (file.exists() or unattended) else None
    if target != start and target.exists() and not force:
        raise InputError(_taken(target, chosen=output is not None))
    asking = _Asking(target, rules, checks)
    if unattended:
        asking.without_person(start, answers)
    elif not asking.with_person(start):
        return INTERRUPTED
    return asking.advise(record)


def _taken(target: Path, *, chosen: bool) -> Problem:
    hint = "" if chosen else f"go on with it: advisor ask {target}; or "
    return Problem(
        Position(str(target)), "already exists", f"{hint}choose another name, or force it"
    )


class _Asking:
    """One run; ``court`` is one for the whole of it, so that each check runs once."""

    def __init__(self, target: Path, rules: Path | None, checks: bool) -> None:
        from advisor.advise.court import Court
        from advisor.advise.library import load_library

        self.target = target
        self.court: Court = Court(load_library(rules), executing=checks)
        self.prompter: Prompter | None = None
        self.session: Session | None = None

    def without_person(self, start: Path | None, answers: Path | None) -> None:
        """Everything from files; raises InputError for what is wrong or missing."""
        from advisor.questionnaire import unattended
        from advisor.questionnaire.session import Session

        given: Answers | None = None if answers is None else unattended.read_answers(answers)
        source = str(start or "--no-input")
        document = (
            unattended.document_of(given, self.target, source) if start is None else _read(start)
        )
        self.session = Session(document, self.court)
        if given is not None:
            unattended.apply(self.session, given)
        status = self.session.status()
        if unattended.is_open(status):
            raise InputError(unattended.missing(self.session, given, source, status))
        self.save()

    def with_person(self, start: Path | None) -> bool:
        """Ask; False if the person stopped, with everything kept that was answered."""
        from advisor.questionnaire.interview import Interview, ask_names
        from advisor.questionnaire.session import Session, new_document
        from advisor.questionnaire.terminal import TerminalPrompter

        document = None if start is None else _read(start)
        self.prompter = TerminalPrompter()
        try:
            if document is None:
                names = ask_names(self.prompter)
                document = new_document(self.target, names.system, names.workload)
            self.session = Session(document, self.court)
            self.save()
            Interview(self.session, self.prompter, _reasons(self.court), self.save).run()
        except KeyboardInterrupt:
            self._stopped()
            return False
        return True

    def save(self) -> None:
        """Write the file whole, if it is not just what stands there."""
        from advisor.documents import write_whole

        assert self.session is not None
        content = self.session.document.content
        if not (self.target.is_file() and self.target.read_bytes() == content):
            write_whole(self.target, content.decode("utf-8"), marker=None, force=True)

    def _stopped(self) -> None:
        if self.session is None:
            complain("stopped: nothing was kept, no flow of messages was named")
            return
        count = len(self.session.answered())
        complain(
            f"stopped: {count} answer{'' if count == 1 else 's'} kept in {self.target}; "
            f"go on with: advisor ask {self.target}"
        )

    def advise(self, record: Path | None) -> int:
        """The recommendation, the file, and the record if it is wanted."""
        from advisor.advise.recommend import advise
        from advisor.documents import escape_text
        from advisor.reports.recommendation_page import recommendation_page
        from advisor.requirements import load_requirements

        requirements = load_requirements(self.target)
        recommendation = advise(requirements, self.court)
        book = self.court.library.book
        show(recommendation_page(recommendation, book, system=requirements.system))
        emit(f"wrote {escape_text(str(self.target))}\n")
        folder = record if record is not None else self._wanted_record()
        if folder is None:
            return FINE
        from advisor.cli.output import save
        from advisor.records.file import check_still_open, make_folder, marker_of, record_path
        from advisor.records.madr import as_markdown

        path = record_path(folder, requirements.system)
        check_still_open(path)
        date = datetime.now().astimezone().date()
        text = as_markdown(
            recommendation, requirements, book, date=date, status="proposed", decision_makers=""
        )
        make_folder(folder)
        save(path, text, marker=marker_of(requirements.system), force=False)
        return FINE

    def _wanted_record(self) -> Path | None:
        from advisor.questionnaire.prompter import Choice

        if self.prompter is None:
            return None
        wanted = self.prompter.choose(
            "Write a decision record as well?",
            help_text=f"A MADR file in {_RECORDS}, marked as proposed.",
            choices=(Choice("no", False), Choice("yes", True)),
        )
        return Path(_RECORDS) if wanted is True else None


def _read(path: Path) -> Document:
    from advisor.documents import read_yaml

    return read_yaml(path)


def _reasons(court: Court) -> Mapping[str, str]:
    """Why each need is asked: the reason of the first criterion that it gives a level to, else of
    one that its product with another need gives one to."""
    from advisor.advise.problem import COST_READS
    from advisor.domain.predicate import fields
    from advisor.requirements import derived_needs, product_of

    reasons: dict[str, str] = {}
    for criterion in court.library.book.criteria:
        for row in criterion.needs:
            for need in fields(row.when):
                reasons.setdefault(need, criterion.why)
    for derived in derived_needs():
        for factor in product_of(derived)[0]:
            reasons.setdefault(factor, reasons.get(derived, ""))
    for need in COST_READS:
        reasons.setdefault(need, _COSTS)
    return reasons
