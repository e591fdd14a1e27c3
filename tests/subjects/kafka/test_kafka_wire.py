"""A message comes out of a record as it went in, and selectors mean what AMQP means."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.checks.session import Message, Selector
from advisor.models.kafka.record import ConsumerRecord
from advisor.subjects.kafka.protocol import FetchedRecord
from advisor.subjects.kafka.wire import (
    content_of,
    encoded,
    fields_of,
    is_selected,
    pattern_expression,
    with_headers,
)

WORDS = st.lists(st.sampled_from(["a", "b", "order"]), min_size=1, max_size=5)
TEXTS = st.dictionaries(st.sampled_from(["kind", "region"]), st.text(max_size=5), max_size=2)


def fetched(message: Message) -> FetchedRecord:
    value, headers = encoded(message)
    return ConsumerRecord("t", 0, 0, 0, None, value, headers)


def amqp(pattern: list[str], words: list[str]) -> bool:
    """Topic matching by its definition, word by word."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(amqp(pattern[1:], words[skip:]) for skip in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and amqp(pattern[1:], words[1:])


@given(st.text("abc-19", min_size=1), TEXTS, TEXTS, st.integers(0, 300), st.booleans())
def test_nothing_is_lost_on_the_way(
    label: str, headers: dict[str, str], fields: dict[str, str], size: int, deleted: bool
) -> None:
    message = Message(
        label,
        routing_key="a.b",
        headers=headers,
        fields={} if deleted else fields,
        size_bytes=size,
        body_absent=deleted,
        duplicate_of="first",
    )
    record = fetched(message)
    content = content_of(record)
    assert (label, "first", "a.b", headers) == (
        content.label,
        content.identity,
        content.routing_key,
        content.headers,
    )
    if deleted:
        assert record.value is None
    else:
        assert fields == fields_of(record)
        assert len(record.value or b"") >= size


@given(st.lists(st.sampled_from(["a", "b", "*", "#"]), min_size=1, max_size=5), WORDS)
def test_patterns_match_as_amqp_defines_them(pattern: list[str], words: list[str]) -> None:
    found = re.fullmatch(pattern_expression(".".join(pattern)), "." + ".".join(words))
    assert amqp(pattern, words) == (found is not None)


@pytest.mark.parametrize(
    ("selector", "wanted"),
    [
        (Selector(), True),
        (Selector("key", keys=("eu", "order.eu")), True),
        (Selector("key", keys=("order",)), False),
        (Selector("pattern", patterns=("order.*",)), True),
        (Selector("pattern", patterns=("*",)), False),
        (Selector("headers", equal={"kind": "x"}), True),
        (Selector("headers", equal={"kind": "x", "size": "large"}), False),
        (Selector("content", equal={"size": "large"}), True),
        (Selector("content", equal={"kind": "x"}), False),
    ],
)
def test_selecting(selector: Selector, wanted: bool) -> None:
    message = Message("m", routing_key="order.eu", headers={"kind": "x"}, fields={"size": "large"})
    assert wanted == is_selected(selector, fetched(message))


def test_headers_are_replaced_not_doubled() -> None:
    record = ConsumerRecord("t", 0, 0, 0, None, b"m\n", (("a", b"1"), ("b", b"2")))
    assert (("b", b"2"), ("a", b"3")) == with_headers(record, {"a": "3"})
