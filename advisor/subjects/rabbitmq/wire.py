"""How a scenario's message travels: properties, headers and body, and back.

The label and key are headers of their own, a priority and expiry are what AMQP has for them, a
delay is the header ``x-delay`` (which a broker without the plugin ignores), body fields are JSON
padded to the message's size.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from advisor.checks.session import Message
from advisor.models.rabbitmq.message import Properties
from advisor.subjects.rabbitmq.protocol import Delivered

LABEL = "advisor-label"
KEY = "advisor-key"
OWN = frozenset({LABEL, KEY, "x-delay"})


def identity(message: Message) -> str:
    """The same for a message and its publisher's retries."""
    return message.duplicate_of or message.label


@lru_cache(maxsize=64)
def _padding(size_bytes: int) -> bytes:
    return b" " * size_bytes


def body_of(message: Message) -> bytes:
    """Nothing for a tombstone, else at least ``size_bytes``."""
    if message.body_absent:
        return b""
    if not message.fields:
        return _padding(message.size_bytes)
    return json.dumps(dict(message.fields), sort_keys=True).encode().ljust(message.size_bytes)


def encode(
    message: Message, *, persistent: bool, priority: int | None = None, **more: Any
) -> Properties:
    """Its properties; ``priority`` stands in where the message has none."""
    headers: dict[str, Any] = {**message.headers, LABEL: message.label}
    if message.key is not None:
        headers[KEY] = message.key
    if message.delay_ms is not None:
        headers["x-delay"] = message.delay_ms
    expires = message.expires_after_ms
    return Properties(
        headers=headers,
        delivery_mode=2 if persistent else 1,
        priority=priority if message.priority is None else message.priority,
        expiration=None if expires is None else str(expires),
        message_id=identity(message),
        **more,
    )


def label_of(delivered: Delivered) -> str:
    return str(delivered.properties.headers[LABEL])


def key_of(delivered: Delivered) -> str | None:
    key = delivered.properties.headers.get(KEY)
    return None if key is None else str(key)


def decode(delivered: Delivered) -> Message:
    """The message as a reader's client sees it, to select by."""
    headers = delivered.properties.headers
    text = delivered.body.strip()
    return Message(
        label_of(delivered),
        key_of(delivered),
        delivered.routing_key,
        {name: value for name, value in headers.items() if name not in OWN},
        json.loads(text) if text else {},
    )
