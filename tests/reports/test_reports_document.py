"""The JSON document has the published shape, exact fractions, and bytes that never differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from sample_advice import ADVICE, OPEN, TASKS, advice

from advisor.documents import schemas_folder
from advisor.domain.recommendation import Recommendation
from advisor.reports.document import as_json

SCHEMA = json.loads((schemas_folder() / "recommendation.schema.json").read_text(encoding="utf-8"))
VALIDATORS = [Draft7Validator(SCHEMA), Draft202012Validator(SCHEMA)]
OUTCOMES = [
    ADVICE,
    OPEN,
    advice("both", "both"),
    advice("none", "none-needed", option="none.no-broker", grade="A"),
    advice("undetermined", "tie"),
    advice("undetermined", "unmet", option=None, alone=None),
]


def keys_of(data: Any, path: str = "") -> Iterator[str]:
    """Every key of every object with its path, list items as one."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{path}.{key}"
            yield from keys_of(value, f"{path}.{key}")
    if isinstance(data, list):
        for item in data:
            yield from keys_of(item, f"{path}[]")


@pytest.mark.parametrize("recommendation", OUTCOMES)
def test_a_foreign_validator_of_both_drafts_accepts_it(recommendation: Recommendation) -> None:
    """Every outcome is valid in draft 7 and in 2020-12."""
    data = json.loads(as_json(recommendation))
    assert [] == [error.message for each in VALIDATORS for error in each.iter_errors(data)]


def test_the_schema_itself_is_valid_in_both_drafts() -> None:
    """The metaschemas accept it."""
    for validator in (Draft7Validator, Draft202012Validator):
        validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("system", "verdict"), "maybe"),
        (("workloads", 0, "ranking", 0, "score"), "2.0"),
        (("workloads", 0, "ranking", 0, "score"), 0.75),
        (("workloads", 0, "evidence", 0, "outcome"), "passed"),
        (("workloads", 0, "grade"), "E"),
        (("schema",), "recommendation/2"),
        (("workloads", 0, "extra"), 1),
    ],
)
def test_the_schema_rejects_what_it_should(path: tuple[Any, ...], value: Any) -> None:
    """A wrong word, a rounded score and a key too many are all errors."""
    data = json.loads(as_json(ADVICE))
    *parents, last = path
    place = data
    for parent in parents:
        place = place[parent]
    place[last] = value
    assert all(not validator.is_valid(data) for validator in VALIDATORS)


def test_it_has_the_keys_that_were_agreed() -> None:
    """The shape that programs rely on, key by key and in this order."""
    document = json.loads(as_json(ADVICE))
    workload = document["workloads"][0]
    keys = (
        *("name", "verdict", "option", "alone", "status", "grade", "possible"),
        *("possible_options", "ranking", "evidence", "rules", "assumptions", "ask_next", "flips"),
        *("confidence", "contradiction"),
    )
    of_evidence = (
        *("claim", "check", "option", "outcome", "grade", "model", "measured", "broker", "rerun"),
    )
    assert ["schema", "made_by", "system", "workloads"] == list(document)
    assert keys == tuple(workload)
    assert of_evidence == tuple(workload["evidence"][0])
    assert [{"need": "replay", "from": "none", "to": "recent"}] == workload["flips"][0]["changes"]


def test_scores_are_exact_and_open_ends_are_null() -> None:
    """-9/40 stays -9/40; an interval without an upper end has null there."""
    workload = json.loads(as_json(ADVICE))["workloads"][0]
    measured = workload["evidence"][0]["measured"]
    assert ["3/4", "-9/40", "-111/40"] == [one["score"] for one in workload["ranking"]]
    assert {"lost": 0, "finish_ms": 12.5, "rate": [100.0, None]} == measured
    because = workload["rules"][0]["because"][0]
    assert {"need": "work_queue", "given": True, "test": "== true"} == because


def test_it_ends_with_one_newline() -> None:
    """As text files do."""
    assert as_json(ADVICE).endswith("}\n")


@given(st.text())
def test_no_name_reaches_a_terminal_as_it_is(name: str) -> None:
    """Whatever a workload is called, the bytes are printable ASCII, and reading gives it back."""
    text = as_json(replace(ADVICE, workloads=(replace(TASKS, name=name),)))
    assert all(" " <= letter <= "~" or letter == "\n" for letter in text)
    assert name == json.loads(text)["workloads"][0]["name"]


def test_all_that_the_schema_requires_occurs_in_the_samples() -> None:
    """The validators above have seen every key of the schema, so none is checked in vain."""
    required = {
        key
        for part in (SCHEMA, *SCHEMA["definitions"].values())
        for key in part.get("required", ())
    }
    documents = [json.loads(as_json(outcome)) for outcome in OUTCOMES]
    written = {path.rpartition(".")[2] for path in keys_of(documents)}
    assert set() == required - written
