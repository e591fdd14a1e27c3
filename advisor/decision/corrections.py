"""Why no option meets every must, and the fewest musts to give up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advisor.decision.elimination import minimal_hitting_sets, minimal_sets


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Musts that nothing meets together.

    ``unsatisfiable``: the minimal sets of musts that no option meets together; ``corrections``:
    the minimal sets of musts whose relaxation makes some option feasible. Each is the minimal
    hitting sets of the other. ``single_designs``: pairs were left out, because one serves.
    """

    unsatisfiable: tuple[frozenset[str], ...]
    corrections: tuple[frozenset[str], ...]
    single_designs: bool


def unsatisfiable_sets(families: Sequence[Iterable[frozenset[str]]]) -> tuple[frozenset[str], ...]:
    """The minimal sets that contain a conflict of every option; ``families`` has one entry each."""
    partial: tuple[frozenset[str], ...] = (frozenset(),)
    for conflicts in families:
        own = tuple(conflicts)
        partial = minimal_sets(chosen | family for chosen in partial for family in own)
    return partial


def correction_sets(families: Sequence[Iterable[frozenset[str]]]) -> tuple[frozenset[str], ...]:
    """The minimal sets whose relaxation frees some option of all its conflicts."""
    return minimal_sets(
        chosen for conflicts in families for chosen in minimal_hitting_sets(tuple(conflicts))
    )
