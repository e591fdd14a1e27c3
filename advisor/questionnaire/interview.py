"""The questionnaire: the most decisive question first, until no answer can change the result.

It asks through any ``Prompter`` and tells ``saved`` after every answer, so that stopping loses
nothing. What it says of proofs holds for the values that teams leave unsaid; whatever was not
asked can be said in the summary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from advisor.decision.cases import Key
from advisor.domain.problem import Problem
from advisor.questionnaire.asking import Back, Question, ask, shown
from advisor.questionnaire.choosing import NextQuestion, Reply, Status
from advisor.questionnaire.deciding import Level
from advisor.questionnaire.prompter import Choice, Prompter
from advisor.questionnaire.session import Session
from advisor.requirements import question, vocabulary

NAME_LETTERS_MAX = 100
_EXAMPLE_MAX = 3
_GROUP_MAX = 3
_DONE, _OTHER, _FLOW = object(), object(), object()


@dataclass(frozen=True, slots=True)
class Names:
    """What a new file begins with."""

    system: str
    workload: str


def ask_names(prompter: Prompter) -> Names:
    """Of the system and its first flow of messages."""
    system = _name(prompter, "What is the system called?", ())
    return Names(system, _name(prompter, "What is this flow of messages called?", ()))


@dataclass(slots=True)
class Interview:
    """One person, one session. ``why`` says of a need why it is asked."""

    session: Session
    prompter: Prompter
    why: Mapping[str, str]
    saved: Callable[[], None]
    history: list[Key] = field(default_factory=list)
    going_on: set[Level] = field(default_factory=set)

    def run(self) -> None:
        """Ask until no answer can change the result, or the person has enough.

        Raises KeyboardInterrupt; the session then has every answer but the one in hand.
        """
        self.prompter.say(_HOW)
        while True:
            self._questions()
            if self._summary():
                return

    def _questions(self) -> None:
        while True:
            status = self.session.status()
            key = self._wanted(status)
            if key is None:
                return
            next_one = status.question
            self._ask(key, next_one if next_one is not None and next_one.key == key else None)

    def _wanted(self, status: Status) -> Key | None:
        """What to ask now; None to stop, which the person may decide where it is not proven."""
        asked = status.question
        if asked is not None:
            if asked.level is Level.VERDICT or Level.DESIGN in self.going_on:
                return asked.key
            self.prompter.say(f"Decided, whatever is left: {self._standing()}. {_LEFT_DESIGN}")
            return asked.key if self._goes_on(Level.DESIGN) else None
        if status.verdict and status.design:
            self.prompter.say(proof_text(status, self._label))
            if implausible := self.session.implausible():
                self.prompter.say(_implausible(implausible, self._label))
            return None
        if not status.left_out:
            return None
        if Level.VERDICT not in self.going_on:
            self.prompter.say(_not_proven(status, self._label))
        return status.left_out[0] if self._goes_on(Level.VERDICT) else None

    def _goes_on(self, level: Level) -> bool:
        if level in self.going_on:
            return True
        chosen = self.prompter.choose(
            "Go on?",
            help_text="What was answered is kept either way.",
            choices=(Choice("go on", True), Choice("stop here", False)),
        )
        if chosen is True:
            self.going_on.add(level)
        return chosen is True

    def _standing(self) -> str:
        verdicts = self.session.verdicts()
        each = [f"{name}: {one}" for name, one in zip(self.session.names, verdicts, strict=True)]
        return verdicts[0] if len(each) == 1 else ", ".join(each)

    def _ask(self, key: Key, asked: NextQuestion | None) -> None:
        told = self._told(key, asked)
        while True:
            value = ask(self._question(key, told, back=bool(self.history)), self.prompter)
            if isinstance(value, Back):
                self.session.withdraw(self.history.pop())
                self.saved()
                return
            problems = self.session.answer(key, value)
            if not problems:
                self.history.append(key)
                self.saved()
                return
            told = tuple(f"That cannot be: {_said(one)}." for one in problems)

    def _question(self, key: Key, told: Sequence[str], *, back: bool) -> Question:
        place, name = key
        return Question(
            need=vocabulary()[name],
            words=self._label(key, question(name)),
            told=tuple(told),
            answers=self.session.answers(place),
            back=back,
        )

    def _label(self, key: Key, words: str | None = None) -> str:
        words = words or key[1].replace("_", " ")
        if key[0] is None or len(self.session.names) == 1:
            return words
        return f"[{self.session.names[key[0]]}] {words}"

    def _told(self, key: Key, asked: NextQuestion | None) -> tuple[str, ...]:
        why = self.why.get(key[1], "")
        lines = [f"Why: {why}"] if why else []
        if asked is not None:
            lines.append(favours(asked))
        return tuple(lines)

    def _summary(self) -> bool:
        """Show every answer and let any be changed; whether the person is done."""
        session = self.session
        keys = session.answered()
        chosen = self.prompter.choose(
            "Is this right? Choose an answer to change it.",
            help_text="What was not asked is assumed; add to it if something is missing.",
            choices=(
                Choice("done", _DONE),
                *(Choice(f"{self._label(key)}: {shown(session.value(key))}", key) for key in keys),
                Choice("answer something that was not asked", _OTHER),
                Choice("add another flow of messages", _FLOW),
            ),
        )
        if chosen is _DONE:
            return True
        if chosen is _FLOW:
            name = _name(self.prompter, "What is this flow of messages called?", session.names)
            session.add_workload(name)
            self.saved()
            return False
        key = self._other(keys) if chosen is _OTHER else next(k for k in keys if k == chosen)
        if key is not None:
            self._change(key)
        return False

    def _other(self, answered: Sequence[Key]) -> Key | None:
        left = [
            (place, name)
            for place in (*range(len(self.session.names)), None)
            for name, need in vocabulary().items()
            if need.of_team is (place is None) and (place, name) not in answered
        ]
        chosen = self.prompter.choose(
            "What is missing?",
            help_text="Each with what is assumed now.",
            choices=(
                Choice("nothing", None),
                *(Choice(f"{self._label(key)}: {self._assumed(key)}", key) for key in left),
            ),
        )
        return next((key for key in left if key == chosen), None)

    def _assumed(self, key: Key) -> str:
        answer = self.session.answers(key[0])[key[1]]
        return "open" if answer.value is None else shown(answer.value)

    def _change(self, key: Key) -> None:
        told: tuple[str, ...] = self._told(key, None)
        while True:
            value = ask(self._question(key, told, back=True), self.prompter)
            if isinstance(value, Back):
                return
            problems, dropped = self.session.change(key, value)
            if not problems:
                break
            told = tuple(f"That cannot be: {_said(one)}." for one in problems)
        self.history = [one for one in self.history if one not in (key, *dropped)]
        self.history.append(key)
        for one in dropped:
            self.prompter.say(f"Taken back, because it no longer fits: {self._label(one)}.")
        self.saved()


def favours(asked: NextQuestion) -> str:
    """What each answer would give: with all else as assumed, or beside other answers."""
    if asked.alone:
        return f"With everything else as answered or assumed: {_grouped(asked.replies)}."
    before, after = asked.example_replies
    beside = [f"{name.replace('_', ' ')} {_word(label)}" for name, label in asked.example]
    more = len(beside) - _EXAMPLE_MAX
    shown_ones = ", ".join(beside[:_EXAMPLE_MAX]) + (f" and {more} more" if more > 0 else "")
    return (
        "By itself it changes nothing, together with others it can: for example beside "
        f"{shown_ones or 'what is assumed'}, {_answer(before)} gives {_gives(before)} and "
        f"{_answer(after)} gives {_gives(after)}."
    )


def _grouped(replies: Sequence[Reply]) -> str:
    """The answers that give the same, together."""
    groups: dict[str, list[str]] = {}
    for one in replies:
        groups.setdefault(_gives(one), []).append(_answer(one))
    longest = max(groups, key=lambda given: len(groups[given]))
    if len(groups) > 1 and len(groups[longest]) > _GROUP_MAX:
        groups[longest] = ["anything else"]
        groups[longest] = groups.pop(longest)
    return "; ".join(f"{' or '.join(answers)} gives {given}" for given, answers in groups.items())


def _answer(reply: Reply) -> str:
    return _word(reply.label)


def _word(label: str) -> str:
    words = {"true": "yes", "false": "no", "nothing of note": "none of them"}
    return words.get(label, label.replace("_", " "))


def _gives(reply: Reply) -> str:
    of = f" for {reply.of}" if reply.of else ""
    if reply.verdict == "undetermined" and reply.option is None:
        return f"no single verdict{of}"
    return f"{reply.option or reply.verdict}{of}"


_HOW = (
    "One question at a time, the most decisive first, until no answer can change the result. "
    "Everything is saved at once: stop with Ctrl-C whenever you like, and go on later."
)
_LEFT_DESIGN = "What is left to ask only chooses among its designs."


def proof_text(status: Status, label: Callable[[Key], str]) -> str:
    """That nothing left out can change the result, and over what that was proven."""
    count = len(status.left_out)
    if not count:
        return "Decided: every question that could matter has been answered."
    names = ", ".join(label(key) for key in status.left_out)
    left = "One question" if count == 1 else f"{count} questions"
    return (
        f"Decided. {left} left out: no answer to {'it' if count == 1 else 'them'} that a team may "
        f"leave unsaid can change the result ({names}; proven for all of their combinations)."
    )


def _implausible(keys: Sequence[Key], label: Callable[[Key], str]) -> str:
    names = ", ".join(map(label, keys))
    return f"Not asked, since the conventions hold it implausible beside the answers: {names}."


def _not_proven(status: Status, label: Callable[[Key], str]) -> str:
    names = ", ".join(label(key) for key in status.left_out)
    return (
        "Not proven: no answer was found that changes the result, but there are too many "
        f"combinations to rule it out. Still open: {names}."
    )


def _said(problem: Problem) -> str:
    return problem.message + (f" ({problem.hint})" if problem.hint else "")


def _name(prompter: Prompter, words: str, taken: Sequence[str]) -> str:
    def check(text: str) -> str | None:
        name = text.strip()
        if not name:
            return "a name"
        if len(name) > NAME_LETTERS_MAX or not name.isprintable():
            return f"at most {NAME_LETTERS_MAX} printable characters"
        return "another name: this one is taken" if name in taken else None

    return prompter.text(words, help_text="A short name.", check=check).strip()
