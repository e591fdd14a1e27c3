"""A YAML file as plain values, with the place of every value kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from advisor.domain.problem import Position, Problem

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | float | bool | None"


class Mark(Protocol):
    """A place as the YAML parser counts it: from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """Where a value begins; ``keys`` has the place of each key of a mapping."""

    mark: Mark
    items: list[Node] | dict[str, Node] | None = None
    keys: dict[str, Mark] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: ``data`` as YAML 1.2 core values, ``content`` the bytes it was read from.

    Positions are worked out only when asked for.
    """

    file: str
    data: Data
    content: bytes
    root: Node

    def position(self, *path: str | int) -> Position:
        """Where the value at ``path`` begins; of its nearest ancestor if it is not there."""
        node = self.root
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            node = child
        return self._at(node.mark)

    def key_position(self, *path: str | int) -> Position:
        """Where the key that ``path`` ends with begins; as :meth:`position` if it is no key."""
        *parents, last = path
        node: Node | None = self.root
        for step in parents:
            node = _child(node, step) if node is not None else None
        mark = (node.keys or {}).get(str(last)) if node is not None else None
        return self.position(*path) if mark is None else self._at(mark)

    def problem(self, path: tuple[str | int, ...], message: str, hint: str = "") -> Problem:
        """A problem of the value at ``path``."""
        return Problem(self.position(*path), message, hint)

    def _at(self, mark: Mark) -> Position:
        return Position(self.file, mark.line + 1, mark.column + 1)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node.items, dict):
        return node.items.get(str(step))
    if isinstance(node.items, list) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None
