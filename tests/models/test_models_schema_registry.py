"""A schema registry takes and refuses versions as its mode says; Avro schemas that are none."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.models.kafka_platform.avro_compatibility import can_read
from advisor.models.kafka_platform.avro_schema import SchemaError, parse
from advisor.models.kafka_platform.schema_registry import IncompatibleError, Mode, Subject


def record(*fields: tuple[str, Any] | tuple[str, Any, Any]) -> dict[str, Any]:
    """Field name, type and, where there is a third, default."""
    made = [
        {"name": one[0], "type": one[1], **({"default": one[2]} if len(one) > 2 else {})}
        for one in fields
    ]
    return {"type": "record", "name": "Order", "fields": made}


PLAIN = record(("id", "long"))
ADDED = record(("id", "long"), ("note", "string"))
ADDED_WITH_DEFAULT = record(("id", "long"), ("note", "string", ""))


@pytest.mark.parametrize(
    ("mode", "second", "taken"),
    [
        (Mode.BACKWARD, ADDED, False),
        (Mode.BACKWARD, ADDED_WITH_DEFAULT, True),
        (Mode.FORWARD, ADDED, True),
        (Mode.FULL, ADDED, False),
        (Mode.FULL, ADDED_WITH_DEFAULT, True),
        (Mode.NONE, record(("other", "bytes")), True),
    ],
)
def test_a_second_version(mode: Mode, second: dict[str, Any], taken: bool) -> None:
    subject = Subject(mode)
    assert 1 == subject.register(PLAIN)
    try:
        assert 2 == subject.register(second)
        assert taken
    except IncompatibleError as error:
        assert not taken
        assert 1 == error.version


@pytest.mark.parametrize(
    ("mode", "taken"), [(Mode.BACKWARD, True), (Mode.BACKWARD_TRANSITIVE, False)]
)
def test_transitive_looks_at_every_version(mode: Mode, taken: bool) -> None:
    """The default that the second version had was what read the first; the third has none."""
    subject = Subject(mode)
    subject.register(PLAIN)
    subject.register(ADDED_WITH_DEFAULT)
    try:
        subject.register(ADDED)
        assert taken
    except IncompatibleError as error:
        assert not taken
        assert 1 == error.version


def test_what_is_there_keeps_its_version() -> None:
    subject = Subject()
    subject.register(PLAIN)
    subject.register(ADDED_WITH_DEFAULT)
    assert 1 == subject.register(dict(reversed(PLAIN.items())))
    assert 2 == subject.latest


def test_a_recursive_record_reads_itself() -> None:
    tree = record(("left", ["null", "Order"]), ("value", "int"))
    wider = record(("left", ["null", "Order"]), ("value", "long"))
    assert can_read(parse(wider), parse(tree))
    assert not can_read(parse(tree), parse(wider))


@pytest.mark.parametrize(
    "document",
    [
        "number",
        7,
        {"type": "array"},
        {"type": {"type": "int"}},
        {"type": "record", "name": "R"},
        {"type": "record", "name": "1R", "fields": []},
        {"type": "record", "name": "R", "fields": ["f"]},
        record(("a", "int"), ("a", "int")),
        {"type": "enum", "name": "E"},
        {"type": "enum", "name": "E", "symbols": ["A", "A"]},
        {"type": "enum", "name": "E", "symbols": ["A"], "default": "B"},
        {"type": "fixed", "name": "F", "size": -1},
        ["int", "int"],
        ["int", ["null"]],
        [{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 2}],
    ],
)
def test_what_is_no_schema(document: Any) -> None:
    with pytest.raises(SchemaError):
        parse(document)


def test_a_name_with_dots_brings_its_namespace() -> None:
    inner = {"type": "fixed", "name": "F", "size": 4}
    outer = {"type": "record", "name": "a.b.R", "fields": [{"name": "f", "type": inner}]}
    parsed = parse(outer)
    assert can_read(parsed, parse({**outer, "name": "R", "namespace": "other"}))
