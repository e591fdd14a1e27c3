"""Every kind of wrong requirements file gives exactly the messages that it names itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.domain.problem import InputError, UnreadableError
from advisor.requirements import load_requirements, validate

FOLDER = Path(__file__).parent / "bad"
EXPECTED = re.compile(r"^# expect: (.*)$", re.MULTILINE)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_wrong_file_is_told_what_is_wrong(path: Path) -> None:
    """All problems, each with its place and the way out, and loading refuses with the same."""
    expected = EXPECTED.findall(path.read_text(encoding="utf-8"))
    said = [str(problem) for problem in validate(path)]
    assert sorted(expected) == sorted(
        line.removeprefix(f"{path}:").removeprefix(" ") for line in said
    )
    with pytest.raises(InputError) as caught:
        load_requirements(path)
    assert said == [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_problems_come_in_the_order_of_the_file(path: Path) -> None:
    """Line by line, as a reader goes through them."""
    places = [problem.position for problem in validate(path)]
    assert sorted(places) == places


def test_a_file_that_cannot_be_read_is_no_problem_inside_it(tmp_path: Path) -> None:
    """The command tells the two apart by its exit code."""
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(UnreadableError):
            validate(path)
