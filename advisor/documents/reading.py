"""Reads one YAML file: YAML 1.2 core values, every place kept, every misuse an error with a place.

Keeps: block and flow style, anchors and aliases (expanded at most to ``VALUES_MAX`` values), the
core tags. Leaves out, as errors: other tags, several documents, keys that are not text, the same
key twice, nesting deeper than ``DEPTH_MAX``, files larger than ``BYTES_MAX``. ``<<`` is a key like
any other. Parses with libyaml where PyYAML has it, otherwise with PyYAML's own, slower parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml

from advisor.documents.document import Data, Document, Mark, Node
from advisor.documents.escape import escape_text, quoted
from advisor.documents.scalars import CORE, plain_scalar, tagged_scalar
from advisor.domain.problem import InputError, Position, Problem, UnreadableError

BYTES_MAX = 1_000_000
DEPTH_MAX = 64
VALUES_MAX = 100_000

_NO_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLLECTION_AS_KEY = "a key must be text, not a list or a mapping"
_HINTS = {
    "mapping values are not allowed": "quote text that holds a colon, and check the indentation",
    "cannot start any token": "quote text that begins with a special character",
    "could not find expected ':'": "a key needs a colon and a space after it",
    "end of stream while scanning a quoted scalar": "a closing quote is missing",
    "while parsing a flow": "a closing bracket or a comma is missing",
    "expected <block end>": "check the indentation",
    "did not find expected key": "check the indentation",
    "did not find expected '-' indicator": "check the indentation",
}


def read_yaml(path: Path, *, text: bytes | None = None) -> Document:
    """The document in ``path``, or in ``text`` as if it had been read from there.

    Raises UnreadableError if the file cannot be read, InputError with the place for anything
    wrong in it.
    """
    file = str(path)
    content = _content(path) if text is None else text
    data, root = _Builder(file, _decoded(file, content)).build()
    return Document(file, data, content, root)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(BYTES_MAX + 1)
    except FileNotFoundError:
        reason = "no such file"
    except IsADirectoryError:
        reason = "is a folder, not a file"
    except PermissionError:
        reason = "no permission to read it"
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise UnreadableError(Problem(Position(str(path)), reason))


def _decoded(file: str, content: bytes) -> str:
    if len(content) > BYTES_MAX:
        raise InputError(Problem(Position(file), f"larger than {BYTES_MAX:,} bytes"))
    try:
        decoded = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        message = f"not UTF-8: byte 0x{content[error.start]:02x}"
        raise InputError(Problem(_end_of(file, before), message, "save it as UTF-8")) from None
    if (strange := _NO_YAML.search(decoded)) is not None:
        message = f"the character {escape_text(strange[0])} is not allowed in YAML"
        raise InputError(Problem(_end_of(file, decoded[: strange.start()]), message))
    return decoded


def _end_of(file: str, before: str) -> Position:
    lines = (before.removeprefix("\ufeff") + "x").splitlines()
    return Position(file, len(lines), len(lines[-1]))


def _parser(text: str) -> Any:
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _python_parser(text)
    return CParser(text)


def _python_parser(text: str) -> Any:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PythonParser(text)


class _Builder:
    """Turns the parser's events into values and nodes; never calls itself, so depth is safe."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.parser = _parser(text)
        self.text = text
        self.values = 0
        self.anchors: dict[str, tuple[Data, Node, int] | None] = {}

    def build(self) -> tuple[Data, Node]:
        try:
            built = self._document()
        except yaml.MarkedYAMLError as error:
            self._broken(error)
        return built

    def _document(self) -> tuple[Data, Node]:
        event: Callable[[], Any] = self.parser.get_event
        event()
        first = event()
        if isinstance(first, yaml.StreamEndEvent):
            self._fail(None, "the file is empty")
        data, root = self._value()
        event()
        if not isinstance(after := event(), yaml.StreamEndEvent):
            self._fail(after.start_mark, "a second document begins here", "one file, one document")
        if data is None:
            self._fail(None, "the file is empty")
        return data, root

    def _value(self) -> tuple[Data, Node]:
        """The next whole value. ``stack`` holds the open collections, innermost last."""
        get: Callable[[], Any] = self.parser.get_event
        stack: list[_Open] = []
        while True:
            event = get()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                data, node = self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, stack)
                continue
            elif kind is yaml.AliasEvent:
                data, node = self._alias(event)
            else:
                data, node = self._close(stack)
            if not stack:
                return data, node
            self._place(stack[-1], data, node)

    def _scalar(self, event: Any) -> tuple[Data, Node]:
        self._count(1, event.start_mark)
        text, tag = event.value, event.tag
        try:
            if tag is not None:
                data = text if tag == "!" else tagged_scalar(tag, text)
            else:
                data = plain_scalar(text) if event.implicit[0] else text
        except KeyError:
            self._unknown_tag(event)
        except ValueError as error:
            self._fail(event.start_mark, f"not a valid value: {escape_text(str(error))}")
        node = Node(event.start_mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = (data, node, 1)
        return data, node

    def _open(self, event: Any, stack: list[_Open]) -> None:
        self._count(1, event.start_mark)
        if len(stack) >= DEPTH_MAX:
            self._fail(event.start_mark, f"nested more than {DEPTH_MAX} deep")
        if stack and stack[-1].key is None and isinstance(stack[-1].data, dict):
            self._fail(event.start_mark, _COLLECTION_AS_KEY)
        mapping = type(event) is yaml.MappingStartEvent
        if event.tag not in (None, "!", CORE + ("map" if mapping else "seq")):
            self._unknown_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        stack.append(_Open(event, {} if mapping else [], self.values))

    def _close(self, stack: list[_Open]) -> tuple[Data, Node]:
        done = stack.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.data, done.node, self.values - done.values + 1)
        return done.data, done.node

    def _alias(self, event: Any) -> tuple[Data, Node]:
        name = event.anchor
        if name not in self.anchors:
            self._fail(event.start_mark, f"no anchor {quoted('&' + name)} before this alias")
        anchored = self.anchors[name]
        if anchored is None:
            self._fail(event.start_mark, f"the alias {quoted('*' + name)} holds itself")
        data, node, values = anchored
        self._count(values, event.start_mark)
        return data, Node(event.start_mark, node.items, node.keys)

    def _place(self, parent: _Open, data: Data, node: Node) -> None:
        if isinstance(parent.data, list):
            parent.data.append(data)
            cast(list[Node], parent.node.items).append(node)
        elif parent.key is None:
            self._key(parent, data, node)
        else:
            parent.data[parent.key] = data
            cast(dict[str, Node], parent.node.items)[parent.key] = node
            parent.key = None

    def _key(self, parent: _Open, key: Data, node: Node) -> None:
        if isinstance(key, list | dict):
            self._fail(node.mark, _COLLECTION_AS_KEY)
        if not isinstance(key, str):
            self._fail(node.mark, f"a key must be text, not {_shown(key)}", "write it in quotes")
        keys = cast(dict[str, Mark], parent.node.keys)
        if key in keys:
            first = keys[key].line + 1
            self._fail(node.mark, f"the key {quoted(key)} stands twice", f"first in line {first}")
        keys[key] = node.mark
        parent.key = key

    def _count(self, values: int, mark: Mark) -> None:
        self.values += values
        if self.values > VALUES_MAX:
            self._fail(mark, f"more than {VALUES_MAX:,} values, aliases counted in full")

    def _unknown_tag(self, event: Any) -> NoReturn:
        self._fail(event.start_mark, f"unknown tag {quoted(event.tag)}", "leave the tag out")

    def _broken(self, error: yaml.MarkedYAMLError) -> NoReturn:
        text = " ".join(part for part in (error.problem, error.context) if part)
        hint = next((hint for sign, hint in _HINTS.items() if sign in text), "")
        mark = cast("Mark | None", error.problem_mark or error.context_mark)
        if mark is not None and self._rest_of_line(mark).startswith("\t"):
            hint = "indent with spaces, not with tabs"
        self._fail(mark, f"not valid YAML: {escape_text(text)}", hint)

    def _rest_of_line(self, mark: Mark) -> str:
        lines = self.text.splitlines()
        return lines[mark.line][mark.column :] if mark.line < len(lines) else ""

    def _fail(self, mark: Mark | None, message: str, hint: str = "") -> NoReturn:
        place = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        raise InputError(Problem(Position(self.file, *place), message, hint)) from None


class _Open:
    """A list or mapping whose end is not reached; ``key`` waits for its value."""

    __slots__ = ("anchor", "data", "key", "node", "values")

    def __init__(self, event: Any, data: dict[str, Data] | list[Data], values: int) -> None:
        self.data = data
        self.key: str | None = None
        self.anchor: str | None = event.anchor
        self.values = values
        mapping = isinstance(data, dict)
        self.node = Node(event.start_mark, {} if mapping else [], {} if mapping else None)


def _shown(value: Data) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
