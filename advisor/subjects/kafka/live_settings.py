"""Settings and errors between Kafka's own names, librdkafka's and ours.

Security settings come from a properties file named in ADVISOR_KAFKA_PROPERTIES, from variables
like ADVISOR_KAFKA_SASL_PASSWORD (for ``sasl.password``) and from the login of an address, the
later ones before the earlier. They are handed to the client library and shown nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.models.kafka.errors import ErrorCode

VARIABLE = "ADVISOR_KAFKA_"
PROPERTIES = "ADVISOR_KAFKA_PROPERTIES"

# the client library's own words for: nobody answered
SILENT = frozenset({-195, -193, -192, -187, -185, -184, -181, -180, -178, 7})

_RENAMED = {
    -188: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    -190: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
}
# the Java client's names, which the protocol speaks, for librdkafka
_SETTINGS = {
    "max.request.size": "message.max.bytes",
    "delivery.timeout.ms": "message.timeout.ms",
    "metadata.max.age.ms": "topic.metadata.refresh.interval.ms",
}


class LiveRefused(Exception):  # noqa: N818 - an answer on its way up
    """The broker or its client library said no."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


class LiveSilent(Exception):  # noqa: N818 - no answer on its way up
    """Nobody answered, or this cannot be asked here; nothing is decided."""


def trouble(number: int, text: str) -> LiveRefused | LiveSilent:
    """What an error number means."""
    if number in SILENT:
        return LiveSilent("the broker does not answer")
    return LiveRefused(code_name(number), text)


def code_name(number: int) -> str:
    """Its name in Kafka's protocol, or the number where we have no name for it."""
    if number in _RENAMED:
        return _RENAMED[number].name
    try:
        return ErrorCode(number).name
    except ValueError:
        return str(number)


def to_librdkafka(config: Mapping[str, str]) -> dict[str, str]:
    """The same settings under librdkafka's names."""
    return {_SETTINGS.get(name, name): text for name, text in config.items()}


def connection_settings(
    host: str, login: str | None, environment: Mapping[str, str]
) -> dict[str, str]:
    """What every client needs to reach the cluster; ValueError for a file that cannot be read."""
    found: dict[str, str] = {}
    path = environment.get(PROPERTIES)
    if path:
        found.update(_read_properties(Path(path)))
    for name, text in environment.items():
        if name.startswith(VARIABLE) and name != PROPERTIES:
            found[name.removeprefix(VARIABLE).lower().replace("_", ".")] = text
    if login is not None:
        user, _, password = login.partition(":")
        found.update({"sasl.username": user, "sasl.password": password})
        found.setdefault("sasl.mechanism", "PLAIN")
        found.setdefault("security.protocol", "SASL_PLAINTEXT")
    found["bootstrap.servers"] = host
    return found


def _read_properties(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ValueError(f"the properties file cannot be read: {error.strerror}") from None
    found = {}
    for line in lines:
        name, separator, text = line.strip().partition("=")
        if separator and not name.startswith(("#", "!")):
            found[name.strip()] = text.strip()
    return found


def as_number(value: Any) -> int:
    """The number of an error of the client library."""
    return int(value.code())
