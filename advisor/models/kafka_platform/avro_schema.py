"""Avro schemas as trees: what is needed to tell whether one can read what another wrote.

Keeps: primitive types, records with defaults and aliases, enums with a default, fixed, arrays,
maps, unions, names with namespaces and references to types that were named before. Leaves out:
whether a default fits its type, documentation, order and logical types, none of which decides
compatibility. Source: Apache Avro specification 1.12.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_BESIDE = ("aliases", "doc", "name", "namespace")
"""What two definitions of one type may differ in."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SchemaError(Exception):
    """Not a schema."""


@dataclass(frozen=True)
class Primitive:
    """One of :data:`PRIMITIVES`."""

    type: str


@dataclass(eq=False)
class Named:
    """A type with a name; ``aliases`` are full names that writers may have used."""

    name: str
    namespace: str
    aliases: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


@dataclass(eq=False)
class Fixed(Named):
    """So many bytes."""

    size: int


@dataclass(eq=False)
class Enumeration(Named):
    """One of its symbols; ``default`` stands for symbols that a reader does not know."""

    symbols: tuple[str, ...]
    default: str | None


@dataclass(eq=False)
class Field:
    """One field of a record."""

    name: str
    schema: Schema
    has_default: bool
    aliases: tuple[str, ...]


@dataclass(eq=False)
class Record(Named):
    """Fields in their order."""

    fields: list[Field] = field(default_factory=list)


@dataclass(eq=False)
class Array:
    items: Schema


@dataclass(eq=False)
class Map:
    values: Schema


@dataclass(eq=False)
class Union:
    """One of several types."""

    branches: tuple[Schema, ...]


Schema = Primitive | Fixed | Enumeration | Record | Array | Map | Union


def parse(document: Any) -> Schema:
    """The schema that a JSON document says; SchemaError where it says none."""
    return _Parser().schema(document, "")


class _Parser:
    def __init__(self) -> None:
        self._open: dict[str, Record] = {}
        self._ended: dict[str, Schema] = {}
        self._said: dict[str, dict[str, Any]] = {}

    def schema(self, document: Any, namespace: str) -> Schema:
        if isinstance(document, str):
            return self._by_name(document, namespace)
        if isinstance(document, list):
            return self._union(document, namespace)
        if not isinstance(document, Mapping):
            raise SchemaError(f"not a schema: {document!r}")
        kind = document.get("type")
        if kind == "array":
            return Array(self._part(document, "items", namespace))
        if kind == "map":
            return Map(self._part(document, "values", namespace))
        if kind in ("record", "error", "enum", "fixed"):
            return self._definition(kind, document, namespace)
        if not isinstance(kind, str):
            raise SchemaError(f"not a type: {kind!r}")
        return self._by_name(kind, namespace)

    def _part(self, document: Mapping[str, Any], name: str, namespace: str) -> Schema:
        if name not in document:
            raise SchemaError(f"{document['type']} without {name}")
        return self.schema(document[name], namespace)

    def _by_name(self, name: str, namespace: str) -> Schema:
        if name in PRIMITIVES:
            return Primitive(name)
        full = _in(name, namespace)
        # a record that is not ended yet comes last, and is known by its full name only
        found = self._ended.get(full) or self._ended.get(name) or self._open.get(full)
        if found is None:
            raise SchemaError(f"unknown type {name!r}")
        return found

    def _union(self, documents: Sequence[Any], namespace: str) -> Union:
        branches = tuple(self.schema(one, namespace) for one in documents)
        seen = [_kind_of(branch) for branch in branches]
        if any(isinstance(branch, Union) for branch in branches) or len(set(seen)) < len(seen):
            raise SchemaError("a union in a union, or two branches of one type")
        return Union(branches)

    def _definition(self, kind: str, document: Mapping[str, Any], outer: str) -> Schema:
        name, namespace = _named(document, outer)
        aliases = tuple(_in(alias, namespace) for alias in document.get("aliases", ()))
        full = f"{namespace}.{name}" if namespace else name
        said = {key: one for key, one in document.items() if key not in _BESIDE}
        # the same once more is no contradiction
        if name in PRIMITIVES or full in self._open or self._said.get(full, said) != said:
            raise SchemaError(f"{full!r} is named twice")
        self._said[full] = said
        if kind == "fixed":
            made: Schema = Fixed(name, namespace, aliases, _size(document))
        elif kind == "enum":
            symbols, default = _symbols(document)
            made = Enumeration(name, namespace, aliases, symbols, default)
        else:
            made = self._open[full] = Record(name, namespace, aliases)
            made.fields = self._fields(document, namespace)
            del self._open[full]
        self._ended[full] = made
        return made

    def _fields(self, document: Mapping[str, Any], namespace: str) -> list[Field]:
        given = document.get("fields")
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise SchemaError("record without fields")
        fields = [self._field(one, namespace) for one in given]
        names = [one.name for one in fields]
        if len(set(names)) < len(names):
            raise SchemaError("two fields of one name")
        return fields

    def _field(self, given: Any, namespace: str) -> Field:
        if not isinstance(given, Mapping) or "type" not in given:
            raise SchemaError("field without a type")
        return Field(
            _checked(given.get("name")),
            self.schema(given["type"], namespace),
            "default" in given,
            tuple(given.get("aliases", ())),
        )


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SchemaError(f"not a name: {name!r}")
    return name


def _named(document: Mapping[str, Any], outer: str) -> tuple[str, str]:
    """Name and namespace; a name with dots brings its own."""
    given = document.get("name")
    if isinstance(given, str) and "." in given:
        namespace, _, name = given.rpartition(".")
        return _checked(name), namespace
    return _checked(given), document.get("namespace", outer)


def _in(alias: str, namespace: str) -> str:
    return alias if "." in alias or not namespace else f"{namespace}.{alias}"


def _size(document: Mapping[str, Any]) -> int:
    size = document.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise SchemaError("fixed without a size")
    return size


def _symbols(document: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    symbols = tuple(_checked(one) for one in document.get("symbols", ()))
    default = document.get("default")
    if "symbols" not in document or len(set(symbols)) < len(symbols):
        raise SchemaError("enum without symbols, or with one twice")
    if default is not None and default not in symbols:
        raise SchemaError(f"default {default!r} is no symbol")
    return symbols, default


def _kind_of(schema: Schema) -> str:
    """What may be in a union once."""
    if isinstance(schema, Primitive):
        return schema.type
    if isinstance(schema, Fixed | Enumeration | Record):
        return schema.full_name
    return type(schema).__name__
