"""The decision method once more, naively and from its text: an oracle for small problems.

Shares nothing with the code under test but the values of ``problem.py``: every completion is
enumerated, every option scored with plain fractions, every hitting set tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, product

from advisor.decision.problem import Answers, ConflictRule, SystemProblem, WorkloadProblem
from advisor.domain.cell import Cell
from advisor.domain.rules import Level, Side

Assignment = dict[str, Cell]


@dataclass(frozen=True)
class Design:
    """One option or pair, scored."""

    name: str
    families: frozenset[str]
    h: int
    n: Fraction
    simple: tuple[int, int, str]


@dataclass(frozen=True)
class Said:
    """Verdict and status of the system; verdict, status, named option and winners of workloads."""

    verdict: str
    status: str
    workloads: tuple[tuple[str, str, str | None, frozenset[str]], ...]


def assignments(answers: Answers, given: Assignment) -> Iterator[Assignment]:
    """Every way to answer every question, derived ones last."""
    names = list(answers.cells)
    for values in product(*(answers.cells[name] for name in names)):
        start = {**given, **dict(zip(names, values, strict=True))}
        level = [start]
        for derived in answers.derived:
            if derived.question in answers.cells:
                continue
            level = [
                {**one, derived.question: child}
                for one in level
                for child in derived.cells_at({p: one[p] for p in derived.parents})
            ]
        yield from level


def worlds(problem: SystemProblem) -> Iterator[tuple[Assignment, tuple[Assignment, ...]]]:
    """Every completion of the whole system: the team's answers and each workload's."""
    for team in assignments(problem.team, {}):
        each = [list(assignments(workload.answers, team)) for workload in problem.workloads]
        for together in product(*each):
            yield team, together


def cell_value(contributions: list[Fraction]) -> Fraction:
    pros = [c for c in contributions if c > 0] or [Fraction(0)]
    cons = [c for c in contributions if c < 0] or [Fraction(0)]
    return max(pros) + min(cons)


def smallest_hitting(families: list[frozenset[str]]) -> int:
    """By trying every set, smallest first."""
    members = sorted(set(chain.from_iterable(families)))
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            if all(set(chosen) & family for family in families):
                return size
    raise AssertionError("unreachable")


class World:
    """One workload with every answer known."""

    def __init__(self, problem: SystemProblem, workload: WorkloadProblem, cells: Assignment):
        self.problem = problem
        self.options = [
            option
            for option in problem.options
            if option.available({name: cells[name] for name in option.reads})
        ]
        self.needs: list[tuple[str, Side, Level, int, dict[str, Fraction]]] = []
        for table in workload.tables:
            matter = table.at({name: cells[name] for name in table.reads})
            if matter.level > Level.NO:
                values = {
                    option.id: cell_value(
                        [claim.contribution for claim in matter.founded.get(option.id, ())]
                    )
                    for option in self.options
                }
                weight = problem.conventions.weight[matter.level]
                self.needs.append((table.id, table.side, matter.level, weight, values))
        self.conflicts: list[ConflictRule] = [
            rule
            for rule in workload.conflicts
            if rule.holds({name: cells[name] for name in rule.reads})
        ]
        self.w = sum(need[3] for need in self.needs)

    def musts(self) -> set[str]:
        return {need[0] for need in self.needs if need[2] is Level.MUST}

    def families_of(self, option: str) -> list[frozenset[str]]:
        found = [
            frozenset({name})
            for name, _side, level, _weight, values in self.needs
            if level is Level.MUST and values[option] <= 0
        ]
        return found + [
            rule.criteria
            for rule in self.conflicts
            if rule.option == option and rule.criteria <= self.musts()
        ]

    def single(self, option: str) -> Design:
        facts = next(one for one in self.options if one.id == option)
        total = sum((w * values[option] for _n, _s, _l, w, values in self.needs), Fraction(0))
        return Design(
            option,
            frozenset({facts.family} - {"none"}),
            smallest_hitting(self.families_of(option)),
            total / self.w if self.w else Fraction(0),
            (1, facts.simplicity, option),
        )

    def pair_ways(self, a: str, b: str) -> list[list[frozenset[str]]]:
        """What stands against a pair, for every way to hand out the one-sided needs."""
        ways = []
        free = [need for need in self.needs if need[1] is not Side.WHOLE]
        for handed in product((a, b), repeat=len(free)):
            given = {need[0]: to for need, to in zip(free, handed, strict=True)}
            if any(need[4][given[need[0]]] < max(need[4][a], need[4][b]) for need in free):
                continue
            families = []
            for name, _side, level, _weight, values in self.needs:
                got = values[given[name]] if name in given else min(values[a], values[b])
                if level is Level.MUST and got <= 0:
                    families.append(frozenset({name}))
            for rule in self.conflicts:
                if (
                    rule.option in (a, b)
                    and rule.criteria <= self.musts()
                    and all(given.get(name, rule.option) == rule.option for name in rule.criteria)
                ):
                    families.append(rule.criteria)  # noqa: PERF401
            ways.append(families)
        return ways

    def pair(self, first: int, second: int) -> Design | None:
        one, two = self.options[first], self.options[second]
        a, b = sorted((one.id, two.id))
        sided = [need for need in self.needs if need[1] is not Side.WHOLE]
        if not any(need[4][a] > need[4][b] for need in sided):
            return None
        if not any(need[4][a] < need[4][b] for need in sided):
            return None
        total = Fraction(0)
        for _name, side, _level, weight, values in self.needs:
            worse, better = sorted((values[a], values[b]))
            total += weight * (worse if side is Side.WHOLE else better)
        families = frozenset({one.family, two.family} - {"none"})
        if len(families) < 2:
            total -= self.problem.conventions.costs.pair_in_one_system
        return Design(
            f"{a} + {b}",
            families,
            min(smallest_hitting(way) for way in self.pair_ways(a, b)),
            total / self.w,
            (2, one.simplicity + two.simplicity, f"{a} + {b}"),
        )

    def designs(self) -> list[Design]:
        alone = [self.single(option.id) for option in self.options]
        if any(one.h == 0 for one in alone):
            return alone
        pairs = [
            self.pair(i, j)
            for i in range(len(self.options))
            for j in range(i + 1, len(self.options))
        ]
        return alone + [pair for pair in pairs if pair is not None]


@dataclass(frozen=True)
class Plan:
    """One set of systems: what each workload would use, and how good it is."""

    systems: frozenset[str]
    violated: int
    value: Fraction
    uses: tuple[tuple[Design, ...], ...]


def best_within(designs: list[Design], systems: frozenset[str]) -> tuple[Design, ...]:
    inside = [one for one in designs if one.families <= systems]
    if not inside:
        return ()
    key = min((one.h, -one.n, len(one.families)) for one in inside)
    return tuple(
        sorted(
            (one for one in inside if (one.h, -one.n, len(one.families)) == key),
            key=lambda one: one.simple,
        )
    )


def plans(problem: SystemProblem, team: Assignment, each: tuple[Assignment, ...]) -> list[Plan]:
    """Every set of systems for one completion."""
    states = [World(problem, w, cells) for w, cells in zip(problem.workloads, each, strict=True)]
    designs = [state.designs() for state in states]
    total_weight = sum(workload.weight for workload in problem.workloads)
    p = [Fraction(workload.weight, total_weight) for workload in problem.workloads]
    families = sorted({option.family for option in problem.options} - {"none"})
    big_w = sum((share * state.w for share, state in zip(p, states, strict=True)), Fraction(0))
    found = []
    for size in range(len(families) + 1):
        for chosen in combinations(families, size):
            systems = frozenset(chosen)
            uses = tuple(best_within(one, systems) for one in designs)
            if not all(uses):
                continue
            cost = problem.cost(systems, {name: team[name] for name in problem.cost_reads})
            cost += bridge(problem, uses)
            value = sum((s * use[0].n for s, use in zip(p, uses, strict=True)), Fraction(0))
            value -= cost / max(Fraction(1), big_w)
            found.append(Plan(systems, sum(use[0].h for use in uses), value, uses))
    return found


def bridge(problem: SystemProblem, uses: tuple[tuple[Design, ...], ...]) -> Fraction:
    by_name = {w.name: use[0] for w, use in zip(problem.workloads, uses, strict=True)}
    for workload in problem.workloads:
        for fed in workload.feeds:
            here, there = by_name[workload.name].families, by_name[fed].families
            if here and there and not here & there:
                return problem.conventions.costs.bridge
    return Fraction(0)


def words(systems: frozenset[str], workloads: int) -> tuple[str, str]:
    if not systems:
        return "none", "none-needed"
    if len(systems) == 1:
        return next(iter(systems)), "conditional"
    return "both", "split" if workloads == 1 else "both"


def said(problem: SystemProblem, team: Assignment, each: tuple[Assignment, ...]) -> Said:
    """What the method says for one completion."""
    every = plans(problem, team, each)
    top = min((plan.violated, -plan.value, len(plan.systems)) for plan in every)
    best = [plan for plan in every if (plan.violated, -plan.value, len(plan.systems)) == top]
    workloads: list[tuple[str, str, str | None, frozenset[str]]] = []
    for place in range(len(problem.workloads)):
        uses = [one for plan in best for one in plan.uses[place]]
        winners = frozenset(one.name for one in uses)
        if uses[0].h:
            workloads.append(("undetermined", "unmet", None, winners))
        elif len({one.families for one in uses}) > 1:
            workloads.append(("undetermined", "tie", None, winners))
        else:
            named = min(uses, key=lambda one: one.simple).name
            workloads.append((*words(uses[0].families, 1), named, winners))
    used = frozenset().union(*(use[0].families for use in best[0].uses))
    if any(one[1] == "unmet" for one in workloads):
        verdict = ("undetermined", "unmet")
    elif len(best) > 1:
        verdict = ("undetermined", "tie")
    else:
        verdict = words(used, len(problem.workloads))
    return Said(*verdict, tuple(workloads))


def regrets(
    problem: SystemProblem, team: Assignment, each: tuple[Assignment, ...], place: int
) -> dict[str, tuple[int, Fraction]]:
    """For each design of one workload: what all lose, at their best, if it is used."""
    best = min((plan.violated, -plan.value) for plan in plans(problem, team, each))
    states = [World(problem, w, cells) for w, cells in zip(problem.workloads, each, strict=True)]
    designs = [state.designs() for state in states]
    total = sum(workload.weight for workload in problem.workloads)
    big_w = sum(
        (Fraction(w.weight, total) * s.w for w, s in zip(problem.workloads, states, strict=True)),
        Fraction(0),
    )
    families = sorted({option.family for option in problem.options} - {"none"})
    found: dict[str, tuple[int, Fraction]] = {}
    for design in designs[place]:
        reached = []
        for size in range(len(families) + 1):
            for chosen in combinations(families, size):
                systems = frozenset(chosen)
                if not design.families <= systems:
                    continue
                uses = [best_within(one, systems) for one in designs]
                uses[place] = (design,)
                if not all(uses):
                    continue
                cost = problem.cost(systems, {name: team[name] for name in problem.cost_reads})
                cost += bridge(problem, tuple(uses))
                value = sum(
                    (
                        Fraction(w.weight, total) * use[0].n
                        for w, use in zip(problem.workloads, uses, strict=True)
                    ),
                    Fraction(0),
                )
                value -= cost / max(Fraction(1), big_w)
                reached.append((sum(use[0].h for use in uses), -value))
        if reached:
            top = min(reached)
            found[design.name] = (top[0] - best[0], top[1] - best[1])
    return found
