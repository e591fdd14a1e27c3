"""The command as a process of its own: pipes, terminals, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

SAMPLE = Path(__file__).parents[1] / "support" / "sample_advisor.py"
GOOD = "schema: requirements/1\nsystem: images\nworkloads:\n- name: generate\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A requirements file."""
    path = tmp_path / "advisor.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return str(path)


def environment(**more: str) -> dict[str, str]:
    """The environment with the checkout on the path and no wish for colours."""
    kept = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    root = str(Path(__file__).parents[2])
    return {**kept, "PYTHONPATH": root, "PYTHONWARNINGS": "error", "TERM": "xterm", **more}


def process(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What a pipe receives."""
    return subprocess.run(
        [sys.executable, str(SAMPLE), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**more),
        check=False,
    )


def terminal(*arguments: str, columns: int = 100, **more: str) -> tuple[str, int]:
    """What a terminal of that width receives, and the exit code."""
    child = pexpect.spawn(
        sys.executable,
        [str(SAMPLE), *arguments],
        dimensions=(40, columns),
        env=environment(**more),
        encoding="utf-8",
        timeout=30,
    )
    shown = child.read()
    child.close()
    return str(shown), int(child.exitstatus)


def test_a_pipe_gets_plain_text_whatever_colours_are_wished_for(file: str) -> None:
    """No escape, no rule of a table drawn with lines."""
    done = process("recommend", file, FORCE_COLOR="1")
    assert (0, "") == (done.returncode, done.stderr)
    assert "\x1b" not in done.stdout
    assert done.stdout.isascii()


def test_a_terminal_gets_colours_unless_it_wants_none(file: str) -> None:
    """NO_COLOR is respected: no colour is set (bold may stay)."""
    colourful, code = terminal("recommend", file, columns=240)
    colourless, _ = terminal("recommend", file, columns=240, NO_COLOR="1")
    assert 0 == code
    assert "\x1b[32m" in colourful
    assert "\x1b[32m" not in colourless


def test_a_narrow_terminal_gets_short_lines(file: str) -> None:
    """Forty columns: no line is longer."""
    shown, _ = terminal("recommend", file, columns=40, TERM="dumb")
    assert 40 >= max(len(line.rstrip("\r")) for line in shown.split("\n"))


def test_a_name_with_escapes_reaches_neither_pipe_nor_terminal(file: str) -> None:
    """It would clear the screen and set the title."""
    name = "evil\x1b[2J\x1b]0;title\x07\u202e"
    piped = process("recommend", file, SAMPLE_NAME=name)
    shown, _ = terminal("recommend", file, SAMPLE_NAME=name)
    assert "evil\\x1b[2J" in piped.stdout
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown


def test_a_closed_pipe_ends_quietly(file: str) -> None:
    """As with ``| head``: no message, no traceback, a code of its own."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, str(SAMPLE), "recommend", file],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writing)
    assert (141, b"") == (done.returncode, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(file: str) -> None:
    """Output that cannot be written is no success."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(SAMPLE), "recommend", file],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert 2 == done.returncode
    assert done.stderr.startswith(b"standard output: cannot be written: ")
    assert 1 == done.stderr.count(b"\n")


def test_letters_that_the_output_cannot_write_become_escapes(file: str) -> None:
    """A C locale is no reason to fail."""
    done = process("recommend", file, SAMPLE_NAME="café", PYTHONIOENCODING="ascii")
    assert (0, "") == (done.returncode, done.stderr)
    assert "caf\\xe9" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate", "FILE"]])
def test_light_commands_import_nothing_heavy(file: str, arguments: list[str]) -> None:
    """Pages, prompts and templates cost nothing to those who do not see them."""
    words = [file if word == "FILE" else word for word in arguments]
    script = (
        "import sys; from advisor.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'rich', 'jinja2', 'questionary', 'sqlite3'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, env=environment(), check=False
    )
    assert (0, b"") == (done.returncode, done.stderr)


def test_python_dash_m_is_the_same_command() -> None:
    """``python -m advisor`` is what ``advisor`` is, exit codes included."""
    command = [sys.executable, "-m", "advisor"]
    told = subprocess.run(
        [*command, "--version"], capture_output=True, env=environment(), check=True
    )
    wrong = subprocess.run([*command, "no"], capture_output=True, env=environment(), check=False)
    assert told.stdout.startswith(b"advisor ")
    assert 2 == wrong.returncode
