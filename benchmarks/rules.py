"""Rule evaluations a second of the compiled rule book, beside zen-engine; and what lint takes.

    python -m benchmarks.rules [rounds]

Both decide the same conditions for the same answers in one run, in turns, so that a busy machine
slows both. zen-engine has the rules as expressions in its static loader, once as a decision for
each criterion and once all in one, which converts the answers only once; the faster counts. That
all come to the same is checked before anything is timed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from statistics import median
from time import perf_counter
from typing import Any

from advisor.advise.library import load_library
from advisor.advise.profiles import profiles
from advisor.advise.rules import check_examples, lint_rules
from advisor.domain.predicate import ALWAYS, All, Atom, Not, Predicate
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.requirements import Kind
from advisor.domain.version import BrokerVersion
from advisor.requirements import derived_needs, vocabulary
from advisor.rulebook import literals
from advisor.rulebook.compile import rules_of

AIM = 10
PROFILES, SEED, ROUNDS = 200, 1, 5
Answers = Mapping[str, Any]


def condition(predicate: Predicate) -> str:
    """In ZEN's expression language."""
    match predicate:
        case Atom(field, "in", literal):
            members = json.dumps(list(literal) if isinstance(literal, tuple) else [literal])
            if field in LISTS:
                return f"some({field}, # in {members})"
            return f"({field} in {members})"
        case Atom(field, comparison, literal):
            return f"({field} {comparison} {json.dumps(plain(literal))})"
        case All(parts):
            return "(" + (" and ".join(map(condition, parts)) or "true") + ")"
        case AnyOf(parts):
            return "(" + (" or ".join(map(condition, parts)) or "false") + ")"
        case Not(part):
            return f"(not {condition(part)})"


LISTS = {need.name for need in vocabulary().values() if need.kind is Kind.LIST}


def plain(value: object) -> object:
    """As JSON has it; versions become numbers in the same order."""
    if isinstance(value, BrokerVersion):
        return value.major * 1000 + value.minor
    if isinstance(value, tuple):
        return [plain(member) for member in value]
    return float(value) if isinstance(value, Fraction) else value


def drawn() -> list[dict[str, Any]]:
    """Answers of profiles, derived fields included."""
    known = literals(load_library().book)
    found = []
    for profile in profiles(known, seed=SEED, count=PROFILES):
        every = {**profile.team, **profile.workloads[0].answers}
        answers: dict[str, Any] = {name: answer.value for name, answer in every.items()}
        rate, size = answers["messages_per_second"], answers["message_bytes"]
        found.append({**answers, "megabytes_per_second": rate * size / 1e6})
    return found


def conditional() -> Mapping[str, Mapping[str, Predicate]]:
    """For each criterion its rules that have a condition."""
    return {
        criterion.id: {rule: when for rule, when in rules_of(criterion).items() if when != ALWAYS}
        for criterion in load_library().book.criteria
    }


def foreign(decisions: Sequence[Mapping[str, Predicate]]) -> Callable[[Answers], set[str]]:
    """The rules in zen-engine, split into these decisions: the ids of those that hold."""
    import zen

    names = {f"r{n}": rule for n, rule in enumerate(rule for of in decisions for rule in of)}
    ids = {rule: name for name, rule in names.items()}
    graphs = {
        f"d{number}": _graph({ids[rule]: condition(when) for rule, when in rules.items()})
        for number, rules in enumerate(decisions)
    }
    loaded: Any = zen
    engine = loaded.ZenEngine({"loader": {"type": "static", "content": graphs}})
    keys = tuple(graphs)

    def holding(answers: Answers) -> set[str]:
        return {
            names[name]
            for key in keys
            for name, holds in engine.evaluate(key, answers)["result"].items()
            if holds
        }

    return holding


def _graph(expressions: Mapping[str, str]) -> Mapping[str, object]:
    entries = [{"id": key, "key": key, "value": text} for key, text in expressions.items()]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "x", "type": "expressionNode", "name": "x", "content": {"expressions": entries}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "x"},
        {"id": "b", "type": "edge", "sourceId": "x", "targetId": "out"},
    ]
    return {"nodes": nodes, "edges": edges}


def seconds(function: Callable[[Answers], object], cases: Sequence[Answers]) -> float:
    """The time of the function over all cases."""
    started = perf_counter()
    for answers in cases:
        function(answers)
    return perf_counter() - started


def timed(function: Callable[[], tuple[object, ...]]) -> float:
    """The time of an examination that finds nothing."""
    started = perf_counter()
    found = function()
    if found:
        raise AssertionError(f"{len(found)} findings in the shipped rules")
    return perf_counter() - started


def main(rounds: int = ROUNDS) -> None:
    """Print both rates, their ratio in the same round, and what the examinations take."""
    cases = drawn()
    theirs_of = [{name: plain(value) for name, value in case.items()} for case in cases]
    compiled = load_library().rules.holding
    by_criterion = tuple(conditional().values())
    whole = {rule: when for rules in by_criterion for rule, when in rules.items()}
    engines = {
        "a decision for each criterion": foreign(by_criterion),
        "all rules in one decision": foreign([whole]),
    }
    for ours, theirs in zip(cases, theirs_of, strict=True):
        holding = whole.keys() & compiled(ours)
        if any(holding != engine(theirs) for engine in engines.values()):
            raise AssertionError("the engines do not agree")
    own: list[float] = []
    others: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        own.append(seconds(compiled, cases))
        for name, engine in engines.items():
            others[name].append(seconds(engine, theirs_of))
    count = len(whole) * len(cases)
    print(f"{len(whole)} conditions, {len(cases)} profiles (seed {SEED}), best of {rounds} rounds")
    print(f"compiled rule book: {count / min(own):,.0f} rule evaluations a second")
    for name, times in others.items():
        print(f"zen-engine, static loader, {name}: {count / min(times):,.0f}")
    fastest = min(others.values(), key=min)
    ratio = median(other / one for one, other in zip(own, fastest, strict=True))
    print(f"{ratio:.1f} times zen-engine's faster way (median of the rounds); the aim is {AIM}")
    fields = len(vocabulary()) + len(derived_needs())
    print(f"lint of every rule over all cells of {fields} needs: {timed(lint_rules):.2f} s")
    print(f"examples and their coverage: {timed(check_examples):.2f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
