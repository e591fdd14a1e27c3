"""Native calls as a person reads them: what repeats at once is written once, with its count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

PERIOD_MAX = 6
"""The longest run of calls that is recognised when it repeats."""


def folded(calls: Sequence[str]) -> tuple[str, ...]:
    """The calls in order; a run of one to six of them that repeats stands once, counted."""
    return tuple(_folded(calls))


def _folded(calls: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(calls):
        period, times = _best(calls, at)
        yield from _counted(calls[at : at + period], times)
        at += period * times


def _counted(run: Sequence[str], times: int) -> Iterator[str]:
    if times == 1:
        yield from run
    elif len(run) == 1:
        yield f"{run[0]}   ({times} times)"
    else:
        yield from run
        yield f"   (these {len(run)} calls {times} times)"


def _best(calls: Sequence[str], at: int) -> tuple[int, int]:
    """The period and its count that cover most from here; the shorter period where equal."""
    best = (1, _times(calls, at, 1))
    for period in range(2, PERIOD_MAX + 1):
        times = _times(calls, at, period)
        if times > 1 and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def _times(calls: Sequence[str], at: int, period: int) -> int:
    run, times = calls[at : at + period], 1
    while calls[at + times * period : at + (times + 1) * period] == run and len(run) == period:
        times += 1
    return times
