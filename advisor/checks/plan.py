"""The plan of a check file: what the team knows when it sets the design up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from advisor.checks import forms
from advisor.checks.forms import Convert, Reader
from advisor.checks.session import Group, Plan, Selector

SELECTORS: Mapping[str, Convert] = {
    "keys": forms.texts,
    "patterns": forms.texts,
    "headers": forms.mapping_of(forms.text),
    "content": forms.mapping_of(forms.text),
}
DURATIONS: Mapping[str, str] = {"retention": "retention_ms", "task_max": "task_ms_max"}
VALUES: Mapping[str, Convert] = {
    "parallelism": forms.whole,
    "nodes": forms.whole,
    "prefetch": forms.whole,
    "ordering": forms.one_of("none", "per_key", "global"),
    "durability": forms.one_of("memory", "disk", "replicated", "power_loss"),
    "priorities": forms.flag,
    "expiry": forms.flag,
    "attempts_max": forms.whole,
    "request_reply": forms.flag,
    "newest_per_key": forms.flag,
    "deduplicate": forms.flag,
    "transactions": forms.flag,
    "message_bytes_max": forms.whole,
    "waiting_messages_max": forms.whole,
}
KEYS = ("groups", "delays", *DURATIONS, *VALUES)
assert {"groups", "delays_ms", *DURATIONS.values(), *VALUES} == {one.name for one in fields(Plan)}


def plan_from(reader: Reader, data: Any, path: forms.Path, *, live: bool) -> Plan | None:
    """The plan; None with problems noted, or for live where a duration has no live value."""
    if not isinstance(data, dict) or "groups" not in data:
        reader.fault(path, "expected a plan with its groups")
        return None
    values: dict[str, Any] = {}
    shortened = True
    for key, value in data.items():
        at = (*path, key)
        if key == "groups":
            values[key] = _groups(reader, value, at)
        elif key == "delays":
            names = value if isinstance(value, list) else [value]
            delays = [_ms(reader, one, at, live=live) for one in names]
            shortened = shortened and None not in delays
            values["delays_ms"] = tuple(delays)
        elif key in DURATIONS:
            values[DURATIONS[key]] = _ms(reader, value, at, live=live)
            shortened = shortened and values[DURATIONS[key]] is not None
        elif key in VALUES:
            values[key] = VALUES[key](reader, value, at)
        else:
            reader.unknown(at, "key", key, dict.fromkeys(KEYS))
    return Plan(**values) if shortened else None


def _ms(reader: Reader, value: Any, path: forms.Path, *, live: bool) -> int | None:
    duration = forms.duration(reader, value, path)
    if duration is None:
        return None
    return duration.live_ms if live else duration.ms


def _groups(reader: Reader, data: Any, path: forms.Path) -> tuple[Group, ...]:
    if not isinstance(data, dict) or not data:
        reader.fault(path, "expected names of groups, each with what it selects ({} for all)")
        return ()
    return tuple(
        Group(name, _selector(reader, value, (*path, name))) for name, value in data.items()
    )


def _selector(reader: Reader, data: Any, path: forms.Path) -> Selector:
    if data == {}:
        return Selector()
    if not isinstance(data, dict) or len(data) != 1:
        reader.fault(path, "expected {} or one of " + ", ".join(SELECTORS))
        return Selector()
    ((by, wanted),) = data.items()
    if by not in SELECTORS:
        reader.unknown((*path, by), "selector", by, SELECTORS)
        return Selector()
    value = SELECTORS[by](reader, wanted, (*path, by))
    if by == "keys":
        return Selector("key", keys=value)
    if by == "patterns":
        return Selector("pattern", patterns=value)
    return Selector("headers" if by == "headers" else "content", equal=value)
