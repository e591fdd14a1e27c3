"""What a group wants, read from its selector alone: the yardstick for lost and unwanted.

Patterns have AMQP's meaning: words between dots, ``*`` is one word, ``#`` is none or more.
"""

from __future__ import annotations

from functools import lru_cache

from advisor.checks.session import Message, Selector


def wants(selector: Selector, message: Message) -> bool:
    """Whether a group with this selector is to get the message."""
    match selector.by:
        case "none":
            return True
        case "key":
            return message.routing_key in selector.keys
        case "pattern":
            return any(matches(pattern, message.routing_key) for pattern in selector.patterns)
        case "headers":
            return selector.equal.items() <= message.headers.items()
        case "content":
            return selector.equal.items() <= message.fields.items()


@lru_cache(maxsize=1024)
def matches(pattern: str, routing_key: str) -> bool:
    """Whether an AMQP topic pattern matches a routing key."""
    words = routing_key.split(".") if routing_key else []
    reachable = {0}
    for part in pattern.split(".") if pattern else []:
        if part == "#":
            reachable = set(range(min(reachable), len(words) + 1)) if reachable else set()
        else:
            reachable = {at + 1 for at in reachable if at < len(words) and part in ("*", words[at])}
    return len(words) in reachable
