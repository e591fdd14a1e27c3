"""Each command's output, files and exit codes, with right and with wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sample_advisor
from sample_advice import ADVICE, QUEUE

from advisor import __version__
from advisor import advise as advise_package
from advisor.cli import main
from advisor.documents import examples_folder
from advisor.reports.document import as_json
from advisor.requirements import validate as problems_in

GOOD = "schema: requirements/1\nsystem: images\nworkloads:\n- name: generate\n"


@pytest.fixture(autouse=True)
def sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The sample recommendation stands behind the commands, in an empty folder."""
    for name in ("load_book", "recommend", "run_checks"):
        monkeypatch.setattr(advise_package, name, getattr(sample_advisor, name), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A requirements file."""
    (tmp_path / "advisor.yaml").write_text(GOOD, encoding="utf-8")
    return "advisor.yaml"


def test_init_writes_a_file_that_is_valid_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    """With the schema line for editors."""
    assert 0 == main(["init", "new.yaml"])
    assert "wrote new.yaml\n" == capsys.readouterr().out
    assert [] == problems_in(Path("new.yaml"))
    assert Path("new.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=")


def test_init_never_replaces_a_file_unless_told_to(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also not one that it wrote itself: by now it holds the team's answers."""
    assert 2 == main(["init"])
    assert GOOD == Path(file).read_text("utf-8")
    assert capsys.readouterr().err.startswith("advisor.yaml: already exists (")
    assert 0 == main(["init", "--force"])
    assert 2 == main(["init", "no/such/folder.yaml"])


def test_validate_tells_each_problem_and_the_highest_code_counts(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 fine, 1 wrong inside, 2 unreadable; one line each with file, line and column."""
    Path("wrong.yaml").write_text(GOOD + "  needs: {repaly: none}\n", encoding="utf-8")
    assert 0 == main(["validate", file])
    assert 1 == main(["validate", file, "wrong.yaml", file])
    assert 2 == main(["validate", "missing.yaml", "wrong.yaml"])
    out, err = capsys.readouterr()
    assert 3 == out.count("advisor.yaml: valid\n")
    wrong = 'wrong.yaml:5:11: unknown key "repaly" (did you mean "replay"?)\n'
    assert 2 == err.count(wrong)
    assert "missing.yaml: " in err


def test_validate_accepts_the_shipped_examples() -> None:
    """All of them."""
    assert 0 == main(["validate", *map(str, sorted(examples_folder().glob("*.yaml")))])


def test_recommend_prints_a_page_without_colour_where_there_is_no_terminal(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The system's name from the file, then the verdict."""
    assert 0 == main(["recommend", file])
    out, err = capsys.readouterr()
    assert out.startswith("images\n======\n\nUse RabbitMQ.\n")
    assert "" == err
    assert "\x1b" not in out


def test_recommend_prints_the_document(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else."""
    assert 0 == main(["recommend", file, "--format", "json"])
    assert as_json(ADVICE) == capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "json"])
def test_recommend_replaces_only_what_it_wrote(
    file: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own page or document may be written again, a stranger's file not, unless forced."""
    arguments = ["recommend", file, "--format", form, "--output", "out"]
    assert [0, 0] == [main(arguments), main(arguments)]
    Path("out").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert 2 == main(arguments)
    assert "mine" == Path("out").read_text("utf-8")
    assert "out: exists and was not written by this tool (" in capsys.readouterr().err
    assert 0 == main([*arguments, "--force"])
    written = Path("out").read_text("utf-8")
    assert written.startswith('{\n  "schema": "recommendation/1"' if form == "json" else "images\n")


def test_recommend_without_checks_has_no_evidence(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The flag reaches the decision."""
    assert 0 == main(["recommend", file, "--format", "json", "--no-checks"])
    assert [] == json.loads(capsys.readouterr().out)["workloads"][0]["evidence"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "missing.yaml"],
        ["recommend", "."],
        ["recommend", "empty.yaml"],
        ["recommend", "broken.yaml"],
        ["recommend", "advisor.yaml", "--rules", "no-such-folder"],
        ["recommend", "advisor.yaml", "--format", "xml"],
        ["recommend", "advisor.yaml", "--output", "no/such/folder"],
        ["recommend"],
        ["record", "missing.yaml", "--output", "records"],
        ["record", "advisor.yaml"],
        ["record", "advisor.yaml", "--output", "advisor.yaml"],
        ["record", "advisor.yaml", "--output", "records", "--date", "yesterday"],
        ["check", "no-such-check"],
        ["explain", "replai"],
        ["explain"],
        ["validate"],
        ["ask"],
        ["no-such-command"],
        [],
    ],
)
def test_wrong_input_exits_2_with_a_message_and_no_traceback(
    file: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every command; nothing is left behind."""
    Path("empty.yaml").write_text("", encoding="utf-8")
    Path("broken.yaml").write_text("a: [", encoding="utf-8")
    before = sorted(Path().iterdir())
    assert 2 == main(arguments)
    out, err = capsys.readouterr()
    assert (err or out).strip()
    assert "Traceback" not in err
    assert before == sorted(Path().iterdir())
    assert GOOD == Path(file).read_text("utf-8")


def test_record_gets_the_next_number_and_keeps_its_file(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is made; a second run writes the same file, byte for byte."""
    arguments = ["record", file, "--output", "docs/decisions", "--date", "2026-03-01"]
    assert 0 == main(arguments)
    path = Path("docs/decisions/0001-messaging-of-images.md")
    first = path.read_bytes()
    assert 0 == main([*arguments, "--decision-makers", "Ann"])
    assert f"wrote {path}\nwrote {path}\n" == capsys.readouterr().out
    assert b'decision-makers: "Ann"\n' in path.read_bytes()
    assert 0 == main(arguments)
    assert first == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_record_leaves_a_decided_one_alone(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Once it is accepted it is the team's; --force takes it back."""
    arguments = ["record", file, "--output", "records", "--date", "2026-03-01"]
    assert 0 == main([*arguments, "--status", "accepted"])
    assert 2 == main(arguments)
    assert "this record is no longer proposed but accepted" in capsys.readouterr().err
    assert 0 == main([*arguments, "--force"])


def test_record_has_the_day_of_today_where_none_is_given(file: str) -> None:
    """The clock is read at the edge, nowhere below."""
    assert 0 == main(["record", file, "--output", "records"])
    text = next(Path("records").iterdir()).read_text("utf-8")
    year = int(text.split("date: ")[1][:4])
    assert 2026 <= year


def test_check_exits_1_when_an_outcome_refutes(capsys: pytest.CaptureFixture[str]) -> None:
    """0 where none does. Named checks show their trace."""
    assert 0 == main(["check", "tasks-are-shared", "--option", "kafka.topic"])
    named = capsys.readouterr().out
    assert 1 == main(["check"])
    every = capsys.readouterr().out
    assert "model:kafka.topic@4.3" in named
    assert "    basic.publish a\n" in named
    assert "basic.publish" not in every
    assert "urgent-overtakes" in every


def test_check_takes_versions_and_a_choice_of_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is part of the address."""
    versions = ["--rabbitmq-version", "4.0", "--kafka-version", "3.9"]
    assert 0 == main(["check", "tasks-are-shared", *versions, "--no-trace"])
    out = capsys.readouterr().out
    assert f"model:{QUEUE}@4.0" in out
    assert "basic.publish" not in out


@pytest.mark.parametrize("name", ["replay", "work-queue.shares", QUEUE, "conventions", "priority"])
def test_explain_knows_each_kind_of_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Criteria, rules, options, conventions, needs."""
    assert 0 == main(["explain", name])
    assert name.partition(":")[0].split(".")[0].lower() in capsys.readouterr().out.lower()


def test_explain_shows_a_check_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    """The steps are read as they stand in rules/checks."""
    assert 0 == main(["explain", "tasks-are-shared"])
    out = capsys.readouterr().out
    assert "advisor check tasks-are-shared\n" in out
    assert "    id: tasks-are-shared\n" in out


def test_explain_reads_the_checks_of_a_users_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Theirs replace shipped ones of the same name."""
    folder = tmp_path / "own" / "checks"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("title: My check\nproperty: P.\nwhy: W.\n", encoding="utf-8")
    (folder / "odd.yaml").write_text("- a\n", encoding="utf-8")
    assert 0 == main(["explain", "mine", "--rules", "own"])
    assert "mine: My check (check)" in capsys.readouterr().out


def test_explain_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr."""
    assert 2 == main(["explain", "replai"])
    assert (
        'advisor explain: nothing is called "replai" (did you mean "replay"?)\n'
        == capsys.readouterr().err
    )


def test_ask_without_a_terminal_names_the_other_way(capsys: pytest.CaptureFixture[str]) -> None:
    """One message."""
    assert 2 == main(["ask"])
    assert (
        "advisor: ask needs a terminal; without one, give the answers in a file with --answers "
        "FILE, or write a requirements file to fill in with: advisor init\n"
        == capsys.readouterr().err
    )


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """--version, without a command."""
    assert 0 == main(["--version"])
    assert f"advisor {__version__}\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["init", "validate", "recommend", "ask", "record", "check", "explain"]
)
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """That starts with the command itself."""
    assert 0 == main([command, "--help"])
    assert f"  Example:\n    advisor {command} " in capsys.readouterr().out


def test_a_fault_of_the_tool_is_one_line_and_70(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to report; the traceback only on demand."""
    monkeypatch.setenv("SAMPLE_FAULT", "odd\x1b[2J\nthing")
    assert 70 == main(["recommend", file])
    err = capsys.readouterr().err
    assert 1 == err.count("\n")
    assert "please report it" in err
    assert "RuntimeError: odd\\x1b[2J\\nthing" in err
    monkeypatch.setenv("ADVISOR_DEBUG", "1")
    assert 70 == main(["recommend", file])
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_130(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a traceback, and nothing is written."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(advise_package, "recommend", stop, raising=False)
    assert 130 == main(["recommend", file, "--output", "out"])
    assert "advisor: stopped\n" == capsys.readouterr().err
    assert not Path("out").exists()


def test_names_of_files_cannot_address_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A file whose name holds an escape is named with the escape made visible."""
    Path("a\x1b[31m.yaml").write_text(GOOD, encoding="utf-8")
    assert 0 == main(["validate", "a\x1b[31m.yaml"])
    assert 2 == main(["validate", "b\x1b[31m.yaml"])
    out, err = capsys.readouterr()
    assert "a\\x1b[31m.yaml: valid\n" == out
    assert "\x1b" not in err
