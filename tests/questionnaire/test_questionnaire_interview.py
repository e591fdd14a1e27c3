"""The interview asks every need once, keeps what was said, and writes a file that is valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.questionnaire.answer import NotAnAnswerError, number_from, version_from
from advisor.questionnaire.interview import Draft, Interview
from advisor.questionnaire.prompter import Check, Choice
from advisor.requirements import load_requirements, question, render, validate, vocabulary

RATE = vocabulary()["messages_per_second"]
COUNT = vocabulary()["consumers"]


class Script:
    """A person with fixed answers: by question for typed and chosen ones, else Enter.

    Typed answers are tried one after the other until one is accepted. ``stop_at`` presses Ctrl-C.
    """

    def __init__(
        self, answers: dict[str, Sequence[str]] | None = None, *, stop_at: str = ""
    ) -> None:
        self.answers = {name: list(given) for name, given in (answers or {}).items()}
        self.stop_at = stop_at
        self.asked: list[str] = []
        self.said: list[str] = []
        self.refused: list[str] = []

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
        label = self._next(question)
        return choices[0].value if label is None else _labelled(choices, label)

    def choose_several(
        self, question: str, *, help_text: str, choices: Sequence[Choice]
    ) -> tuple[object, ...]:
        self._ask(question, help_text)
        chosen = self.answers.pop(question, [])
        return tuple(_labelled(choices, label) for label in chosen)

    def _ask(self, question: str, help_text: str) -> None:
        if question == self.stop_at:
            raise KeyboardInterrupt
        assert help_text
        self.asked.append(question)

    def _next(self, question: str) -> str | None:
        given = self.answers.get(question)
        return given.pop(0) if given else None


def _labelled(choices: Sequence[Choice], label: str) -> object:
    return next(choice.value for choice in choices if choice.label == label)


SYSTEM, FLOW, AGAIN = (
    "What is the system called?",
    "What is this flow of messages called?",
    "Is there another flow of messages?",
)
NAMES: dict[str, Sequence[str]] = {SYSTEM: ["shop"], FLOW: ["tasks", "events"]}


def filled(script: Script) -> Draft:
    """The draft after the whole interview."""
    draft = Draft()
    Interview(vocabulary(), question).fill(draft, script)
    return draft


def text_of(draft: Draft) -> str:
    """The requirements file of a draft."""
    workloads = [{"name": one.name, "needs": one.needs} for one in draft.workloads]
    return render(system=draft.system, team=draft.team, workloads=workloads)


def asks(need: str) -> str:
    """The question of a need."""
    return question(need)


def test_every_need_is_asked_once_and_enter_leaves_it_out() -> None:
    """Only what depends on another answer is not asked: how long, when nothing is delayed."""
    script = Script(NAMES)
    draft = filled(script)
    pointless = {"retention_days", "delay_seconds_max"}
    expected = [SYSTEM, *(asks(name) for name, need in vocabulary().items() if need.of_team)]
    expected.append(FLOW)
    expected += [
        asks(name)
        for name, need in vocabulary().items()
        if not need.of_team and name not in pointless
    ]
    assert [*expected, AGAIN] == script.asked
    assert ({}, {}, 0) == (draft.team, draft.workloads[0].needs, draft.answered)


def test_answers_of_every_kind_reach_the_file(tmp_path: Path) -> None:
    """Yes, no, a choice, a number, a range, a list, a version and don't know."""
    script = Script(
        {
            **NAMES,
            asks("already_runs"): ["rabbitmq", "redis"],
            asks("knows"): ["don't know"],
            asks("operations"): ["low"],
            asks("rabbitmq_version"): ["5", "99.9", "4.0"],
            asks("work_queue"): ["yes"],
            asks("elastic_consumers"): ["no"],
            asks("task_seconds"): ["soon", "20"],
            asks("task_seconds_max"): ["10", "60"],
            asks("consumers"): ["2.5", "0", "3"],
            asks("replay"): ["recent"],
            asks("retention_days"): ["?"],
            asks("messages_per_second"): ["500..10", "10 to 1,000"],
            asks("message_bytes"): ["..5_000"],
            asks("protocols"): ["kafka"],
            asks("priority"): ["don't know"],
        }
    )
    draft = filled(script)
    assert {
        "already_runs": ["rabbitmq", "redis"],
        "knows": "unknown",
        "operations": "low",
        "rabbitmq_version": "4.0",
    } == draft.team
    assert {
        "work_queue": True,
        "elastic_consumers": False,
        "task_seconds": 20,
        "task_seconds_max": 60,
        "consumers": 3,
        "replay": "recent",
        "retention_days": "unknown",
        "messages_per_second": {"min": 10, "max": 1000},
        "message_bytes": {"max": 5000},
        "priority": "unknown",
        "protocols": ["kafka"],
    } == draft.workloads[0].needs
    assert 15 == draft.answered
    assert 7 == len(script.refused)
    path = tmp_path / "advisor.yaml"
    path.write_text(text_of(draft), encoding="utf-8")
    assert [] == validate(path)
    assert ("rabbitmq", "redis") == load_requirements(path).team["already_runs"].value


def test_several_flows_have_names_of_their_own() -> None:
    """A name that is taken, empty, too long or not printable is refused."""
    script = Script(
        {
            SYSTEM: ["", " ", "a\x1b", "x" * 101, " shop "],
            FLOW: ["tasks", "tasks", "events"],
            AGAIN: ["yes", "no"],
        }
    )
    draft = filled(script)
    assert ("shop", ["tasks", "events"]) == (draft.system, [one.name for one in draft.workloads])
    assert 5 == len(script.refused)


@pytest.mark.parametrize(
    ("stop_at", "is_file", "answered"),
    [
        (SYSTEM, False, 0),
        (asks("knows"), False, 1),
        (FLOW, False, 1),
        (asks("work_queue"), True, 1),
        (asks("consumers"), True, 2),
        (AGAIN, True, 2),
    ],
)
def test_stopping_keeps_what_was_said(stop_at: str, is_file: bool, answered: int) -> None:
    """From the first flow on it is enough for a file."""
    script = Script(
        {**NAMES, asks("already_runs"): ["kafka"], asks("work_queue"): ["yes"]}, stop_at=stop_at
    )
    draft = Draft()
    with pytest.raises(KeyboardInterrupt):
        Interview(vocabulary(), question).fill(draft, script)
    assert (is_file, answered) == (draft.is_file, draft.answered)


@given(st.sampled_from([need for need in vocabulary() if not vocabulary()[need].of_team]))
def test_dont_know_is_written_as_unknown(need: str) -> None:
    """Of every need of a workload, whatever its kind."""
    leaders: dict[str, Sequence[str]] = {
        asks("replay"): ["recent"],
        asks("delayed_delivery"): ["yes"],
    }
    number = vocabulary()[need].kind is Kind.NUMBER
    answer = {asks(need): ["?" if number else "don't know"]}
    assert "unknown" == filled(Script({**NAMES, **leaders, **answer})).workloads[0].needs[need]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("  ", None),
        ("?", "unknown"),
        ("Unknown", "unknown"),
        ("500", 500),
        ("0.5", 0.5),
        ("1e6", 1_000_000),
        ("1,000,000", 1_000_000),
        ("1_000", 1000),
        ("10..20", {"min": 10, "max": 20}),
        ("10 .. 20.5", {"min": 10, "max": 20.5}),
        ("10 to 20", {"min": 10, "max": 20}),
        ("10..", {"min": 10}),
        ("..20", {"max": 20}),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: object) -> None:
    """Plain, with thousands, as ranges, unknown, or nothing."""
    assert value == number_from(text, RATE)


@pytest.mark.parametrize(
    ("text", "need", "message"),
    [
        ("many", RATE, "a number, a range such as 10..500, or ? for don't know"),
        ("1,5", RATE, "a number, a range"),
        ("nan", RATE, "from 0.0001 to 1000000000"),
        ("inf", RATE, "from 0.0001 to 1000000000"),
        ("-1", RATE, "from 0.0001 to 1000000000"),
        ("..", RATE, "a range needs at least one end"),
        ("20..10", RATE, "the first end of a range is the lower one"),
        ("2.5", COUNT, "a whole number"),
        ("0", COUNT, "from 1 to 10000"),
    ],
)
def test_what_is_no_answer_says_what_is(text: str, need: NeedType, message: str) -> None:
    """The bounds are those of the schema."""
    with pytest.raises(NotAnAnswerError, match=message.replace("?", r"\?")):
        number_from(text, need)


@given(st.text(alphabet="0123456789.,_-+ eto?nifx", max_size=12))
def test_a_typed_number_is_refused_or_within_its_bounds(text: str) -> None:
    """No text crashes it, and nothing beyond the schema gets through."""
    try:
        value = number_from(text, COUNT)
    except NotAnAnswerError:
        return
    ends = value.values() if isinstance(value, dict) else [value]
    assert all(end in (None, "unknown") or 1 <= float(str(end)) <= 10000 for end in ends)


@pytest.mark.parametrize("text", ["4", "four", "3.9", "4.4"])
def test_a_version_that_is_not_modelled_is_refused(text: str) -> None:
    """Between the oldest and the newest, both included."""
    oldest, newest = BrokerVersion(4, 0), BrokerVersion(4, 3)
    with pytest.raises(NotAnAnswerError):
        version_from(text, oldest, newest)
    assert ["4.0", "4.3", None] == [version_from(one, oldest, newest) for one in ("4.0", "4.3", "")]


def test_the_script_itself_notices_what_is_asked() -> None:
    """A question that nobody answers is answered with Enter: the first choice."""
    chosen: Callable[..., object] = Script().choose
    assert 1 == chosen("q", help_text="h", choices=[Choice("a", 1), Choice("b", 2)])
