"""Performs single calls on a session and writes down what came of each."""

from __future__ import annotations

from typing import TypeVar

from advisor.checks.check import StepBase
from advisor.checks.observation import Event, EventKind, Failure
from advisor.checks.session import Delivery, Group, Message, Session
from advisor.domain.outcome import Done, Outcome, Refused, Unknown

Result = TypeVar("Result")


class Recorder:
    """The log of one run, and the calls that fill it. ``stopped``: an outcome ended the run."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.captures: dict[str, list[str]] = {}
        self.messages: dict[str, Message] = {}
        self.groups: dict[str, Group] = {}
        self.failures: list[Failure] = []
        self.group_of: dict[str, str] = {}
        self.holding: dict[str, list[Delivery]] = {}
        self.dead: set[str] = set()
        self.stopped = False
        self.step_number = 0

    def note(self, session: Session, kind: EventKind, label: str = "", reader: str = "") -> None:
        group = self.group_of.get(reader, "")
        self.events.append(Event(session.now_ms, kind, label, reader, group))

    def take(self, outcome: Outcome[Result], call: str, step: StepBase) -> Done[Result] | None:
        """The outcome if it is done; otherwise it is noted, and None."""
        if isinstance(outcome, Done):
            return outcome
        tolerated = (isinstance(outcome, Refused) and "refused" in step.tolerate) or (
            isinstance(outcome, Unknown) and "unknown" in step.tolerate
        )
        self.failures.append(Failure(self.step_number, call, outcome, tolerated))
        self.stopped = self.stopped or not tolerated
        return None

    def sent(
        self, session: Session, message: Message, outcome: Outcome[None], step: StepBase
    ) -> None:
        """Note what became of a message that was sent."""
        self.messages[message.label] = message
        done = self.take(outcome, f"send {message.label}", step)
        self.note(session, "unconfirmed" if done is None else "published", message.label)

    def receive(
        self, session: Session, reader: str, within_ms: int, step: StepBase
    ) -> Delivery | None:
        """The next message of the reader, noted and held."""
        done = self.take(session.receive(reader, within_ms=within_ms), f"receive {reader}", step)
        if done is None or done.value is None:
            return None
        delivery = done.value
        self.note(session, "delivered", delivery.label, reader)
        self.holding.setdefault(reader, []).append(delivery)
        return delivery

    def settle(self, session: Session, delivery: Delivery, step: StepBase) -> None:
        """Settle; what the technology no longer accepts is noted as not settled, never as done.

        A refusal is no verdict: the work is finished, and whether it comes again is observed.
        """
        self.let_go(delivery)
        outcome = session.settle(delivery)
        if isinstance(outcome, Refused):
            self.failures.append(
                Failure(self.step_number, f"settle {delivery.label}", outcome, True)
            )
            self.note(session, "not_settled", delivery.label, delivery.reader)
        elif self.take(outcome, f"settle {delivery.label}", step) is not None:
            self.note(session, "settled", delivery.label, delivery.reader)

    def reject(self, session: Session, delivery: Delivery, step: StepBase) -> None:
        """Reject; noted as rejected where the technology took it."""
        self.let_go(delivery)
        if self.take(session.reject(delivery), f"reject {delivery.label}", step) is not None:
            self.note(session, "rejected", delivery.label, delivery.reader)

    def crash(self, session: Session, reader: str, step: StepBase) -> None:
        """The reader dies with what it holds."""
        self.holding.pop(reader, None)
        self.dead.add(reader)
        if self.take(session.crash(reader), f"crash {reader}", step) is not None:
            self.note(session, "crashed", reader=reader)

    def let_go(self, delivery: Delivery) -> None:
        """The reader no longer holds it."""
        held = self.holding.get(delivery.reader, [])
        if delivery in held:
            held.remove(delivery)

    def must(self, outcome: Outcome[object], call: str) -> bool:
        """Note the outcome of a call that no step tolerates to fail; whether it was done."""
        return self.take(outcome, call, StepBase()) is not None
