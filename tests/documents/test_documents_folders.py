"""The files that travel with the tool are found in a checkout and inside a wheel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.documents import examples_folder, folders, rules_folder, schemas_folder


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    folders._folder.cache_clear()
    yield
    folders._folder.cache_clear()


def test_a_checkout_has_them_beside_the_package() -> None:
    """The names are those of the top folders."""
    assert ["rules", "schemas", "examples"] == [
        folder.name for folder in (rules_folder(), schemas_folder(), examples_folder())
    ]


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies inside wins: an installed tool never reads a stranger's folder next to it."""
    (tmp_path / "advisor" / "rules").mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(folders, "_PACKAGE", tmp_path / "advisor")
    assert tmp_path / "advisor" / "rules" == rules_folder()


def test_a_broken_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a fault of ours, not of the user's input."""
    monkeypatch.setattr(folders, "_PACKAGE", tmp_path / "advisor")
    with pytest.raises(RuntimeError, match="no folder schemas in or beside"):
        schemas_folder()
