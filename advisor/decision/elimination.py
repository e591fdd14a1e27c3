"""Which musts an option cannot meet, and the fewest that must be relaxed until it fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations


def minimal_sets(families: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The families that contain no other one, shortest first, then in order of their names."""
    ordered = sorted(set(families), key=lambda family: (len(family), sorted(family)))
    kept: list[frozenset[str]] = []
    for family in ordered:
        if not any(smaller <= family for smaller in kept):
            kept.append(family)
    return tuple(kept)


def hits(chosen: Collection[str], families: Iterable[frozenset[str]]) -> bool:
    """Whether ``chosen`` shares a member with every family."""
    return all(not family.isdisjoint(chosen) for family in families)


def minimum_hitting_set(families: Collection[frozenset[str]]) -> frozenset[str]:
    """A smallest set that hits every family: the first in order of its names.

    Sets of one are forced, so only what they leave is searched, by size. Raises ValueError for an
    empty family, which nothing hits.
    """
    if any(not family for family in families):
        raise ValueError("an empty family cannot be hit")
    forced = frozenset(next(iter(family)) for family in families if len(family) == 1)
    rest = [family for family in families if family.isdisjoint(forced)]
    members = sorted(frozenset().union(*rest))
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            if hits(chosen, rest):
                return forced | frozenset(chosen)
    raise AssertionError("all members together hit every family")


def minimal_hitting_sets(families: Collection[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Every hitting set of which no part hits all, shortest first (built family by family)."""
    partial: tuple[frozenset[str], ...] = (frozenset(),)
    for family in families:
        partial = minimal_sets(
            grown
            for chosen in partial
            for grown in ([chosen] if chosen & family else [chosen | {member} for member in family])
        )
    return partial
