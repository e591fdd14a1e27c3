"""Message expiry: per message (``expiration``) and per queue (``x-message-ttl``).

Keeps: the lower of the two, fixed when the message is put into the queue; removal only at the
head, so a late one behind a lasting one waits; 0 means now or never; returned messages keep
their deadline. Expired messages are dead-lettered. Same in all versions. Leaves out nothing for
classic queues; a quorum queue's expiry may lag by its tick on a real broker.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.models.kernel import Kernel, Timer
from advisor.models.rabbitmq.message import LONGEST_TTL_MS, Entry, Properties
from advisor.models.rabbitmq.ready import Ready
from advisor.models.rabbitmq.replies import channel_error


def parse_expiration(text: str) -> int:
    """Milliseconds of an ``expiration`` property; 406 unless a whole number up to 10 years."""
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > LONGEST_TTL_MS:
        raise channel_error(406, f"invalid expiration {text!r}")
    return int(digits)


def deadline_ms(queue_ttl_ms: int | None, properties: Properties, now_ms: int) -> int | None:
    """When a message put into a queue now is too old, None for never."""
    text = properties.expiration
    own_ms = None if text is None else parse_expiration(text)
    given = [ttl_ms for ttl_ms in (queue_ttl_ms, own_ms) if ttl_ms is not None]
    return now_ms + min(given) if given else None


class HeadExpiry:
    """Watches the head of one queue with a single timer; ``expire`` gets what is too old."""

    __slots__ = ("_due_ms", "_expire", "_kernel", "_ready", "_timer")

    def __init__(self, kernel: Kernel, ready: Ready, expire: Callable[[list[Entry]], None]) -> None:
        self._kernel = kernel
        self._ready = ready
        self._expire = expire
        self._timer: Timer | None = None
        self._due_ms = 0

    def look_at(self, ready: Ready) -> None:
        """The same queue keeps its messages elsewhere from now on."""
        self._ready = ready

    def drop(self, *, at_once: bool) -> None:
        """Remove what is too old at the head: before now, or ``at_once`` also exactly now."""
        expired = self._ready.pop_expired(self._kernel.now_ms, at_once=at_once)
        if expired:
            self._expire(expired)

    def watch(self) -> None:
        """After any change of the head: remove what is due and plan for the next."""
        self.drop(at_once=True)
        due_ms = self._ready.first_due_ms()
        if due_ms is None or (self._timer is not None and self._due_ms == due_ms):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due_ms = due_ms
        self._timer = self._kernel.after(due_ms - self._kernel.now_ms, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.watch()
