"""Pairs of Avro schemas: one made at random, the other made from it by a few changes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
NAMES = ("A", "B", "C", "D")
FIELDS = ("a", "b", "c", "d", "e")
SYMBOLS = ("X", "Y", "Z", "W")
SPACES = ("", "n", "m.o")


class Maker:
    """Makes schemas; a name is defined once in each and may be referred to afterwards."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.defined: list[str] = []

    def schema(self, depth: int = 3) -> Any:
        kinds: list[Callable[[int], Any]] = [self._primitive, self._primitive]
        if depth > 0:
            kinds += [self._record, self._record, self._enum, self._fixed, self._array, self._map]
            kinds += [self._union, self._reference]
        return self.random.choice(kinds)(depth)

    def _primitive(self, _: int) -> Any:
        name = self.random.choice(PRIMITIVES)
        return {"type": name} if self.random.random() < 0.1 else name

    def _reference(self, depth: int) -> Any:
        return self.random.choice(self.defined) if self.defined else self._primitive(depth)

    def _named(self, kind: str) -> dict[str, Any] | None:
        free = [name for name in NAMES if not any(one.endswith(name) for one in self.defined)]
        if not free:
            return None
        name = self.random.choice(free)
        space = self.random.choice(SPACES)
        self.defined.append(f"{space}.{name}" if space else name)
        made: dict[str, Any] = {"type": kind, "name": name, "namespace": space}
        if self.random.random() < 0.2:
            made["aliases"] = [self.random.choice((*NAMES, "n.A", "m.o.B"))]
        return made

    def _record(self, depth: int) -> Any:
        made = self._named("record")
        if made is None:
            return self._primitive(depth)
        names = self.random.sample(FIELDS, self.random.randint(0, 3))
        made["fields"] = [self.field(name, depth - 1) for name in names]
        return made

    def field(self, name: str, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {"name": name, "type": self.schema(depth)}
        if self.random.random() < 0.4:
            made["default"] = None
        if self.random.random() < 0.2:
            made["aliases"] = [self.random.choice(FIELDS)]
        return made

    def _enum(self, depth: int) -> Any:
        made = self._named("enum")
        if made is None:
            return self._primitive(depth)
        made["symbols"] = self.random.sample(SYMBOLS, self.random.randint(1, 4))
        if self.random.random() < 0.3:
            made["default"] = self.random.choice(made["symbols"])
        return made

    def _fixed(self, depth: int) -> Any:
        made = self._named("fixed")
        if made is None:
            return self._primitive(depth)
        made["size"] = self.random.choice((4, 8))
        return made

    def _array(self, depth: int) -> Any:
        return {"type": "array", "items": self.schema(depth - 1)}

    def _map(self, depth: int) -> Any:
        return {"type": "map", "values": self.schema(depth - 1)}

    def _union(self, depth: int) -> Any:
        return [self.schema(depth - 1) for _ in range(self.random.randint(1, 3))]


def parts_of(schema: Any) -> Iterator[Any]:
    """Every schema and field in it that can be changed in place."""
    if isinstance(schema, list):
        yield schema
        for branch in schema:
            yield from parts_of(branch)
    elif isinstance(schema, dict):
        yield schema
        for name in ("items", "values", "type"):
            yield from parts_of(schema.get(name))
        for field in schema.get("fields", ()):
            yield from parts_of(field)


def changed(schema: Any, random: Random) -> Any:
    """The same with one to three changes of the kinds that schemas see in their lives."""
    holder = {"type": copy.deepcopy(schema)}
    for _ in range(random.randint(1, 3)):
        _change(random.choice(list(parts_of(holder))), random)
    return holder["type"]


def _change(part: Any, random: Random) -> None:
    maker = Maker(random)
    maker.defined = list(NAMES)
    if isinstance(part, list):
        if part and random.random() < 0.5:
            part.pop(random.randrange(len(part)))
        else:
            part.insert(random.randint(0, len(part)), random.choice(PRIMITIVES))
    elif "fields" in part:
        _change_record(part, maker)
    elif "symbols" in part:
        part["symbols"] = random.sample(SYMBOLS, random.randint(1, 4))
        part.pop("default", None)
        if random.random() < 0.4:
            part["default"] = random.choice(part["symbols"])
    elif "size" in part:
        part["size"] = random.choice((4, 8))
    elif "items" in part or "values" in part:
        part["items" if "items" in part else "values"] = maker.schema(0)
    elif random.random() < 0.5:
        part["type"] = [part["type"], random.choice(PRIMITIVES)]
    else:
        part["type"] = maker.schema(0)


def _change_record(record: dict[str, Any], maker: Maker) -> None:
    random, fields = maker.random, record["fields"]
    how = random.randrange(5)
    if how == 0 and fields:
        fields.pop(random.randrange(len(fields)))
    elif how == 1:
        free = [name for name in FIELDS if all(one["name"] != name for one in fields)]
        if free:
            fields.append(maker.field(random.choice(free), 0))
    elif how == 2 and fields:
        one = random.choice(fields)
        one["aliases"] = [one["name"]]
        one["name"] = random.choice(FIELDS)
    elif how == 3 and fields:
        one = random.choice(fields)
        if "default" in one:
            del one["default"]
        else:
            one["default"] = None
    else:
        record["aliases"] = [record["name"]]
        record["name"] = random.choice(NAMES)


def pair(seed: int) -> tuple[Any, Any]:
    """A reader's and a writer's schema."""
    random = Random(seed)
    schema = Maker(random).schema()
    while isinstance(schema, str):
        schema = Maker(random).schema()
    other = changed(schema, random) if random.random() < 0.9 else Maker(random).schema()
    return (schema, other) if random.random() < 0.5 else (other, schema)
