"""The recommendations agree with real decisions as they did when the table was written."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
DECIDABLE_AGREEING_MIN = 14
SURE_MIN = 3


@pytest.fixture(scope="module")
def agreement() -> ModuleType:
    """The command beside this file; it is a script, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("agreement", HERE / "agreement.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["agreement"] = module
    spec.loader.exec_module(module)
    return module


def test_agreement_has_not_fallen(agreement: ModuleType) -> None:
    """At least as many decidable cases agree as when the rules were last changed."""
    agreeing = [case.id for case in agreement.cases() if case.decidable and case.agrees]
    assert len(agreeing) >= DECIDABLE_AGREEING_MIN, agreeing


def test_no_wrong_verdict_is_given_as_sure(agreement: ModuleType) -> None:
    """Grade A or B is never given to a verdict that is not the real one, and is given at all."""
    sure = [case for case in agreement.cases() if case.sure]
    assert [] == [case.id for case in sure if not case.agrees]
    assert len(sure) >= SURE_MIN, [case.id for case in sure]


def test_table_is_what_the_command_writes(agreement: ModuleType) -> None:
    """The committed page is the one of today's rules."""
    written = (HERE / "agreement.md").read_text(encoding="utf-8")
    assert agreement.table(agreement.cases()) == written


def test_every_case_is_in_the_table() -> None:
    """No encoded case is left out of decisions.yaml, and none is named without a file."""
    files = {path.stem for path in HERE.glob("*.yaml")} - {"decisions"}
    named = set(re.findall(r"^- id: (\S+)$", (HERE / "decisions.yaml").read_text(), re.MULTILINE))
    assert files == named
