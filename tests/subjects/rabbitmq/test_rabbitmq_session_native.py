"""What the neutral steps do natively on classic queues, quorum queues and streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rabbitmq_steps import ALL, CLASSIC, QUEUES, QUORUM, STREAM, Steps, done

from advisor.checks.session import Group, Message, Plan, Selector, Stored
from advisor.domain.outcome import Done, Refused, Unknown, Unmodelled
from advisor.subjects.rabbitmq import open_session
from advisor.subjects.rabbitmq.client_on_model import ModelClient


@pytest.mark.parametrize("option", ALL)
def test_each_group_gets_everything_in_order(option: str) -> None:
    """Two groups, all messages, keys kept."""
    steps = Steps(option, groups=(Group("a"), Group("b")))
    steps.publish("1", "2", key="k")
    for group in ("a", "b"):
        steps.join(group, group=group)
        first = steps.must_take(group)
        assert ("1", "k", group) == (first.label, first.key, first.reader)
        done(steps.session.settle(first))
        assert ["2"] == steps.drain(group)


@pytest.mark.parametrize(("option", "expected"), [(CLASSIC, 1), (QUORUM, 1), (STREAM, 2)])
def test_readers_of_a_group_share_a_queue_and_each_read_a_whole_stream(
    option: str, expected: int
) -> None:
    """A stream knows no groups."""
    steps = Steps(option)
    steps.join("r", "s")
    steps.publish("m")
    assert expected == sum(steps.take(reader) is not None for reader in ("r", "s"))


@pytest.mark.parametrize("option", QUEUES)
def test_a_crashed_readers_work_comes_back(option: str) -> None:
    """Flagged; a quorum queue also counts."""
    steps = Steps(option)
    steps.publish("m")
    steps.join("r")
    assert not steps.must_take().redelivered
    done(steps.session.crash("r"))
    assert steps.take() is None
    steps.join("s")
    again = steps.must_take("s")
    assert (True, None if option == CLASSIC else 2) == (again.redelivered, again.attempt)


@pytest.mark.parametrize("option", ALL)
def test_settling_after_the_connection_is_lost_is_refused(option: str) -> None:
    """The broker does not know that delivery any more."""
    steps = Steps(option)
    steps.publish("m")
    steps.join("r")
    delivery = steps.must_take()
    done(steps.session.crash("r"))
    steps.join("r")
    assert isinstance(steps.session.settle(delivery), Refused)


@pytest.mark.parametrize("option", QUEUES)
def test_who_leaves_hands_back_what_was_not_looked_at(option: str) -> None:
    """With its count untouched."""
    steps = Steps(option, prefetch=3)
    steps.publish("1", "2", "3")
    steps.join("r")
    done(steps.session.settle(steps.must_take()))
    done(steps.session.leave("r"))
    steps.join("s")
    assert ["2", "3"] == steps.drain("s")


@pytest.mark.parametrize(
    ("option", "tries", "aside"), [(CLASSIC, 2, ["m"]), (QUORUM, 3, ["m"]), (STREAM, 1, [])]
)
def test_rejecting_with_a_limit_of_three(option: str, tries: int, aside: list[str]) -> None:
    """Only a quorum queue counts; a classic one knows just that it was delivered before."""
    steps = Steps(option, attempts_max=3)
    steps.publish("m")
    steps.join("r")
    seen = 0
    while (delivery := steps.take()) is not None:
        seen += 1
        done(steps.session.reject(delivery))
    assert (tries, tuple(aside)) == (seen, done(steps.session.set_aside()))
    assert tuple(aside) == done(steps.session.set_aside())


@pytest.mark.parametrize("option", QUEUES)
def test_rejecting_without_a_limit_goes_on(option: str) -> None:
    """And with a limit of one it is set aside at once."""
    steps = Steps(option)
    steps.publish("m")
    steps.join("r")
    for _ in range(5):
        done(steps.session.reject(steps.must_take()))
    assert () == done(steps.session.set_aside())
    once = Steps(option, attempts_max=1)
    once.publish("m")
    once.join("r")
    done(once.session.reject(once.must_take()))
    assert ("m",) == done(once.session.set_aside())


SELECTORS = {
    "key": Selector("key", keys=("a.b",)),
    "pattern": Selector("pattern", patterns=("a.*",)),
    "headers": Selector("headers", equal={"colour": "red"}),
    "content": Selector("content", equal={"size": "large"}),
}


@pytest.mark.parametrize("option", ALL)
@pytest.mark.parametrize("by", SELECTORS)
@pytest.mark.parametrize("mixed", [False, True], ids=["alone", "beside all others"])
def test_a_group_gets_what_it_selects(option: str, by: str, mixed: bool) -> None:
    """By bindings on a queue (content excepted), by a filter in the client on a stream."""
    others = tuple(Group(name, one) for name, one in SELECTORS.items() if mixed and name != by)
    everything = (Group("everything"),) if mixed else ()
    steps = Steps(option, groups=(Group("g", SELECTORS[by]), *others, *everything))
    chosen = {"routing_key": "a.b", "headers": {"colour": "red"}, "fields": {"size": "large"}}
    steps.publish("wanted", **chosen)
    steps.publish("other", routing_key="x.y.z", headers={"colour": "blue"}, fields={"size": "s"})
    steps.join("r")
    assert ["wanted"] == steps.drain()
    filtered = option == STREAM or by == "content"
    assert (("filter in the client",) if filtered else ()) == steps.session.parts
    stored = done(steps.session.stored())
    assert int(filtered) == stored.thrown_away
    if mixed:
        steps.join("e", group="everything")
        assert ["wanted", "other"] == steps.drain("e")


@pytest.mark.parametrize(
    ("option", "version", "expected"),
    [
        (CLASSIC, "4.3", ["high", "low", "none"]),
        (QUORUM, "4.3", ["high", "low", "none"]),
        (QUORUM, "3.10", ["none", "low", "high"]),
        (STREAM, "4.3", ["none", "low", "high"]),
    ],
)
def test_priorities(option: str, version: str, expected: list[str]) -> None:
    """No priority is sent as 0, because a quorum queue from 4.3 takes none for 4."""
    steps = Steps(option, version=version, priorities=True)
    steps.publish("none")
    steps.publish("low", priority=1)
    steps.publish("high", priority=9)
    steps.join("r")
    assert expected == steps.drain()


@pytest.mark.parametrize(("option", "expected"), [(CLASSIC, []), (QUORUM, []), (STREAM, ["m"])])
def test_expiry(option: str, expected: list[str]) -> None:
    """A stream ignores it."""
    steps = Steps(option, expiry=True)
    steps.publish("m", expires_after_ms=1000)
    done(steps.session.wait(1000))
    steps.join("r")
    assert expected == steps.drain()


@pytest.mark.parametrize("option", ALL)
def test_a_delay_does_nothing_natively(option: str) -> None:
    """It travels as a header that only a plugin would read."""
    steps = Steps(option, delays_ms=(60_000,))
    steps.publish("m", delay_ms=60_000)
    steps.join("r")
    assert ["m"] == steps.drain()


@pytest.mark.parametrize("option", ALL)
def test_receiving_takes_no_longer_than_needed(option: str) -> None:
    """At once what is there; the whole time when nothing comes."""
    steps = Steps(option)
    steps.join("r")
    steps.publish("m")
    steps.must_take(within_ms=5000)
    assert 0 == steps.session.now_ms
    assert steps.take(within_ms=5000) is None
    assert 5000 == steps.session.now_ms


@pytest.mark.parametrize(("option", "old"), [(CLASSIC, []), (QUORUM, []), (STREAM, ["old"])])
def test_rewinding_and_joining_late(option: str, old: list[str]) -> None:
    """What was settled is gone from a queue, and a late group's queue starts empty."""
    steps = Steps(option)
    steps.publish("old")
    steps.join("r")
    assert ["old"] == steps.drain()
    done(steps.session.rewind("r"))
    assert old == steps.drain()
    steps.join("late", group="unplanned")
    assert old == steps.drain("late")
    steps.publish("new")
    assert ["new"] == steps.drain("late")


@pytest.mark.parametrize("option", QUEUES)
def test_rewinding_hands_back_what_was_fetched(option: str) -> None:
    """Nothing is lost by it."""
    steps = Steps(option, prefetch=2)
    steps.publish("1", "2")
    steps.join("r")
    done(steps.session.settle(steps.must_take()))
    done(steps.session.rewind("r"))
    assert ["2"] == steps.drain()


def test_a_stream_reader_goes_on_where_its_own_store_says() -> None:
    """The broker keeps no position over AMQP 0-9-1: that is the team's part."""
    steps = Steps(STREAM, prefetch=5)
    steps.publish("1", "2", "3")
    steps.join("r")
    first, second = steps.must_take(), steps.must_take()
    done(steps.session.settle(second))
    assert [] == list(steps.session.parts)
    done(steps.session.crash("r"))
    assert first.label == "1"
    steps.join("r", start="new")
    assert ["1", "2", "3"] == steps.drain()
    assert ["stored offset"] == list(steps.session.parts)


def test_a_stream_reader_may_begin_with_what_is_new() -> None:
    """And a rejected record is skipped."""
    steps = Steps(STREAM)
    steps.publish("old")
    steps.join("r", start="new")
    steps.publish("1", "2")
    done(steps.session.reject(steps.must_take()))
    assert ["2"] == steps.drain()
    done(steps.session.leave("r"))


@pytest.mark.parametrize("version", ["3.10", "4.0", "4.3"])
def test_a_stream_reader_rewinds_even_when_its_channel_was_closed(version: str) -> None:
    """Before 4.3 by the consumer timeout, a record pushed ahead being unsettled for a day."""
    steps = Steps(STREAM, version=version)
    steps.publish("1")
    steps.join("r")
    assert ["1"] == steps.drain()
    steps.publish("2")
    done(steps.session.wait(86_400_000))
    done(steps.session.rewind("r"))
    assert ["1", "2"] == steps.drain()


@pytest.mark.parametrize("option", QUEUES)
@pytest.mark.parametrize("version", ["3.10", "4.0", "4.3"])
def test_a_task_beyond_the_consumer_timeout_comes_again(option: str, version: str) -> None:
    """Except on a classic queue from 4.3; the reader connects again and goes on."""
    steps = Steps(option, version=version)
    steps.publish("m")
    steps.join("r")
    delivery = steps.must_take()
    done(steps.session.wait(7_200_000))
    late = steps.session.settle(delivery)
    if option == CLASSIC and version == "4.3":
        assert Done(None) == late
        assert [] == steps.drain()
    else:
        assert isinstance(late, Refused)
        assert ["m"] == steps.drain()


@pytest.mark.parametrize("option", QUEUES)
def test_rewinding_a_closed_queue_reader_connects_again(option: str) -> None:
    """As its next look would."""
    steps = Steps(option, version="4.0")
    steps.publish("m")
    steps.join("r")
    steps.must_take()
    done(steps.session.wait(7_200_000))
    done(steps.session.rewind("r"))
    assert ["m"] == steps.drain()


@pytest.mark.parametrize("option", ALL)
def test_replies_reach_their_requesters(option: str) -> None:
    """By direct reply-to, with nothing thrown away."""
    steps = Steps(option, request_reply=True)
    steps.join("server")
    session = steps.session
    assert isinstance(session.receive_reply("ann", within_ms=0), Refused)
    for requester, label in (("ann", "a1"), ("bob", "b1"), ("ann", "a2")):
        done(session.request(requester, Message(label)))
    while (question := steps.take("server")) is not None:
        done(session.reply(question, Message(f"re-{question.label}")))
        done(session.settle(question))
    for requester, expected in (("ann", ["re-a1", "re-a2", None]), ("bob", ["re-b1", None])):
        found = [done(session.receive_reply(requester, within_ms=100)) for _ in expected]
        assert expected == [one and one.label for one in found]


def test_only_a_request_can_be_answered() -> None:
    """Other messages carry no address."""
    steps = Steps(CLASSIC)
    steps.publish("m")
    steps.join("r")
    assert isinstance(steps.session.reply(steps.must_take(), Message("re")), Refused)


@pytest.mark.parametrize("option", ALL)
@pytest.mark.parametrize(("dies", "expected"), [(False, ["out"]), (True, ["out", "out"])])
def test_consuming_and_publishing_are_two_steps(
    option: str, dies: bool, expected: list[str]
) -> None:
    """A death between them stores the result twice."""
    groups = (
        Group("g", Selector("key", keys=("in",))),
        Group("results", Selector("key", keys=("out",))),
    )
    steps = Steps(option, groups=groups)
    steps.publish("in", routing_key="in")
    steps.join("r")
    result = Message("out", routing_key="out")
    done(steps.session.process(steps.must_take(), result, dies_before_settling=dies))
    if dies:
        steps.join("r")
        done(steps.session.process(steps.must_take(), result, dies_before_settling=False))
    steps.join("reader", group="results")
    assert expected == steps.drain("reader")


@pytest.mark.parametrize("option", ALL)
def test_a_roll_back_leaves_a_phantom(option: str) -> None:
    """What was published inside the transaction stays published."""
    steps = Steps(option)
    for label, commit in (("kept", True), ("phantom", False)):
        done(steps.session.publish_with_data(Message(label), commit=commit))
    steps.join("r")
    assert ["kept", "phantom"] == steps.drain()


@pytest.mark.parametrize(("option", "copies"), [(CLASSIC, 2), (QUORUM, 2), (STREAM, 1)])
def test_structural_numbers(option: str, copies: int) -> None:
    """Copies, what waits for its slowest group, and the most that one reader held."""
    steps = Steps(option, prefetch=2, groups=(Group("a"), Group("b")))
    steps.publish("1", "2", "3")
    steps.join("r", group="a")
    steps.must_take()
    waiting = {CLASSIC: 1 + 3, QUORUM: 1 + 3, STREAM: 3}[option]
    assert Stored(copies, waiting, 2, 2, 0) == done(steps.session.stored())


@given(st.integers(1, 5), st.integers(1, 12), st.sampled_from(ALL))
def test_a_reader_never_holds_more_than_its_prefetch(
    prefetch: int, messages: int, option: str
) -> None:
    """Fetched ones included."""
    steps = Steps(option, prefetch=prefetch)
    steps.join("r")
    steps.publish(*(str(number) for number in range(messages)))
    steps.must_take()
    assert min(prefetch, messages) == done(steps.session.stored()).held_max


@pytest.mark.parametrize(("option", "expected"), [(CLASSIC, []), (QUORUM, ["m"]), (STREAM, ["m"])])
def test_in_memory_only_a_classic_queue_forgets(option: str, expected: list[str]) -> None:
    """The others ignore the delivery mode."""
    steps = Steps(option, durability="memory")
    steps.publish("m")
    done(steps.session.stop_nodes(1, power_loss=False))
    assert isinstance(steps.session.publish(Message("x")), Refused)
    done(steps.session.start_nodes())
    steps.join("r")
    assert expected == steps.drain()


@pytest.mark.parametrize("option", ALL)
def test_confirmed_messages_survive_a_restart(option: str) -> None:
    """Readers connect again by themselves."""
    steps = Steps(option)
    steps.join("r")
    steps.publish("1", "2")
    done(steps.session.stop_nodes(1, power_loss=False))
    assert isinstance(steps.session.receive("r", within_ms=2500), Refused)
    assert isinstance(steps.session.stop_nodes(1, power_loss=False), Unknown)
    done(steps.session.start_nodes())
    assert ["1", "2"] == steps.drain()
    assert 0 == done(steps.session.stored()).waiting


@pytest.mark.parametrize("option", ALL)
def test_without_its_leader_a_replicated_queue_goes_on(option: str) -> None:
    """A classic queue is refused until its node is back."""
    steps = Steps(option, nodes=3, durability="replicated")
    steps.join("r")
    steps.publish("1")
    done(steps.session.stop_nodes(1, power_loss=False))
    outcome = steps.session.publish(Message("2"))
    if option == CLASSIC:
        assert Refused("312", "NO_ROUTE") == outcome
        assert isinstance(steps.session.receive("r", within_ms=0), Refused)
        assert isinstance(steps.session.stored(), Refused)
        done(steps.session.start_nodes())
        assert ["1"] == steps.drain()
    else:
        done(outcome)
        assert ["1", "2"] == steps.drain()


@pytest.mark.parametrize("option", [QUORUM, STREAM])
def test_without_a_majority_publishing_is_in_doubt(option: str) -> None:
    """No answer in time."""
    steps = Steps(option, nodes=3)
    done(steps.session.stop_nodes(2, power_loss=False))
    assert Unknown("no confirm") == steps.session.publish(Message("m"))


def test_what_a_power_cut_leaves() -> None:
    """A quorum queue all, a stream what was written back, of a classic queue it is unknown."""
    found = {}
    for option in ALL:
        steps = Steps(option, nodes=3, durability="power_loss")
        steps.publish("m")
        outcome = steps.session.stop_nodes(3, power_loss=True)
        if isinstance(outcome, Unmodelled):
            found[option] = outcome.gap
            continue
        done(steps.session.start_nodes())
        steps.join("r")
        found[option] = str(steps.drain())
    assert {CLASSIC: "CLASSIC_QUEUE_POWER_LOSS", QUORUM: "['m']", STREAM: "[]"} == found


@pytest.mark.parametrize("option", ALL)
def test_a_message_that_is_too_large_is_refused(option: str) -> None:
    """And the publisher can go on."""
    steps = Steps(option)
    outcome = steps.session.publish(Message("large", size_bytes=17 * 1024 * 1024))
    assert isinstance(outcome, Refused)
    assert outcome.code == "406"
    steps.publish("small")


def test_retention_becomes_an_age_in_whole_days() -> None:
    """Rounded up."""
    steps = Steps(STREAM, retention_ms=90_000_000)
    assert any("'x-max-age': '2D'" in line for line in steps.session.native_calls)


@pytest.mark.parametrize("option", ALL)
def test_closing_removes_everything_and_may_be_done_twice(option: str) -> None:
    """Also before anything was made."""
    client = ModelClient()
    session = open_session(option, None, client, prefix="run-7")
    session.close()
    done(session.set_up(Plan(groups=(Group("g"),), attempts_max=2, request_reply=True)))
    done(session.publish(Message("m")))
    done(session.join("r", "g", start="first"))
    done(session.request("ann", Message("q")))
    broker = client.broker
    made = [name for name in (*broker.queues, *broker.exchanges) if not name.startswith("amq.")]
    assert all(name.startswith("run-7.") for name in made if name)
    for _ in range(2):
        session.close()
    left = [name for name in (*broker.queues, *broker.exchanges) if name.startswith("run-7")]
    assert ([], []) == (left, broker.connections)


@pytest.mark.parametrize("option", ALL)
def test_no_node_no_installation(option: str) -> None:
    """What the broker does not answer is passed on."""
    client = ModelClient()
    client.form_cluster(1)
    done(client.stop_node("rabbit-1", power_loss=False))
    session = open_session(option, None, client)
    assert isinstance(session.set_up(Plan(groups=(Group("g"),))), Refused)


def test_an_unknown_option_or_variant_is_our_own_mistake() -> None:
    """It crashes."""
    for option, variant in (("rabbitmq.none", None), (CLASSIC, "none")):
        with pytest.raises(KeyError):
            open_session(option, variant)
