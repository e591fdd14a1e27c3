"""Answers from a file: nobody is asked, and what is missing or unknown is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.requirements import load_requirements, validate

ENOUGH = (
    "system: shop\nworkload: tasks\nstream_processing: true\nrequest_reply: false\n"
    "already_runs: []\n"
)
TEAM = "already_runs: []\nknows: []\noperations: low\n"
FILE = (
    "schema: requirements/1\nsystem: shop # mine\nworkloads:\n- name: tasks\n"
    "  needs: {stream_processing: true} # sure\n- name: mail\n  rest: not_needed\n"
)


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every file lies there."""
    monkeypatch.chdir(tmp_path)


def ask(*arguments: str) -> int:
    """``advisor ask`` without running the checks, which other tests do."""
    return main(["ask", "--no-checks", *arguments])


def written(name: str, text: str) -> str:
    """A file with this text."""
    Path(name).write_text(text, encoding="utf-8", newline="")
    return name


def test_answers_that_decide_give_a_file_and_the_recommendation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With every answer stated, those that were not needed as well."""
    assert 0 == ask("--answers", written("a.yaml", ENOUGH + "priority: unknown\n"))
    out = capsys.readouterr().out
    assert "wrote advisor.yaml" in out and "kafka" in out
    assert [] == validate(Path("advisor.yaml"))
    answers = load_requirements(Path("advisor.yaml")).workloads[0].answers
    assert (True, None) == (answers["stream_processing"].value, answers["priority"].value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("workload: tasks\n", 'a.yaml: the answer "system" is missing'),
        ("system: shop\n", 'a.yaml: the answer "workload" is missing'),
        ("system: shop\nworkload: tasks\n", 'a.yaml: the answer "stream_processing" is missing'),
        (ENOUGH.replace("already_runs: []\n", ""), 'the answer "already_runs" is missing'),
        (
            ENOUGH + "prioritty: true\n",
            'a.yaml:6:1: there is no need "prioritty" (did you mean "priority"?)',
        ),
        (
            ENOUGH + "workloads: {mail: {operations: low}}\n",
            'a flow has no need "operations"',
        ),
        (ENOUGH + "workloads: [mail]\n", "must be a mapping from flows to their needs"),
        ("- a\n", "must be a mapping from needs to answers"),
        ("system: 1\nworkload: a\n", '"system" must be text'),
        (ENOUGH + "ordering: sometimes\n", "a.yaml:6:1:"),
        (ENOUGH + "replay: none\nretention_days: 3\n", "a.yaml:7:1: messages are kept"),
        ("a: &x 1\n", 'there is no need "a"'),
    ],
)
def test_what_is_wrong_or_missing_is_named_and_nothing_written(
    text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the key, exit code 2."""
    assert 2 == ask("--answers", written("a.yaml", text))
    captured = capsys.readouterr()
    assert words in captured.err
    assert "" == captured.out
    assert ["a.yaml"] == [path.name for path in Path().iterdir()]


def test_a_missing_answer_says_what_each_would_give(capsys: pytest.CaptureFixture[str]) -> None:
    """And that unknown is an answer."""
    assert 2 == ask("--answers", written("a.yaml", "system: shop\nworkload: tasks\n"))
    err = capsys.readouterr().err
    assert "yes gives kafka.topic" in err and "answer unknown if nobody knows" in err


def test_a_file_is_changed_only_where_it_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Several flows by name; comments and line ends stay."""
    text = FILE.replace("\n", "\r\n")
    written("advisor.yaml", text)
    answers = (
        "already_runs: []\nknows: []\noperations: low\nworkloads: {tasks: {request_reply: false}}\n"
    )
    code = ask("advisor.yaml", "--answers", written("a.yaml", answers))
    assert (0, "") == (code, capsys.readouterr().err)
    expected = text.replace(
        "mine\r\n", "mine\r\nteam:\r\n  already_runs: []\r\n  knows: []\r\n  operations: low\r\n"
    ).replace("true}", "true, request_reply: false}")
    assert expected == Path("advisor.yaml").read_bytes().decode("utf-8")


def test_no_input_names_what_a_file_leaves_open(capsys: pytest.CaptureFixture[str]) -> None:
    """With the flow; the file stays as it is."""
    written("advisor.yaml", FILE)
    assert 2 == ask("advisor.yaml", "--no-input")
    err = capsys.readouterr().err
    assert err.startswith("advisor.yaml: the answer ") and "is missing" in err
    assert FILE == Path("advisor.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments", [["--no-input"], ["gone.yaml", "--no-input"], ["gone.yaml", "--answers", "a.yaml"]]
)
def test_without_anything_to_start_from_it_says_so(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is missing, or a file that is not there."""
    written("a.yaml", ENOUGH)
    assert 2 == ask(*arguments)
    assert any(
        words in capsys.readouterr().err
        for words in ('the answer "system" is missing', "no such file")
    ) or arguments != ["--no-input"]


def test_another_output_leaves_the_file_alone_and_is_never_overwritten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Unless forced; the hint says how to go on with it."""
    written("team.yaml", FILE)
    answers = written(
        "a.yaml",
        TEAM + "workloads: {tasks: {request_reply: false}}\n",
    )
    arguments = ["team.yaml", "--answers", answers, "--output", "new.yaml"]
    assert 0 == ask(*arguments)
    assert FILE == Path("team.yaml").read_text("utf-8")
    assert 2 == ask(*arguments)
    assert "new.yaml: already exists" in capsys.readouterr().err
    assert 0 == ask(*arguments, "--force")


def test_the_record_is_written_where_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    """A MADR file with the next free number."""
    assert 0 == ask("--answers", written("a.yaml", ENOUGH), "--record", "decisions")
    (record,) = Path("decisions").iterdir()
    assert f"wrote decisions/{record.name}" in capsys.readouterr().out
    assert "kafka" in record.read_text("utf-8")


def test_answers_for_one_of_several_flows_need_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Which one would be a guess; a flow that is not there is added."""
    written("advisor.yaml", FILE)
    assert 2 == ask("advisor.yaml", "--answers", written("a.yaml", "request_reply: false\n"))
    assert "the file has several flows" in capsys.readouterr().err
    answers = (
        "workload: tasks\nrequest_reply: false\nalready_runs: []\nknows: []\noperations: low\n"
    )
    assert 0 == ask("advisor.yaml", "--answers", written("a.yaml", answers))
    more = "workloads: {third: {work_queue: true}}\n"
    assert 2 == ask("advisor.yaml", "--answers", written("a.yaml", more))
    assert '"workloads.' in capsys.readouterr().err
