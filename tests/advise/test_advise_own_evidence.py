"""A team's own runs are held against the model, written, read back, and count while they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor import advise
from advisor.advise.broker_evidence import Agreement, Agreements, read_own
from advisor.advise.court import Court
from advisor.advise.library import load_library
from advisor.advise.own_evidence import evidence_text, other_versions, read_evidence
from advisor.cli import main as command
from advisor.domain.cell import Cell
from advisor.domain.evidence import Evidence, Verdict
from advisor.domain.problem import InputError
from advisor.domain.rules import Claim, Trust
from advisor.domain.version import BrokerVersion
from advisor.subjects import rabbitmq
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import RabbitMQClient

LIVE = "live:rabbitmq.quorum-queue@someone:secret@here:5672"
CHECK = "tasks-are-shared"
DAY = "2026-11-25"
REQUIREMENTS = """schema: requirements/1
system: shop
team: {broker_versions: {rabbitmq: "4.1"}}
workloads:
- name: orders
  needs: {work_queue: true}
"""


class Told41(ModelClient):
    """A model in the place of a live broker 4.1.9, a version that nothing shipped is about."""

    full_version = "4.1.9"

    def __init__(self) -> None:
        super().__init__(BrokerVersion(4, 1))


@pytest.fixture(autouse=True)
def _reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def reach(host: str, login: str | None) -> RabbitMQClient:
        assert ("here:5672", "someone:secret") == (host, login)
        return Told41()

    monkeypatch.setattr(rabbitmq, "reach", reach)


def _agreements() -> list[Agreement]:
    runs = advise.run_checks([CHECK], [], {}, [LIVE], DAY)
    return [run.agreement for run in runs if run.agreement is not None]


def _file(tmp_path: Path, **changed: object) -> Path:
    """The file of a live run; ``changed`` in its only entry."""
    document = json.loads(evidence_text(_agreements()))
    document["entries"][0].update(changed)
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _claim() -> Claim:
    book = load_library().book
    return next(
        claim
        for criterion in book.criteria
        for claim in criterion.claims
        if CHECK in claim.checks and claim.option == "rabbitmq.quorum-queue" and claim.strength == 1
    )


def _heard(*own: Agreement) -> Evidence:
    cells = {"rabbitmq_version": Cell(BrokerVersion(4, 1), "4.1")}
    court = Court(load_library(), agreements=Agreements(own))
    return next(one for one in court.hear(_claim(), cells) if one.check == CHECK)


def test_a_live_run_is_written_and_read_back(tmp_path: Path) -> None:
    """With the broker's full version and the day, and without its address."""
    (one,) = _agreements()
    assert ("4.1.9", DAY, True, None) == (one.broker, one.date, one.agrees, one.variant)
    text = evidence_text([one])
    assert "secret" not in text
    assert "here" not in text
    path = _file(tmp_path)
    assert (one,) == read_own(path)
    assert ((one,), ()) == (
        read_evidence([path], load_library()).counted,
        read_evidence([path], load_library()).left_out,
    )


def test_it_is_what_a_claim_of_that_version_rests_on() -> None:
    """The model alone before, the broker after."""
    (one,) = _agreements()
    before, after = _heard(), _heard(one)
    assert (Trust.MODEL, None) == (before.grade, before.broker)
    assert (Trust.BROKER, Verdict.AGREES) == (after.grade, after.outcome)
    assert after.broker is not None
    assert ("4.1.9", DAY, True) == (after.broker.version, after.broker.date, after.broker.agrees)


def test_the_broker_is_right_where_the_model_shows_something_else(tmp_path: Path) -> None:
    """So a claim that the model bears out is refuted, and the report says which broker it was."""
    (one,) = _agreements()
    path = _file(tmp_path, held=False, measured={"lost": 3}, model=dict(one.seen))
    (other,) = read_evidence([path], load_library()).counted
    assert not other.agrees
    heard = _heard(other)
    assert (Trust.REFUTED, Verdict.REFUTES) == (heard.grade, heard.outcome)
    assert heard.broker is not None
    assert not heard.broker.agrees
    assert "not held: seen on 4.1.9" == heard.because


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"digest": "0" * 64}, "the check is another one by now"),
        ({"check": "no-such-check"}, "the check is another one by now"),
        ({"held": False}, "the model shows something else by now"),
        ({"measured": {"lost": 1}}, "the model shows something else by now"),
        ({"option": "rabbitmq.other"}, "no model of 4.1 performs it"),
        ({"variant": "wings"}, "no model of 4.1 performs it"),
    ],
)
def test_what_is_stale_does_not_count(changed: dict[str, object], why: str, tmp_path: Path) -> None:
    """And is told with its reason."""
    found = read_evidence([_file(tmp_path, **changed)], load_library())
    assert () == found.counted
    (line,) = found.left_out
    assert line.endswith(f"does not count: {why}")


def test_an_entry_counts_for_its_minor_version_only() -> None:
    """The team is told where it runs another."""
    agreements = Agreements(_agreements())
    found = [
        agreements.find(CHECK, "rabbitmq.quorum-queue", None, BrokerVersion(4, minor))
        for minor in (1, 2)
    ]
    assert [True, False] == [one is not None for one in found]
    assert [] == list(other_versions(_agreements(), {"rabbitmq": "4.1"}))
    assert ["evidence on rabbitmq 4.1 does not count for rabbitmq 4.3"] == list(
        other_versions(_agreements(), {"rabbitmq": "4.3", "kafka": "4.1"})
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", 'lacks the key "entries"'),
        ('{"schema": "recommendation/1"}', "schema"),
        ("[]", "must be"),
    ],
)
def test_a_file_that_is_none_is_told(content: str, said: str, tmp_path: Path) -> None:
    """Each fault with its place."""
    path = tmp_path / "ours.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_own(path)
    assert said in str(caught.value)


def test_one_file_is_about_one_broker() -> None:
    """Neither about none nor about two."""
    with pytest.raises(InputError, match="no live run was decided"):
        evidence_text([])
    (one,) = _agreements()
    other = Agreement(
        one.check, "kafka.topic", None, one.version, "4.1.0", DAY, one.digest, True, {}, ()
    )
    with pytest.raises(InputError, match="several brokers"):
        evidence_text([one, other])


def test_the_commands_write_it_and_show_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``check --evidence`` writes, ``recommend --evidence`` reads; the login is in no output."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(REQUIREMENTS, encoding="utf-8")
    assert 0 == command(["check", CHECK, "--on", LIVE, "--evidence", "ours.json"])
    assert 0 == command(["recommend", "shop.yaml", "--evidence", "ours.json", "--format", "json"])
    assert 2 == command(["check", CHECK, "--evidence", "ours.json"])
    said = capsys.readouterr()
    assert "wrote ours.json" in said.out
    assert '"version": "4.1.9"' in said.out
    assert "agree (4.1.9, " in said.out
    assert "give --on" in said.err
    assert "secret" not in said.out + said.err + Path("ours.json").read_text(encoding="utf-8")
