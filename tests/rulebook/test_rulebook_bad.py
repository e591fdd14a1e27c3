"""Each kind of bad rule gives one message with its place and the nearest valid name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rulebook_support import CRITERION, OPTION, Folder, fresh

from advisor.domain.problem import InputError

Spoil = Callable[[Any], object]
PLACE = "criteria/replay.yaml"


def _set(*path: Any) -> Spoil:
    """Put the last of ``path`` where the others lead."""
    *way, key, value = path

    def spoil(data: Any) -> None:
        for step in way:
            data = data[step]
        data[key] = value

    return spoil


def _rename(*path: Any) -> Spoil:
    *way, key, other = path

    def spoil(data: Any) -> None:
        for step in way:
            data = data[step]
        data[other] = data.pop(key)

    return spoil


def _when(condition: object) -> Spoil:
    return _set("needs", 0, "when", condition)


def _claim(key: str, value: object) -> Spoil:
    return _set("claims", 0, key, value)


CONDITIONS = {
    "field": (_when(["replya", "==", "recent"]), 'unknown field "replya"', "replay"),
    "operator": (_when(["replay", "=", "recent"]), 'unknown operator "="', ""),
    "operator of another kind": (
        _when(["replay", "<", "recent"]),
        '"<" does not go with replay, a choice',
        "one of ==, !=, in",
    ),
    "choice": (_when(["replay", "==", "recnt"]), 'unknown value of replay: "recnt"', "recent"),
    "choice in a list": (
        _when(["protocols", "in", ["mqt"]]),
        'unknown value of protocols: "mqt"',
        "mqtt",
    ),
    "number for a boolean": (
        _when(["priority", "==", 1]),
        "priority is compared with true or false",
        "",
    ),
    "boolean for a number": (
        _when(["consumers", ">", True]),
        "consumers is compared with a number",
        "",
    ),
    "number out of range": (_when(["consumers", ">", -1]), "consumers is never -1", "it goes from"),
    "number for a version": (
        _when(["kafka_version", ">=", 4.2]),
        "kafka_version is compared with a version",
        "in quotes",
    ),
    "text that is no version": (
        _when(["kafka_version", ">=", "four"]),
        '"four" is no version',
        'such as "4.3"',
    ),
    "empty list": (_when(["replay", "in", []]), '"in" needs a list with at least one value', ""),
    "value twice": (_when(["replay", "in", ["recent", "recent"]]), "names a value twice", ""),
    "two items": (_when(["replay", "=="]), "is no condition", "[field, operator, literal]"),
    "a word": (_when("always"), "is no condition", "[field, operator, literal]"),
    "two connectives": (
        _when({"all": [["replay", "==", "recent"]], "any": [["replay", "==", "recent"]]}),
        "is no condition",
        "",
    ),
    "nothing connected": (_when({"any": []}), '"any" needs a list with at least one condition', ""),
}
RULES = {
    "level": (_set("needs", 0, "level", "msut"), 'unknown level "msut"', "must"),
    "side": (_set("side", "logs"), 'unknown side "logs"', "log"),
    "strength": (_claim("strength", "1/3"), 'unknown strength "1/3"', "1/2"),
    "option": (
        _claim("option", ["rabbitmq.classic-queu", "rabbitmq.classic-queue"]),
        'unknown option "rabbitmq.classic-queu"',
        "rabbitmq.classic-queue",
    ),
    "option twice": (
        _claim("option", ["rabbitmq.classic-queue", "rabbitmq.classic-queue"]),
        'option "rabbitmq.classic-queue" is named twice',
        "",
    ),
    "check": (_claim("checks", ["read-agian"]), 'unknown check "read-agian"', "read-again"),
    "half without variant": (
        _claim("strength", "1/2"),
        'a strength of 1/2 or -1/2 with checks names its variant under "with"',
        "",
    ),
    "variant of a whole": (
        _claim("with", "kept-rows"),
        "only a strength of 1/2 or -1/2 with checks has a variant",
        "",
    ),
    "checks and a reason": (
        _claim("not_run", "No."),
        "needs either checks or, in not_run, the reason why none can run",
        "",
    ),
    "source of two kinds": (
        _claim("source", {"article": "A", "documentation": "B"}),
        "a source has exactly one key",
        "article, documentation",
    ),
    "source of no kind": (_claim("source", {}), "a source has exactly one key", ""),
    "empty text": (_set("why", " "), '"why" must be a text that is not empty', ""),
    "name": (_claim("id", "not a name"), '"id" may have letters', ""),
    "rank": (_set("unsaid_rank", 0), '"unsaid_rank" must be a whole number from 1 to 999', ""),
    "row of an example": (_set("examples", 0, "fires", "wantde"), 'unknown row "wantde"', "wanted"),
    "need of an example": (
        _set("examples", 0, "given", {"replya": "recent"}),
        'unknown key "replya"',
        "replay",
    ),
    "answer of an example": (
        _set("examples", 0, "given", {"replay": "recnt"}),
        'unknown value of replay: "recnt"',
        "recent",
    ),
    "list of an example": (
        _set("examples", 0, "given", {"protocols": "mqtt"}),
        "protocols must be a list of words",
        "",
    ),
    "criterion of a conflict": (
        _set(
            "conflicts",
            [
                {
                    "id": "both",
                    "option": "rabbitmq.classic-queue",
                    "criteria": ["replay", "replai"],
                    "says": "Not both.",
                    "source": {"article": "A"},
                    "not_run": "No.",
                }
            ],
        ),
        'unknown criterion "replai"',
        "replay",
    ),
    "claims that are none": (_set("claims", {}), '"claims" must be a list', ""),
    "claim that is none": (_set("claims", 0, "forgets"), "must be a mapping with keys", "id"),
    "file of another name": (_set("id", "rewind"), 'the file of "rewind" is named replay.yaml', ""),
    "unknown key": (_rename("claims", 0, "says", "syas"), 'unknown key "syas"', "says"),
    "row twice": (
        lambda data: data["needs"].append(data["needs"][0]),
        'a rule named "wanted" stands before already',
        "",
    ),
    "claim twice": (
        lambda data: data["claims"].append(data["claims"][0]),
        'a rule named "forgets" stands before already',
        "",
    ),
    "missing key": (lambda data: data.pop("question"), 'lacks the key "question"', ""),
    "neither checks nor a reason": (
        lambda data: data["claims"][0].pop("checks"),
        "needs either checks or, in not_run, the reason why none can run",
        "",
    ),
}
EVERY = CONDITIONS | RULES


@pytest.mark.parametrize("name", EVERY)
def test_bad_criterion_gives_one_message_with_its_place(name: str, tmp_path: Path) -> None:
    """The typed parsing alone finds it, says where, and what would have been right."""
    spoil, message, hint = EVERY[name]
    criterion = fresh(CRITERION)
    spoil(criterion)
    folder = Folder(tmp_path)
    folder.write(PLACE, criterion)
    (problem,) = folder.problems(trusted=True)
    file, line, column, said = problem.split(":", 3)
    assert PLACE == file
    assert int(line) >= 1 and int(column) >= 1
    assert message in said
    assert hint in said


@pytest.mark.parametrize("name", EVERY)
def test_bad_criterion_of_a_team_is_refused_with_one_message_too(name: str, tmp_path: Path) -> None:
    """With its JSON Schema before it, the same fault is still said once, at its place."""
    criterion = fresh(CRITERION)
    EVERY[name][0](criterion)
    folder = Folder(tmp_path)
    folder.write(PLACE, criterion)
    (problem,) = folder.problems()
    assert problem.startswith(f"{PLACE}:")


def test_place_is_that_of_the_word_itself(tmp_path: Path) -> None:
    """Line and column count from 1 and name the wrong word."""
    text = "\n".join(
        [
            "schema: criterion/1",
            "id: replay",
            "title: Replay",
            "question: Again?",
            "why: Because.",
            "side: log",
            "sources: [{article: Somewhere}]",
            "needs:",
            "- {id: wanted, when: [replay, '==', recnt], level: must}",
            "claims:",
            "- id: forgets",
            "  option: rabbitmq.classic-queue",
            "  strength: -1",
            "  says: It forgets.",
            "  source: {article: Somewhere}",
            "  checks: [read-agian]",
            "examples:",
            "- {given: {}, level: 'no', fires: null}",
        ]
    )
    folder = Folder(tmp_path)
    folder.write(PLACE, text)
    assert [
        f'{PLACE}:9:37: unknown value of replay: "recnt" (did you mean "recent"?)',
        f'{PLACE}:16:12: unknown check "read-agian" (did you mean "read-again"?)',
    ] == folder.problems()


def test_option_without_a_claim_is_named(tmp_path: Path) -> None:
    """A criterion must say something of each design."""
    folder = Folder(tmp_path)
    folder.write("options/rabbitmq.stream.yaml", {**fresh(OPTION), "id": "rabbitmq.stream"})
    (problem,) = folder.problems()
    assert problem.endswith('no claim for the option "rabbitmq.stream"')


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("family", "rabitmq", 'unknown family "rabitmq"'),
        ("since", "three", '"three" is no version'),
        ("simplicity", "1", '"simplicity" must be a whole number'),
        ("present", ["already_runs", "==", "redis"], '"==" does not go with already_runs'),
        ("sources", [], '"sources" must be a list with at least one item'),
    ],
)
def test_bad_option(key: str, value: object, message: str, tmp_path: Path) -> None:
    """Options are parsed as strictly as criteria."""
    folder = Folder(tmp_path)
    folder.write("options/rabbitmq.classic-queue.yaml", {**fresh(OPTION), key: value})
    place, said = folder.problems(trusted=True)[0].split(": ", 1)
    assert place.startswith("options/rabbitmq.classic-queue.yaml:")
    assert message in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("nice: 1", "nice: -1", '"nice" must be a whole number from 0'),
        ("article: 3/5", "article: 7/5", '"article" is no number that fits'),
        ("article: 3/5", "article: 9/10", "must not be trusted less"),
        ("kafka: 3/2", "kafka: dear", '"kafka" is no number that fits'),
        ("kafka: 3/2", "kafka: 3/0", '"kafka" is no number that fits'),
        ("must_penalty: 3", "must_penalty: 2", '"must_penalty" must be a whole number from 3'),
        ("bridge: 0", "brigde: 0", 'unknown key "brigde"'),
    ],
)
def test_bad_conventions(old: str, new: str, message: str, tmp_path: Path) -> None:
    """Constants are bounded: no value may buy a must back, no evidence count less than weaker."""
    folder = Folder(tmp_path)
    text = (tmp_path / "conventions.yaml").read_text()
    folder.write("conventions.yaml", text.replace(old, new))
    assert message in folder.problems(trusted=True)[0]


def test_file_of_another_schema(tmp_path: Path) -> None:
    """A file in the wrong folder is told by its first line."""
    folder = Folder(tmp_path)
    folder.write(PLACE, fresh(OPTION))
    (problem,) = folder.problems()
    assert "a file here declares schema: criterion/1" in problem


def test_unreadable_yaml_is_one_of_the_problems(tmp_path: Path) -> None:
    """One broken file does not hide what is wrong with the next."""
    folder = Folder(tmp_path)
    folder.write(PLACE, "schema: [")
    folder.write("options/rabbitmq.classic-queue.yaml", {**fresh(OPTION), "family": "none!"})
    problems = folder.problems()
    assert 2 == len(problems)
    assert problems[0].startswith(f"{PLACE}:")
    assert problems[1].startswith("options/rabbitmq.classic-queue.yaml:")


def test_empty_folder_has_no_options(tmp_path: Path) -> None:
    """A rule book without designs or conventions decides nothing."""
    folder = Folder(tmp_path)
    (tmp_path / "options/rabbitmq.classic-queue.yaml").unlink()
    (tmp_path / PLACE).unlink()
    assert any("has no options" in problem for problem in folder.problems())


def test_conventions_are_needed(tmp_path: Path) -> None:
    """There is no hidden default for a constant."""
    folder = Folder(tmp_path)
    (tmp_path / "conventions.yaml").unlink()
    with pytest.raises(InputError, match=r"has no conventions\.yaml"):
        folder.load()


def test_conditions_cannot_nest_for_ever(tmp_path: Path) -> None:
    """Depth is bounded with a message, not by the interpreter's stack."""
    condition: object = ["replay", "==", "recent"]
    for _ in range(30):
        condition = {"not": condition}
    criterion = fresh(CRITERION)
    criterion["needs"][0]["when"] = condition
    folder = Folder(tmp_path)
    folder.write(PLACE, criterion)
    assert any("deep" in problem for problem in folder.problems(trusted=True))
