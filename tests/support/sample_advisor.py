"""The command with the sample recommendation behind it: ``python sample_advisor.py ARGUMENTS``.

The loader of rules, the checks and the decision are replaced, everything else is the product.
Environment: SAMPLE_FAULT raises an exception of that text, SAMPLE_NAME renames the workload.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sample_advice import ADVICE, BOOK, QUEUE, TASKS

from advisor import advise
from advisor.advise.broker_evidence import Agreement
from advisor.cli import main
from advisor.domain.evidence import Verdict
from advisor.domain.problem import InputError, Position, Problem
from advisor.domain.recommendation import Recommendation
from advisor.domain.rules import RuleBook
from advisor.requirements import load_requirements


@dataclass(frozen=True)
class Run:
    """A finished run of a check."""

    check: str
    verdict: Verdict
    address: str = f"model:{QUEUE}@4.3"
    variant: str | None = None
    result: str = "held"
    measured: Mapping[str, object] = field(default_factory=dict)
    native_calls: tuple[str, ...] = ("basic.publish a",)
    agreement: Agreement | None = None

    @property
    def claims(self) -> tuple[tuple[str, Verdict], ...]:
        """One claim for each run."""
        return ((f"work-queue.{self.check}", self.verdict),)


def load_book(extra_rules: Path | None = None) -> RuleBook:
    """The sample's rules; a folder of own rules must exist."""
    if extra_rules is not None and not extra_rules.is_dir():
        raise InputError(Problem(Position(str(extra_rules)), "no such folder"))
    return BOOK


def recommend(
    path: Path,
    *,
    extra_rules: Path | None = None,
    run_checks: bool = True,
    evidence: Sequence[Agreement] = (),
) -> Recommendation:
    """The sample's recommendation for any file that can be read."""
    del evidence
    load_requirements(path)
    load_book(extra_rules)
    if "SAMPLE_FAULT" in os.environ:
        raise RuntimeError(os.environ["SAMPLE_FAULT"])
    workload = replace(TASKS, name=os.environ.get("SAMPLE_NAME", "generate"))
    if not run_checks:
        workload = replace(workload, evidence=())
    return replace(ADVICE, workloads=(workload,))


def run_checks(
    ids: tuple[str, ...],
    options: tuple[str, ...],
    versions: Mapping[str, str],
    on: tuple[str, ...] = (),
    date: str = "",
    told: Callable[[str], None] = print,
) -> Iterator[Run]:
    """One run that agrees, one that refutes; ``versions`` show in the address, or ``on`` does."""
    del date, told
    known = {"tasks-are-shared": Verdict.AGREES, "urgent-overtakes": Verdict.REFUTES}
    for check in ids or known:
        if check not in known:
            raise InputError(Problem(Position("advisor check"), f'no check is called "{check}"'))
        model = f"model:{(options or (QUEUE,))[0]}@{versions.get('rabbitmq', '4.3')}"
        address = on[0] if on else model
        yield Run(check, known[check], address)


def install() -> None:
    """Put the sample behind ``advisor.advise``."""
    for function in (load_book, recommend, run_checks):
        setattr(advise, function.__name__, function)


if __name__ == "__main__":
    install()
    sys.exit(main())
