"""A fault against a schema is one plain sentence with the place and the nearest valid name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.documents import check_schema, read_yaml, schema
from advisor.documents.expectation import expectation

Checker = Callable[[dict[str, Any], str], list[str]]
NUMBERS = itertools.count()
OPEN = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "colour": {"enum": ["red", "green", "blue"]},
        "size": {"type": "integer", "minimum": 1, "maximum": 10},
        "nested": {
            "type": "object",
            "required": ["depth"],
            "additionalProperties": False,
            "properties": {"depth": {"type": "number"}},
        },
        "either": {
            "anyOf": [
                {"type": "boolean"},
                {"$ref": "#/definitions/range"},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ]
        },
        "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$", "x-form": "a word"}},
        "one": {"oneOf": [{"const": "a"}, {"const": 1}, {"const": True}]},
        "least": {"type": "number", "minimum": 0},
        "most": {"type": "number", "maximum": 9},
        "few": {"type": "array", "minItems": 1, "maxItems": 2},
        "short": {"type": "string", "maxLength": 3},
        "not_three": {"not": {"const": 3}},
        "both": {"allOf": [{"type": "string"}, {"maxLength": 2}]},
        "crowd": {"type": "array", "maxItems": 1},
        "unique": {"type": "array", "uniqueItems": True},
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        "none": {"type": "null"},
    },
    "definitions": {
        "range": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "properties": {"min": {"type": "number"}, "max": {"type": "number"}},
        }
    },
}


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checker:
    """Holds a text against a schema; gives the problems as they are shown."""
    monkeypatch.setattr(schema, "schemas_folder", lambda: tmp_path)

    def run(rules: dict[str, Any], text: str) -> list[str]:
        name = f"made-up-{next(NUMBERS)}"
        (tmp_path / f"{name}.schema.json").write_text(json.dumps(rules))
        problems = check_schema(read_yaml(Path("x.yaml"), text=text.encode()), name)
        return [str(problem) for problem in problems]

    return run


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("colour: red", []),
        ("colour: rad", ['x.yaml:1:9: "colour" must be "red", "green" or "blue", not the text '
                         '"rad" (did you mean "red"?)']),
        ("color: red", ['x.yaml:1:1: unknown key "color" (did you mean "colour"?)']),
        ("depth: 1", ['x.yaml:1:1: unknown key "depth" (it belongs under "nested")']),
        ("qqq: 1", ['x.yaml:1:1: unknown key "qqq"']),
        ("nested: {zz: 1, depth: 2}", ['x.yaml:1:10: unknown key "zz" (valid here: depth)']),
        ("nested: {dept: 1}", ['x.yaml:1:10: unknown key "dept" (did you mean "depth"?)']),
        ("nested: {}", ['x.yaml:1:9: "nested" lacks the key "depth"']),
        ("nested: [1]", ['x.yaml:1:9: "nested" must be {depth}, not a list']),
        ("size: 11", ['x.yaml:1:7: "size" must be a whole number from 1 to 10, not 11']),
        ("size: 1.5", ['x.yaml:1:7: "size" must be a whole number from 1 to 10, not 1.5']),
        ("size: true", ['x.yaml:1:7: "size" must be a whole number from 1 to 10, not true']),
        ("size: .nan", ['x.yaml:1:7: "size" must be a whole number from 1 to 10, not .nan']),
        ("least: .inf", ['x.yaml:1:8: "least" must be a number of at least 0, not .inf']),
        ("least: -1", ['x.yaml:1:8: "least" must be a number of at least 0, not -1']),
        ("most: 1" + "0" * 350, ['x.yaml:1:7: "most" must be a number of at most 9, not a number '
                                 "far too large"]),
        ("size:", ['x.yaml:1:6: "size" must be a whole number from 1 to 10, not nothing']),
        ("size: '5'", ['x.yaml:1:7: "size" must be a whole number from 1 to 10, not the text "5" '
                       "(write a plain number such as 1000, without quotes, separators or a "
                       "unit)"]),
        ("either: {min: x}", ['x.yaml:1:15: "min" must be a number, not the text "x"']),
        ("either: {mni: 1}", ['x.yaml:1:10: unknown key "mni" (did you mean "min"?)']),
        ("either: {}", ['x.yaml:1:9: "either" must be {min, max}, not an empty mapping']),
        ("either: []", ['x.yaml:1:9: "either" must be a list of at least 1, not an empty list']),
        ("either: [a, '']", ['x.yaml:1:13: entry 2 of "either" must be text that is not empty, '
                             'not the text ""']),
        ("either: yes", ['x.yaml:1:9: "either" must be true or false, {min, max} or a list of at '
                         'least 1, not the text "yes" (YAML 1.2 reads only true and false as truth '
                         "values)"]),
        ("names: {A1: 1}", ['x.yaml:1:9: the name the text "A1" must be a word']),
        ("one: b", ['x.yaml:1:6: "one" must be "a", 1 or true, not the text "b"']),
        ("few: [1, 2, 3]", ['x.yaml:1:6: "few" must be a list of 1 to 2 entries, not a list']),
        ("crowd: [1, 2]", ['x.yaml:1:8: "crowd" must be a list of at most 1 entries, not a list']),
        ("unique: [a, a]", ['x.yaml:1:9: "unique" names something twice']),
        ("grid: [[1], [x]]", ['x.yaml:1:14: entry 1 of a list must be a number, not the text "x"']),
        ("short: abcd", ['x.yaml:1:8: "short" must be text of at most 3 characters, not the text '
                         '"abcd"']),
        ("not_three: 3", ['x.yaml:1:12: "not_three" must be something else, not 3']),
        ("both: abc", ['x.yaml:1:7: "both" must be something else of at most 2 characters, not '
                       'the text "abc"']),
        ("none: 1", ['x.yaml:1:7: "none" must be nothing, not 1']),
        ("[1]", ["x.yaml:1:1: the file must be a mapping, not a list"]),
        ("zz: 1\nsize: 0\ncolour: 5", [
            'x.yaml:1:1: unknown key "zz"',
            'x.yaml:2:7: "size" must be a whole number from 1 to 10, not 0',
            'x.yaml:3:9: "colour" must be "red", "green" or "blue", not 5',
        ]),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_said(check: Checker, text: str, problems: list[str]) -> None:
    """Every fault of the file, in its order."""
    assert problems == check(OPEN, text)


@given(
    st.dictionaries(
        st.sampled_from([*OPEN["properties"], "zz"]),  # type: ignore[misc]
        st.sampled_from([None, 0, 3, 99, 1.5, "red", "b", [], ["x"], {}, {"min": 1}, {"zz": 2}]),
    )
)
def test_problems_are_found_exactly_where_jsonschema_finds_errors(data: dict[str, Any]) -> None:
    """A plain validator, used directly, is the oracle for whether a file is sound."""
    from jsonschema import Draft7Validator

    rules = {"$schema": "http://json-schema.org/draft-07/schema#", **OPEN}
    document = read_yaml(Path("x.yaml"), text=json.dumps(data).encode())
    errors = list(Draft7Validator(rules).iter_errors(data))
    reporter = schema._Reporter(document, rules)
    said = list(reporter.problems(Draft7Validator(rules).iter_errors(data)))
    assert bool(errors) == bool(said)


def test_a_value_of_two_alternatives_is_said_once() -> None:
    """Alternatives that read the same are not repeated."""
    assert "text" == expectation({}, {"anyOf": [{"type": "string"}, {"type": "string"}]})
