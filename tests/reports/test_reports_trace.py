"""A trace says the same with fewer lines."""

import re

from hypothesis import given
from hypothesis import strategies as st

from advisor.reports.trace import folded


def unfolded(lines: tuple[str, ...]) -> list[str]:
    """The calls that folded lines stand for."""
    calls: list[str] = []
    for line in lines:
        if single := re.fullmatch(r"(.*)   \((\d+) times\)", line):
            calls += [single[1]] * int(single[2])
        elif several := re.fullmatch(r"   \(these (\d+) calls (\d+) times\)", line):
            calls += calls[-int(several[1]) :] * (int(several[2]) - 1)
        else:
            calls.append(line)
    return calls


@given(st.lists(st.sampled_from(["Poll ann", "Poll bob", "wait 100 ms"]), max_size=40))
def test_folding_loses_nothing(calls: list[str]) -> None:
    """Whatever was called can be read back."""
    assert calls == unfolded(folded(calls))


def test_repeated_calls_stand_once() -> None:
    """A pair of calls that repeats is written once, with its count."""
    assert folded(["Poll", "wait", "Poll", "wait", "Poll", "wait", "Close"]) == (
        "Poll",
        "wait",
        "   (these 2 calls 3 times)",
        "Close",
    )


def test_one_call_that_repeats_stands_once() -> None:
    """A single call gets its count behind it."""
    assert folded(["Publish", "Publish"]) == ("Publish   (2 times)",)
