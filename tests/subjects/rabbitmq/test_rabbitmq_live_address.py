"""Checks on a live address, with a model in the place of the broker: names, versions, logins."""

from __future__ import annotations

import pytest

from advisor import advise
from advisor.advise.library import load_library
from advisor.checks.judge import Undecided
from advisor.domain.problem import InputError
from advisor.domain.version import BrokerVersion
from advisor.subjects import matrix, rabbitmq
from advisor.subjects.address import Address
from advisor.subjects.matrix import perform
from advisor.subjects.open import NotPerformed, located, open_session
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import RabbitMQClient

LIVE = "live:rabbitmq.quorum-queue@someone:secret@here:5672"


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """Hosts and logins that were asked for; a model of 4.0 answers."""
    asked: list[tuple[str, str | None]] = []

    def reach(host: str, login: str | None) -> RabbitMQClient:
        asked.append((host, login))
        return ModelClient(BrokerVersion(4, 0))

    monkeypatch.setattr(rabbitmq, "reach", reach)
    return asked


def test_a_login_is_read_and_never_shown() -> None:
    """Neither in the address nor where it is wrong."""
    address = Address.parse(LIVE)
    assert ("here:5672", "someone:secret") == (address.host, address.login)
    assert "live:rabbitmq.quorum-queue@here:5672" == str(address)
    assert "secret" not in repr(address)
    with pytest.raises(ValueError, match="not an address") as caught:
        Address.parse("life:rabbitmq.quorum-queue@someone:secret@here:5672")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("tail", ["someone:secret", "someone:secret@", "h:secret/x", "[secret"])
def test_what_may_be_a_login_without_a_host_is_not_shown(tail: str) -> None:
    """Said is what is missing."""
    with pytest.raises(ValueError, match="no host such as") as caught:
        Address.parse(f"live:rabbitmq.quorum-queue@{tail}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["amqp://someone:se/cret@here", "amqp://someone:cret@here:cret", "amqp://[cret"]
)
def test_a_url_that_cannot_be_read_is_not_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own words would quote parts of the password."""
    pytest.importorskip("pika")
    monkeypatch.setenv("ADVISOR_RABBITMQ_URL", url)
    with pytest.raises(NotPerformed) as caught:
        open_session(Address.parse("live:rabbitmq.quorum-queue@127.0.0.1:1"))
    assert "cret" not in caught.value.reason


def test_a_live_address_has_the_version_of_its_broker(
    reached: list[tuple[str, str | None]],
) -> None:
    """A model keeps its own."""
    assert BrokerVersion(4, 0) == located(Address.parse(LIVE)).version
    model = Address.parse("model:rabbitmq.stream@4.3")
    assert model is located(model)
    assert [("here:5672", "someone:secret")] == reached


def test_names_are_fresh_each_time(reached: list[tuple[str, str | None]]) -> None:
    """So that runs side by side do not meet."""
    library = load_library()
    check = library.checks["tasks-are-shared"]
    calls = [perform(check, Address.parse(LIVE)).observation.native_calls for _ in range(2)]
    assert calls[0] != calls[1]
    assert 2 == len(reached)


def test_a_check_runs_there_and_bears_out_claims_of_that_version(
    reached: list[tuple[str, str | None]],
) -> None:
    """Shown with the host, without the login."""
    (run, *_) = advise.run_checks(["tasks-are-shared"], [], {}, [LIVE])
    assert ("live:rabbitmq.quorum-queue@here:5672", "held") == (run.address, run.result)
    assert run.claims
    assert reached


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("confirmed-survives-restart", "not executed (needs a rig)"),
        ("kept-for-a-year", "not executed (would take too long live)"),
    ],
)
def test_what_a_live_broker_cannot_do_is_not_executed(
    check: str, reason: str, reached: list[tuple[str, str | None]]
) -> None:
    """Nothing is opened for it."""
    result = perform(load_library().checks[check], Address.parse(LIVE)).result
    assert isinstance(result, Undecided)
    assert reason == result.reason
    assert not reached


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (ConnectionError("403 ACCESS_REFUSED"), "here:5672: 403 ACCESS_REFUSED"),
        (ImportError("no pika", name="pika"), "needs pika"),
    ],
)
def test_a_broker_out_of_reach_is_told(
    trouble: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, for one session and for a whole command."""

    def reach(host: str, login: str | None) -> RabbitMQClient:
        del host, login
        raise trouble

    monkeypatch.setattr(rabbitmq, "reach", reach)
    with pytest.raises(NotPerformed) as caught:
        open_session(Address.parse(LIVE))
    assert said in caught.value.reason
    with pytest.raises(InputError) as wrong:
        list(advise.run_checks(["tasks-are-shared"], [], {}, [LIVE]))
    assert said in str(wrong.value)


def test_an_address_must_be_one() -> None:
    """Told where it was given."""
    with pytest.raises(InputError, match="not an address"):
        list(advise.run_checks(["tasks-are-shared"], [], {}, ["nowhere"]))


def test_a_broker_that_has_gone_since_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answered when the checks began; a model is never gone."""

    def gone(*_: object) -> None:
        raise NotPerformed("here:5672: no broker answers")

    monkeypatch.setattr(matrix, "open_session", gone)
    check = load_library().checks["tasks-are-shared"]
    run = matrix.perform(check, Address.parse(LIVE))
    assert Undecided("not executed (here:5672: no broker answers)", "unknown") == run.result
    with pytest.raises(NotPerformed):
        matrix.perform(check, Address.parse("model:rabbitmq.quorum-queue@4.3"))
