"""Every option of a workload with all that made its score, as the report shows it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from advisor.decision.corrections import Contradiction, correction_sets, unsatisfiable_sets
from advisor.decision.engine import Columns, Engine
from advisor.decision.pairs import pair_families, split_between
from advisor.decision.problem import Cells
from advisor.decision.score import Candidate, Opposed, Scored, Tally, conflict_families, fewest
from advisor.decision.table import Tables
from advisor.decision.value import carrying
from advisor.domain.recommendation import Contribution, Elimination, Ranked


class Explained:
    """One workload for one completion: its candidates and what stands for and against each."""

    def __init__(self, engine: Engine, place: int, cells: Cells) -> None:
        self.engine = engine
        self.tables: Tables = engine.tables[place]
        self.cells = cells
        self.columns: Columns = self.tables.columns(cells)
        self.conflicts = self.tables.standing_conflicts(cells)
        tally = Tally(len(self.tables.options)).plus(self.columns)
        self.scored: Scored = engine.score(place, self.columns, tally, engine.places(cells), cells)

    def ranking(self) -> tuple[Ranked, ...]:
        """Best score first; equal scores by what is plainer."""
        rows = [(self.score(one), one) for one in self.scored.candidates]
        rows.sort(key=lambda row: (-row[0], self.engine.chooser.plainness(row[1])))
        return tuple(
            Ranked(
                self.engine.chooser.name(one),
                score,
                self.eliminated_by(one),
                self.contributions(one),
            )
            for score, one in rows
        )

    def score(self, candidate: Candidate) -> Fraction:
        """L: the value (a pair's cost taken off) less the penalty of each violated must."""
        penalty = self.engine.problem.conventions.must_penalty
        value = self.scored.value(candidate, self.tables.denominator)
        return value - penalty * candidate.violated

    def contributions(self, candidate: Candidate) -> tuple[Contribution, ...]:
        """Each needed criterion: ``sum(weight * value) / sum(weight)`` is N exactly."""
        parts = candidate.parts
        sides = zip(self.tables.ids, self.tables.sides, self.columns, strict=True)
        found = []
        for place, (name, side, column) in enumerate(sides):
            if column is None:
                continue
            lead = min if side is side.WHOLE else max
            value = lead(column.values[part] for part in parts)
            matter = self.tables.matter(place, self.cells)
            claims = tuple(
                claim
                for part in parts
                if column.values[part] == value
                for claim in carrying(matter.founded.get(self.tables.options[part].id, ()))
            )
            found.append(
                Contribution(
                    name,
                    column.level,
                    column.weight,
                    Fraction(value, self.tables.denominator),
                    claims,
                )
            )
        return tuple(found)

    def families(self, candidate: Candidate) -> list[list[Opposed]]:
        """What stands against it; a pair may hand out its needs in several ways."""
        if len(candidate.parts) == 1:
            (option,) = candidate.parts
            return [conflict_families(option, self.tables, self.columns, self.conflicts)]
        first, second = candidate.parts
        split = split_between(first, second, self.tables, self.columns)
        return pair_families(first, second, split, self.conflicts)

    def eliminated_by(self, candidate: Candidate) -> tuple[Elimination, ...]:
        """The musts that fail alone, and the conflicts, in the way that violates fewest."""
        way = min(self.families(candidate), key=fewest)
        return tuple(Elimination(tuple(sorted(one.criteria)), one.conflict) for one in way)

    def contradiction(self) -> Contradiction | None:
        """Why no single design, or no candidate at all, meets every must; None if one does."""
        candidates: Sequence[Candidate] = self.scored.candidates
        alone = [one for one in candidates if len(one.parts) == 1]
        if not all(one.violated for one in alone):
            return None
        served = not all(one.violated for one in candidates)
        concerned = alone if served else candidates
        families = [
            [opposed.criteria for opposed in way] for one in concerned for way in self.families(one)
        ]
        return Contradiction(unsatisfiable_sets(families), correction_sets(families), served)
