"""Blocks as plain text for a pipe or a file: no colour, no control character, aligned tables."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from advisor.documents import escape_text
from advisor.reports.blocks import Block, Heading, Items, Page, Paragraph, Table, Verbatim

WIDTH = 100
_UNDERLINES = {1: "=", 2: "-"}


def as_plain(page: Page) -> str:
    """The page with a trailing newline; paragraphs wrap at 100 columns, tables never wrap."""
    lines: list[str] = []
    for block in page:
        if lines:
            lines.append("")
        lines.extend(_lines(block))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield from _heading(_one_line(text), level)
        case Paragraph(text):
            yield from _wrapped(_one_line(text), "", "")
        case Items(items):
            for item in items:
                yield from _wrapped(_one_line(item), "- ", "  ")
        case Table(columns, rows):
            yield from _table(columns, rows)
        case Verbatim(lines):
            yield from (f"    {escape_text(line)}" for line in lines)


def _heading(text: str, level: int) -> Iterator[str]:
    if level in _UNDERLINES:
        yield text
        yield _UNDERLINES[level] * columns_of(text)
    else:
        yield f"{text}:"


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    table = [tuple(_one_line(cell) for cell in row) for row in (columns, *rows)]
    widths = [max(columns_of(row[index]) for row in table) for index in range(len(columns))]
    table.insert(1, tuple("-" * width for width in widths))
    for row in table:
        yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns_of(cell))


def _one_line(text: str) -> str:
    return escape_text(" ".join(text.split()))


def columns_of(text: str) -> int:
    """How many terminal columns it takes: wide characters two, combining ones none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
