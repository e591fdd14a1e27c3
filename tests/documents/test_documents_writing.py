"""An output file is written whole or not at all, and never over what the tool did not write."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from advisor.documents import write_whole
from advisor.domain.problem import InputError, UnreadableError

MARKER = "made by the advisor"


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    """The text is there as UTF-8, nothing else is left in the folder."""
    path = tmp_path / "out.md"
    mask = os.umask(0o027)
    try:
        write_whole(path, "größe\n", marker=MARKER)
    finally:
        os.umask(mask)
    assert ("größe\n", 0o640, [path]) == (
        path.read_text(encoding="utf-8"),
        stat.S_IMODE(path.stat().st_mode),
        list(tmp_path.iterdir()),
    )


def test_its_own_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    """The marker says that the tool wrote it."""
    path = tmp_path / "out.md"
    path.write_text(f"old, {MARKER}")
    path.chmod(0o600)
    write_whole(path, "new", marker=MARKER)
    assert ("new", 0o600) == (path.read_text(), stat.S_IMODE(path.stat().st_mode))


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (MARKER, "exists and was not written by this tool (choose another name, or force it)"),
        (None, "already exists (choose another name, or force it)"),
    ],
)
def test_a_foreign_file_is_kept_unless_forced(
    tmp_path: Path, marker: str | None, message: str
) -> None:
    """With no marker, any existing file is foreign."""
    path = tmp_path / "out.md"
    path.write_text("precious" if marker else MARKER)
    before = path.read_text()
    with pytest.raises(InputError) as caught:
        write_whole(path, "new", marker=marker)
    assert (f"{path}: {message}", before) == (str(caught.value), path.read_text())
    write_whole(path, "new", marker=marker, force=True)
    assert "new" == path.read_text()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_write_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Neither half a file nor a temporary one is left behind."""
    path = tmp_path / "out.md"
    path.write_text(MARKER)

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    expected = UnreadableError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_whole(path, "new", marker=MARKER)
    assert (MARKER, [path]) == (path.read_text(), list(tmp_path.iterdir()))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it points to is replaced."""
    target, link = tmp_path / "target.md", tmp_path / "link.md"
    target.write_text(MARKER)
    link.symlink_to(target)
    write_whole(link, "new", marker=MARKER)
    assert (True, "new") == (link.is_symlink(), target.read_text())


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """It cannot be replaced, and nothing in it can be lost."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    seen: list[str] = []
    reader = threading.Thread(target=lambda: seen.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "text", marker=MARKER)
    reader.join(timeout=10)
    assert ["text"] == seen


@pytest.mark.parametrize("name", ["missing/out.md", "folder", "a\0b"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    """One message with the path, whatever the operating system says."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableError) as caught:
        write_whole(tmp_path / name, "text", marker=MARKER)
    assert f"{tmp_path / name}: cannot be written: " in str(caught.value)
    assert ["folder"] == [path.name for path in tmp_path.iterdir()]
