"""What the log knows of one transaction: batches point at it, readers ask it.

Keeps: open, committed or aborted, decided once for all partitions. Leaves out: that on a broker
the markers reach the partitions one after the other, a moment apart.
"""

from __future__ import annotations

from typing import Literal


class Transaction:
    """One transaction of one producer; ``state`` changes once."""

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state: Literal["open", "committed", "aborted"] = "open"
