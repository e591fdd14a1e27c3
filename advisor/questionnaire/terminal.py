"""The prompter that people see, with questionary; texts are wrapped between words."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.questionnaire.prompter import Check, Choice

if TYPE_CHECKING:
    import questionary

WIDTH_MAX = 100
_MARK = "> "


class TerminalPrompter:
    """Asks in the terminal. Ctrl-C, and the end of the input, raise KeyboardInterrupt.

    A question is printed as text of its own and not as the prompt's, which the terminal would cut
    in the middle of a word.
    """

    def say(self, text: str) -> None:
        import questionary

        questionary.print(_wrapped(text, "  "))

    def text(self, question: str, *, help_text: str, check: Check) -> str:
        import questionary

        self._head(question, help_text)
        return str(
            _ask(questionary.text("", qmark=">", validate=lambda text: _short(check(text)) or True))
        )

    def choose(self, question: str, *, help_text: str, choices: Sequence[Choice]) -> object:
        import questionary

        self._head(question, help_text)
        labels = _labels(choices)
        chosen = _ask(questionary.select("", choices=labels, qmark=">", instruction=" "))
        return choices[labels.index(str(chosen))].value

    def choose_several(
        self, question: str, *, help_text: str, choices: Sequence[Choice]
    ) -> tuple[object, ...]:
        import questionary

        self._head(question, help_text)
        labels = _labels(choices)
        chosen = _ask(questionary.checkbox("", choices=labels, qmark=">", instruction=" "))
        return tuple(choices[labels.index(label)].value for label in chosen)

    def _head(self, question: str, help_text: str) -> None:
        import questionary

        questionary.print("")
        questionary.print(_wrapped(question, ""), style="bold")
        self.say(help_text)


def _width() -> int:
    return max(20, min(WIDTH_MAX, shutil.get_terminal_size().columns) - 1)


def _wrapped(text: str, margin: str) -> str:
    return "\n".join(
        textwrap.fill(
            line,
            _width(),
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    )


def _short(problem: str | None) -> str | None:
    return None if problem is None else textwrap.shorten(problem, _width(), placeholder=" ...")


def _labels(choices: Sequence[Choice]) -> list[str]:
    """One line each, all different; what is too long for the window is cut between words."""
    width = _width() - 6
    labels: list[str] = []
    for choice in choices:
        label = textwrap.shorten(choice.label, width, placeholder=" ...") or choice.label
        while label in labels:
            label += " "
        labels.append(label)
    return labels


def _ask(question: questionary.Question) -> list[str] | str:
    try:
        answer: list[str] | str = question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None
    return answer
