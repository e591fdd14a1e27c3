"""Standard output: whole texts, flushed; letters that it cannot write are written as escapes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from advisor.domain.problem import Position, Problem, UnreadableError

if TYPE_CHECKING:
    from advisor.reports.blocks import Page


def emit(text: str) -> None:
    """Write ``text`` and flush. Raises BrokenPipeError, and UnreadableError for any other fault
    of the place that it goes to."""
    try:
        sys.stdout.write(_writable(text))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnreadableError(
            Problem(Position("standard output"), f"cannot be written: {error.strerror}")
        ) from error


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sits at the other end."""
    return stream.isatty()


def show(page: Page) -> None:
    """A page with rich on a terminal, plain in a pipe or a file."""
    if not is_terminal(sys.stdout):
        from advisor.reports.plain import as_plain

        emit(as_plain(page))
        return
    from advisor.reports.terminal import print_page

    print_page(page, sys.stdout, width=shutil.get_terminal_size().columns)
    sys.stdout.flush()


@contextmanager
def telling_progress() -> Iterator[Callable[[str], None]]:
    """To be told what is under way: shown on a terminal, nowhere else."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from advisor.reports.terminal import status

    with status(sys.stderr) as told:
        yield told


def save(path: Path, text: str, *, marker: str | None, force: bool) -> None:
    """Write a file whole and say so on stdout."""
    from advisor.documents import escape_text, write_whole

    write_whole(path, text, marker=marker, force=force)
    emit(f"wrote {escape_text(str(path))}\n")


def _writable(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
