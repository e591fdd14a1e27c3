"""Output files: written whole or not at all, and never over what the tool did not write."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from advisor.domain.problem import InputError, Position, Problem, UnreadableError


def write_whole(path: Path, text: str, *, marker: str | None, force: bool = False) -> None:
    """Replace ``path`` by ``text`` in one step, with the mode that it had.

    An existing file is replaced only if it holds ``marker``, the tool's own line (with None:
    never), or with ``force``. A pipe or a terminal is written to directly. Raises InputError if
    it refuses, UnreadableError if the place cannot be written; in both cases, and when it is
    interrupted, what was there before is untouched.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        mode = _mode(path)
        if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            return
        if mode is not None and stat.S_ISREG(mode) and not force and not _is_ours(path, marker):
            raise InputError(_refusal(path, marker))
        _replace(target, text.encode("utf-8"), mode)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(
            Problem(Position(str(path)), f"cannot be written: {reason}")
        ) from error


def _refusal(path: Path, marker: str | None) -> Problem:
    why = "already exists" if marker is None else "exists and was not written by this tool"
    return Problem(Position(str(path)), why, "choose another name, or force it")


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _is_ours(path: Path, marker: str | None) -> bool:
    return marker is not None and marker.encode("utf-8") in path.read_bytes()


def _replace(target: Path, content: bytes, mode: int | None) -> None:
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent
    )
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
