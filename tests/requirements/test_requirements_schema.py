"""The schema of requirements holds by both drafts that editors use, and for foreign validators."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from ruamel.yaml import YAML

from advisor.documents import examples_folder, read_yaml, schema_of, schemas_folder
from advisor.domain.problem import InputError
from advisor.requirements import load_requirements, starter_text, validate, vocabulary

SCHEMA_FILE = schemas_folder() / "requirements.schema.json"
CASES = Path(__file__).parents[1] / "cases"
SOUND = sorted(examples_folder().glob("*.yaml")) + [
    path for path in sorted(CASES.glob("*.yaml")) if path.name != "decisions.yaml"
]
BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
BEYOND_THE_SCHEMA = {
    "delay-of-nothing", "delay-unsaid", "delay-without-delays", "feeds-a-stranger", "feeds-itself",
    "hardware-upside-down", "largest-message-too-small", "level-on-an-empty-list",
    "level-on-false", "level-on-not-needed", "longest-task-below-default",
    "longest-task-too-short", "not-a-number", "old-version", "one-node-to-lose",
    "range-upside-down", "retention-without-replay", "retention-without-the-rest", "same-name",
    "version-from-the-future",
}  # fmt: skip


@pytest.mark.parametrize("kind", [Draft7Validator, Draft202012Validator])
def test_the_schema_is_one_by_its_own_metaschema(kind: Any) -> None:
    """In the common subset of draft 07 and 2020-12."""
    kind.check_schema(schema_of("requirements"))


def keywords(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(keywords, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, part in schema.items():
        if key in ("properties", "definitions", "x-derived"):
            found |= set().union(*map(keywords, part.values()))
        elif key in ("items", "anyOf", "allOf"):
            found |= keywords(part)
    return found


def test_only_keywords_of_both_drafts_are_used() -> None:
    """No ``$defs``, no ``unevaluatedProperties``, nothing beside a ``$ref``."""
    own = {key for key in keywords(schema_of("requirements")) if key.startswith("x-")}
    assert {
        "$schema", "$id", "title", "description", "type", "additionalProperties", "required",
        "properties", "definitions", "default", "const", "enum", "anyOf", "allOf", "$ref",
        "minimum", "maximum", "minLength", "maxLength", "pattern", "items", "minItems",
        "maxItems", "uniqueItems", "minProperties",
    } == keywords(schema_of("requirements")) - own  # fmt: skip
    assert {
        "x-unit", "x-unsaid", "x-not-needed", "x-default-from", "x-form", "x-derived", "x-product",
        "x-divisor",
    } == own  # fmt: skip
    for part in references(schema_of("requirements")):
        assert ["$ref"] == list(part)


def references(schema: Any) -> Any:
    parts = schema.values() if isinstance(schema, dict) else schema
    if isinstance(schema, dict) and "$ref" in schema:
        yield schema
    if isinstance(schema, dict | list):
        for part in parts:
            yield from references(part)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_sound_files_are_sound_for_foreign_tools(path: Path) -> None:
    """Read by ruamel.yaml, judged by plain jsonschema in both drafts."""
    yaml = YAML(typ="safe", pure=True)
    data = yaml.load(path.read_text(encoding="utf-8"))
    for kind in (Draft7Validator, Draft202012Validator):
        assert [] == list(kind(schema_of("requirements")).iter_errors(data))
    assert [] == validate(path)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_the_schema_can_say_it_says(path: Path) -> None:
    """An editor shows the same files as wrong, save what only the loader can know."""
    try:
        data = read_yaml(path).data
    except InputError:
        return
    finds = bool(list(Draft7Validator(schema_of("requirements")).iter_errors(data)))
    assert (path.stem not in BEYOND_THE_SCHEMA) == finds


def test_check_jsonschema_agrees(tmp_path: Path) -> None:
    """The command that pre-commit runs: the sound files pass, a wrong one does not."""
    main = importlib.import_module("check_jsonschema").main
    from click.testing import CliRunner

    starter = tmp_path / "advisor.yaml"
    starter.write_text(starter_text(), encoding="utf-8")
    options = ["--schemafile", str(SCHEMA_FILE)]
    run = CliRunner().invoke(main, [*options, str(starter), *map(str, SOUND)])
    assert (0, "ok -- validation done") == (run.exit_code, run.output.strip())
    assert 0 == CliRunner().invoke(main, ["--check-metaschema", str(SCHEMA_FILE)]).exit_code
    wrong = CliRunner().invoke(main, [*options, str(BAD[0].parent / "unknown-need.yaml")])
    assert 1 == wrong.exit_code


def test_editors_get_the_plain_value_first_and_words_for_everything() -> None:
    """Completion offers the first alternative; hovering shows title and description."""
    needs = schema_of("requirements")["definitions"]["workload"]["properties"]["needs"]
    for name, part in needs["properties"].items():
        assert {"title", "description", "default", "anyOf"} <= set(part), name
        kinds = [alternative.get("type", "enum") for alternative in part["anyOf"][:1]]
        assert "object" not in kinds
        assert {"$ref": "#/definitions/unknown"} == part["anyOf"][1]


def test_every_case_is_in_the_table() -> None:
    """One requirements file for each decision, and each is loaded under its own name."""
    yaml = YAML(typ="safe", pure=True)
    table = yaml.load((CASES / "decisions.yaml").read_text(encoding="utf-8"))
    files = {path.stem for path in CASES.glob("*.yaml")} - {"decisions"}
    assert files == {row["id"] for row in table}
    assert (25, 15) == (len(table), sum(row["decidable"] for row in table))
    assert {"rabbitmq", "kafka", "both", "none"} == {row["decision"] for row in table}
    for row in table:
        assert row["id"] == load_requirements(CASES / f"{row['id']}.yaml").system
        assert row["source"]


def test_the_article_team_is_the_article_team() -> None:
    """Tasks that must complete, one at a time on a GPU, small scale, no replay, RabbitMQ runs."""
    read = load_requirements(examples_folder() / "image-generation.yaml")
    (workload,) = read.workloads
    answer = {
        name: workload.answers[name].value for name in vocabulary() if name in workload.answers
    }
    assert (True, "none", 0, "at_least_once", ("rabbitmq",)) == (
        answer["work_queue"],
        answer["replay"],
        answer["retention_days"],
        answer["delivery"],
        read.team["already_runs"].value,
    )
