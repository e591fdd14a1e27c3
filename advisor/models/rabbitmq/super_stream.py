"""Super streams (from 3.11): one direct exchange over several streams, which are its partitions.

Keeps: partitions in the order of the bindings' ``x-stream-partition-order``, a routing key leads to
the streams that are bound by it, and how a client chooses: RabbitMQ's Java client takes Murmur3 of
32 bits with the seed 104729 of the key's UTF-8, without a sign, modulo the partitions. Other
clients hash otherwise, so that mixed ones break the order by key (``rstream`` 1.1.1 does).
Source: HashRoutingStrategy of rabbitmq-stream-java-client.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.models.rabbitmq.broker import Broker
    from advisor.models.rabbitmq.exchange import Exchange

SEED = 104_729
ORDER = "x-stream-partition-order"
_MASK = 0xFFFFFFFF


def _scrambled(block: int) -> int:
    block = block * 0xCC9E2D51 & _MASK
    block = (block << 15 | block >> 17) & _MASK
    return block * 0x1B873593 & _MASK


def murmur3(data: bytes, seed: int = SEED) -> int:
    """MurmurHash3 x86 of 32 bits, unsigned."""
    digest = seed
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        digest ^= _scrambled(int.from_bytes(data[at : at + 4], "little"))
        digest = (digest << 13 | digest >> 19) & _MASK
        digest = (digest * 5 + 0xE6546B64) & _MASK
    if whole < len(data):
        digest ^= _scrambled(int.from_bytes(data[whole:], "little"))
    digest ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        digest = (digest ^ digest >> shift) * factor & _MASK
    return digest


def partition_for(key: str, partitions: int) -> int:
    """Where the Java client sends a message with this routing key, from 0."""
    return murmur3(key.encode()) % partitions


def partitions_of(exchange: Exchange) -> list[str]:
    """The streams of a super stream in their order."""
    bindings = sorted(
        exchange.bindings.values(), key=lambda binding: int(binding.arguments.get(ORDER, 0))
    )
    return [binding.destination for binding in bindings]


def routed(exchange: Exchange, routing_key: str) -> list[str]:
    """The streams that are bound by this key."""
    found = exchange.matching(routing_key, {})
    return [binding.destination for binding in found]


def create(broker: Broker, name: str, partitions: Sequence[str], keys: Sequence[str]) -> None:
    """Declare the exchange and bind the streams, which are there, in this order."""
    broker.exchange_declare(name, "direct", durable=True, arguments={"x-super-stream": True})
    for number, (stream, key) in enumerate(zip(partitions, keys, strict=True)):
        broker.bind("queue", stream, name, key, {ORDER: number})
