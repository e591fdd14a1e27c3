"""A YAML file is read with its places kept, and every misuse is one message with a place."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.documents import Document, read_yaml
from advisor.documents.reading import BYTES_MAX, DEPTH_MAX
from advisor.domain.problem import InputError, Position, UnreadableError

NAME = Path("some.yaml")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Co", "Cn", "Cf"]))
DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers: the C one, and PyYAML's own where that is missing."""
    if request.param == "python":
        monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    return str(request.param)


def read(text: str | bytes) -> Document:
    return read_yaml(NAME, text=text.encode() if isinstance(text, str) else text)


def fault(text: str | bytes) -> str:
    """The only problem of ``text``, as it is shown, without the name of the file."""
    with pytest.raises(InputError) as caught:
        read(text)
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{NAME}:").removeprefix(" ")


@pytest.mark.usefixtures("parser")
def test_values_of_every_form_are_read() -> None:
    """Block and flow style, quotes, folded text, tags, aliases, a key named ``<<``."""
    document = read(
        "a: [no, on, 12:30, 0o14, !!str 5, '7', ! 8]\n"
        "b: &x {c: 1.5, ? d : ~}\n"
        "e: *x\n"
        "f: >-\n  folded\n  text\n"
        "<<: {g: true}\n"
        "h: &y text\n"
        "i: {*y : 1}\n"
        "j: !!map {}\n"
        "k: !!seq []\n"
    )
    assert {
        "a": ["no", "on", "12:30", 12, "5", "7", "8"],
        "b": {"c": 1.5, "d": None},
        "e": {"c": 1.5, "d": None},
        "f": "folded text",
        "<<": {"g": True},
        "h": "text",
        "i": {"text": 1},
        "j": {},
        "k": [],
    } == document.data


@given(DATA.filter(lambda data: data is not None))
def test_json_is_read_as_json_reads_it(data: object) -> None:
    """JSON is YAML 1.2, so Python's json is an oracle for values and, here, for places."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    document = read(text)
    assert json.loads(text) == document.data
    for path, value in places(data):
        position = document.position(*path)
        rest = text.split("\n")[position.line - 1][position.column - 1 :]
        assert rest.startswith(json.dumps(value, ensure_ascii=False, indent=1).split("\n")[0])


def places(data: Any, path: tuple[str | int, ...] = ()) -> Any:
    yield path, data
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
        for step, inner in items:
            yield from places(inner, (*path, step))


@pytest.mark.usefixtures("parser")
def test_positions_count_from_one_and_fall_back_to_the_parent() -> None:
    """A value, a key, an entry, an alias; what is not there has its parent's place."""
    document = read("# comment\nname:  ä\nlist:\n- x\n- {inner: &a [1]}\nagain: *a\n")
    assert {
        "value": Position("some.yaml", 2, 8),
        "key": Position("some.yaml", 5, 4),
        "entry": Position("some.yaml", 4, 3),
        "alias": Position("some.yaml", 6, 8),
        "inside": Position("some.yaml", 5, 15),
        "missing": Position("some.yaml", 5, 3),
        "missing entry": Position("some.yaml", 4, 1),
        "missing key": Position("some.yaml", 5, 3),
        "entry as key": Position("some.yaml", 4, 3),
        "below a text": Position("some.yaml", 2, 8),
        "root": Position("some.yaml", 2, 1),
    } == {
        "value": document.position("name"),
        "key": document.key_position("list", 1, "inner"),
        "entry": document.position("list", 0),
        "alias": document.position("again"),
        "inside": document.position("again", 0),
        "missing": document.position("list", 1, "nothing"),
        "missing entry": document.position("list", 7),
        "missing key": document.key_position("list", 1, "nothing"),
        "entry as key": document.key_position("list", 0),
        "below a text": document.position("name", "deeper"),
        "root": document.position(),
    }


@pytest.mark.usefixtures("parser")
def test_a_byte_order_mark_and_windows_line_ends_do_not_count() -> None:
    """They change neither values nor places."""
    document = read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert ({"a": 1, "b": 2}, 2, 1) == (
        document.data,
        document.position("b").line,
        document.key_position("a").column,
    )


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("---\n", "the file is empty"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here (one file, one document)"),
        ("a: 1\nb: 2\na: 3\n", '3:1: the key "a" stands twice (first in line 1)'),
        ("{a: 1, b: {c: 1, c: 2}}", '1:18: the key "c" stands twice (first in line 1)'),
        ("a: !python/name:os.system x", '1:4: unknown tag "!python/name:os.system" (leave'),
        ("a: !!set {x}", '1:4: unknown tag "tag:yaml.org,2002:set" (leave the tag out)'),
        ("a: !!map [x]", '1:4: unknown tag "tag:yaml.org,2002:map" (leave the tag out)'),
        ("a: !!int x", "1:4: not a valid value: 'x' is no int"),
        ("a: " + "9" * 500, "1:4: not a valid value: a number of 500 characters"),
        ("1: x", "1:1: a key must be text, not 1 (write it in quotes)"),
        ("null: x", "1:1: a key must be text, not null (write it in quotes)"),
        ("true: x", "1:1: a key must be text, not true (write it in quotes)"),
        ("? [a]\n: x", "1:3: a key must be text, not a list or a mapping"),
        ("&x [a]: 1", "1:1: a key must be text, not a list or a mapping"),
        ("a: &x [1]\n*x : 2", "2:1: a key must be text, not a list or a mapping"),
        ("a: *x", '1:4: no anchor "&x" before this alias'),
        ("a: &x [*x]", '1:8: the alias "*x" holds itself'),
        (BOMB, "5:45: more than 100,000 values, aliases counted in full"),
        ("- " * (DEPTH_MAX + 1), "1:129: nested more than 64 deep"),
        ("a:\n\t- b\n", "2:1: not valid YAML: found character"),
        ("a: [1, 2", "not valid YAML: "),
        ("a: 'x", "not valid YAML: "),
        ("a: b: c", "1:5: not valid YAML: mapping values are not allowed"),
        ("a: @x", "1:4: not valid YAML: "),
        (b"a: 1\nb: caf\xe9\n", "2:7: not UTF-8: byte 0xe9 (save it as UTF-8)"),
        ("a: 1".encode("utf-16"), "1:1: not UTF-8: byte 0xff (save it as UTF-8)"),
        ("a: 1\nb: \x1b[31m", "2:4: the character \\x1b is not allowed in YAML"),
        (b"a" * (BYTES_MAX + 1), "larger than 1,000,000 bytes"),
    ],
)
def test_misuse_is_one_message_with_its_place(text: str | bytes, message: str) -> None:
    """The place comes first, then what is wrong, then the way out."""
    said = fault(text)
    assert (said, True) == (said, message in said)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\t- b\n", "(indent with spaces, not with tabs)"),
        ("a: 'x", "(a closing quote is missing)"),
        ("a: [1, 2\n", "(a closing bracket or a comma is missing)"),
        ("a: b: c", "(quote text that holds a colon, and check the indentation)"),
        ("a: @x", "(quote text that begins with a special character)"),
        ("a: 1\n  b: 2", "(quote text that holds a colon, and check the indentation)"),
        ("- a\nb: 1", "(check the indentation)"),
    ],
)
def test_broken_yaml_comes_with_the_way_out(text: str, hint: str) -> None:
    """The parser's own words are kept; the hint says what a person does about it."""
    assert hint == fault(text)[-len(hint) :]


def test_deep_flow_nesting_is_an_error_and_no_crash() -> None:
    """Neither parser's own recursion is ever reached."""
    assert "1:65: nested more than 64 deep" == fault("[" * 100 + "]" * 100)
    assert "nest" in fault("[" * 100_000)  # newer releases of libyaml say it first


def test_an_alias_counts_in_full_although_it_is_shared() -> None:
    """One list with two names is read twice by whoever walks the data, but stored once."""
    data = read("a: &x [1, 2]\nb: *x\n").data
    assert isinstance(data, dict)
    assert data["a"] is data["b"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.yaml", "no such file"),
        (".", "is a folder, not a file"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("n" * 300, "cannot be read: File name too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_apart(tmp_path: Path, name: str, reason: str) -> None:
    """UnreadableError carries the path alone: there is no line to name."""
    with pytest.raises(UnreadableError) as caught:
        read_yaml(tmp_path / name)
    assert f"{tmp_path / name}: {reason}" == str(caught.value)


def test_no_permission_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system's refusal, played by a fake since tests may run as root."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableError, match="no permission to read it"):
        read_yaml(tmp_path / "secret.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_an_endless_device_is_read_up_to_the_limit() -> None:
    """``/dev/zero`` neither fills the memory nor hangs."""
    with pytest.raises(InputError, match="larger than"):
        read_yaml(Path("/dev/zero"))
