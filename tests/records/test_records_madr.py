"""A record is MADR 4 with its evidence, and nothing from a file can reshape it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sample_advice import ADVICE, BOOK, NOTHING, OPEN, QUEUE, TASKS, TOPIC, advice, requirements

from advisor.documents import read_yaml
from advisor.domain.recommendation import Recommendation
from advisor.domain.requirements import Requirements
from advisor.records.file import marker_of
from advisor.records.madr import as_markdown

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
DAY = date(2026, 3, 1)
SECTIONS = [
    "Context and Problem Statement",
    "Decision Drivers",
    "Considered Options",
    "Decision Outcome",
    "Consequences",
    "Confirmation",
    "Pros and Cons of the Options",
    "RabbitMQ quorum queue",
    "Kafka topic",
    "No broker",
    "More Information",
]


def record(
    recommendation: Recommendation = ADVICE,
    answers: Requirements | None = None,
    **more: Any,
) -> str:
    """The record of the sample."""
    return as_markdown(recommendation, answers or requirements(), BOOK, date=DAY, **more)


def tokens_of(text: str) -> list[Token]:
    """The tokens below the front matter, inline ones too."""
    body = text.split("---\n", 2)[2]
    return [inner for token in READER.parse(body) for inner in (token, *(token.children or ()))]


def headings(text: str) -> list[str]:
    """The headings as a reader sees them, without the title."""
    tokens = tokens_of(text)
    found = [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    return found[1:]


def test_it_has_the_sections_of_madr_in_their_order() -> None:
    """Template of MADR 4.0, none left out."""
    assert SECTIONS == headings(record())


def test_the_front_matter_is_yaml() -> None:
    """Status, date and who decides."""
    text = record(decision_makers='Ann: "lead", O\'Neil', status="proposed")
    matter = read_yaml(_nowhere(), text=text.split("---\n")[1].encode()).data
    assert {
        "status": "proposed",
        "date": "2026-03-01",
        "decision-makers": 'Ann: "lead", O\'Neil',
    } == matter


def test_it_states_the_needs_as_the_file_gives_them() -> None:
    """Values, levels, ranges and what nobody knows; assumptions are no statements."""
    assert (
        "* generate: work_queue yes; delivery at_least_once (must); "
        "messages_per_second 10 to any; replay unknown\n"
    ) in record()
    assert "The team: already_runs rabbitmq." in record()


def test_the_outcome_names_the_option_and_the_reason() -> None:
    """In the form that MADR gives."""
    assert (
        'Chosen option for generate: "RabbitMQ quorum queue", because it answers Background '
        "tasks. Use RabbitMQ quorum queue: decided for these answers and weights."
    ) in record()


def test_points_are_good_or_bad_with_the_words_of_the_claims() -> None:
    """Pros and cons of each option come from the same contributions as the score."""
    cons = record().split("### Kafka topic")[1].split("###")[0]
    assert "* Bad, because Background tasks: A slow task blocks its partition." in cons
    assert "* Good, because Background tasks: Readers of one queue share its tasks" in record()
    assert "* Bad, because it misses a must: Replay\n" in record().split("### No broker")[1]


def test_the_confirmation_holds_the_evidence_and_the_commands() -> None:
    """One row for each claim that carries it, and the command that decides again."""
    text = record()
    assert (
        "| `work-queue.shares` | `tasks-are-shared` | agrees | "
        "`model:rabbitmq.quorum-queue@4.3 (4.3.6 agreed, 2026-01-02)` | "
        "`advisor check tasks-are-shared --option rabbitmq.quorum-queue` |"
    ) in text
    assert "gives another verdict: `advisor recommend advisor.yaml`" in text


def test_what_it_rests_on_is_under_more_information() -> None:
    """Assumptions, flips, what the article says differently, and what made it."""
    more = record().split("## More Information")[1]
    assert "* generate: replay: not said, none is assumed." in more
    assert "* generate: replay: none -> recent gives Kafka (Kafka topic)" in more
    assert "* RabbitMQ quorum queue: Quorum queues have no priorities." in more
    assert "Made by advisor 0.1.0 with rules bbbbbbbbbbbb" in more
    assert record().endswith(f"\n{marker_of('image-generation')}\n")


@pytest.mark.parametrize(
    ("recommendation", "title"),
    [
        (ADVICE, "# Use RabbitMQ for the messaging of image-generation"),
        (advice("both", "both"), "# Use RabbitMQ and Kafka for the messaging of image-generation"),
        (
            advice("none", "none-needed", option=NOTHING),
            "# Use no broker for the messaging of image-generation",
        ),
        (OPEN, "# Messaging of image-generation: not decided yet"),
    ],
)
def test_the_title_says_the_solution(recommendation: Recommendation, title: str) -> None:
    """Or that there is none yet."""
    assert title in record(recommendation).splitlines()


def test_open_questions_are_listed() -> None:
    """With the fork."""
    assert "* generate: If replay is none: RabbitMQ; if it is recent" in record(OPEN)


def test_several_workloads_name_whose_point_it_is() -> None:
    """Each has its drivers, its outcome, and its share of the pros and cons."""
    events = replace(TASKS, name="events", option=TOPIC)
    both = replace(ADVICE, workloads=(TASKS, events))
    text = record(both)
    assert 'Chosen option for events: "Kafka topic", because nothing fits better.' in text
    assert "* Bad, because Background tasks of events: A slow task blocks" in text
    assert SECTIONS == headings(text)


def test_an_empty_recommendation_still_makes_a_whole_record() -> None:
    """No option, no evidence, no assumption: every section of MADR stands."""
    lists: dict[str, Any] = dict.fromkeys(
        ("ranking", "evidence", "rules", "assumptions", "ask_next", "flips"), ()
    )
    text = record(advice("undetermined", "unmet", option=None, **lists))
    assert [one for one in SECTIONS if one not in SECTIONS[7:10]] == headings(text)
    assert "* Nothing was needed of generate beyond the defaults" in text


@given(st.text(alphabet="ab1 \\`*_[]()<>|&~$:@#!{}^.-+=/\n\x1b\u202e\"'", min_size=1, max_size=25))
def test_names_cannot_add_markup(name: str) -> None:
    """A system and a workload called anything leave headings, links, HTML and tables alone."""
    hostile = replace(ADVICE, workloads=(replace(TASKS, name=name),))
    tokens = tokens_of(record(hostile, requirements(system=name, name=name)))
    plain = tokens_of(record())
    for kind in ("heading_open", "link_open", "image", "html_inline", "html_block", "td_open"):
        assert sum(one.type == kind for one in plain) == sum(one.type == kind for one in tokens)
    assert not any(letter in "\x1b\u202e" for token in tokens for letter in token.content)


def test_the_same_input_gives_the_same_bytes() -> None:
    """No clock and no chance: the date is an argument."""
    assert record() == record()
    assert [] == re.findall(r"[ \t]+$", record(), re.MULTILINE)


def test_words_of_rules_are_escaped_too() -> None:
    """A user's own rule cannot bring HTML into a record."""
    criterion = BOOK.criteria[0]
    evil = replace(criterion.claims[0], says="<img src=x> [a](b)")
    book = replace(BOOK, criteria=(replace(criterion, claims=(evil,)), *BOOK.criteria[1:]))
    text = as_markdown(ADVICE, requirements(), book, date=DAY)
    kinds = {token.type for token in tokens_of(text)}
    assert "\\<img src=x> \\[a\\](b)" in text
    assert set() == kinds & {"html_inline", "link_open"}
    assert QUEUE in text


def _nowhere() -> Any:
    from pathlib import Path

    return Path("record.md")
