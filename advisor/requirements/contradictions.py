"""Needs that cannot be true together whatever the broker; what no broker meets is a verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from advisor.domain.problem import Problem
from advisor.domain.requirements import Answer, NeedType, Standing
from advisor.requirements.answers import greatest_of, least_of

Answers = Mapping[str, Answer]


def contradictions(
    answers: Answers, team: Answers, needs: Mapping[str, NeedType], written: Collection[str]
) -> list[Problem]:
    """Every pair of stated needs of one workload that exclude each other.

    ``answers`` and ``team`` hold every need; ``written`` are those that stand in the file, while
    ``rest`` may state more.
    """
    found = [
        *upside_down(answers, {}),
        *_longest_below_usual(answers, needs),
        *_retention_without_replay(answers),
        *_delay_without_delays(answers, written),
        *_nodes_to_lose(answers, team),
    ]
    return sorted(found)


def clipped(answers: Answers, needs: Mapping[str, NeedType]) -> dict[str, Answer]:
    """The same answers; ranges of a usual and a longest value lose what the other one excludes."""
    result = dict(answers)
    for longest, usual in _pairs(answers, needs):
        least, most = least_of(usual), greatest_of(longest)
        if least is not None and longest.low is not None and longest.high is not None:
            result[longest.need] = _narrowed(longest, max(least, longest.low), longest.high)
        if most is not None and usual.low is not None and usual.high is not None:
            result[usual.need] = _narrowed(usual, usual.low, min(most, usual.high))
    return result


def _narrowed(answer: Answer, low: float, high: float) -> Answer:
    if low == high:
        return replace(answer, value=low, low=None, high=None)
    return replace(answer, low=low, high=high) if low < high else answer


def upside_down(answers: Answers, shown: Mapping[str, str]) -> Iterator[Problem]:
    """Ranges whose least value lies above their greatest; ``shown`` are the names in the file."""
    for answer in answers.values():
        low, high = answer.low, answer.high
        if low is not None and high is not None and low > high and _is_stated(answer):
            name = shown.get(answer.need, answer.need)
            message = f'the min of "{name}", {low:.15g}, lies above its max, {high:.15g}'
            yield Problem(answer.position, message)


def _pairs(answers: Answers, needs: Mapping[str, NeedType]) -> Iterator[tuple[Answer, Answer]]:
    for name, answer in answers.items():
        usual = answers.get(needs[name].default_from or "")
        if usual is not None:
            yield answer, usual


def _longest_below_usual(answers: Answers, needs: Mapping[str, NeedType]) -> Iterator[Problem]:
    for longest, usual in _pairs(answers, needs):
        most, least = greatest_of(longest), least_of(usual)
        if _is_stated(longest) and most is not None and least is not None and most < least:
            source = "" if _is_stated(usual) else ", its default"
            message = f'"{longest.need}" is below "{usual.need}", {least:.15g}{source}'
            yield Problem(longest.position, message, f"at least {least:.15g}, or leave it out")


def _retention_without_replay(answers: Answers) -> Iterator[Problem]:
    kept, replay = answers["retention_days"], answers["replay"]
    if _above_zero(kept) and _is_stated(replay) and replay.value == "none":
        message = 'messages are kept ("retention_days") although nothing is read again'
        yield Problem(
            kept.position, message, "set replay to recent or everything, or leave one out"
        )


def _delay_without_delays(answers: Answers, written: Collection[str]) -> Iterator[Problem]:
    longest, delayed = answers["delay_seconds_max"], answers["delayed_delivery"]
    if "delay_seconds_max" not in written:
        return
    if _above_zero(longest) and delayed.value is False:
        message = '"delay_seconds_max" is given although nothing is delayed'
        yield Problem(longest.position, message, "set delayed_delivery to true, or leave it out")
    if delayed.value is True and greatest_of(longest) == 0:
        message = '"delay_seconds_max" is 0 although messages are delayed'
        yield Problem(longest.position, message, "say how long, or unknown")


def _nodes_to_lose(answers: Answers, team: Answers) -> Iterator[Problem]:
    nodes = team["hardware_nodes"]
    if not _is_stated(nodes) or greatest_of(nodes) != 1:
        return
    for name, value in (("high_availability", True), ("durability", "replicated")):
        answer = answers[name]
        if _is_stated(answer) and answer.value == value:
            message = f'"{name}" asks for the loss of a node to be survived, and there is one node'
            yield Problem(answer.position, message, "give hardware at least 3 nodes")


def _above_zero(answer: Answer) -> bool:
    least = least_of(answer)
    return least is not None and least > 0 and _is_stated(answer)


def _is_stated(answer: Answer) -> bool:
    return answer.standing is Standing.STATED
