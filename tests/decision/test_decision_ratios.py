"""The least ratio of two sums is found exactly: every choice is tried beside it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from advisor.decision.ratios import Part, least_ratio

weighed = st.tuples(st.integers(-9, 9), st.integers(1, 5))
parts = st.one_of(st.just((0, 0)), weighed)


@given(parts, st.lists(st.lists(parts, min_size=1, max_size=3), max_size=4))
def test_it_is_the_least_over_all_choices(fixed: Part, choices: list[list[Part]]) -> None:
    """What needs nothing is worth nothing, and that may be the least."""
    sums = [
        (fixed[0] + sum(d for d, _w in picked), fixed[1] + sum(w for _d, w in picked))
        for picked in product(*choices)
    ]
    expected = min(Fraction(upper, max(1, lower)) for upper, lower in sums)
    assert expected == least_ratio(fixed, choices)
