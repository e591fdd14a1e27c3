"""Every case that rules can tell apart: the combinations of the cells of the fields that they read.

Fields that hang together are tied: no task takes usually longer than at most, and a product lies
where its factors put it. Combinations that a tie excludes are no cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from advisor.domain.cell import Cell
from advisor.domain.predicate import Value
from advisor.domain.requirements import NeedType

COMBINATIONS_MAX = 400_000

Domains = Mapping[str, tuple[Cell, ...]]
"""For each field its cells: no rule tells two values of one cell apart."""
Answers = Mapping[str, Value]


class TooManyError(Exception):
    """There are more combinations than are looked at."""


@dataclass(frozen=True, slots=True)
class Tie:
    """``follower`` has only values that ``leaders`` allow.

    Without a ``divisor`` it is at least as great as its one leader, and with ``same`` equal to
    it; with one it is the product of the leaders divided by it. ``bound``: it has no answer of its
    own, so that it is open wherever a leader is.
    """

    follower: str
    leaders: tuple[str, ...]
    divisor: float | None = None
    same: bool = False

    @property
    def bound(self) -> bool:
        return self.same or self.divisor is not None

    @property
    def fields(self) -> frozenset[str]:
        return frozenset({self.follower, *self.leaders})

    def allows(self, cells: Mapping[str, Cell]) -> bool:
        """Whether some values of these cells hang together so."""
        own, leaders = cells[self.follower], [cells[name] for name in self.leaders]
        if self.divisor is not None:
            return _share(_product(leaders, self.divisor), own)
        (leader,) = leaders
        return _share(leader, own) if self.same else _not_above(leader, own)


def ties(
    needs: Mapping[str, NeedType],
    products: Mapping[str, tuple[tuple[str, ...], float]],
    stated: Collection[str],
) -> tuple[Tie, ...]:
    """The ties among ``needs`` where those in ``stated`` have answers of their own.

    ``products``: for a derived field its factors, and what their product is divided by.
    """
    followers = (
        Tie(need.name, (need.default_from,), same=need.name not in stated)
        for need in needs.values()
        if need.default_from is not None
    )
    made = (Tie(name, factors, divisor) for name, (factors, divisor) in products.items())
    return (*followers, *made)


class Cases:
    """The cases of sets of fields, each set enumerated once."""

    def __init__(self, domains: Domains, tied: Sequence[Tie] = ()) -> None:
        self.domains = domains
        self.tied = tied
        self._of: dict[frozenset[str], tuple[Answers, ...]] = {}

    def of(self, read: Collection[str]) -> tuple[Answers, ...]:
        """A value for each of the fields, in every way that can be. Raises TooManyError."""
        key = frozenset(read)
        if key not in self._of:
            if prod(len(self.domains[name]) for name in key) > COMBINATIONS_MAX:
                raise TooManyError
            inside = [tie for tie in self.tied if tie.fields <= key]
            self._of[key] = tuple(combined({name: self.domains[name] for name in key}, inside))
        return self._of[key]


def combined(cells: Mapping[str, Sequence[Cell]], tied: Sequence[Tie]) -> Iterator[Answers]:
    """A value for each field from one of its cells, in every way that the ties allow."""
    names = sorted(cells)
    for found in product(*(cells[name] for name in names)):
        case = dict(zip(names, found, strict=True))
        if all(tie.allows(case) for tie in tied):
            yield {name: cell.sample for name, cell in case.items()}


def _ends(cell: Cell) -> tuple[float, float]:
    assert cell.low is not None and cell.high is not None  # only numbers are tied
    return cell.low, cell.high


def _not_above(one: Cell, other: Cell) -> bool:
    """Whether some number of ``one`` is at most some number of ``other``."""
    (low, _), (_, high) = _ends(one), _ends(other)
    return low < high or (low == high and not (one.low_open or other.high_open))


def _share(one: Cell, other: Cell) -> bool:
    return _not_above(one, other) and _not_above(other, one)


def _product(factors: Sequence[Cell], divisor: float) -> Cell:
    """Where the product of positive factors lies."""
    return Cell(
        0,
        "",
        prod(_ends(factor)[0] for factor in factors) / divisor,
        prod(_ends(factor)[1] for factor in factors) / divisor,
        any(factor.low_open for factor in factors),
        any(factor.high_open for factor in factors),
    )
