"""AMQP 1.0, spoken by qpid-proton to a broker and by the model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from proton import ConnectionException, Delivery, Endpoint, Message, ProtonException, Timeout
from proton.handlers import MessagingHandler
from proton.utils import BlockingConnection, LinkDetached

from advisor.domain.outcome import Done, Outcome, Refused, Unknown, Unmodelled
from advisor.models.rabbitmq.amqp_1_0 import Amqp10Session, LinkError, Sections
from advisor.models.rabbitmq.broker import Broker
from advisor.models.rabbitmq.unmodelled import UnmodelledError

ANSWER_S = 10.0
OUTCOMES = {
    Delivery.ACCEPTED: "accepted",
    Delivery.REJECTED: "rejected",
    Delivery.RELEASED: "released",
    Delivery.MODIFIED: "modified",
}
STATES = {name: state for state, name in OUTCOMES.items()}
SHOWN = (
    "durable", "priority", "ttl", "first_acquirer", "delivery_count", "id", "address", "subject",
    "reply_to", "correlation_id", "content_type", "creation_time", "annotations", "properties",
)  # fmt: skip


class _Receiving(MessagingHandler):  # type: ignore[misc]  # comes without types
    """Puts what comes, and every end that the broker makes, into ``came``."""

    def __init__(self, came: list[Any]) -> None:
        super().__init__(prefetch=0, auto_accept=False, auto_settle=False)
        self.came = came

    def on_message(self, event: Any) -> None:
        self.came.append((event.link.name, event.message, event.delivery))

    def on_link_remote_close(self, event: Any) -> None:
        pass

    def on_session_remote_close(self, event: Any) -> None:
        pass

    def on_link_error(self, event: Any) -> None:
        pass

    def on_session_error(self, event: Any) -> None:
        pass


class Live:
    """One client with one connection and one session."""

    def __init__(self, place: Any) -> None:
        self._port: int = place.port
        self._connection: Any = None
        self._links: dict[str, Any] = {}
        self._came: list[Any] = []
        self._held: list[Any] = []
        self._told: set[str] = set()
        self._lost = False

    def connect(self) -> Outcome[Any]:
        self.close()
        self._links.clear()
        self._told.clear()
        self._lost = False
        self._connection = BlockingConnection(
            f"amqp://guest:guest@127.0.0.1:{self._port}", timeout=ANSWER_S, allowed_mechs="PLAIN",
            virtual_host="vhost:/",
        )  # fmt: skip
        return Done(None)

    def sender(self, link: str, address: str | None) -> Outcome[Any]:
        made = self._connection.container.create_sender(self._connection.conn, address, name=link)
        return self._attached(link, made, lambda: made.remote_target)

    def receiver(self, link: str, address: str, credit: int = 10) -> Outcome[Any]:
        made = self._connection.container.create_receiver(
            self._connection.conn, address, name=link, handler=_Receiving(self._came)
        )
        outcome = self._attached(link, made, lambda: made.remote_source)
        if isinstance(outcome, Done):
            made.flow(credit)
            self._wait(lambda: False, 0.01)
        return outcome

    def _wait(self, condition: Callable[[], Any], seconds: float = ANSWER_S) -> bool:
        until = monotonic() + seconds
        while not condition():
            try:
                self._connection.wait(condition, timeout=max(0.0, until - monotonic()))
            except Timeout:
                return False
            except LinkDetached:
                continue  # the link knows
            except ConnectionException:
                self._lost = True
                return bool(condition())
        return True

    def _attached(self, name: str, link: Any, terminus: Callable[[], Any]) -> Outcome[Any]:
        def decided() -> bool:
            active = link.state & Endpoint.REMOTE_ACTIVE and terminus().type
            return bool(active or self._ended(link))

        if not self._wait(decided):
            return Unknown("no answer")
        why = self._ended(link)
        if why is not None:
            return Refused(why, "")
        self._links[name] = link
        return Done(None)

    def send(self, link: str, body: Any, **given: Any) -> Outcome[Any]:
        """The outcome that the broker gives, or why it ended the link."""
        found = self._links.get(link)
        if found is None or self._ended(found):
            return Refused("no link", "")
        if isinstance(body, str):
            given, body = {"inferred": True, **given}, body.encode()
        self._wait(lambda: found.credit or self._ended(found))
        delivery = found.send(Message(body=body, **given))
        if not self._wait(lambda: delivery.remote_state or self._ended(found)):
            return Unknown("no answer")
        why = self._ended(found)
        if why is not None:
            return Refused(why, "")
        outcome = OUTCOMES[delivery.remote_state]
        delivery.settle()
        condition = delivery.remote.condition
        return Done([outcome, None if condition is None else condition.name])

    def flow(self, link: str, credit: int) -> Outcome[Any]:
        if link not in self._links:
            return Refused("no link", "")
        self._links[link].flow(credit)
        self._wait(lambda: False, 0.01)
        return Done(None)

    def settle(
        self, nth: int, outcome: str, failed: bool = False, undeliverable: bool = False
    ) -> Outcome[Any]:
        """The n-th message that came, from 0."""
        if nth >= len(self._held):
            return Refused("nothing came", "")
        delivery = self._held[nth]
        if outcome == "modified":
            delivery.local.failed = failed
            delivery.local.undeliverable = undeliverable
        delivery.update(STATES[outcome])
        delivery.settle()
        self._wait(lambda: False, 0.01)
        return Done(None)

    def detach(self, link: str) -> Outcome[Any]:
        found = self._links.pop(link)
        found.close()
        return Done(None) if self._wait(lambda: self._ended(found)) else Unknown("no answer")

    def arrived(self) -> list[Any]:
        if self._connection is None:
            return []
        with suppress(ProtonException):
            self._wait(lambda: self._came, 0.03)
        found: list[Any] = []
        for link, message, delivery in self._came:
            self._held.append(delivery)
            found.append({"link": link, **_shown(message)})
        self._came.clear()
        for name, link in self._links.items():
            why = self._ended(link)
            if why is not None and name not in self._told:
                self._told.add(name)
                found.append({"link": name, "ended": why})
        return found

    def close(self) -> None:
        if self._connection is not None:
            with suppress(ProtonException):
                self._connection.close()
            self._connection = None

    def _ended(self, link: Any) -> str | None:
        """Why the broker ended the link, or the session or connection around it."""
        if self._lost:
            return "connection lost"
        around = (("", link), ("session ", link.session), ("connection ", link.connection))
        for word, endpoint in around:
            if endpoint.state & Endpoint.REMOTE_CLOSED:
                condition = endpoint.remote_condition
                return word + ("closed" if condition is None else condition.name)
        return None


def _shown(message: Any) -> dict[str, Any]:
    """Fields that are not what they are without being said."""
    body = message.body
    shown: dict[str, Any] = {"body": bytes(body).decode() if message.inferred else body}
    for name in SHOWN:
        value = _plain(getattr(message, name))
        if value not in (None, "", "None", 0, False, {}):
            shown[name] = value
    return shown


def _plain(value: Any) -> Any:
    """Without the types that stand for widths on the wire."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


GIVEN = {
    "id": "message_id", "address": "to", "properties": "application",
    "durable": "durable", "priority": "priority", "annotations": "annotations",
    "reply_to": "reply_to", "correlation_id": "correlation_id", "content_type": "content_type",
    "group_id": "group_id", "subject": None,
}  # fmt: skip
"""Fields of a message as the client library names them, and as the model does."""


def _sections(body: str, given: dict[str, Any]) -> Sections:
    fields = {GIVEN[name]: value for name, value in given.items() if GIVEN.get(name)}
    ttl, created = given.get("ttl"), given.get("creation_time")
    return Sections(
        body.encode(),
        time_to_live_ms=None if ttl is None else int(ttl * 1000),
        creation_time_ms=None if created is None else int(created * 1000),
        **{str(name): value for name, value in fields.items()},
    )


def _as_shown(sections: Sections) -> dict[str, Any]:
    ttl_ms, created_ms = sections.time_to_live_ms, sections.creation_time_ms
    fields = {str(name): getattr(sections, own) for name, own in GIVEN.items() if own}
    fields.pop("address")
    fields |= {
        "ttl": None if ttl_ms is None else ttl_ms / 1000,
        "first_acquirer": sections.first_acquirer,
        "delivery_count": sections.delivery_count,
        "creation_time": None if created_ms is None else created_ms / 1000,
    }
    shown = {name: value for name, value in fields.items() if name in SHOWN and value}
    return {"body": sections.body.decode(), **shown}


class OnModel:
    """The same calls on the model."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._session: Amqp10Session | None = None
        self._held: list[Any] = []
        self._links: set[str] = set()
        self._told: set[str] = set()
        self._over = ""

    def connect(self) -> Outcome[Any]:
        self.close()
        try:
            self._session = Amqp10Session(self._broker)
        except UnmodelledError as error:
            return Unmodelled(error.gap.name, error.gap.value)
        self._links.clear()
        self._told.clear()
        self._over = ""
        return Done(None)

    def _ended(self, error: LinkError) -> Refused:
        if error.session:
            self._over = f"session {error.condition}"
            return Refused(self._over, "")
        return Refused(error.condition, "")

    def _attached(self, link: str, attach: Callable[[Amqp10Session], None]) -> Outcome[Any]:
        assert self._session is not None
        try:
            attach(self._session)
        except LinkError as error:
            return self._ended(error)
        self._links.add(link)
        return Done(None)

    def sender(self, link: str, address: str | None) -> Outcome[Any]:
        return self._attached(link, lambda session: session.attach_sender(link, address))

    def receiver(self, link: str, address: str, credit: int = 10) -> Outcome[Any]:
        return self._attached(link, lambda session: session.attach_receiver(link, address, credit))

    def send(self, link: str, body: Any, **given: Any) -> Outcome[Any]:
        session = self._session
        assert session is not None
        if link not in self._links or link in session.ended or self._over:
            return Refused("no link", "")
        try:
            return Done([*session.send(link, _sections(body, given))])
        except LinkError as error:
            return self._ended(error)

    def flow(self, link: str, credit: int) -> Outcome[Any]:
        assert self._session is not None
        if link not in self._links:
            return Refused("no link", "")
        self._session.flow(link, credit)
        return Done(None)

    def settle(
        self, nth: int, outcome: Any, failed: bool = False, undeliverable: bool = False
    ) -> Outcome[Any]:
        assert self._session is not None
        if nth >= len(self._held):
            return Refused("nothing came", "")
        self._session.settle(self._held[nth], outcome, failed=failed, undeliverable=undeliverable)
        return Done(None)

    def detach(self, link: str) -> Outcome[Any]:
        assert self._session is not None
        self._session.detach(link)
        self._links.discard(link)
        return Done(None)

    def arrived(self) -> list[Any]:
        if self._session is None:
            return []
        found: list[Any] = []
        for link, delivery, sections in self._session.take():
            self._held.append(delivery)
            found.append({"link": link, **_as_shown(sections)})
        for link in sorted(self._links - self._told):
            why = self._over or self._session.ended.get(link)
            if why:
                self._told.add(link)
                found.append({"link": link, "ended": why})
        return found

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
