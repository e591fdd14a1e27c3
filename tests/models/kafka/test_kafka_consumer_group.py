"""Consumer groups share partitions, wait for their members and keep their offsets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.models.kafka.assignors import assign_range, assign_round_robin
from advisor.models.kafka.cluster import Cluster
from advisor.models.kafka.consumer import Consumer, ConsumerConfig
from advisor.models.kafka.consumer_group import GroupState
from advisor.models.kafka.errors import ErrorCode, KafkaError
from advisor.models.kafka.producer import Producer
from advisor.models.kafka.record import Record

TWO_TOPICS = {"t0": 3, "t1": 3}
BOTH = {"A": ("t0", "t1"), "B": ("t0", "t1")}


def cluster_with(partitions: int = 3, records: int = 0) -> Cluster:
    cluster = Cluster()
    cluster.topics.create("t", partitions=partitions, replication_factor=1, config={})
    for number in range(records):
        Producer(cluster).send_batch("t", number % partitions, [Record(b"k", b"%d" % number)])
    return cluster


def member(cluster: Cluster, name: str, **config: object) -> Consumer:
    settings = {"auto_offset_reset": "earliest", "max_poll_records": 1, **config}
    consumer = Consumer(cluster, ConsumerConfig("g", client_id=name, **settings))  # type: ignore[arg-type]
    consumer.subscribe(["t"])
    consumer.poll()
    return consumer


def settle(cluster: Cluster, *members: Consumer, for_ms: int = 3_000) -> None:
    """Idle loops that go on polling for a while."""
    for consumer in members:
        consumer.in_background(True)
    cluster.kernel.run_until(cluster.kernel.now_ms + for_ms)
    for consumer in members:
        consumer.in_background(False)


def code_of(caught: pytest.ExceptionInfo[KafkaError]) -> ErrorCode:
    return caught.value.code


def test_range_and_roundrobin_are_exact() -> None:
    found = assign_range(BOTH, TWO_TOPICS)
    assert [("t0", 0), ("t0", 1), ("t1", 0), ("t1", 1)] == found["A"]
    assert [("t0", 2), ("t1", 2)] == found["B"]
    found = assign_round_robin(BOTH, TWO_TOPICS)
    assert [("t0", 0), ("t0", 2), ("t1", 1)] == found["A"]
    assert [("t0", 1), ("t1", 0), ("t1", 2)] == found["B"]
    seven = assign_range({"A": ("t",), "B": ("t",), "C": ("t",)}, {"t": 7})
    assert [3, 2, 2] == [len(seven[name]) for name in "ABC"]


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3),
        st.lists(st.sampled_from(["t0", "t1", "t2"]), min_size=1, unique=True),
        min_size=1,
        max_size=6,
    ),
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 7)),
)
def test_every_wanted_partition_has_exactly_one_reader(
    subscriptions: dict[str, list[str]], counts: tuple[int, int, int]
) -> None:
    partitions = {f"t{number}": count for number, count in enumerate(counts)}
    wanted = {topic for topics in subscriptions.values() for topic in topics}
    expected = sorted((topic, n) for topic in wanted for n in range(partitions[topic]))
    for assign in (assign_range, assign_round_robin):
        found = assign(subscriptions, partitions)
        assert expected == sorted(name for names in found.values() for name in names)


def test_an_empty_group_waits_three_seconds_for_its_members() -> None:
    cluster = cluster_with()
    first = member(cluster, "a")
    cluster.kernel.run_until(2_999)
    assert () == first.assignment
    cluster.kernel.run_until(3_000)
    assert 3 == len(first.assignment)


def test_members_share_and_one_beyond_the_partitions_gets_none() -> None:
    cluster = cluster_with(3)
    members = [member(cluster, name) for name in "abcd"]
    settle(cluster, *members, for_ms=6_000)
    assert [1, 1, 1, 0] == [len(one.assignment) for one in members]


def test_a_crash_costs_a_session_timeout_and_a_close_nothing() -> None:
    for closes, waits_ms in ((True, 0), (False, 45_000)):
        cluster = cluster_with(2)
        one, other = member(cluster, "a"), member(cluster, "b")
        settle(cluster, one, other, for_ms=6_000)
        assert [1, 1] == [len(one.assignment), len(other.assignment)]
        started_ms = cluster.kernel.now_ms
        other.in_background(True)
        if closes:
            one.close()
        else:
            one.crash()
        if waits_ms:
            cluster.kernel.run_until(started_ms + waits_ms - 1)
            assert 1 == len(other.assignment)
            cluster.kernel.run_until(started_ms + waits_ms)
        assert 2 == len(other.assignment)


def test_a_loop_that_stays_away_leaves_and_may_not_commit() -> None:
    cluster = cluster_with(1, records=1)
    consumer = member(cluster, "a")
    settle(cluster, consumer)
    assert 1 == len(consumer.poll())
    cluster.kernel.run_until(cluster.kernel.now_ms + 300_000)
    with pytest.raises(KafkaError) as caught:
        consumer.commit({("t", 0): 1})
    assert ErrorCode.UNKNOWN_MEMBER_ID == code_of(caught)
    consumer.poll()
    settle(cluster, consumer)
    assert [b"0"] == [record.value for record in consumer.poll()]


def test_a_rebalance_waits_for_a_member_at_work_which_may_commit_meanwhile() -> None:
    cluster = cluster_with(2, records=2)
    busy = member(cluster, "a")
    settle(cluster, busy)
    (record,) = busy.poll()
    new = member(cluster, "b")
    settle(cluster, new, for_ms=60_000)
    group = cluster.consumer_group("g")
    assert (GroupState.PREPARING, ()) == (group.state, new.assignment)
    busy.commit({(record.topic, record.partition): record.offset + 1})
    busy.poll()
    assert (GroupState.STABLE, 1) == (group.state, len(new.assignment))


def test_who_does_not_come_back_in_time_is_out() -> None:
    cluster = cluster_with(2, records=2)
    busy = member(cluster, "a", max_poll_interval_ms=600_000)
    settle(cluster, busy)
    busy.poll()
    new = member(cluster, "b")
    settle(cluster, new, for_ms=600_000)
    assert 2 == len(new.assignment)
    with pytest.raises(KafkaError) as caught:
        busy.commit({("t", 0): 1})
    assert ErrorCode.UNKNOWN_MEMBER_ID == code_of(caught)


def test_an_older_generation_may_not_commit() -> None:
    cluster = cluster_with(1)
    consumer = member(cluster, "a")
    settle(cluster, consumer)
    group = cluster.consumer_group("g")
    only = next(iter(group.members.values()))
    with pytest.raises(KafkaError) as caught:
        group.commit({("t", 0): 1}, only, group.generation - 1)
    assert ErrorCode.ILLEGAL_GENERATION == code_of(caught)


def test_commits_from_outside_work_only_while_the_group_is_empty() -> None:
    cluster = cluster_with(1, records=3)
    outside = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    outside.assign([("t", 0)])
    outside.commit({("t", 0): 2})
    inside = member(cluster, "a")
    settle(cluster, inside)
    with pytest.raises(KafkaError) as caught:
        outside.commit({("t", 0): 0})
    assert ErrorCode.UNKNOWN_MEMBER_ID == code_of(caught)
    assert [b"2"] == [record.value for record in inside.poll()]


@pytest.mark.parametrize(("policy", "first"), [("earliest", b"0"), ("latest", b"later")])
def test_the_reset_policy_counts_only_without_a_commit(policy: str, first: bytes) -> None:
    cluster = cluster_with(1, records=2)
    consumer = member(cluster, "a", auto_offset_reset=policy)
    settle(cluster, consumer)
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"later")])
    assert [first] == [record.value for record in consumer.poll()]
    consumer.commit({("t", 0): 1})
    consumer.close()
    again = member(cluster, "b", auto_offset_reset=policy)
    settle(cluster, again)
    assert [b"1"] == [record.value for record in again.poll()]


def test_without_a_policy_a_missing_offset_is_an_error() -> None:
    cluster = cluster_with(1)
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="none"))
    with pytest.raises(KafkaError) as caught:
        consumer.assign([("t", 0)])
    assert ErrorCode.AUTO_OFFSET_RESET == code_of(caught)


@pytest.mark.parametrize(("policy", "expected"), [("earliest", [b"3"]), ("latest", [])])
def test_a_reader_behind_the_log_start_is_reset(policy: str, expected: list[bytes]) -> None:
    cluster = cluster_with(1, records=5)
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset=policy, max_poll_records=1))
    consumer.assign([("t", 0)])
    consumer.seek(("t", 0), 0)
    cluster.topics.delete_records("t", 0, 3)
    assert expected == [record.value for record in consumer.poll()]


def test_seeking_moves_the_position_and_commits_nothing() -> None:
    cluster = cluster_with(1, records=3)
    consumer = member(cluster, "a")
    settle(cluster, consumer)
    consumer.poll()
    consumer.commit({("t", 0): 1})
    consumer.seek(("t", 0), 2)
    assert (2, 1) == (consumer.position(("t", 0)), consumer.committed(("t", 0)))


def test_paused_partitions_give_nothing_and_keep_membership() -> None:
    cluster = cluster_with(1, records=1)
    consumer = member(cluster, "a")
    settle(cluster, consumer)
    consumer.pause([("t", 0)])
    assert [] == consumer.poll()
    settle(cluster, consumer, for_ms=600_000)
    consumer.resume([("t", 0)])
    assert 1 == len(consumer.poll())


def test_one_fetch_is_handed_out_in_slices() -> None:
    cluster = cluster_with(1)
    Producer(cluster).send_batch("t", 0, [Record(b"k", b"%d" % n) for n in range(10)])
    consumer = member(cluster, "a", max_poll_records=7)
    settle(cluster, consumer)
    assert [7, 3, 0] == [len(consumer.poll()) for _ in range(3)]


def test_a_pattern_finds_a_new_topic_at_the_next_refresh() -> None:
    cluster = Cluster()
    cluster.topics.create("flow.a", partitions=1, replication_factor=1, config={})
    consumer = Consumer(cluster, ConsumerConfig("g", auto_offset_reset="earliest"))
    consumer.subscribe(pattern=r"flow\..*")
    consumer.poll()
    settle(cluster, consumer)
    Producer(cluster).send("flow.b", Record(b"k", b"v"))
    assert [] == consumer.poll()
    settle(cluster, consumer, for_ms=300_000)
    assert [b"v"] == [record.value for record in consumer.poll()]
    assert (("flow.a", 0), ("flow.b", 0)) == consumer.assignment


def test_offsets_expire_seven_days_after_the_group_became_empty() -> None:
    cluster = cluster_with(1, records=1)
    consumer = member(cluster, "a")
    settle(cluster, consumer)
    consumer.commit({("t", 0): 1})
    settle(cluster, consumer, for_ms=8 * 86_400_000)
    assert 1 == consumer.committed(("t", 0))
    consumer.close()
    cluster.kernel.run_until(cluster.kernel.now_ms + 7 * 86_400_000)
    assert 1 == consumer.committed(("t", 0))
    cluster.kernel.run_until(cluster.kernel.now_ms + 1)
    assert consumer.committed(("t", 0)) is None


def test_refusals_of_the_coordinator() -> None:
    cluster = cluster_with(1)
    member(cluster, "a", partition_assignment_strategy=("range",))
    attempts: list[tuple[Callable[[], object], ErrorCode]] = [
        (lambda: member(cluster, "b", session_timeout_ms=1), ErrorCode.INVALID_SESSION_TIMEOUT),
        (
            lambda: member(cluster, "c", partition_assignment_strategy=("roundrobin",)),
            ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
        ),
        (lambda: cluster.delete_group("g"), ErrorCode.NON_EMPTY_GROUP),
        (lambda: cluster.delete_group("missing"), ErrorCode.GROUP_ID_NOT_FOUND),
        (lambda: cluster.consumer_group(""), ErrorCode.INVALID_GROUP_ID),
    ]
    for call, code in attempts:
        with pytest.raises(KafkaError) as caught:
            call()
        assert code == code_of(caught)
    assert 1 == len(cluster.consumer_group("g").members)


def static(cluster: Cluster, name: str, instance: str) -> Consumer:
    return member(cluster, name, group_instance_id=instance, session_timeout_ms=8_000)


def test_a_static_member_has_the_same_again_within_its_session() -> None:
    """Closing is no leaving, and nobody else notices."""
    cluster = cluster_with(4)
    first, other = static(cluster, "A", "z"), static(cluster, "B", "a")
    settle(cluster, first, other, for_ms=6_000)
    assert (("t", 0), ("t", 1)) == other.assignment
    generation = cluster.consumer_group("g").generation
    first.close()
    settle(cluster, other)
    again = static(cluster, "C", "z")
    settle(cluster, again, other)
    assert (("t", 2), ("t", 3)) == again.assignment
    assert generation == cluster.consumer_group("g").generation
    again.crash()
    settle(cluster, other, for_ms=7_000)
    assert 2 == len(other.assignment)
    settle(cluster, other, for_ms=3_000)
    assert 4 == len(other.assignment)


def test_a_second_holder_of_an_instance_fences_the_first() -> None:
    cluster = cluster_with(4)
    first, other = static(cluster, "A", "one"), static(cluster, "B", "two")
    settle(cluster, first, other, for_ms=6_000)
    second = static(cluster, "C", "one")
    assert (("t", 0), ("t", 1)) == second.assignment
    for act in (first.poll, lambda: first.commit({("t", 0): 1})):
        with pytest.raises(KafkaError) as caught:
            act()
        assert ErrorCode.FENCED_INSTANCE_ID is code_of(caught)
    first.close()
    settle(cluster, second, other, for_ms=10_000)
    assert 2 == len(second.assignment)


def test_a_static_member_that_wants_something_else_makes_a_round() -> None:
    cluster = cluster_with(4)
    cluster.topics.create("u", partitions=1, replication_factor=1, config={})
    first = static(cluster, "A", "one")
    settle(cluster, first)
    first.close()
    again = Consumer(cluster, ConsumerConfig("g", client_id="A", group_instance_id="one"))
    again.subscribe(["t", "u"])
    again.poll()
    settle(cluster, again)
    assert 5 == len(again.assignment)


def test_a_group_goes_with_its_last_offset() -> None:
    """After what the broker's setting says, from the last commit or the last member on."""
    cluster = Cluster(offsets_retention_ms=60_000)
    cluster.topics.create("t", partitions=1, replication_factor=1, config={})
    alone = Consumer(cluster, ConsumerConfig("g"))
    alone.commit({("t", 0): 5})
    cluster.kernel.run_until(60_000)
    assert 5 == alone.committed(("t", 0))
    cluster.kernel.run_until(60_001)
    assert cluster.find_group("g") is None
    assert alone.committed(("t", 0)) is None
