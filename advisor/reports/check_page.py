"""What checks found when they were run, with the native calls behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from advisor.domain.evidence import Verdict
from advisor.reports.blocks import Block, Heading, Page, Paragraph, Table, Verbatim
from advisor.reports.trace import folded
from advisor.wording.words import measured_text


class Agreement(Protocol):
    """What a real broker showed: its full version, the day, whether the model shows the same."""

    @property
    def broker(self) -> str: ...

    @property
    def date(self) -> str: ...

    @property
    def agrees(self) -> bool: ...


class CheckRun(Protocol):
    """One check run once: on ``address``, natively (variant None) or with a variant.

    ``result`` is ``held``, ``not held`` or ``undecided: why``; ``claims`` has what it says of
    each claim that names the check.
    """

    @property
    def agreement(self) -> Agreement | None: ...

    @property
    def check(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def variant(self) -> str | None: ...

    @property
    def result(self) -> str: ...

    @property
    def measured(self) -> Mapping[str, object]: ...

    @property
    def native_calls(self) -> tuple[str, ...]: ...

    @property
    def claims(self) -> tuple[tuple[str, Verdict], ...]: ...


def check_page(runs: Iterable[CheckRun], *, trace: bool) -> Page:
    """All runs as one table, what they say of the claims, and, if asked for, the traces."""
    kept = tuple(runs)
    return tuple(_blocks(kept, trace=trace))


def refuted(runs: Iterable[CheckRun]) -> bool:
    """Whether any run refutes any claim."""
    return any(verdict is Verdict.REFUTES for run in runs for _, verdict in run.claims)


def _blocks(runs: tuple[CheckRun, ...], *, trace: bool) -> Iterator[Block]:
    yield Heading("Checks", 1)
    yield Paragraph(_summary(runs))
    if runs:
        yield _runs_table(runs)
        yield from _claims(runs)
    for run in runs if trace else ():
        yield Heading(_title(run))
        yield Verbatim(folded(run.native_calls) or ("no native call was made",))


def _runs_table(runs: tuple[CheckRun, ...]) -> Table:
    return Table(
        ("check", "run on", "variant", "result", "broker and model", "measured"),
        tuple(
            (
                run.check,
                run.address,
                run.variant or "-",
                run.result,
                _agreed(run.agreement),
                measured_text(run.measured),
            )
            for run in runs
        ),
    )


def _agreed(agreement: Agreement | None) -> str:
    if agreement is None:
        return "-"
    return f"{'agree' if agreement.agrees else 'differ'} ({agreement.broker}, {agreement.date})"


def _claims(runs: tuple[CheckRun, ...]) -> Iterator[Block]:
    """Each claim once for each check, refuted ones first."""
    said = dict.fromkeys(
        (claim, run.check, verdict.value) for run in runs for claim, verdict in run.claims
    )
    if not said:
        return
    yield Heading("What this says of the claims", 3)
    yield Table(
        ("claim", "check", "outcome"),
        tuple(sorted(said, key=lambda row: (row[2] != Verdict.REFUTES.value, row))),
    )


def _summary(runs: tuple[CheckRun, ...]) -> str:
    verdicts = dict.fromkeys((claim, verdict) for run in runs for claim, verdict in run.claims)
    refuting = sum(verdict is Verdict.REFUTES for _, verdict in verdicts)
    agreeing = sum(verdict is Verdict.AGREES for _, verdict in verdicts)
    if not runs:
        return "No check fits what was asked for."
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return f"{count}; claims: {agreeing} agree, {refuting} refuted."


def _title(run: CheckRun) -> str:
    return f"{run.check} on {run.address}" + (f" with {run.variant}" if run.variant else "")
