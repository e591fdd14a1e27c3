"""What a piece of a JSON Schema asks for, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.documents.escape import quoted

Schema = Mapping[str, Any]

_TYPES = {
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def resolved(root: Schema, schema: Schema) -> Schema:
    """``schema`` with a reference inside ``root`` followed, and the parts of ``allOf`` joined."""
    while "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    if "allOf" not in schema:
        return schema
    joined: dict[str, Any] = {}
    for part in schema["allOf"]:
        joined.update(resolved(root, part))
    return {**joined, **{key: value for key, value in schema.items() if key != "allOf"}}


def expectation(root: Schema, schema: Schema) -> str:
    """For example ``a whole number from 1 to 1000, "unknown" or {min, max}``."""
    schema = resolved(root, schema)
    if "x-form" in schema:
        return str(schema["x-form"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _either([expectation(root, part) for part in schema[key]])
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return _either([_literal(value) for value in schema["enum"]])
    kind = schema.get("type", "")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind in ("number", "integer"):
        return ("a whole number" if kind == "integer" else "a number") + _range(schema)
    if kind == "object" and "properties" in schema and len(schema["properties"]) <= 3:
        return "{" + ", ".join(schema["properties"]) + "}"
    if kind == "string" and schema.get("minLength"):
        return "text that is not empty" + _length(schema)
    return _TYPES.get(kind, "something else") + _length(schema)


def words_of(root: Schema, schema: Schema) -> Iterator[str]:
    """The texts that the schema names as values."""
    schema = resolved(root, schema)
    for key in ("anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from words_of(root, part)
    for value in (schema.get("const"), *schema.get("enum", ())):
        if isinstance(value, str):
            yield value


def _literal(value: object) -> str:
    match value:
        case str():
            return quoted(value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _either(parts: list[str]) -> str:
    unique = list(dict.fromkeys(parts))
    if len(unique) == 1:
        return unique[0]
    return ", ".join(unique[:-1]) + " or " + unique[-1]


def _range(schema: Schema) -> str:
    least, greatest = schema.get("minimum"), schema.get("maximum")
    if least is not None and greatest is not None:
        return f" from {least:,} to {greatest:,}"
    if least is not None:
        return f" of at least {least:,}"
    return f" of at most {greatest:,}" if greatest is not None else ""


def _length(schema: Schema) -> str:
    if "maxLength" in schema:
        return f" of at most {schema['maxLength']} characters"
    if "minItems" in schema and "maxItems" in schema:
        return f" of {schema['minItems']} to {schema['maxItems']} entries"
    if "minItems" in schema:
        return f" of at least {schema['minItems']}"
    return f" of at most {schema['maxItems']} entries" if "maxItems" in schema else ""
