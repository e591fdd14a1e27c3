"""The one place where observations of the model and of a broker are made comparable.

Each rule has its reason; what is not listed here is compared as it is.

- Reply texts are dropped, codes kept: wordings differ between versions, and the model says so.
- ``time`` in ``x-death`` is dropped: it is a wall clock.
- Names made by the broker (queues ``amq.gen-``, reply addresses) keep only their fixed part.
- Confirms are told in publishing order: brokers answer in any order and group as they like.
- A publish or settlement has no answer in AMQP: a channel that it closed is its outcome.
- A connection that is gone has no reply code on the wire; the model says 504.
- The names of nodes that links write into headers are dropped: they are the machine's.
- No answer is told as ``no answer``, without how long it was waited for.
"""

from __future__ import annotations

import re
from typing import Any

from advisor.domain.outcome import Done, Outcome, Refused, Unmodelled
from advisor.subjects.rabbitmq.protocol import Delivered, Properties, QueueState

_NODES = ("cluster-name", "shovelled-by")
_MADE = re.compile(r"(amq\.gen-|amq\.rabbitmq\.reply-to\.).*")


def plain(value: Any) -> Any:
    """Lists, dictionaries and texts that compare equal where nothing differs but the above."""
    if isinstance(value, str):
        return _MADE.sub(r"\1", value)
    if isinstance(value, dict):
        kept = {key: plain(one) for key, one in sorted(value.items()) if key not in _NODES}
        if {"count", "reason", "queue"} <= kept.keys():
            kept.pop("time", None)
        return kept
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [plain(one) for one in value]
    if isinstance(value, Delivered | QueueState):
        return {name: plain(one) for name, one in value._asdict().items()}
    if isinstance(value, Properties):
        names = (one for one in value.__slots__)
        found = {name: plain(getattr(value, name)) for name in names}
        return {name: one for name, one in found.items() if one not in (None, {})}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    return value


def closed(why: Refused | None) -> str | None:
    """The reply code that closed a channel, or that its connection is gone."""
    if why is None:
        return None
    return "gone" if why.code in ("lost", "504") else why.code


def outcome_of(outcome: Outcome[Any]) -> Any:
    """Done with its value, a reply code, no answer, or a gap of the model."""
    if isinstance(outcome, Done):
        return {"done": plain(outcome.value)}
    if isinstance(outcome, Refused):
        return {"refused": outcome.code}
    if isinstance(outcome, Unmodelled):
        return {"unmodelled": outcome.gap}
    return "no answer"
