"""What stays the same while answers change: tables, costs, and what was scored already."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from fractions import Fraction

from advisor.decision.completions import Possible, Reader
from advisor.decision.pairs import pairs
from advisor.decision.problem import Cells, SystemProblem
from advisor.decision.score import Candidate, Scored, Tally, singles
from advisor.decision.systems import Chooser, Outcome
from advisor.decision.table import Column, Conflicts, Tables

Columns = tuple[Column | None, ...]


class Engine:
    """Scores workloads and chooses systems for known answers, remembering what it has read."""

    def __init__(self, problem: SystemProblem, denominator: int) -> None:
        self.problem = problem
        self.denominator = denominator
        self.tables = tuple(Tables(problem, one, denominator) for one in problem.workloads)
        self.chooser = Chooser(problem, denominator)
        self._bits = self.chooser.system_bits()
        self._sets = range(1 << len(self.chooser.families))
        self._costs: dict[tuple[Hashable, ...], Fraction] = {}
        self._scored: dict[tuple[Hashable, ...], Scored] = {}
        self._outcomes: dict[tuple[tuple[Fraction, ...], tuple[Scored, ...]], Outcome] = {}

    def with_tables(self, tables: Sequence[Tables]) -> Engine:
        """The same over other tables; what was scored and chosen already stays known."""
        changed = copy(self)
        changed.tables = tuple(tables)
        return changed

    def forget(self) -> None:
        """Start anew with scores, costs and outcomes, for other weights or costs."""
        self._costs, self._scored, self._outcomes = {}, {}, {}

    def cost(self, systems: int, team: Cells) -> Fraction:
        """What these systems (bits) cost this team, in weight points."""
        reads = self.problem.cost_reads
        key = (systems, *(team[name] for name in reads))
        if key not in self._costs:
            named = frozenset(self.chooser.named(systems))
            self._costs[key] = self.problem.cost(named, {name: team[name] for name in reads})
        return self._costs[key]

    def places(self, team: Cells) -> tuple[int, ...]:
        """The places of the options that these answers of the team allow."""
        return tuple(
            place
            for place, option in enumerate(self.problem.options)
            if option.available({name: team[name] for name in option.reads})
        )

    def score(
        self,
        place: int,
        columns: Columns,
        tally: Tally,
        places: Sequence[int],
        cells: Cells,
        conflicts: Conflicts | None = None,
    ) -> Scored:
        """The candidates of one workload: single designs, and pairs where none is feasible.

        ``tally`` is the sum of ``columns``; ``places`` the available options; ``conflicts``
        those that hold, where they are known already.
        """
        tables = self.tables[place]
        if conflicts is None:
            conflicts = tables.standing_conflicts(cells)
        violated = singles(tables, columns, tally, conflicts)
        if all(violated[option] for option in places):
            cost = self.problem.conventions.costs.pair_in_one_system
            more = pairs(tables, columns, places, conflicts, self._bits, cost)
        else:
            more = ()
        key = (tally.weights, tuple(tally.points), tuple(violated), tuple(places), more)
        known = self._scored.get(key)
        if known is None:
            known = Scored(
                tally.weights,
                tuple(
                    Candidate((option,), self._bits[option], violated[option], tally.points[option])
                    for option in places
                )
                + more,
            )
            self._scored[key] = known
        return known

    def outcome(self, scored: tuple[Scored, ...], team: Cells) -> Outcome:
        """What the method says when every answer is known."""
        costs = tuple(self.cost(systems, team) for systems in self._sets)
        key = (costs, scored)
        if key not in self._outcomes:
            self._outcomes[key] = self.chooser.outcome(scored, costs.__getitem__)
        return self._outcomes[key]

    def team_readers(self, every: Possible) -> list[Reader]:
        """What depends on the team beside the workloads' criteria: options and costs."""

        def costs(team: Cells) -> Hashable:
            return tuple(self.cost(systems, team) for systems in self._sets)

        options = [Reader(one.reads, one.available, every) for one in self.problem.options]
        return [*options, Reader(self.problem.cost_reads, costs, every)]

    def workload_readers(self, place: int, every: Possible) -> list[Reader]:
        """The criteria and conflicts of one workload."""
        tables = self.tables[place]

        def column(j: int) -> Callable[[Cells], Hashable]:
            return lambda cells: tables.column(j, cells)

        def conflict(j: int) -> Callable[[Cells], Hashable]:
            return lambda cells: tables.conflicting(j, cells)

        return [
            *(Reader(reads, column(j), every) for j, reads in enumerate(tables.reads)),
            *(Reader(rule.reads, conflict(j), every) for j, rule in enumerate(tables.conflicts)),
        ]
