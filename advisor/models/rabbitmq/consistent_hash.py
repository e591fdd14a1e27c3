"""The consistent-hash exchange (plugin shipped with the server): one queue for each hash value.

Keeps: the binding key is a weight, a whole number from 1; each message goes to exactly one
binding; the same hash value always goes to the same binding while bindings do not change; the
hash is of the routing key, or of the header named by ``hash-header``. Leaves out
``hash-property``, and which of the bindings a value gets: the real hash function differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from advisor.models.rabbitmq.binding import Binding
from advisor.models.rabbitmq.message import Table
from advisor.models.rabbitmq.replies import channel_error
from advisor.models.rabbitmq.unmodelled import Gap, UnmodelledError

_MASK = (1 << 64) - 1


def check_exchange(arguments: Table) -> None:
    """The model covers only hashes of the routing key or of a header."""
    if "hash-property" in arguments:
        raise UnmodelledError(Gap.HASH_PROPERTY)


def check_binding(routing_key: str) -> None:
    """406 unless the binding key is a weight."""
    if not (routing_key.isascii() and routing_key.isdigit() and int(routing_key) > 0):
        raise channel_error(406, f"The binding key must be an integer, not {routing_key!r}")


def jump(key: int, buckets: int) -> int:
    """Jump consistent hash (Lamping and Veach): a bucket from 0 to ``buckets`` - 1."""
    bucket, following = -1, 0
    while following < buckets:
        bucket = following
        key = (key * 2862933555777941757 + 1) & _MASK
        following = ((bucket + 1) * (1 << 31)) // ((key >> 33) + 1)
    return bucket


def choose(
    arguments: Table, bindings: Sequence[Binding], routing_key: str, headers: Table
) -> Binding | None:
    """The one binding for this message, None when nothing is bound."""
    slots = [binding for binding in bindings for _ in range(int(binding.routing_key))]
    if not slots:
        return None
    header = arguments.get("hash-header")
    hashed = routing_key if header is None else str(headers.get(header, ""))
    return slots[jump(crc32(hashed.encode()), len(slots))]
