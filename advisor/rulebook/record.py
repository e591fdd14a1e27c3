"""One mapping of a rule file, read key by key: what is missing or wrong becomes a problem.

Every reading method gives a value of the asked type whatever stands in the file, so that one pass
finds all faults; a file with problems is thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from advisor.documents import Document, did_you_mean, nearest, quoted
from advisor.domain.problem import Position, Problem

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True)
class Faults:
    """The problems of one file, collected while it is read."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(path, message, hint))

    def add_unknown(self, path: Path, kind: str, word: object, valid: Collection[str]) -> None:
        """``word`` is not among the ``valid`` names of a ``kind``; the nearest one is the hint."""
        text = str(word)
        hint = did_you_mean(text, valid) if isinstance(word, str) else ""
        if not hint and 0 < len(valid) <= 8:
            hint = "one of " + ", ".join(sorted(valid))
        self.add(path, f"unknown {kind} {quoted(text)}", hint)

    def position(self, path: Path) -> Position:
        return self.document.position(*path)


class Record:
    """The mapping at ``path`` of a document; anything else is a problem and reads as empty."""

    def __init__(self, faults: Faults, path: Path, data: object, keys: Collection[str]) -> None:
        self.faults = faults
        self.path = path
        self.keys = keys
        self.is_mapping = isinstance(data, dict)
        self.data: dict[str, object] = data if isinstance(data, dict) else {}
        if not self.is_mapping:
            faults.add(path, "must be a mapping with keys", "keys: " + ", ".join(keys))
        for key in self.data:
            if key not in keys:
                self._unknown_key(key, keys)

    def _unknown_key(self, key: str, keys: Collection[str]) -> None:
        position = self.faults.document.key_position(*self.path, key)
        hint = did_you_mean(key, keys) or "valid here: " + ", ".join(sorted(keys))
        self.faults.problems.append(Problem(position, f"unknown key {quoted(key)}", hint))

    @property
    def position(self) -> Position:
        return self.faults.position(self.path)

    def has(self, key: str) -> bool:
        return key in self.data

    def fault(self, key: str, message: str, hint: str = "") -> None:
        self.faults.add((*self.path, key), message, hint)

    def raw(self, key: str) -> object:
        """The value of a required key; None where it is missing, which is a problem.

        A misspelt key was reported as unknown already, with this one as the nearest.
        """
        if key not in self.data:
            unknown = [name for name in self.data if name not in self.keys]
            misspelt = any(nearest(name, self.keys) == key for name in unknown)
            if self.is_mapping and not misspelt:
                self.faults.add(self.path, f"lacks the key {quoted(key)}")
            return None
        return self.data[key]

    def text(self, key: str) -> str:
        """A required text that is not empty."""
        value = self.raw(key)
        if isinstance(value, str) and value.strip():
            return value
        if self.has(key):
            self.fault(key, f"{quoted(key)} must be a text that is not empty")
        return ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def name(self, key: str) -> str:
        """A required name: letters, digits, dots, dashes, underscores."""
        value = self.text(key)
        if value and not all(part.isalnum() for part in _name_parts(value)):
            self.fault(key, f"{quoted(key)} may have letters, digits, and single . - _ between")
        return value

    def choice(self, key: str, kind: str, valid: Collection[str]) -> str:
        """A required word among ``valid``; one of them whatever stands there."""
        value = self.raw(key)
        if isinstance(value, str) and value in valid:
            return value
        if self.has(key):
            self.faults.add_unknown((*self.path, key), kind, value, valid)
        return next(iter(valid))

    def whole_number(self, key: str, *, least: int, greatest: int) -> int:
        value = self.raw(key)
        if type(value) is int and least <= value <= greatest:
            return value
        if self.has(key):
            self.fault(key, f"{quoted(key)} must be a whole number from {least} to {greatest}")
        return least

    def fraction(self, key: str, *, least: int, greatest: int) -> Fraction:
        """A required number written as a whole number or as a fraction such as 3/2."""
        value = self.raw(key)
        found = parsed_fraction(value)
        if found is not None and least <= found <= greatest:
            return found
        if self.has(key):
            hint = f"a whole number or a fraction such as 3/2, from {least} to {greatest}"
            self.fault(key, f"{quoted(key)} is no number that fits", hint)
        return Fraction(least)

    def items(self, key: str, *, required: bool = True) -> Iterator[tuple[Path, object]]:
        """Path and value of each item of the list at ``key``; a required list has at least one."""
        value = self.raw(key) if required else self.data.get(key, [])
        if isinstance(value, list) and (value or not required):
            for index, item in enumerate(value):
                yield (*self.path, key, index), item
        elif self.has(key):
            self.fault(key, f"{quoted(key)} must be a list with at least one item")

    def names(self, key: str, kind: str, valid: Collection[str] | None) -> tuple[str, ...]:
        """A required name or list of names, each among ``valid`` (None: checked later)."""
        value = self.raw(key)
        paths = [((*self.path, key), value)] if isinstance(value, str) else [*self.items_of(key)]
        found: list[str] = []
        for path, name in paths:
            if not isinstance(name, str) or (valid is not None and name not in valid):
                self.faults.add_unknown(path, kind, name, valid or ())
            elif name in found:
                self.faults.add(path, f"{kind} {quoted(name)} is named twice")
            else:
                found.append(name)
        return tuple(found)

    def items_of(self, key: str) -> Iterator[tuple[Path, object]]:
        """As :meth:`items`, where that the key is missing was said already."""
        return self.items(key) if self.has(key) else iter(())


def parsed_fraction(value: object) -> Fraction | None:
    """The exact number that ``value`` writes down, None if it is none."""
    if type(value) is int:
        return Fraction(value)
    if isinstance(value, str) and value.isascii():
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            return None
    return None


def _name_parts(name: str) -> list[str]:
    return name.replace("-", ".").replace("_", ".").split(".")
