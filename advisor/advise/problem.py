"""The requirements and the rules as the problem that the decision method solves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial

from advisor.advise.consistent import consistent
from advisor.advise.court import Court, version_field
from advisor.advise.tables import Levels, Table, answers_of, standing_conflict
from advisor.decision import (
    Answers,
    Cells,
    Derived,
    OptionFacts,
    SystemProblem,
    WorkloadProblem,
    system_cost,
)
from advisor.domain.cell import Cell
from advisor.domain.predicate import Value, fields, holds
from advisor.domain.requirements import Answer, Kind, NeedType, Requirements, Standing, Workload
from advisor.domain.rules import Costs, Option, RuleBook
from advisor.domain.version import BrokerVersion
from advisor.requirements import derived_needs, modelled_versions, product_of, vocabulary
from advisor.rulebook import Comparison, cells, literals, point

Literals = Mapping[str, frozenset[Comparison]]
COST_READS = ("already_runs", "knows", "operations")


def system_problem(requirements: Requirements, court: Court) -> SystemProblem:
    """Everything that the decision is made from; evidence is heard when a table is read."""
    book = court.library.book
    known = literals(book)
    team = _answers(requirements.team, known, team=True)
    return SystemProblem(
        options=tuple(_facts(option) for option in book.options),
        workloads=tuple(
            _workload(workload, requirements.team, book, court, known)
            for workload in requirements.workloads
        ),
        team=team,
        conventions=book.conventions,
        cost=partial(_cost, book.conventions.costs),
        cost_reads=COST_READS,
        recosted=partial(partial, _cost),
    )


def _facts(option: Option) -> OptionFacts:
    """Whether the team has the option: its own condition, and the versions that have it."""
    field = version_field(option.id)
    dated = option.since is not None or option.until is not None
    since = BrokerVersion.parse(option.since) if option.since else None
    until = BrokerVersion.parse(option.until) if option.until else None

    def available(cells: Cells) -> bool:
        if not holds(option.present, answers_of(cells)):
            return False
        version = cells[field].sample if dated else None
        if not isinstance(version, BrokerVersion):
            return True
        return (since is None or since <= version) and (until is None or version < until)

    reads = fields(option.present) | ({field} if dated else set())
    return OptionFacts(option.id, option.family, option.simplicity, available, tuple(sorted(reads)))


def _workload(
    workload: Workload,
    team: Mapping[str, Answer],
    book: RuleBook,
    court: Court,
    known: Literals,
) -> WorkloadProblem:
    answers = consistent(_answers(workload.answers, known, team=False), workload.answers, team)
    levels: Levels = {
        name: answer.level for name, answer in workload.answers.items() if answer.level is not None
    }
    unsaid = _unsaid(workload.answers, answers) | _unsaid(team, _answers(team, known, team=True))
    return WorkloadProblem(
        name=workload.name,
        answers=answers,
        tables=tuple(
            Table(criterion, court, book.conventions, levels, unsaid) for criterion in book.criteria
        ),
        conflicts=tuple(
            standing_conflict(conflict, court, unsaid)
            for criterion in book.criteria
            for conflict in criterion.conflicts
        ),
        weight=workload.weight,
        feeds=workload.feeds,
    )


def _unsaid(answers: Mapping[str, Answer], known: Answers) -> dict[str, Cell]:
    """The single cells of what the file left out."""
    return {
        name: known.cells[name][0]
        for name, answer in answers.items()
        if answer.standing is Standing.ASSUMED and len(known.cells.get(name, ())) == 1
    }


def _answers(answers: Mapping[str, Answer], known: Literals, *, team: bool) -> Answers:
    needs = vocabulary()
    given = {name: _possible(needs[name], answer, known) for name, answer in answers.items()}
    standing = {
        name: Standing.UNKNOWN if len(given[name]) > 1 else answer.standing
        for name, answer in answers.items()
    }
    unsaid = {
        name: tuple(point(value) for value in needs[name].unsaid if value != answer.value)
        for name, answer in answers.items()
        if answer.standing is Standing.ASSUMED
    }
    alternatives = {
        name: _others(needs[name], answer.value, known)
        for name, answer in answers.items()
        if standing[name] is Standing.STATED and answer.value is not None
    }
    derived: tuple[Derived, ...] = ()
    if not team:
        followers, given = _followers(answers, given, known)
        derived = (*followers, *_products(answers, known))
        unsaid |= _unsaid_products(answers)
        standing |= {one.question: _standing_of(one, answers) for one in derived}
    return Answers(
        cells=given,
        standing=standing,
        unsaid={name: found for name, found in unsaid.items() if found},
        alternatives={name: found for name, found in alternatives.items() if found},
        derived=derived,
    )


def _possible(need: NeedType, answer: Answer, known: Literals) -> tuple[Cell, ...]:
    if answer.value is not None:
        return (point(answer.value),)
    return pieces(need, known, low=answer.low, high=answer.high)


def _others(need: NeedType, value: Value, known: Literals) -> tuple[Cell, ...]:
    """The cells of the need's domain that the value does not lie in.

    None for a version: an upgrade changes what runs, it does not correct an answer.
    """
    if need.kind is Kind.VERSION:
        return ()
    return tuple(cell for cell in pieces(need, known) if not _inside(value, cell))


def pieces(
    need: NeedType, known: Literals, *, low: float | None = None, high: float | None = None
) -> tuple[Cell, ...]:
    """The cells of the need; each version is one, since checks may tell any two apart."""
    if need.kind is Kind.VERSION:
        return tuple(point(version) for version in modelled_versions(need.name))
    return cells(need, known.get(need.name, frozenset()), low=low, high=high)


def _inside(value: Value, cell: Cell) -> bool:
    if cell.low is None or cell.high is None or not isinstance(value, int | float):
        return value == cell.sample
    return cell.holds(value)


def _followers(
    answers: Mapping[str, Answer], given: Mapping[str, tuple[Cell, ...]], known: Literals
) -> tuple[tuple[Derived, ...], dict[str, tuple[Cell, ...]]]:
    """Needs whose default is another's answer: what was left out goes where that one goes.

    One that is open by itself is at least as great as the other.
    """
    derived: list[Derived] = []
    for name, need in vocabulary().items():
        leader = need.default_from
        if leader is None or name not in given:
            continue
        if answers[name].standing is Standing.ASSUMED:
            same = partial(_same_as, leader, pieces(need, known))
            derived.append(Derived(name, (leader,), same))
        elif len(given[name]) > 1:
            derived.append(Derived(name, (leader,), partial(_not_below, leader, given[name])))
    following = {one.question for one in derived}
    return tuple(derived), {name: one for name, one in given.items() if name not in following}


def _same_as(leader: str, every: tuple[Cell, ...], parents: Cells) -> tuple[Cell, ...]:
    low, high = parents[leader].low, parents[leader].high
    if low is None or high is None:
        return every
    return (point(low),) if low == high else tuple(one for one in every if one.meets(low, high))


def _not_below(leader: str, own: tuple[Cell, ...], parents: Cells) -> tuple[Cell, ...]:
    low = parents[leader].low
    return tuple(cell for cell in own if low is None or cell.high is None or cell.high >= low)


def _products(answers: Mapping[str, Answer], known: Literals) -> Iterable[Derived]:
    for name, need in derived_needs().items():
        factors, divisor = product_of(name)
        if all(factor in answers for factor in factors):
            every = pieces(need, known)
            yield Derived(name, factors, partial(_product, factors, divisor, every))


def _product(
    factors: tuple[str, ...], divisor: float, every: tuple[Cell, ...], parents: Cells
) -> tuple[Cell, ...]:
    """The cells that the product of the factors can lie in; a point where all are points."""
    low = high = 1.0
    for factor in factors:
        low *= parents[factor].low or 0.0
        high *= parents[factor].high or 0.0
    low, high = low / divisor, high / divisor
    if low == high:
        return (point(low),)
    return tuple(cell for cell in every if cell.meets(low, high))


def _unsaid_products(answers: Mapping[str, Answer]) -> dict[str, tuple[Cell, ...]]:
    return {
        name: tuple(point(value) for value in need.unsaid)
        for name, need in derived_needs().items()
        if any(
            answers[factor].standing is Standing.ASSUMED
            for factor in product_of(name)[0]
            if factor in answers
        )
    }


def _standing_of(derived: Derived, answers: Mapping[str, Answer]) -> Standing:
    standings = {answers[parent].standing for parent in derived.parents}
    for standing in (Standing.UNKNOWN, Standing.ASSUMED):
        if standing in standings:
            return standing
    return Standing.STATED


def _cost(costs: Costs, systems: frozenset[str], cells: Cells) -> Fraction:
    answers = answers_of(cells)
    return system_cost(
        systems,
        costs,
        runs=_members(answers["already_runs"]),
        knows=_members(answers["knows"]),
        operations=str(answers["operations"]),
    )


def _members(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
