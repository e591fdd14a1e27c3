"""``advisor rules``: its exit codes, what it writes where, and that a pipe gets no progress."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from advisor.advise.library import load_library
from advisor.cli import main
from advisor.documents import rules_folder

SHIPPED = rules_folder() / "criteria" / "small-footprint.yaml"
ROW = '- {id: wanted, when: [small_footprint, "==", true], level: should}\n'
EXAMPLE = "- {given: {small_footprint: true}, level: should, fires: wanted}\n"
CRITERION, CHECK = Path("own/criteria/audit-trail.yaml"), Path("own/checks/audit-trail-holds.yaml")


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test begins in a folder without files, in a process that has read no rules there."""
    load_library.cache_clear()
    monkeypatch.chdir(tmp_path)


def own(*changes: tuple[str, str]) -> str:
    """A folder in which a shipped criterion is replaced by this change of it."""
    text = SHIPPED.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    Path("own/criteria").mkdir(parents=True)
    Path("own/criteria", SHIPPED.name).write_text(text, "utf-8")
    return "own"


@pytest.mark.parametrize("name", ["lint", "test"])
def test_the_shipped_rules_are_fine(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stdout, nothing on stderr; this is what CI runs."""
    assert 0 == main(["rules", name])
    out, err = capsys.readouterr()
    assert ("", 1) == (err, out.count("\n"))


def test_lint_tells_each_finding_with_its_place_and_kind(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr, counted at the end; exit code 1."""
    folder = own((ROW, ROW + ROW.replace("wanted", "again") + ROW.replace("wanted", "third")))
    assert 1 == main(["rules", "lint", folder])
    out, err = capsys.readouterr()
    assert "" == out
    first, second, total = err.splitlines()
    assert first.startswith("own/criteria/small-footprint.yaml:")
    assert first.endswith("says the same as small-footprint.wanted (duplicate)")
    assert "small-footprint.again" in second and "small-footprint.third" in first
    assert "advisor: 2 findings" == total


def test_lint_counts_a_folder_that_cannot_be_understood_as_a_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wrong inside is 1, not to be read at all is 2, as with validate."""
    assert 1 == main(["rules", "lint", own(("level: should", "level: shuold"))])
    err = capsys.readouterr().err
    assert 'did you mean "should"?' in err
    assert 2 == main(["rules", "lint", "no-such-folder"])
    assert "no-such-folder: is not a folder of rules" in capsys.readouterr().err


def test_test_tells_what_no_example_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; a folder that cannot be read is 2."""
    assert 1 == main(["rules", "test", own((EXAMPLE, ""))])
    out, err = capsys.readouterr()
    assert "" == out
    assert "small-footprint.wanted: no example shows it fired" in err
    assert err.endswith("advisor: 1 finding\n")
    assert 2 == main(["rules", "test", "no-such-folder"])


def test_test_tells_an_example_that_comes_out_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was expected and what the rules say."""
    assert 1 == main(
        ["rules", "test", own(('level: "no", fires: null', "level: must, fires: wanted"))]
    )
    assert "expects must by wanted, the rules say no by None" in capsys.readouterr().err


def test_new_writes_a_rule_that_passes_its_own_test(capsys: pytest.CaptureFixture[str]) -> None:
    """Lint then says what waits to be filled in."""
    assert 0 == main(["rules", "new", "audit-trail", "--output", "own", "--need", "priority"])
    assert f"wrote {CRITERION}\nwrote {CHECK}\n" == capsys.readouterr().out
    assert '[priority, "==", true]' in CRITERION.read_text("utf-8")
    assert 0 == main(["rules", "test", "own"])
    assert 1 == main(["rules", "lint", "own"])
    assert "(unfinished)" in capsys.readouterr().err


@pytest.mark.parametrize("there", [CRITERION, CHECK])
def test_new_replaces_nothing_unless_told_to(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever of both files is there: neither is written."""
    there.parent.mkdir(parents=True)
    there.write_text("mine\n", "utf-8")
    assert 2 == main(["rules", "new", "audit-trail", "--output", "own"])
    assert f"{there}: already exists (choose another name, or force it)\n" == (
        capsys.readouterr().err
    )
    assert ["mine\n"] == [path.read_text("utf-8") for path in Path("own").rglob("*.yaml")]
    assert 0 == main(["rules", "new", "audit-trail", "--output", "own", "--force"])
    assert "mine\n" != there.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit-trail", "--need", "work_quue"], 'did you mean "work_queue"?'),
        (["audit-trail", "--need", "replay"], '"replay" is no need that is true or false'),
        (["Audit Trail"], "lower-case words joined by hyphens"),
        (["work-queue"], 'there is a criterion "work-queue" already'),
    ],
)
def test_new_says_what_is_wrong_and_writes_nothing(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The nearest need is named."""
    assert 2 == main(["rules", "new", *arguments, "--output", "own"])
    assert said in capsys.readouterr().err
    assert not Path("own").exists()


def test_new_says_so_where_no_folder_can_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    """A file of that name is no fault of the tool."""
    Path("own").write_text("mine\n", "utf-8")
    assert 2 == main(["rules", "new", "audit-trail", "--output", "own"])
    assert "cannot be made a folder" in capsys.readouterr().err


def test_diff_of_equal_rules_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """No progress where nobody watches: stderr stays empty."""
    assert 0 == main(["rules", "diff", "shipped", own(), "--count", "10", "--seed", "3"])
    out, err = capsys.readouterr()
    assert "0 of 10 drawn profiles change their winner (seed 3)." in out
    assert "" == err


def test_diff_of_a_swapped_claim_is_the_same_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For the same seed; it is no fault that rules differ."""
    folder = own(
        (
            "option: [none.no-broker, none.existing-queue]\n  strength: 1\n",
            "option: [none.no-broker, none.existing-queue]\n  strength: -1\n",
        )
    )
    pages = []
    for seed in ("1", "1", "2"):
        assert 0 == main(["rules", "diff", "shipped", folder, "--count", "60", "--seed", seed])
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]
    assert pages[0] != pages[2]
    assert "\n0 of 60" not in pages[0]
    assert "small_footprint true" in pages[0]


@pytest.mark.parametrize("folders", [("shipped", "missing"), ("missing", "shipped")])
def test_diff_with_a_wrong_folder_prints_nothing(
    folders: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The input is wrong, whichever side it is."""
    assert 2 == main(["rules", "diff", *folders])
    out, err = capsys.readouterr()
    assert "" == out
    assert "missing: is not a folder of rules\n" == err


def test_diff_needs_a_profile(capsys: pytest.CaptureFixture[str]) -> None:
    """None compared would look as if nothing differed."""
    assert 2 == main(["rules", "diff", "shipped", "shipped", "--count", "0"])
    assert "--count" in capsys.readouterr().err


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    root = str(Path(__file__).parents[2])
    return {**kept, "PYTHONPATH": root, "PYTHONWARNINGS": "error", "TERM": "xterm"}


DIFF = ["-m", "advisor", "rules", "diff", "shipped", "shipped", "--count", "5"]


def test_progress_is_for_a_terminal_and_goes_to_stderr() -> None:
    """With stdout in a file the terminal shows the bar, and the file has the page alone."""
    command = " ".join([sys.executable, *DIFF, "> page.txt"])
    child = pexpect.spawn(
        "/bin/sh", ["-c", command], env=environment(), encoding="utf-8", timeout=60
    )
    shown = child.read()
    child.close()
    assert 0 == child.exitstatus
    assert "Profiles" in shown and "100%" in shown
    assert "Rules compared" not in shown
    page = Path("page.txt").read_text("utf-8")
    assert page.startswith("Rules compared\n")
    assert "Profiles" not in page and "\x1b" not in page


def test_without_a_terminal_there_is_no_progress() -> None:
    """Neither in the page nor in a log."""
    done = subprocess.run(
        [sys.executable, *DIFF], capture_output=True, text=True, env=environment(), check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "Profiles" not in done.stdout
