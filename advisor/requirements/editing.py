"""Changes single values of a requirements file; every other byte stays, comments and line ends too.

A value that stands there is replaced where it stands; one that is absent is added behind its
neighbours, in their style (block or flow) and indentation. What cannot be edited so that the file
then says exactly what it said before and the new value, because of an alias for example, is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.documents import Data, Document, Extent, extents, read_yaml
from advisor.domain.problem import InputError, Position, Problem
from advisor.requirements.writing import flow

Place = tuple[str | int, ...]

_BOM = "\ufeff"
_INDENT = 2
_BEHIND = {"team": "system"}
"""The key behind which a new one goes; all others go last."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``value`` as the file writes it; mappings on the way to ``place`` are made where absent.

    A number in ``place`` that is the length of the list appends to it.
    """

    place: Place
    value: Data


def edited(document: Document, edits: Sequence[Edit]) -> Document:
    """The document with these values; raises InputError where an edit cannot be made in place."""
    for edit in edits:
        document = _edited(document, edit)
    return document


def _edited(document: Document, edit: Edit) -> Document:
    expected = _expected(document.data, edit)
    if _same(expected, document.data):
        return document
    text = document.content.decode("utf-8")
    mark = _BOM if text.startswith(_BOM) else ""
    after = mark + _Editor(text.removeprefix(_BOM)).with_value(edit)
    path = Path(document.file)
    try:
        changed = read_yaml(path, text=after.encode("utf-8"))
    except InputError:
        raise _refusal(document, edit) from None
    if not _same(expected, changed.data):
        raise _refusal(document, edit)
    return changed


def _refusal(document: Document, edit: Edit) -> InputError:
    place = Position(document.file, *_line_and_column(document, edit.place))
    name = ".".join(map(str, edit.place))
    hint = "change it by hand, or write another file with --output"
    return InputError(Problem(place, f"{name} cannot be changed in place", hint))


def _line_and_column(document: Document, place: Place) -> tuple[int, int]:
    position = document.position(*place)
    return position.line, position.column


def _same(one: Data, other: Data) -> bool:
    """Equal, and of the same kinds: 1 is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other


def _copied(data: Data) -> Data:
    """A copy in which nothing is shared, as aliases are, so that one place changes alone."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data


def _expected(data: Data, edit: Edit) -> Data:
    result = {} if data is None else _copied(data)
    here: Data = result
    for step, after in zip(edit.place, (*edit.place[1:], None), strict=True):
        value: Data = edit.value if after is None else {}
        if isinstance(here, list) and isinstance(step, int):
            if step == len(here):
                here.append(value)
            elif after is None or here[step] is None:
                here[step] = value
            here = here[step]
        elif isinstance(here, dict) and isinstance(step, str):
            if after is None or here.get(step) is None:
                here[step] = value
            here = here[step]
        else:
            raise KeyError(edit.place)
    return result


class _Editor:
    """One text with its extents."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = extents(text)
        first = text.find("\n")
        self.newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"

    def with_value(self, edit: Edit) -> str:
        node, rest = self.root, edit.place
        column = 0
        while rest and (child := node.child(rest[0])) is not None:
            column = self._key_column(node, rest[0], column)
            node, rest = child, rest[1:]
        if not rest:
            return self._replaced(node, flow(edit.value))
        if node.entries is None and node.items is None:
            return self._filled(node, rest, edit.value, column)
        return self._added(node, rest, edit.value)

    def _replaced(self, node: Extent, value: str) -> str:
        space = " " if node.empty and self.text[node.start - 1 : node.start] in (":", "-") else ""
        if node.children and not node.flow:  # block items may stand no deeper than their key
            space = " " * _INDENT
        return self.text[: node.start] + space + value + self.text[node.end :]

    def _filled(self, node: Extent, rest: Place, value: Data, column: int) -> str:
        """In place of nothing (an absent value, ``null``): a mapping in flow style, or lines."""
        if not node.empty or self._inside_flow(node):
            return self._replaced(node, flow(_nested(rest, value)))
        lines = _lines(rest, value, column + _INDENT)
        return self._after_line(node.start, lines)

    def _added(self, node: Extent, rest: Place, value: Data) -> str:
        step = rest[0]
        if node.flow:
            inner = flow(_nested(rest[1:], value))
            entry = inner if isinstance(step, int) else f"{flow(step)}: {inner}"
            if node.children:
                return self._inserted(node.children[-1].end, f", {entry}")
            return self._inserted(node.start + 1, entry)
        column = self._column(node.start)
        last = node.child(_BEHIND.get(str(step), "")) or node.children[-1]
        return self._after_line(last.end, _lines(rest, value, column))

    def _inside_flow(self, node: Extent) -> bool:
        """Whether a bracket is open where the node stands."""

        def within(here: Extent) -> bool:
            if here is node:
                return False
            inside = here.start <= node.start and node.end <= here.end
            return inside and (here.flow or any(map(within, here.children)))

        return within(self.root)

    def _key_column(self, node: Extent, step: str | int, before: int) -> int:
        """The column that children of the value under this key are indented from."""
        for name, key, _value in node.entries or ():
            if name == step:
                return self._column(key.start)
        return before if node.items is None else self._column(node.start)

    def _column(self, place: int) -> int:
        return place - (self.text.rfind("\n", 0, place) + 1)

    def _inserted(self, place: int, new: str) -> str:
        return self.text[:place] + new + self.text[place:]

    def _after_line(self, place: int, lines: Sequence[str]) -> str:
        """New lines below the line of ``place``; a block scalar ends where a line begins."""
        new = self.newline.join(lines)
        if place > 0 and self.text[place - 1] == "\n":
            return self._inserted(place, new + self.newline)
        end = self.text.find("\n", place)
        if end < 0:
            return self.text + self.newline + new
        return self._inserted(end + 1, new + self.newline)


def _nested(rest: Place, value: Data) -> Data:
    for step in reversed(rest):
        value = {str(step): value}
    return value


def _lines(rest: Place, value: Data, column: int) -> list[str]:
    """Block lines that say it, the last value in flow style."""
    margin = " " * column
    step, *deeper = rest
    if isinstance(step, int):
        if isinstance(value, Mapping) and not deeper:
            keys = [f"{flow(key)}: {flow(own)}" for key, own in value.items()]
            return [f"{margin}- {keys[0]}", *(f"{margin}  {key}" for key in keys[1:])]
        return [f"{margin}- {flow(_nested(tuple(deeper), value))}"]
    if not deeper:
        return [f"{margin}{flow(step)}: {flow(value)}"]
    return [f"{margin}{flow(step)}:", *_lines(tuple(deeper), value, column + _INDENT)]
