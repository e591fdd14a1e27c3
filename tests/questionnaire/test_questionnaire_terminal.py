"""The questionnaire in a real pseudo-terminal, narrow and wide, to the end and stopped."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from advisor.questionnaire import terminal
from advisor.questionnaire.prompter import Choice
from advisor.questionnaire.terminal import TerminalPrompter
from advisor.requirements import load_requirements, question, validate

DOWN, CTRL_C, CTRL_D = "\x1b[B", "\x03", "\x04"
SYSTEM, FLOW = "What is the system called?", "What is this flow of messages called?"
SUMMARY, RECORD = "Is this right?", "Write a decision record as well?"
STREAM, RUNS = (question(name) for name in ("stream_processing", "already_runs"))
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]")

Spawn = Callable[..., pexpect.spawn]


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    """Starts ``advisor ask`` in a terminal of so many columns, in an empty folder."""
    started: list[pexpect.spawn] = []

    def start(*arguments: str, columns: int = 100) -> pexpect.spawn:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "advisor", "ask", "--no-checks", *arguments],
            cwd=tmp_path,
            dimensions=(50, columns),
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "TERM": "xterm",
                "PROMPT_TOOLKIT_NO_CPR": "1",  # this terminal does not say where its cursor is
            },
            encoding="utf-8",
            timeout=30,
        )
        child.delaybeforesend = None
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def answer(person: pexpect.spawn, words: str, keys: str = "\r") -> str:
    """Wait for a question, press keys; gives what was shown between it and the place to answer."""
    person.expect(r"\s+".join(map(re.escape, words.split())))
    person.expect_exact(">")
    person.send(keys)
    return str(person.before)


def ended(person: pexpect.spawn) -> tuple[str, int]:
    """The rest of the output and the exit code."""
    person.expect(pexpect.EOF)
    person.close()
    return ESCAPES.sub("", str(person.before)), int(person.exitstatus)


def begin(person: pexpect.spawn) -> None:
    """Name the system and the flow, and say that messages are processed as a stream."""
    answer(person, SYSTEM, "shop\r")
    answer(person, FLOW, "tasks\r")
    answer(person, STREAM, f"{DOWN}\r")


@pytest.mark.parametrize("columns", [46, 120])
def test_a_whole_session_ends_in_a_recommendation(
    spawn: Spawn, tmp_path: Path, columns: int
) -> None:
    """Back, a change in the summary, the file and a record."""
    person = spawn(columns=columns)
    begin(person)
    answer(person, RUNS, f"{DOWN * 8} \r")  # back
    answer(person, STREAM, f"{DOWN}\r")
    answer(person, RUNS)
    answer(person, SUMMARY, f"{DOWN}\r")
    answer(person, RUNS, f"{DOWN} \r")  # Kafka
    answer(person, SUMMARY)
    answer(person, RECORD, f"{DOWN}\r")
    _shown, code = ended(person)
    path = tmp_path / "advisor.yaml"
    answers = load_requirements(path).workloads[0].answers
    assert 0 == code
    assert [] == validate(path)
    assert answers["stream_processing"].value is True
    assert ("kafka",) == load_requirements(path).team["already_runs"].value
    assert 1 == len(list((tmp_path / "docs" / "decisions").iterdir()))


def test_no_line_is_cut_in_the_middle_of_a_word(spawn: Spawn) -> None:
    """In a narrow window; what the terminal itself would wrap is no line of ours."""
    person = spawn(columns=46)
    begin(person)
    shown = answer(person, RUNS)
    lines = [ESCAPES.sub("", line).rstrip() for line in shown.splitlines()]
    assert 45 >= max(map(len, lines))
    text = " ".join(" ".join(lines).split())
    assert "With everything else as answered or assumed" in text


def test_ctrl_c_keeps_what_was_answered_and_the_file_goes_on(spawn: Spawn, tmp_path: Path) -> None:
    """Exit code 130; the next run asks what is left, and leaves a comment alone."""
    person = spawn("--output", "mine.yaml")
    begin(person)
    answer(person, RUNS, CTRL_C)
    shown, code = ended(person)
    path = tmp_path / "mine.yaml"
    assert 130 == code
    assert "stopped: 1 answer kept in mine.yaml; go on with: advisor ask mine.yaml" in shown
    assert [] == validate(path)
    text = path.read_text("utf-8").replace("stream_processing: true", "stream_processing: true # !")
    path.write_text(text, "utf-8")
    person = spawn("mine.yaml")
    answer(person, RUNS)
    answer(person, SUMMARY)
    answer(person, RECORD)
    shown, code = ended(person)
    assert 0 == code
    expected = text.replace("shop\n", "shop\nteam:\n  already_runs: []\n")
    assert expected == path.read_text("utf-8")


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D])
def test_stopping_at_once_writes_nothing(spawn: Spawn, tmp_path: Path, keys: str) -> None:
    """Ctrl-C and the end of the input alike."""
    person = spawn()
    answer(person, SYSTEM, keys)
    shown, code = ended(person)
    assert 130 == code
    assert "stopped: nothing was kept" in shown
    assert "Traceback" not in shown
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_asked_over(spawn: Spawn, tmp_path: Path) -> None:
    """It says how to go on with it."""
    (tmp_path / "advisor.yaml").write_text("mine", encoding="utf-8")
    shown, code = ended(spawn())
    assert 2 == code
    assert "already exists" in shown and "advisor ask advisor.yaml" in " ".join(shown.split())
    assert "mine" == (tmp_path / "advisor.yaml").read_text("utf-8")


def test_a_faulty_file_is_told_before_anything_is_asked(spawn: Spawn, tmp_path: Path) -> None:
    """With the place."""
    (tmp_path / "advisor.yaml").write_text(
        "schema: requirements/1\nsystem: s\nworkloads:\n- name: a\n  needs: {replai: none}\n"
    )
    shown, code = ended(spawn("advisor.yaml"))
    assert 2 == code
    assert "advisor.yaml:5:" in shown and "replay" in shown


@pytest.fixture
def pressed() -> Iterator[Callable[[str], None]]:
    """Keys that a person presses, with a screen that nobody sees."""
    with (
        create_pipe_input() as keyboard,
        create_app_session(input=keyboard, output=DummyOutput()),
    ):
        yield keyboard.send_text


def test_each_kind_of_answer_comes_back_as_it_was_meant(pressed: Callable[[str], None]) -> None:
    """A line, one choice by its value, several, and none."""
    prompter = TerminalPrompter()
    choices = (Choice("a", 1), Choice("b", None), Choice("c", 3))
    pressed("x\r\x7f12\r")
    typed = prompter.text("?", help_text="h", check=lambda text: None if "1" in text else "no")
    pressed(f"{DOWN}\r")
    chosen = prompter.choose("?", help_text="h", choices=choices)
    pressed(f" {DOWN}{DOWN} \r")
    several = prompter.choose_several("?", help_text="h", choices=choices)
    pressed("\r")
    assert ("12", None, (1, 3)) == (typed, chosen, several)
    assert () == prompter.choose_several("?", help_text="h", choices=choices)


def test_long_choices_that_look_alike_when_cut_stay_different(
    pressed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is not taken for the first."""
    monkeypatch.setattr(terminal, "_width", lambda: 30)
    long = "the same words at the beginning of both"
    pressed(f"{DOWN}\r")
    choices = (Choice(f"{long} one", 1), Choice(f"{long} two", 2))
    assert 2 == TerminalPrompter().choose("?", help_text="h", choices=choices)


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_stopping_is_an_interrupt(pressed: Callable[[str], None], key: str) -> None:
    """Ctrl-C, and the end of the input."""
    pressed(key)
    with pytest.raises(KeyboardInterrupt):
        TerminalPrompter().text("?", help_text="h", check=lambda _: None)
