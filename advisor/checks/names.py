"""Names in a check that refer to nothing: a reader that never joins, a measure of no capture."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from advisor.checks import check
from advisor.checks.check import Step
from advisor.checks.session import Plan
from advisor.domain.predicate import Predicate, atoms

Dangling = tuple[tuple[str | int, ...], str, str, Collection[str]]


def dangling(plan: Plan, steps: tuple[Step, ...], held_when: Predicate) -> Iterator[Dangling]:
    """(path, what it should be, the word, valid words) of each name that refers to nothing."""
    readers: list[str] = []
    for number, step in enumerate(steps):
        if isinstance(step, check.Join):
            readers.extend(step.readers)
        else:
            for reader in _readers(step):
                if reader not in readers:
                    yield ("steps", number), "reader", reader, readers
    subjects: dict[str, list[str]] = {
        "lost_by": _groups(plan, steps),
        "duplicated_by": _groups(plan, steps),
        "done_by": readers,
        "tries": _labels(steps),
        "done_after": _labels(steps),
        "got": _captures(steps),
        "count": _captures(steps),
    }
    for atom in atoms(held_when):
        family, dot, subject = atom.field.partition(".")
        if dot and subject not in subjects[family]:
            yield ("held_when",), f"name after {family}", subject, subjects[family]


def _readers(step: Step) -> tuple[str, ...]:
    match step:
        case check.Work(members=members):
            return members
        case (
            check.Receive(reader=reader)
            | check.Settle(reader=reader)
            | check.Reject(reader=reader)
            | check.Rewind(reader=reader)
            | check.Leave(reader=reader)
            | check.Crash(reader=reader)
            | check.Serve(reader=reader)
            | check.Process(reader=reader)
            | check.Forward(reader=reader)
        ):
            return (reader,)
        case _:
            return ()


def _groups(plan: Plan, steps: tuple[Step, ...]) -> list[str]:
    joined = [step.group for step in steps if isinstance(step, check.Join)]
    return [*(group.name for group in plan.groups), *joined]


def _labels(steps: tuple[Step, ...]) -> list[str]:
    return [
        label for step in steps if isinstance(step, check.MessageForm) for label in step.labels()
    ]


def _captures(steps: tuple[Step, ...]) -> list[str]:
    captures = []
    for step in steps:
        if isinstance(step, check.Receive):
            captures.append(step.capture or step.reader)
        elif isinstance(step, check.ReceiveReply):
            captures.append(step.capture or step.requester)
    return captures
