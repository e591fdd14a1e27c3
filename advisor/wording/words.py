"""Small things in words: lists, numbers, values, strengths and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from advisor.domain.rules import Source


def joined(words: Iterable[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *others, final = tuple(words) or ("",)
    return f"{', '.join(others)} {last} {final}" if others else final


def source_text(source: Source) -> str:
    """Where a statement comes from, in words."""
    return f"{source.kind}: {source.where}"


def sources_text(sources: Iterable[Source]) -> str:
    """All sources in one line."""
    return "; ".join(source_text(source) for source in sources)


def spans(labels: Iterable[str]) -> list[str]:
    """Neighbouring pieces of numbers as one: ``<= 5`` and ``> 5 and <= 9`` are ``<= 9``.

    Only pieces that meet in the same number, one including it and one not, are put together.
    """
    result: list[str] = []
    for label in labels:
        start, end = _ends(label)
        before = _ends(result[-1])[1] if result else ""
        if (
            before
            and before.strip("<= ") == start.strip(">= ")
            and ("=" in before) != ("=" in start)
        ):
            first = _ends(result.pop())[0]
            label = " and ".join(one for one in (first, end) if one) or "anything"
        result.append(label)
    return result


def _ends(label: str) -> tuple[str, str]:
    """The lower and the upper bound of ``> 5 and <= 9``; empty where there is none."""
    parts = label.split(" and ")
    low = next((part for part in parts if part.startswith(">")), "")
    high = next((part for part in parts if part.startswith("<")), "")
    return low, high


def signed(number: Fraction) -> str:
    """A score or value with sign and two decimals: ``+0.43``; zero has no sign."""
    text = f"{float(number):+.2f}"
    return "0" if text in {"+0.00", "-0.00"} else text


def strength_text(strength: Fraction) -> str:
    """What a strength means, with its number."""
    words = {
        Fraction(1): "native",
        Fraction(1, 2): "with configuration or a plugin",
        Fraction(-1, 2): "only by a workaround",
        Fraction(-1): "missing",
    }
    number = str(strength) if strength < 0 else f"+{strength}"
    return f"{number} {words.get(strength, '')}".rstrip()


def value_text(value: object) -> str:
    """A value of a need or a measurement, as a person writes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case tuple() if len(value) == 2 and all(isinstance(end, int | float) for end in value):
            return f"{value_text(value[0])} to {value_text(value[1])}"
        case tuple():
            return ", ".join(str(member) for member in value) or "none"
        case _:
            return str(value)


def measured_text(measured: Mapping[str, object]) -> str:
    """Names with their values in one line."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in measured.items())
