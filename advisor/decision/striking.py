"""Evidence that turned out otherwise: a claim struck out, or every open claim at its worst."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial

from advisor.decision.engine import Engine
from advisor.decision.problem import Cells, Matter
from advisor.decision.table import Tables
from advisor.domain.evidence import Founded
from advisor.domain.rules import Side, Trust

EXECUTED = frozenset({Trust.MODEL, Trust.BROKER})
"""The grades of claims whose contribution is a point: a check was run and agreed."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A criterion whose claims are worth something else; levels stay what they are.

    It reads through the tables that know the criterion already, so that no evidence is heard twice.
    """

    tables: Tables
    place: int
    amend: Callable[[str, tuple[Founded, ...]], tuple[Founded, ...]]

    @property
    def id(self) -> str:
        return self.tables.ids[self.place]

    @property
    def side(self) -> Side:
        return self.tables.sides[self.place]

    @property
    def reads(self) -> tuple[str, ...]:
        return self.tables.reads[self.place]

    def at(self, cells: Cells) -> Matter:
        matter = self.tables.matter(self.place, cells)
        founded = {option: self.amend(option, own) for option, own in matter.founded.items()}
        return replace(matter, founded=founded)


def without_claim(engine: Engine, criterion: str, claim: str) -> Engine:
    """The engine with this claim refuted: struck out of every workload, never turned round."""
    amend = partial(_struck, claim)
    return engine.with_tables([_amended(one, amend, only=criterion) for one in engine.tables])


def without_conflict(engine: Engine, conflict: str) -> Engine:
    """The engine with this conflict refuted in every workload."""
    return engine.with_tables([one.without_conflict(conflict) for one in engine.tables])


def at_worst(engine: Engine, carried: Iterable[Collection[str]]) -> Engine:
    """The engine with all evidence at its worst for the options carried, workload by workload.

    Their open claims contribute the least of their intervals, those of all other options the most.
    """
    return engine.with_tables(
        [
            _amended(one, partial(_worst, frozenset(own)))
            for one, own in zip(engine.tables, carried, strict=True)
        ]
    )


def _amended(
    tables: Tables,
    amend: Callable[[str, tuple[Founded, ...]], tuple[Founded, ...]],
    only: str | None = None,
) -> Tables:
    changed = tables
    for place, name in enumerate(tables.ids):
        if only in (None, name):
            changed = changed.with_table(place, Amended(tables, place, amend))
    return changed


def _struck(claim: str, _option: str, own: tuple[Founded, ...]) -> tuple[Founded, ...]:
    return tuple(one for one in own if one.claim != claim)


def _worst(carried: frozenset[str], option: str, own: tuple[Founded, ...]) -> tuple[Founded, ...]:
    if option in carried:
        return tuple(replace(one, contribution=one.least) for one in own)
    return tuple(replace(one, contribution=one.most) for one in own)
