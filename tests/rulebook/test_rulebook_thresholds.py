"""The cells cover a need without overlap, and no rule tells two values of one cell apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_support import needs, shipped, values

from advisor.domain.cell import Cell
from advisor.domain.predicate import OPERATORS
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.version import BrokerVersion
from advisor.rulebook import cells, literals, point
from advisor.rulebook.thresholds import Comparison

LITERALS = literals(shipped())
NUMBERS = sorted(name for name in LITERALS if needs()[name].kind is Kind.NUMBER)


def _outcomes(value: Any, comparisons: frozenset[Comparison]) -> list[bool]:
    ordered = sorted(comparisons, key=str)
    return [OPERATORS[operator](value, literal) for operator, literal in ordered]


def _number(**changed: Any) -> NeedType:
    settings_of = {"least": 0, "greatest": 100, "whole_numbers": False, **changed}
    return NeedType("n", Kind.NUMBER, "", "", 0, **settings_of)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_shipped_numbers_lie_in_exactly_one_cell_of_their_outcomes(data: st.DataObject) -> None:
    """Whatever number a team gives, the cell's sample stands for it in every rule."""
    name = data.draw(st.sampled_from(NUMBERS))
    need, comparisons = needs()[name], LITERALS[name]
    value = data.draw(values(need) | st.sampled_from(_near(need, comparisons)))
    containing = [cell for cell in cells(need, comparisons) if cell.holds(value)]
    assert 1 == len(containing)
    assert _outcomes(value, comparisons) == _outcomes(containing[0].sample, comparisons)


def _near(need: NeedType, comparisons: frozenset[Comparison]) -> list[float]:
    step = 1 if need.whole_numbers else 0.001
    numbers = [n for _, n in comparisons if isinstance(n, (int, float))]
    near = [number + offset for number in numbers for offset in (-step, 0, step)]
    least, greatest = need.least or 0, need.greatest or 0
    return [number for number in near if least <= number <= greatest] or [least]


@given(
    st.frozensets(
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-5, 105)),
        max_size=4,
    ),
    st.booleans(),
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
)
@settings(max_examples=300)
def test_cells_of_any_comparisons(
    comparisons: frozenset[Comparison], whole: bool, ends: tuple[int, int]
) -> None:
    """In order, covering the range, told apart from their neighbours, with a sample inside."""
    low, high = sorted(ends)
    found = cells(_number(whole_numbers=whole), comparisons, low=low, high=high)
    for number in range(low, high + 1):
        assert 1 == sum(cell.holds(number) for cell in found)
    if not whole:
        for number in range(low, high):
            assert 1 == sum(cell.holds(number + 0.5) for cell in found)
    for cell in found:
        assert isinstance(cell.sample, (int, float))
        assert cell.holds(cell.sample)
        assert cell.low is not None and cell.high is not None and cell.low <= cell.high
    outcomes = [_outcomes(cell.sample, comparisons) for cell in found]
    assert all(one != other for one, other in pairwise(outcomes))
    assert (low, high) == (found[0].low, found[-1].high)


def test_range_is_cut_to_what_the_need_allows() -> None:
    """A range beyond the bounds of the need is the part inside."""
    (cell,) = cells(_number(), low=-10, high=1000)
    assert (0, 100, "any") == (cell.low, cell.high, cell.label)


def test_labels_read_as_comparisons() -> None:
    """What a person sees of a cell."""
    comparisons: frozenset[Comparison] = frozenset({(">", 5), ("<=", 50)})
    assert ["<= 5", "> 5 and <= 50", "> 50"] == [c.label for c in cells(_number(), comparisons)]
    whole = cells(_number(whole_numbers=True), comparisons)
    assert ["<= 5", ">= 6 and <= 50", ">= 51"] == [cell.label for cell in whole]


def test_number_without_bounds_is_refused() -> None:
    """Unknown must stay finite."""
    with pytest.raises(ValueError, match="least and greatest"):
        cells(_number(greatest=None))


def test_booleans_and_choices() -> None:
    """Two, and one each."""
    assert (Cell(False, "false"), Cell(True, "true")) == cells(needs()["priority"])
    found = cells(needs()["ordering"], LITERALS["ordering"])
    assert ["none", "per_key", "global"] == [cell.sample for cell in found]


@given(st.data())
@settings(max_examples=200)
def test_lists_are_represented(data: st.DataObject) -> None:
    """Whatever subset a team gives, one cell comes out as it does in every rule."""
    name = data.draw(st.sampled_from(["protocols", "already_runs", "frameworks", "knows"]))
    comparisons = LITERALS[name]
    value = data.draw(values(needs()[name]))
    same = [
        cell
        for cell in cells(needs()[name], comparisons)
        if _outcomes(cell.sample, comparisons) == _outcomes(value, comparisons)
    ]
    assert 1 == len(same)


def test_members_alike_are_not_enumerated() -> None:
    """Two words that every rule treats alike do not double the cells."""
    comparisons: frozenset[Comparison] = frozenset({("in", ("mqtt", "stomp"))})
    assert [(), ("mqtt",)] == [cell.sample for cell in cells(needs()["protocols"], comparisons)]


def test_versions_are_joined_where_no_rule_tells_them_apart() -> None:
    """The newest of a run stands for it."""
    versions = [BrokerVersion(4, minor) for minor in (4, 1, 2, 3)]
    comparisons: frozenset[Comparison] = frozenset({(">=", BrokerVersion(4, 2))})
    found = cells(needs()["kafka_version"], comparisons, versions=versions)
    assert ["4.1", "4.2 to 4.4"] == [cell.label for cell in found]
    assert [BrokerVersion(4, 1), BrokerVersion(4, 4)] == [cell.sample for cell in found]
    assert ["4.4"] == [cell.label for cell in cells(needs()["kafka_version"])]


def test_costs_and_existence_cut_too() -> None:
    """What runs and is known is a cost; an option's versions say where it exists."""
    assert ("in", ("kafka",)) in LITERALS["knows"]
    assert (">=", BrokerVersion(4, 2)) in LITERALS["kafka_version"]


@pytest.mark.parametrize(
    ("value", "label"),
    [(True, "true"), (3, "3"), (0.5, "0.5"), ("recent", "recent"), (("a", "b"), "a, b"), ((), "n")],
)
def test_point_is_the_cell_of_one_value(value: Any, label: str) -> None:
    """A value that is known."""
    cell = point(value)
    assert value == cell.sample
    assert cell.label.startswith(label)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        assert (value, value) == (cell.low, cell.high)
