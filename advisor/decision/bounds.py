"""What can still win inside a box of answers: bounds that hold for every completion in it.

Criteria are bounded one by one, as if they did not share questions, so a bound may be wide but is
never wrong. Two options are compared by the bound of their difference, not by the difference of
their bounds: what shifts all options alike does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from advisor.decision.completions import Possible, potential
from advisor.decision.engine import Columns, Engine
from advisor.decision.problem import Answers, Cells

READ_LIMIT = 512
"""A criterion with more combinations of cells in a box is not bounded: the box is cut first."""


@dataclass(frozen=True, slots=True)
class Box:
    """Some cells of each open question."""

    team: Answers
    workloads: tuple[Answers, ...]


@dataclass(frozen=True, slots=True)
class CanWin:
    """Sets of systems (bits), and the options of each workload (places), that can still win."""

    systems: frozenset[int]
    options: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class _Flow:
    """One workload in a box. ``leads[a][b]`` is the least of the points of a less those of b.

    ``sure`` options are available and meet every must whatever the answers; ``open`` ones may.
    """

    weights_least: int
    weights_most: int
    leads: list[list[int]]
    sure: tuple[int, ...]
    open: tuple[int, ...]


def can_win(engine: Engine, box: Box) -> CanWin | None:
    """What can win in the box; None where no bound is to be had (no option is sure to fit)."""
    team = potential(box.team, {})
    offers = _availability(engine, team)
    costs = _costs(engine, team)
    if offers is None or costs is None:
        return None
    flows = []
    for place, answers in enumerate(box.workloads):
        flow = _flow(engine, place, potential(answers, team), *offers)
        if flow is None or not flow.sure:
            return None
        flows.append(flow)
    bits = engine.chooser.system_bits()
    sets = range(1 << len(engine.chooser.families))
    alive = frozenset(
        loser
        for loser in sets
        if all(any(not bits[o] & ~loser for o in flow.open) for flow in flows)
        and not _superfluous(loser, len(flows), costs)
        and not any(_beats(engine, winner, loser, flows, bits, costs) for winner in sets)
    )
    return CanWin(alive, tuple(_options(engine, flow, alive) for flow in flows))


def _readings(every: Possible, reads: Sequence[str]) -> Iterator[Cells] | None:
    count = 1
    for name in reads:
        count *= len(every[name])
    if count > READ_LIMIT:
        return None
    return (dict(zip(reads, cells, strict=True)) for cells in product(*(every[n] for n in reads)))


def _availability(engine: Engine, team: Possible) -> tuple[set[int], set[int]] | None:
    """The options that are always, and those that are sometimes available."""
    always: set[int] = set()
    sometimes: set[int] = set()
    for place, option in enumerate(engine.problem.options):
        readings = _readings(team, option.reads)
        if readings is None:
            return None
        offered = [option.available(cells) for cells in readings]
        if all(offered):
            always.add(place)
        if any(offered):
            sometimes.add(place)
    return always, sometimes


def _costs(engine: Engine, team: Possible) -> list[tuple[Fraction, ...]] | None:
    """The cost of every set of systems, for each different team."""
    readings = _readings(team, engine.problem.cost_reads)
    if readings is None:
        return None
    sets = range(1 << len(engine.chooser.families))
    return list({tuple(engine.cost(one, cells) for one in sets): None for cells in readings})


def _flow(
    engine: Engine, place: int, every: Possible, always: set[int], sometimes: set[int]
) -> _Flow | None:
    tables = engine.tables[place]
    count = len(tables.options)
    leads = [[0] * count for _ in range(count)]
    least, most = [0] * count, [0] * count
    weights_least = weights_most = 0
    for j, reads in enumerate(tables.reads):
        readings = _readings(every, reads)
        if readings is None:
            return None
        columns = tuple({tables.column(j, cells): None for cells in readings})
        weights = [0 if column is None else column.weight for column in columns]
        weights_least += min(weights)
        weights_most += max(weights)
        if any(weights):
            _lead(leads, columns)
            _fail(least, most, columns)
    for k, rule in enumerate(tables.conflicts):
        readings = _readings(every, rule.reads)
        if readings is None or any(tables.conflicting(k, cells) for cells in readings):
            most[tables.place_of(rule.option)] += 1
    return _Flow(
        weights_least,
        weights_most,
        leads,
        tuple(o for o in range(count) if o in always and not most[o]),
        tuple(o for o in range(count) if o in sometimes and not least[o]),
    )


def _lead(leads: list[list[int]], columns: Columns) -> None:
    nothing = [0] * len(leads)
    points = [nothing if column is None else column.weighted for column in columns]
    for a, row in enumerate(leads):
        for b in range(len(row)):
            row[b] += min(one[a] - one[b] for one in points)


def _fail(least: list[int], most: list[int], columns: Columns) -> None:
    failing = [set() if column is None else set(column.failing) for column in columns]
    for option in set.union(*failing):
        most[option] += 1
    for option in set.intersection(*failing):
        least[option] += 1


def _superfluous(systems: int, workloads: int, costs: Sequence[tuple[Fraction, ...]]) -> bool:
    """Whether some system is surely left unused: more of them than workloads, none cheaper.

    Single designs use one system at most, and pairs are not in play where one design fits.
    """
    return systems.bit_count() > workloads and all(
        cost[fewer] <= cost[systems]
        for cost in costs
        for fewer in range(systems)
        if not fewer & ~systems
    )


def _least_lead(flow: _Flow, a: int, b: int, denominator: int) -> Fraction:
    """The least that the value of one option can exceed that of another by."""
    points = flow.leads[a][b]
    weights = flow.weights_most if points >= 0 else max(1, flow.weights_least)
    return Fraction(points, denominator * max(1, weights))


def _beats(
    engine: Engine,
    winner: int,
    loser: int,
    flows: Sequence[_Flow],
    bits: Sequence[int],
    costs: Sequence[tuple[Fraction, ...]],
) -> bool:
    """Whether one set of systems is better than the other in every completion of the box."""
    if winner == loser:
        return False
    total = Fraction(0)
    scale_least = scale_most = Fraction(0)
    for share, flow in zip(engine.chooser.shares, flows, strict=True):
        own = [o for o in flow.sure if not bits[o] & ~winner]
        others = [o for o in flow.open if not bits[o] & ~loser]
        if not own or not others:
            return False
        total += share * max(
            min(_least_lead(flow, a, b, engine.denominator) for b in others) for a in own
        )
        scale_least += share * flow.weights_least
        scale_most += share * flow.weights_most
    saved = min(cost[loser] - cost[winner] for cost in costs)
    if engine.chooser.feeds and winner.bit_count() > 1:
        saved -= engine.chooser.bridge
    total += saved / max(Fraction(1), scale_most if saved >= 0 else scale_least)
    return total > 0 or (total == 0 and winner.bit_count() < loser.bit_count())


def _options(engine: Engine, flow: _Flow, alive: frozenset[int]) -> frozenset[int]:
    """The options that can be the named one within some set of systems that can win."""
    bits = engine.chooser.system_bits()
    found: set[int] = set()
    for systems in alive:
        inside = [o for o in flow.open if not bits[o] & ~systems]
        rivals = [o for o in flow.sure if not bits[o] & ~systems]
        found.update(
            o for o in inside if not any(_outdoes(engine, flow, rival, o) for rival in rivals)
        )
    return frozenset(found)


def _outdoes(engine: Engine, flow: _Flow, rival: int, option: int) -> bool:
    """Whether the rival is named before the option in every completion of the box."""
    lead = flow.leads[rival][option]
    if lead > 0:
        return True
    if lead < 0 or rival == option:
        return False
    options = engine.problem.options
    here, there = options[rival], options[option]
    if here.family == there.family:
        return (here.simplicity, here.id) < (there.simplicity, there.id)
    bits = engine.chooser.system_bits()
    return bits[rival].bit_count() < bits[option].bit_count()
