"""Text from a file becomes Markdown that reads as exactly that text, whatever it holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from advisor.documents import escape_text
from advisor.records.markdown import Markdown, cell_code, code, escaped, yaml_text

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEMPTING = st.text(alphabet="ab1 \\`*_[]()<>|&~$:@#!{}^.-+=/\n\x1b\u202e\"'", max_size=30)


def flat(tokens: list[Token]) -> list[Token]:
    """All tokens, the inline ones instead of what holds them."""
    return [inner for token in tokens for inner in (token.children or [token])]


def one_line(text: str) -> str:
    """What a reader is meant to see of a text."""
    return escape_text(" ".join(text.split()))


@given(TEMPTING)
@example("<script>alert(1)</script>")
@example("[x](javascript:alert(1)) ![y](z)")
@example("1. a")
@example("# heading")
@example("&lt;b&gt; &amp;")
def test_a_paragraph_of_it_is_text_and_nothing_else(text: str) -> None:
    """No link, image, HTML, emphasis, list, heading or code comes out of it."""
    tokens = flat(READER.parse(f"{escaped(text)}\n"))
    kinds = {token.type for token in tokens}
    shown = "".join(token.content for token in tokens if token.type == "text")
    assert kinds <= {"paragraph_open", "paragraph_close", "text", "text_special"}
    assert one_line(text) == shown


@given(TEMPTING)
def test_in_the_middle_of_an_item_or_a_cell_it_stays_where_it_is(text: str) -> None:
    """It adds no item, and a table keeps two cells a row."""
    item = flat(READER.parse(f"* before {escaped(text)} after\n"))
    table = READER.parse(f"| a | b |\n| --- | --- |\n| x{escaped(text)}x | y |\n")
    assert 1 == sum(token.type == "list_item_open" for token in item)
    assert 2 == sum(token.type == "td_open" for token in table)


@given(TEMPTING)
@example("a | b")
def test_code_spans_hold_any_text(text: str) -> None:
    """Backticks inside make the fence longer; in a table a bar does not end the cell."""
    spans = [
        token for token in flat(READER.parse(f"x {code(text)} x\n")) if token.type == "code_inline"
    ]
    rows = flat(READER.parse(f"| a | b |\n| --- | --- |\n| {cell_code(text)} | y |\n"))
    cells = [token for token in rows if token.type == "code_inline"]
    expected = [one_line(text)] * bool(text.split())
    assert expected == [span.content for span in spans]
    assert expected == [span.content for span in cells]
    assert "y" == [token.content for token in rows if token.type == "text"][-1]


@given(st.text())
def test_front_matter_values_are_one_quoted_line(text: str) -> None:
    """JSON strings are YAML strings, and no line break ends the front matter."""
    assert one_line(text) == json.loads(yaml_text(text))
    assert "\n" not in yaml_text(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("messages_per_second 500", "messages_per_second 500"),
        ("image-generation", "image-generation"),
        ("http://evil.example", "http\\://evil.example"),
        ("www.evil.example", "www\\.evil.example"),
        ("me@evil.example", "me\\@evil.example"),
        ("replay: none -> recent", "replay: none -> recent"),
        (":boom:", "\\:boom:"),
        ("{{ site.secret }}", "\\{\\{ site.secret \\}\\}"),
        ("R&D", "R&D"),
        ("- x", "\\- x"),
        ("12) x", "12\\) x"),
    ],
)
def test_only_what_is_active_is_escaped(text: str, written: str) -> None:
    """Plain words stay readable in the source; bare links, mentions and Liquid are defused."""
    assert written == escaped(text)


def test_markdown_is_not_escaped_again() -> None:
    """What is marked as Markdown passes."""
    assert "**x**" == escaped(Markdown("**x**"))
