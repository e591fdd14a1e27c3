"""Matching of a headers exchange: ``x-match`` all, any, all-with-x or any-with-x (from 3.10).

Keeps the four modes, the presence test (a binding value of None), and that values of different
type classes differ (1 is not 1.0, not "1" and not True). Without ``-with-x``, binding arguments
whose names start with ``x-`` do not take part. Leaves out timestamps and arrays as a type class.
"""

from __future__ import annotations

from typing import Any

from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.replies import channel_error

MODES = ("all", "any", "all-with-x", "any-with-x")


def check_arguments(arguments: Table) -> None:
    """406 on a mode that does not exist."""
    if arguments.get("x-match", "all") not in MODES:
        raise channel_error(406, f"Invalid x-match field value {arguments['x-match']!r}")


def _same(wanted: Any, given: Any) -> bool:
    return type(wanted) is type(given) and bool(wanted == given)


def matches(arguments: Table, headers: Table) -> bool:
    """Whether the binding's arguments select a message with these headers."""
    mode = arguments.get("x-match", "all")
    with_x = mode.endswith("-with-x")
    tests = (
        name in headers and (wanted is None or _same(wanted, headers[name]))
        for name, wanted in arguments.items()
        if name != "x-match" and (with_x or not name.startswith("x-"))
    )
    return any(tests) if mode.startswith("any") else all(tests)
