"""Loads, runs the checks, decides: a recommendation from a requirements file."""

from pathlib import Path

from advisor.advise.checking import CheckRun, run_checks
from advisor.advise.library import load_library
from advisor.advise.recommend import recommend
from advisor.domain.rules import RuleBook


def load_book(extra_rules: Path | None = None) -> RuleBook:
    """The rule book, a team's own folder beside the shipped one."""
    return load_library(extra_rules).book


__all__ = ["CheckRun", "load_book", "recommend", "run_checks"]
