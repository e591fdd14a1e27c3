"""Loads, runs the checks, decides: a recommendation from a requirements file."""

from collections.abc import Iterable
from pathlib import Path

from advisor.advise.checking import CheckRun, run_checks
from advisor.advise.library import load_library
from advisor.advise.own_evidence import OwnEvidence, evidence_text, other_versions, read_evidence
from advisor.advise.recommend import recommend
from advisor.domain.rules import RuleBook


def load_book(extra_rules: Path | None = None) -> RuleBook:
    """The rule book, a team's own folder beside the shipped one."""
    return load_library(extra_rules).book


def load_evidence(files: Iterable[Path], extra_rules: Path | None = None) -> OwnEvidence:
    """A team's own runs on real brokers; InputError for a file that is none."""
    return read_evidence(files, load_library(extra_rules))


__all__ = [
    "CheckRun",
    "OwnEvidence",
    "evidence_text",
    "load_book",
    "load_evidence",
    "other_versions",
    "recommend",
    "run_checks",
]
