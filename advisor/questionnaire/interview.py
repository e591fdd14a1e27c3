"""The plain questionnaire: every need in the order of the vocabulary, all of them skippable.

Only follow-up questions that an earlier answer has made pointless are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from advisor.domain.requirements import Kind, NeedType
from advisor.questionnaire.answer import UNKNOWN, Given, NotAnAnswerError, number_from, version_from
from advisor.questionnaire.prompter import Choice, Prompter
from advisor.requirements.versions import version_bounds

NAME_LETTERS_MAX = 100
_SKIP = object()
_FOLLOW_UPS: Mapping[str, tuple[str, Given]] = {
    "retention_days": ("replay", "none"),
    "delay_seconds_max": ("delayed_delivery", False),
}


@dataclass(slots=True)
class WorkloadDraft:
    """One workload so far."""

    name: str
    needs: dict[str, Given] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """What was answered so far; it stays usable when the person stops in the middle."""

    system: str = ""
    team: dict[str, Given] = field(default_factory=dict)
    workloads: list[WorkloadDraft] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many needs have an answer."""
        return len(self.team) + sum(len(workload.needs) for workload in self.workloads)

    @property
    def is_file(self) -> bool:
        """Whether it is enough for a file: a system with at least one workload."""
        return bool(self.system and self.workloads)


@dataclass(frozen=True, slots=True)
class Interview:
    """What is asked: the needs in order, and the words of each question."""

    needs: Mapping[str, NeedType]
    question: Callable[[str], str]

    def fill(self, draft: Draft, prompter: Prompter) -> None:
        """Ask everything. Raises KeyboardInterrupt, with ``draft`` as far as it came."""
        prompter.say("Enter skips a question and leaves its default; stop at any time with Ctrl-C.")
        draft.system = self._name(prompter, "What is the system called?", ())
        prompter.say("About the team:")
        for need in self._of(team=True):
            self._ask(need, draft.team, prompter)
        again: object = True
        while again:
            names = [workload.name for workload in draft.workloads]
            name = self._name(prompter, "What is this flow of messages called?", names)
            workload = WorkloadDraft(name)
            draft.workloads.append(workload)
            for need in self._of(team=False):
                self._ask(need, workload.needs, prompter)
            again = prompter.choose(
                "Is there another flow of messages?",
                help_text="Each flow is decided by itself and with the others.",
                choices=(Choice("no", False), Choice("yes", True)),
            )

    def _of(self, *, team: bool) -> Iterator[NeedType]:
        return (need for need in self.needs.values() if need.of_team is team)

    def _name(self, prompter: Prompter, question: str, taken: Sequence[str]) -> str:
        def check(text: str) -> str | None:
            name = text.strip()
            if not name:
                return "a name"
            if len(name) > NAME_LETTERS_MAX or not name.isprintable():
                return f"at most {NAME_LETTERS_MAX} printable characters"
            return "another name: this one is taken" if name in taken else None

        return prompter.text(question, help_text="A short name.", check=check).strip()

    def _ask(self, need: NeedType, answers: dict[str, Given], prompter: Prompter) -> None:
        if _is_pointless(need, answers):
            return
        given = self._given(need, answers, prompter)
        if given is not None:
            answers[need.name] = given

    def _given(
        self, need: NeedType, answers: Mapping[str, Given], prompter: Prompter
    ) -> Given | None:
        question, help_text = self.question(need.name), _help(need, answers)
        match need.kind:
            case Kind.NUMBER:
                return _number(need, answers, prompter, question, help_text)
            case Kind.VERSION:
                return _version(need, prompter, question, help_text)
            case Kind.LIST:
                return _several(need, prompter, question, help_text)
            case _:
                return _one(need, prompter, question, help_text)


def _is_pointless(need: NeedType, answers: Mapping[str, Given]) -> bool:
    """Whether it asks about the size of something that is not there."""
    if need.name not in _FOLLOW_UPS:
        return False
    leader, absent = _FOLLOW_UPS[need.name]
    return answers.get(leader, absent) == absent


def _number(
    need: NeedType,
    answers: Mapping[str, Given],
    prompter: Prompter,
    question: str,
    help_text: str,
) -> Given | None:
    usual = answers.get(need.default_from or "")
    at_least = usual if isinstance(usual, int | float) else None
    return _typed(
        lambda text: number_from(text, need, at_least=at_least), prompter, question, help_text
    )


def _version(need: NeedType, prompter: Prompter, question: str, help_text: str) -> Given | None:
    oldest, newest = version_bounds(need.name)
    return _typed(
        lambda text: version_from(text, oldest, newest),
        prompter,
        question,
        f"{help_text} Enter assumes {newest}.",
    )


def _typed(
    meaning: Callable[[str], Given | None], prompter: Prompter, question: str, help_text: str
) -> Given | None:
    def check(text: str) -> str | None:
        try:
            meaning(text)
        except NotAnAnswerError as problem:
            return str(problem)
        return None

    return meaning(prompter.text(question, help_text=help_text, check=check))


def _one(need: NeedType, prompter: Prompter, question: str, help_text: str) -> Given | None:
    values: tuple[Given, ...] = (True, False) if need.kind is Kind.BOOLEAN else need.choices
    chosen = prompter.choose(
        question,
        help_text=help_text,
        choices=(
            Choice(f"skip (assume {_shown(need.default)})", _SKIP),
            *(Choice(_shown(value), value) for value in values),
            Choice("don't know", UNKNOWN),
        ),
    )
    return next((value for value in (*values, UNKNOWN) if value is chosen), None)


def _several(need: NeedType, prompter: Prompter, question: str, help_text: str) -> Given | None:
    chosen = prompter.choose_several(
        question,
        help_text=f"{help_text} None chosen: skip.",
        choices=(
            *(Choice(value, value) for value in need.choices),
            Choice("don't know", UNKNOWN),
        ),
    )
    if UNKNOWN in chosen:
        return UNKNOWN
    return [value for value in need.choices if value in chosen] or None


def _help(need: NeedType, answers: Mapping[str, Given]) -> str:
    if need.kind is not Kind.NUMBER:
        return need.meaning
    default = answers.get(need.default_from or "", need.default)
    unit = f" Unit: {need.unit}." if need.unit else ""
    return (
        f"{need.meaning}{unit} Enter assumes {_shown(default)}; "
        "a range is 10..500; ? is don't know."
    )


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case dict():
            return "the same range"
        case _:
            return str(value)
