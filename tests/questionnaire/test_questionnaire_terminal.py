"""The questionnaire in a real pseudo-terminal, to the end and stopped in the middle."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from advisor.questionnaire.prompter import Choice
from advisor.questionnaire.terminal import TerminalPrompter
from advisor.requirements import load_requirements, question, validate, vocabulary

DOWN = "\x1b[B"
FLOW, AGAIN = "What is this flow of messages called?", "Is there another flow of messages?"


@pytest.fixture
def person(tmp_path: Path) -> Iterator[pexpect.spawn]:
    """``advisor ask`` in a terminal, in an empty folder."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "advisor", "ask", "--output", "advisor.yaml"],
        cwd=tmp_path,
        dimensions=(50, 120),
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",  # this terminal does not say where its cursor is
        },
        encoding="utf-8",
        timeout=20,
    )
    child.delaybeforesend = None
    yield child
    child.close(force=True)


def answer(person: pexpect.spawn, words: str, keys: str = "\r") -> None:
    """Wait for a question and press keys."""
    person.expect_exact(words)
    person.send(keys)


def through_team(person: pexpect.spawn) -> None:
    """Name the system and skip the team."""
    answer(person, "What is the system called?", "shop\r")
    for name, need in vocabulary().items():
        if need.of_team:
            answer(person, question(name))


def ended(person: pexpect.spawn) -> tuple[str, int]:
    """The rest of the output and the exit code."""
    person.expect(pexpect.EOF)
    person.close()
    return str(person.before), int(person.exitstatus)


def test_a_whole_interview_writes_a_valid_file(person: pexpect.spawn, tmp_path: Path) -> None:
    """Typed, chosen with arrows, ticked with space, refused once, skipped for the rest."""
    typed = {
        "work_queue": f"{DOWN}\r",
        "task_seconds": "20\r",
        "messages_per_second": "?\r",
        "protocols": " \r",
    }
    through_team(person)
    answer(person, FLOW, "tasks\r")
    for name, need in vocabulary().items():
        if not need.of_team and name not in ("retention_days", "delay_seconds_max"):
            answer(person, question(name), typed.get(name, "\r"))
    answer(person, AGAIN)
    shown, code = ended(person)
    path = tmp_path / "advisor.yaml"
    answers = load_requirements(path).workloads[0].answers
    assert 0 == code
    assert "next: advisor recommend advisor.yaml" in shown
    assert [] == validate(path)
    assert (True, 20) == (answers["work_queue"].value, answers["task_seconds"].value)
    assert ("amqp_0_9_1",) == answers["protocols"].value
    assert "messages_per_second: unknown\n" in path.read_text("utf-8")


def test_ctrl_c_keeps_what_was_answered(person: pexpect.spawn, tmp_path: Path) -> None:
    """Exit code 130, a file with one answer, and a line that says so."""
    through_team(person)
    answer(person, FLOW, "tasks\r")
    answer(person, question("work_queue"), f"{DOWN}\r")
    answer(person, question("task_seconds"), "\x03")
    shown, code = ended(person)
    assert 130 == code
    assert "stopped: 1 answer kept in advisor.yaml; what was not asked is left out" in shown
    assert [] == validate(tmp_path / "advisor.yaml")
    assert "    work_queue: true\n" in (tmp_path / "advisor.yaml").read_text("utf-8")


@pytest.mark.parametrize("keys", ["\x03", "\x04"])
def test_stopping_at_once_writes_nothing(person: pexpect.spawn, tmp_path: Path, keys: str) -> None:
    """Ctrl-C and the end of the input alike."""
    answer(person, "What is the system called?", keys)
    shown, code = ended(person)
    assert 130 == code
    assert "stopped: nothing was kept, no workload was begun" in shown
    assert "Traceback" not in shown
    assert [] == list(tmp_path.iterdir())


def test_a_number_out_of_bounds_is_refused_where_it_is_typed(person: pexpect.spawn) -> None:
    """With the bounds; then the right one is taken."""
    through_team(person)
    answer(person, FLOW, "tasks\r")
    answer(person, question("work_queue"))
    answer(person, question("task_seconds"), "-1\r")
    person.expect_exact("from 0.0001 to 2592000")


def test_a_file_that_is_there_is_not_asked_over(tmp_path: Path) -> None:
    """It says so before the first question, not after the last."""
    (tmp_path / "advisor.yaml").write_text("mine", encoding="utf-8")
    shown, code = pexpect.run(
        f"{sys.executable} -m advisor ask",
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        withexitstatus=True,
        encoding="utf-8",
    )
    assert 2 == code
    assert "advisor.yaml: already exists" in shown
    assert "mine" == (tmp_path / "advisor.yaml").read_text("utf-8")


@pytest.fixture
def typed() -> Iterator[Callable[[str], None]]:
    """What a person types, given beforehand, without a terminal."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe.send_text


CHOICES = (Choice("no", False), Choice("yes", True))


def test_the_prompter_gives_back_values(typed: Callable[[str], None]) -> None:
    """A line that passes its check, one choice, several choices."""
    prompter = TerminalPrompter()
    typed("x\r\x7fgood\r")
    check = {"x": "no", "good": None}
    assert "good" == prompter.text("q", help_text="h", check=lambda text: check.get(text, "no"))
    typed(f"{DOWN}\r")
    assert True is prompter.choose("q", help_text="h", choices=CHOICES)
    typed(f"{DOWN} \r")
    assert (True,) == prompter.choose_several("q", help_text="h", choices=CHOICES)


@pytest.mark.parametrize("keys", ["\x03", "\x04"])
def test_the_prompter_stops(typed: Callable[[str], None], keys: str) -> None:
    """Ctrl-C and Ctrl-D are one thing to the interview."""
    typed(keys)
    with pytest.raises(KeyboardInterrupt):
        TerminalPrompter().text("q", help_text="h", check=lambda _: None)
