"""Every fact about how sure a verdict is, against brute force over small problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from random import Random

import decision_oracle as oracle
from decision_problems import (
    CONVENTIONS,
    HALF,
    ONE,
    OPTIONS,
    Table,
    fixed_table,
    founded,
    one_workload,
    problems,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from advisor.decision import (
    Answers,
    Assurance,
    Decision,
    Effort,
    SystemProblem,
    Weightings,
    decide,
)
from advisor.decision.opened import opened
from advisor.decision.problem import Matter
from advisor.domain.cell import Cell
from advisor.domain.evidence import Founded
from advisor.domain.requirements import Standing
from advisor.domain.rules import Level, Side, Trust

SLOW = settings(max_examples=40, deadline=None)
EFFORT = Effort(samples=25, flips=400, opened=60)
QUICK = Effort(samples=25, flips=1, opened=1, critical=0)
"""Without the facts that cost most, for tests of the others."""

ZERO = Fraction(0)


def assured(problem: SystemProblem, effort: Effort = EFFORT) -> Decision:
    """The decision with its block of facts; problems without an answer or too large are skipped."""
    worlds = 0
    for _world in oracle.worlds(problem):
        worlds += 1
        if worlds > 60:
            break
    assume(0 < worlds <= 60)
    return decide(problem, effort=effort)


def facts(decision: Decision) -> list[tuple[int | None, str, Assurance]]:
    """Subject, verdict and facts: of the system first, then of each workload."""
    assert decision.assurance is not None
    found: list[tuple[int | None, str, Assurance]] = [(None, decision.verdict, decision.assurance)]
    for place, one in enumerate(decision.workloads):
        assert one.assurance is not None
        found.append((place, one.verdict, one.assurance))
    return found


def verdicts(problem: SystemProblem, place: int | None) -> set[str]:
    """Every verdict of the subject over all completions, by the oracle."""
    return {
        said.verdict if place is None else said.workloads[place][0]
        for said in (oracle.said(problem, *world) for world in oracle.worlds(problem))
    }


def common(words: set[str]) -> str:
    return next(iter(words)) if len(words) == 1 else "undetermined"


def single_answers(problem: SystemProblem) -> list[tuple[int | None, str, tuple[Cell, ...]]]:
    """Every answer that could be another one, with its other cells."""
    found = []
    owners: list[tuple[int | None, Answers]] = [(None, problem.team)]
    owners += [(place, one.answers) for place, one in enumerate(problem.workloads)]
    for place, answers in owners:
        for name, standing in answers.standing.items():
            if standing is Standing.ASSUMED and answers.unsaid.get(name):
                found.append((place, name, answers.unsaid[name]))
            if standing is Standing.STATED and answers.alternatives.get(name):
                found.append((place, name, answers.alternatives[name]))
    return found


def answered(problem: SystemProblem, place: int | None, name: str, cell: Cell) -> SystemProblem:
    """The problem with one answer replaced."""
    if place is None:
        cells = {**problem.team.cells, name: (cell,)}
        return replace(problem, team=replace(problem.team, cells=cells))
    one = problem.workloads[place]
    cells = {**one.answers.cells, name: (cell,)}
    changed = replace(one, answers=replace(one.answers, cells=cells))
    return replace(
        problem, workloads=(*problem.workloads[:place], changed, *problem.workloads[place + 1 :])
    )


def flips_of_size(problem: SystemProblem, place: int | None, size: int) -> set[frozenset[object]]:
    """Every set of that many answers that changes the subject's verdict, tried one by one."""
    before = common(verdicts(problem, place))
    found: set[frozenset[object]] = set()
    for chosen in combinations(single_answers(problem), size):
        for cells in product(*(others for _place, _name, others in chosen)):
            changed = problem
            for (owner, name, _others), cell in zip(chosen, cells, strict=True):
                changed = answered(changed, owner, name, cell)
            after = verdicts(changed, place)
            if after and common(after) != before:
                found.add(
                    frozenset(
                        (None if owner is None else problem.workloads[owner].name, name, cell.label)
                        for (owner, name, _others), cell in zip(chosen, cells, strict=True)
                    )
                )
    return found


@SLOW
@given(problems(workloads_max=1, criteria_max=3))
def test_flips_are_real_and_none_is_shorter(problem: SystemProblem) -> None:
    """Invariant 8: all sets of the smallest size, and no smaller one, by trying every set."""
    decision = assured(problem)
    for place, _verdict, sure in facts(decision):
        assert sure.flips is not None
        assume(sure.flips.proven)
        for size in range(1, min(sure.flips.least, 4)):
            assert set() == flips_of_size(problem, place, size)
        if sure.flips.least <= 3:
            found = {
                frozenset((one.workload, one.question, one.after.label) for one in each.changes)
                for each in sure.flips.sets
            }
            assert flips_of_size(problem, place, sure.flips.least) == found


@SLOW
@given(problems(workloads_max=2, criteria_max=3))
def test_decided_means_decided_with_every_assumption_open(problem: SystemProblem) -> None:
    """Every unknown and every assumed answer, together, by going through all completions."""
    decision = assured(problem)
    wide = replace(
        problem,
        team=opened(problem.team),
        workloads=tuple(replace(one, answers=opened(one.answers)) for one in problem.workloads),
    )
    count = sum(1 for _world in oracle.worlds(wide))
    assume(count <= 400)
    for place, _verdict, sure in facts(decision):
        expected = verdicts(wide, place)
        assert set(sure.possible) <= expected
        if sure.decided is not None:
            assert (len(expected) == 1) == sure.decided


# Single claims


def claims(problem: SystemProblem) -> set[str]:
    """The names of all claims anywhere in the tables."""
    return {
        one.claim
        for workload in problem.workloads
        for table in workload.tables
        if isinstance(table, Table)
        for matter in table.rows.values()
        for own in matter.founded.values()
        for one in own
    }


def bent(problem: SystemProblem, change: object) -> SystemProblem:
    """The problem with every claim of every table put through ``change(option, claim)``."""
    assert callable(change)
    workloads = []
    for place, workload in enumerate(problem.workloads):
        tables = []
        for table in workload.tables:
            assert isinstance(table, Table)
            rows = {
                key: replace(
                    matter,
                    founded={
                        option: tuple(
                            kept for one in own if (kept := change(place, option, one)) is not None
                        )
                        for option, own in matter.founded.items()
                    },
                )
                for key, matter in table.rows.items()
            }
            tables.append(replace(table, rows=rows))
        workloads.append(replace(workload, tables=tuple(tables)))
    return replace(problem, workloads=tuple(workloads))


def without(problem: SystemProblem, name: str) -> SystemProblem:
    """The problem with one claim or conflict taken away."""
    kept = bent(problem, lambda _place, _option, one: None if one.claim == name else one)
    return replace(
        kept,
        workloads=tuple(
            replace(one, conflicts=tuple(rule for rule in one.conflicts if rule.id != name))
            for one in kept.workloads
        ),
    )


@SLOW
@given(problems(workloads_max=2, criteria_max=3))
def test_load_bearing_claims_are_those_whose_loss_changes_the_verdict(
    problem: SystemProblem,
) -> None:
    """Every claim and conflict struck out in turn, by the oracle; none missing, none too many."""
    decision = assured(problem, QUICK)
    names = claims(problem) | {
        rule.id for workload in problem.workloads for rule in workload.conflicts
    }
    for place, verdict, sure in facts(decision):
        if len(verdicts(problem, place)) > 1 or "load-bearing claims" in sure.unproven:
            assert () == sure.load_bearing
            continue
        expected = {
            name for name in names if common(verdicts(without(problem, name), place)) != verdict
        }
        assert expected == {one.claim for one in sure.load_bearing}


# Weights and evidence


def weightings(levels: list[Level], random: Random) -> Iterator[list[int]]:
    """Weights by hand that respect the levels: each level above a floor that the lower ones set."""
    for _draw in range(15):
        floor = 0
        weights = [0] * len(levels)
        for level in sorted(set(levels)):
            own = [place for place, one in enumerate(levels) if one is level]
            for place in own:
                weights[place] = floor + random.choice([0, 0, 1, 5, 50])
            floor = max(weights[place] for place in own)
        if sum(weights):
            yield weights


strengths = st.sampled_from([ONE, HALF, ZERO, -HALF, -ONE])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(Level)[1:]), st.tuples(strengths, strengths, strengths)),
        min_size=1,
        max_size=5,
    ),
    st.tuples(st.integers(0, 8), st.integers(0, 8)),
    st.integers(0, 2**16),
)
def test_a_robust_winner_wins_for_every_weighting(
    rows: list[tuple[Level, tuple[Fraction, Fraction, Fraction]]],
    points: tuple[int, int],
    seed: int,
) -> None:
    """Invariant 9, by plain sums: costs keep their share, since the weights sum to the same."""
    options = [one for one in OPTIONS if one.id in ("n1", "s1", "free")]
    names = [one.id for one in options]
    tables = [
        fixed_table(f"c{i}", level, dict(zip(names, values, strict=True)))
        for i, (level, values) in enumerate(rows)
    ]
    costs = {"north": Fraction(points[0], 2), "south": Fraction(points[1], 2)}
    problem = one_workload(options, tables, points=costs)
    decision = decide(problem, effort=EFFORT)
    sure = decision.assurance
    assert sure is not None
    assume(decision.verdict in ("north", "south", "none"))
    if sure.weights is not Weightings.EVERY:
        return
    assert {decision.verdict: 1} == sure.shares or not sure.whatever_evidence
    total = sum(CONVENTIONS.weight[level] for level, _values in rows)
    fails = {
        name: sum(level is Level.MUST and values[i] <= 0 for level, values in rows)
        for i, name in enumerate(names)
    }
    family = {one.id: one.family for one in options}
    for weights in weightings([level for level, _values in rows], Random(seed)):
        value = {
            name: Fraction(
                sum(weight * values[i] for weight, (_l, values) in zip(weights, rows, strict=True)),
                sum(weights),
            )
            - costs.get(family[name], ZERO) / total
            for i, name in enumerate(names)
        }
        own = max((-fails[n], value[n]) for n in names if family[n] == decision.verdict)
        assert all(own >= (-fails[name], value[name]) for name in names)


@SLOW
@given(problems(workloads_max=2, criteria_max=3), st.integers(0, 2**16))
def test_what_holds_whatever_the_evidence_holds_for_any_worth_of_it(
    problem: SystemProblem, seed: int
) -> None:
    """Every claim somewhere in its interval, drawn, and decided by the oracle."""
    decision = assured(problem, QUICK)
    random = Random(seed)

    def somewhere(_place: int, _option: str, one: Founded) -> Founded:
        part = Fraction(random.randint(0, 4), 4)
        return replace(one, contribution=one.least + (one.most - one.least) * part)

    for place, verdict, sure in facts(decision):
        if sure.whatever_evidence:
            for _draw in range(5):
                assert {verdict} == verdicts(bent(problem, somewhere), place)


@SLOW
@given(problems(workloads_max=2, criteria_max=3))
def test_a_verdict_robust_in_all_wins_every_drawn_world(problem: SystemProblem) -> None:
    """Invariants 9 and 10: the share is one then, shares sum to one and repeat with the seed."""
    decision = assured(problem, QUICK)
    again = decide(problem, effort=QUICK)
    for (_place, verdict, sure), (_p, _v, same) in zip(facts(decision), facts(again), strict=True):
        assert sure == same
        if sure.samples:
            assert 1 == sum(sure.shares.values())
        if sure.together and sure.whatever_evidence:
            assert {verdict: 1} == sure.shares


def test_a_system_that_only_one_workload_needs_is_not_sure_at_the_worst_of_all() -> None:
    """Two workloads, each with a claim for s2 that nothing executed. At the worst the first one,
    which uses nothing, would use s2 and the second would not: the system keeps its name there, but
    it does not where both claims are worth nothing."""

    def of_worth(contribution: Fraction) -> Table:
        one = replace(founded(ONE, Trust.ARTICLE, "c.s2"), contribution=contribution)
        return Table("c", Side.WHOLE, (), {(): Matter(Level.NICE, "row", {"s2": (one,)})})

    free = {"north": ZERO, "south": ZERO}
    problem = one_workload(OPTIONS, [of_worth(ZERO)], points=free)
    second = replace(problem.workloads[0], name="second", tables=(of_worth(HALF),))
    decision = decide(replace(problem, workloads=(*problem.workloads, second)), effort=EFFORT)
    assert "south" == decision.verdict
    sure = decision.assurance
    assert sure is not None
    assert set(sure.shares) - {"south"}
    assert sure.whatever_evidence is not True


# Margins, conventions, grades


def settled(problem: SystemProblem) -> SystemProblem:
    """The problem with the first cell of every answer, and without derived ones that stay open."""

    def first(answers: Answers) -> Answers:
        cells = {name: own[:1] for name, own in answers.cells.items()}
        return replace(answers, cells=cells)

    workloads = tuple(replace(one, answers=first(one.answers)) for one in problem.workloads)
    return replace(problem, team=first(problem.team), workloads=workloads)


@settings(SLOW, suppress_health_check=[HealthCheck.filter_too_much])
@given(problems(workloads_max=1, criteria_max=3).map(settled))
def test_the_margin_is_what_the_cost_of_the_winner_may_rise_by(problem: SystemProblem) -> None:
    """A cost on the system in use just below the margin keeps the verdict; one just above it does
    not, unless the next one uses that system, too."""
    decision = assured(problem, QUICK)
    sure = decision.assurance
    assert sure is not None
    assume(decision.verdict in ("north", "south") and sure.margin is not None)
    assert sure.margin is not None
    assume(sure.margin.musts == 0 and len(list(oracle.worlds(problem))) == 1)
    ranking = decision.workloads[0].ranking
    total = max(1, sum(one.weight for one in ranking[0].contributions))
    points = sure.margin.value * total
    for more, changes in ((points * Fraction(9, 10), False), (points * Fraction(11, 10), True)):

        def dearer(systems: frozenset[str], cells: object, more: Fraction = more) -> Fraction:
            within = decision.verdict in systems
            return problem.cost(systems, cells) + (more if within else 0)  # type: ignore[arg-type]

        if points > 0:
            after = decide(replace(problem, cost=dearer)).verdict
            if not changes:
                assert decision.verdict == after
            elif sure.margin.rival != "both":
                assert decision.verdict != after or len(problem.workloads) > 1


def graded(
    strength: Fraction, trust: Trust, *, assumed: bool = False, unknown: bool = False
) -> Decision:
    """n1 against s1 on one should that a yes-or-no question may turn off."""
    yes, no = Cell(True, "true"), Cell(False, "false")

    def claim(option: str, worth: Fraction) -> Founded:
        one = founded(worth, trust, f"c:{option}")
        executed = trust in (Trust.MODEL, Trust.BROKER)
        return replace(one, least=worth, most=worth) if executed else one

    def rows(better: str, worse: str) -> dict[str, tuple[Founded, ...]]:
        return {better: (claim(better, strength),), worse: (claim(worse, -ONE),)}

    matter = fixed_table("c", Level.SHOULD, {}).rows[()]
    table = replace(
        fixed_table("c", Level.SHOULD, {}),
        reads=("q",),
        rows={
            ("true",): replace(matter, founded=rows("n1", "s1")),
            ("false",): replace(matter, founded=rows("s1", "n1")),
        },
    )
    options = [one for one in OPTIONS if one.id in ("n1", "s1")]
    problem = one_workload(options, [table])
    standing = Standing.STATED
    cells = (yes, no) if unknown else (yes,)
    if unknown:
        standing = Standing.UNKNOWN
    elif assumed:
        standing = Standing.ASSUMED
    answers = Answers({"q": cells}, {"q": standing}, {"q": (no,)} if assumed else {}, {})
    workload = replace(problem.workloads[0], answers=answers)
    return decide(replace(problem, workloads=(workload,)), effort=EFFORT)


def grades(decision: Decision) -> tuple[str, bool]:
    assert decision.assurance is not None
    return decision.assurance.grade, decision.assurance.robust


def test_a_is_robust_in_answers_weights_and_evidence() -> None:
    """One should, a clear lead, everything executed, nothing open."""
    assert ("A", True) == grades(graded(ONE, Trust.MODEL))


def test_evidence_that_was_not_executed_costs_the_a() -> None:
    """At its worst both are worth nothing and cost the same: a tie is not the verdict."""
    sure = graded(ONE, Trust.DOCUMENTED).assurance
    assert sure is not None
    assert (True, False) == (sure.robust, sure.whatever_evidence)
    assert "A" != sure.grade


def test_an_assumption_that_changes_the_verdict_leaves_c_at_most() -> None:
    """However good the evidence."""
    decision = graded(ONE, Trust.MODEL, assumed=True)
    assert ("C", False) == grades(decision)
    assert decision.assurance is not None
    assert False is decision.assurance.decided
    assert ("north", "south") == decision.assurance.possible


def test_several_possible_winners_are_a_d() -> None:
    """What is unknown is never guessed."""
    assert ("D", False) == grades(graded(ONE, Trust.MODEL, unknown=True))


def test_without_an_effort_nothing_is_said_of_how_sure_it_is() -> None:
    """Null then, not a guess."""
    decision = decide(one_workload(OPTIONS[:2], [fixed_table("c", Level.SHOULD, {"n1": ONE})]))
    assert decision.assurance is None
    assert decision.workloads[0].assurance is None


@SLOW
@given(problems(workloads_max=1, criteria_max=3))
def test_what_was_only_searched_is_never_sure(problem: SystemProblem) -> None:
    """Past the limit only what is possible is known: C at best, D unless it is proven to be one."""
    assume(1 < len(list(oracle.worlds(problem))) <= 60)
    decision = decide(problem, node_limit=1, effort=QUICK)
    assume("regrets" in decision.unproven)
    for _place, _said, sure in facts(decision):
        one = len(sure.possible) == 1 and "possible" not in decision.unproven
        assert sure.grade in (("C", "D") if one else ("D",))
        assert 1 == sum(sure.shares.values())
