"""Each mistake that the agreement suites plant still finds its text in the model."""

from __future__ import annotations

from importlib import import_module

import pytest
from planting import ROOT, Mistake

AGREEMENT = ROOT / "tests/agreement"


@pytest.mark.parametrize(
    ("system", "at_least"), [("rabbitmq", 15), ("kafka", 15), ("kafka_platform", 3)]
)
def test_the_text_of_each_mistake_is_there_once(
    system: str, at_least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(AGREEMENT / system))
    mistakes: tuple[Mistake, ...] = import_module(f"{system}_mistakes").MISTAKES
    folder = ROOT / "advisor/models" / system
    lost = [
        one.what for one in mistakes if (folder / one.file).read_text("utf-8").count(one.right) != 1
    ]
    assert [] == lost
    assert len(mistakes) >= at_least
