"""What a page is made of, before anybody decides how it looks.

Texts hold what the rules and the user's file say, unescaped: each renderer escapes every string
that it shows, so that no page can forget to.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 is the page itself, 2 a workload or section, 3 a part of it."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, wrapped by the renderer."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item may be long."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` have as many cells as ``columns``.

    ``whole_cells``: cells are for copying (commands), so a terminal that is too narrow for all
    columns shows records instead of broken cells.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    whole_cells: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines that are shown as they are (commands, traces)."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Items | Table | Verbatim
Page = tuple[Block, ...]
