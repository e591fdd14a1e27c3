"""Where each value of a YAML text begins and ends, for edits that leave every other byte alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from advisor.documents.reading import parser_of


@dataclass(slots=True)
class Extent:
    """The characters ``start`` to ``end`` of one value, comments after it not among them.

    ``entries`` has key and value of each entry of a mapping, ``items`` the values of a list. The
    extent of an alias is its own, not that of what it stands for; it has no entries.
    """

    start: int
    end: int
    flow: bool = False
    entries: list[tuple[str, Extent, Extent]] | None = None
    items: list[Extent] | None = None
    empty: bool = False
    children: list[Extent] = field(default_factory=list)

    def child(self, step: str | int) -> Extent | None:
        """The value under a key or at a place, None if there is none."""
        if isinstance(step, int):
            return self.items[step] if self.items and step < len(self.items) else None
        return next((value for key, _, value in self.entries or () if key == step), None)


def extents(text: str) -> Extent:
    """The extent of the one document in ``text``, which was read without faults before."""
    return _Extents(parser_of(text)).root()


class _Extents:
    def __init__(self, parser: Any) -> None:
        self.parser = parser

    def root(self) -> Extent:
        self.parser.get_event()
        self.parser.get_event()
        return self._value(self.parser.get_event())

    def _value(self, event: Any) -> Extent:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            return self._collection(event, isinstance(event, yaml.MappingStartEvent))
        return Extent(start, end, empty=start == end)

    def _collection(self, begin: Any, mapping: bool) -> Extent:
        found = Extent(begin.start_mark.index, begin.end_mark.index, flow=bool(begin.flow_style))
        ends = yaml.MappingEndEvent if mapping else yaml.SequenceEndEvent
        event: Any
        while not isinstance(event := self.parser.get_event(), ends):
            found.children.append(self._value(event))
            if mapping:
                self._entry(found, event)
        if not mapping:
            found.items = found.children
        elif found.entries is None:
            found.entries = []
        closing: Any = event
        found.end = closing.end_mark.index if found.flow else found.children[-1].end
        return found

    def _entry(self, found: Extent, event: Any) -> None:
        key = found.children[-1]
        value = self._value(self.parser.get_event())
        found.children.append(value)
        entries = found.entries if found.entries is not None else []
        entries.append((str(event.value), key, value))
        found.entries = entries
