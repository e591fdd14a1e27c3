"""Closed forms over weightings equal linear programmes, and drawn weights respect the levels."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]

from advisor.decision.weighting import draw_weights, least_lead
from advisor.domain.rules import Level

NEEDED = (Level.NICE, Level.SHOULD, Level.MUST)
leads = st.lists(st.tuples(st.sampled_from(NEEDED), st.integers(-20, 20)), min_size=1, max_size=7)


def programme(found: list[tuple[Level, int]], *, alike: bool) -> float:
    """The least of the weighted mean, as scipy's simplex finds it from the plain constraints."""
    count = len(found)
    above, equal = [], [np.ones(count)]
    for i, (low, _one) in enumerate(found):
        for j, (high, _other) in enumerate(found):
            row = np.zeros(count)
            row[i], row[j] = 1.0, -1.0
            if low < high:
                above.append(row)
            elif alike and low is high and i < j:
                equal.append(row)
    result = linprog(
        [lead for _level, lead in found],
        A_ub=np.array(above) if above else None,
        b_ub=np.zeros(len(above)) if above else None,
        A_eq=np.array(equal),
        b_eq=np.array([1.0] + [0.0] * (len(equal) - 1)),
        bounds=(0, None),
        method="highs",
    )
    assert result.success
    return float(result.fun)


@settings(max_examples=300, deadline=None)
@given(leads, st.booleans())
def test_cumulative_sums_equal_the_linear_programme(
    found: list[tuple[Level, int]], alike: bool
) -> None:
    """Over all weights that sum to one and fall with the levels, alike inside a level or not."""
    expected = programme(found, alike=alike)
    assert expected == pytest.approx(float(least_lead(found, alike=alike)), abs=1e-7)


@given(leads)
def test_every_weighting_is_at_least_as_bad_as_the_levels_alone(
    found: list[tuple[Level, int]],
) -> None:
    """What holds for every weighting of criteria holds for every weighting of levels."""
    assert least_lead(found) <= least_lead(found, alike=True)


def test_nothing_needed_leads_by_nought() -> None:
    """Without criteria there is nothing to weigh."""
    assert Fraction(0) == least_lead([])


@given(
    st.lists(st.sampled_from(NEEDED), max_size=7), st.integers(1, 3000), st.integers(0, 2**32 - 1)
)
def test_drawn_weights_respect_the_levels_and_repeat_with_the_seed(
    levels: list[Level], total: int, seed: int
) -> None:
    """Whole, not below nought, summing to the total, none above one of a higher level."""
    drawn = draw_weights(levels, total, Random(seed))
    assert draw_weights(levels, total, Random(seed)) == drawn
    assert sum(drawn) == (total if levels else 0)
    assert all(weight >= 0 for weight in drawn)
    for low, weight in zip(levels, drawn, strict=True):
        assert all(weight <= more for high, more in zip(levels, drawn, strict=True) if low < high)


@settings(max_examples=200)
@given(leads, st.integers(0, 2**32 - 1))
def test_no_drawn_weighting_leads_by_less(found: list[tuple[Level, int]], seed: int) -> None:
    """The closed form is a bound for every sample."""
    weights = draw_weights([level for level, _lead in found], 1000, Random(seed))
    drawn = Fraction(
        sum(weight * lead for weight, (_l, lead) in zip(weights, found, strict=True)), 1000
    )
    assert drawn >= least_lead(found)


def test_weightings_are_drawn_alike_likely() -> None:
    """A must beside a should, four in all: (2,2), (3,1), (4,0). The cuts 0..4 lead to each of
    (0,4) ... (4,0) alike often, so the sorted ones come 1, 2, 2 times in 5."""
    random = Random(7)
    counts = Counter(draw_weights((Level.MUST, Level.SHOULD), 4, random) for _ in range(5000))
    assert {(2, 2), (3, 1), (4, 0)} == set(counts)
    assert 1000 == pytest.approx(counts[2, 2], abs=120)
    assert 2000 == pytest.approx(counts[3, 1], abs=150)
    assert 2000 == pytest.approx(counts[4, 0], abs=150)
