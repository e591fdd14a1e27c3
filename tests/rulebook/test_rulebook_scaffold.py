"""A new rule as it is written: it can be read, is found unfinished, and is clean once filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.advise.library import load_library
from advisor.advise.rules import check_examples, lint_rules, new_files
from advisor.checks.claims import judge_claim
from advisor.checks.judge import Held
from advisor.domain.evidence import Verdict
from advisor.domain.problem import InputError
from advisor.domain.requirements import Kind
from advisor.domain.version import BrokerVersion
from advisor.requirements import vocabulary
from advisor.rulebook.scaffold import is_placeholder, new_rule
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform

IDENTITY = "audit-trail"
OPTIONS = [option.id for option in load_library().book.options]


def written(folder: Path, need: str = "work_queue") -> Path:
    """A folder with the new rule in it."""
    for path, text in new_files(IDENTITY, need, folder).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def filled_in(folder: Path) -> Path:
    """Every placeholder replaced by words."""
    for path in folder.rglob("*.yaml"):
        text = re.sub(r"<[^>\n]+>", "Some words.", path.read_text("utf-8"))
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_new_rule_can_be_read_and_its_examples_hold(tmp_path: Path) -> None:
    """Fired, silent and unknown, so that coverage is whole from the start."""
    folder = written(tmp_path)
    book = load_library(folder).book
    assert IDENTITY in {criterion.id for criterion in book.criteria}
    assert () == check_examples(folder)


@pytest.mark.parametrize(
    "need", [need.name for need in vocabulary().values() if need.kind is Kind.BOOLEAN]
)
def test_every_need_that_is_true_or_false_will_do(tmp_path: Path, need: str) -> None:
    """Each is false where a file is silent."""
    assert () == check_examples(written(tmp_path, need))


def test_lint_says_what_waits_to_be_filled_in_and_nothing_else(tmp_path: Path) -> None:
    """The criterion, each of its claims, and the check."""
    found = lint_rules(written(tmp_path))
    assert {"unfinished"} == {one.hint for one in found}
    claims = {f"{IDENTITY}.on-{option.replace('.', '-')}" for option in OPTIONS}
    about = {one.message.partition(": ")[0] for one in found}
    assert {IDENTITY, f"{IDENTITY}-holds", *claims} == about
    assert all(Path(one.position.file).is_relative_to(tmp_path) for one in found)


def test_filled_in_it_has_no_finding(tmp_path: Path) -> None:
    """What is left to think about is which design has it."""
    folder = filled_in(written(tmp_path))
    assert () == lint_rules(folder)
    assert () == check_examples(folder)


def test_its_check_runs_and_refutes_what_nobody_has_thought_about(tmp_path: Path) -> None:
    """Every claim says missing; a queue loses nothing, so the check says otherwise."""
    library = load_library(written(tmp_path))
    address = Address("model", "rabbitmq.classic-queue", BrokerVersion(4, 3))
    result = perform(library.checks[f"{IDENTITY}-holds"], address, None).result
    assert isinstance(result, Held)
    (criterion,) = (one for one in library.book.criteria if one.id == IDENTITY)
    (claim,) = (one for one in criterion.claims if one.option == "rabbitmq.classic-queue")
    assert Verdict.REFUTES is judge_claim(claim.strength, result, None)


def test_a_design_that_cannot_be_performed_gets_a_reason_instead_of_a_check() -> None:
    """So that nothing is promised that no check can do."""
    files = new_rule(
        "audit-trail", need="priority", options=["a.one", "b.two"], performed=["a.one"]
    )
    text = files["criteria/audit-trail.yaml"]
    one, two = text[text.index("on-a-one") :].split("- id: on-b-two")
    assert "checks: [audit-trail-holds]" in one and "not_run" not in one
    assert "not_run: <why no check can run>" in two and "checks" not in two.split("examples")[0]


def test_designs_of_the_folder_get_claims_too(tmp_path: Path) -> None:
    """A criterion without a claim for each of them could not be read."""
    (tmp_path / "options").mkdir()
    shipped = load_library().book.options[0].position.file
    text = Path(shipped).read_text("utf-8")
    own = text.replace(f"id: {OPTIONS[0]}", "id: none.own-table").replace(
        "family: kafka", "family: none"
    )
    (tmp_path / "options" / "none.own-table.yaml").write_text(own, encoding="utf-8")
    files = new_files(IDENTITY, "work_queue", tmp_path)
    criterion = files[tmp_path / "criteria" / f"{IDENTITY}.yaml"]
    assert "option: none.own-table\n" in criterion
    for option in OPTIONS:
        assert f"option: {option}\n" in criterion


def test_a_need_that_does_not_exist_names_the_nearest() -> None:
    """As everywhere."""
    with pytest.raises(InputError, match='did you mean "work_queue"'):
        new_files(IDENTITY, "work_quue", Path("own"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<a few words>", True), ("a < b and c > d", False), ("", False), ("<b> bold", False)],
)
def test_a_placeholder_is_all_in_angle_brackets(text: str, expected: bool) -> None:
    """Other texts may have signs of comparison."""
    assert expected is is_placeholder(text)
