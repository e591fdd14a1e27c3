"""Plain scalars mean what the core schema of YAML 1.2 says, with ruamel.yaml as the oracle."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from advisor.documents.scalars import CORE, Scalar, plain_scalar, tagged_scalar

NUMERIC = ["0", "1", "7", "9", "12", ".", "+", "-", "e", "E", "0o", "0x", "a", "F", ":", "~"]
WORDS = ["null", "Null", "true", "TRUE", "false", "yes", "no", "on", "y", ".inf", ".NaN"]
PIECES = st.sampled_from(NUMERIC + WORDS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("NULL", None),
        ("nUll", "nUll"),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("017", 17),
        ("0o17", 15),
        ("-0o17", "-0o17"),
        ("0x1F", 31),
        ("+12", 12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        (".", "."),
        ("-", "-"),
        ("-.INF", -math.inf),
        ("2025-09-13", "2025-09-13"),
        ("4.3.6", "4.3.6"),
    ],
)
def test_a_plain_scalar_has_its_core_value(text: str, value: Scalar) -> None:
    """The value and its type are those of the specification."""
    assert (value, type(value)) == (plain_scalar(text), type(plain_scalar(text)))


@given(st.lists(PIECES, min_size=1, max_size=5).map("".join))
@example("0o8")
@example("1e")
def test_ruamel_reads_the_same(text: str) -> None:
    """Whatever ruamel.yaml reads in YAML 1.2 mode, timestamps aside, is what comes out."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        expected = yaml.load(f"%YAML 1.2\n---\n- {text}\n")
    except Exception:
        assume(False)
    assume(isinstance(expected, list) and not isinstance(expected[0], dict | list))
    assume(not isinstance(expected[0], datetime.date))
    read = plain_scalar(text)
    assert repr(expected[0]) == repr(read)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("str", "12", "12"),
        ("int", "12", 12),
        ("float", "12", 12.0),
        ("float", "1.5", 1.5),
        ("bool", "true", True),
        ("null", "", None),
    ],
)
def test_a_core_tag_is_obeyed(tag: str, text: str, value: Scalar) -> None:
    """An explicit tag decides the type."""
    read = tagged_scalar(CORE + tag, text)
    assert (value, type(value)) == (read, type(read))


def test_a_tag_that_does_not_fit_is_refused() -> None:
    """Text under ``!!int`` is no number, and a tag of another kind is unknown."""
    with pytest.raises(ValueError, match="'x' is no int"):
        tagged_scalar(CORE + "int", "x")
    with pytest.raises(KeyError):
        tagged_scalar(CORE + "timestamp", "2025-09-13")
    with pytest.raises(KeyError):
        tagged_scalar("!foo", "x")


@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "0o" + "7" * 5000])
def test_a_number_of_absurd_length_is_refused(text: str) -> None:
    """Python would refuse, or take long over, thousands of digits."""
    with pytest.raises(ValueError, match="characters"):
        plain_scalar(text)
