"""Connections and channels to a real broker over pika, driven by one loop in one thread.

Methods are sent as they are, past pika's own checks, so that the broker is what answers. Time
stands still for nobody here: whoever waits turns the loop, which also keeps heartbeats going.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

import pika
from pika import spec
from pika.adapters.select_connection import IOLoop

from advisor.subjects.rabbitmq.live_wire import delivered, returned
from advisor.subjects.rabbitmq.protocol import Delivered, Returned

CONNECT_MS = 10_000
HEARTBEAT_S = 30

# pika logs every close that a broker asks for; here they are outcomes
logging.getLogger("pika").setLevel(logging.CRITICAL)


class LostError(Exception):
    """The broker does not answer; whether it did what it was asked is not known."""


class ClosedError(Exception):
    """The broker closed the channel or its connection with a reply code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


def why(reason: BaseException) -> ClosedError | LostError:
    """What a close callback of pika means."""
    code = getattr(reason, "reply_code", None)
    by_broker = isinstance(
        reason, pika.exceptions.ChannelClosedByBroker | pika.exceptions.ConnectionClosedByBroker
    )
    if by_broker and code not in (None, 320):
        return ClosedError(int(code), str(getattr(reason, "reply_text", "")))
    if isinstance(reason, pika.exceptions.ProbableAuthenticationError):
        return ClosedError(403, "ACCESS_REFUSED - the login was refused")
    if isinstance(reason, pika.exceptions.ProbableAccessDeniedError):
        return ClosedError(530, "NOT_ALLOWED - no such virtual host, or no access to it")
    return LostError("the connection was lost")


class Loop:
    """Turns until something is reached or the time is over."""

    def __init__(self) -> None:
        self.pika_loop: Any = IOLoop()
        self.pika_loop.activate_poller()

    def turn_until(self, reached: Callable[[], bool], within_ms: float) -> bool:
        """Whether it was reached; 0 ms takes what has already arrived."""
        end_s = monotonic() + within_ms / 1000
        self._turn(0)
        while not reached():
            left_s = end_s - monotonic()
            if left_s <= 0:
                return False
            self._turn(left_s)
        return True

    def _turn(self, most_s: float) -> None:
        timer = self.pika_loop.call_later(most_s, _nothing)
        self.pika_loop.poll()
        self.pika_loop.process_timeouts()
        self.pika_loop.remove_timeout(timer)

    def close(self) -> None:
        self.pika_loop.deactivate_poller()
        self.pika_loop.close()


def _nothing() -> None:
    """A timer that only ends a poll."""


class LiveConnection:
    """One connection; ``trouble`` says why it is no more."""

    def __init__(self, loop: Loop, parameters: pika.URLParameters) -> None:
        self._loop = loop
        self.trouble: ClosedError | LostError | None = None
        self.channels: list[LiveChannel] = []
        self._opened = False
        self.blocked = False
        parameters.heartbeat = HEARTBEAT_S
        self._pika = pika.SelectConnection(
            parameters,
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_close,
            on_close_callback=self._on_close,
            custom_ioloop=loop.pika_loop,
        )
        loop.turn_until(lambda: self._opened or self.trouble is not None, CONNECT_MS)
        if not self._opened:
            known = isinstance(self.trouble, ClosedError)
            raise self.trouble if known and self.trouble else LostError("no broker answers")

    def _on_open(self, _: Any) -> None:
        self._opened = True
        self._pika.add_on_connection_blocked_callback(lambda *_: self._block(blocked=True))
        self._pika.add_on_connection_unblocked_callback(lambda *_: self._block(blocked=False))

    def _block(self, *, blocked: bool) -> None:
        self.blocked = blocked

    def _on_close(self, _: Any, reason: BaseException) -> None:
        if self.trouble is None:
            self.trouble = why(reason)
        for channel in self.channels:
            if channel.trouble is None:
                channel.trouble = self.trouble

    @property
    def server_version(self) -> str:
        return str(self._pika.server_properties["version"])

    def open_channel(self) -> LiveChannel:
        if self.trouble is not None:
            raise self.trouble
        channel = LiveChannel(self._loop, self, self._pika)
        self.channels.append(channel)
        return channel

    def end(self, *, politely: bool) -> None:
        """Say goodbye and wait for it, or cut the socket."""
        if self.trouble is not None:
            return
        if politely:
            self._pika.close()
        else:
            self._pika._terminate_stream(pika.exceptions.StreamLostError("cut"))
        closed = ClosedError(504, "closed by the client")
        self._loop.turn_until(lambda: self.trouble is not None, CONNECT_MS)
        self.trouble = closed
        for channel in self.channels:
            if channel.trouble is None or isinstance(channel.trouble, LostError):
                channel.trouble = closed


class LiveChannel:
    """One channel, with what arrived on it in order of arrival."""

    def __init__(self, loop: Loop, connection: LiveConnection, pika_connection: Any) -> None:
        self._loop = loop
        self.connection = connection
        self.trouble: ClosedError | LostError | None = None
        self.inbox: deque[Delivered] = deque()
        self.returns: deque[Returned] = deque()
        self.cancelled: deque[str] = deque()
        self.answers: dict[int, bool] = {}
        self.published = self.told = 0
        self.confirming = False
        self._got: deque[Delivered | None] = deque()
        self._opened = False
        self._pika: Any = pika_connection.channel(on_open_callback=self._on_open)
        self._pika.add_on_close_callback(self._on_close)
        self._wait(lambda: self._opened, CONNECT_MS)

    def _on_open(self, channel: Any) -> None:
        channel._on_deliver = self._on_deliver
        channel._on_getok = self._on_get_ok
        channel.add_callback(self._on_get_empty, [spec.Basic.GetEmpty], one_shot=False)
        channel.add_on_return_callback(self._on_return)
        channel.add_on_cancel_callback(self._on_cancel)
        channel.add_callback(self._on_answer, [spec.Basic.Ack, spec.Basic.Nack], one_shot=False)
        self._opened = True

    def _on_close(self, _: Any, reason: BaseException) -> None:
        if self.trouble is None:
            self.trouble = self.connection.trouble or why(reason)
        self.inbox.clear()

    def _on_deliver(self, frame: Any, header: Any, body: bytes) -> None:
        self.inbox.append(delivered(frame.method, header.properties, body))

    def _on_get_ok(self, frame: Any, header: Any, body: bytes) -> None:
        self._got.append(delivered(frame.method, header.properties, body))

    def _on_get_empty(self, _: Any) -> None:
        self._got.append(None)

    def _on_return(self, _: Any, method: Any, __: Any, body: bytes) -> None:
        self.returns.append(returned(method, body))

    def _on_cancel(self, frame: Any) -> None:
        self.cancelled.append(frame.method.consumer_tag)

    def _on_answer(self, frame: Any) -> None:
        method = frame.method
        acknowledged = isinstance(method, spec.Basic.Ack)
        first = self.told + 1 if method.multiple else method.delivery_tag
        for number in range(first, method.delivery_tag + 1):
            self.answers.setdefault(number, acknowledged)

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def _wait(self, reached: Callable[[], bool], within_ms: float) -> None:
        """Raises why the channel closed, or that no answer came."""
        done = self._loop.turn_until(lambda: reached() or self.trouble is not None, within_ms)
        if not reached():
            self._check()
        if not done:
            raise LostError(f"no answer within {within_ms / 1000:.0f} s")

    def ask(self, method: Any, reply: type[Any], within_ms: float) -> Any:
        """Send a method that the broker answers, and give the answer's method."""
        self._check()
        answers: list[Any] = []
        self._pika._rpc(method, lambda frame: answers.append(frame.method), [reply])
        self._wait(lambda: bool(answers), within_ms)
        return answers[0]

    def tell(self, method: Any, content: Any = None) -> None:
        """Send a method that has no answer."""
        self._loop.turn_until(lambda: True, 0)
        self._check()
        self._pika._send_method(method, content)

    def get(self, method: Any, within_ms: float) -> Delivered | None:
        """``basic.get``: a message, or None when there is none."""
        self._check()
        self._got.clear()
        self._pika._send_method(method)
        self._wait(lambda: bool(self._got), within_ms)
        return self._got[0]

    def close(self, within_ms: float) -> None:
        """Close from this side."""
        self._check()
        self._pika.close()
        closed = ClosedError(504, "closed by the client")
        self._loop.turn_until(lambda: self.trouble is not None, within_ms)
        self.trouble = closed
