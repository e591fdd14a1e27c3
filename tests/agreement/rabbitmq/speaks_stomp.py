"""STOMP 1.2, spoken by stomp.py to a broker and by the model."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

import stomp
from rabbitmq_normal import plain
from stomp.exception import NotConnectedException

from advisor.domain.outcome import Done, Outcome, Refused, Unknown
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.stomp import StompError, StompSession

ANSWER_S = 10.0
PORT_FROM_AMQP = 3
MADE = ("ack", "content-length", "message-id", "server", "session", "version")
"""Headers that name the session or count octets."""


def in_order(came: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By subscription, since the queues of a session deliver side by side."""
    return sorted(plain(came), key=lambda one: one["headers"].get("subscription", "~"))


def request(headers: dict[str, Any], held: list[str], number: int) -> dict[str, str]:
    """Headers as sent: ``_`` stands for ``-``; ``nth``: the ack header of the n-th message."""
    given = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    if "nth" in given:
        given["id"] = held[int(given.pop("nth"))]
    return {"receipt": f"r{number}"} | given


class _Listener(stomp.ConnectionListener):  # type: ignore[misc]  # comes without types
    """Puts every frame where its client looks for it."""

    def __init__(self, came: SimpleQueue[Any], answers: SimpleQueue[Any]) -> None:
        self._came = came
        self._answers = answers
        self._ended = False

    def on_connected(self, frame: Any) -> None:
        self._answers.put(("CONNECTED", dict(frame.headers)))

    def on_message(self, frame: Any) -> None:
        self._came.put(("MESSAGE", dict(frame.headers), frame.body))

    def on_receipt(self, frame: Any) -> None:
        self._answers.put(("RECEIPT", dict(frame.headers)))

    def on_error(self, frame: Any) -> None:
        self._answers.put(("ERROR", dict(frame.headers)))

    def on_disconnected(self) -> None:
        """The library says it once or twice, as its threads come."""
        if self._ended:
            return
        self._ended = True
        self._answers.put(("closed", {"message": "closed"}))
        self._came.put(("closed", {}, ""))


class OnModel:
    """The same on the model."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._session: StompSession | None = None
        self._held: list[str] = []
        self._requests = 0
        self._told = False

    def connect(self) -> Outcome[Any]:
        self.close()
        self._session = StompSession(self._broker)
        self._told = False
        return Done(None)

    def frame(
        self, command: str, body: str = "", answered: bool = True, **headers: Any
    ) -> Outcome[Any]:
        assert self._session is not None, "a program connects first"
        self._requests += 1
        given = request(headers, self._held, self._requests)
        if not answered:
            del given["receipt"]
        try:
            self._session.frame(command, given, body.encode())
        except StompError as error:
            return Refused(error.message, "") if answered else Done(None)
        return Done(None)

    def drop(self) -> Outcome[Any]:
        assert self._session is not None, "a program connects first"
        self._session.drop()
        return Done(None)

    def arrived(self) -> list[Any]:
        if self._session is None:
            return []
        taken = self._session.take()
        self._held += [one.ack for one in taken if one.ack is not None]
        found = [
            {"frame": "MESSAGE", "headers": dict(one.headers), "body": one.body.decode()}
            for one in taken
        ]
        if self._session.closed and not self._told:
            self._told = True
            found.append({"frame": "closed", "headers": {}, "body": ""})
        return in_order(found)

    def close(self) -> None:
        if self._session is not None:
            self._session.drop()


class Live:
    """One client, one connection after the other."""

    def __init__(self, place: Any) -> None:
        self._port: int = place.port + PORT_FROM_AMQP
        self._connection: Any = None
        self._came: SimpleQueue[Any] = SimpleQueue()
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._held: list[str] = []
        self._requests = 0

    def connect(self) -> Outcome[Any]:
        self.close()
        self._answers = SimpleQueue()
        self._connection = stomp.Connection12(
            [("127.0.0.1", self._port)], vhost="/", reconnect_attempts_max=1
        )
        self._connection.set_listener("", _Listener(self._came, self._answers))
        self._connection.connect("guest", "guest", wait=False)
        return self._answer("")

    def frame(
        self, command: str, body: str = "", answered: bool = True, **headers: Any
    ) -> Outcome[Any]:
        """Done when its receipt is there, or another answer; at once if it is not answered."""
        self._requests += 1
        given = request(headers, self._held, self._requests)
        if not answered:
            del given["receipt"]
        try:
            self._connection.send_frame(command, given, body)
        except NotConnectedException:
            return Refused("closed", "")
        return self._answer(f"r{self._requests}") if answered else Done(None)

    def _answer(self, receipt: str) -> Outcome[Any]:
        until = monotonic() + ANSWER_S
        with suppress(Empty):
            while True:
                kind, headers = self._answers.get(timeout=max(0.0, until - monotonic()))
                if kind == "CONNECTED" or headers.get("receipt-id") == receipt:
                    return Done(None)
                if kind in ("ERROR", "closed"):
                    return Refused(headers["message"], "")
        return Unknown("no answer")

    def drop(self) -> Outcome[Any]:
        """The network is gone: no goodbye."""
        self._connection.transport.disconnect_socket()
        return Done(None)

    def arrived(self) -> list[Any]:
        found = []
        with suppress(Empty):
            while True:
                kind, headers, body = self._came.get_nowait()
                if "ack" in headers:
                    self._held.append(headers["ack"])
                shown = {name: one for name, one in headers.items() if name not in MADE}
                found.append({"frame": kind, "headers": shown, "body": body})
        return in_order(found)

    def close(self) -> None:
        if self._connection is not None:
            # what it still says is not of the next connection
            self._connection.remove_listener("")
            with suppress(NotConnectedException):
                self._connection.disconnect()
