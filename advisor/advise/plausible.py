"""Leaves out of what teams leave unsaid what the stated facts make implausible (conventions)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from advisor.advise.tables import answers_of
from advisor.decision import Answers, SystemProblem
from advisor.domain.cell import Cell
from advisor.domain.predicate import Predicate, fields, holds
from advisor.domain.rules import Implausible


def plausible(problem: SystemProblem) -> SystemProblem:
    """The problem whose assumptions are varied only to what is plausible beside the other answers.

    A row of the conventions counts where its condition holds for every answer still possible.
    """
    rows = problem.conventions.implausible
    return replace(
        problem,
        workloads=tuple(
            replace(one, answers=_plausible(one.answers, problem.team, rows))
            for one in problem.workloads
        ),
    )


def _plausible(answers: Answers, team: Answers, rows: tuple[Implausible, ...]) -> Answers:
    possible = {**team.cells, **answers.cells}
    ruled_out = {need for row in rows if _always(row.when, possible) for need in row.needs}
    kept = {need: cells for need, cells in answers.unsaid.items() if need not in ruled_out}
    return replace(answers, unsaid=kept)


def _always(when: Predicate, possible: Mapping[str, tuple[Cell, ...]]) -> bool:
    read = sorted(fields(when))
    return all(name in possible for name in read) and all(
        holds(when, answers_of(dict(zip(read, cells, strict=True))))
        for cells in product(*(possible[name] for name in read))
    )
