"""Rules examined for those who write them: linted, held to their examples, compared."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from advisor.advise.library import load_library
from advisor.advise.profiles import STATED_MAX, STATED_MIN, profiles
from advisor.advise.rules import check_examples, compare_rules, lint_rules, new_files
from advisor.documents import rules_folder
from advisor.domain.problem import InputError
from advisor.domain.requirements import Standing
from advisor.requirements import vocabulary
from advisor.rulebook import literals

CRITERION = "small-footprint"
SHIPPED = rules_folder() / "criteria" / f"{CRITERION}.yaml"


def with_text(folder: Path, *changes: tuple[str, str]) -> Path:
    """A folder of own rules in which the shipped criterion is changed so."""
    text = SHIPPED.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "criteria").mkdir()
    (folder / "criteria" / SHIPPED.name).write_text(text)
    return folder


def of(problems: Sequence[object]) -> list[str]:
    """What is said of the changed criterion."""
    return [str(one) for one in problems if CRITERION in str(one)]


def test_the_shipped_rules_have_no_finding() -> None:
    """Nothing dead, doubled or contradicting is shipped."""
    assert lint_rules() == ()


def test_a_need_row_that_never_decides_is_found_with_its_place(tmp_path: Path) -> None:
    """The finding stands at the row, in the file that has it."""
    row = '- {id: wanted, when: [small_footprint, "==", true], level: should}\n'
    weaker = row.replace("wanted", "again").replace("should", "nice")
    folder = with_text(tmp_path, (row, row + weaker))
    line = SHIPPED.read_text().split(row)[0].count("\n") + 2
    found = of(lint_rules(folder))
    assert found
    assert all(f"{SHIPPED.name}:{line}:" in one and "again" in one for one in found)


def test_an_example_that_comes_out_otherwise_is_told(tmp_path: Path) -> None:
    """The criterion gives another level than its example says."""
    assert of(check_examples()) == []
    folder = with_text(tmp_path, ('level: "no", fires: null', "level: must, fires: wanted"))
    assert any(str(folder) in one for one in of(check_examples(folder)))


def test_a_rule_that_no_example_shows_is_told(tmp_path: Path) -> None:
    """Without the example in which it fires, nothing has been shown of the row."""
    example = "- {given: {small_footprint: true}, level: should, fires: wanted}\n"
    (found,) = of(check_examples(with_text(tmp_path, (example, ""))))
    assert f"{CRITERION}.wanted: no example shows it fired" in found


@pytest.mark.parametrize(
    ("identity", "need", "said"),
    [
        ("No Id", "work_queue", "no id"),
        (CRITERION, "work_queue", "already"),
        ("own-matter", "work_quue", "work_queue"),
        ("own-matter", "ordering", "true or false"),
    ],
)
def test_a_new_criterion_needs_a_free_id_and_a_need(identity: str, need: str, said: str) -> None:
    """What is wrong is told before a file is written."""
    with pytest.raises(InputError) as caught:
        new_files(identity, need, Path("own"))
    assert said in str(caught.value)


def test_a_free_id_and_a_need_are_enough() -> None:
    """Nothing is said of what can be made, and nothing is written yet."""
    found = new_files("own-matter", "work_queue", Path("own"))
    assert {Path("own/criteria/own-matter.yaml"), Path("own/checks/own-matter-holds.yaml")} == set(
        found
    )


def test_profiles_are_the_same_for_the_same_seed() -> None:
    """Each states a few needs inside the rules' cells and leaves the rest to the defaults."""
    known = literals(load_library().book)
    drawn = list(profiles(known, seed=7, count=20))
    assert drawn == list(profiles(known, seed=7, count=20))
    assert drawn != list(profiles(known, seed=8, count=20))
    for profile in drawn:
        answers = profile.workloads[0].answers
        stated = [name for name, one in answers.items() if one.standing is Standing.STATED]
        assert STATED_MIN <= len(stated) <= STATED_MAX
        assert answers.keys() == {one.name for one in vocabulary().values() if not one.of_team}


def test_what_follows_another_need_follows_it_in_a_profile() -> None:
    """The longest task has the length of the usual one where only that is drawn."""
    known = literals(load_library().book)
    for profile in profiles(known, seed=3, count=40):
        answers = profile.workloads[0].answers
        if answers["task_seconds_max"].standing is Standing.ASSUMED:
            assert answers["task_seconds_max"].value == answers["task_seconds"].value


def test_the_same_rules_decide_every_profile_alike() -> None:
    """One entry for each profile, and no difference."""
    assert list(compare_rules(None, None, seed=1, count=10)) == [None] * 10


def test_a_need_made_a_must_decides_some_profiles_otherwise(tmp_path: Path) -> None:
    """Each difference has both winners, and states the need whose level alone was changed."""
    folder = with_text(
        tmp_path,
        ("true], level: should", "true], level: must"),
        ("small_footprint: true}, level: should", "small_footprint: true}, level: must"),
    )
    found = [one for one in compare_rules(None, folder, seed=1, count=100) if one is not None]
    assert found
    for one in found:
        assert one.before != one.after
        assert one.stated["small_footprint"] is True
