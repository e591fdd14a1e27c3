"""Publisher confirms: one answer for each publish on a channel, by its number.

Keeps: ack when every routed queue took it, also when no queue was routed to (a mandatory one is
returned first); nack when one refused; no answer while one has no majority. Leaves out the order
in which a real broker answers and its ``multiple`` flag: only sets are promised.
"""

from __future__ import annotations

from collections import deque


class Confirms:
    """The answers of one channel in confirm mode; ``answers`` holds (number, acknowledged)."""

    __slots__ = ("answers", "published", "unanswered")

    def __init__(self) -> None:
        self.published = 0
        self.answers: deque[tuple[int, bool]] = deque()
        self.unanswered: set[int] = set()

    def answer(self, accepted: bool | None) -> None:
        """The answer to the next publish."""
        self.published += 1
        if accepted is None:
            self.unanswered.add(self.published)
        else:
            self.answers.append((self.published, accepted))

    def refuse_unanswered(self) -> None:
        """The majority is back and does not have them."""
        for number in sorted(self.unanswered):
            self.answers.append((number, False))
        self.unanswered.clear()
