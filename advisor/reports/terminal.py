"""Blocks for a terminal, with rich: headings in bold, tables that fit the window.

A window too narrow for a table gets one short record for each row. Every text is escaped and
shown without markup, links or emoji codes, so that a file cannot address the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from advisor.documents import escape_text
from advisor.reports.blocks import Block, Heading, Items, Page, Paragraph, Table, Verbatim
from advisor.reports.plain import columns_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

NARROW = 72
_GAP = 3
_HEIGHT = 25
_STYLES = {
    "agrees": "green",
    "held": "green",
    "refutes": "bold red",
    "inconclusive": "yellow",
    "undecided": "yellow",
    "unknown": "yellow",
    "unmodelled": "yellow",
    "not-executed": "dim",
}


def print_page(page: Page, stream: TextIO, *, width: int) -> None:
    """Write the page to a terminal that is ``width`` columns wide."""
    from rich.console import Console

    console = Console(
        file=stream,
        width=width,
        height=_HEIGHT,  # without one, rich takes 80 columns where TERM is dumb
        markup=False,
        emoji=False,
        highlight=False,
    )
    for index, block in enumerate(page):
        if index:
            console.print()
        for part in _parts(block, console):
            console.print(part)


@contextmanager
def status(stream: TextIO) -> Iterator[Callable[[str], None]]:
    """Shows what is under way on the last line of a terminal, gone at the end."""
    from rich.console import Console
    from rich.text import Text

    with Console(file=stream, stderr=True).status("") as line:
        yield lambda text: line.update(Text(_one_line(text)))


def _parts(block: Block, console: Console) -> Iterator[RenderableType]:
    from rich.text import Text

    match block:
        case Heading(text, level):
            style = "bold underline" if level == 1 else "bold"
            yield Text(_one_line(text), style=style)
        case Paragraph(text):
            yield Text(_one_line(text))
        case Items(items):
            for item in items:
                yield _item(item)
        case Table() if console.width < _width_needed(block):
            yield from _records(block)
        case Table():
            yield _table(block)
        case Verbatim(lines):
            for line in lines:
                yield Text(f"  {escape_text(line)}", style="cyan")


def _item(item: str) -> RenderableType:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("-"), Text(_one_line(item)))
    return grid


def _table(block: Table) -> RenderableType:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in block.columns:
        grid.add_column(Text(_one_line(column)), overflow="fold")
    for row in block.rows:
        grid.add_row(*(Text(_one_line(cell), style=_style(cell)) for cell in row))
    return grid


def _width_needed(block: Table) -> int:
    """The window's columns below which the table is shown as records."""
    if not block.whole_cells:
        return NARROW
    widths = (max(columns_of(cell) for cell in column) for column in _by_column(block))
    return max(NARROW, sum(width + _GAP for width in widths))


def _by_column(block: Table) -> Iterator[tuple[str, ...]]:
    return zip(block.columns, *block.rows, strict=True)


def _records(block: Table) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    for row in block.rows:
        first, *others = zip(block.columns, row, strict=True)
        yield Text(_one_line(first[1]), style="bold")
        for column, cell in others:
            if cell:
                line = Text(f"{_one_line(column)}: {_one_line(cell)}", style=_style(cell))
                yield Padding(line, (0, 0, 0, 2))


def _style(cell: str) -> str:
    return _STYLES.get(cell.partition(":")[0], "")


def _one_line(text: str) -> str:
    return escape_text(" ".join(text.split()))
