"""A schema registry: versions of a subject's schema, and which new ones it takes.

Keeps: the compatibility modes, each against the latest version or against all (transitive); a
schema that is there already keeps its version; the first is always taken. Leaves out references
between subjects, formats other than Avro, soft deletion and the registry's own store.
Source: Confluent Platform documentation, Schema Evolution and Compatibility.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

from advisor.models.kafka_platform.avro_compatibility import can_read
from advisor.models.kafka_platform.avro_schema import Schema, parse


class Mode(Enum):
    """Who must be able to read what: new readers old data (backward), old readers new data
    (forward), or both."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"


class IncompatibleError(Exception):
    """The new schema is refused; ``version`` is the one that it does not fit."""

    def __init__(self, version: int) -> None:
        super().__init__(f"incompatible with version {version}")
        self.version = version


def _backward(new: Schema, old: Schema) -> bool:
    return can_read(new, old)


def _forward(new: Schema, old: Schema) -> bool:
    return can_read(old, new)


def _checks(mode: Mode) -> tuple[Callable[[Schema, Schema], bool], ...]:
    word = mode.value.removesuffix("_TRANSITIVE")
    checks = {"BACKWARD": (_backward,), "FORWARD": (_forward,), "FULL": (_backward, _forward)}
    return checks.get(word, ())


class Subject:
    """The versions of one subject, from 1 on."""

    def __init__(self, mode: Mode = Mode.BACKWARD) -> None:
        self.mode = mode
        self._documents: list[str] = []
        self._schemas: list[Schema] = []

    @property
    def latest(self) -> int:
        """The newest version, 0 for none."""
        return len(self._schemas)

    def register(self, document: Any) -> int:
        """The version of this schema; IncompatibleError where the mode refuses it, SchemaError
        where it is none."""
        text = json.dumps(document, sort_keys=True)
        if text in self._documents:
            return self._documents.index(text) + 1
        schema = parse(document)
        self._check(schema)
        self._documents.append(text)
        self._schemas.append(schema)
        return self.latest

    def _check(self, schema: Schema) -> None:
        oldest = 1 if self.mode.value.endswith("_TRANSITIVE") else self.latest
        for version in range(self.latest, max(oldest, 1) - 1, -1):
            old = self._schemas[version - 1]
            if not all(check(schema, old) for check in _checks(self.mode)):
                raise IncompatibleError(version)
