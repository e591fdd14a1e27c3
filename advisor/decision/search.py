"""What can still win where there are too many completions to look at each: branch and bound.

A *box* leaves each open question some of its cells. Where bounds over the whole box show that
nothing else can win there than what was found already, the box is done; a small box is looked at
completely; any other is cut in two. What the limit leaves undone is not ruled out: it is said so.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision.engine import Engine
from advisor.decision.space import Space
from advisor.decision.systems import Outcome


@dataclass(frozen=True, slots=True)
class Found:
    """``outcomes`` were found; ``beside`` has, for each workload, the verdicts with their options
    that were neither found nor ruled out; ``seen`` is a part of the completions."""

    outcomes: tuple[Outcome, ...]
    beside: tuple[tuple[tuple[str, str], ...], ...]
    seen: Space
    nodes: int

    @property
    def beside_any(self) -> bool:
        return any(self.beside)


def search(engine: Engine, limit: int) -> Found:
    raise NotImplementedError
