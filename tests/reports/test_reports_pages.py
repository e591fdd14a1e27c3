"""What a person reads: the verdict first, then reasons, evidence, and what would change it."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_advice import ADVICE, BOOK, NOTHING, OPEN, QUEUE, TASKS, TOPIC, advice

from advisor.domain.recommendation import (
    Change,
    Contribution,
    Flip,
    Question,
    Recommendation,
)
from advisor.domain.rules import Level, Trust
from advisor.reports.blocks import Heading, Items, Page, Paragraph, Table, Verbatim
from advisor.reports.plain import as_plain
from advisor.reports.recommendation_page import recommendation_page
from advisor.reports.terminal import print_page
from advisor.reports.text import as_text
from advisor.wording.lookup import look_up
from advisor.wording.selection import by_weight, differences, rival_of
from advisor.wording.words import spans


def text_of(recommendation: Recommendation = ADVICE) -> str:
    """The page without line breaks inside sentences."""
    return " ".join(as_text(recommendation, BOOK, system="images").split())


def on_terminal(page: Page, width: int) -> str:
    """What rich writes to a terminal of that width, colours left out."""
    stream = io.StringIO()
    print_page(page, stream, width=width)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("recommendation", "sentence"),
    [
        (ADVICE, "Use RabbitMQ."),
        (advice("kafka", "robust"), "Use Kafka."),
        (OPEN, "It still depends: the open answers leave RabbitMQ or Kafka."),
        (advice("both", "both"), "Use RabbitMQ and Kafka, each for the workloads that it fits."),
        (advice("both", "split"), "Divide a workload, and run RabbitMQ and Kafka."),
        (advice("none", "none-needed"), "You need no broker: neither"),
        (
            advice("undetermined", "tie", possible=("rabbitmq", "kafka")),
            "An exact tie: RabbitMQ or Kafka fit equally well.",
        ),
        (
            advice("undetermined", "unmet"),
            "No design meets everything that you marked as a must.",
        ),
    ],
)
def test_the_verdict_comes_first(recommendation: Recommendation, sentence: str) -> None:
    """Before anything else stands one sentence that a person would say."""
    assert text_of(recommendation).startswith(f"images ====== {sentence}")


@pytest.mark.parametrize(
    ("recommendation", "sentence"),
    [
        (OPEN, "Provisionally RabbitMQ quorum queue: open until a question is answered."),
        (advice("undetermined", "tie"), "An exact tie; first in order is RabbitMQ quorum queue."),
        (advice("undetermined", "unmet"), "the nearest miss is RabbitMQ quorum queue."),
        (advice("both", "split", option=f"{QUEUE} + {TOPIC}"), "RabbitMQ quorum queue and Kafka"),
        (advice("rabbitmq", "conditional", alone=TOPIC), "By itself it would get Kafka topic;"),
        (advice("rabbitmq", "robust", grade="A"), "generate RabbitMQ quorum queue rabbitmq"),
    ],
)
def test_each_workload_says_how_settled_it_is(
    recommendation: Recommendation, sentence: str
) -> None:
    """None needed, unmet, tied and open never share words."""
    assert sentence in text_of(recommendation)


def test_reasons_carry_the_words_and_the_source_of_their_claims() -> None:
    """A hint such as prefetch 1 comes from the rule that knows it."""
    assert (
        "- Background tasks (should, for, +1.00): Readers of one queue share its tasks: "
        "set prefetch to 1 for long tasks. [documentation: RabbitMQ documentation, Quorum Queues]"
    ) in text_of()


def test_the_rival_is_the_best_of_another_family() -> None:
    """The difference is shown against Kafka, matter by matter."""
    rival = rival_of(TASKS, look_up(BOOK))
    assert rival is not None
    assert TOPIC == rival.option
    assert "Against Kafka topic:" in text_of()


def test_a_rival_of_the_same_family_will_do_where_there_is_no_other() -> None:
    """With two RabbitMQ designs alone the second one is the rival; alone there is none."""
    queue = TASKS.ranking[0]
    twin = replace(queue, option="rabbitmq.classic-queue")
    assert twin == rival_of(replace(TASKS, ranking=(queue, twin)), look_up(BOOK))
    assert None is rival_of(replace(TASKS, ranking=(queue,)), look_up(BOOK))


def test_the_shown_differences_add_up_to_the_difference_of_the_scores() -> None:
    """3/4 - (-9/40) = 39/40, exactly."""
    queue, topic, _ = TASKS.ranking
    assert Fraction(39, 40) == sum(share for _, _, share in differences(queue, topic))


def test_a_rival_that_misses_a_must_is_said_to() -> None:
    """An elimination outweighs all points, so it is named first."""
    ranking = (TASKS.ranking[0], TASKS.ranking[2])
    shown = text_of(advice("rabbitmq", "conditional", ranking=ranking))
    assert "It misses a must: Replay; Replay together with Background tasks." in shown


def test_equal_designs_are_called_equal() -> None:
    """No empty table where nothing differs."""
    twin = replace(TASKS.ranking[0], option=TOPIC)
    shown = text_of(advice("rabbitmq", "conditional", ranking=(TASKS.ranking[0], twin)))
    assert "On everything that is needed the two are equal." in shown


def test_workarounds_and_configuration_are_named() -> None:
    """A design that needs more than itself says what, and who has to build it."""
    shown = text_of(advice("kafka", "conditional", option=TOPIC))
    table = text_of(advice("none", "none-needed", option=NOTHING))
    assert "out-of-order-completion (your own code): A slow task blocks its partition." in shown
    assert "lease-column (configuration): A job table shares tasks." in table


def test_evidence_says_where_it_was_run_and_how_to_run_it_again() -> None:
    """Only claims behind the design and its rival are listed; why one is not settled is said."""
    shown = text_of()
    assert "model:rabbitmq.quorum-queue@4.3 (4.3.6 agreed, 2026-01-02)" in shown
    assert "advisor check tasks-are-shared --option rabbitmq.quorum-queue" in shown
    assert "work-queue.blocks: unmodelled, gap sticky-assignor" in shown
    assert "replay.keeps" not in shown


def test_what_the_article_says_differently_today_is_a_section_of_its_own() -> None:
    """A refuted claim of the article stays visible, with the check that struck it out."""
    assert (
        "What the article says differently today --------------------------------------- "
        "- RabbitMQ quorum queue: Quorum queues have no priorities. "
        "[article: 1. Message Retention & Replay] Refuted by urgent-message-overtakes-backlog on "
        "model:rabbitmq.quorum-queue@4.3 (held yes). The claim is struck out."
    ) in text_of()


def test_five_assumptions_are_shown_the_telling_and_the_commonest_first() -> None:
    """replay changes the verdict, priority is ranked by its criterion, the rest by name."""
    shown = text_of()
    order = ("replay", "priority", "consumers", "latency_ms_p99", "message_ttl")
    places = [shown.index(f"- {need}: not said") for need in order]
    assert sorted(places) == places
    assert "window: not said" not in shown
    assert "2 more assumptions are in the JSON document (--format json)." in shown
    assert "none is assumed. If replay is recent or everything: Kafka." in shown


def test_the_fork_and_the_flips_are_shown() -> None:
    """What to ask, with what each answer would give; what one changed answer does."""
    assert "- If replay is none: RabbitMQ; if it is recent or everything: Kafka." in text_of(OPEN)
    assert "- replay: none -> recent gives Kafka (Kafka topic)" in text_of()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["<= 5", "> 5 and <= 9", "> 9 and < 12"], ["< 12"]),
        (["> 5 and < 9", ">= 9"], ["> 5"]),
        (["<= 5", "> 9"], ["<= 5", "> 9"]),
        (["<= 5", ">= 5"], ["<= 5", ">= 5"]),
        (["< 5", "> 5"], ["< 5", "> 5"]),
        (["<= 5", "> 5"], ["anything"]),
        (["none", "recent"], ["none", "recent"]),
        (["<= 5", "> 5 and <= 9", "> 20 and <= 30", "> 30"], ["<= 9", "> 20"]),
        ([], []),
    ],
)
def test_neighbouring_pieces_of_numbers_are_told_as_one(
    labels: list[str], expected: list[str]
) -> None:
    """Only where they meet, with nothing left out and nothing counted twice."""
    assert expected == spans(labels)


def test_a_question_that_settles_nothing_by_itself_says_so() -> None:
    """Two answers that each leave it open are no fork."""
    question = Question("management_ui", {"true": "undetermined", "false": "undetermined"})
    shown = text_of(advice("undetermined", "ask-first", ask_next=(question,)))
    assert "- management_ui: it settles nothing by itself, only together with the others." in shown


def test_flips_of_one_need_share_a_sentence() -> None:
    """Short answers first, lists in brackets, the rest counted; two needs are two sentences."""
    flips = tuple(
        Flip((Change(need, ("rabbitmq",), after),), "kafka", None)
        for need, after in (
            *(("knows", "a, b, c"), ("knows", "a, b"), ("knows", "a"), ("knows", "c, d")),
            ("operations", "low"),
        )
    )
    shown = text_of(advice("rabbitmq", "conditional", flips=flips))
    assert "- knows: rabbitmq -> a, [a, b], [c, d] or 1 more gives Kafka" in shown
    assert "- operations: rabbitmq -> low gives Kafka" in shown


def test_long_lists_say_how_much_they_leave_out() -> None:
    """Nine needs: eight shown, one counted."""
    flips = tuple(Flip((Change(f"need-{n}", 1, "2"),), "kafka", None) for n in range(9))
    shown = text_of(advice("rabbitmq", "conditional", flips=flips))
    assert "1 more such answer is in the JSON document (--format json)." in shown


def test_what_a_law_calculated_is_not_called_run() -> None:
    """A capacity law says a number; nothing was executed."""
    one = replace(TASKS.evidence[0], grade=Trust.CALCULATED, model=None, broker=None)
    shown = text_of(advice("rabbitmq", "conditional", evidence=(one,)))
    assert "agrees calculated calculated, not run advisor check" in shown
    assert "Of 1 claim that carries this: 1 calculated by a capacity law." in shown


def test_musts_come_before_equally_heavy_shoulds() -> None:
    """Three points each: the must is named first."""
    contributions = tuple(
        Contribution(name, level, 3, Fraction(1), ())
        for name, level in (("a", Level.SHOULD), ("b", Level.MUST))
    )
    ranked = replace(TASKS.ranking[0], contributions=contributions)
    assert ["b", "a"] == [one.criterion for one in by_weight(ranked)]


def test_an_empty_workload_still_makes_a_page() -> None:
    """Nothing ranked, nothing assumed, nothing found: no section, no crash."""
    lists = ("ranking", "evidence", "rules", "assumptions", "ask_next", "flips")
    nothing: dict[str, Any] = dict.fromkeys(lists, ())
    bare = advice("undetermined", "unmet", option=None, **nothing)
    shown = text_of(bare)
    assert "the nearest miss is nothing." in shown
    assert "Why" not in shown.split("Conventions")[0]


def test_conventions_and_the_makers_are_at_the_end() -> None:
    """Weights and costs are shown as chosen; the last line is the tool's own."""
    assert "cost of Kafka with ZooKeeper 2" in text_of()
    assert text_of().endswith("broker versions: rabbitmq 4.3 and kafka 4.4.")


def test_grades_are_explained() -> None:
    """Each letter has its meaning; none computed is said."""
    graded = replace(ADVICE, system=replace(ADVICE.system, grade="B"))
    assert "Grade B: every claim that carries it was executed" in text_of(graded)
    assert "Robustness was not computed, so there is no grade." in text_of()


PAGE: Page = (
    Heading("Title", 1),
    Heading("Section"),
    Heading("Part", 3),
    Paragraph("word " * 40),
    Items(("first", "second " * 30)),
    Table(("name", "outcome"), (("a", "agrees"), ("한국", "refutes"), ("c", ""))),
    Verbatim(("  $ command",)),
)


def test_plain_text_is_aligned_and_wrapped() -> None:
    """Wide letters count two columns; indentation of verbatim lines is kept."""
    text = as_plain(PAGE)
    assert "name  outcome\n----  -------\na     agrees\n한국  refutes\nc\n" in text
    assert "Title\n=====\n\nSection\n-------\n\nPart:\n" in text
    assert text.endswith("\n\n      $ command\n")
    assert 100 >= max(len(line) for line in text.splitlines())


def test_combining_letters_take_no_column() -> None:
    """An accent on top of a letter does not push the next column."""
    table = Table(("n", "x"), (("e\u0301", "1"), ("e", "2")))
    assert "e\u0301  1\ne  2\n" in as_plain((table,))


@pytest.mark.parametrize("width", [20, 40, 71, 72, 100, 200])
def test_a_terminal_page_fits_its_window(width: int) -> None:
    """No line is longer than the window, and no word is lost, however narrow it is."""
    shown = on_terminal((*PAGE, *recommendation_page(ADVICE, BOOK, system="images")), width)
    assert width >= max(len(line.rstrip()) for line in shown.splitlines())
    assert "".join(["Quorum", "queues", "have", "no", "priorities."]) in "".join(shown.split())


def test_a_narrow_window_gets_records_instead_of_tables() -> None:
    """Each row becomes its first cell and a line for each of the others that is not empty."""
    shown = on_terminal((PAGE[5],), 60)
    assert ["a", "  outcome: agrees", "한국", "  outcome: refutes", "c"] == [
        line.rstrip() for line in shown.splitlines()
    ]


def test_commands_are_never_broken_inside_a_cell() -> None:
    """A table of commands becomes records as soon as it does not fit in whole."""
    command = "advisor check tasks-are-shared --option rabbitmq.quorum-queue"
    shown = on_terminal(recommendation_page(ADVICE, BOOK, system="images"), 90)
    assert f"  run again: {command}" in shown


@given(st.text(), st.sampled_from([40, 120]))
def test_no_text_of_a_file_reaches_the_terminal_as_control(name: str, width: int) -> None:
    """Escapes, bells, overrides: printable or a space, in both renderings, in every block."""
    page: Page = (
        *(Heading(name, level) for level in (1, 2, 3)),
        Paragraph(name),
        Items((name,)),
        Table((name, "x"), ((name, name),)),
        Verbatim((name,)),
    )
    for shown in (as_plain(page), on_terminal(page, width)):
        assert all(letter.isprintable() or letter == "\n" for letter in shown)


def test_markup_of_rich_is_shown_and_not_obeyed() -> None:
    """Square brackets and emoji codes are text."""
    assert "[red]x[/] :boom: http://a.b" in on_terminal(
        (Paragraph("[red]x[/] :boom: http://a.b"),), 80
    )
