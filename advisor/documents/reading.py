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
from typing import Any

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


def parser_of(text: str) -> Any:
    """The events of a text, with libyaml where PyYAML has it."""
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


class _MisuseError(Exception):
    """Something wrong at a place, None for the file as a whole."""

    def __init__(self, mark: Mark | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message
        self.hint = hint


class _OpenList:
    """A list whose end is not reached; ``before`` counts the values ahead of it."""

    __slots__ = ("anchor", "before", "data", "items", "node")

    def __init__(self, event: Any, before: int) -> None:
        self.data: list[Data] = []
        self.items: list[Node] = []
        self.node = Node(event.start_mark, self.items)
        self.anchor: str | None = event.anchor
        self.before = before

    def add(self, data: Data, node: Node) -> None:
        self.data.append(data)
        self.items.append(node)


class _OpenMapping:
    """A mapping whose end is not reached; ``key`` waits for its value."""

    __slots__ = ("anchor", "before", "data", "items", "key", "keys", "node")

    def __init__(self, event: Any, before: int) -> None:
        self.data: dict[str, Data] = {}
        self.items: dict[str, Node] = {}
        self.keys: dict[str, Mark] = {}
        self.node = Node(event.start_mark, self.items, self.keys)
        self.anchor: str | None = event.anchor
        self.before = before
        self.key: str | None = None

    def add(self, data: Data, node: Node) -> None:
        key = self.key
        if key is None:
            self._begin(data, node.mark)
        else:
            self.data[key] = data
            self.items[key] = node
            self.key = None

    def _begin(self, key: Data, mark: Mark) -> None:
        if not isinstance(key, str):
            if isinstance(key, list | dict):
                raise _MisuseError(mark, _COLLECTION_AS_KEY)
            message = f"a key must be text, not {_shown(key)}"
            raise _MisuseError(mark, message, "write it in quotes")
        if key in self.keys:
            first = f"first in line {self.keys[key].line + 1}"
            raise _MisuseError(mark, f"the key {quoted(key)} stands twice", first)
        self.keys[key] = mark
        self.key = key


class _Builder:
    """Turns the parser's events into values and nodes; never calls itself, so depth is safe."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.parser = parser_of(text)
        self.values = 0
        self.anchors: dict[str, tuple[Data, Node, int] | None] = {}
        self.stack: list[_OpenList | _OpenMapping] = []

    def build(self) -> tuple[Data, Node]:
        """The document's value and places; raises InputError."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            misuse = self._broken(error)
        except _MisuseError as error:
            misuse = error
        mark = misuse.mark
        place = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        problem = Problem(Position(self.file, *place), misuse.message, misuse.hint)
        raise InputError(problem) from None

    def _document(self) -> tuple[Data, Node]:
        event: Callable[[], Any] = self.parser.get_event
        event()
        if isinstance(event(), yaml.StreamEndEvent):
            raise _MisuseError(None, "the file is empty")
        data, root = self._value()
        event()
        if not isinstance(after := event(), yaml.StreamEndEvent):
            hint = "one file, one document"
            raise _MisuseError(after.start_mark, "a second document begins here", hint)
        if data is None:
            raise _MisuseError(None, "the file is empty")
        return data, root

    def _value(self) -> tuple[Data, Node]:
        """The next whole value, however deep."""
        get: Callable[[], Any] = self.parser.get_event
        stack = self.stack
        while True:
            event = get()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                data, node = self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, mapping=kind is yaml.MappingStartEvent)
                continue
            elif kind is yaml.AliasEvent:
                data, node = self._alias(event)
            else:
                data, node = self._close()
            if not stack:
                return data, node
            stack[-1].add(data, node)

    def _scalar(self, event: Any) -> tuple[Data, Node]:
        mark, text, tag = event.start_mark, event.value, event.tag
        self._count(1, mark)
        data: Data
        try:
            if tag is None:
                data = plain_scalar(text) if event.implicit[0] else text
            else:
                data = text if tag == "!" else tagged_scalar(tag, text)
        except KeyError:
            raise _unknown_tag(event) from None
        except ValueError as error:
            message = f"not a valid value: {escape_text(str(error))}"
            raise _MisuseError(mark, message) from None
        node = Node(mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = (data, node, 1)
        return data, node

    def _open(self, event: Any, *, mapping: bool) -> None:
        self._count(1, event.start_mark)
        stack = self.stack
        if len(stack) >= DEPTH_MAX:
            raise _MisuseError(event.start_mark, f"nested more than {DEPTH_MAX} deep")
        if stack and isinstance(stack[-1], _OpenMapping) and stack[-1].key is None:
            raise _MisuseError(event.start_mark, _COLLECTION_AS_KEY)
        if event.tag not in (None, "!", CORE + ("map" if mapping else "seq")):
            raise _unknown_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        stack.append((_OpenMapping if mapping else _OpenList)(event, self.values))

    def _close(self) -> tuple[Data, Node]:
        done = self.stack.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.data, done.node, self.values - done.before + 1)
        return done.data, done.node

    def _alias(self, event: Any) -> tuple[Data, Node]:
        name, mark = event.anchor, event.start_mark
        if name not in self.anchors:
            raise _MisuseError(mark, f"no anchor {quoted('&' + name)} before this alias")
        anchored = self.anchors[name]
        if anchored is None:
            raise _MisuseError(mark, f"the alias {quoted('*' + name)} holds itself")
        data, node, values = anchored
        self._count(values, mark)
        return data, Node(mark, node.items, node.keys)

    def _count(self, values: int, mark: Mark) -> None:
        self.values += values
        if self.values > VALUES_MAX:
            raise _MisuseError(mark, f"more than {VALUES_MAX:,} values, aliases counted in full")

    def _broken(self, error: yaml.MarkedYAMLError) -> _MisuseError:
        text = " ".join(part for part in (error.problem, error.context) if part)
        hint = next((hint for sign, hint in _HINTS.items() if sign in text), "")
        mark: Any = error.problem_mark or error.context_mark
        if mark is not None and self._rest_of_line(mark).startswith("\t"):
            hint = "indent with spaces, not with tabs"
        return _MisuseError(mark, f"not valid YAML: {escape_text(text)}", hint)

    def _rest_of_line(self, mark: Mark) -> str:
        lines = self.text.splitlines()
        return lines[mark.line][mark.column :] if mark.line < len(lines) else ""


def _unknown_tag(event: Any) -> _MisuseError:
    return _MisuseError(event.start_mark, f"unknown tag {quoted(event.tag)}", "leave the tag out")


def _shown(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
