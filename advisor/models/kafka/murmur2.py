"""The hash that spreads keys over partitions: murmur2, 32 bits, seed 0x9747b28c.

Keeps: the exact value of Kafka's Java client (and of librdkafka's murmur2 partitioners), since
0.8.2. Leaves out: nothing.
"""

from __future__ import annotations

_MULTIPLIER = 0x5BD1E995
_SEED = 0x9747B28C
_MASK = 0xFFFFFFFF


def _mixed(word: int) -> int:
    word = word * _MULTIPLIER & _MASK
    return (word ^ word >> 24) * _MULTIPLIER & _MASK


def murmur2(data: bytes) -> int:
    """The hash as Java's signed int."""
    length = len(data)
    whole = length & ~3
    value = _SEED ^ length
    for at in range(0, whole, 4):
        value = value * _MULTIPLIER & _MASK ^ _mixed(int.from_bytes(data[at : at + 4], "little"))
    if whole < length:
        value = (value ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    value = (value ^ value >> 13) * _MULTIPLIER & _MASK
    value ^= value >> 15
    return value - (1 << 32) if value >> 31 else value
