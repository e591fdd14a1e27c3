"""The completions of open answers: cells that nothing tells apart merged, then every combination.

A question is *open* if it has several possible cells. A merged cell stands for several cells of
one question that give the same columns, conflicts, options, costs and derived cells whatever the
other answers are; its weight is their share, every cell of a question being equally likely.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from advisor.decision.problem import Answers, Cells, Derived
from advisor.domain.cell import Cell

MERGE_LIMIT = 4_096
"""The most combinations that are tried to find out whether two cells can be told apart."""

Possible = Mapping[str, tuple[Cell, ...]]


class TooManyError(Exception):
    """There are more completions than may be looked at."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that depends on answers: ``read`` gives the same value where it cannot tell.

    ``every`` has the cells that each question it reads can have.
    """

    reads: tuple[str, ...]
    read: Callable[[Cells], Hashable]
    every: Possible


@dataclass(frozen=True, slots=True)
class Open:
    """The open answers of the team or of one workload, merged.

    ``cells``: for each open question one cell for each group that can be told apart, with the
    number of cells in the group in ``counts``. ``fixed`` has the answers that are known.
    ``groups`` gives the merged cell that each possible cell belongs to.
    """

    fixed: Cells
    cells: Possible
    counts: Mapping[str, tuple[int, ...]]
    groups: Mapping[str, Mapping[Cell, Cell]]
    derived: tuple[Derived, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The open questions that are not derived, in their order."""
        return tuple(self.cells)


@dataclass(frozen=True, slots=True)
class Completion:
    """One value for every question; ``choice`` has the place of each open question's cell.

    ``derived`` has the cells of the derived questions, in their order. ``share`` says how likely
    it is, relative to the others.
    """

    choice: tuple[int, ...]
    derived: tuple[Cell, ...]
    cells: Cells
    share: Fraction | int


def potential(answers: Answers, given: Possible) -> dict[str, tuple[Cell, ...]]:
    """Every cell that a question can have in some completion, derived ones included."""
    every = {**given, **answers.cells}
    for derived in answers.derived:
        if derived.question not in answers.cells:
            every[derived.question] = derived_cells(derived, every)
    return every


def derived_cells(derived: Derived, every: Possible) -> tuple[Cell, ...]:
    """The cells of a derived question over all combinations of its parents' cells."""
    found: dict[Cell, None] = {}
    for parents in product(*(every[parent] for parent in derived.parents)):
        cells = dict(zip(derived.parents, parents, strict=True))
        found.update(dict.fromkeys(derived.cells_at(cells)))
    return tuple(found)


def excludes(one: Derived, every: Possible) -> bool:
    """Whether some of its parents' cells leave a derived question no cell."""
    return any(
        not one.cells_at(dict(zip(one.parents, parents, strict=True)))
        for parents in product(*(every[name] for name in one.parents))
    )


def merge(answers: Answers, given: Possible, readers: Sequence[Reader]) -> Open:
    """The answers with their cells merged; ``given`` has the possible cells of other questions.

    Derived questions that ``answers.cells`` fixes are taken from there.
    """
    derived = tuple(one for one in answers.derived if one.question not in answers.cells)
    every = potential(answers, given)
    groups: dict[str, dict[Cell, Cell]] = {}
    for one in reversed(derived):
        groups[one.question] = _groups(one.question, every, readers, derived, groups)
    for question, cells in answers.cells.items():
        if len(cells) > 1:
            groups[question] = _groups(question, every, readers, derived, groups)
    fixed = {name: cells[0] for name, cells in answers.cells.items() if len(cells) == 1}
    opened: dict[str, tuple[Cell, ...]] = {}
    counts: dict[str, tuple[int, ...]] = {}
    for question, cells in answers.cells.items():
        if len(cells) > 1:
            members = [groups[question][cell] for cell in cells]
            opened[question] = tuple(dict.fromkeys(members))
            counts[question] = tuple(members.count(cell) for cell in opened[question])
    return Open(fixed, opened, counts, groups, derived)


def _groups(
    question: str,
    every: Possible,
    readers: Sequence[Reader],
    derived: Sequence[Derived],
    groups: Mapping[str, Mapping[Cell, Cell]],
) -> dict[Cell, Cell]:
    """For each cell of the question, the first cell that nothing can tell from it."""
    children = [_child_reader(one, groups, every) for one in derived if question in one.parents]
    concerned = [one for one in (*readers, *children) if question in one.reads]
    first: dict[Hashable, Cell] = {}
    return {
        cell: first.setdefault(
            tuple(_signature(question, cell, reader) for reader in concerned), cell
        )
        for cell in every[question]
    }


def _child_reader(
    derived: Derived, groups: Mapping[str, Mapping[Cell, Cell]], every: Possible
) -> Reader:
    group = groups[derived.question]

    def read(cells: Cells) -> Hashable:
        return frozenset(group.get(cell, cell) for cell in derived.cells_at(cells))

    return Reader(derived.parents, read, every)


def _signature(question: str, cell: Cell, reader: Reader) -> Hashable:
    others = [name for name in reader.reads if name != question]
    combinations = 1
    for name in others:
        combinations *= len(reader.every[name])
    if combinations > MERGE_LIMIT:
        return cell
    cells = {question: cell}
    signature = []
    for values in product(*(reader.every[name] for name in others)):
        cells.update(zip(others, values, strict=True))
        signature.append(reader.read(cells))
    return tuple(signature)


def completions(merged: Open, given: Cells) -> Iterator[Completion]:
    """Every completion beside the ``given`` cells of other questions.

    ``cells`` is one mapping that changes with the next completion: copy what is to be kept. Cells
    of a derived question that nothing tells apart count once, with their common share.
    Combinations that a derived question excludes are left out.
    """
    cells = {**given, **merged.fixed}
    places = [range(len(own)) for own in merged.cells.values()]
    each = [(question, own, merged.counts[question]) for question, own in merged.cells.items()]
    for choice in product(*places):
        share = 1
        for (question, own, counts), place in zip(each, choice, strict=True):
            cells[question] = own[place]
            share *= counts[place]
        if not merged.derived:
            yield Completion(choice, (), cells, share)
            continue
        for part in _derive(merged, 0, cells):
            derived = tuple([cells[one.question] for one in merged.derived])
            yield Completion(choice, derived, cells, share * part)


def _derive(merged: Open, start: int, cells: dict[str, Cell]) -> Iterator[Fraction | int]:
    """Sets the derived cells in every way that the others allow, and gives its share."""
    if start == len(merged.derived):
        yield 1
        return
    one = merged.derived[start]
    allowed = one.cells_at({parent: cells[parent] for parent in one.parents})
    group = merged.groups[one.question]
    counts: dict[Cell, int] = {}
    for cell in allowed:
        member = group.get(cell, cell)
        counts[member] = counts.get(member, 0) + 1
    for cell, count in counts.items():
        cells[one.question] = cell
        for share in _derive(merged, start + 1, cells):
            yield share if count == len(allowed) else share * Fraction(count, len(allowed))
