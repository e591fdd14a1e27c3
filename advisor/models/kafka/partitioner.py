"""Which partition a record goes to, as the Java producer decides it (3.3 and later).

Keeps: an explicit partition wins; a keyed record goes to (murmur2 AND 0x7fffffff) mod N over all
partitions, available or not; keyless records stick to one partition until ``batch.size`` bytes
went there, then move on. Leaves out: that Java moves on at random, weighted by queue lengths:
here the next one in order, so that runs repeat. librdkafka (sticks for 10 ms) and kafka-python
(random) differ for keyless records; whoever needs the same on all of them names the partition.
"""

from __future__ import annotations

from advisor.models.kafka.murmur2 import murmur2

BATCH_SIZE_BYTES = 16384
_CACHE_MAX = 100_000


class Partitioner:
    """The state of one producer for one topic."""

    __slots__ = ("_bytes_sent", "_hashes", "_sticky")

    def __init__(self) -> None:
        self._hashes: dict[bytes, int] = {}
        self._sticky = 0
        self._bytes_sent = 0

    def keyed(self, key: bytes, partitions: int) -> int:
        """The partition of a key; the hash is remembered, not the partition: N may grow."""
        positive = self._hashes.get(key)
        if positive is None:
            if len(self._hashes) >= _CACHE_MAX:
                self._hashes.clear()
            positive = self._hashes[key] = murmur2(key) & 0x7FFFFFFF
        return positive % partitions

    def keyless(self, size_bytes: int, partitions: int) -> int:
        """The partition that keyless records stick to, moving on after a full batch."""
        chosen = self._sticky % partitions
        self._bytes_sent += size_bytes
        if self._bytes_sent >= BATCH_SIZE_BYTES:
            self._sticky, self._bytes_sent = chosen + 1, 0
        return chosen
