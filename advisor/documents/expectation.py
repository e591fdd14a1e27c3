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
    """For example ``a whole number from 1 to 1,000, "unknown" or {min, max}``."""
    parts = list(dict.fromkeys(_alternatives(root, schema)))
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]


def _alternatives(root: Schema, schema: Schema) -> Iterator[str]:
    schema = resolved(root, schema)
    if "x-form" in schema:
        yield str(schema["x-form"])
    elif "anyOf" in schema or "oneOf" in schema:
        for part in schema.get("anyOf", schema.get("oneOf", ())):
            yield from _alternatives(root, part)
    elif "const" in schema:
        yield _literal(schema["const"])
    elif "enum" in schema:
        yield from map(_literal, schema["enum"])
    else:
        yield _typed(schema)


def _typed(schema: Schema) -> str:
    kind = schema.get("type", "")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind in ("number", "integer"):
        return ("a whole number" if kind == "integer" else "a number") + _range(schema)
    if kind == "object" and 0 < len(schema.get("properties", {})) <= 3:
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
