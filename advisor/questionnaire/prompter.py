"""What the interview needs of whatever talks to the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Check = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what the person reads and what it stands for."""

    label: str
    value: object


class Prompter(Protocol):
    """Asks one thing at a time; every method raises KeyboardInterrupt when the person stops."""

    def say(self, text: str) -> None:
        """Show a line that asks nothing."""
        ...

    def text(self, question: str, *, help_text: str, check: Check) -> str:
        """A line of text for which ``check`` gives None; what it gives otherwise is shown."""
        ...

    def choose(self, question: str, *, help_text: str, choices: Sequence[Choice]) -> object:
        """The value of one choice; the first is taken by pressing Enter."""
        ...

    def choose_several(
        self, question: str, *, help_text: str, choices: Sequence[Choice]
    ) -> tuple[object, ...]:
        """The values of any number of choices."""
        ...
