"""Markdown that is safe by default: whatever a template prints is escaped unless it is Markdown.

Text from a file cannot become markup, a link, HTML, a heading, a table cell or a mention.
"""

from __future__ import annotations

import json
import re

from advisor.documents import escape_text

_ACTIVE = re.compile(
    r"[\\`*\[\]<|~$@{}]"  # code, emphasis, links, HTML, tables, mathematics, mentions, Liquid
    r"|(?<!\w)_|_(?!\w)"  # emphasis, but not inside messages_per_second
    r"|&(?=#?\w+;)"  # entities
    r"|:(?=//|[\w+-]+:)"  # bare links and emoji
    r"|(?<=www)\."
)
_LEADING = re.compile(r"^(\d*)([-+=.)#>])")
_FENCE = re.compile(r"`+")


class Markdown(str):
    """Text that is Markdown already and is not escaped again."""

    __slots__ = ()


def escaped(value: object) -> Markdown:
    """``value`` as Markdown that reads as exactly its own text, in one line."""
    if isinstance(value, Markdown):
        return value
    text = _one_line(str(value))
    text = _ACTIVE.sub(lambda found: "\\" + found[0], text)
    return Markdown(_LEADING.sub(r"\1\\\2", text))


def code(value: object) -> Markdown:
    """``value`` as a code span, whatever it holds."""
    text = _one_line(str(value))
    if not text:
        return Markdown("")
    fence = "`" * (max((len(run) for run in _FENCE.findall(text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return Markdown(f"{fence}{pad}{text}{pad}{fence}")


def cell_code(value: object) -> Markdown:
    """A code span inside a table, where a bar would end the cell."""
    return Markdown(code(value).replace("|", "\\|"))


def yaml_text(value: object) -> Markdown:
    """``value`` as a quoted YAML scalar for the front matter (JSON strings are YAML)."""
    return Markdown(json.dumps(_one_line(str(value))))


def _one_line(text: str) -> str:
    return escape_text(" ".join(text.split()))
