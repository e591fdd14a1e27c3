"""Option files (schema option/1): one design each."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.documents import quoted
from advisor.domain.predicate import ALWAYS, Predicate
from advisor.domain.requirements import NeedType
from advisor.domain.rules import Option
from advisor.domain.version import BrokerVersion
from advisor.rulebook.condition import read_condition
from advisor.rulebook.criteria import read_sources
from advisor.rulebook.record import Faults, Record

FAMILIES = ("rabbitmq", "kafka", "none")
_KEYS = (
    "schema", "id", "title", "family", "since", "until", "simplicity", "summary", "present",
    "sources",
)  # fmt: skip


def read_option(faults: Faults, needs: Mapping[str, NeedType]) -> Option:
    """The option of one file; of no use if problems were found."""
    record = Record(faults, (), faults.document.data, _KEYS)
    present: Predicate = ALWAYS
    if record.has("present"):
        present = read_condition(faults, ("present",), record.data["present"], needs)
    return Option(
        id=record.name("id"),
        title=record.text("title"),
        family=record.choice("family", "family", FAMILIES),
        summary=record.text("summary"),
        simplicity=record.whole_number("simplicity", least=1, greatest=99),
        present=present,
        since=_version(record, "since"),
        until=_version(record, "until"),
        sources=read_sources(record),
        position=record.position,
    )


def _version(record: Record, key: str) -> str | None:
    text = record.optional_text(key)
    if text:
        try:
            BrokerVersion.parse(text)
        except ValueError:
            record.fault(key, f"{quoted(text)} is no version", 'such as "4.3"')
    return text
