"""All that a recommendation is made from beside the requirements: rules, checks, calibrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from advisor.capacity import CapacityBook, CapacityCheck, load_capacity, read_check
from advisor.checks.check import Check
from advisor.checks.load import load_checks
from advisor.documents import read_yaml, rules_folder
from advisor.domain.problem import Position, Problem, UnreadableError
from advisor.domain.rules import RuleBook
from advisor.requirements import derived_needs, vocabulary
from advisor.rulebook import CompiledRules, compile_rules, load_rule_book


@dataclass(frozen=True)
class Library:
    """The rule book with what its claims refer to."""

    book: RuleBook
    rules: CompiledRules
    checks: Mapping[str, Check]
    capacity_checks: Mapping[str, CapacityCheck]
    capacity: CapacityBook


@cache
def load_library(extra_rules: Path | None = None) -> Library:
    """The shipped rules, with a team's own folder beside them; InputError for a faulty one."""
    folders = [rules_folder()]
    if extra_rules is not None:
        if not extra_rules.is_dir():
            raise UnreadableError(Problem(Position(str(extra_rules)), "is not a folder of rules"))
        folders.append(extra_rules)
    checks = load_checks(folder / "checks" for folder in folders)
    capacity_checks = _capacity_checks(folders)
    needs = {**vocabulary(), **derived_needs()}
    names = {*checks, *capacity_checks}
    book = load_rule_book(folders, needs=needs, checks=names, trusted=True)
    capacity = load_capacity(rules_folder() / "capacity")
    return Library(book, compile_rules(book, needs), checks, capacity_checks, capacity)


def _capacity_checks(folders: list[Path]) -> dict[str, CapacityCheck]:
    found: dict[str, CapacityCheck] = {}
    for folder in folders:
        for path in sorted((folder / "checks").glob("*.yaml")):
            document = read_yaml(path)
            if isinstance(document.data, dict) and document.data.get("kind") == "capacity":
                check = read_check(document, trusted=folder == rules_folder())
                found[check.id] = check
    return found
