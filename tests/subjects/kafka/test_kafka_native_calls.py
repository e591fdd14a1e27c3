"""The page of native calls says what the session really calls, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from advisor.checks.session import Delivery, Group, Message, Plan, Session
from advisor.domain.outcome import Done, Outcome
from advisor.subjects import kafka

PAGE = Path(kafka.__file__).with_name("native_calls.md")
OPTIONS = {"a topic or a compacted topic": "kafka.topic", "a share group": "kafka.share-group"}
PLAN = Plan(
    groups=(Group("g"),), attempts_max=3, deduplicate=True, transactions=True, request_reply=True
)


def rows(heading: str) -> Iterator[list[str]]:
    """Cells of the table below a heading of the page, without its two head lines."""
    lines = iter(PAGE.read_text(encoding="utf-8").splitlines())
    while next(lines) != heading:
        pass
    table = [line for line in lines if line.startswith(("|", "## "))]
    for line in table[2:]:
        if line.startswith("## "):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def written(option: str) -> dict[str, str]:
    """Calls of each step as the page has them."""
    column = 1 + list(OPTIONS).index(option)
    return {cells[0]: cells[column] for cells in rows("## Steps")}


class Tour:
    """Walks a session through every step and notes what each calls, once each, in order."""

    def __init__(self, option: str) -> None:
        self.session: Session = kafka.open_session(option)
        self.calls: dict[str, str] = {}

    def step(self, name: str, call: Callable[[], Outcome[object]]) -> object:
        before = len(self.session.native_calls)
        outcome = call()
        assert isinstance(outcome, Done), (name, outcome)
        lines = self.session.native_calls[before:]
        words = [f"{line.split()[0]}" for line in lines]
        self.calls[name] = ", ".join(dict.fromkeys(words))
        return outcome.value

    def take(self) -> Delivery:
        found = self.session.receive("r", within_ms=0)
        assert isinstance(found, Done) and found.value is not None
        return found.value

    def run(self) -> dict[str, str]:
        session, step = self.session, self.step
        step("set_up", lambda: session.set_up(PLAN))
        for number in range(5):
            step("publish", lambda n=number: session.publish(Message(f"m{n}", key="k")))  # type: ignore[misc]
        retry = Message("again", key="k", duplicate_of="m4")
        step("publish, a retry", lambda: session.publish(retry))
        step("join", lambda: session.join("r", "g", start="first"))
        step("receive", lambda: session.receive("r", within_ms=0))
        # The first delivery was taken by the step: a crash returns it.
        step("crash", lambda: session.crash("r"))
        session.join("r", "g", start="first")
        session.wait(60_000)
        first = self.take()
        step("settle", lambda: session.settle(first))
        second = self.take()
        step("reject", lambda: session.reject(second))
        step("set_aside", session.set_aside)
        third = self.take()
        result = Message("result", key="k")
        step("process", lambda: session.process(third, result, dies_before_settling=False))
        order = Message("order", key="k")
        step("publish_with_data", lambda: session.publish_with_data(order, commit=True))
        step("request", lambda: session.request("q", Message("question", key="k")))
        asked = self.take()
        while asked.label != "question":
            session.settle(asked)
            asked = self.take()
        step("reply", lambda: session.reply(asked, Message("answer")))
        step("receive_reply", lambda: session.receive_reply("q", within_ms=0))
        step("rewind", lambda: session.rewind("r"))
        step("wait", lambda: session.wait(1))
        step("stored", session.stored)
        step("leave", lambda: session.leave("r"))
        step("stop_nodes", lambda: session.stop_nodes(1, power_loss=False))
        step("start_nodes", session.start_nodes)
        before = len(session.native_calls)
        session.close()
        words = [line.split()[0] for line in session.native_calls[before:]]
        self.calls["close"] = ", ".join(dict.fromkeys(words))
        return self.calls


@pytest.mark.parametrize("option", OPTIONS)
def test_the_page_lists_the_calls_of_every_step(option: str) -> None:
    assert written(option) == Tour(OPTIONS[option]).run()


def test_the_page_lists_every_variant() -> None:
    expected = {
        (option, name): line
        for option, variants in kafka.VARIANTS.items()
        for name, line in variants.items()
    }
    found = {
        (f"kafka.{option.strip()}", name): line
        for name, line, options in rows("## Variants")
        for option in options.split(",")
    }
    assert expected == found


def test_every_option_has_a_session() -> None:
    assert set(kafka.VARIANTS) == set(kafka.SUPPORTED_OPTIONS)
