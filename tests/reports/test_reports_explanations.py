"""Every name that a recommendation uses can be explained, and a wrong one gets the nearest."""

from __future__ import annotations

import pytest
from sample_advice import BOOK, NOTHING, QUEUE

from advisor.domain.predicate import ALWAYS, All, Any, Atom, Not, Predicate
from advisor.domain.problem import InputError
from advisor.domain.requirements import Kind, NeedType
from advisor.reports.conditions import condition_text
from advisor.reports.explanation_page import explanation_page
from advisor.reports.explanation_parts import CheckText
from advisor.reports.plain import as_plain

CHECKS = {
    "tasks-are-shared": CheckText(
        *("Tasks are shared", "Each task is done once.", "Nobody wants two.", ("steps:", "- join")),
        seen=((QUEUE, "4.3.6", "2026-11-25", "held"),),
    )
}
NEEDS = {
    "work_queue": NeedType("work_queue", Kind.BOOLEAN, "Tasks for workers.", "", False),
    "task_seconds_max": NeedType(
        *("task_seconds_max", Kind.NUMBER, "Longest task.", "s", 0.01),
        default_from="task_seconds",
        least=0.5,
        greatest=100,
    ),
    "operations": NeedType(
        "operations", Kind.CHOICE, "Capacity.", "", "medium", choices=("low",), of_team=True
    ),
}


def explained(name: str) -> str:
    """The page as text without line breaks inside sentences."""
    page = explanation_page(name, BOOK, checks=CHECKS, needs=NEEDS)
    return " ".join(as_plain(page).split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("replay", "Do you need to reprocess past data? A queue forgets what was read."),
        ("replay", "replay.recent must replay == recent"),
        (
            "replay",
            "replay.order-or-rate: Kafka topic, Replay with Background tasks: One partition",
        ),
        ("replay.recent", "The criterion is a must where this holds: replay == recent"),
        ("replay.forgets", "- strength -1 missing - applies: always - source: article: 1. Message"),
        ("replay.forgets", f"advisor check what-was-read-can-be-read-again --option {QUEUE}"),
        ("replay.keeps", "- not checked: it is slow"),
        ("work-queue.blocks", "- strength -1/2 only by a workaround, with out-of-order-completion"),
        ("work-queue.table", "- strength +1/2 with configuration or a plugin, with lease-column"),
        ("work-queue.table", "- not checked: no reason is given"),
        ("replay.order-or-rate", "- applies: messages_per_second > 500 - source: article"),
        (QUEUE, "RabbitMQ quorum queue in one sentence. - family: rabbitmq - broker versions: all"),
        (QUEUE, "work-queue.shares rabbitmq.quorum-queue +1 native tasks-are-shared Readers"),
        (NOTHING, "family: none"),
        ("tasks-are-shared", "Each task is done once. Nobody wants two."),
        ("tasks-are-shared", "The check itself: steps: - join"),
        ("tasks-are-shared", f"{QUEUE} 4.3.6 2026-11-25 held"),
        ("tasks-are-shared", "work-queue.shares rabbitmq.quorum-queue +1 native"),
        ("work_queue", "Tasks for workers. - type: boolean - default: no Rules that read it:"),
        ("work_queue", "work-queue.tasks work_queue == true"),
        ("task_seconds_max", "number, in s - default: that of task_seconds - from 0.5 to 100"),
        ("operations", "operations (need of the team)"),
        ("operations", "values: low - default: medium"),
        ("conventions", "cost of a second system 4"),
    ],
)
def test_each_kind_of_name_is_explained(name: str, words: str) -> None:
    """A criterion, a need row, a claim, a conflict, an option, a check, a need, conventions."""
    assert words in explained(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("replai", 'did you mean "replay"?'),
        ("rabbitmq.quorom-queue", 'did you mean "rabbitmq.quorum-queue"?'),
        ("tasks-are-shard", 'did you mean "tasks-are-shared"?'),
        ("%", "a criterion, rule, option, check, need, system, or conventions"),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, hint: str) -> None:
    """One message that names the way out."""
    with pytest.raises(InputError) as caught:
        explained(name)
    assert hint == caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (ALWAYS, "always"),
        (Atom("a", "in", ("x", "y")), "a in [x, y]"),
        (Atom("a", "==", True), "a == true"),
        (Atom("a", "!=", False), "a != false"),
        (Atom("a", "<", 2), "a < 2"),
        (All((Atom("a", "==", 1), Atom("b", "==", 2.5))), "a == 1 and b == 2.5"),
        (Any((Atom("a", "==", 1), Atom("b", "==", 2))), "a == 1 or b == 2"),
        (Any(()), "never"),
        (
            All((Atom("a", "==", 1), Any((Atom("b", "==", 2), Atom("c", "==", 3))))),
            "a == 1 and (b == 2 or c == 3)",
        ),
        (Not(All((Atom("a", "==", 1), Atom("b", "==", 2)))), "not (a == 1 and b == 2)"),
    ],
)
def test_conditions_read_as_words(predicate: Predicate, text: str) -> None:
    """Brackets stand only where they change the meaning."""
    assert text == condition_text(predicate)


def test_a_system_tells_what_its_model_leaves_out() -> None:
    """The page of a broker lists each gap of the model with what it is."""
    page = explanation_page("kafka", BOOK, checks={}, needs={}, systems=("rabbitmq", "kafka"))
    text = as_plain(page)
    assert "kafka (model)" in text
    assert "tiered-storage" in text
