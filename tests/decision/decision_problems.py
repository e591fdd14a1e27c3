"""Small synthetic problems with neutral names, for the tests of the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import strategies as st

from advisor.decision.problem import (
    Answers,
    Cells,
    ConflictRule,
    Derived,
    Matter,
    OptionFacts,
    SystemProblem,
    WorkloadProblem,
)
from advisor.domain.cell import Cell
from advisor.domain.evidence import Founded
from advisor.domain.requirements import Standing
from advisor.domain.rules import Conventions, Costs, Level, Side, Trust

ZERO = Fraction(0)
HALF = Fraction(1, 2)
ONE = Fraction(1)
STRENGTHS = (ONE, HALF, -HALF, -ONE)
TRUSTS = {
    Trust.REFUTED: ZERO,
    Trust.ARTICLE: Fraction(3, 5),
    Trust.DOCUMENTED: Fraction(4, 5),
    Trust.CALCULATED: Fraction(4, 5),
    Trust.MODEL: ONE,
    Trust.BROKER: ONE,
}
COSTS = Costs(
    rabbitmq=ONE,
    kafka=Fraction(3, 2),
    kafka_with_zookeeper=Fraction(2),
    low_operations_factor=Fraction(2),
    high_operations_factor=HALF,
    known_factor=HALF,
    second_system=Fraction(4),
    pair_in_one_system=ONE,
    bridge=ZERO,
)
CONVENTIONS = Conventions(
    weight={Level.NO: 0, Level.NICE: 1, Level.SHOULD: 3, Level.MUST: 3},
    trust=TRUSTS,
    must_penalty=3,
    costs=COSTS,
)


def cell(name: str) -> Cell:
    return Cell(name, name)


def founded(strength: Fraction, trust: Trust = Trust.MODEL, claim: str = "claim") -> Founded:
    contribution = strength * TRUSTS[trust]
    return Founded(claim, strength, trust, contribution, min(ZERO, strength), max(ZERO, strength))


@dataclass(frozen=True)
class Table:
    """A criterion written out: one matter for each combination of cell labels."""

    id: str
    side: Side
    reads: tuple[str, ...]
    rows: Mapping[tuple[str, ...], Matter]

    def at(self, cells: Cells) -> Matter:
        return self.rows[tuple(cells[name].label for name in self.reads)]


def fixed_table(
    name: str, level: Level, values: Mapping[str, Fraction], side: Side = Side.WHOLE
) -> Table:
    """A criterion that reads nothing: one claim of the given strength for each option."""
    claims = {
        option: (founded(value, claim=f"{name}:{option}"),) for option, value in values.items()
    }
    return Table(name, side, (), {(): Matter(level, "row", claims)})


def flat_costs(points: Mapping[str, Fraction], second: Fraction = Fraction(4)) -> Any:
    """Costs that do not look at the team."""

    def cost(systems: frozenset[str], _cells: Cells) -> Fraction:
        own = sum((points.get(system, ZERO) for system in systems), ZERO)
        return own + second * max(0, len(systems) - 1)

    return cost


def one_workload(
    options: Sequence[OptionFacts],
    tables: Sequence[Table],
    *,
    conflicts: Sequence[ConflictRule] = (),
    points: Mapping[str, Fraction] | None = None,
    conventions: Conventions = CONVENTIONS,
) -> SystemProblem:
    """A problem with no question at all."""
    nothing = Answers({}, {})
    workload = WorkloadProblem("only", nothing, tuple(tables), tuple(conflicts))
    cost = flat_costs(points if points is not None else {"north": ONE, "south": ONE})
    return SystemProblem(tuple(options), (workload,), nothing, conventions, cost)


OPTIONS = (
    OptionFacts("n1", "north", 1),
    OptionFacts("n2", "north", 2),
    OptionFacts("s1", "south", 1),
    OptionFacts("s2", "south", 2),
    OptionFacts("free", "none", 1),
)

levels = st.sampled_from(list(Level))
strengths = st.sampled_from(STRENGTHS)
trusts = st.sampled_from(list(Trust))
sides = st.sampled_from(list(Side))


@st.composite
def matters(draw: st.DrawFn, name: str, options: Sequence[str]) -> Matter:
    level = draw(levels)
    claims: dict[str, tuple[Founded, ...]] = {}
    for option in options:
        count = draw(st.sampled_from([0, 1, 1, 1, 2]))
        claims[option] = tuple(
            founded(draw(strengths), draw(trusts), f"{name}.{option}.{k}") for k in range(count)
        )
    return Matter(level, "row", claims)


@st.composite
def tables(
    draw: st.DrawFn, name: str, domains: Mapping[str, Sequence[Cell]], options: Sequence[str]
) -> Table:
    reads = tuple(draw(st.lists(st.sampled_from(sorted(domains)), unique=True, max_size=2)))
    rows = {
        tuple(one.label for one in cells): draw(matters(name, options))
        for cells in product(*(domains[read] for read in reads))
    }
    return Table(name, draw(sides), reads, rows)


def domain(name: str, size: int) -> tuple[Cell, ...]:
    return tuple(cell(f"{name}{k}") for k in range(size))


@st.composite
def answers(draw: st.DrawFn, domains: Mapping[str, tuple[Cell, ...]]) -> Answers:
    """Each question stated, assumed or unknown (with some of its cells)."""
    cells: dict[str, tuple[Cell, ...]] = {}
    standing: dict[str, Standing] = {}
    unsaid: dict[str, tuple[Cell, ...]] = {}
    alternatives: dict[str, tuple[Cell, ...]] = {}
    for name, every in domains.items():
        how = draw(st.sampled_from(list(Standing)))
        standing[name] = how
        if how is Standing.UNKNOWN:
            count = draw(st.integers(1, len(every)))
            cells[name] = every[:count]
        else:
            place = draw(st.integers(0, len(every) - 1))
            cells[name] = (every[place],)
            others = every[:place] + every[place + 1 :]
            if how is Standing.ASSUMED:
                unsaid[name] = others
            else:
                alternatives[name] = others
    return Answers(cells, standing, unsaid, alternatives)


DERIVED = domain("d", 2)


@st.composite
def derived_questions(
    draw: st.DrawFn, domains: Mapping[str, tuple[Cell, ...]]
) -> tuple[Derived, ...]:
    """Sometimes one derived question with one or both of its cells beside each of its parents."""
    if not draw(st.booleans()):
        return ()
    parents = tuple(sorted(domains)[: draw(st.integers(1, 2))])
    possible = {
        tuple(one.label for one in cells): draw(
            st.sampled_from([DERIVED[:1], DERIVED[1:], DERIVED])
        )
        for cells in product(*(domains[parent] for parent in parents))
    }

    def cells_at(cells: Cells) -> tuple[Cell, ...]:
        return possible[tuple(cells[parent].label for parent in parents)]

    return (Derived("derived", parents, cells_at),)


@st.composite
def conflicts(
    draw: st.DrawFn, names: Sequence[str], options: Sequence[str]
) -> tuple[ConflictRule, ...]:
    count = draw(st.integers(0, 2))
    return tuple(
        ConflictRule(
            f"conflict{k}",
            draw(st.sampled_from(options)),
            draw(st.frozensets(st.sampled_from(names), min_size=1, max_size=3)),
        )
        for k in range(count)
    )


@st.composite
def problems(
    draw: st.DrawFn, *, workloads_max: int = 2, questions: int = 2, criteria_max: int = 4
) -> SystemProblem:
    """A whole random problem: several workloads, team questions, conflicts, derived cells."""
    options = [replace(one) for one in OPTIONS[: draw(st.integers(2, len(OPTIONS)))]]
    options = [one for one in options if one.family != "none"]
    if draw(st.booleans()):
        options.append(OptionFacts("free", "none", 1))
    ids = [one.id for one in options]
    team_domains = {"t": domain("t", 2)}
    if draw(st.booleans()):
        options[0] = replace(
            options[0], available=lambda cells: cells["t"].label == "t0", reads=("t",)
        )
        options.append(OptionFacts("spare", "south", 3))
        ids.append("spare")
    team = draw(answers(team_domains))
    workloads = []
    for w in range(draw(st.integers(1, workloads_max))):
        domains = {f"q{k}": domain(f"q{k}", draw(st.integers(2, 3))) for k in range(questions)}
        derived = draw(derived_questions(domains))
        every = {**team_domains, **domains, **({"derived": DERIVED} if derived else {})}
        names = [f"c{k}" for k in range(draw(st.integers(1, criteria_max)))]
        workloads.append(
            WorkloadProblem(
                f"w{w}",
                replace(draw(answers(domains)), derived=derived),
                tuple(draw(tables(name, every, ids)) for name in names),
                draw(conflicts(names, ids)),
                weight=draw(st.integers(1, 3)),
                feeds=("w0",) if w and draw(st.booleans()) else (),
            )
        )
    quarter = st.integers(0, 8).map(lambda n: Fraction(n, 4))
    north, south, second, bridge = draw(st.tuples(quarter, quarter, quarter, quarter))
    dear = draw(quarter)

    def cost(systems: frozenset[str], cells: Cells) -> Fraction:
        points = {"north": north, "south": south + (dear if cells["t"].label == "t1" else 0)}
        return sum((points[one] for one in systems), ZERO) + (second if len(systems) > 1 else 0)

    conventions = replace(CONVENTIONS, costs=replace(COSTS, bridge=bridge))
    return SystemProblem(tuple(options), tuple(workloads), team, conventions, cost, ("t",))
