"""Where the files that travel with the tool lie: in a wheel, an editable install, a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def rules_folder() -> Path:
    """The shipped rule book."""
    return _folder("rules")


def schemas_folder() -> Path:
    """The JSON Schemas of everything read or written."""
    return _folder("schemas")


def examples_folder() -> Path:
    """The shipped requirements files."""
    return _folder("examples")


@cache
def _folder(name: str) -> Path:
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise RuntimeError(f"the installation is broken: no folder {name} in or beside {_PACKAGE}")
