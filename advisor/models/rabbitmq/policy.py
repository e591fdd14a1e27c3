"""Policies: settings given from outside to the queues and exchanges whose names match.

Keeps: of several that match only the one of the highest priority works; a pattern may match
anywhere in a name; a new definition works on what exists at once, and on what is declared later.
Where the queue's own arguments say something too: of numbers the lower works, of dead-letter
settings and an alternate exchange the argument, of ``overflow`` the argument on a classic and the
policy on a quorum queue (seen on 3.10.8, 4.0.5 and 4.3.6). What a queue type does not know is
ignored there. Leaves out operator policies, which of two with the same priority works, and the
half second until a real broker applies one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.domain.version import BrokerVersion
from advisor.models.rabbitmq.arguments import VALUES, QueueSettings, known_arguments, settings_of
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.versions import V3_13, V4_0, V4_3

EXCHANGE = "exchange"
_QUEUES = ("classic", "quorum", "stream")
_APPLIES_TO = {
    "all": (*_QUEUES, EXCHANGE), "queues": _QUEUES, "exchanges": (EXCHANGE,),
    "classic_queues": ("classic",), "quorum_queues": ("quorum",), "streams": ("stream",),
}  # fmt: skip
_ALWAYS = frozenset(
    {
        "alternate-exchange", "dead-letter-exchange", "dead-letter-routing-key",
        "dead-letter-strategy", "delivery-limit", "expires", "federation-upstream",
        "federation-upstream-set", "max-age", "max-length", "max-length-bytes", "message-ttl",
        "overflow", "queue-leader-locator", "queue-mode", "queue-version",
        "stream-max-segment-size-bytes",
    }
)  # fmt: skip
_MIRRORED = frozenset({"ha-mode", "ha-params", "ha-sync-mode", "ha-promote-on-shutdown"})
_DELAYED_RETRY = frozenset({"delayed-retry-type", "delayed-retry-min", "delayed-retry-max"})
_LOWER_WINS = frozenset(
    {"x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-consumer-timeout"}
)


class RefusedParameterError(Exception):
    """The broker does not take this policy, shovel or upstream."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``definition`` has the names of arguments without ``x-``."""

    name: str
    pattern: str
    definition: Mapping[str, Any]
    priority: int = 0
    apply_to: str = "all"

    def matches(self, name: str, kind: str) -> bool:
        """Whether it is for what has this name and is a queue of this type, or an exchange."""
        return kind in _APPLIES_TO[self.apply_to] and re.search(self.pattern, name) is not None


def known_definitions(version: BrokerVersion) -> frozenset[str]:
    """What a policy of this version may define."""
    known = _ALWAYS
    known |= {"stream-filter-size-bytes"} if version >= V3_13 else frozenset()
    known |= {"consumer-timeout"} if version >= V4_0 else _MIRRORED
    return known | (_DELAYED_RETRY if version >= V4_3 else {"queue-master-locator"})


def check_policy(policy: Policy, version: BrokerVersion) -> None:
    """RefusedParameterError where a broker of this version says no."""
    try:
        re.compile(policy.pattern)
    except re.error as error:
        raise RefusedParameterError(f"pattern: {error}") from None
    if policy.apply_to not in list(_APPLIES_TO)[: None if version >= V4_0 else 3]:
        raise RefusedParameterError(f"apply-to {policy.apply_to!r}")
    if not policy.definition:
        raise RefusedParameterError("no definition")
    for name, value in policy.definition.items():
        fits: Callable[[Any], bool] = VALUES.get(f"x-{name}", lambda _: True)
        if name not in known_definitions(version) or not fits(value):
            raise RefusedParameterError(f"{name}: {value!r}")
    if "delayed-retry-type" in policy.definition and "delayed-retry-min" not in policy.definition:
        raise RefusedParameterError("delayed-retry-min is missing")


class Policies:
    """All policies of one virtual host, by name."""

    __slots__ = ("_by_name",)

    def __init__(self) -> None:
        self._by_name: dict[str, Policy] = {}

    def set(self, policy: Policy) -> None:
        """Make it, or replace the one of its name."""
        self._by_name[policy.name] = policy

    def clear(self, name: str) -> None:
        """Remove it; RefusedParameterError where there is none."""
        if self._by_name.pop(name, None) is None:
            raise RefusedParameterError(f"no policy {name!r}")

    def of(self, name: str, kind: str) -> Table:
        """What the policy defines that works on this queue or exchange, {} without one."""
        found = [one for one in self._by_name.values() if one.matches(name, kind)]
        return max(found, key=lambda one: one.priority).definition if found else {}


def effective(settings: QueueSettings, definition: Table, version: BrokerVersion) -> QueueSettings:
    """How a queue works that was declared so, under a policy that defines this."""
    merged = dict(settings.compared)
    known = known_arguments(settings.kind, version)
    for word, value in definition.items():
        name = f"x-{word}"
        if name in known:
            merged[name] = _resolved(settings.kind, name, merged.get(name), value, version)
    return settings_of(settings.kind, merged, version, declared=settings)


def _resolved(kind: str, name: str, own: Any, given: Any, version: BrokerVersion) -> Any:
    if own is None:
        return given
    if name == "x-delivery-limit":
        # -1 means no limit from 4.0
        without = own < 0 and version >= V4_0
        return given if without else min(own, given)
    if name in _LOWER_WINS:
        return min(own, given)
    if name == "x-overflow" and kind == "quorum":
        return given
    return own
