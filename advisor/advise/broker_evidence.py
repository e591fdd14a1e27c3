"""What real brokers showed in a check, beside what the model showed then.

Shipped entries are written by ``tests/agreement``, a team's own by ``advisor check --evidence``.
An entry speaks for its minor version only. It is stale when the check's file has another digest,
or when the model shows something else by now; never by age.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from advisor.checks.judge import Held, NotHeld, Result, Undecided
from advisor.checks.measures import Measured
from advisor.documents import check_schema, read_yaml, rules_folder
from advisor.domain.problem import InputError
from advisor.domain.version import BrokerVersion

SCHEMA = "broker-evidence/1"

Seen = Mapping[str, Any]
"""An observation as :func:`observed` gives it: what two runs are compared by."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One check on one design, natively or with a variant, on a broker and on the model.

    ``broker`` is its full version, ``date`` the day of the run, ``digest`` that of the check's
    file then. ``held``, ``measured`` and ``parts`` are what the broker showed; ``model`` is what
    the model showed, None if the same.
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
    model: Seen | None = None

    @property
    def agrees(self) -> bool:
        """Whether the model showed the same."""
        return self.model is None

    @property
    def stale(self) -> bool:
        """Whether the shipped check is another one by now."""
        return check_digest(self.check) != self.digest

    @property
    def seen(self) -> Seen:
        """What the broker showed."""
        return {"held": self.held, "measured": dict(self.measured), "parts": list(self.parts)}

    @property
    def result(self) -> Result:
        """What the broker showed, as a judged run has it."""
        measured: Measured = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.measured.items()
        }
        if self.held:
            return Held(self.parts, measured)
        return NotHeld(f"seen on {self.broker}", measured, self.parts)


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


def _key(one: Agreement) -> Key:
    return one.check, one.option, one.variant, one.version


@cache
def check_digest(check: str) -> str | None:
    """SHA-256 of the shipped check's file, None if there is none."""
    path = rules_folder() / "checks" / f"{check}.yaml"
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


class Agreements:
    """Finds what is known of one run: a team's own evidence first, then what ships.

    What ships is held against the model by a test, so only its digests are looked at here.
    """

    def __init__(self, own: Iterable[Agreement] = ()) -> None:
        self._own = {_key(one): one for one in own}

    def find(
        self, check: str, option: str, variant: str | None, version: BrokerVersion
    ) -> Agreement | None:
        """None where no broker of that minor version was asked, or the entry is stale."""
        key = (check, option, variant, version)
        system = option.partition(".")[0]
        found = self._own.get(key) or _shipped(system, version).get(key)
        return None if found is None or found.stale else found


@cache
def _shipped(system: str, version: BrokerVersion) -> Mapping[Key, Agreement]:
    path = _folder() / f"{system}-{version}.json"
    return {_key(one): one for one in _read(path)} if path.is_file() else {}


def _folder() -> Path:
    return rules_folder() / "evidence" / "broker"


@cache
def load_agreements(folder: Path | None = None) -> Mapping[Key, Agreement]:
    """Every agreement in ``folder`` (the shipped one), by check, option, variant and version.

    ValueError for a file of another schema.
    """
    paths = sorted((folder or _folder()).glob("*.json"))
    return {_key(one): one for path in paths for one in _read(path)}


def _read(path: Path) -> Iterator[Agreement]:
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{path.name}: expected schema {SCHEMA}")
    return _entries(document)


def read_own(path: Path) -> tuple[Agreement, ...]:
    """The entries of a team's own file; InputError where it is none."""
    document = read_yaml(path)
    if problems := check_schema(document, "broker-evidence"):
        raise InputError(*problems)
    return tuple(_entries(cast(Mapping[str, Any], document.data)))


def _entries(document: Mapping[str, Any]) -> Iterator[Agreement]:
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
            model=entry.get("model"),
        )


def as_text(system: str, entries: Sequence[Agreement]) -> str:
    """The file of what one broker showed on one day, JSON; there is at least one entry.

    Nothing of its address is in it, so no name or password either.
    """
    first = entries[0]
    document = {
        "schema": SCHEMA,
        "system": system,
        "version": str(first.version),
        "broker": first.broker,
        "date": first.date,
        "entries": [_entry(one) for one in entries],
    }
    return json.dumps(document, indent=1) + "\n"


def _entry(one: Agreement) -> dict[str, Any]:
    entry = {
        "check": one.check,
        "option": one.option,
        "variant": one.variant,
        "digest": one.digest,
        **one.seen,
    }
    return entry if one.model is None else {**entry, "model": dict(one.model)}
