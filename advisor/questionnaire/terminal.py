"""The prompter that people see, with questionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.questionnaire.prompter import Check, Choice

if TYPE_CHECKING:
    import questionary


class TerminalPrompter:
    """Asks in the terminal. Ctrl-C, and the end of the input, raise KeyboardInterrupt."""

    def say(self, text: str) -> None:
        import questionary

        questionary.print(text)

    def text(self, question: str, *, help_text: str, check: Check) -> str:
        import questionary

        self.say(f"  {help_text}")
        return str(_ask(questionary.text(question, validate=lambda text: check(text) or True)))

    def choose(self, question: str, *, help_text: str, choices: Sequence[Choice]) -> object:
        import questionary

        self.say(f"  {help_text}")
        labels = [choice.label for choice in choices]
        return _value(choices, _ask(questionary.select(question, choices=labels)))

    def choose_several(
        self, question: str, *, help_text: str, choices: Sequence[Choice]
    ) -> tuple[object, ...]:
        import questionary

        self.say(f"  {help_text}")
        labels = [choice.label for choice in choices]
        chosen = _ask(questionary.checkbox(question, choices=labels))
        return tuple(_value(choices, label) for label in chosen)


def _ask(question: questionary.Question) -> list[str] | str:
    try:
        answer: list[str] | str = question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None
    return answer


def _value(choices: Sequence[Choice], label: object) -> object:
    return next(choice.value for choice in choices if choice.label == label)
