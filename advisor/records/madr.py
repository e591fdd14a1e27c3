"""A record as MADR 4 Markdown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor.domain.recommendation import Recommendation
from advisor.domain.requirements import Requirements
from advisor.domain.rules import RuleBook
from advisor.records.build import content_of
from advisor.records.file import marker_of
from advisor.records.markdown import Markdown, cell_code, code, escaped, yaml_text

_TEMPLATE = Path(__file__).with_name("record.md.j2")


def as_markdown(
    recommendation: Recommendation,
    requirements: Requirements,
    book: RuleBook,
    *,
    date: date,
    status: str = "proposed",
    decision_makers: str = "",
) -> str:
    """The record. Everything that is printed into it is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=False,
        finalize=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": code, "cell_code": cell_code, "yaml": yaml_text}
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    content = content_of(recommendation, requirements, book)
    return template.render(
        {name: getattr(content, name) for name in content.__slots__},
        marker=Markdown(marker_of(requirements.system)),
        date=Markdown(date.isoformat()),
        status=status,
        decision_makers=decision_makers,
    )
