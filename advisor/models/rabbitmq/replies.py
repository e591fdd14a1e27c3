"""AMQP reply codes with their scope: an error closes the channel, or the whole connection.

Keeps the code, the scope and the short name; leaves out the brokers' exact wording, which
differs between versions.
"""

from __future__ import annotations

from typing import Literal

Scope = Literal["channel", "connection"]

NAMES = {
    312: "NO_ROUTE",
    403: "ACCESS_REFUSED",
    404: "NOT_FOUND",
    405: "RESOURCE_LOCKED",
    406: "PRECONDITION_FAILED",
    503: "COMMAND_INVALID",
    504: "CHANNEL_ERROR",
    506: "RESOURCE_ERROR",
    530: "NOT_ALLOWED",
    540: "NOT_IMPLEMENTED",
    541: "INTERNAL_ERROR",
}


class ClosedError(Exception):
    """The broker closed ``scope`` with ``code``; ``text`` is the short reason."""

    def __init__(self, scope: Scope, code: int, text: str) -> None:
        super().__init__(f"{code} {NAMES[code]} - {text}")
        self.scope: Scope = scope
        self.code = code
        self.text = f"{NAMES[code]} - {text}"


def channel_error(code: int, text: str) -> ClosedError:
    """An error that closes the channel and leaves the connection open."""
    return ClosedError("channel", code, text)


def connection_error(code: int, text: str) -> ClosedError:
    """An error that closes the connection with all its channels."""
    return ClosedError("connection", code, text)
