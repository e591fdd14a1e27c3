"""Holds a document against a JSON Schema and says each fault in one plain sentence.

The schemas keep to what drafts 07 and 2020-12 share. Infinite and not-a-number are no numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from advisor.documents.document import Document
from advisor.documents.escape import did_you_mean, nearest, quoted
from advisor.documents.expectation import expectation, resolved, words_of
from advisor.documents.folders import schemas_folder
from advisor.domain.problem import Problem

_OWNERS_MAX = 2
_KIND_FAULTS = frozenset({"type", "const", "enum"})
_BOOLEAN_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})


class Fault(Protocol):
    """What is read of an error of jsonschema."""

    validator: str
    validator_value: Any
    instance: Any
    schema: Mapping[str, Any]
    message: str
    path: Iterable[str | int]
    schema_path: Sequence[str | int]
    absolute_path: Iterable[str | int]
    absolute_schema_path: Iterable[str | int]
    context: Iterable[Fault]


@cache
def schema_of(name: str) -> Mapping[str, Any]:
    """The schema ``schemas/<name>.schema.json``."""
    text = (schemas_folder() / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


def check_schema(document: Document, schema_name: str) -> list[Problem]:
    """Every fault of ``document`` against ``schemas/<schema_name>.schema.json``, in file order."""
    errors = _validator(schema_name).iter_errors(document.data)
    reporter = _Reporter(document, schema_of(schema_name))
    return sorted(set(reporter.problems(errors)))


@cache
def _validator(name: str) -> Any:
    from jsonschema.validators import extend, validator_for

    schema = schema_of(name)
    kind = validator_for(schema)
    checker = kind.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_whole)
    extended: Any = extend
    return extended(kind, type_checker=checker)(schema)


def _is_number(_checker: object, value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _is_whole(_checker: object, value: object) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


class _Reporter:
    """Turns the errors of jsonschema into problems of one document."""

    def __init__(self, document: Document, root: Mapping[str, Any]) -> None:
        self.document = document
        self.root = root

    def problems(self, errors: Iterable[Fault]) -> Iterator[Problem]:
        found = list(errors)
        unknown = {
            (*error.absolute_path, near)
            for error in found
            if error.validator == "additionalProperties"
            for key in _extra_keys(error)
            if (near := _nearest_key(error, key)) is not None
        }
        for error in found:
            if error.validator in ("anyOf", "oneOf"):
                yield from self._of_branches(error)
            elif error.validator == "additionalProperties":
                yield from self._unknown_keys(error)
            elif error.validator == "required":
                if (*error.absolute_path, _missing_key(error)) not in unknown:
                    yield self._missing(error)
            else:
                yield self._value(error, error.schema)

    def _unknown_keys(self, error: Fault) -> Iterator[Problem]:
        valid = list(error.schema.get("properties", {}))
        for key in _extra_keys(error):
            owners = _owners(self.root, key)
            hint = did_you_mean(key, valid)
            if 0 < len(owners) <= _OWNERS_MAX:
                hint = f"it belongs under {' or '.join(quoted(owner) for owner in owners)}"
            elif not hint and len(valid) <= 8:
                hint = "valid here: " + ", ".join(sorted(valid))
            position = self.document.key_position(*error.absolute_path, key)
            yield Problem(position, f"unknown key {quoted(key)}", hint)

    def _missing(self, error: Fault) -> Problem:
        path = tuple(error.absolute_path)
        message = f"{_subject(path)} lacks the key {quoted(_missing_key(error))}"
        return Problem(self.document.position(*path), message)

    def _of_branches(self, error: Fault) -> Iterator[Problem]:
        """The faults of the branch that was meant; one fault of the whole if none was."""
        branches: dict[int, list[Fault]] = {}
        for part in error.context:
            branches.setdefault(int(part.schema_path[0]), []).append(part)
        meant = {
            index: parts
            for index, parts in branches.items()
            if not any(not part.path and part.validator in _KIND_FAULTS for part in parts)
        }
        if not meant:
            yield self._value(error, error.schema)
            return
        schemas = error.schema[error.validator]

        def likeness(index: int) -> tuple[int, int]:
            named = resolved(self.root, schemas[index]).get("properties", {})
            keys = error.instance if isinstance(error.instance, dict) else {}
            return (-sum(key in named for key in keys), len(meant[index]))

        yield from self.problems(meant[min(meant, key=likeness)])

    def _value(self, error: Fault, schema: Mapping[str, Any]) -> Problem:
        path = tuple(error.absolute_path)
        expected = expectation(self.root, schema)
        if "propertyNames" in error.absolute_schema_path:
            position = self.document.key_position(*path, error.instance)
            return Problem(position, f"the name {_shown(error.instance)} must be {expected}")
        if error.validator == "uniqueItems":
            message = f"{_subject(path)} names something twice"
            return self.document.problem(path, message)
        message = f"{_subject(path)} must be {expected}, not {_shown(error.instance)}"
        return self.document.problem(path, message, _hint(self.root, schema, error.instance))


def _extra_keys(error: Fault) -> list[str]:
    valid = error.schema.get("properties", {})
    return [key for key in error.instance if key not in valid]


def _nearest_key(error: Fault, key: str) -> str | None:
    return nearest(key, error.schema.get("properties", {}))


def _missing_key(error: Fault) -> str:
    required: list[str] = error.validator_value
    return next(key for key in required if f"{key!r} is a required" in error.message)


def _owners(root: Mapping[str, Any], key: str) -> list[str]:
    """The keys under which the schema has ``key`` elsewhere."""
    found: set[str] = set()

    def walk(schema: Any, owner: str, depth: int) -> None:
        schema = resolved(root, schema) if isinstance(schema, Mapping) else {}
        named = schema.get("properties", {})
        if key in named and owner:
            found.add(owner)
        if depth:
            for name, part in named.items():
                walk(part, name, depth - 1)
            for part in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("allOf", ())):
                walk(part, owner, depth - 1)

    walk(root, "", 8)
    return sorted(found)


def _subject(path: tuple[str | int, ...]) -> str:
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return quoted(last)
    owner = path[-2] if len(path) > 1 else ""
    return f"entry {last + 1} of {quoted(owner) if isinstance(owner, str) and owner else 'a list'}"


def _shown(value: object) -> str:
    match value:
        case bool() | None:
            return {True: "true", False: "false", None: "nothing"}[value]
        case float() if not math.isfinite(value):
            return {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
        case int() | float():
            return f"{value:.15g}" if abs(value) < 1e300 else "a number far too large"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list" if value else "an empty list"
        case _:
            return "a mapping" if value else "an empty mapping"


def _hint(root: Mapping[str, Any], schema: Mapping[str, Any], value: object) -> str:
    if not isinstance(value, str):
        return ""
    words = words_of(root, schema)
    if hint := did_you_mean(value, words):
        return hint
    expected = expectation(root, schema)
    if value.casefold() in _BOOLEAN_WORDS and "true or false" in expected:
        return "YAML 1.2 reads only true and false as truth values"
    if "number" in expected and value[:1].isdigit():
        return "write a plain number such as 1000, without quotes, separators or a unit"
    return ""
