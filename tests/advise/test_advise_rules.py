"""Rules examined for those who write them: linted, held to their examples, compared."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.advise import rules as rules_module
from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.problem import system_problem
from advisor.advise.profiles import STATED_MAX, STATED_MIN, profiles
from advisor.advise.rules import check_examples, compare_rules, lint_rules, new_files
from advisor.decision import decide, quick_outcome
from advisor.documents import rules_folder
from advisor.domain.problem import InputError
from advisor.domain.requirements import Requirements, Standing
from advisor.requirements import modelled_versions, vocabulary
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


SWAPPED = (
    "option: [none.no-broker, none.existing-queue]\n  strength: 1\n",
    "option: [none.no-broker, none.existing-queue]\n  strength: -1\n",
)


def test_one_swapped_claim_decides_some_profiles_otherwise(tmp_path: Path) -> None:
    """And every one of them asks for the criterion whose claim was swapped; again is the same."""
    folder = with_text(tmp_path, SWAPPED)
    compared = list(compare_rules(None, folder, seed=1, count=60))
    assert 60 == len(compared)
    found = [one for one in compared if one is not None]
    assert found
    assert all(one.stated["small_footprint"] is True for one in found)
    assert all("none" in one.before for one in found)
    assert compared == list(compare_rules(None, folder, seed=1, count=60))


def test_compared_the_other_way_round_the_winners_are_swapped(tmp_path: Path) -> None:
    """The profiles are cut by both books, so they are the same ones."""
    folder = with_text(tmp_path, SWAPPED)
    there = [one for one in compare_rules(None, folder, seed=1, count=40) if one]
    back = [one for one in compare_rules(folder, None, seed=1, count=40) if one]
    assert [(one.stated, one.after, one.before) for one in there] == [
        (one.stated, one.before, one.after) for one in back
    ]


def test_profiles_are_cut_where_either_book_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A threshold that the new book no longer has can still be what differs."""
    seen: list[frozenset[object]] = []

    def no_profiles(known: dict[str, frozenset[object]], **_: int) -> Iterator[Requirements]:
        seen.append(known["connectors"])
        return iter(())

    monkeypatch.setattr(rules_module, "profiles", no_profiles)
    text = (rules_folder() / "criteria" / "connectors.yaml").read_text()
    old = sorted(literals(load_library().book)["connectors"], key=str)
    changed = text.replace(f", {old[0][1]}]", ", 7]")
    assert text != changed
    (tmp_path / "criteria").mkdir()
    (tmp_path / "criteria" / "connectors.yaml").write_text(changed)
    assert [] == list(compare_rules(None, tmp_path, seed=1, count=1))
    (known,) = seen
    assert {*old, (old[0][0], 7)} <= known


def test_a_faulty_folder_is_told_before_the_first_profile(tmp_path: Path) -> None:
    """So that no progress is shown of what cannot begin."""
    (tmp_path / "criteria").mkdir()
    (tmp_path / "criteria" / "new.yaml").write_text("schema: criterion/1\n")
    for old, new in ((None, tmp_path), (tmp_path, None), (None, tmp_path / "missing")):
        with pytest.raises(InputError):
            compare_rules(old, new, seed=1, count=1)


def drawn(seed: int, count: int) -> list[Requirements]:
    """Profiles of the shipped rules."""
    return list(profiles(literals(load_library().book), seed=seed, count=count))


def test_what_no_file_may_state_is_not_drawn() -> None:
    """Written out here again, so that the product is not its own judge."""
    for profile in drawn(5, 300):
        answers = profile.workloads[0].answers
        stated = {name: a.value for name, a in answers.items() if a.standing is Standing.STATED}
        for usual, longest in (
            ("task_seconds", "task_seconds_max"),
            ("message_bytes", "message_bytes_max"),
        ):
            least, most = answers[usual].value, answers[longest].value
            assert isinstance(least, int | float) and isinstance(most, int | float)
            assert longest not in stated or least <= most
        assert not (stated.get("replay") == "none" and stated.get("retention_days"))
        if "delay_seconds_max" in stated:
            assert bool(stated["delay_seconds_max"]) == bool(answers["delayed_delivery"].value)


def test_versions_and_what_a_team_knows_are_drawn_too() -> None:
    """A rule on an old version could not be seen to change otherwise."""
    teams = [profile.team for profile in drawn(2, 200)]
    for name in ("rabbitmq_version", "kafka_version"):
        assert set(modelled_versions(name)) == {team[name].value for team in teams}
    assert {"low", "medium", "high"} == {team["operations"].value for team in teams}
    assert {(), ("kafka",)} <= {team["knows"].value for team in teams}


def test_the_quick_outcome_is_that_of_the_whole_decision() -> None:
    """The same systems, verdicts and designs, without the questions and reasons."""
    court = Court(load_library())
    for profile in drawn(11, 40):
        problem = system_problem(profile, court)
        quick, whole = quick_outcome(problem), decide(problem)
        assert (whole.verdict, whole.status, whole.systems) == (
            quick.verdict,
            quick.status,
            quick.systems,
        )
        assert [(one.verdict, one.status, one.option) for one in whole.workloads] == [
            (one.verdict, one.status, one.option) for one in quick.workloads
        ]


def test_the_quick_outcome_takes_no_open_answers() -> None:
    """Where they leave several outcomes it says so instead of choosing one."""
    court = Court(load_library())
    (profile,) = drawn(1, 1)
    workload = profile.workloads[0]
    open_needs = ("work_queue", "replay", "messages_per_second")
    unknown = {
        name: replace(answer, standing=Standing.UNKNOWN, value=None)
        for name, answer in workload.answers.items()
        if name in open_needs
    }
    opened = replace(workload, answers={**workload.answers, **unknown})
    with pytest.raises(ValueError, match="outcomes instead of one"):
        quick_outcome(system_problem(replace(profile, workloads=(opened,)), court))


def test_a_check_is_linted_at_its_place(tmp_path: Path) -> None:
    """A functional one at its file's first key, a capacity law in the folder that has it."""
    (tmp_path / "checks").mkdir()
    for name in ("tasks-are-shared", "sustains-rate"):
        text = (rules_folder() / "checks" / f"{name}.yaml").read_text()
        other = tmp_path / "checks" / f"own-{name}.yaml"
        other.write_text(text.replace(f"id: {name}\n", f"id: own-{name}\n"))
    found = {one.message.partition(":")[0]: one for one in lint_rules(tmp_path)}
    assert {"own-tasks-are-shared", "own-sustains-rate"} == found.keys()
    for name, one in found.items():
        assert str(tmp_path / "checks" / f"{name}.yaml") == one.position.file
        assert one.position.line >= 1
        assert "check-without-claim" == one.hint
