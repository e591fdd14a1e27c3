"""One need of a file as an answer: its value, ``unknown``, a range, or a value with a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from advisor.documents import Data
from advisor.domain.predicate import Value
from advisor.domain.problem import Position
from advisor.domain.requirements import Answer, Kind, NeedType, Standing
from advisor.domain.rules import Level
from advisor.requirements.vocabulary import UNKNOWN, parsed_version

_LEVELS = {level.word: level for level in Level if level is not Level.NO}


def stated(need: NeedType, data: Data, position: Position) -> Answer:
    """The answer that ``data`` gives; unknown too where the schema refuses it, and says why."""
    if isinstance(data, dict):
        answer = _with_level(need, data) if "value" in data else _range(need, data)
    else:
        value = None if data == UNKNOWN else value_of(need, data)
        answer = None if value is None else Answer(need.name, Standing.STATED, value)
    return replace(answer or Answer(need.name, Standing.UNKNOWN), position=position)


def unstated(
    need: NeedType, others: Mapping[str, Answer], standing: Standing, position: Position
) -> Answer:
    """The default of a need left out: its own, or the answer of the need that it follows."""
    leader = others.get(need.default_from or "")
    if leader is None:
        return Answer(need.name, standing, need.default, position=position)
    if leader.standing is not Standing.UNKNOWN:
        return replace(leader, need=need.name, standing=standing, level=None, position=position)
    return replace(leader, need=need.name, level=None, position=position)


def value_of(need: NeedType, data: Data) -> Value | None:
    """``data`` as a plain value of ``need``; None if it is none."""
    match need.kind:
        case Kind.BOOLEAN:
            return data if isinstance(data, bool) else None
        case Kind.NUMBER:
            return _number(need, data)
        case Kind.CHOICE:
            return data if isinstance(data, str) and data in need.choices else None
        case Kind.VERSION:
            return parsed_version(data)
        case Kind.LIST:
            if not isinstance(data, list):
                return None
            members = tuple(member for member in data if isinstance(member, str))
            return members if len(members) == len(data) else None


def _number(need: NeedType, data: Data) -> int | float | None:
    if isinstance(data, bool) or not isinstance(data, int | float):
        return None
    if not _least(need) <= data <= _greatest(need):
        return None
    if not need.whole_numbers:
        return data
    return int(data) if data == int(data) else None


def _with_level(need: NeedType, data: Mapping[str, Data]) -> Answer | None:
    value, level = value_of(need, data["value"]), _LEVELS.get(str(data.get("level")))
    if value is None or level is None or need.of_team:
        return None
    return Answer(need.name, Standing.STATED, value, level=level)


def _range(need: NeedType, data: Mapping[str, Data]) -> Answer | None:
    """A missing end is the least or the greatest value of the need."""
    if need.kind is not Kind.NUMBER or not data or not data.keys() <= {"min", "max"}:
        return None
    low = _number(need, data.get("min", _least(need)))
    high = _number(need, data.get("max", _greatest(need)))
    if low is None or high is None:
        return None
    if low == high:
        return Answer(need.name, Standing.STATED, low)
    return Answer(need.name, Standing.STATED, low=low, high=high)


def least_of(answer: Answer) -> float | None:
    """The least number that it can be; None if it is unknown or no number."""
    return _end(answer, answer.low)


def greatest_of(answer: Answer) -> float | None:
    """The greatest number that it can be; None if it is unknown or no number."""
    return _end(answer, answer.high)


def _end(answer: Answer, end: float | None) -> float | None:
    if answer.value is None:
        return end
    return answer.value if isinstance(answer.value, int | float) else None


def _least(need: NeedType) -> float:
    return -inf if need.least is None else need.least


def _greatest(need: NeedType) -> float:
    return inf if need.greatest is None else need.greatest
