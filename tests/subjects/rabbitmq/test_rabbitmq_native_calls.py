"""The page of native calls says what the sessions really call, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rabbitmq_steps import CLASSIC, QUORUM, STREAM, done

from advisor.checks.session import Delivery, Group, Message, Plan
from advisor.domain.outcome import Outcome
from advisor.subjects import rabbitmq

PAGE = Path(rabbitmq.__file__).with_name("native_calls.md")
COLUMNS = {CLASSIC: 1, QUORUM: 2, STREAM: 3}
PLAN = Plan(groups=(Group("g"),), attempts_max=3, request_reply=True)


class Tour:
    """Walks a session through every step, and notes what each calls, once each, in order."""

    def __init__(self, option: str) -> None:
        self.session = rabbitmq.open_session(option)
        self.calls: dict[str, str] = {}

    def step(self, name: str, call: Callable[[], Outcome[Any]]) -> Any:
        before = len(self.session.native_calls)
        value = done(call())
        lines = self.session.native_calls[before:]
        names = [line.partition("(")[0] for line in lines]
        self.calls[name] = ", ".join(dict.fromkeys(names))
        return value

    def take(self) -> Delivery:
        found = done(self.session.receive("r", within_ms=0))
        assert isinstance(found, Delivery)
        return found

    def run(self) -> dict[str, str]:
        session, step = self.session, self.step
        step("set_up", lambda: session.set_up(PLAN))
        step("publish, the first", lambda: session.publish(Message("m0")))
        step("publish", lambda: session.publish(Message("m1")))
        step("join", lambda: session.join("r", "g", start="first"))
        first = step("receive", lambda: session.receive("r", within_ms=0))
        step("settle", lambda: session.settle(first))
        second = self.take()
        step("reject", lambda: session.reject(second))
        step("set_aside", session.set_aside)
        step("rewind", lambda: session.rewind("r"))
        step("wait", lambda: session.wait(1000))
        third = self.take()
        step("process", lambda: session.process(third, Message("x"), dies_before_settling=False))
        data = Message("y")
        step("publish_with_data", lambda: session.publish_with_data(data, commit=True))
        step("request, the first", lambda: session.request("ann", Message("q1")))
        step("request", lambda: session.request("ann", Message("q2")))
        question = self.take()
        while question.label != "q1":
            done(session.settle(question))
            question = self.take()
        step("reply", lambda: session.reply(question, Message("a")))
        step("receive_reply", lambda: session.receive_reply("ann", within_ms=0))
        step("stored", session.stored)
        step("leave", lambda: session.leave("r"))
        done(session.join("s", "g", start="first"))
        step("crash", lambda: session.crash("s"))
        step("stop_nodes", lambda: session.stop_nodes(1, power_loss=False))
        step("start_nodes", session.start_nodes)

        def close() -> Outcome[Any]:
            session.close()
            return session.wait(0)

        step("close", close)
        return self.calls


def written(option: str) -> dict[str, str]:
    """The calls of each step as the page has them."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return {row[0].strip(): row[COLUMNS[option]].strip() for row in table[2:]}


@pytest.mark.parametrize("option", COLUMNS)
def test_the_page_and_the_session_agree(option: str) -> None:
    """Every step of the Protocol, once each, in order of first use."""
    assert written(option) == Tour(option).run()
