"""Whether a reader's schema can read all that a writer's schema can write.

Keeps: promotions of numbers and between bytes and string, records by field name and alias with the
reader's defaults, enums with the reader's default, unions on either side, names by their last part
or an alias of the reader, recursion. The same verdicts as ``SchemaCompatibility`` of Apache Avro
1.12, against which it is held.
"""

from __future__ import annotations

from advisor.models.kafka_platform.avro_schema import (
    Array,
    Enumeration,
    Field,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Schema,
    SchemaError,
    Union,
)

PROMOTED = {
    "long": {"int"},
    "float": {"int", "long"},
    "double": {"int", "long", "float"},
    "bytes": {"string"},
    "string": {"bytes"},
}
"""From which types each can be read, beside itself."""


def can_read(reader: Schema, writer: Schema) -> bool:
    """SchemaError where a reader's field meets fields of the writer by several of its names, which
    is looked for in all that is compared."""
    return _Pairs().can_read(reader, writer)


class _Pairs:
    """Pairs under way count as readable, so that recursion ends."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], bool] = {}

    def can_read(self, reader: Schema, writer: Schema) -> bool:
        pair = (id(reader), id(writer))
        if pair not in self._seen:
            self._seen[pair] = True
            self._seen[pair] = self._decide(reader, writer)
        return self._seen[pair]

    def _decide(self, reader: Schema, writer: Schema) -> bool:
        if isinstance(writer, Union):
            branches = [self.can_read(reader, branch) for branch in writer.branches]
            return all(branches)
        if isinstance(reader, Union):
            return any(self.can_read(branch, writer) for branch in reader.branches)
        if isinstance(reader, Primitive):
            return isinstance(writer, Primitive) and _promotes(reader.type, writer.type)
        if isinstance(reader, Array):
            return isinstance(writer, Array) and self.can_read(reader.items, writer.items)
        if isinstance(reader, Map):
            return isinstance(writer, Map) and self.can_read(reader.values, writer.values)
        if isinstance(reader, Record):
            return isinstance(writer, Record) and self._has_all(reader, writer)
        if isinstance(reader, Fixed):
            return (
                isinstance(writer, Fixed)
                and reader.size == writer.size
                and _same_name(reader, writer)
            )
        return (
            isinstance(writer, Enumeration)
            and (reader.default is not None or set(writer.symbols) <= set(reader.symbols))
            and _same_name(reader, writer)
        )

    def _has_all(self, reader: Record, writer: Record) -> bool:
        fields = [self._has(field, writer) for field in reader.fields]
        return all(fields) and _same_name(reader, writer)

    def _has(self, field: Field, writer: Record) -> bool:
        by_name = {one.name: one for one in writer.fields}
        found = [by_name[name] for name in (field.name, *field.aliases) if name in by_name]
        if len(found) > 1:
            raise SchemaError(f"field {field.name!r} matches several fields of the writer")
        if found:
            return self.can_read(field.schema, found[0].schema)
        return field.has_default


def _same_name(reader: Named, writer: Named) -> bool:
    return reader.name == writer.name or writer.full_name in reader.aliases


def _promotes(reader: str, writer: str) -> bool:
    return reader == writer or writer in PROMOTED.get(reader, ())
