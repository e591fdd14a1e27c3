"""Text from a file is harmless where it is shown, and a wrong word finds the right one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.documents import did_you_mean, escape_text, nearest, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, Größe, 消息", "plain text, Größe, 消息"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028break\x85\x9b", "line\\u2028break\\x85\\x9b"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_is_not_printable_becomes_visible(text: str, shown: str) -> None:
    """Escapes, breaks, direction overrides and invisible letters are spelled out."""
    assert shown == escape_text(text)


@given(st.text())
def test_escaped_text_holds_nothing_active(text: str) -> None:
    """No control, format, surrogate or separator is left, and escaping again changes nothing."""
    shown = escape_text(text)
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert set() == {unicodedata.category(letter) for letter in shown} & bad
    assert shown == escape_text(shown)


def test_long_text_is_cut_where_it_is_quoted() -> None:
    """A message stays one line of readable length."""
    assert '"' + "a" * 59 + '…"' == quoted("a" * 1000)
    assert '"a\\n"' == quoted("a\n")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("work_que", "work_queue"),
        ("Work-Queue", "work_queue"),
        ("work queue", "work_queue"),
        ("replays", "replay"),
        ("zzz", None),
        ("", None),
        ("work_queue" * 100, None),
    ],
)
def test_the_nearest_word_is_found(word: str, found: str | None) -> None:
    """Case, blanks and dashes do not count; nothing near is None; absurd length is not compared."""
    assert found == nearest(word, ["replay", "work_queue", "retention_days"])


def test_of_equally_near_words_the_first_in_the_alphabet_is_taken() -> None:
    """So the hint does not depend on the order of a set."""
    assert "abcd" == nearest("abc", {"abcx", "abcd"})
    assert 'did you mean "abcd"?' == did_you_mean("abc", ["abcx", "abcd"])
    assert "" == did_you_mean("abc", ["zzzz"])
