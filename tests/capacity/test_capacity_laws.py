"""Each law gives what was published, or what can be worked out by hand."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.capacity import (
    backlog,
    bandwidth,
    chunk,
    client_link,
    cluster,
    fan_out,
    partition,
    share_group,
    single_queue,
    skew,
    window,
)
from advisor.documents import rules_folder

POSITIVE = st.floats(min_value=1e-3, max_value=1e6)


@cache
def rows() -> Mapping[str, Mapping[str, str]]:
    path = rules_folder() / "capacity" / "measurements.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def measured(row: str) -> float:
    return float(rows()[row]["throughput_msg_s"])


@pytest.mark.parametrize(("row", "in_flight"), [("sq-q-w1", 1), ("sq-q-w20", 20)])
def test_window_law_gives_the_measured_rates(row: str, in_flight: int) -> None:
    """One publisher of a quorum queue with 1 and with 20 confirms in flight, within 15 %."""
    rate = window.windowed_rate_per_s(
        clients=1, window=in_flight, round_trip_s=0.714e-3, station_per_s=25550
    )

    assert measured(row) == pytest.approx(rate, rel=0.15)


def test_the_minimum_is_twice_too_high_at_the_knee() -> None:
    """Where the window and the station allow the same, each of them costs half."""
    rate = window.windowed_rate_per_s(clients=1, window=20, round_trip_s=1e-3, station_per_s=20e3)

    assert 10e3 == rate


def test_median_latency_of_a_closed_loop_is_in_flight_over_rate() -> None:
    """1,000 confirms in flight at 26,500 a second: 37 ms measured, 37.7 ms by Little's law."""
    latency = window.median_latency_s(window=1000, rate_per_s=measured("sq-q-w1000"))

    assert float(rows()["sq-q-w1000"]["p50_ms"]) == pytest.approx(1e3 * latency, rel=0.05)


@given(rate=st.floats(min_value=1, max_value=9e3), in_flight=st.integers(1, 1000))
@example(rate=9e3, in_flight=1)  # 450 exactly, where the division is rounded up
def test_the_clients_needed_reach_the_rate_and_one_fewer_does_not(
    rate: float, in_flight: int
) -> None:
    """The number of publishers is the least that is enough."""

    def reached(clients: float) -> float:
        return window.windowed_rate_per_s(
            clients=clients, window=in_flight, round_trip_s=5e-3, station_per_s=1e4
        )

    needed = window.clients_needed(rate, window=in_flight, round_trip_s=5e-3, station_per_s=1e4)

    assert reached(needed) >= rate * (1 - 1e-9)
    assert needed == 1 or reached(needed - 1) < rate


def test_no_number_of_clients_gets_more_out_of_a_station_than_it_has() -> None:
    """A rate that the station itself does not reach."""
    assert math.inf == window.clients_needed(1e4, window=10, round_trip_s=1e-3, station_per_s=1e4)


@pytest.mark.parametrize("clients", [1, 2, 7, 50])
def test_window_law_is_on_the_safe_side_of_the_exact_network(clients: int) -> None:
    """Mean value analysis of a delay and one exponential station: equal for one, then higher."""
    delay_s, service_s = 1e-3, 0.2e-3
    queue = exact = 0.0
    for population in range(1, clients + 1):
        response_s = service_s * (1 + queue)
        exact = population / (delay_s + response_s)
        queue = exact * response_s

    law = window.windowed_rate_per_s(
        clients=clients, window=1, round_trip_s=delay_s, station_per_s=1 / service_s
    )

    assert law <= exact * (1 + 1e-12)
    assert law >= exact / 2


@pytest.mark.parametrize("row", ["v312-t1", "a4-qq-10", "ja-qq"])
def test_one_queue_is_one_core(row: str) -> None:
    """Quorum queues from 3.12 on, from 12 bytes to 5 KB, within 10 %."""
    cost_s = single_queue.message_cost_s(
        float(rows()[row]["msg_bytes"]), message_us=8.77, size_exponent=0.11, mb_per_second=217
    )

    assert measured(row) == pytest.approx(1 / cost_s, rel=0.1)


def test_many_queues_share_their_node() -> None:
    """Six queues carried 40,616 a second, not six times the 11,767 of one."""
    rate = single_queue.many_queues_per_s(
        6, queue_per_s=measured("bq-q1"), node_per_s=measured("bq-q6")
    )

    assert measured("bq-q6") == rate
    assert measured("bq-q1") == single_queue.many_queues_per_s(
        1, queue_per_s=measured("bq-q1"), node_per_s=measured("bq-q6")
    )


def test_cores_between_the_measured_points() -> None:
    """In proportion below, linear between, constant above."""
    points = ((8.0, 1.0), (16.0, 1.25), (36.0, 1.5))
    factors = [cluster.core_factor(cores, points) for cores in (4, 8, 12, 16, 26, 36, 128)]

    assert [0.5, 1.0, 1.125, 1.25, 1.375, 1.5, 1.5] == factors


def test_a_log_on_fast_disks_is_bound_by_its_disks() -> None:
    """634 of at most 655 MB/s with three copies on three nodes of 655 MB/s each."""
    limit = bandwidth.log_mb_per_second(
        3,
        replicas=3,
        groups=1,
        disk_mb_per_second=655,
        network_mb_per_second=1050,
        efficiency=1,
    )

    assert float(rows()["cf-k-max"]["throughput_mb_s"]) == pytest.approx(0.97 * limit, rel=0.01)


def test_ten_groups_are_bound_by_the_network() -> None:
    """205 MB/s to ten groups fits on three nodes of 1,050 MB/s, with waits; 300 would not."""
    limit = bandwidth.log_mb_per_second(
        3,
        replicas=3,
        groups=10,
        disk_mb_per_second=655,
        network_mb_per_second=1050,
        efficiency=1,
    )
    published = float(rows()["sn-lat-1-10g"]["throughput_mb_s"])

    assert published < limit
    assert 262.5 == limit
    assert fan_out.egress_mb_per_second(published, groups=10, replicas=3) < 3 * 1050


@given(
    replicas=st.integers(1, 5),
    groups=st.integers(0, 50),
    disk=POSITIVE,
    network=POSITIVE,
    nodes=st.integers(1, 50),
)
def test_more_groups_or_copies_never_help_a_log(
    replicas: int, groups: int, disk: float, network: float, nodes: int
) -> None:
    """Each further copy or reader only costs."""

    def limit(copies: int, readers: int) -> float:
        return bandwidth.log_mb_per_second(
            nodes,
            replicas=copies,
            groups=readers,
            disk_mb_per_second=disk,
            network_mb_per_second=network,
            efficiency=0.9,
        )

    assert limit(replicas, groups) >= limit(replicas + 1, groups)
    assert limit(replicas, groups) >= limit(replicas, groups + 1)


def test_one_queue_for_each_group_multiplies_the_operations() -> None:
    """18,000 queue operations a second are 1,800 publishes to ten queues."""
    assert measured("v312-t5") == fan_out.fanned_out_per_s(18000, copies=10)


def test_one_producer_has_a_rate_of_its_own() -> None:
    """Small records of LinkedIn's run, large ones of StreamNative's: within a quarter."""
    for row in ("li-1p-r3-sync", "sn-max-1p-1c-all"):
        rate = partition.producer_per_s(
            float(rows()[row]["msg_bytes"]), record_us=1.72, mb_per_second=155
        )
        assert measured(row) == pytest.approx(rate, rel=0.25)


def test_partition_is_limited_by_its_producers_then_by_its_leader() -> None:
    """Two producers of 100 a second, then a leader of 250."""
    rates = [
        partition.partition_per_s(count, producer_per_s=100, leader_per_s=250) for count in (2, 3)
    ]

    assert [200, 250] == rates
    assert 3 == partition.producers_needed(250, one_per_s=100)


def test_client_is_limited_by_its_network_card() -> None:
    """LinkedIn's producer and consumer on 125 MB/s, within 10 % of one efficiency."""
    rate = client_link.client_link_per_s(100, network_mb_per_second=125, efficiency=0.858)

    assert measured("li-1p-r1") == pytest.approx(rate, rel=0.1)
    assert measured("li-1c") == pytest.approx(rate, rel=0.1)


@pytest.mark.parametrize("row", ["str-s-256-4.1.4-c1", "str-s-256-4.1.4-c8", "str-s-256-4.1.4-c32"])
def test_larger_chunks_cost_fewer_reads(row: str) -> None:
    """From 15,000 to 459,000 messages a second by the number of messages in a chunk alone."""
    together = float(rows()[row]["notes"].split("chunk_msgs=")[1].split(";")[0])
    rate = chunk.chunked_rate_per_s(
        together, size_bytes=256, message_us=0.0176, chunk_us=62.6, mb_per_second=1330
    )

    assert measured(row) == pytest.approx(rate, rel=0.05)


def test_chunks_hold_a_share_of_what_is_in_flight() -> None:
    """At least one message, and 2,654 of 10,000 as in the run of 2021."""
    shares = [
        chunk.messages_per_chunk(producers=1, window=size, in_flight_share=0.2654)
        for size in (1, 10_000)
    ]

    assert [1.0, 2654.0] == pytest.approx(shares)


def test_share_group_reaches_four_consumers_of_each_partition() -> None:
    """The default locks and polls: 24 of 300 consumers of 5 ms work, 4,800 a second."""
    each = share_group.consumers_per_partition(record_locks=2000, poll_records=500)

    assert measured("sg-default") == 6 * each / 0.005


def test_backlog_of_slow_consumers_peaks_as_measured() -> None:
    """200 consumers slow down from 10 to 30 ms and recover: 3.5 million waited, within 10 %."""
    steps = 600
    slowing = [0.010 + 0.020 * (step + 0.5) / steps for step in range(steps)]
    task_s = [0.010, *slowing, 0.030, *reversed(slowing)]
    seconds = [300.0, *[1200 / steps] * steps, 300.0, *[1200 / steps] * steps]
    phases = ((time, 10_000.0, 200 / task) for time, task in zip(seconds, task_s, strict=True))

    assert 3_500_000 == pytest.approx(backlog.peak_backlog(phases), rel=0.1)


@given(waiting=POSITIVE, drain=POSITIVE, rate=POSITIVE)
def test_drain_time_and_drained_messages_agree(waiting: float, drain: float, rate: float) -> None:
    """What drains in the drain time is the backlog; nothing drains where more arrives."""
    seconds = backlog.drain_s(waiting, drain_per_s=drain, rate_per_s=rate)

    if drain <= rate:
        assert math.inf == seconds
    else:
        drained = backlog.drained_messages(drain_per_s=drain, rate_per_s=rate, within_s=seconds)
        assert waiting == pytest.approx(drained)
    assert 0.0 == backlog.drain_s(0, drain_per_s=drain, rate_per_s=rate)


def test_the_hottest_partition_is_full_first() -> None:
    """A third of everything on one partition: three times what that one carries."""
    assert 300 == pytest.approx(skew.usable_per_s(100, hottest_share=1 / 3))
