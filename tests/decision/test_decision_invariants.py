"""What must hold of every decision, whatever the rules: order, scale, names and clones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import decision_oracle as oracle
import numpy as np
import pytest
from decision_problems import (
    CONVENTIONS,
    HALF,
    ONE,
    OPTIONS,
    STRENGTHS,
    Table,
    fixed_table,
    flat_costs,
    founded,
    one_workload,
    problems,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.decision import (
    Answers,
    ConflictRule,
    Decision,
    Matter,
    OptionFacts,
    SystemProblem,
    decide,
)
from advisor.decision.corrections import correction_sets, unsatisfiable_sets
from advisor.decision.elimination import minimal_hitting_sets, minimum_hitting_set
from advisor.domain.evidence import Founded
from advisor.domain.recommendation import Ranked
from advisor.domain.rules import Level, Side, Trust

SLOW = settings(max_examples=120, deadline=None)
IDS = tuple(one.id for one in OPTIONS)
POINTS = {"north": ONE, "south": Fraction(3, 2)}

strength = st.sampled_from(STRENGTHS)
need = st.sampled_from([Level.NICE, Level.SHOULD, Level.MUST])


@st.composite
def table_lists(draw: st.DrawFn) -> tuple[Table, ...]:
    """Criteria that read nothing, with one claim for each option."""
    count = draw(st.integers(1, 5))
    return tuple(
        fixed_table(
            f"c{k}",
            draw(need),
            {option: draw(strength) for option in IDS},
            draw(st.sampled_from(list(Side))),
        )
        for k in range(count)
    )


def scores(decision: Decision) -> dict[str, Fraction]:
    return {one.option: one.score for one in decision.workloads[0].ranking}


def said(decision: Decision) -> tuple[object, ...]:
    """Everything that a reader acts on."""
    return (
        decision.verdict,
        decision.status,
        decision.possible,
        decision.systems,
        tuple(
            (one.name, one.verdict, one.status, one.option, one.possible, one.possible_options)
            for one in sorted(decision.workloads, key=lambda one: one.name)
        ),
    )


def decide_or_skip(problem: SystemProblem) -> Decision:
    try:
        return decide(problem)
    except ValueError as error:
        assume("exclude each other" not in str(error))
        raise


def map_matters(problem: SystemProblem, change: Callable[[Matter], Matter]) -> SystemProblem:
    """The problem with every row of every table changed."""

    def changed(table: Any) -> Table:
        rows = {key: change(row) for key, row in table.rows.items()}
        return Table(table.id, table.side, table.reads, rows)

    workloads = tuple(
        replace(one, tables=tuple(changed(table) for table in one.tables))
        for one in problem.workloads
    )
    return replace(problem, workloads=workloads)


# 1: scale, order and repetition


@SLOW
@given(problems())
def test_reordering_anything_changes_nothing(problem: SystemProblem) -> None:
    """Options, workloads, criteria and conflicts come in no order that matters."""
    before = decide_or_skip(problem)
    workloads = tuple(
        replace(one, tables=one.tables[::-1], conflicts=one.conflicts[::-1])
        for one in problem.workloads[::-1]
    )
    backwards = replace(problem, options=problem.options[::-1], workloads=workloads)
    assert said(before) == said(decide(backwards))


@SLOW
@given(problems())
def test_stating_a_claim_twice_changes_nothing(problem: SystemProblem) -> None:
    """Values are maxima, so repetition adds nothing."""
    before = decide_or_skip(problem)
    twice = map_matters(
        problem,
        lambda row: replace(row, founded={k: own + own for k, own in row.founded.items()}),
    )
    assert said(before) == said(decide(twice))


@SLOW
@given(table_lists(), st.integers(2, 7))
def test_scaling_weights_and_costs_alike_changes_no_score(
    tables: tuple[Table, ...], factor: int
) -> None:
    """Weights matter beside each other alone; costs are in the same points."""
    weight = {level: own * factor for level, own in CONVENTIONS.weight.items()}
    pair = CONVENTIONS.costs.pair_in_one_system * factor
    scaled = replace(
        CONVENTIONS, weight=weight, costs=replace(CONVENTIONS.costs, pair_in_one_system=pair)
    )
    before = decide(one_workload(OPTIONS, tables, points=POINTS))
    after = decide(
        replace(
            one_workload(OPTIONS, tables, conventions=scaled),
            cost=flat_costs({k: v * factor for k, v in POINTS.items()}, Fraction(4) * factor),
        )
    )
    assert said(before) == said(after)
    assert scores(before) == scores(after)


# 2 and 3: support, objection, evidence


def with_claim(tables: tuple[Table, ...], place: int, option: str, claim: Founded) -> Any:
    table = tables[place]
    row = table.rows[()]
    claims = {**row.founded, option: (*row.founded[option], claim)}
    changed = replace(table, rows={(): replace(row, founded=claims)})
    return (*tables[:place], changed, *tables[place + 1 :])


def singles(ranking: tuple[Ranked, ...]) -> dict[str, Fraction]:
    return {one.option: one.score for one in ranking if " + " not in one.option}


@SLOW
@given(table_lists(), st.sampled_from(IDS), strength, st.data())
def test_a_claim_moves_its_option_its_way_and_no_other(
    tables: tuple[Table, ...], option: str, value: Fraction, data: st.DataObject
) -> None:
    """A pro never lowers, a con never raises, every other option keeps its score."""
    place = data.draw(st.integers(0, len(tables) - 1))
    before = singles(decide(one_workload(OPTIONS, tables)).workloads[0].ranking)
    more = with_claim(tables, place, option, founded(value))
    after = singles(decide(one_workload(OPTIONS, more)).workloads[0].ranking)
    assert {k: v for k, v in before.items() if k != option} == {
        k: v for k, v in after.items() if k != option
    }
    if value > 0:
        assert after[option] >= before[option]
    else:
        assert after[option] <= before[option]


@SLOW
@given(table_lists(), st.sampled_from(IDS), st.sampled_from([ONE, HALF]), st.data())
def test_better_evidence_for_a_pro_never_lowers_its_option(
    tables: tuple[Table, ...], option: str, value: Fraction, data: st.DataObject
) -> None:
    """From refuted to seen on a broker, scores only rise."""
    place = data.draw(st.integers(0, len(tables) - 1))
    reached = [
        singles(
            decide(one_workload(OPTIONS, with_claim(tables, place, option, founded(value, trust))))
            .workloads[0]
            .ranking
        )[option]
        for trust in Trust
    ]
    assert sorted(reached) == reached


# 4: losers, clones, what nobody needs


@SLOW
@given(table_lists(), st.data())
def test_removing_a_loser_changes_neither_winner_nor_score(
    tables: tuple[Table, ...], data: st.DataObject
) -> None:
    """Values are absolute, not normalised over what is present."""
    decision = decide(one_workload(OPTIONS, tables, points=POINTS))
    (workload,) = decision.workloads
    assume(workload.status not in ("unmet", "tie"))
    assert workload.option is not None
    # A pair's halves are needed for the pair, and a co-winner is no loser.
    kept = {part for one in (workload.option, *workload.equals) for part in one.split(" + ")}
    losers = [one.id for one in OPTIONS if one.id not in kept]
    assume(losers)
    gone = data.draw(st.sampled_from(losers))
    fewer = [one for one in OPTIONS if one.id != gone]
    # Without the only feasible single design pairs come up: that is no loser either.
    after = decide(one_workload(fewer, tables, points=POINTS))
    assert (workload.verdict, workload.option) == (
        after.workloads[0].verdict,
        after.workloads[0].option,
    )
    before_scores = singles(workload.ranking)
    del before_scores[gone]
    assert before_scores == singles(after.workloads[0].ranking)


@SLOW
@given(table_lists(), st.sampled_from(IDS))
def test_a_clone_changes_no_score_and_no_verdict(tables: tuple[Table, ...], option: str) -> None:
    """An option listed twice under two names wins no more often."""
    original = next(one for one in OPTIONS if one.id == option)
    clone = replace(original, id="zz-clone", simplicity=original.simplicity + 10)

    def cloned(table: Table) -> Table:
        row = table.rows[()]
        return replace(
            table, rows={(): replace(row, founded={**row.founded, clone.id: row.founded[option]})}
        )

    before = decide(one_workload(OPTIONS, tables, points=POINTS))
    after = decide(one_workload((*OPTIONS, clone), [cloned(one) for one in tables], points=POINTS))
    assert before.verdict == after.verdict
    assert before.workloads[0].option == after.workloads[0].option
    assert {
        k: v for k, v in singles(after.workloads[0].ranking).items() if k != clone.id
    } == singles(before.workloads[0].ranking)


@SLOW
@given(table_lists(), st.data())
def test_what_nobody_needs_has_no_effect(tables: tuple[Table, ...], data: st.DataObject) -> None:
    """A criterion at level no does not count, whatever is claimed on it."""
    unneeded = fixed_table("zz", Level.NO, {option: data.draw(strength) for option in IDS})
    assert decide(one_workload(OPTIONS, tables)) == decide(
        one_workload(OPTIONS, (*tables, unneeded))
    )


@SLOW
@given(table_lists(), st.sampled_from([ONE, HALF]), need, st.integers(1, 6))
def test_what_all_options_meet_equally_changes_no_verdict(
    tables: tuple[Table, ...], value: Fraction, level: Level, count: int
) -> None:
    """Costs are weight points: criteria beside them cannot dilute values into another verdict."""
    before = decide(one_workload(OPTIONS, tables, points=POINTS))
    common = [fixed_table(f"all{k}", level, dict.fromkeys(IDS, value)) for k in range(count)]
    after = decide(one_workload(OPTIONS, (*tables, *common), points=POINTS))
    assert (before.verdict, before.status) == (after.verdict, after.status)
    assert before.workloads[0].option == after.workloads[0].option


# 5: bounds and musts


@SLOW
@given(table_lists())
def test_values_stay_in_their_bounds_and_musts_come_first(tables: tuple[Table, ...]) -> None:
    """N is in [-1, 1], so that no value buys back a must."""
    ranking = decide(one_workload(OPTIONS, tables)).workloads[0].ranking
    relaxed = [len(hit_by_brute_force(row)) for row in ranking]
    assert sorted(relaxed) == relaxed
    for row, h in zip(ranking, relaxed, strict=True):
        if " + " not in row.option:
            assert -1 <= row.score + 3 * h <= 1


def hit_by_brute_force(row: Ranked) -> set[str]:
    families = [set(one.criteria) for one in row.eliminated_by]
    members = sorted(set(chain.from_iterable(families)))
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            if all(family & set(chosen) for family in families):
                return set(chosen)
    raise AssertionError("unreachable")


@SLOW
@given(table_lists(), st.data())
def test_raising_a_need_to_must_never_frees_an_option(
    tables: tuple[Table, ...], data: st.DataObject
) -> None:
    """More musts, fewer options that meet them all."""
    place = data.draw(st.integers(0, len(tables) - 1))
    raised = replace(tables[place], rows={(): replace(tables[place].rows[()], level=Level.MUST)})
    more = (*tables[:place], raised, *tables[place + 1 :])

    def feasible(every: Any) -> set[str]:
        ranking = decide(one_workload(OPTIONS, every)).workloads[0].ranking
        return {one.option for one in ranking if not one.eliminated_by and " + " not in one.option}

    assert feasible(more) <= feasible(tables)


# 11: contradictions

family_lists = st.lists(
    st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1, max_size=3), max_size=4),
    min_size=1,
    max_size=4,
)


def subsets(members: str) -> list[frozenset[str]]:
    return [frozenset(c) for size in range(len(members) + 1) for c in combinations(members, size)]


def minimal(sets: list[frozenset[str]]) -> set[frozenset[str]]:
    return {one for one in sets if not any(other < one for other in sets)}


@SLOW
@given(family_lists)
def test_contradictions_equal_their_definition(families: list[list[frozenset[str]]]) -> None:
    """Minimal sets that no option meets; minimal sets whose relaxation frees some option."""
    unmet = [s for s in subsets("abcde") if all(any(f <= s for f in own) for own in families)]
    freeing = [s for s in subsets("abcde") if any(all(f & s for f in own) for own in families)]
    assert minimal(unmet) == set(unsatisfiable_sets(families))
    assert minimal(freeing) == set(correction_sets(families))


@SLOW
@given(family_lists)
def test_corrections_are_the_hitting_sets_of_the_contradictions(
    families: list[list[frozenset[str]]],
) -> None:
    """Each is the minimal hitting sets of the other; the smallest correction is the least h."""
    unmet, corrections = unsatisfiable_sets(families), correction_sets(families)
    assert set(corrections) == set(minimal_hitting_sets(unmet))
    assert set(unmet) == set(minimal_hitting_sets(corrections))
    least_h = min(len(minimum_hitting_set(own)) for own in families)
    assert least_h == min(len(one) for one in corrections)


@SLOW
@given(table_lists())
def test_a_contradiction_is_shown_exactly_where_no_single_design_fits(
    tables: tuple[Table, ...],
) -> None:
    """Its smallest correction has the size of the smallest h."""
    (workload,) = decide(one_workload(OPTIONS, tables)).workloads
    rows = [row for row in workload.ranking if " + " not in row.option]
    if any(not row.eliminated_by for row in rows):
        assert workload.contradiction is None
        return
    assert workload.contradiction is not None
    if not workload.contradiction.single_designs:
        rows = list(workload.ranking)
        assert workload.status == "unmet"
    smallest = min(len(hit_by_brute_force(row)) for row in rows)
    assert smallest == min(len(one) for one in workload.contradiction.corrections)


def test_an_empty_family_cannot_be_hit() -> None:
    """It is our own mistake, and said so."""
    with pytest.raises(ValueError, match="empty"):
        minimum_hitting_set([frozenset()])


def test_a_greedy_hitting_set_is_not_good_enough() -> None:
    """Taking the commonest member first would relax one must too many here."""
    families = [frozenset(one) for one in ("ab", "ac", "ad", "be", "cf", "dg")]
    assert 3 == len(minimum_hitting_set(families))


# 12 and 14: the weighted sum


@SLOW
@given(problems())
def test_contributions_add_up_exactly(problem: SystemProblem) -> None:
    """The value is their weighted mean; a pair within one system pays its point besides."""
    family = {one.id: one.family for one in problem.options}
    for workload in decide_or_skip(problem).workloads:
        for row in workload.ranking:
            weights = sum(one.weight for one in row.contributions)
            total = sum((one.weight * one.value for one in row.contributions), Fraction(0))
            parts = row.option.split(" + ")
            systems = {family[part] for part in parts} - {"none"}
            if len(parts) == 2 and len(systems) < 2:
                total -= problem.conventions.costs.pair_in_one_system
            mean = total / weights if weights else Fraction(0)
            assert row.score == mean - 3 * len(hit_by_brute_force(row))


@SLOW
@given(table_lists())
def test_the_value_equals_a_matrix_product(tables: tuple[Table, ...]) -> None:
    """numpy's weighted sum over the table of strengths, as a foreign oracle."""
    weights = np.array([CONVENTIONS.weight[table.rows[()].level] for table in tables], float)
    matrix = np.array(
        [[float(table.rows[()].founded[option][0].strength) for option in IDS] for table in tables]
    )
    expected = dict(zip(IDS, weights @ matrix / weights.sum(), strict=True))
    ranking = decide(one_workload(OPTIONS, tables)).workloads[0].ranking
    for row in ranking:
        if row.option in expected:
            value = row.score + 3 * len(hit_by_brute_force(row))
            assert float(value) == pytest.approx(expected[row.option])


def test_a_published_weighted_sum_comes_out() -> None:
    """Three alternatives, four criteria: the sums 21.5, 22.0 and 22.0 of the worked example in
    Wikipedia, "Weighted sum model", after Triantaphyllou 2000 (weights 0.20 0.15 0.40 0.25)."""
    performance = {"n1": (25, 20, 15, 30), "n2": (10, 30, 20, 30), "s1": (30, 10, 30, 10)}
    weights = {Level.NO: 0, Level.NICE: 15, Level.SHOULD: 20, Level.MUST: 25}
    conventions = replace(CONVENTIONS, weight=weights)
    options = [one for one in OPTIONS if one.id in performance]

    def table(name: str, level: Level, column: int) -> Table:
        values = {k: Fraction(row[column], 30) for k, row in performance.items()}
        return fixed_table(name, level, values)

    # 0.40 is twice 0.20: the third criterion counts as two of the second level.
    tables = [
        table("first", Level.SHOULD, 0),
        table("second", Level.NICE, 1),
        table("third", Level.SHOULD, 2),
        table("third again", Level.SHOULD, 2),
        table("fourth", Level.MUST, 3),
    ]
    ranking = decide(one_workload(options, tables, conventions=conventions)).workloads[0].ranking
    sums = {row.option: row.score * 30 for row in ranking}
    exact = {
        "n1": Fraction(25 * 20 + 20 * 15 + 15 * 40 + 30 * 25, 100),
        "n2": Fraction(10 * 20 + 30 * 15 + 20 * 40 + 30 * 25, 100),
        "s1": Fraction(30 * 20 + 10 * 15 + 30 * 40 + 10 * 25, 100),
    }
    assert {"n1": Fraction(43, 2), "n2": Fraction(22), "s1": Fraction(22)} == exact
    assert exact == sums


# 13: both must earn its cost


def first_only(answers: Answers) -> Answers:
    return replace(answers, cells={name: cells[:1] for name, cells in answers.cells.items()})


def settled(problem: SystemProblem) -> SystemProblem:
    """The problem with every question that is not derived answered."""
    workloads = tuple(replace(one, answers=first_only(one.answers)) for one in problem.workloads)
    return replace(problem, team=first_only(problem.team), workloads=workloads)


@SLOW
@given(st.one_of(problems(), problems().map(settled)))
def test_doubling_the_list_of_workloads_changes_nothing(problem: SystemProblem) -> None:
    """Costs lie over the same sum as the values, and shares sum to one."""
    before = decide_or_skip(problem)
    doubled = decide(
        replace(
            problem,
            workloads=(
                *problem.workloads,
                *(replace(one, name=f"{one.name}-again") for one in problem.workloads),
            ),
        ),
        node_limit=20_000,
    )
    assume("possible" not in doubled.unproven)
    known = len(list(oracle.worlds(problem))) == 1
    if known and before.status not in ("split", "both"):
        assert before.status == doubled.status
    if known:
        assert (before.verdict, before.systems) == (doubled.verdict, doubled.systems)
        assert [(one.verdict, one.option) for one in before.workloads] * 2 == [
            (one.verdict, one.option) for one in doubled.workloads
        ]
    # A copy may have other answers where they are unknown: then more is possible, never less.
    assert set(before.possible) <= set(doubled.possible)


@SLOW
@given(problems(), st.integers(1, 6))
def test_dearer_systems_never_mean_more_systems(problem: SystemProblem, more: int) -> None:
    """A point more for each system run cannot make another one worth its cost."""
    answered = settled(problem)
    known = replace(answered, workloads=tuple(replace(one, feeds=()) for one in answered.workloads))

    def dearer(systems: frozenset[str], cells: Any) -> Fraction:
        return known.cost(systems, cells) + more * len(systems)

    before = decide_or_skip(known)
    after = decide(replace(known, cost=dearer))
    assume("undetermined" not in (before.verdict, after.verdict))
    assert len(after.systems) <= len(before.systems)


# 15: neutrality


@SLOW
@given(problems())
def test_swapping_the_families_swaps_the_result(problem: SystemProblem) -> None:
    """No family is preferred for its name."""
    other = {"north": "south", "south": "north", "none": "none"}
    swapped = replace(
        problem,
        options=tuple(replace(one, family=other[one.family]) for one in problem.options),
        cost=lambda systems, cells: problem.cost(frozenset(other[s] for s in systems), cells),
    )

    def swap(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(other.get(word, word) for word in words))

    before, after = decide_or_skip(problem), decide(swapped)
    assert swap((before.verdict,)) == (after.verdict,)
    assert (before.status, swap(before.possible)) == (after.status, after.possible)
    assert swap(before.systems) == after.systems
    for old, new in zip(before.workloads, after.workloads, strict=True):
        assert (old.option, old.status, old.possible_options) == (
            new.option,
            new.status,
            new.possible_options,
        )
        assert old.regrets == new.regrets
    assert [(one.question, one.gain, one.decides) for one in before.questions] == [
        (one.question, one.gain, one.decides) for one in after.questions
    ]


def test_an_equal_rival_of_another_family_is_a_tie_and_names_nobody() -> None:
    """Two families exactly equal, at the same cost."""
    tables = [fixed_table("c", Level.SHOULD, {"n1": ONE, "s1": ONE, "free": -ONE})]
    options = [one for one in OPTIONS if one.id in ("n1", "s1", "free")]
    decision = decide(one_workload(options, tables, points={"north": HALF, "south": HALF}))
    assert ("undetermined", "tie") == (decision.verdict, decision.status)
    assert decision.workloads[0].option is None
    assert ("n1", "s1") == decision.workloads[0].possible_options


def test_two_conflicts_that_share_a_must_take_one_relaxation() -> None:
    """h is a minimum hitting set, not a count of conflicts."""
    tables = [fixed_table(name, Level.MUST, {"n1": ONE, "s1": -ONE}) for name in ("a", "b", "c")]
    conflicts = [
        ConflictRule("first", "n1", frozenset({"a", "b"})),
        ConflictRule("second", "n1", frozenset({"b", "c"})),
    ]
    options = [OptionFacts("n1", "north"), OptionFacts("s1", "south")]
    decision = decide(one_workload(options, tables, conflicts=conflicts))
    assert {"n1": ONE - 3, "s1": -ONE - 9} == scores(decision)
    top = decision.workloads[0].ranking[0]
    assert ["first", "second"] == [one.conflict for one in top.eliminated_by]
    assert ("unmet", "n1") == (decision.status, decision.workloads[0].option)
