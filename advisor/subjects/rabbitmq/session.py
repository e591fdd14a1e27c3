"""Opens the session of a RabbitMQ design, natively or with one of its variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.checks.session import Session
from advisor.subjects.rabbitmq import variants
from advisor.subjects.rabbitmq.base import RabbitMQSession
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import RabbitMQClient
from advisor.subjects.rabbitmq.queue_session import QueueSession
from advisor.subjects.rabbitmq.stream_session import StreamSession

Make = Callable[[str, RabbitMQClient, str], RabbitMQSession]

_QUEUE: Mapping[str, tuple[Make, str]] = {
    "delay-queues": (variants.DelayQueues, "a queue for each delay that expires into the entry"),
    "single-active-consumer": (variants.SingleActiveConsumer, "one reader works, others stand by"),
    "consumer-timeout": (variants.ConsumerTimeout, "a consumer timeout longer than any task"),
    "consistent-hash": (
        variants.ConsistentHash,
        "x-consistent-hash exchange (plugin) over queues with a single active consumer each",
    ),
    "raised-message-limit": (variants.QueueRaisedMessageLimit, "max_message_size raised"),
    "copied-into-headers": (
        variants.CopiedIntoHeaders,
        "the publisher copies body fields into headers",
    ),
    "deduplication-table": (
        variants.QueueDeduplicationTable,
        "readers keep a table of what they have done",
    ),
    "outbox": (variants.QueueOutbox, "an outbox table and a forwarder"),
}
_CLASSIC: Mapping[str, tuple[Make, str]] = {
    **_QUEUE,
    "retry-loop": (variants.RetryLoop, "a wait queue, and attempts counted in the reader"),
}
_STREAM: Mapping[str, tuple[Make, str]] = {
    "raised-message-limit": (variants.StreamRaisedMessageLimit, "max_message_size raised"),
    "stream-per-group": (variants.StreamPerGroup, "a stream for each group, bound by its selector"),
    "deduplication-table": (
        variants.StreamDeduplicationTable,
        "readers keep a table of what they have done",
    ),
    "outbox": (variants.StreamOutbox, "an outbox table and a forwarder"),
}
_NATIVE: Mapping[str, Make] = {
    "rabbitmq.classic-queue": QueueSession,
    "rabbitmq.quorum-queue": QueueSession,
    "rabbitmq.stream": StreamSession,
}
_MADE: Mapping[str, Mapping[str, tuple[Make, str]]] = {
    "rabbitmq.classic-queue": _CLASSIC,
    "rabbitmq.quorum-queue": _QUEUE,
    "rabbitmq.stream": _STREAM,
}

SUPPORTED_OPTIONS = frozenset(_NATIVE)
VARIANTS: Mapping[str, Mapping[str, str]] = {
    option: {name: line for name, (_, line) in made.items()} for option, made in _MADE.items()
}


def open_session(
    option: str,
    variant: str | None = None,
    client: RabbitMQClient | None = None,
    *,
    prefix: str = "advisor",
) -> Session:
    """A fresh installation of the design, by default on a model of the newest version.

    ``prefix`` begins the name of everything that it makes. KeyError for an option or variant
    that there is not.
    """
    make = _NATIVE[option] if variant is None else _MADE[option][variant][0]
    return make(option, client or ModelClient(), prefix)
