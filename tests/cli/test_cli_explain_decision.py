"""``advisor explain --decision`` reads what ``recommend --format json`` wrote, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "image-generation.yaml"


@pytest.fixture(scope="module")
def decision(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recommendation as the command writes it."""
    file = tmp_path_factory.mktemp("decision") / "recommendation.json"
    arguments = ["recommend", str(EXAMPLE), "--format", "json", "--output", str(file)]
    assert 0 == main(arguments)
    return str(file)


def test_it_explains_what_made_the_verdict(
    decision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With claims and the checks that were run."""
    assert 0 == main(["explain", "--decision", decision])
    assert "tasks-are-shared agrees" in capsys.readouterr().out


def test_it_explains_why_not_another(decision: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A design, or a system."""
    assert 0 == main(["explain", "kafka.topic", "--decision", decision])
    assert "Why not" in capsys.readouterr().out
    assert 0 == main(["explain", "kafka", "--decision", decision])


def test_a_wrong_name_or_file_is_said_with_the_way_out(
    decision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, one message."""
    assert 2 == main(["explain", "kafka.topc", "--decision", decision])
    assert 'did you mean "kafka.topic"' in capsys.readouterr().err
    assert 2 == main(["explain", "--decision", str(EXAMPLE)])
    assert "advisor recommend FILE --format json writes one" in capsys.readouterr().err
    assert 2 == main(["explain"])
    assert "--decision FILE" in capsys.readouterr().err


def test_a_spoilt_document_is_refused(
    decision: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What does not follow the schema is never walked through."""
    spoilt = tmp_path / "spoilt.json"
    text = Path(decision).read_text(encoding="utf-8")
    spoilt.write_text(text.replace('"grade": "C"', '"grade": "E"'), encoding="utf-8")
    assert 2 == main(["explain", "--decision", str(spoilt)])
    assert "grade" in capsys.readouterr().err
