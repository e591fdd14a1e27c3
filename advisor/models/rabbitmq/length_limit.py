"""Length limits: ``x-max-length``, ``x-max-length-bytes`` and ``x-overflow``.

Keeps: only ready messages count; drop-head takes the next to be delivered, reject-publish
refuses the new one (a nack with confirms, silence without), reject-publish-dlx also dead-letters
it; bytes are bodies only, on quorum queues from 4.3 also encoded properties and headers. The
size of encoded properties holds for text, numbers and flat headers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from advisor.models.rabbitmq.message import Entry, Message, Properties
from advisor.models.rabbitmq.ready import Ready

_SHORT_TEXTS = ("correlation_id", "reply_to", "expiration", "message_id", "content_type", "type",
                "app_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LengthLimit:
    """Most messages, most bytes (None: any number), and what happens when full."""

    messages: int | None = None
    size_bytes: int | None = None
    overflow: str = "drop-head"
    with_properties: bool = False

    def scaled(self, share: Fraction) -> LengthLimit:
        """The same at a share of its size, rounded down."""
        most, size = self.messages, self.size_bytes
        return replace(
            self,
            messages=None if most is None else int(most * share),
            size_bytes=None if size is None else int(size * share),
        )

    @property
    def refuses(self) -> bool:
        return self.overflow.startswith("reject-publish")


def _value_bytes(value: Any) -> int:
    if isinstance(value, bool):
        return 2
    if isinstance(value, int):
        return 9
    if isinstance(value, str):
        return 5 + len(value.encode())
    return 1 if value is None else 9


def properties_bytes(properties: Properties) -> int:
    """Size on the wire: two bytes of flags, then what is present."""
    size = 2
    for name in _SHORT_TEXTS:
        text = getattr(properties, name)
        size += 0 if text is None else 1 + len(text.encode())
    size += sum(1 for one in (properties.delivery_mode, properties.priority) if one is not None)
    size += 0 if properties.timestamp is None else 8
    if properties.headers:
        size += 4 + sum(
            1 + len(name.encode()) + _value_bytes(value)
            for name, value in properties.headers.items()
        )
    return size


def message_bytes(message: Message, limit: LengthLimit) -> int:
    """What one message counts against ``x-max-length-bytes``."""
    extra = properties_bytes(message.properties) if limit.with_properties else 0
    return len(message.body) + extra


class MeasuredReady:
    """Ready messages with the sum of their bytes kept, for queues with a limit in bytes."""

    __slots__ = ("_inner", "_limit", "held_bytes")

    def __init__(self, inner: Ready, limit: LengthLimit) -> None:
        self._inner = inner
        self._limit = limit
        self.held_bytes = sum(message_bytes(entry.message, limit) for entry in inner)

    def __len__(self) -> int:
        return len(self._inner)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._inner)

    def append(self, entry: Entry) -> None:
        self.held_bytes += message_bytes(entry.message, self._limit)
        self._inner.append(entry)

    def put_back(self, entry: Entry) -> None:
        self.held_bytes += message_bytes(entry.message, self._limit)
        self._inner.put_back(entry)

    def pop(self) -> Entry:
        entry = self._inner.pop()
        self.held_bytes -= message_bytes(entry.message, self._limit)
        return entry

    def pop_expired(self, now_ms: int, *, at_once: bool) -> list[Entry]:
        expired = self._inner.pop_expired(now_ms, at_once=at_once)
        self.held_bytes -= sum(message_bytes(entry.message, self._limit) for entry in expired)
        return expired

    def first_due_ms(self) -> int | None:
        return self._inner.first_due_ms()

    def clear(self) -> list[Entry]:
        self.held_bytes = 0
        return self._inner.clear()


def over(
    limit: LengthLimit,
    ready: Ready,
    added: Message | None = None,
    waiting: Collection[Entry] = (),
) -> bool:
    """Whether the queue holds too much, with ``added`` and what is ``waiting`` counted in."""
    count = len(ready) + len(waiting) + (added is not None)
    if limit.messages is not None and count > limit.messages:
        return True
    if limit.size_bytes is None or not isinstance(ready, MeasuredReady):
        return False
    more = [one.message for one in waiting] + ([] if added is None else [added])
    return ready.held_bytes + sum(message_bytes(one, limit) for one in more) > limit.size_bytes
