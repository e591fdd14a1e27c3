"""What real brokers and the models agreed on, written by ``tests/agreement``.

An entry speaks for its minor version only. It is stale when the check's file has another digest:
what it agreed on is then no longer what the check asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from advisor.checks.judge import Held, Result, Undecided
from advisor.documents import rules_folder
from advisor.domain.version import BrokerVersion

SCHEMA = "broker-evidence/1"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One check on one design, natively or with a variant, on a broker and on the model alike.

    ``broker`` is its full version, ``date`` the day of the run, ``digest`` that of the check's
    file then. ``held``, ``measured`` and ``parts`` are what both saw.
    """

    check: str
    option: str
    variant: str | None
    version: BrokerVersion
    broker: str
    date: str
    digest: str
    held: bool
    measured: Mapping[str, Any]
    parts: tuple[str, ...]

    @property
    def stale(self) -> bool:
        """Whether the shipped check is another one by now."""
        return check_digest(self.check) != self.digest


def observed(result: Result) -> dict[str, Any]:
    """What two runs are compared by: the verdict, the measures and the team's own code.

    Times are left out: the verdict has judged them, and to the millisecond they are the machine's.
    """
    if isinstance(result, Undecided):
        return {"undecided": result.reason}
    measured = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in sorted(result.measured.items())
        if not name.endswith("_ms")
    }
    return {"held": isinstance(result, Held), "measured": measured, "parts": list(result.parts)}


Key = tuple[str, str, str | None, BrokerVersion]


def check_digest(check: str) -> str | None:
    """SHA-256 of the shipped check's file, None if there is none."""
    path = rules_folder() / "checks" / f"{check}.yaml"
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def load_agreements(folder: Path | None = None) -> Mapping[Key, Agreement]:
    """Every agreement in ``folder`` (the shipped one), by check, option, variant and version.

    ValueError for a file of another schema.
    """
    place = rules_folder() / "evidence" / "broker" if folder is None else folder
    found: dict[Key, Agreement] = {}
    for path in sorted(place.glob("*.json")):
        for one in _read(path):
            found[one.check, one.option, one.variant, one.version] = one
    return found


def _read(path: Path) -> Iterable[Agreement]:
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{path.name}: expected schema {SCHEMA}")
    version = BrokerVersion.parse(document["version"])
    for entry in document["entries"]:
        yield Agreement(
            check=entry["check"],
            option=entry["option"],
            variant=entry["variant"],
            version=version,
            broker=document["broker"],
            date=document["date"],
            digest=entry["digest"],
            held=entry["held"],
            measured=entry["measured"],
            parts=tuple(entry["parts"]),
        )
