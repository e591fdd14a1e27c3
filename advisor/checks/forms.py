"""The keys of each step in a check file, and how each value is read: one table.

A converter takes (reader, value, path) and gives the value, or notes a problem and gives None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from advisor.checks import check
from advisor.checks.check import LIVE_MS_MAX, Duration, StepBase

Path = tuple[str | int, ...]


class Reader(Protocol):
    """What converters need of the loader."""

    @property
    def durations(self) -> Mapping[str, Duration]: ...

    def fault(self, path: Path, message: str, hint: str = "") -> None: ...

    def unknown(
        self, path: Path, what: str, word: object, candidates: Mapping[str, Any]
    ) -> None: ...


Convert = Callable[[Reader, Any, Path], Any]


def text(reader: Reader, value: Any, path: Path) -> str | None:
    """A text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    reader.fault(path, "expected a text")
    return None


def whole(reader: Reader, value: Any, path: Path) -> int | None:
    """A whole number, 0 or more."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    reader.fault(path, "expected a whole number, 0 or more")
    return None


def flag(reader: Reader, value: Any, path: Path) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    reader.fault(path, "expected true or false")
    return None


def texts(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        reader.fault(path, "expected a list of texts")
        return ()
    return tuple(text(reader, one, (*path, at)) or "" for at, one in enumerate(value))


def duration(reader: Reader, value: Any, path: Path) -> Duration | None:
    """A number of milliseconds, or the name of one of the check's durations."""
    if isinstance(value, str):
        if value not in reader.durations:
            reader.unknown(path, "duration", value, reader.durations)
        return reader.durations.get(value)
    ms = whole(reader, value, path)
    if ms is not None and ms > LIVE_MS_MAX:
        reader.fault(path, f"more than {LIVE_MS_MAX} ms need a name", "add it to durations")
    return None if ms is None else Duration.plain(ms)


def one_of(*words: str) -> Convert:
    """One of these words."""

    def convert(reader: Reader, value: Any, path: Path) -> str | None:
        if value in words and isinstance(value, str):
            return value
        reader.unknown(path, "word", value, dict.fromkeys(words))
        return None

    return convert


def several_of(*words: str) -> Convert:
    """A list of these words, as a set."""
    single = one_of(*words)

    def convert(reader: Reader, value: Any, path: Path) -> frozenset[str]:
        read = texts(reader, value, path)
        return frozenset(single(reader, one, (*path, at)) or "" for at, one in enumerate(read))

    return convert


def mapping_of(single: Convert) -> Convert:
    """A mapping from texts to such values."""

    def convert(reader: Reader, value: Any, path: Path) -> dict[str, Any]:
        if not isinstance(value, dict):
            reader.fault(path, "expected a mapping")
            return {}
        return {key: single(reader, one, (*path, key)) for key, one in value.items()}

    return convert


BASE: Mapping[str, tuple[str, Convert]] = {
    "tolerate": ("tolerate", several_of("refused", "unknown")),
    "at": ("at", one_of("source", "target")),
}
MESSAGE: Mapping[str, tuple[str, Convert]] = {
    "label": ("label", text),
    "count": ("count", whole),
    "key": ("key", text),
    "keys": ("keys", whole),
    "routing_key": ("routing_key", text),
    "headers": ("headers", mapping_of(text)),
    "fields": ("fields", mapping_of(text)),
    "priority": ("priority", whole),
    "expires_after": ("expires_after", duration),
    "delay": ("delay", duration),
    "size_bytes": ("size_bytes", whole),
    "body_absent": ("body_absent", flag),
    "duplicate_of": ("duplicate_of", text),
}
READER: Mapping[str, tuple[str, Convert]] = {"reader": ("reader", text)}
TAKING: Mapping[str, tuple[str, Convert]] = {
    **READER,
    "count": ("count", whole),
    "within": ("within", duration),
}

Form = tuple[type[StepBase], Mapping[str, tuple[str, Convert]], frozenset[str]]
"""The class of a step, its keys (field name, converter), and the keys that it must have."""

STEPS: Mapping[str, Form] = {
    "publish": (check.Publish, MESSAGE, frozenset({"label"})),
    "publish_with_data": (
        check.PublishWithData,
        {**MESSAGE, "commit": ("commit", flag)},
        frozenset({"label", "commit"}),
    ),
    "request": (
        check.Request,
        {**MESSAGE, "requester": ("requester", text)},
        frozenset({"label", "requester"}),
    ),
    "join": (
        check.Join,
        {
            "readers": ("readers", texts),
            "group": ("group", text),
            "start": ("start", one_of("new", "first")),
        },
        frozenset({"readers", "group"}),
    ),
    "receive": (
        check.Receive,
        {
            **TAKING,
            "then": ("then", one_of("settle", "reject", "hold")),
            "as": ("capture", text),
        },
        frozenset({"reader"}),
    ),
    "settle": (check.Settle, READER, frozenset(READER)),
    "reject": (check.Reject, READER, frozenset(READER)),
    "rewind": (check.Rewind, READER, frozenset(READER)),
    "leave": (check.Leave, READER, frozenset(READER)),
    "crash": (check.Crash, READER, frozenset(READER)),
    "wait": (check.Wait, {"for": ("duration", duration)}, frozenset({"for"})),
    "work": (
        check.Work,
        {
            "members": ("members", texts),
            "service": ("service", duration),
            "service_of": ("service_of", mapping_of(duration)),
            "fails": ("fails", mapping_of(whole)),
            "dies_holding": ("dies_holding", texts),
            "quiet": ("quiet", duration),
        },
        frozenset({"members", "service"}),
    ),
    "serve": (check.Serve, TAKING, frozenset(READER)),
    "receive_reply": (
        check.ReceiveReply,
        {
            "requester": ("requester", text),
            "count": ("count", whole),
            "within": ("within", duration),
            "as": ("capture", text),
        },
        frozenset({"requester"}),
    ),
    "process": (
        check.Process,
        {**TAKING, "routing_key": ("routing_key", text), "dies": ("dies", flag)},
        frozenset(READER),
    ),
    "stop_nodes": (
        check.StopNodes,
        {"count": ("count", whole), "power_loss": ("power_loss", flag)},
        frozenset({"count"}),
    ),
    "start_nodes": (check.StartNodes, {}, frozenset()),
    "forward": (
        check.Forward,
        {**TAKING, "dies_after": ("dies_after", one_of("received", "published", "settled"))},
        frozenset(READER),
    ),
}
