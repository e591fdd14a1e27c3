"""What commands do on a terminal and when a stream fails, without a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sample_advisor

from advisor import advise as advise_package
from advisor.cli import main, output
from advisor.cli.exits import complain, exit_code_of
from advisor.cli.output import emit
from advisor.domain.problem import Problem, UnreadableError
from advisor.questionnaire import terminal
from advisor.questionnaire.prompter import Check, Choice
from advisor.requirements import question, validate

GOOD = "schema: requirements/1\nsystem: images\nworkloads:\n- name: generate\n"
FIRST = question("stream_processing")


class Person:
    """Names things, answers the first choice with yes, and may stop at the n-th question."""

    stops_at = 10_000
    asked: list[str] = []  # noqa: RUF012  (one person, seen from outside)

    def say(self, text: str) -> None:
        """Hear it."""

    def text(self, question: str, *, check: Check, **_: object) -> str:
        """A name where nothing is no answer."""
        self._count(question)
        return "shop" if check("") else ""

    def choose(self, question: str, *, choices: Sequence[Choice], **_: object) -> object:
        """Yes to the first question that can have it, then Enter."""
        self._count(question)
        yes = [choice.value for choice in choices if choice.label == "yes"]
        return yes[0] if yes and question == FIRST else choices[0].value

    def choose_several(self, question: str, **_: object) -> tuple[object, ...]:
        """Nothing."""
        self._count(question)
        return ()

    def _count(self, question: str) -> None:
        self.asked.append(question)
        if len(self.asked) == self.stops_at:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def on_a_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Standard input and output say that they are a terminal of 60 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(output, "is_terminal", lambda _: True)
    monkeypatch.setattr(terminal, "TerminalPrompter", Person)
    monkeypatch.setattr(Person, "asked", [])
    for name in ("load_book", "recommend", "run_checks"):
        monkeypatch.setattr(advise_package, name, getattr(sample_advisor, name))


def test_ask_writes_a_file_and_shows_the_recommendation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Valid, with what was said and nothing else."""
    assert 0 == main(["ask"])
    out = capsys.readouterr().out
    assert "wrote advisor.yaml\n" in out
    assert "Kafka" in out
    assert [] == validate(Path("advisor.yaml"))
    assert "    stream_processing: true\n" in Path("advisor.yaml").read_text("utf-8")


def test_ask_stopped_early_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first question."""
    monkeypatch.setattr(Person, "stops_at", 1)
    assert 130 == main(["ask"])
    assert "nothing was kept" in capsys.readouterr().err
    assert not Path("advisor.yaml").exists()


def test_ask_stopped_later_keeps_what_was_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopped right after the one answer."""
    monkeypatch.setattr(Person, "stops_at", 4)
    assert 130 == main(["ask"])
    assert "stopped: 1 answer kept in advisor.yaml" in capsys.readouterr().err
    assert [] == validate(Path("advisor.yaml"))


def test_ask_does_not_start_over_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """It asks nothing."""
    Path("advisor.yaml").write_text(GOOD, encoding="utf-8")
    assert 2 == main(["ask"])
    assert "already exists" in capsys.readouterr().err
    assert [] == Person.asked


def test_a_page_fits_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Sixty columns, as COLUMNS says."""
    Path("advisor.yaml").write_text(GOOD, encoding="utf-8")
    assert 0 == main(["recommend", "advisor.yaml"])
    lines = capsys.readouterr().out.splitlines()
    assert 60 >= max(len(line) for line in lines)
    assert "  design: RabbitMQ quorum queue" in [line.rstrip() for line in lines]


class Broken:
    """A stream that fails on every write."""

    encoding = "utf-8"

    def __init__(self, error: OSError) -> None:
        self.error = error

    def write(self, _: str) -> int:
        raise self.error

    def flush(self) -> None:
        raise self.error

    def fileno(self) -> int:
        raise OSError


def test_a_closed_pipe_is_141(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Quietly; what is written afterwards goes nowhere."""
    monkeypatch.setattr(sys, "stdout", Broken(BrokenPipeError()))

    def write() -> int:
        emit("text")
        return 0

    assert 141 == exit_code_of(write)
    print("more")
    sys.stdout.close()
    assert "" == capsys.readouterr().err


def test_any_other_fault_of_the_output_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a problem of the place that it goes to."""
    monkeypatch.setattr(sys, "stdout", Broken(OSError(28, "No space left on device")))
    with pytest.raises(UnreadableError) as caught:
        emit("text")
    problem: Problem = caught.value.problems[0]
    assert "standard output: cannot be written: No space left on device" == str(problem)


def test_a_closed_stderr_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is still set."""
    monkeypatch.setattr(sys, "stderr", Broken(BrokenPipeError()))
    complain("unheard")
    complain("unheard again")
    sys.stderr.close()


def test_what_is_under_way_is_told_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not in a pipe; what it is told may come from a file."""
    monkeypatch.setattr(output, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with output.telling_progress() as told:
        told("reading \x1b[2J[bold]")
    shown = capsys.readouterr().err
    assert "[bold]" in shown
    assert "\x1b[2J" not in shown
    monkeypatch.setattr(output, "is_terminal", lambda _: False)
    with output.telling_progress() as told:
        told("reading")
    assert ("", "") == capsys.readouterr()
