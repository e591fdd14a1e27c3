"""How a neutral message travels as a Kafka record, and back.

The value begins with the label, then the body fields as JSON, filled up with blanks to the
message's size. Everything that Kafka knows no field for goes into record headers: routing key,
priority, expiry and delay (where nobody looks at them), the identity of a publisher's retry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.checks.session import Message, Selector
from advisor.subjects.kafka.protocol import FetchedRecord, Headers

_USER = "h."


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader's code takes out of a record; ``identity`` is equal for a retry."""

    label: str
    identity: str
    routing_key: str
    headers: Mapping[str, str]
    native: Mapping[str, str]


def encoded(message: Message) -> tuple[bytes | None, Headers]:
    """Value and headers of a message."""
    headers: list[tuple[str, bytes]] = []
    if message.routing_key:
        headers.append(("routing-key", message.routing_key.encode()))
    if message.headers:
        headers += [(_USER + name, text.encode()) for name, text in message.headers.items()]
    numbers = (
        ("priority", message.priority),
        ("expires-after-ms", message.expires_after_ms),
        ("delay-ms", message.delay_ms),
    )
    headers += [(name, b"%d" % number) for name, number in numbers if number is not None]
    if message.duplicate_of is not None:
        headers.append(("id", message.duplicate_of.encode()))
    if message.body_absent:
        headers.append(("label", message.label.encode()))
        return None, tuple(headers)
    body = message.label.encode() + b"\n"
    if message.fields:
        body += json.dumps(dict(message.fields), sort_keys=True).encode()
    return body.ljust(message.size_bytes), tuple(headers)


def label_of(record: FetchedRecord) -> str:
    """The label alone."""
    value = record.value
    if value is None:
        return dict(record.headers)["label"].decode()
    return value[: value.index(b"\n")].decode()


def content_of(record: FetchedRecord) -> Content:
    """Everything but the body fields."""
    label = label_of(record)
    if not record.headers:
        return Content(label, label, "", {}, {})
    every = {name: text.decode() for name, text in record.headers}
    user = {name[len(_USER) :]: text for name, text in every.items() if name.startswith(_USER)}
    return Content(label, every.get("id", label), every.get("routing-key", ""), user, every)


def fields_of(record: FetchedRecord) -> Mapping[str, str]:
    """The body's fields: reading them means parsing the body."""
    _, _, body = (record.value or b"\n").partition(b"\n")
    fields: Mapping[str, str] = json.loads(body) if body.strip() else {}
    return fields


def with_headers(record: FetchedRecord, changes: Mapping[str, str]) -> Headers:
    """The record's headers with some added or replaced."""
    kept = tuple((name, text) for name, text in record.headers if name not in changes)
    return (*kept, *((name, text.encode()) for name, text in changes.items()))


def pattern_expression(pattern: str) -> str:
    """An AMQP topic pattern as a regular expression over routing keys written ``.word.word``."""
    words = {"#": r"(?:\.[^.]+)*", "*": r"\.[^.]+"}
    return "".join(words.get(word, r"\." + re.escape(word)) for word in pattern.split("."))


def is_selected(selector: Selector, record: FetchedRecord) -> bool:
    """Whether a group that selects so wants the record: what its own filter computes."""
    if selector.by == "none":
        return True
    content = content_of(record)
    if selector.by == "key":
        return content.routing_key in selector.keys
    if selector.by == "pattern":
        dotted = "." + content.routing_key if content.routing_key else ""
        return any(
            re.fullmatch(pattern_expression(pattern), dotted) for pattern in selector.patterns
        )
    found = content.headers if selector.by == "headers" else fields_of(record)
    return all(found.get(name) == text for name, text in selector.equal.items())
