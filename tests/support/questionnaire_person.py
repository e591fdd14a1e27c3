"""A person with fixed answers, and files and profiles to be asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import cast

from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.documents import Data, read_yaml
from advisor.questionnaire.prompter import Check, Choice
from advisor.questionnaire.session import Session
from advisor.requirements import render, vocabulary

NAMED = "What is this flow of messages called?"
SUMMARY = "Is this right? Choose an answer to change it."
GO_ON = "Go on?"
DONT_KNOW, BACK = "don't know", "back to the previous question"


class Person:
    """Answers by question: typed text, or the label of a choice; else Enter.

    Each question has a list of answers, used one after the other. ``stop_at`` presses Ctrl-C.
    """

    def __init__(
        self, answers: Mapping[str, Sequence[str]] | None = None, *, stop_at: str = ""
    ) -> None:
        self.answers = {name: list(given) for name, given in (answers or {}).items()}
        self.stop_at = stop_at
        self.asked: list[str] = []
        self.helps: list[str] = []
        self.said: list[str] = []
        self.refused: list[str] = []
        self.offered: dict[str, list[str]] = {}

    def say(self, text: str) -> None:
        self.said.append(text)

    def text(self, question: str, *, help_text: str, check: Check) -> str:
        self._ask(question, help_text)
        while True:
            typed = self._next(question) or ""
            problem = check(typed)
            if problem is None:
                return typed
            self.refused.append(problem)

    def choose(self, question: str, *, help_text: str, choices: Sequence[Choice]) -> object:
        self._ask(question, help_text)
        self.offered[question] = [one.label for one in choices]
        label = self._next(question)
        return choices[0].value if label is None else _labelled(choices, label)

    def choose_several(
        self, question: str, *, help_text: str, choices: Sequence[Choice]
    ) -> tuple[object, ...]:
        self._ask(question, help_text)
        label = self._next(question)
        return () if label is None else (_labelled(choices, label),)

    def _ask(self, question: str, help_text: str) -> None:
        if question == self.stop_at:
            raise KeyboardInterrupt
        assert help_text
        self.asked.append(question)
        self.helps.append(help_text)

    def _next(self, question: str) -> str | None:
        given = self.answers.get(question)
        return given.pop(0) if given else None


def _labelled(choices: Sequence[Choice], label: str) -> object:
    return next(one.value for one in choices if one.label == label)


@cache
def court() -> Court:
    """One for all tests: each check runs once."""
    return Court(load_library())


def session_of(
    *needs: Mapping[str, Data], team: Mapping[str, Data] | None = None, text: str | None = None
) -> Session:
    """A session over a file with these workloads, named a, b, ..., or over this text."""
    written = text or render(
        system="shop",
        team=team or {},
        workloads=[{"name": name, "needs": own} for name, own in zip("abc", needs, strict=False)],
    )
    document = read_yaml(Path("advisor.yaml"), text=written.encode("utf-8"))
    return Session(document, court())


def profile(seed: int, away: float) -> dict[str, Data]:
    """An answer to every need that may be left unsaid otherwise than its default is."""
    random = Random(seed)
    answers: dict[str, Data] = {"message_bytes": 1000}
    for name, need in vocabulary().items():
        if need.unsaid:
            value = random.choice(need.unsaid) if random.random() < away else need.default
            answers[name] = list(value) if isinstance(value, tuple) else cast("Data", value)
    if answers["replay"] == "none":
        answers["retention_days"] = 0  # the two exclude each other
    return answers
