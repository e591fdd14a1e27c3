"""Dead-lettering: what a message looks like when it goes to a queue's dead-letter exchange.

Keeps: ``x-death`` with one entry for each {queue, reason}, newest first, counted; the
``x-first-death-*`` headers, and ``x-last-death-*`` from 3.13; ``expiration`` removed and kept in
the entry; the dead-letter routing key, or all original keys again, CC and BCC included; a fully
automatic cycle (no rejection in it) ends. With a dead-letter routing key, CC leaves the headers
before 4.0; from it, it stays as text that is no routing key any more. From 4.3 the failures of a
message (``basic.reject``, not nack, and closed channels) go with it from queue to queue, count
there against a delivery limit, and make it arrive as redelivered. From 4.0 to 4.2 only quorum
queues know them, forget them at the limit and where it expires, and another one shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.message import Message, Table
from advisor.models.rabbitmq.routing import sender_selected
from advisor.models.rabbitmq.versions import V3_13, V4_0, V4_3

Reason = Literal["rejected", "expired", "maxlen", "delivery_limit"]


@dataclass(frozen=True, slots=True)
class DeadLetterTarget:
    """``exchange`` gets the messages, under ``routing_key`` or, if None, their own keys."""

    exchange: str
    routing_key: str | None = None


def _deaths(
    message: Message, queue: str, reason: Reason, keys: list[str], now_ms: int
) -> list[dict[str, Any]]:
    earlier = [dict(death) for death in message.properties.headers.get("x-death", [])]
    this: dict[str, Any] = {
        "count": 1,
        "reason": reason,
        "queue": queue,
        "time": now_ms,
        "exchange": message.exchange,
        "routing-keys": keys,
    }
    if message.properties.expiration is not None:
        this["original-expiration"] = message.properties.expiration
    for death in earlier:
        if (death["queue"], death["reason"]) == (queue, reason):
            earlier.remove(death)
            this = {**death, "count": death["count"] + 1}
            break
    return [this, *earlier]


def dead_letter(
    message: Message,
    target: DeadLetterTarget,
    queue: str,
    reason: Reason,
    now_ms: int,
    version: BrokerVersion,
    *,
    failures: int = 0,
) -> tuple[Message, list[str]]:
    """The message that arrives at the dead-letter exchange, and the keys that route it."""
    headers: dict[str, Any] = dict(message.properties.headers)
    copied = headers.get("CC", []) if message.copied else []
    own_keys = [message.routing_key, *(sender_selected(headers) if message.copied else [])]
    hidden = headers.pop("BCC", None) or []
    visible_keys = [message.routing_key, *copied]
    if version >= V4_0 and message.copied:
        # of equal keys the first goes, even if it is the routing key
        visible_keys += hidden
        for key in hidden:
            visible_keys.remove(key)
    headers["x-death"] = _deaths(message, queue, reason, visible_keys, now_ms)
    event = {"queue": queue, "reason": reason, "exchange": message.exchange}
    for name, value in event.items():
        headers.setdefault(f"x-first-death-{name}", value)
        if version >= V3_13:
            headers[f"x-last-death-{name}"] = value
    if target.routing_key is not None and version < V4_0:
        headers.pop("CC", None)
    properties = replace(message.properties, headers=headers, expiration=None)
    keys = own_keys if target.routing_key is None else [target.routing_key]
    dead = Message(
        target.exchange,
        keys[0],
        message.body,
        properties,
        redelivered=message.redelivered or (version >= V4_3 and failures > 0),
        failures=failures if version >= V4_3 else 0,
        copied=message.copied and target.routing_key is None,
    )
    dead.earlier_failures = failures if version < V4_3 else 0
    return dead, keys


def in_automatic_cycle(headers: Table, queue: str) -> bool:
    """Whether this queue was passed before with no rejection since: such a message is dropped."""
    deaths = headers.get("x-death", [])
    for number, death in enumerate(deaths):
        if death["queue"] == queue:
            return all(earlier["reason"] != "rejected" for earlier in deaths[: number + 1])
    return False
