"""Where a record lies: one numbered file for each system, found again by the tool's own line."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from advisor.domain.problem import InputError, Position, Problem, UnreadableError

_NUMBERED = re.compile(r"(\d{4,})-.*\.md")
_STATUS = re.compile(r"^status:\s*[\"']?([^\"'\n]*)", re.MULTILINE)
_SLUG_MAX = 60


def marker_of(system: str) -> str:
    """The line by which the tool knows its own record of this system."""
    digest = hashlib.sha256(system.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"<!-- Written by advisor record; the record of system {digest} -->"


def record_path(folder: Path, system: str) -> Path:
    """The file that already holds this system's record, or the next free number.

    Raises UnreadableError where ``folder`` is not a folder that can be read.
    """
    marker = marker_of(system)
    highest = 0
    for path in _files(folder):
        numbered = _NUMBERED.fullmatch(path.name)
        if numbered is None:
            continue
        highest = max(highest, int(numbered[1]))
        if marker in _text(path):
            return path
    return folder / f"{highest + 1:04}-messaging-of-{slug(system)}.md"


def check_still_open(path: Path) -> None:
    """Raises InputError if the record at ``path`` was decided on: people own it from then on."""
    if not path.exists():
        return
    found = _STATUS.search(_text(path))
    status = found[1].strip() if found else ""
    if status != "proposed":
        raise InputError(
            Problem(
                Position(str(path)),
                f"this record is no longer proposed but {status or 'without a status'}",
                "move it away to write a new one, or force it",
            )
        )


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens, at most 60; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_MAX].strip("-") or "system"


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreadableError(
            Problem(Position(str(folder)), f"cannot be read as a folder: {error.strerror}")
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnreadableError(
            Problem(Position(str(path)), f"cannot be read: {error.strerror}")
        ) from error


def make_folder(folder: Path) -> None:
    """Make ``folder`` where there is none; raises UnreadableError if that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnreadableError(
            Problem(Position(str(folder)), f"cannot be made a folder: {error.strerror}")
        ) from error
