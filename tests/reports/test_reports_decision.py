"""A written recommendation is walked through from its own numbers, forwards and against others."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sample_advice import ADVICE, BOOK, QUEUE, TASKS, TOPIC

from advisor.reports.decision_page import decision_page, options_of
from advisor.reports.document import as_json
from advisor.reports.plain import as_plain
from advisor.wording.lookup import look_up

DOCUMENT: dict[str, Any] = json.loads(as_json(ADVICE))
LOOKUP = look_up(BOOK)


def page(option: str | None = None, document: dict[str, Any] = DOCUMENT) -> str:
    return " ".join(as_plain(decision_page(document, LOOKUP, option)).split())


def test_it_walks_from_the_verdict_to_claims_answers_and_checks() -> None:
    """The design, its score, the answer that made the need, the claim, the check, the command."""
    shown = page()
    assert "Verdict: RabbitMQ (conditional)." in shown
    for words in (
        "scores 3/4",
        "work_queue is yes",
        "work-queue.shares",
        "tasks-are-shared agrees",
        "advisor check tasks-are-shared",
    ):
        assert words in shown


def test_why_not_another_shows_the_missed_must_and_a_difference_that_adds_up() -> None:
    """From the document's values alone: 3/4 against -9/40 is a lead of 39/40, shown as +0.97."""
    shown = page(TOPIC)
    assert "Why not" in shown
    assert "together +0.97" in shown


def test_what_would_make_it_names_answers_claims_and_conventions() -> None:
    """A flip, a set of two answers, a claim that carries, and a cost."""
    shown = page(TOPIC)
    for words in (
        "another answer: replay none -> recent",
        "retention_days 0 -> > 7",
        "a claim refuted: work-queue.shares",
        "another convention: costs.kafka near 0.38, now 3/2",
    ):
        assert words in shown


def test_a_system_may_be_asked_for_instead_of_a_design() -> None:
    """Its best design answers."""
    assert "What would make it kafka" in page("kafka")
    assert {QUEUE, TOPIC, "kafka", "rabbitmq"} <= set(options_of(DOCUMENT))


def test_what_was_chosen_needs_no_reason_against_it() -> None:
    """And nothing has to change for it."""
    shown = page(QUEUE)
    assert "is what was chosen" in shown
    assert "What would make it" not in shown


def test_where_nothing_is_named_or_known_that_is_said() -> None:
    """No design; a design that the team cannot have; nothing that would make it so."""
    bare = replace(TASKS, option=None, flips=(), assumptions=(), confidence=None)
    document = json.loads(as_json(replace(ADVICE, workloads=(bare,))))
    assert "No design is named." in page(None, document)
    assert "was not among the designs" in page("rabbitmq.stream")
    assert "Nothing that was tried alone" in page(TOPIC, document)


@pytest.mark.parametrize("option", [None, TOPIC, QUEUE, "none"])
def test_every_page_can_be_made(option: str | None) -> None:
    """Whatever is asked for among what there is."""
    assert page(option)
