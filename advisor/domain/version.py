"""Broker versions: compared by number, written as the broker writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})(?:\.(0|[1-9]\d{0,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class BrokerVersion:
    """A release line such as 4.3; a patch number is read and ignored, no rule depends on one."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> BrokerVersion:
        """``"4.3"`` or ``"4.3.6"``; raises ValueError for anything else."""
        matched = _FORM.fullmatch(text)
        if matched is None:
            raise ValueError(f"{text!r} is not a version such as 4.3")
        return cls(int(matched[1]), int(matched[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
