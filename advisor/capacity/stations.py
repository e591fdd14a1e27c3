"""The laws by name, each as messages per second of a flow on a cluster.

A station limits what the brokers carry; a client limits what its publishers send.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from advisor.capacity import (
    bandwidth,
    chunk,
    client_link,
    cluster,
    fan_out,
    partition,
    single_queue,
    skew,
    window,
)
from advisor.capacity.calibration import Constants
from advisor.capacity.flow import Flow

REFERENCE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """A flow on a cluster: ``queues`` share the load, in ``one_order`` nothing can be divided."""

    flow: Flow
    nodes: float
    replicas: float
    queues: float
    one_order: bool = False


def _single_queue(constants: Constants, setting: Setting) -> float:
    return setting.queues / _message_cost_s(constants, setting.flow.message_bytes)


def _cluster(constants: Constants, setting: Setting) -> float:
    """Law 3 for the size of the messages, divided by the copies that groups need (law 11).

    No limit for one queue: it has a core to itself.
    """
    if setting.queues * setting.flow.groups <= 1:
        return math.inf
    factor = cluster.core_factor(setting.flow.machine.cpu_cores, constants["core_factors"])
    operations = cluster.cluster_per_s(
        setting.nodes,
        node_per_s=constants["node_per_s"],
        node_exponent=constants["node_exponent"],
        core_factor=factor,
    )
    size = _message_cost_s(constants, REFERENCE_BYTES) / _message_cost_s(
        constants, setting.flow.message_bytes
    )
    return fan_out.fanned_out_per_s(operations * size, copies=setting.flow.groups)


def _message_cost_s(constants: Constants, size_bytes: float) -> float:
    return single_queue.message_cost_s(
        size_bytes,
        message_us=constants["message_us"],
        size_exponent=constants["size_exponent"],
        mb_per_second=constants["mb_per_second"],
    )


def _bandwidth(constants: Constants, setting: Setting) -> float:
    machine = setting.flow.machine
    mb_per_second = bandwidth.log_mb_per_second(
        setting.nodes,
        replicas=setting.replicas,
        groups=setting.flow.groups,
        disk_mb_per_second=machine.disk_mb_per_second,
        network_mb_per_second=machine.network_mb_per_second,
        efficiency=constants["efficiency"],
    )
    return mb_per_second * 1e6 / setting.flow.message_bytes


def _leader(constants: Constants, setting: Setting) -> float:
    machine = setting.flow.machine
    mb_per_second = bandwidth.leader_mb_per_second(
        replicas=setting.replicas,
        groups=setting.flow.groups,
        disk_mb_per_second=machine.disk_mb_per_second,
        network_mb_per_second=machine.network_mb_per_second,
    )
    one = float(constants["efficiency"]) * mb_per_second * 1e6 / setting.flow.message_bytes
    return one * setting.queues


def _partitions(constants: Constants, setting: Setting) -> float:
    """Laws 5 and 12: one partition through its leader; of several, the hottest fills first."""
    one = _leader(constants, setting) / setting.queues
    if setting.one_order:
        producers = setting.flow.producers
        if producers is None:
            return one
        each = _producer(constants, setting) / producers
        return partition.partition_per_s(producers, producer_per_s=each, leader_per_s=one)
    hottest = constants["hottest_over_mean"] / constants["partitions"]
    return skew.usable_per_s(one, hottest_share=min(1.0, hottest))


def _bytes(constants: Constants, setting: Setting) -> float:
    return float(constants["mb_per_second"]) * 1e6 / setting.flow.message_bytes


def _chunk(constants: Constants, setting: Setting) -> float:
    flow = setting.flow
    together = chunk.messages_per_chunk(
        producers=flow.producers or 1.0,
        window=flow.window,
        in_flight_share=constants["in_flight_share"],
    )
    one = chunk.chunked_rate_per_s(
        together,
        size_bytes=flow.message_bytes,
        message_us=constants["message_us"],
        chunk_us=constants["chunk_us"],
        mb_per_second=constants["mb_per_second"],
    )
    return one * setting.queues


STATIONS: Mapping[str, Callable[[Constants, Setting], float]] = {
    "single-queue": _single_queue,
    "cluster": _cluster,
    "bandwidth": _bandwidth,
    "leader": _leader,
    "partitions": _partitions,
    "chunk": _chunk,
    "bytes": _bytes,
}

TITLES: Mapping[str, str] = {
    "window": "law 1: confirms in flight",
    "single-queue": "law 2: one queue is one core",
    "cluster": "law 3: queues of a cluster",
    "bandwidth": "law 4: disks and network of the cluster",
    "leader": "law 4: disk and network of one leader",
    "partitions": "law 5: partitions and their leaders",
    "producer": "law 5: one producer",
    "client-link": "law 6: network card of the publishers",
    "chunk": "law 7: chunks of a stream",
    "bytes": "the measured bytes per second",
    "task-queue": "law 8: tasks that wait for workers",
    "backlog": "law 9: backlog as a fluid",
    "share-group": "law 10: record locks of a share group",
    "partition-readers": "law 5: a partition for each reader",
    "single-reader": "law 8: one reader does all the work",
    "latency-band": "a band around measured latencies",
    "partition-count": "law 5: partitions of a node (a threshold of warning)",
    "measured-up-to": "the largest that was measured",
}


def _producer(constants: Constants, setting: Setting) -> float:
    one = partition.producer_per_s(
        setting.flow.message_bytes,
        record_us=constants["record_us"],
        mb_per_second=constants["producer_mb_per_second"],
    )
    return one * (setting.flow.producers or 1.0)


def _client_link(constants: Constants, setting: Setting) -> float:
    flow = setting.flow
    one = client_link.client_link_per_s(
        flow.message_bytes,
        network_mb_per_second=flow.machine.network_mb_per_second,
        efficiency=constants["link_efficiency"],
    )
    return one * (flow.producers or 1.0)


def _window_round_trip_s(constants: Constants, setting: Setting) -> float:
    further_ms = constants["round_trips"] * setting.flow.machine.further_round_trip_ms
    return float(constants["confirm_ms"] + further_ms) / 1e3


def client_per_s(law: str, constants: Constants, setting: Setting, station_per_s: float) -> float:
    """What the publishers of the flow (one where none is given) send to such a station."""
    if law == "producer":
        return _producer(constants, setting)
    if law == "client-link":
        return _client_link(constants, setting)
    return window.windowed_rate_per_s(
        clients=setting.flow.producers or 1.0,
        window=setting.flow.window,
        round_trip_s=_window_round_trip_s(constants, setting),
        station_per_s=station_per_s,
    )


def clients_needed(law: str, constants: Constants, setting: Setting, station_per_s: float) -> float:
    """Publishers that the rate of the flow takes, infinite where the station is too slow."""
    rate_per_s = setting.flow.messages_per_second
    if law == "window":
        return window.clients_needed(
            rate_per_s,
            window=setting.flow.window,
            round_trip_s=_window_round_trip_s(constants, setting),
            station_per_s=station_per_s,
        )
    together = client_per_s(law, constants, setting, station_per_s)
    return partition.producers_needed(
        rate_per_s, one_per_s=together / (setting.flow.producers or 1.0)
    )
