"""Runs the steps of a check on a session (a bridge check on two) and says what was seen.

Judges nothing. A step that is not done ends the run unless the step tolerates that outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from advisor.checks.check import (
    Check,
    Crash,
    Duration,
    Forward,
    Join,
    Leave,
    Process,
    Publish,
    PublishWithData,
    Receive,
    ReceiveReply,
    Reject,
    Request,
    Rewind,
    Serve,
    Settle,
    StartNodes,
    Step,
    StopNodes,
    Wait,
    Work,
)
from advisor.checks.measures import needs_set_aside, needs_stored
from advisor.checks.observation import Observation
from advisor.checks.recorder import Recorder
from advisor.checks.session import Delivery, Group, Message, Plan, Session, Stored
from advisor.checks.work import Drain


def run(
    check: Check,
    session: Session,
    target: Session | None = None,
    *,
    live: bool = False,
    trace: bool = True,
) -> Observation:
    """Set up, perform every step, take stock, close. Only a bridge check has a ``target``.

    ``trace``: put the native calls in words, which takes about as long as making them.
    A check that does not run live (:func:`~advisor.checks.check.runs_live`) must not be asked to.
    """
    try:
        return _Run(check, session, target, live=live, trace=trace).observe()
    finally:
        session.close()
        if target is not None:
            target.close()


class _Run:
    def __init__(
        self,
        check: Check,
        source: Session,
        target: Session | None,
        *,
        live: bool,
        trace: bool,
    ) -> None:
        plan = check.live_plan if live else check.plan
        if (check.kind == "bridge") != (target is not None) or plan is None:
            raise ValueError(f"{check.id}: wrong number of sessions, or not to be run live")
        self.check = check
        self.live = live
        self.trace = trace
        self.sessions = (
            {"source": source} if target is None else {"source": source, "target": target}
        )
        self.plans: dict[str, Plan] = {"source": plan}
        if target is not None and check.target_plan is not None:
            self.plans["target"] = check.target_plan
        self.recorder = Recorder()
        self.results: dict[str, int] = {}

    def observe(self) -> Observation:
        recorder = self.recorder
        for name, session in self.sessions.items():
            recorder.must(session.set_up(self.plans[name]), "set up")
        for recorder.step_number, step in enumerate(self.check.steps, start=1):
            if recorder.stopped:
                break
            PERFORMERS[type(step)](self, self.sessions[step.at], step)
        set_aside, stored = self._stock()
        return Observation(
            events=tuple(recorder.events),
            captures={name: tuple(labels) for name, labels in recorder.captures.items()},
            messages=recorder.messages,
            groups=recorder.groups,
            failures=tuple(recorder.failures),
            set_aside=set_aside,
            stored=stored,
            parts=tuple(part for one in self.sessions.values() for part in one.parts),
            native_calls=self._traced(),
            finished_ms=self.sessions["source"].now_ms,
        )

    def _traced(self) -> tuple[str, ...] | None:
        if not self.trace:
            return None
        return tuple(call for one in self.sessions.values() for call in one.native_calls)

    def _stock(self) -> tuple[tuple[str, ...] | None, Stored | None]:
        """What was set aside and the structural numbers, each only where the check asks."""
        source = self.sessions["source"]
        set_aside: tuple[str, ...] | None = None
        stored: Stored | None = None
        step = Wait(duration=Duration.plain(0))
        if not self.recorder.stopped and needs_set_aside(self.check):
            aside = self.recorder.take(source.set_aside(), "look at what was set aside", step)
            set_aside = None if aside is None else aside.value
        if not self.recorder.stopped and needs_stored(self.check):
            numbers = self.recorder.take(source.stored(), "count what is stored", step)
            stored = None if numbers is None else numbers.value
        return set_aside, stored

    def ms(self, duration: Duration) -> int:
        return duration.live_ms or 0 if self.live else duration.ms

    def publish(self, session: Session, step: Publish) -> None:
        for message in step.messages(live=self.live):
            if not self.recorder.stopped:
                self.recorder.sent(session, message, session.publish(message), step)

    def publish_with_data(self, session: Session, step: PublishWithData) -> None:
        for message in step.messages(live=self.live):
            if not self.recorder.stopped:
                outcome = session.publish_with_data(message, commit=step.commit)
                self.recorder.sent(session, message, outcome, step)

    def request(self, session: Session, step: Request) -> None:
        for message in step.messages(live=self.live):
            if not self.recorder.stopped:
                outcome = session.request(step.requester, message)
                self.recorder.sent(session, message, outcome, step)

    def join(self, session: Session, step: Join) -> None:
        planned = {group.name: group for group in self.plans[step.at].groups}
        self.recorder.groups[step.group] = planned.get(step.group, Group(step.group))
        for reader in step.readers:
            self.recorder.group_of[reader] = step.group
            outcome = session.join(reader, step.group, start=step.start)
            if self.recorder.take(outcome, f"join {reader}", step) is not None:
                self.recorder.note(session, "joined", reader=reader)

    def receive(self, session: Session, step: Receive) -> None:
        capture = self.recorder.captures.setdefault(step.capture or step.reader, [])
        for _ in range(step.count):
            delivery = self.next(session, step)
            if delivery is None:
                return
            capture.append(delivery.label)
            if step.then == "settle":
                self.recorder.settle(session, delivery, step)
            elif step.then == "reject":
                self.recorder.reject(session, delivery, step)

    def next(self, session: Session, step: Receive | Serve | Process | Forward) -> Delivery | None:
        if self.recorder.stopped:
            return None
        return self.recorder.receive(session, step.reader, self.ms(step.within), step)

    def settle(self, session: Session, step: Settle) -> None:
        for delivery in tuple(self.recorder.holding.get(step.reader, ())):
            self.recorder.settle(session, delivery, step)

    def reject(self, session: Session, step: Reject) -> None:
        for delivery in tuple(self.recorder.holding.get(step.reader, ())):
            self.recorder.reject(session, delivery, step)

    def rewind(self, session: Session, step: Rewind) -> None:
        self.recorder.take(session.rewind(step.reader), f"rewind {step.reader}", step)

    def leave(self, session: Session, step: Leave) -> None:
        self.recorder.holding.pop(step.reader, None)
        if self.recorder.take(session.leave(step.reader), f"leave {step.reader}", step) is not None:
            self.recorder.note(session, "left", reader=step.reader)

    def crash(self, session: Session, step: Crash) -> None:
        self.recorder.crash(session, step.reader, step)

    def wait(self, session: Session, step: Wait) -> None:
        self.recorder.take(session.wait(self.ms(step.duration)), "wait", step)

    def work(self, session: Session, step: Work) -> None:
        Drain(step, session, self.recorder, live=self.live).run()

    def serve(self, session: Session, step: Serve) -> None:
        for _ in range(step.count):
            delivery = self.next(session, step)
            if delivery is None:
                return
            answer = Message(f"reply-to-{delivery.label}")
            self.recorder.take(session.reply(delivery, answer), f"reply {answer.label}", step)
            self.recorder.settle(session, delivery, step)

    def receive_reply(self, session: Session, step: ReceiveReply) -> None:
        capture = self.recorder.captures.setdefault(step.capture or step.requester, [])
        for _ in range(step.count):
            outcome = session.receive_reply(step.requester, within_ms=self.ms(step.within))
            done = self.recorder.take(outcome, f"receive reply {step.requester}", step)
            if done is None or done.value is None:
                return
            capture.append(done.value.label)

    def process(self, session: Session, step: Process) -> None:
        for _ in range(step.count):
            delivery = self.next(session, step)
            if delivery is None:
                return
            result = self.again(f"{delivery.label}/result", routing_key=step.routing_key)
            outcome = session.process(delivery, result, dies_before_settling=step.dies)
            self.recorder.sent(session, result, outcome, step)
            self.recorder.let_go(delivery)
            if step.dies:
                self.recorder.note(session, "crashed", reader=step.reader)
                return
            self.recorder.note(session, "settled", delivery.label, step.reader)

    def again(self, label: str, *, routing_key: str = "") -> Message:
        """The message of that label: the first time itself, later its retry."""
        sent = self.results[label] = self.results.get(label, 0) + 1
        if sent == 1:
            return Message(label, routing_key=routing_key)
        return Message(f"{label}~{sent}", routing_key=routing_key, duplicate_of=label)

    def forward(self, session: Session, step: Forward) -> None:
        for _ in range(step.count):
            delivery = self.next(session, step)
            if delivery is None:
                return
            if step.dies_after != "received":
                self.forward_one(session, step, delivery)
                if step.dies_after != "published" and not self.recorder.stopped:
                    self.recorder.settle(session, delivery, step)
            if step.dies_after is not None:
                self.recorder.crash(session, step.reader, step)
                return

    def forward_one(self, session: Session, step: Forward, delivery: Delivery) -> None:
        """Publish to the target. A forwarder that starts again knows nothing of an earlier try.

        So the target is sent a new message, while the log counts it as the one it came from.
        """
        origin = self.recorder.messages[delivery.label]
        first = origin.duplicate_of or origin.label
        copy = replace(origin, label=self.again(f"{first}/forwarded").label, duplicate_of=None)
        outcome = self.sessions["target"].publish(copy)
        self.recorder.sent(session, replace(copy, duplicate_of=first), outcome, step)

    def stop_nodes(self, session: Session, step: StopNodes) -> None:
        outcome = session.stop_nodes(step.count, power_loss=step.power_loss)
        self.recorder.take(outcome, f"stop {step.count} nodes", step)

    def start_nodes(self, session: Session, step: StartNodes) -> None:
        self.recorder.take(session.start_nodes(), "start nodes", step)


PERFORMERS: Mapping[type[Step], Callable[[_Run, Session, Any], None]] = {
    Publish: _Run.publish,
    PublishWithData: _Run.publish_with_data,
    Request: _Run.request,
    Join: _Run.join,
    Receive: _Run.receive,
    Settle: _Run.settle,
    Reject: _Run.reject,
    Rewind: _Run.rewind,
    Leave: _Run.leave,
    Crash: _Run.crash,
    Wait: _Run.wait,
    Work: _Run.work,
    Serve: _Run.serve,
    ReceiveReply: _Run.receive_reply,
    Process: _Run.process,
    StopNodes: _Run.stop_nodes,
    StartNodes: _Run.start_nodes,
    Forward: _Run.forward,
}
