"""The whole way: a requirements file goes in, a recommendation with its evidence comes out."""

import shutil
from pathlib import Path

import pytest

from advisor import advise
from advisor.documents import examples_folder, rules_folder
from advisor.domain.evidence import Verdict
from advisor.domain.problem import InputError, UnreadableError
from advisor.domain.recommendation import Recommendation, WorkloadAdvice
from advisor.reports.document import as_json

IMAGES = examples_folder() / "image-generation.yaml"
ORDERS = examples_folder() / "orders.yaml"


@pytest.fixture(scope="module")
def images() -> Recommendation:
    """The article's own team."""
    return advise.recommend(IMAGES)


def only(recommendation: Recommendation) -> WorkloadAdvice:
    """The advice on the one workload."""
    (workload,) = recommendation.workloads
    return workload


def test_the_articles_team_gets_rabbitmq(images: Recommendation) -> None:
    """Tasks on a small scale, no replay, RabbitMQ in the team's hands."""
    assert images.system.verdict == "rabbitmq"
    assert only(images).option in ("rabbitmq.classic-queue", "rabbitmq.quorum-queue")


def test_prefetch_one_is_explained_by_a_rule(images: Recommendation) -> None:
    """The hint comes from a claim that carries the decision, not from code."""
    claims = {claim.id: claim for row in advise.load_book().criteria for claim in row.claims}
    carrying = [one for one in only(images).evidence if one.option == only(images).option]
    said = [claims[one.claim].says for one in carrying]
    assert any("prefetch 1" in words for words in said)


def test_most_of_what_carries_it_was_executed(images: Recommendation) -> None:
    """Checks ran on the models of the named option and agreed."""
    executed = [
        one
        for one in only(images).evidence
        if one.option == only(images).option and one.outcome is Verdict.AGREES and one.model
    ]
    assert len(executed) >= 4


def test_contributions_add_up_to_the_score(images: Recommendation) -> None:
    """The score of a feasible option is the weighted mean of its values."""
    for row in only(images).ranking:
        if not row.eliminated_by:
            weights = sum(one.weight for one in row.contributions)
            assert row.score == sum(one.weight * one.value for one in row.contributions) / weights


def test_fired_rules_give_what_they_read(images: Recommendation) -> None:
    """Each comparison names the need, what was given, and the test."""
    fired = {rule.id: rule for rule in only(images).rules}
    (because,) = fired["work-queue.wanted"].because
    assert (because.need, because.given, because.test) == ("work_queue", True, "== true")


def test_assumptions_that_change_the_verdict_come_first(images: Recommendation) -> None:
    """Those with another verdict stand before those without."""
    changing = [bool(one.verdicts) for one in only(images).assumptions]
    assert changing == sorted(changing, reverse=True)


def test_the_same_file_gives_the_same_bytes(images: Recommendation) -> None:
    """Nothing depends on the hour, the machine or chance."""
    assert as_json(images) == as_json(advise.recommend(IMAGES))


def test_without_checks_nothing_is_executed() -> None:
    """No claim has an address, and the verdict still comes."""
    found = only(advise.recommend(IMAGES, run_checks=False))
    assert {one.model for one in found.evidence} == {None}
    assert found.option is not None


def test_two_workloads_share_their_systems() -> None:
    """What each would take by itself may be given up for one system less."""
    found = advise.recommend(ORDERS)
    assert [one.name for one in found.workloads] == ["order-events", "order-tasks"]
    assert found.workloads[0].alone == "kafka.topic"
    assert len(found.system.systems) == 1


def test_an_unknown_answer_is_asked_and_forks(tmp_path: Path) -> None:
    """Several verdicts stay possible, and the question that settles it is named."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "schema: requirements/1\nsystem: s\nworkloads:\n- name: w\n  rest: not_needed\n"
        "  needs: {independent_readers: 3, replay: unknown}\n"
    )
    found = only(advise.recommend(path))
    assert found.status == "ask-first"
    assert len(found.possible) > 1
    (question, *_) = found.ask_next
    assert question.need == "replay"
    assert len(set(question.verdicts.values())) > 1


def swapped(folder: Path, criterion: str, marker: str) -> Path:
    """A folder of own rules in which the claim behind ``marker`` says the contrary."""
    target = folder / "criteria" / f"{criterion}.yaml"
    target.parent.mkdir(parents=True)
    text = (rules_folder() / "criteria" / f"{criterion}.yaml").read_text()
    before, found, after = text.partition(marker)
    head, strength, tail = after.partition("strength: ")
    value, newline, rest = tail.partition("\n")
    contrary = value[1:] if value.startswith("-") else f"-{value}"
    assert found and strength
    target.write_text(before + found + head + strength + contrary + newline + rest)
    return folder


@pytest.mark.parametrize(
    ("criterion", "claim", "needs"),
    [
        ("replay", "offset-reset", "replay: recent"),
        ("replay", "acknowledged-is-gone", "replay: recent"),
        ("work-queue", "slow-task-holds-its-partition", "work_queue: true"),
        ("work-queue", "claimed-rows", "work_queue: true"),
    ],
)
def test_a_claim_turned_round_is_refuted_and_changes_the_recommendation(
    tmp_path: Path, criterion: str, claim: str, needs: str
) -> None:
    """One claim of each strength: the same check refutes its opposite, and the scores change."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "schema: requirements/1\nsystem: s\nworkloads:\n- name: w\n  rest: not_needed\n"
        f"  needs: {{{needs}}}\n"
    )
    as_shipped = only(advise.recommend(path))
    rules = swapped(tmp_path / "rules", criterion, f"id: {claim}\n")
    turned = only(advise.recommend(path, extra_rules=rules))
    named = [one for one in turned.evidence if one.claim.split(":")[0] == f"{criterion}.{claim}"]
    before = {one.claim: one.outcome for one in as_shipped.evidence}
    assert named
    for one in named:
        assert before[one.claim] is Verdict.AGREES
    assert Verdict.REFUTES in {one.outcome for one in named}
    assert {row.option: row.score for row in turned.ranking} != {
        row.option: row.score for row in as_shipped.ranking
    }


def test_own_rules_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    """A folder with one criterion replaces that one and keeps the rest."""
    (tmp_path / "criteria").mkdir()
    shutil.copy(rules_folder() / "criteria" / "replay.yaml", tmp_path / "criteria")
    book = advise.load_book(tmp_path)
    assert [one.id for one in book.criteria] == [one.id for one in advise.load_book().criteria]
    assert book.digest != advise.load_book().digest


def test_a_missing_folder_of_rules_cannot_be_read(tmp_path: Path) -> None:
    """It is no fault inside a file."""
    with pytest.raises(UnreadableError):
        advise.recommend(IMAGES, extra_rules=tmp_path / "nowhere")


def test_a_rule_that_names_a_missing_check_is_told_with_its_place(tmp_path: Path) -> None:
    """File, line, column and the nearest check."""
    (tmp_path / "criteria").mkdir()
    text = (rules_folder() / "criteria" / "replay.yaml").read_text()
    wrong = text.replace("[what-was-read-can-be-read-again]", "[what-was-read-can-be-read-agin]", 1)
    (tmp_path / "criteria" / "replay.yaml").write_text(wrong)
    with pytest.raises(InputError) as caught:
        advise.recommend(IMAGES, extra_rules=tmp_path)
    (problem, *_) = caught.value.problems
    assert problem.position.line > 1
    assert "what-was-read-can-be-read-again" in problem.hint
