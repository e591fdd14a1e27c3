"""One question put to a person: its words, its choices, and what was meant by the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from advisor.documents import Data
from advisor.domain.requirements import Answer, Kind, NeedType
from advisor.questionnaire.answer import UNKNOWN, NotAnAnswerError, number_from, version_from
from advisor.questionnaire.prompter import Choice, Prompter
from advisor.requirements import version_bounds

_BACK_WORDS = frozenset({"<", "back"})


class Back:
    """The person wants the previous question."""


BACK = Back()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one need; ``told`` are lines to read with it, ``answers`` what is known.

    With ``back`` the previous question can be gone back to.
    """

    need: NeedType
    words: str
    told: tuple[str, ...]
    answers: Mapping[str, Answer]
    back: bool


def ask(question: Question, prompter: Prompter) -> Data | Back:
    """The value as the file writes it, ``unknown`` for "don't know", or BACK.

    Enter alone takes the default.
    """
    match question.need.kind:
        case Kind.NUMBER:
            return _number(question, prompter)
        case Kind.VERSION:
            return _version(question, prompter)
        case Kind.LIST:
            return _several(question, prompter)
        case _:
            return _one(question, prompter)


def shown(value: object) -> str:
    """A value in a person's words."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict() if "value" in value:
            return f"{shown(value['value'])} ({value.get('level')})"
        case dict():
            return f"{shown(value.get('min', ''))}..{shown(value.get('max', ''))}"
        case list() | tuple():
            return ", ".join(map(shown, value)) or "none of them"
        case float():
            return f"{value:g}"
        case "unknown":
            return "don't know"
        case _:
            return str(value).replace("_", " ") if isinstance(value, str) else f"{value}"


def _number(question: Question, prompter: Prompter) -> Data | Back:
    need = question.need
    usual = question.answers[need.default_from] if need.default_from else None
    default = need.default if usual is None else usual.value
    at_least = usual.value if usual and isinstance(usual.value, int | float) else None
    unit = f" in {need.unit}" if need.unit else ""
    enter = "" if default is None else f"; Enter is {shown(default)}"
    return _typed(
        lambda text: number_from(text, need, at_least=at_least),
        question,
        prompter,
        f"A number{unit}, or a range such as 10..500; ? is don't know{enter}",
        default if isinstance(default, int | float) else UNKNOWN,
    )


def _version(question: Question, prompter: Prompter) -> Data | Back:
    oldest, newest = version_bounds(question.need.name)
    return _typed(
        lambda text: version_from(text, oldest, newest),
        question,
        prompter,
        f"A version from {oldest} to {newest}; Enter is {newest}",
        str(newest),
    )


def _typed(
    meaning: Callable[[str], object],
    question: Question,
    prompter: Prompter,
    help_text: str,
    default: Data,
) -> Data | Back:
    def is_back(text: str) -> bool:
        return question.back and text.strip().casefold() in _BACK_WORDS

    def check(text: str) -> str | None:
        try:
            if not is_back(text):
                meaning(text)
        except NotAnAnswerError as problem:
            return str(problem)
        return None

    back = "; < goes back" if question.back else ""
    text = prompter.text(
        question.words, help_text=_help(question, f"{help_text}{back}."), check=check
    )
    if is_back(text):
        return BACK
    value: Data = meaning(text)  # type: ignore[assignment]
    return default if value is None else value


def _one(question: Question, prompter: Prompter) -> Data | Back:
    need = question.need
    values: tuple[Data, ...] = (True, False) if need.kind is Kind.BOOLEAN else need.choices
    ordered = sorted(values, key=lambda value: value != need.default)
    chosen = prompter.choose(
        question.words,
        help_text=_help(question, ""),
        choices=(*(Choice(shown(value), value) for value in ordered), *_more(question)),
    )
    if chosen is BACK:
        return BACK
    return next((value for value in ordered if value is chosen), UNKNOWN)


def _several(question: Question, prompter: Prompter) -> Data | Back:
    need = question.need
    chosen = prompter.choose_several(
        question.words,
        help_text=_help(question, "Space ticks, Enter ends; nothing ticked: none of them."),
        choices=(*(Choice(shown(value), value) for value in need.choices), *_more(question)),
    )
    if BACK in chosen:
        return BACK
    if UNKNOWN in chosen:
        return UNKNOWN
    return [value for value in need.choices if value in chosen]


def _help(question: Question, how: str) -> str:
    lines = (question.need.meaning, *question.told, how)
    return "\n".join(line for line in lines if line)


def _more(question: Question) -> tuple[Choice, ...]:
    back = (Choice("back to the previous question", BACK),) if question.back else ()
    return (Choice("don't know", UNKNOWN), *back)
