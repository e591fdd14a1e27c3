"""A capacity check: which calculated measure is held against which need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor.documents import Document, check_schema
from advisor.domain.problem import InputError


@dataclass(frozen=True, slots=True)
class CapacityCheck:
    """``measure`` (a name of ``measures.MEASURES``) must be at least, or at most, the ``need``.

    ``reads`` are the fields whose corners are gone through; of these ``planned_when_unsaid`` are
    to be left out where the team is silent: the plan then takes as many as are needed.
    """

    id: str
    title: str
    property: str
    why: str
    measure: str
    need: str
    at_least: bool
    reads: tuple[str, ...]
    planned_when_unsaid: tuple[str, ...] = ()
    within_seconds: float = 0.0


def read_check(document: Document, *, trusted: bool = True) -> CapacityCheck:
    """The check of a document of kind capacity; InputError if it breaks schema check/1.

    A ``trusted`` document (shipped, and held against its schema by the tests) is not checked.
    """
    if not trusted and (problems := check_schema(document, "check")):
        raise InputError(*problems)
    data: Any = document.data
    return CapacityCheck(
        id=data["id"],
        title=data["title"],
        property=data["property"],
        why=data["why"],
        measure=data["measure"],
        need=data["need"],
        at_least=data["compare"] == "at_least",
        reads=tuple(data["reads"]),
        planned_when_unsaid=tuple(data.get("planned_when_unsaid", ())),
        within_seconds=float(data.get("within_seconds", 0)),
    )
