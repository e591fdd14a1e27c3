"""The page of native calls says what the session really calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisor.checks.session import Delivery, Group, Message, Plan, Session
from advisor.domain.outcome import Done
from advisor.subjects.no_broker import open_session
from advisor.subjects.no_broker import session as session_module
from advisor.subjects.no_broker.design import OPTION

PAGE = Path(session_module.__file__).with_name("native_calls.md").read_text(encoding="utf-8")
ROWS: Mapping[str, str] = dict(re.findall(r"^\| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)[1:])


def said(step: str, *, cursor: bool) -> list[str]:
    """The calls that the page lists for a step."""
    plain, _, with_cursor = ROWS[step].partition("; with a cursor ")
    text = with_cursor if cursor and with_cursor else plain
    return [] if text.startswith("none") else text.split(", ")


def short(call: str) -> str:
    """A statement as the page writes it: its verb and its table."""
    if call in ("direct call", "return"):
        return call
    verb = call.split()[0]
    table = re.search(r"\b(jobs|cursors|business)\b", call)
    return f"{verb} {table[1]}" if table else verb


def taken(session: Session, reader: str) -> Delivery:
    outcome = session.receive(reader, within_ms=0)
    assert isinstance(outcome, Done)
    assert outcome.value is not None
    return outcome.value


STEPS: Mapping[str, Callable[[Session, Delivery], object]] = {
    "publish": lambda session, _: session.publish(Message("new")),
    "join": lambda session, _: session.join("bob", "g", start="first"),
    "receive": lambda session, _: session.receive("ann", within_ms=0),
    "settle": lambda session, held: session.settle(held),
    "reject": lambda session, held: session.reject(held),
    "set_aside": lambda session, _: session.set_aside(),
    "rewind": lambda session, _: session.rewind("ann"),
    "leave": lambda session, _: session.leave("ann"),
    "crash": lambda session, _: session.crash("ann"),
    "wait": lambda session, _: session.wait(10),
    "request": lambda session, _: session.request("bob", Message("question")),
    "receive_reply": lambda session, _: session.receive_reply("bob", within_ms=0),
    "process": lambda session, held: session.process(
        held, Message("result"), dies_before_settling=False
    ),
    "publish_with_data": lambda session, _: session.publish_with_data(Message("new"), commit=True),
    "stop_nodes": lambda session, _: session.stop_nodes(1, power_loss=False),
    "start_nodes": lambda session, _: session.start_nodes(),
    "stored": lambda session, _: session.stored(),
}


def opened(variant: str | None) -> tuple[Session, Delivery]:
    """A session with two rows, of which one is held by ann."""
    session = open_session(OPTION, variant)
    session.set_up(Plan((Group("g"),)))
    for label in ("one", "two"):
        session.publish(Message(label))
    session.join("ann", "g", start="first")
    return session, taken(session, "ann")


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("variant", [None, "lease-column", "kept-rows"])
def test_the_page_lists_the_calls_of_each_step(step: str, variant: str | None) -> None:
    """In order, nothing left out."""
    cursor = variant == "kept-rows"
    session, held = opened(variant)
    before = len(session.native_calls)

    STEPS[step](session, held)

    assert said(step, cursor=cursor) == [short(call) for call in session.native_calls[before:]]


def test_the_page_lists_the_calls_of_a_reply() -> None:
    """A reply needs a request first."""
    session = open_session(OPTION, None)
    session.set_up(Plan((Group("g"),), request_reply=True))
    session.join("ann", "g", start="first")
    session.request("bob", Message("question"))
    session.reply(taken(session, "ann"), Message("answer"))

    assert [*said("request", cursor=False), *said("reply", cursor=False)] == [
        short(call) for call in session.native_calls
    ]


def test_every_step_is_on_the_page() -> None:
    """And the page has no other."""
    assert sorted({*STEPS, "set_up", "reply"}) == sorted(ROWS)
