"""The conversation: what is said, going back, changing, not knowing, stopping and going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from questionnaire_person import BACK, DONT_KNOW, GO_ON, NAMED, SUMMARY, Person, session_of

from advisor.decision.cases import Key
from advisor.documents import Data
from advisor.domain.requirements import NeedType
from advisor.domain.version import BrokerVersion
from advisor.questionnaire import choosing
from advisor.questionnaire.answer import NotAnAnswerError, number_from, version_from
from advisor.questionnaire.asking import shown
from advisor.questionnaire.choosing import NextQuestion, Reply, Status
from advisor.questionnaire.deciding import Level
from advisor.questionnaire.interview import Interview, ask_names, favours, proof_text
from advisor.questionnaire.session import Session
from advisor.requirements import load_requirements, question, validate, vocabulary

RATE = vocabulary()["messages_per_second"]
COUNT = vocabulary()["consumers"]
STREAM, REPLAY, RUNS = (question(name) for name in ("stream_processing", "replay", "already_runs"))
SHORT: dict[str, Sequence[str]] = {STREAM: ["yes"]}
"""With this answer two questions decide, whatever the others."""


def talk(person: Person, session: Session | None = None) -> Session:
    """The session at the end of the interview, or where the person stopped."""
    session = session or session_of({})
    saves: list[bytes] = []
    interview = Interview(
        session, person, {"replay": "It matters."}, lambda: saves.append(session.document.content)
    )
    try:
        interview.run()
    finally:
        assert saves == [] or saves[-1] == session.document.content, "an answer was not saved"
    return session


def test_it_asks_only_what_matters_and_proves_the_rest() -> None:
    """Two questions; the proof names what was left out, and over what it holds."""
    person = Person(SHORT)
    session = talk(person)
    assert [STREAM, RUNS, SUMMARY] == person.asked
    assert {"stream_processing": True} == _needs(session, 0)
    (proof,) = [text for text in person.said if text.startswith("Decided")]
    assert "22 questions left out" in proof and "that a team may leave unsaid" in proof
    assert "replay" in proof and "stream processing" not in proof


def test_what_the_answers_make_implausible_is_not_asked_and_named() -> None:
    """A stream that is processed as one has silently no urgent messages; it can still be said."""
    person = Person(SHORT)
    session = talk(person)
    (named,) = [text for text in person.said if text.startswith("Not asked")]
    assert "priority" in named and "request reply" in named and "replay" not in named
    session.answer((0, "request_reply"), True)
    assert (0, "request_reply") not in session.implausible()
    assert (0, "priority") in session.implausible()


def _needs(session: Session, place: int) -> Data:
    data = session.document.data
    assert isinstance(data, dict) and isinstance(data["workloads"], list)
    workload = data["workloads"][place]
    assert isinstance(workload, dict)
    return workload.get("needs", {})


def test_each_question_says_why_and_what_each_answer_gives() -> None:
    """The criterion's own reason, and designs."""
    person = Person({REPLAY: ["everything"]}, stop_at=RUNS)
    with pytest.raises(KeyboardInterrupt):
        talk(person)
    help_text = person.helps[person.asked.index(REPLAY)]
    assert "Why: It matters." in help_text
    assert "everything gives kafka" in help_text


def test_going_back_takes_the_answer_back_and_asks_again() -> None:
    """The file is as it was before; from the first question there is no way back."""
    person = Person({STREAM: ["yes", "no"], RUNS: [BACK]}, stop_at=REPLAY)
    session = session_of({})
    with pytest.raises(KeyboardInterrupt):
        talk(person, session)
    assert [STREAM, RUNS, STREAM] == person.asked
    assert BACK not in person.offered[STREAM]
    assert {"stream_processing": False} == _needs(session, 0)


def test_dont_know_is_written_and_never_asked_again() -> None:
    """The result may then depend on it, and the questions still end."""
    person = Person({STREAM: [DONT_KNOW]})
    session = talk(person)
    assert 1 == person.asked.count(STREAM)
    assert "unknown" == session.value((0, "stream_processing"))
    assert SUMMARY == person.asked[-1]


def test_any_answer_can_be_changed_in_the_summary() -> None:
    """The questions that the new answer opens are asked, then the summary comes again."""
    person = Person({STREAM: ["yes", "no"], SUMMARY: ["stream processing: yes"]}, stop_at=REPLAY)
    session = session_of({})
    with pytest.raises(KeyboardInterrupt):
        talk(person, session)
    assert [STREAM, RUNS, SUMMARY, STREAM] == person.asked
    assert {"stream_processing": False} == _needs(session, 0)


def test_backing_out_of_a_change_leaves_the_answer() -> None:
    """And shows the summary again."""
    person = Person({STREAM: ["yes", BACK], SUMMARY: ["stream processing: yes", "done"]})
    session = talk(person)
    assert [STREAM, SUMMARY] == person.asked[-2:]
    assert session.value((0, "stream_processing")) is True


def test_an_answer_that_no_longer_fits_is_taken_back() -> None:
    """It says so; a change is never refused because of an answer given here."""
    session = session_of(
        {"stream_processing": True, "request_reply": False}, team={"already_runs": []}
    )
    assert not session.answer((0, "replay"), "recent")
    assert not session.answer((0, "retention_days"), 7)
    person = Person({SUMMARY: ["replay: recent", "done"], question("replay"): ["none"]})
    talk(person, session)
    assert "Taken back, because it no longer fits: retention days." in person.said
    assert (None, "none") == (session.value((0, "retention_days")), session.value((0, "replay")))


def test_what_contradicts_the_file_is_refused_with_the_reason() -> None:
    """And asked again."""
    session = session_of(
        {
            "stream_processing": True,
            "request_reply": False,
            "replay": "recent",
            "retention_days": 7,
        },
        team={"already_runs": []},
    )
    person = Person(
        {SUMMARY: ["replay: recent", "done"], question("replay"): ["none", "everything"]}
    )
    talk(person, session)
    assert "That cannot be: messages are kept" in person.helps[-2]
    assert "everything" == session.value((0, "replay"))


def test_what_was_not_asked_can_be_said() -> None:
    """A number, a range, a list and a version, of the team too."""
    other = "answer something that was not asked"
    person = Person(
        {
            **SHORT,
            SUMMARY: [other, other, other, other, other, "done"],
            "What is missing?": [
                "messages per second: 10",
                "protocols: none of them",
                "kafka version: 4.4",
                "message bytes: 1000",
                "nothing",
            ],
            question("messages_per_second"): ["10..500"],
            question("protocols"): ["mqtt"],
            question("kafka_version"): ["3.0", "4.0"],
            question("message_bytes"): ["1e4"],
        }
    )
    session = talk(person)
    assert {"min": 10, "max": 500} == session.value((0, "messages_per_second"))
    assert ["mqtt"] == session.value((0, "protocols"))
    assert "4.0" == session.value((None, "kafka_version"))
    assert 10_000 == session.value((0, "message_bytes"))
    assert 1 == len(person.refused)


def test_another_flow_of_messages_is_asked_about_by_its_name() -> None:
    """Names that are taken are refused."""
    person = Person(
        {
            **SHORT,
            SUMMARY: ["add another flow of messages", "done"],
            NAMED: ["a", "b"],
            f"[b] {STREAM}": ["yes"],
        }
    )
    session = talk(person)
    assert ("a", "b") == session.names
    assert f"[b] {STREAM}" in person.asked
    assert 1 == len(person.refused)
    assert session.value((1, "stream_processing")) is True


def test_once_the_verdict_is_decided_a_person_may_stop() -> None:
    """The design may still be open: it says so, and offers to go on or stop."""
    needs: dict[str, Data] = {
        name: need.default  # type: ignore[misc]
        for name, need in vocabulary().items()
        if need.unsaid and not need.of_team and name not in ("high_availability",)
    }
    team: dict[str, Data] = {
        "already_runs": ["rabbitmq"],
        "knows": ["rabbitmq"],
        "operations": "low",
    }
    needs |= {"priority": True, "work_queue": True, "message_ttl": True}
    asked = question("high_availability")
    person = Person({GO_ON: ["stop here"]})
    talk(person, session_of(needs, team=team))
    assert [GO_ON, SUMMARY] == person.asked
    assert any("rabbitmq. What is left to ask only chooses" in text for text in person.said)
    person = Person({GO_ON: ["go on"]})
    talk(person, session_of(needs, team=team))
    assert [GO_ON, asked, SUMMARY] == person.asked


def test_stopping_keeps_every_answer_and_going_on_asks_the_rest(tmp_path: Path) -> None:
    """What was answered is not asked again."""
    session = session_of({})
    with pytest.raises(KeyboardInterrupt):
        talk(Person(SHORT, stop_at=RUNS), session)
    path = tmp_path / "advisor.yaml"
    path.write_bytes(session.document.content)
    assert [] == validate(path)
    person = Person()
    talk(person, session_of(text=path.read_text("utf-8")))
    assert [RUNS, SUMMARY] == person.asked
    assert load_requirements(path).workloads[0].answers["stream_processing"].value is True


def test_names_are_short_and_printable() -> None:
    """Anything else is refused with what is wanted."""
    person = Person(
        {"What is the system called?": ["", " ", "a\x1b", "x" * 101, " shop "], NAMED: ["t"]}
    )
    names = ask_names(person)
    assert ("shop", "t", 4) == (names.system, names.workload, len(person.refused))


def test_a_level_in_the_file_stays_where_it_can() -> None:
    """A new value keeps it; don't know and what asks for nothing cannot."""
    text = (
        "schema: requirements/1\nsystem: s\nworkloads:\n- name: a\n  needs:\n"
        "    replay: {value: recent, level: nice} # perhaps\n"
    )
    session = session_of(text=text)
    for value, expected in (
        ("everything", "{value: everything, level: nice}"),
        ("unknown", "unknown"),
        ("none", "none"),
    ):
        assert not session.answer((0, "replay"), value)
        assert text.replace("{value: recent, level: nice}", expected) == (
            session.document.content.decode("utf-8")
        )
    session.withdraw((0, "replay"))
    assert text == session.document.content.decode("utf-8")


def test_the_proof_counts_what_was_left_out() -> None:
    """None, one and several."""
    names: dict[Key, str] = {(0, "replay"): "replay", (0, "routing"): "routing"}
    label = names.__getitem__
    texts = [
        proof_text(Status(None, True, True, left), label)
        for left in ((), ((0, "replay"),), ((0, "replay"), (0, "routing")))
    ]
    assert "every question that could matter has been answered" in texts[0]
    assert "One question left out: no answer to it" in texts[1]
    assert "2 questions left out: no answer to them" in texts[2]


def test_a_question_that_settles_nothing_by_itself_says_beside_what_it_does() -> None:
    """With the example that was found."""
    same = (Reply("false", "kafka", "kafka.topic"), Reply("true", "kafka", "kafka.topic"))
    pair = (Reply("false", "undetermined", None), Reply("true", "rabbitmq", None))
    beside = (("replay", "none"), ("operations", "low"), ("a", "b"), ("c", "d"))
    asked = NextQuestion((0, "priority"), Level.VERDICT, 0.0, same, False, beside, pair)
    assert (
        "By itself it changes nothing, together with others it can: for example beside replay "
        "none, operations low, a b and 1 more, no gives no single verdict and yes gives rabbitmq."
    ) == favours(asked)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (0.5, "0.5"),
        ({"min": 1}, "1.."),
        ({"value": "recent", "level": "must"}, "recent (must)"),
        ([], "none of them"),
        (["sql_database", "other"], "sql database, other"),
        ("unknown", "don't know"),
    ],
)
def test_values_are_shown_in_words(value: Mapping[str, object], text: str) -> None:
    """As a person would say them."""
    assert text == shown(value)


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


def test_where_nothing_is_proven_a_person_may_go_on_or_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says that it is not proven, and asks what is open only if that is wanted."""
    monkeypatch.setattr(choosing, "NODE_LIMIT", 0)
    needs: dict[str, Data] = {"stream_processing": True, "request_reply": False}
    person = Person({GO_ON: ["stop here"]})
    talk(person, session_of(needs, team={"already_runs": []}))
    assert [GO_ON, SUMMARY] == person.asked
    assert any(text.startswith("Not proven: no answer was found") for text in person.said)
    person = Person({GO_ON: ["go on"]}, stop_at=question("operations"))
    with pytest.raises(KeyboardInterrupt):
        talk(person, session_of(needs, team={"already_runs": []}))
    assert [GO_ON, question("knows")] == person.asked
