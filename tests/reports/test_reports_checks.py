"""The report of executed checks: what was found, what it says of the claims, the native calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sample_advice import QUEUE

from advisor.domain.evidence import Verdict
from advisor.reports.check_page import check_page, refuted
from advisor.reports.plain import as_plain


@dataclass(frozen=True)
class Agreed:
    """What a broker showed."""

    broker: str = "4.3.6"
    date: str = "2026-11-25"
    agrees: bool = True


@dataclass(frozen=True)
class Run:
    """A finished run."""

    check: str = "tasks-are-shared"
    address: str = f"model:{QUEUE}@4.3"
    variant: str | None = None
    result: str = "held"
    measured: Mapping[str, object] = field(default_factory=lambda: {"lost": 0})
    native_calls: tuple[str, ...] = ("queue.declare tasks", "basic.publish a\x1b[2J")
    claims: tuple[tuple[str, Verdict], ...] = (("work-queue.shares", Verdict.AGREES),)
    agreement: Agreed | None = None


REFUTING = Run(
    check="urgent-message-overtakes-backlog",
    variant="lease-column",
    result="not held",
    native_calls=(),
    claims=(("priority.overtakes", Verdict.REFUTES), ("priority.other", Verdict.INCONCLUSIVE)),
)


def shown(*runs: Run, trace: bool = True) -> str:
    """The page as plain text."""
    return as_plain(check_page(runs, trace=trace))


def test_each_run_is_a_row_with_what_was_measured() -> None:
    """Check, address, variant, result and measures stand in one line."""
    row = f"tasks-are-shared  model:{QUEUE}@4.3  -        held    -                 lost 0\n"
    assert row in shown(Run())


def test_what_a_real_broker_showed_stands_beside_it() -> None:
    """Whether the model shows the same, on which broker, and when."""
    assert "held    agree (4.3.6, 2026-11-25)  lost 0\n" in shown(Run(agreement=Agreed()))
    assert "differ (4.3.6, 2026-11-25)" in shown(Run(agreement=Agreed(agrees=False)))


def test_claims_are_counted_and_refuted_ones_come_first() -> None:
    """A claim is counted once however many runs say the same of it."""
    text = shown(Run(), Run(), REFUTING)
    assert "3 runs; claims: 1 agree, 1 refuted." in text
    assert "1 run; claims: 1 agree, 0 refuted." in shown(Run())
    assert text.index("priority.overtakes") < text.index("work-queue.shares")


def test_the_trace_is_shown_line_by_line_and_cannot_clear_the_screen() -> None:
    """Native calls as they are, with control characters made visible."""
    text = shown(Run(), REFUTING)
    assert "    queue.declare tasks\n    basic.publish a\\x1b[2J\n" in text
    assert f"on model:{QUEUE}@4.3 with lease-column" in text
    assert "    no native call was made\n" in text


def test_without_trace_there_are_no_native_calls() -> None:
    """The summary alone."""
    assert "queue.declare" not in shown(Run(), trace=False)


def test_nothing_to_run_is_said() -> None:
    """An empty selection is no empty page."""
    assert "No check fits what was asked for." in shown()


def test_a_run_without_claims_has_no_table_of_claims() -> None:
    """Only what was run."""
    assert "What this says" not in shown(Run(claims=()))


def test_only_a_refuting_outcome_counts_as_refuted() -> None:
    """Inconclusive, unknown and the rest do not."""
    others = [verdict for verdict in Verdict if verdict is not Verdict.REFUTES]
    assert not refuted([Run(claims=tuple(("a.b", verdict) for verdict in others))])
    assert refuted([Run(), REFUTING])
