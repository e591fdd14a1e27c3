"""What a typed line means as the value of a need."""

from __future__ import annotations

import re

from advisor.domain.requirements import NeedType
from advisor.domain.version import BrokerVersion

UNKNOWN = "unknown"
Given = bool | int | float | str | list[str] | dict[str, float]

_UNKNOWN_WORDS = frozenset({"?", "unknown", "don't know"})
_THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))")
_RANGE = re.compile(r"(?P<low>[^.\s]?.*?)\s*(?:\.\.|\bto\b)\s*(?P<high>.*)")


class NotAnAnswerError(ValueError):
    """What was typed cannot be used; the message says what can."""


def number_from(text: str, need: NeedType, *, at_least: float | None = None) -> Given | None:
    """A number, a range such as ``10..500`` (one end may be missing), ``unknown`` for ``?``, or
    None for an empty line. Raises NotAnAnswerError. ``at_least`` is the value that it must not be
    below, where another answer sets one."""
    text = text.strip()
    if not text:
        return None
    if text.casefold() in _UNKNOWN_WORDS:
        return UNKNOWN
    low, dots, high = _ends(text)
    if not dots:
        return _number(low, need, at_least)
    ends = {
        name: _number(end, need, at_least) for name, end in (("min", low), ("max", high)) if end
    }
    if not ends:
        raise NotAnAnswerError("a range needs at least one end, such as 10..500")
    if len(ends) == 2 and ends["min"] > ends["max"]:
        raise NotAnAnswerError("the first end of a range is the lower one, such as 10..500")
    return dict(ends)


def version_from(text: str, oldest: BrokerVersion, newest: BrokerVersion) -> str | None:
    """A broker version that is modelled, None for an empty line. Raises NotAnAnswerError."""
    text = text.strip()
    if not text:
        return None
    try:
        version = BrokerVersion.parse(text)
    except ValueError as error:
        raise NotAnAnswerError(str(error)) from None
    if not oldest <= version <= newest:
        raise NotAnAnswerError(f"from {oldest} to {newest}")
    return text


def _ends(text: str) -> tuple[str, bool, str]:
    found = _RANGE.fullmatch(text)
    return (found["low"].strip(), True, found["high"].strip()) if found else (text, False, "")


def _number(text: str, need: NeedType, at_least: float | None) -> float:
    plain = _THOUSANDS.sub("", text.replace(" ", ""))
    try:
        number = float(plain)
    except ValueError:
        raise NotAnAnswerError("a number, a range such as 10..500, or ? for don't know") from None
    if need.whole_numbers and number != number // 1:
        raise NotAnAnswerError("a whole number")
    least = max(need.least or 0.0, at_least or 0.0)
    greatest = need.greatest
    if not number >= least or (greatest is not None and number > greatest):
        top = f" to {greatest:.12g}" if greatest is not None else ""
        raise NotAnAnswerError(f"from {least:.12g}{top}")
    return int(number) if number == number // 1 else number
