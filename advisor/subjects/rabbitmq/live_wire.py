"""Between pika's values and the protocol's."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pika

from advisor.subjects.rabbitmq.protocol import Delivered, Properties, Returned

_NAMES = tuple(one.name for one in fields(Properties) if one.name != "headers")


def to_pika(properties: Properties) -> Any:
    """Properties as pika sends them; no headers are sent as none at all."""
    given = {name: getattr(properties, name) for name in _NAMES}
    return pika.BasicProperties(headers=dict(properties.headers) or None, **given)


def _properties(found: Any) -> Properties:
    given = {name: getattr(found, name) for name in _NAMES}
    return Properties(headers=found.headers or {}, **given)


def delivered(method: Any, properties: Any, body: bytes) -> Delivered:
    """A ``basic.deliver`` or ``basic.get-ok``."""
    return Delivered(
        getattr(method, "consumer_tag", ""),
        method.delivery_tag,
        bool(method.redelivered),
        method.exchange,
        method.routing_key,
        _properties(properties),
        body,
    )


def returned(method: Any, body: bytes) -> Returned:
    """A ``basic.return``."""
    return Returned(method.reply_code, method.exchange, method.routing_key, body)
