"""The readable page of a recommendation as plain text."""

from __future__ import annotations

from advisor.domain.recommendation import Recommendation
from advisor.domain.rules import RuleBook
from advisor.reports.plain import as_plain
from advisor.reports.recommendation_page import recommendation_page


def as_text(recommendation: Recommendation, book: RuleBook, *, system: str) -> str:
    """Plain, for a pipe; the page's last line names the tool, which marks the file as its own."""
    return as_plain(recommendation_page(recommendation, book, system=system))
