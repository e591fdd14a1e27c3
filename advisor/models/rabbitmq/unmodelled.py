"""What this model does not cover: each gap is a member, and each member is raised somewhere.

Whoever meets a gap gets :class:`UnmodelledError`, never a guess. A test demands that every member
can be met.
"""

from __future__ import annotations

from enum import Enum


class Gap(Enum):
    """A part of RabbitMQ left out, with what it is."""

    AMQP_1_0_PLUGIN = "AMQP 1.0 before 4.0, a plugin with other addresses and encodings"
    CLASSIC_QUEUE_POWER_LOSS = "what a classic queue still has after power was lost"
    EXCHANGE_TYPE = "exchange types of plugins other than x-consistent-hash, x-local-random"
    FEDERATION_OPTION = "federation upstreams with other options than exchange, queue and hops"
    HASH_PROPERTY = "hash-property of the consistent-hash exchange"
    MQTT_OPTION = "no-local, retain handling, retain as published and message expiry of MQTT 5"
    SHOVEL_OPTION = "shovels with ends of AMQP 1.0, or that change properties and arguments"
    SUPER_STREAM_SINGLE_ACTIVE_CONSUMER = "single active consumers over a super stream's partitions"
    STREAM_READ_WITHOUT_MAJORITY = "reading a stream that has lost most of its replicas"


class UnmodelledError(Exception):
    """The model was asked for something that it leaves out."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.value)
        self.gap = gap
