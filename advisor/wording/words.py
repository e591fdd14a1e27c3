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
