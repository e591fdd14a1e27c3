"""Each fault that lint knows is planted in a small book and found, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rulebook_support import VERSIONS, needs, predicates, shipped

from advisor.advise.rules import check_examples, lint_rules
from advisor.domain.predicate import ALWAYS, All, Atom, Not, Predicate, Value, holds
from advisor.domain.predicate import Any as AnyOf
from advisor.domain.problem import Position
from advisor.domain.rules import (
    Claim,
    Conflict,
    Criterion,
    Level,
    NeedRow,
    Option,
    RuleBook,
    Side,
    Source,
)
from advisor.domain.version import BrokerVersion
from advisor.rulebook import cases as cases_module
from advisor.rulebook import cells, literals
from advisor.rulebook.cases import Cases, Tie
from advisor.rulebook.lint import Finding, lint

QUEUE = Option("rabbitmq.queue", "", "rabbitmq", "", 1)
GROUP = Option("kafka.group", "", "kafka", "", 1, since="4.2")
OWN = Option("none.own", "", "none", "", 1, Atom("already_runs", "in", ("redis", "cloud_queue")))
TASKS = Atom("work_queue", "==", True)
BUSY = Atom("messages_per_second", ">", 500)
ARTICLE, MANUAL = Source("article", "Chapter 1"), Source("documentation", "Page 1")
CHECKS = {"tasks-are-shared": Position("checks/tasks-are-shared.yaml", 1, 1)}
MATTER = Criterion("tasks", "Tasks", "Tasks?", "Because.", Side.QUEUE, (ARTICLE,), (), ())


def row(name: str, when: Predicate, level: Level = Level.SHOULD) -> NeedRow:
    """A need row whose place is its name."""
    return NeedRow(name, when, level, Position(name))


def claim(
    name: str,
    option: Option = QUEUE,
    *,
    when: Predicate = ALWAYS,
    strength: int = 1,
    checks: Sequence[str] = tuple(CHECKS),
    not_run: str = "",
    source: Source = MANUAL,
    says: str = "So it is.",
) -> Claim:
    """A claim that is native and checked unless told otherwise."""
    place = Position(name)
    return Claim(
        f"tasks.{name}",
        option.id,
        when,
        Fraction(strength),
        says,
        source,
        checks=tuple(checks),
        not_run_because=not_run,
        position=place,
    )


def matter(rows: Sequence[NeedRow] = (), claims: Sequence[Claim] = ()) -> Criterion:
    """One criterion; without rows it is needed for tasks, without claims the queue has one."""
    wanted = rows or (row("wanted", TASKS),)
    return replace(MATTER, needs=tuple(wanted), claims=tuple(claims) or (claim("shared"),))


def cases_of(book: RuleBook, tied: Sequence[Tie] = ()) -> Cases:
    """The cells that the rules of this book cut, of every version that is modelled."""
    known = literals(book)
    domains = {
        name: cells(need, known.get(name, frozenset()), versions=VERSIONS)
        for name, need in needs().items()
    }
    return Cases(domains, tied)


def found(
    *criteria: Criterion,
    options: Sequence[Option] = (QUEUE,),
    checks: Mapping[str, Position] = CHECKS,
    tied: Sequence[Tie] = (),
) -> list[Finding]:
    """What lint says of a book of these criteria."""
    book = RuleBook(tuple(options), criteria, shipped().conventions, "")
    return list(lint(book, cases_of(book, tied), checks))


def kinds(*criteria: Criterion, **more: object) -> list[tuple[str, str]]:
    """Kind and rule of each finding."""
    return [(one.kind, one.rule) for one in found(*criteria, **more)]  # type: ignore[arg-type]


def above(number: float) -> Atom:
    return Atom("messages_per_second", ">", number)


def below(number: float) -> Atom:
    return Atom("messages_per_second", "<=", number)


def test_the_shipped_rules_pass_both_examinations() -> None:
    """What ``advisor rules lint`` and ``advisor rules test`` say of them: nothing."""
    assert () == lint_rules()
    assert () == check_examples()


def test_a_clean_book_has_no_finding() -> None:
    """Bands that meet without overlap, a claim of each option in every version that has it."""
    rows = (row("some", All((above(100), below(500)))), row("many", above(500), Level.MUST))
    claims = (
        claim("shared"),
        claim("old", GROUP, when=Atom("kafka_version", "<", BrokerVersion(4, 4)), strength=-1),
        claim("new", GROUP, when=Atom("kafka_version", ">=", BrokerVersion(4, 4))),
        claim("own", OWN, checks=(), not_run="It is the team's."),
    )
    assert [] == found(matter(rows, claims), options=(QUEUE, GROUP, OWN))


def test_a_row_that_never_holds_is_dead() -> None:
    """Its place is that of the row."""
    never = row("never", All((above(500), below(100))), Level.MUST)
    (one,) = found(matter((row("wanted", TASKS), never)))
    assert ("dead-rule", "tasks.never", Position("never")) == (one.kind, one.rule, one.position)


def test_a_row_that_always_holds_has_an_idle_condition() -> None:
    """Zero messages a second and below cannot be: every rate is above."""
    assert [("idle-condition", "tasks.always")] == kinds(matter((row("always", above(0)),)))


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        (Atom("kafka_version", "<", BrokerVersion(4, 2)), "dead-rule"),
        (Atom("kafka_version", ">=", BrokerVersion(4, 2)), "idle-condition"),
        (Atom("kafka_version", ">=", BrokerVersion(4, 3)), "gap"),
    ],
)
def test_a_claim_is_only_tried_in_the_versions_that_have_its_option(
    when: Predicate, kind: str
) -> None:
    """The option is there since 4.2, so a claim for 4.1 never counts."""
    claims = (claim("shared"), claim("by-version", GROUP, when=when))
    others = (claim("otherwise", GROUP, when=Not(when)),) if kind != "gap" else ()
    findings = kinds(matter((), (*claims, *others)), options=(QUEUE, GROUP))
    about = "tasks:kafka.group" if kind == "gap" else "tasks.by-version"
    assert (kind, about) in findings


def test_an_option_ends_with_its_last_version() -> None:
    """``until`` is the first version without it."""
    group = replace(GROUP, until="4.4")
    claims = (
        claim("shared"),
        claim("late", group, when=Atom("kafka_version", ">=", BrokerVersion(4, 4))),
        claim("early", group, when=Atom("kafka_version", "<", BrokerVersion(4, 4))),
    )
    findings = kinds(matter((), claims), options=(QUEUE, group))
    assert [("dead-rule", "tasks.late"), ("idle-condition", "tasks.early")] == findings


def test_an_option_that_no_team_can_have_is_dead() -> None:
    """Said once, of the option; its claims are not blamed as well."""
    future = replace(GROUP, since="9.0", position=Position("options/kafka.group.yaml"))
    narrow = claim("shares", future, when=TASKS)
    findings = found(matter((), (claim("shared"), narrow)), options=(QUEUE, future))
    assert [("dead-rule", "kafka.group", future.position)] == [
        (one.kind, one.rule, one.position) for one in findings
    ]


def test_an_option_that_asks_for_what_runs_is_only_tried_where_it_runs() -> None:
    """Neither redis nor a cloud queue: then there is no such option, and no gap."""
    where = Atom("already_runs", "in", ("redis", "cloud_queue"))
    claims = (claim("shared"), claim("own", OWN, when=where))
    assert [("idle-condition", "tasks.own")] == kinds(matter((), claims), options=(QUEUE, OWN))
    only_redis = claim("own", OWN, when=Atom("already_runs", "in", ("redis",)))
    (gap,) = found(matter((), (claims[0], only_redis)), options=(QUEUE, OWN))
    assert "tasks:none.own" == gap.rule
    assert "nothing is claimed of it for already_runs [cloud_queue], work_queue true" == gap.message


def test_a_row_within_a_higher_one_is_subsumed() -> None:
    """It never decides the level."""
    rows = (row("many", above(1000)), row("more", above(500), Level.MUST))
    assert [("subsumed-rule", "tasks.many")] == kinds(matter(rows))


def test_a_higher_row_within_a_lower_one_is_meant_so() -> None:
    """The narrower case is needed more."""
    rows = (row("many", above(500)), row("more", above(1000), Level.MUST))
    assert [] == kinds(matter(rows))


def test_a_row_that_several_others_cover_together_is_subsumed() -> None:
    """No single other row covers it."""
    rows = (
        row("low", below(1000)),
        row("middle", All((above(500), below(2000)))),
        row("high", above(1000)),
    )
    (one,) = found(matter(rows))
    assert ("subsumed-rule", "tasks.middle") == (one.kind, one.rule)
    assert "only holds where a level as high is given by tasks.low, tasks.high" == one.message


def test_of_rows_that_cover_each_other_only_those_are_named_that_can_go_together() -> None:
    """Each of three overlapping rows lies within the other two; only one of them can go."""
    rows = (
        row("a", AnyOf((below(100), above(500)))),
        row("b", below(500)),
        row("c", above(100)),
    )
    findings = kinds(matter(rows))
    assert [("subsumed-rule", "tasks.c")] == [one for one in findings if one[0] != "idle-condition"]


def test_the_same_row_again_is_a_duplicate_of_the_first() -> None:
    """However its condition is written."""
    again = row("again", Not(Atom("work_queue", "==", False)))
    (one,) = found(matter((row("wanted", TASKS), again)))
    assert ("duplicate", "tasks.again") == (one.kind, one.rule)
    assert "says the same as tasks.wanted" == one.message


@pytest.mark.parametrize("source", [MANUAL, ARTICLE])
def test_the_same_claim_again_is_a_duplicate(source: Source) -> None:
    """The same strength by the same check in the same cases, whoever says it."""
    again = claim("again", source=source, says="In other words.")
    assert [("duplicate", "tasks.again")] == kinds(matter((), (claim("shared"), again)))


def test_a_narrower_claim_by_the_same_check_is_subsumed() -> None:
    """It adds neither a case nor evidence."""
    claims = (claim("narrow", when=TASKS), claim("shared"))
    assert [("subsumed-rule", "tasks.narrow")] == kinds(matter((), claims))
    assert [("subsumed-rule", "tasks.narrow")] == kinds(matter((), claims[::-1]))


def test_a_narrower_claim_that_is_better_founded_stands() -> None:
    """Until a check has run, documentation counts for more than the article."""
    claims = (claim("shared", source=ARTICLE), claim("narrow", when=TASKS))
    assert [] == kinds(matter((), claims))
    swapped = (claim("shared"), claim("narrow", when=TASKS, source=ARTICLE))
    assert [("subsumed-rule", "tasks.narrow")] == kinds(matter((), swapped))


@pytest.mark.parametrize(
    "change",
    [
        {"strength": Fraction(1, 2)},
        {"checks": ("tasks-are-shared", "another")},
        {"variant": "lease"},
        {"option": GROUP.id},
        {"checks": (), "not_run_because": "It cannot be run."},
    ],
)
def test_a_claim_that_says_something_else_stands(change: Mapping[str, object]) -> None:
    """Another strength, check, variant or design is another claim."""
    other = replace(claim("other", when=TASKS), **change)  # type: ignore[arg-type]
    claims = (claim("shared"), other, claim("group", GROUP, strength=-1))
    assert [] == kinds(matter((), claims), options=(QUEUE, GROUP))


def test_claims_that_none_can_run_are_the_same_only_from_one_source() -> None:
    """Two sources that say so are two reasons."""
    one = claim("shared", checks=(), not_run="No.")
    two = replace(one, id="tasks.again", source=ARTICLE)
    assert [] == kinds(matter((), (one, two)), checks={})
    assert [("duplicate", "tasks.again")] == kinds(
        matter((), (one, replace(two, source=MANUAL))), checks={}
    )


def test_opposites_that_no_check_decides_contradict() -> None:
    """Where both have checks, the checks decide; where they never meet, there is nothing to."""
    shared, other = claim("shared"), claim("missing", strength=-1, checks=(), not_run="No.")
    assert [("contradicting-pair", "tasks.missing")] == kinds(matter((), (shared, other)))
    checked = replace(other, checks=shared.checks, not_run_because="")
    assert [] == kinds(matter((), (shared, checked)))
    apart = (replace(shared, when=above(500)), replace(other, when=below(500)))
    assert [] == kinds(matter((), apart))


def test_opposites_about_different_members_of_a_list_do_not_meet() -> None:
    """A team with both frameworks has two matters, each with its claim."""
    one = claim("one", when=Atom("frameworks", "in", ("celery",)))
    other = claim(
        "other", when=Atom("frameworks", "in", ("spark",)), strength=-1, checks=(), not_run="No."
    )
    asked = row("wanted", Atom("frameworks", "in", ("celery", "spark")))
    assert [] == kinds(matter((asked,), (one, other)))
    both = replace(other, when=Atom("frameworks", "in", ("spark", "celery")))
    assert ("contradicting-pair", "tasks.other") in kinds(matter((asked,), (one, both)))


def test_a_claim_or_conflict_without_check_or_reason_is_found() -> None:
    """One of both is owed."""
    conflict = Conflict("tasks.both", QUEUE.id, frozenset({"tasks"}), TASKS, "No.", MANUAL)
    criterion = replace(matter((), (claim("shared", checks=()),)), conflicts=(conflict,))
    assert [
        ("claim-without-check", "tasks.shared"),
        ("claim-without-check", "tasks.both"),
    ] == kinds(criterion, checks={})


def test_a_check_that_no_claim_names_is_found_at_its_place() -> None:
    """A conflict may name it as well."""
    checks = {**CHECKS, "idle": Position("checks/idle.yaml", 2, 1)}
    (one,) = found(matter(), checks=checks)
    assert ("check-without-claim", "idle", checks["idle"]) == (one.kind, one.rule, one.position)
    conflict = Conflict(
        "tasks.both", QUEUE.id, frozenset({"tasks"}), TASKS, "No.", MANUAL, checks=("idle",)
    )
    assert [] == found(replace(matter(), conflicts=(conflict,)), checks=checks)


def test_a_conflict_is_tried_as_other_rules_are() -> None:
    """Dead, idle, or among criteria that are never needed at once."""
    other = replace(matter((row("some", All((above(100), below(500)))),)), id="other")
    other = replace(other, claims=(replace(claim("x", strength=-1), id="other.x"),))
    busy = matter((row("many", above(500)),))
    base = Conflict(
        "tasks.both", QUEUE.id, frozenset({"tasks", "other"}), ALWAYS, "No.", MANUAL,
        not_run_because="No.",
    )  # fmt: skip
    (one,) = found(replace(busy, conflicts=(base,)), other)
    assert "where it holds, its criteria are not needed together" == one.message
    for when, kind in ((All((above(9), below(9))), "dead-rule"), (above(0), "idle-condition")):
        alone = replace(base, criteria=frozenset({"tasks"}), when=when)
        assert [(kind, "tasks.both")] == kinds(replace(busy, conflicts=(alone,)))


def test_a_need_without_a_claim_is_a_gap() -> None:
    """The first case is told; a row of level no needs nothing."""
    claims = (claim("few", when=below(500)),)
    (one,) = found(matter((row("wanted", TASKS),), claims))
    assert ("gap", "tasks:rabbitmq.queue") == (one.kind, one.rule)
    assert one.message.endswith("work_queue true")
    assert [] == kinds(matter((row("wanted", below(500)), row("no", TASKS, Level.NO)), claims))


def test_criteria_that_are_alike_in_all_are_duplicates() -> None:
    """One matter would count twice; with another level or claim it is another matter."""
    written = replace(matter((row("asked", Not(Not(TASKS))),)), id="again")
    assert [("duplicate", "again")] == kinds(matter(), written)
    harder = replace(matter((row("asked", TASKS, Level.MUST),)), id="again")
    assert [] == kinds(matter(), harder)
    assert [] == kinds(matter(), replace(written, claims=(claim("shared", strength=-1),)))


@pytest.mark.parametrize("name", ["title", "question", "why"])
def test_a_text_to_fill_in_is_unfinished(name: str) -> None:
    """As a new criterion is written."""
    waiting = replace(matter(), **{name: "<fill me in>"})  # type: ignore[arg-type]
    assert [("unfinished", "tasks")] == kinds(waiting)


def test_a_claim_to_fill_in_is_unfinished() -> None:
    """What it says, its source, or its reason."""
    for waiting in (
        claim("shared", says="<what holds>"),
        claim("shared", source=Source("documentation", "<page>")),
    ):
        assert [("unfinished", "tasks.shared")] == kinds(matter((), (waiting,)))
    reason = claim("shared", checks=(), not_run="<why>")
    assert [("unfinished", "tasks.shared")] == kinds(matter((), (reason,)), checks={})
    sources = replace(matter(), sources=(Source("project", "<where>"),))
    assert [("unfinished", "tasks")] == kinds(sources)


def test_too_many_cases_are_said_to_be_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, pairs, gaps, conflicts and twins: none is silent."""
    conflict = Conflict(
        "tasks.both", QUEUE.id, frozenset({"tasks"}), BUSY, "No.", MANUAL, not_run_because="No."
    )
    rows = (row("wanted", TASKS), row("busy", BUSY, Level.MUST))
    claims = (claim("shared", when=TASKS), claim("busy", when=BUSY))
    criterion = replace(matter(rows, claims), conflicts=(conflict,))
    monkeypatch.setattr(cases_module, "COMBINATIONS_MAX", 1)
    findings = found(criterion, replace(criterion, id="again"))
    assert {"not-proven"} == {one.kind for one in findings}
    about = {one.rule for one in findings}
    assert {
        "tasks.wanted", "tasks.busy", "tasks.shared", "tasks.both", "tasks:rabbitmq.queue", "again"
    } <= about  # fmt: skip


def test_what_hangs_together_is_no_case_apart() -> None:
    """No task takes longer usually than at most: the row is dead, and the claims leave no gap."""
    usual, longest = Atom("task_seconds", ">", 300), Atom("task_seconds_max", "<=", 30)
    tie = Tie("task_seconds_max", ("task_seconds",))
    impossible = matter((row("wanted", TASKS), row("odd", All((usual, longest)), Level.MUST)))
    assert [] == kinds(impossible)
    assert [("dead-rule", "tasks.odd")] == kinds(impossible, tied=(tie,))
    claims = (
        claim("short", when=Not(usual)),
        claim("long", when=Atom("task_seconds_max", ">", 30), strength=-1),
    )
    assert [("gap", "tasks:rabbitmq.queue")] == kinds(matter((), claims))
    assert [] == kinds(matter((), claims), tied=(tie,))


FIELDS = ("work_queue", "replay", "priority")
VALUES: Mapping[str, tuple[Value, ...]] = {
    "work_queue": (False, True),
    "replay": ("none", "recent", "everything"),
    "priority": (False, True),
}
EVERY = tuple(dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values()))


def level(rows: Sequence[NeedRow], answers: Mapping[str, Value]) -> Level:
    return max((one.level for one in rows if holds(one.when, answers)), default=Level.NO)


@given(
    st.lists(
        st.tuples(predicates(*FIELDS), st.sampled_from([Level.NICE, Level.SHOULD, Level.MUST])),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=200, deadline=None)
def test_rows_that_are_found_can_go_and_no_other_can(
    drawn: list[tuple[Predicate, Level]],
) -> None:
    """Over every answer: without them each level stays, without one more some level changes."""
    rows = [row(f"row{number}", when, of) for number, (when, of) in enumerate(drawn)]
    findings = kinds(matter(rows, (claim("shared"),)))
    by_kind: dict[str, set[str]] = {}
    for kind, rule in findings:
        by_kind.setdefault(kind, set()).add(rule.removeprefix("tasks."))
    dead = {one.id for one in rows if not any(holds(one.when, a) for a in EVERY)}
    always = {one.id for one in rows if all(holds(one.when, a) for a in EVERY)}
    assert dead == by_kind.get("dead-rule", set())
    assert {one.id for one in rows if one.id in always and one.when != ALWAYS} == by_kind.get(
        "idle-condition", set()
    )
    gone = dead | by_kind.get("subsumed-rule", set()) | by_kind.get("duplicate", set())
    left = [one for one in rows if one.id not in gone]
    assert all(level(rows, answers) is level(left, answers) for answers in EVERY)
    for one in left:
        fewer = [other for other in left if other is not one]
        assert any(level(left, answers) is not level(fewer, answers) for answers in EVERY)


@given(predicates(*FIELDS), predicates(*FIELDS))
@settings(max_examples=150, deadline=None)
def test_a_gap_is_found_exactly_where_one_is(asked: Predicate, claimed: Predicate) -> None:
    """Some answer asks for the criterion, and nothing is claimed."""
    assume(any(holds(asked, answers) for answers in EVERY))
    findings = kinds(matter((row("asked", asked),), (claim("shared", when=claimed),)))
    gap = any(holds(asked, answers) and not holds(claimed, answers) for answers in EVERY)
    assert gap == (("gap", "tasks:rabbitmq.queue") in findings)
