"""The drain loop: members each take one message, hold it, settle it, until nothing is left.

Time jumps to the next thing due. Members who idle look again after 10 ms, then after twice as
long each time, up to a minute: a message is never found later than the time that had already gone
by without one, so hours of waiting cost few steps.
"""

from __future__ import annotations

from advisor.checks.check import Duration, Work
from advisor.checks.recorder import Recorder
from advisor.checks.session import Delivery, Session
from advisor.domain.outcome import Unknown

TICK_MS_MIN = 10
TICK_MS_MAX = 60_000
TRIES_MAX = 22
"""A label delivered more often is going round for ever: the members stop taking more."""


class Drain:
    """One ``work`` step under way."""

    def __init__(self, step: Work, session: Session, recorder: Recorder, *, live: bool) -> None:
        self.step = step
        self.session = session
        self.recorder = recorder
        self.live = live
        self.idle = [reader for reader in step.members if reader not in recorder.dead]
        self.busy: dict[str, tuple[Delivery, int]] = {}
        self.tries: dict[str, int] = {}
        self.tries_most = 0
        self.deaths = set(step.dies_holding)
        self.quiet_since_ms = session.now_ms

    def run(self) -> None:
        """Until drained, until a message goes round for ever, or until an outcome stops it."""
        tick_ms = TICK_MS_MIN
        while not self.recorder.stopped:
            if self._take() | self._finish():
                tick_ms = TICK_MS_MIN
                self.quiet_since_ms = self.session.now_ms
                continue
            quiet_ms = self.session.now_ms - self.quiet_since_ms
            endless = self.tries_most > TRIES_MAX
            if not self.busy and (endless or quiet_ms >= self._ms(self.step.quiet)):
                return
            if self.busy:
                rest_ms = min(due for _, due in self.busy.values()) - self.session.now_ms
                tick_ms = min(tick_ms, rest_ms) if self.idle else rest_ms
            before_ms = self.session.now_ms
            self.recorder.must(self.session.wait(tick_ms), "wait")
            if self.session.now_ms <= before_ms:
                self.recorder.must(Unknown("time does not pass"), "wait")
            tick_ms = min(2 * tick_ms, TICK_MS_MAX)

    def _ms(self, duration: Duration) -> int:
        return duration.live_ms or 0 if self.live else duration.ms

    def _take(self) -> bool:
        taken = False
        for reader in tuple(self.idle):
            if self.tries_most > TRIES_MAX or self.recorder.stopped:
                return taken
            delivery = self.recorder.receive(self.session, reader, 0, self.step)
            if delivery is None:
                continue
            taken = True
            label = delivery.label
            self.tries[label] = self.tries.get(label, 0) + 1
            self.tries_most = max(self.tries_most, self.tries[label])
            self.idle.remove(reader)
            if label in self.deaths:
                self.deaths.remove(label)
                self.recorder.crash(self.session, reader, self.step)
                continue
            service = self.step.service_of.get(label, self.step.service)
            self.busy[reader] = (delivery, self.session.now_ms + self._ms(service))
        return taken

    def _finish(self) -> bool:
        now_ms = self.session.now_ms
        finished = [reader for reader, (_, due) in self.busy.items() if due <= now_ms]
        for reader in sorted(finished, key=lambda reader: self.busy[reader][1]):
            delivery, _ = self.busy.pop(reader)
            if self.tries[delivery.label] <= self.step.fails.get(delivery.label, 0):
                self.recorder.reject(self.session, delivery, self.step)
            else:
                self.recorder.settle(self.session, delivery, self.step)
            self.idle.append(reader)
        self.idle.sort(key=self.step.members.index)
        return bool(finished)
