"""Plausible mistakes, each put into a copy of the package, so that it is seen who catches it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
BESIDE = ("rules", "schemas", "examples")


@dataclass(frozen=True)
class Mistake:
    """``right``, once in ``file``, might have been written as ``wrong``."""

    what: str
    file: str
    right: str
    wrong: str


@contextmanager
def planted(mistake: Mistake | None, *, under: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """A folder with a package in which the mistake is, and the environment in which it is used.

    ``under``: the folder of the package that the mistake's file is in. ValueError if its text is
    not there once. None plants nothing.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "advisor"
        shutil.copytree(ROOT / "advisor", copy, ignore=shutil.ignore_patterns("__pycache__"))
        for name in BESIDE:
            (Path(folder) / name).symlink_to(ROOT / name)
        if mistake is not None:
            file = copy / under / mistake.file
            text = file.read_text(encoding="utf-8")
            times = text.count(mistake.right)
            if times != 1:
                raise ValueError(f"{mistake.file} has {mistake.right!r} {times} times")
            file.write_text(text.replace(mistake.right, mistake.wrong), encoding="utf-8")
        yield folder, {**os.environ, "PYTHONPATH": folder}
