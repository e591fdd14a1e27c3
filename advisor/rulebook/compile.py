"""All conditions of the rule book as one piece of Python code, compiled once.

The source is made of numbered names, operators and brackets only: fields, literals and ids are
handed over as values, so that no text of a file is ever compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any as Anything

from advisor.domain.predicate import All, Any, Atom, Not, Predicate, fields
from advisor.domain.requirements import Kind, NeedType
from advisor.domain.rules import Criterion, RuleBook

Answers = Mapping[str, Anything]
Holding = Callable[[Answers], tuple[str, ...]]
_PYTHON = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class CompiledRules:
    """Functions of answers that return the full ids (``criterion.name``) of the rules that hold.

    ``of`` has one for each criterion, which needs only the answers of the fields in ``reads``;
    ``holding`` answers for the whole book, in order of the files.
    """

    of: Mapping[str, Holding]
    reads: Mapping[str, frozenset[str]]
    holding: Holding


def rules_of(criterion: Criterion) -> Mapping[str, Predicate]:
    """Full id and condition of every need row, claim and conflict, in order of the file."""
    return {
        **{f"{criterion.id}.{row.id}": row.when for row in criterion.needs},
        **{claim.id: claim.when for claim in criterion.claims},
        **{conflict.id: conflict.when for conflict in criterion.conflicts},
    }


def compile_rules(book: RuleBook, needs: Mapping[str, NeedType]) -> CompiledRules:
    """Compile a rule book; ``needs`` says which fields hold lists."""
    writer = _Writer({name for name, need in needs.items() if need.kind is Kind.LIST})
    rules = {criterion.id: rules_of(criterion) for criterion in book.criteria}
    for number, those in enumerate(rules.values()):
        writer.function(f"criterion{number}", those)
    # Conditions that several criteria share are tried once here.
    writer.function(
        "book", {rule: when for those in rules.values() for rule, when in those.items()}
    )
    code = compile("\n".join(writer.lines), "<rules>", "exec")
    # Nothing of a file is in the code: the writer puts in numbered names only.
    exec(code, writer.values)
    of = {name: writer.values[f"criterion{number}"] for number, name in enumerate(rules)}
    reads = {name: _read(those) for name, those in rules.items()}
    return CompiledRules(of, reads, writer.values["book"])


def _read(rules: Mapping[str, Predicate]) -> frozenset[str]:
    return frozenset().union(*(fields(when) for when in rules.values()))


class _Writer:
    """Writes the functions; every name that it writes is a number in ``values``."""

    def __init__(self, lists: set[str]) -> None:
        self.lists = lists
        self.lines: list[str] = []
        self.values: dict[str, Anything] = {"__builtins__": {}}
        self.names: dict[tuple[str, str, Anything], str] = {}

    def function(self, name: str, rules: Mapping[str, Predicate]) -> None:
        """Each different condition is tried once, however many rules have it."""
        local = {field: f"a{index}" for index, field in enumerate(sorted(_read(rules)))}
        tests = {when: f"t{index}" for index, when in enumerate(dict.fromkeys(rules.values()))}
        self.lines.append(f"def {name}(answers):")
        self.lines += [f" {own} = answers[{self._value(field)}]" for field, own in local.items()]
        self.lines += [f" {own} = {self._test(when, local)}" for when, own in tests.items()]
        held = "".join(f"{tests[when]}, " for when in rules.values())
        ids = self._value(tuple(rules))
        self.lines.append(f" return {self._value(tuple)}({self._value(compress)}({ids}, ({held})))")

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
