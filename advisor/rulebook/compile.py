"""All conditions of the rule book as one piece of Python code, compiled once.

The source is made of numbered names, operators and brackets only: fields, literals and ids are
handed over as values, so that no text of a file is ever compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from advisor.domain.predicate import All, Any, Atom, Not, Predicate, fields
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.rules import Criterion, RuleBook

Answers = Mapping[str, Anything]
Holding = Callable[[Answers], tuple[str, ...]]
_PYTHON = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class CompiledRules:
    """``of`` has a function for each criterion: answers to the full ids of its rules that hold.

    Such a function needs only the answers of the fields in ``reads``.
    """

    of: Mapping[str, Holding]
    reads: Mapping[str, frozenset[str]]

    def holding(self, answers: Answers) -> tuple[str, ...]:
        """Every rule of the book that holds, as ``criterion.name``, in order of the files."""
        return tuple(rule for function in self.of.values() for rule in function(answers))


def rules_of(criterion: Criterion) -> Mapping[str, Predicate]:
    """Full id and condition of every need row, claim and conflict, in order of the file."""
    return {
        **{f"{criterion.id}.{row.id}": row.when for row in criterion.needs},
        **{claim.id: claim.when for claim in criterion.claims},
        **{conflict.id: conflict.when for conflict in criterion.conflicts},
    }


def compile_rules(book: RuleBook, needs: Mapping[str, NeedType]) -> CompiledRules:
    """One function of each criterion; ``needs`` says which fields hold lists."""
    writer = _Writer({name for name, need in needs.items() if need.kind is Kind.LIST})
    reads = {}
    for number, criterion in enumerate(book.criteria):
        rules = rules_of(criterion)
        reads[criterion.id] = frozenset().union(*(fields(when) for when in rules.values()))
        writer.function(number, rules)
    code = compile("\n".join(writer.lines), "<rules>", "exec")
    # Nothing of a file is in the code: the writer puts in numbered names only.
    exec(code, writer.values)
    of = {
        criterion.id: writer.values[f"criterion{number}"]
        for number, criterion in enumerate(book.criteria)
    }
    return CompiledRules(of, reads)


class _Writer:
    """Writes the functions; every name that it writes is a number in ``values``."""

    def __init__(self, lists: set[str]) -> None:
        self.lists = lists
        self.lines: list[str] = []
        self.values: dict[str, Anything] = {"__builtins__": {}}
        self.names: dict[tuple[str, str, Anything], str] = {}

    def function(self, number: int, rules: Mapping[str, Predicate]) -> None:
        """The rules that always hold are in the answer from the start, the others are tried."""
        read = sorted(frozenset().union(*(fields(when) for when in rules.values())))
        local = {field: f"a{index}" for index, field in enumerate(read)}
        self.lines.append(f"def criterion{number}(answers):")
        self.lines += [f" {name} = answers[{self._value(field)}]" for field, name in local.items()]
        parts = []
        for rule, when in rules.items():
            held = self._value((rule,))
            test = self._test(when, local)
            parts.append(held if test == "(1)" else f"({held} if {test} else ())")
        self.lines.append(f" return {' + '.join(parts)}" if parts else " return ()")

    def _test(self, predicate: Predicate, local: Mapping[str, str]) -> str:
        match predicate:
            case Atom():
                return self._atom(predicate, local[predicate.field])
            case All(parts):
                return f"({' and '.join(self._test(part, local) for part in parts) or '1'})"
            case Any(parts):
                return f"({' or '.join(self._test(part, local) for part in parts) or '0'})"
            case Not(part):
                return f"(not {self._test(part, local)})"

    def _atom(self, atom: Atom, name: str) -> str:
        if atom.operator != "in":
            return f"({name} {_PYTHON[atom.operator]} {self._value(atom.literal)})"
        members = self._value(frozenset(_members(atom)))
        if atom.field in self.lists:
            return f"(not {members}.isdisjoint({name}))"
        return f"({name} in {members})"

    def _value(self, value: Anything) -> str:
        """The name of a value: equal values of one type share it (1, 1.0 and True do not)."""
        key = (type(value).__name__, repr(value), value)
        if key not in self.names:
            self.names[key] = name = f"v{len(self.names)}"
            self.values[name] = value
        return self.names[key]


def _members(atom: Atom) -> tuple[Anything, ...]:
    return atom.literal if isinstance(atom.literal, tuple) else (atom.literal,)
