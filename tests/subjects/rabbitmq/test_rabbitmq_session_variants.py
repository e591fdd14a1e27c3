"""What each variant adds, and that only workarounds count as the team's own parts."""

from __future__ import annotations

import pytest
from rabbitmq_steps import ALL, CLASSIC, QUEUES, QUORUM, STREAM, Steps, done

from advisor.checks.session import Group, Message, Plan, Selector
from advisor.domain.outcome import Done, Refused
from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq import SUPPORTED_OPTIONS, VARIANTS, open_session
from advisor.subjects.rabbitmq.client_on_model import ModelClient


def test_each_option_declares_its_variants() -> None:
    """With one line each; every one can be opened and set up."""
    assert set(ALL) == SUPPORTED_OPTIONS == set(VARIANTS)
    for option, variants in VARIANTS.items():
        for variant, line in variants.items():
            steps = Steps(option, variant, attempts_max=2, task_ms_max=5)
            assert line
            steps.publish("m")
            steps.join("r")
            assert ["m"] == steps.drain(within_ms=5)
            steps.session.close()


@pytest.mark.parametrize("option", QUEUES)
def test_a_queue_for_each_delay(option: str) -> None:
    """Short ones do not wait behind long ones, planned or not, and all this is configuration."""
    steps = Steps(option, "delay-queues", delays_ms=(60_000, 5_000))
    steps.publish("slow", delay_ms=60_000)
    steps.publish("fast", delay_ms=5_000)
    steps.publish("unplanned", delay_ms=7_000)
    steps.publish("now")
    steps.join("r")
    assert ["now"] == steps.drain()
    seen = [(steps.must_take(within_ms=60_000).label, steps.session.now_ms)]
    done(steps.session.leave("r"))
    steps.join("r")
    assert [("fast", 5_000)] == seen
    assert ["fast", "unplanned", "slow"] == steps.drain(within_ms=60_000)
    assert () == tuple(steps.session.parts)


@pytest.mark.parametrize("option", QUEUES)
def test_a_single_active_consumer(option: str) -> None:
    """The second reader waits until the first is gone, then goes on in order."""
    steps = Steps(option, "single-active-consumer", ordering="global")
    steps.publish("1", "2", "3")
    steps.join("r", "s")
    done(steps.session.settle(steps.must_take()))
    assert (None, "2") == (steps.take("s"), steps.must_take().label)
    done(steps.session.crash("r"))
    assert ["2", "3"] == steps.drain("s")


@pytest.mark.parametrize("option", QUEUES)
@pytest.mark.parametrize("version", ["3.10", "4.0", "4.3"])
def test_a_raised_consumer_timeout(option: str, version: str) -> None:
    """The task of two hours can be settled and is not given to anybody else."""
    steps = Steps(option, "consumer-timeout", version, task_ms_max=7_200_000)
    steps.publish("m")
    steps.join("r", "s")
    delivery = steps.must_take()
    done(steps.session.wait(7_200_000))
    assert steps.take("s") is None
    assert Done(None) == steps.session.settle(delivery)


@pytest.mark.parametrize("option", QUEUES)
def test_consistent_hash_keeps_the_order_of_keys_on_several_readers(option: str) -> None:
    """Both work, each key with one of them; a survivor takes the dead one's queue over."""
    steps = Steps(option, "consistent-hash", parallelism=2, ordering="per_key")
    for number in range(16):
        steps.publish(f"{number}", key=f"key-{number % 8}")
    steps.join("r", "s")
    first, second = steps.must_take("r"), steps.must_take("s")
    assert first.key != second.key
    done(steps.session.crash("r"))
    done(steps.session.settle(second))
    steps.join("t")
    rest = steps.drain("s") + steps.drain("t")
    assert sorted({str(number) for number in range(16)} - {second.label}) == sorted(rest)
    for key in range(8):
        mine = [label for label in [second.label, *rest] if int(label) % 8 == key]
        assert [str(key), str(key + 8)] == mine


def test_consistent_hash_with_its_last_reader_gone() -> None:
    """The next one to join gets queues of its own."""
    steps = Steps(CLASSIC, "consistent-hash", parallelism=2)
    steps.join("r")
    done(steps.session.leave("r"))
    steps.join("s", "t")
    for number in range(8):
        steps.publish(str(number), key=str(number))
    assert 8 == len(steps.drain("s") + steps.drain("t"))


@pytest.mark.parametrize("option", ALL)
def test_a_raised_message_limit(option: str) -> None:
    """A setting of the brokers."""
    size_bytes = 50_000_000
    steps = Steps(option, "raised-message-limit", message_bytes_max=size_bytes)
    steps.publish("large", size_bytes=size_bytes)
    steps.join("r")
    assert ["large"] == steps.drain()


@pytest.mark.parametrize("option", QUEUES)
def test_body_fields_copied_into_headers(option: str) -> None:
    """Then the broker can select, at the price of code in the publisher."""
    red = Group("g", Selector("content", equal={"colour": "red"}))
    steps = Steps(option, "copied-into-headers", groups=(red, Group("all")))
    steps.publish("red", fields={"colour": "red"})
    steps.publish("blue", fields={"colour": "blue"})
    steps.publish("empty")
    steps.join("r")
    steps.join("s", group="all")
    assert (["red"], ["red", "blue", "empty"]) == (steps.drain(), steps.drain("s"))
    assert 0 == done(steps.session.stored()).thrown_away
    assert ["publisher copies body fields into headers"] == list(steps.session.parts)


def test_a_retry_loop_counts_and_sets_aside() -> None:
    """What fails twice is done at its third try; what always fails is set aside after three."""
    steps = Steps(CLASSIC, "retry-loop", attempts_max=3)
    steps.publish("twice", "always", "never")
    steps.join("r")
    tries: dict[str, list[int | None]] = {}
    while (delivery := steps.take(within_ms=5000)) is not None:
        seen = tries.setdefault(delivery.label, [])
        seen.append(delivery.attempt)
        fails = {"twice": 2, "always": 9}.get(delivery.label, 0)
        act = steps.session.reject if len(seen) <= fails else steps.session.settle
        done(act(delivery))
    assert {"twice": [1, 2, 3], "always": [1, 2, 3], "never": [1]} == tries
    assert ("always",) == done(steps.session.set_aside())
    assert ["attempts counted in the reader"] == list(steps.session.parts)


def test_a_retry_loop_without_a_limit_goes_on() -> None:
    """Nothing is set aside."""
    steps = Steps(CLASSIC, "retry-loop")
    steps.publish("m")
    steps.join("r")
    for attempt in range(1, 6):
        delivery = steps.must_take(within_ms=2000)
        assert attempt == delivery.attempt
        done(steps.session.reject(delivery))
    assert () == done(steps.session.set_aside())


def test_a_retry_loop_keeps_what_it_cannot_put_aside() -> None:
    """With no node to publish to, the trouble is passed on."""
    steps = Steps(CLASSIC, "retry-loop", attempts_max=1)
    steps.publish("m")
    steps.join("r")
    delivery = steps.must_take()
    done(steps.session.stop_nodes(1, power_loss=False))
    assert isinstance(steps.session.reject(delivery), Refused)


@pytest.mark.parametrize("option", ALL)
def test_a_deduplication_table(option: str) -> None:
    """A retry is dropped while its first copy is in work and when it is done, not after a
    failure or a death."""
    steps = Steps(option, "deduplication-table", prefetch=2)
    steps.publish("m")
    steps.publish("again", duplicate_of="m")
    steps.join("r")
    first = steps.must_take()
    assert steps.take() is None
    done(steps.session.settle(first))
    steps.publish("third", duplicate_of="m")
    assert steps.take() is None
    steps.publish("other")
    assert "other" == steps.must_take().label
    done(steps.session.crash("r"))
    steps.join("s")
    assert ["other"] == steps.drain("s")
    assert "deduplication table" in steps.session.parts


def test_a_rejected_message_passes_the_table_again() -> None:
    """A failure gives the identity back."""
    steps = Steps(QUORUM, "deduplication-table")
    steps.publish("m")
    steps.join("r")
    done(steps.session.reject(steps.must_take()))
    assert ["m"] == steps.drain()


def test_a_table_beside_a_filter() -> None:
    """What the group does not want never gets into the table."""
    red = Group("g", Selector("content", equal={"colour": "red"}))
    steps = Steps(CLASSIC, "deduplication-table", groups=(red,))
    steps.publish("blue", fields={"colour": "blue"})
    steps.publish("red", fields={"colour": "red"})
    steps.join("r")
    assert ["red"] == steps.drain()
    assert ["filter in the client", "deduplication table"] == list(steps.session.parts)


@pytest.mark.parametrize("option", ALL)
def test_an_outbox(option: str) -> None:
    """Only committed data brings its message, also when the broker was away meanwhile."""
    steps = Steps(option, "outbox", durability="disk")
    publish = steps.session.publish_with_data
    assert Done(None) == publish(Message("rolled back"), commit=False)
    done(publish(Message("1"), commit=True))
    done(steps.session.stop_nodes(1, power_loss=False))
    assert isinstance(publish(Message("2"), commit=True), Refused)
    done(steps.session.start_nodes())
    done(publish(Message("3"), commit=True))
    steps.join("r")
    assert ["1", "2", "3"] == steps.drain()
    assert ["outbox table and forwarder"] == list(steps.session.parts)


def test_a_stream_for_each_group() -> None:
    """The broker selects, and stores one copy for each group that wants the message."""
    groups = (Group("g", Selector("key", keys=("a",))), Group("all"))
    steps = Steps(STREAM, "stream-per-group", groups=groups)
    steps.publish("1", routing_key="a")
    steps.publish("2", routing_key="b")
    steps.join("r")
    steps.join("s", group="all")
    assert (["1"], ["1", "2"]) == (steps.drain(), steps.drain("s"))
    stored = done(steps.session.stored())
    assert (2, 0, 0) == (stored.copies, stored.waiting, stored.thrown_away)
    assert () == tuple(steps.session.parts)


class Unconfigurable(ModelClient):
    """A broker given by its address: no rig to change its configuration."""

    def configure(self, setting: str, value: int) -> Refused:
        return Refused("no-rig", f"{setting} stays {value // value}")


@pytest.mark.parametrize("variant", ["raised-message-limit", "consumer-timeout"])
def test_a_setting_that_cannot_be_made_is_passed_on(variant: str) -> None:
    """The session does not go on without it."""
    client = Unconfigurable(BrokerVersion(3, 10))
    session = open_session(CLASSIC, variant, client)
    assert isinstance(session.set_up(Plan(groups=(Group("g"),))), Refused)
