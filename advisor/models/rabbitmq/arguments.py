"""Queue arguments: which each queue type of each version takes, refuses or ignores.

Keeps the checks of values (406), arguments known for another queue type (406), unknown arguments
(accepted, never compared), and equivalence on re-declaration. From 4.3 ``x-queue-mode`` is
unknown to classic queues. Leaves out ``x-queue-master-locator``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.dead_letter import DeadLetterTarget
from advisor.models.rabbitmq.delayed_retry import DELAYED_RETRY, DelayedRetry, read_delayed_retry
from advisor.models.rabbitmq.length_limit import LengthLimit
from advisor.models.rabbitmq.message import LONGEST_TTL_MS, Table
from advisor.models.rabbitmq.replies import channel_error, connection_error
from advisor.models.rabbitmq.versions import V3_13, V4_0, V4_3

_AGE = re.compile(r"([1-9]\d*)([YMDhms])")
_AGE_SECONDS = {"Y": 31_536_000, "M": 2_592_000, "D": 86_400, "h": 3600, "m": 60, "s": 1}

CLASSIC_AND_QUORUM = frozenset(
    {
        "x-message-ttl",
        "x-expires",
        "x-max-length",
        "x-max-length-bytes",
        "x-overflow",
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "x-single-active-consumer",
    }
)
CLASSIC = CLASSIC_AND_QUORUM | {"x-max-priority", "x-queue-mode", "x-queue-version"}
QUORUM = CLASSIC_AND_QUORUM | {
    "x-delivery-limit",
    "x-dead-letter-strategy",
    "x-quorum-initial-group-size",
    "x-queue-leader-locator",
}
STREAM = frozenset(
    {
        "x-max-length-bytes",
        "x-max-age",
        "x-stream-max-segment-size-bytes",
        "x-initial-cluster-size",
        "x-stream-filter-size-bytes",
        "x-queue-leader-locator",
    }
)


def _whole(least: int, most: int | None = None) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value
        and (most is None or value <= most)
    )


def _text(value: Any) -> bool:
    return isinstance(value, str)


VALUES: dict[str, Callable[[Any], bool]] = {
    "x-message-ttl": _whole(0, LONGEST_TTL_MS),
    "x-expires": _whole(1, LONGEST_TTL_MS),
    "x-max-length": _whole(0),
    "x-max-length-bytes": _whole(0),
    "x-max-priority": _whole(0, 255),
    "x-delivery-limit": _whole(-1),
    "x-quorum-initial-group-size": _whole(1),
    "x-initial-cluster-size": _whole(1),
    "x-stream-max-segment-size-bytes": _whole(1, 3_000_000_000),
    "x-stream-filter-size-bytes": _whole(16, 255),
    "x-consumer-timeout": _whole(0),
    "x-delayed-retry-type": _text,
    "x-delayed-retry-min": _whole(0),
    "x-delayed-retry-max": _whole(0),
    "x-overflow": lambda value: value in ("drop-head", "reject-publish", "reject-publish-dlx"),
    "x-queue-mode": lambda value: value in ("default", "lazy"),
    "x-queue-version": _whole(1, 2),
    "x-dead-letter-exchange": _text,
    "x-dead-letter-routing-key": _text,
    "x-dead-letter-strategy": lambda value: value in ("at-most-once", "at-least-once"),
    "x-queue-leader-locator": lambda value: value in ("client-local", "balanced"),
    "x-single-active-consumer": lambda value: isinstance(value, bool),
    "x-max-age": lambda value: isinstance(value, str) and bool(_AGE.fullmatch(value)),
}


NO_LIMIT = LengthLimit()


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """A queue's arguments as they work. ``compared`` are those that a re-declaration repeats."""

    kind: str
    durable: bool = True
    exclusive: bool = False
    auto_delete: bool = False
    ttl_ms: int | None = None
    limit: LengthLimit = NO_LIMIT
    dead_letter: DeadLetterTarget | None = None
    max_priority: int | None = None
    single_active_consumer: bool = False
    delivery_limit: int | None = None
    consumer_timeout_ms: int | None = None
    group_size: int | None = None
    max_age_ms: int | None = None
    segment_bytes: int = 500_000_000
    expires_ms: int | None = None
    delayed_retry: DelayedRetry | None = None
    dead_letters_at_least_once: bool = False
    compared: Table = field(default_factory=dict)


def known_arguments(kind: str, version: BrokerVersion) -> frozenset[str]:
    """The arguments that this queue type of this version understands."""
    known = {"classic": CLASSIC, "quorum": frozenset(QUORUM), "stream": STREAM}[kind]
    if kind == "classic" and version >= V4_3:
        known = known - {"x-queue-mode"}
    if version < V3_13:
        known = known - {"x-stream-filter-size-bytes"}
    if kind == "quorum" and version >= V4_3:
        known = known | DELAYED_RETRY
    if version >= V4_0 and (kind == "quorum" or (kind == "classic" and version < V4_3)):
        known = known | {"x-consumer-timeout"}
    return frozenset(known)


def _known_anywhere(version: BrokerVersion) -> frozenset[str]:
    kinds = ("classic", "quorum", "stream")
    return frozenset().union(*(known_arguments(kind, version) for kind in kinds))


def _check(kind: str, arguments: Table, version: BrokerVersion) -> frozenset[str]:
    known = known_arguments(kind, version)
    foreign = _known_anywhere(version) - known
    if version < V4_3 and kind == "stream":
        foreign -= {"x-consumer-timeout"}
    if kind != "classic":
        foreign |= {"x-queue-mode"}
    for name, value in arguments.items():
        if name in foreign:
            raise channel_error(406, f"invalid arg {name!r} for queue of queue type {kind}")
        if name == "x-max-age" and version < V4_3 and not str(value)[:1].isdigit():
            raise connection_error(541, f"invalid arg {name!r}: {value!r}")
        too_old = name == "x-queue-version" and value == 1 and version >= V4_3
        if name in known and (too_old or not VALUES[name](value)):
            raise channel_error(406, f"invalid arg {name!r}: {value!r}")
    if "x-dead-letter-routing-key" in arguments and "x-dead-letter-exchange" not in arguments:
        raise channel_error(406, "routing key for dead letters without an exchange")
    return known


def _dead_letters_at_least_once(kind: str, arguments: Table) -> bool:
    """Only where the queue refuses rather than drops what is too much."""
    return (
        kind == "quorum"
        and arguments.get("x-dead-letter-strategy") == "at-least-once"
        and arguments.get("x-overflow") == "reject-publish"
        and "x-dead-letter-exchange" in arguments
    )


def _check_flags(kind: str, name: str, durable: bool, exclusive: bool, auto_delete: bool) -> None:
    wrong = [
        word
        for word, is_wrong in (
            ("server-named", not name),
            ("non-durable", not durable),
            ("exclusive", exclusive),
            ("auto-delete", auto_delete),
        )
        if is_wrong
    ]
    if kind != "classic" and wrong:
        raise channel_error(406, f"invalid property {wrong[0]!r} for queue of queue type {kind}")


def _limit(kind: str, arguments: Table, version: BrokerVersion) -> LengthLimit:
    return LengthLimit(
        arguments.get("x-max-length"),
        arguments.get("x-max-length-bytes"),
        arguments.get("x-overflow", "drop-head"),
        with_properties=kind == "quorum" and version >= V4_3,
    )


def age_ms(text: str) -> int:
    """Milliseconds of an age such as ``7D``."""
    matched = _AGE.fullmatch(text)
    if matched is None:
        raise channel_error(406, f"invalid arg 'x-max-age': {text!r}")
    return int(matched[1]) * _AGE_SECONDS[matched[2]] * 1000


def _delivery_limit(kind: str, arguments: Table, version: BrokerVersion) -> int | None:
    """Returns allowed before a message is set aside: 20 on quorum queues from 4.0, or given."""
    if kind != "quorum":
        return None
    default = 20 if version >= V4_0 else None
    given = arguments.get("x-delivery-limit", default)
    # -1 means no limit from 4.0; before, the first return is already one too many
    return None if given is None or (given < 0 and version >= V4_0) else int(given)


def read_arguments(
    name: str,
    arguments: Table,
    version: BrokerVersion,
    *,
    durable: bool,
    exclusive: bool,
    auto_delete: bool,
) -> QueueSettings:
    """What a declaration asks for; 406 where the queue type or the value does not allow it."""
    kind = arguments.get("x-queue-type", "classic")
    if kind not in ("classic", "quorum", "stream"):
        raise channel_error(406, f"invalid arg 'x-queue-type': {kind!r}")
    _check_flags(kind, name, durable, exclusive, auto_delete)
    known = _check(kind, arguments, version)
    flags = QueueSettings(
        kind,
        durable,
        exclusive,
        auto_delete,
        compared={name: value for name, value in arguments.items() if name in known},
    )
    return settings_of(kind, arguments, version, declared=flags)


def settings_of(
    kind: str, arguments: Table, version: BrokerVersion, *, declared: QueueSettings
) -> QueueSettings:
    """What these arguments make of a queue that was ``declared`` with its flags."""
    known = known_arguments(kind, version)
    exchange = arguments.get("x-dead-letter-exchange")
    age = arguments.get("x-max-age")
    return replace(
        declared,
        ttl_ms=arguments.get("x-message-ttl"),
        limit=_limit(kind, arguments, version),
        dead_letter=None
        if exchange is None
        else DeadLetterTarget(exchange, arguments.get("x-dead-letter-routing-key")),
        max_priority=arguments.get("x-max-priority"),
        single_active_consumer=arguments.get("x-single-active-consumer", False),
        delivery_limit=_delivery_limit(kind, arguments, version),
        consumer_timeout_ms=arguments.get("x-consumer-timeout")
        if "x-consumer-timeout" in known
        else None,
        group_size=arguments.get("x-quorum-initial-group-size")
        or arguments.get("x-initial-cluster-size"),
        max_age_ms=None if age is None else age_ms(age),
        segment_bytes=arguments.get("x-stream-max-segment-size-bytes", 500_000_000),
        expires_ms=arguments.get("x-expires"),
        delayed_retry=read_delayed_retry(arguments) if DELAYED_RETRY <= {*known} else None,
        dead_letters_at_least_once=_dead_letters_at_least_once(kind, arguments),
    )


def check_equivalent(queue: str, current: QueueSettings, received: QueueSettings) -> None:
    """405 or 406 unless a second declaration says the same."""
    if current.exclusive != received.exclusive:
        raise channel_error(405, f"cannot obtain exclusive access to locked queue {queue!r}")
    for field_name in ("durable", "auto_delete", "kind"):
        if getattr(current, field_name) != getattr(received, field_name):
            raise channel_error(406, f"inequivalent arg {field_name!r} for queue {queue!r}")
    for name in {*current.compared, *received.compared}:
        if current.compared.get(name) != received.compared.get(name):
            raise channel_error(406, f"inequivalent arg {name!r} for queue {queue!r}")
