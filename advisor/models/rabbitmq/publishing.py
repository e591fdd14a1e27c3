"""The publishing half of a channel: confirms, transactions, routing and storing.

Keeps: a publish to a missing (404) or internal exchange (403) or of too large a message (406)
closes the channel; unroutable is acknowledged, and returned first if mandatory; all routed queues
must have taken a message before it is acknowledged. A wrong publish is answered at once, where a
real broker answers later and discards what was sent in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from advisor.models.rabbitmq import direct_reply_to
from advisor.models.rabbitmq.confirms import Confirms
from advisor.models.rabbitmq.expiry import parse_expiration
from advisor.models.rabbitmq.message import PLAIN, Delivery, Message, Properties, Returned
from advisor.models.rabbitmq.replies import ClosedError, channel_error
from advisor.models.rabbitmq.routing import sender_selected
from advisor.models.rabbitmq.transaction import Transaction

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker


class Publishing:
    """What a channel publishes with; ``returns`` holds what came back."""

    __slots__ = ("broker", "closed", "confirms", "reply_token", "returns", "transaction", "unacked")

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.closed: ClosedError | None = None
        self.confirms: Confirms | None = None
        self.transaction: Transaction | None = None
        self.reply_token: str | None = None
        self.returns: deque[Returned] = deque()
        self.unacked: dict[int, Delivery] = {}

    def confirm_select(self) -> None:
        """From now on every publish is answered in ``confirms``."""
        if self.transaction is not None:
            raise channel_error(406, "cannot switch from tx to confirm mode")
        if self.confirms is None:
            self.confirms = Confirms()

    def tx_select(self) -> None:
        """From now on publishes and settlements wait for :meth:`tx_commit`."""
        if self.confirms is not None:
            raise channel_error(406, "cannot switch from confirm to tx mode")
        if self.transaction is None:
            self.transaction = Transaction()

    def tx_commit(self) -> None:
        """All that waits takes effect."""
        self._transaction().commit()

    def tx_rollback(self) -> None:
        """All that waits is forgotten; settled deliveries are unsettled again, not requeued."""
        self._undo(self._transaction())

    def _undo(self, transaction: Transaction) -> None:
        again = {delivery.tag: delivery for delivery in transaction.rollback()} | self.unacked
        self.unacked = dict(sorted(again.items()))

    def _transaction(self) -> Transaction:
        if self.closed is not None:
            raise self.closed
        if self.transaction is None:
            raise channel_error(406, "channel is not transactional")
        return self.transaction

    def basic_publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: Properties = PLAIN,
        *,
        mandatory: bool = False,
    ) -> None:
        """Route and store one message; 404, 403 or 406 where the broker refuses it."""
        if self.closed is not None:
            raise self.closed
        broker = self.broker
        found = broker.exchanges.get(exchange)
        if found is None or found.internal or len(body) > broker.max_message_bytes:
            raise broker.refused_publish(exchange)
        headers = properties.headers
        if headers or properties.reply_to is not None or properties.expiration is not None:
            properties = self._checked(properties)
        keys = sender_selected(headers) if headers else ()
        if keys:
            targets = broker.router.route_all(found, (routing_key, *keys), headers)
        else:
            cached = found.routes.get(routing_key)
            targets = broker.router.route(found, routing_key, headers) if cached is None else cached
        message = Message(exchange, routing_key, body, properties, publisher=self)
        if self.transaction is not None:
            if direct_reply_to.is_reply(message) and broker.reply_tokens.passes_by_transactions:
                broker.reply_tokens.deliver(routing_key, message)
                if mandatory:
                    self.transaction.publish(partial(self._send_back, message))
                return
            store = partial(self._store, message, tuple(targets), mandatory=mandatory)
            self.transaction.publish(store)
            return
        self._store(message, targets, mandatory=mandatory)

    def _store(self, message: Message, targets: Sequence[Any], *, mandatory: bool) -> None:
        if len(targets) > 1:
            accepted = self._store_in_several(message, targets)
        else:
            accepted = targets[0].enqueue(message) if targets else True
        if not targets:
            self._unroutable(message, mandatory=mandatory)
        if self.confirms is not None:
            self.confirms.answer(accepted)

    def _store_in_several(self, message: Message, targets: Sequence[Any]) -> bool | None:
        """What dies in one at once comes after the direct copies, but before that of a quorum queue
        to which this channel is new."""
        broker = self.broker
        new = [queue for queue in targets if queue.is_new(self)]
        outcomes: list[bool | None] = []
        for group in ([queue for queue in targets if queue not in new], new):
            broker.hold_dead_letters()
            outcomes += [queue.enqueue(message) for queue in group]
            broker.release_dead_letters()
        return None if None in outcomes else all(outcomes)

    def _checked(self, properties: Properties) -> Properties:
        if properties.expiration is not None:
            parse_expiration(properties.expiration)
        if properties.reply_to == direct_reply_to.NAME:
            if self.reply_token is None:
                raise channel_error(406, "fast reply consumer does not exist")
            return replace(properties, reply_to=self.reply_token)
        return properties

    def _unroutable(self, message: Message, *, mandatory: bool) -> None:
        key = message.routing_key
        never_returned = direct_reply_to.is_reply(message) and self.broker.reply_tokens.deliver(
            key, message
        )
        if mandatory and not never_returned:
            self._send_back(message)

    def _send_back(self, message: Message) -> None:
        self.returns.append(Returned(312, "NO_ROUTE", message))
