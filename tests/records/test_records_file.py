"""A record keeps its file, gets the next free number, and never takes a place that is not its."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.domain.problem import InputError, UnreadableError
from advisor.records.file import check_still_open, make_folder, marker_of, record_path, slug


def ours(folder: Path, name: str, system: str, status: str = "proposed") -> Path:
    """A record that the tool wrote before."""
    path = folder / name
    path.write_text(f'---\nstatus: "{status}"\n---\n\n{marker_of(system)}\n', encoding="utf-8")
    return path


def test_the_first_record_is_number_one(tmp_path: Path) -> None:
    """Also where the folder is still to be made."""
    expected = "0001-messaging-of-image-generation.md"
    assert expected == record_path(tmp_path, "Image generation").name
    assert expected == record_path(tmp_path / "new", "Image generation").name


def test_the_next_number_follows_the_highest(tmp_path: Path) -> None:
    """Gaps are not filled; what is no record does not count."""
    for name in ("0002-old.md", "0007-other.md", "9999.txt", "index.md", "12-short.md"):
        (tmp_path / name).write_text("ours? no", encoding="utf-8")
    (tmp_path / "0050-folder.md").mkdir()
    assert tmp_path / "0008-messaging-of-shop.md" == record_path(tmp_path, "shop")


def test_the_same_system_keeps_its_file(tmp_path: Path) -> None:
    """Wherever it was renamed to, and whatever other system has the same slug."""
    ours(tmp_path, "0001-messaging-of-a-b.md", "a-b")
    renamed = ours(tmp_path, "0004-broker.md", "a b")
    assert renamed == record_path(tmp_path, "a b")
    assert tmp_path / "0005-messaging-of-a-b.md" == record_path(tmp_path, "a.b")


def test_a_decided_record_belongs_to_people(tmp_path: Path) -> None:
    """Only a proposed one may be written again."""
    check_still_open(ours(tmp_path, "0001-a.md", "a"))
    check_still_open(tmp_path / "0009-none.md")
    with pytest.raises(InputError, match="no longer proposed but accepted"):
        check_still_open(ours(tmp_path, "0002-b.md", "b", status="accepted"))
    (tmp_path / "0003-c.md").write_text("text", encoding="utf-8")
    with pytest.raises(InputError, match="without a status"):
        check_still_open(tmp_path / "0003-c.md")


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    """With a message that names it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnreadableError, match="cannot be read as a folder"):
        record_path(tmp_path / "file", "a")
    with pytest.raises(UnreadableError, match="cannot be made a folder"):
        make_folder(tmp_path / "file" / "inner")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_record_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Rather than a second record for the same system."""
    ours(tmp_path, "0001-a.md", "a").chmod(0)
    with pytest.raises(UnreadableError, match="cannot be read"):
        record_path(tmp_path, "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Image Generation!", "image-generation"),
        ("../../etc/passwd", "etc-passwd"),
        ("Café", "cafe"),
        ("한국", "system"),
        ("", "system"),
        ("a" * 100, "a" * 60),
    ],
)
def test_slugs_are_short_and_safe(text: str, expected: str) -> None:
    """Letters, digits and hyphens only."""
    assert expected == slug(text)


@given(st.text())
def test_no_slug_leaves_the_folder(text: str) -> None:
    """Whatever a system is called."""
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug(text)) <= 60
