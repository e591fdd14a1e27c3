"""The compiled rule book says what the plain reading of its conditions says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_support import CRITERION, Folder, answers, fresh, needs, predicates, shipped

from advisor.domain.predicate import All, Atom, Not, Predicate, fields, holds
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.rules import Conventions, Criterion, Level, NeedRow, RuleBook, Side
from advisor.domain.version import BrokerVersion
from advisor.rulebook import cells, compile_rules, literals
from advisor.rulebook.compile import rules_of

CRITERIA = {criterion.id: criterion for criterion in shipped().criteria}
COMPILED = compile_rules(shipped(), needs())
FIELDS = ("replay", "priority", "consumers", "task_seconds", "protocols", "kafka_version")


def _book(*conditions: Predicate) -> RuleBook:
    rows = tuple(NeedRow(f"row{n}", when, Level.MUST) for n, when in enumerate(conditions))
    criterion = Criterion("c", "", "", "", Side.WHOLE, (), rows, ())
    return RuleBook((), (criterion,), shipped().conventions, "")


@given(answers())
@settings(max_examples=150, deadline=None)
def test_shipped_rules_hold_as_read_plainly(given_answers: Mapping[str, Any]) -> None:
    """On random answers, every rule of the book."""
    plainly = tuple(
        rule
        for criterion in shipped().criteria
        for rule, when in rules_of(criterion).items()
        if holds(when, given_answers)
    )
    assert plainly == COMPILED.holding(given_answers)


@given(st.lists(predicates(*FIELDS), max_size=4), answers())
@settings(max_examples=200, deadline=None)
def test_any_rules_hold_as_read_plainly(
    conditions: list[Predicate], given_answers: Mapping[str, Any]
) -> None:
    """On random conditions too, however nested and negated."""
    book = _book(*conditions)
    plainly = tuple(f"c.row{n}" for n, when in enumerate(conditions) if holds(when, given_answers))
    assert plainly == compile_rules(book, needs()).of["c"](given_answers)


def test_function_needs_only_what_its_criterion_reads() -> None:
    """So that a criterion can be looked at cell by cell."""
    assert frozenset({"replay", "already_runs"}) == COMPILED.reads["replay"]
    assert "replay.recent" in COMPILED.of["replay"]({"replay": "recent", "already_runs": ()})


def test_no_text_of_a_file_is_compiled() -> None:
    """A field or literal that looks like code stays a value."""
    evil = "__import__('os').abort()"
    book = _book(Atom(evil, "==", evil), Atom(evil, "in", (evil, "x")))
    assert ("c.row0", "c.row1") == compile_rules(book, {}).of["c"]({evil: evil})


def test_one_and_true_are_different_literals() -> None:
    """Equal in Python, written differently in a rule, kept apart in the code."""
    book = _book(Atom("consumers", "==", 1), Atom("priority", "==", True))
    compiled = compile_rules(book, needs()).of["c"]
    assert ("c.row0", "c.row1") == compiled({"consumers": 1, "priority": True})
    assert () == compiled({"consumers": 2, "priority": False})


def _zen_condition(predicate: Predicate) -> str:
    """In ZEN's expression language, written from its documentation."""
    match predicate:
        case Atom(field, "in", literal):
            members = json.dumps([str(m) if isinstance(m, str) else m for m in _tuple(literal)])
            if field in ("protocols", "already_runs", "frameworks", "knows"):
                return f"some({field}, # in {members})"
            return f"({field} in {members})"
        case Atom(field, comparison, literal):
            return f"({field} {comparison} {json.dumps(_zen_value(literal))})"
        case All(parts):
            return "(" + (" and ".join(map(_zen_condition, parts)) or "true") + ")"
        case AnyOf(parts):
            return "(" + " or ".join(map(_zen_condition, parts)) + ")"
        case Not(part):
            return f"(not {_zen_condition(part)})"


def _tuple(literal: object) -> tuple[object, ...]:
    return literal if isinstance(literal, tuple) else (literal,)


def _zen_value(value: object) -> object:
    """ZEN knows no versions: their numbers order them."""
    if isinstance(value, BrokerVersion):
        return value.major * 1000 + value.minor
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Fraction):
        return float(value)
    return value


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
def test_a_foreign_engine_agrees_on_every_cell(criterion: Criterion) -> None:
    """ZEN evaluates each condition of the criterion in each combination of its cells."""
    zen = pytest.importorskip("zen")
    compared = literals(shipped())
    rules = {rule: when for rule, when in rules_of(criterion).items() if when != All()}
    combined: list[dict[str, Any]] = [{}]
    for field in sorted(COMPILED.reads[criterion.id]):
        versions = tuple(BrokerVersion(4, minor) for minor in range(5))
        of_field = cells(needs()[field], compared[field], versions=versions)
        combined = [{**one, field: cell.sample} for one in combined for cell in of_field]
    expressions = {rule: zen.compile_expression(_zen_condition(rules[rule])) for rule in rules}
    for answered in combined:
        context = {field: _zen_value(value) for field, value in answered.items()}
        foreign = {rule for rule in rules if expressions[rule].evaluate(context)}
        assert foreign == {rule for rule in COMPILED.of[criterion.id](answered) if rule in rules}


def test_digest_changes_with_any_byte(tmp_path: Any) -> None:
    """A record names the rules that it was made from."""
    folder = Folder(tmp_path)
    before = folder.load().digest
    assert before == folder.load().digest
    folder.write("criteria/replay.yaml", {**fresh(CRITERION), "why": "Because of that."})
    assert before != folder.load().digest


def test_own_folder_adds_and_replaces(tmp_path: Any) -> None:
    """A team's criterion of the same id replaces the shipped one; conventions too."""
    (tmp_path / "first").mkdir()
    (tmp_path / "own").mkdir()
    first, own = Folder(tmp_path / "first"), Folder(tmp_path / "own")
    (own.path / "options/rabbitmq.classic-queue.yaml").unlink()
    own.write("criteria/replay.yaml", {**fresh(CRITERION), "title": "Again"})
    own.write("criteria/more.yaml", {**fresh(CRITERION), "id": "more"})
    conventions = (own.path / "conventions.yaml").read_text().replace("nice: 1", "nice: 2")
    own.write("conventions.yaml", conventions)
    book = own.load(before=(first.path,), trusted=True)
    assert ["Again", "Replay"] == [criterion.title for criterion in book.criteria]
    changed: Conventions = book.conventions
    assert 2 == changed.weight[Level.NICE]


@given(predicates(*FIELDS))
def test_fields_are_those_of_the_atoms(predicate: Predicate) -> None:
    """What a condition reads is known without evaluating it."""
    assert fields(predicate) <= set(FIELDS)
