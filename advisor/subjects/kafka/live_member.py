"""One consumer in a process of its own, so that it can die as real ones do.

:func:`main` reads requests from its standard input and answers on its standard output, both
pickled and by their length; the first request makes the consumer. While nobody asks, it goes on
polling if it was told to. It ends, leaving its group, when its input ends.
"""

from __future__ import annotations

import pickle
import struct
import sys
from collections import deque
from collections.abc import Mapping
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, Any, NamedTuple

import confluent_kafka

from advisor.subjects.kafka.live_settings import LiveRefused, LiveSilent, as_number, trouble

SLICE_S = 0.02
BEHIND_S = 1.0
ANSWER_S = 30.0
BEGIN_S = 3.0
READ_AHEAD = 20_000
UNKNOWN_OFFSET = -1001
EOF = -191
_PASSING = frozenset({-195, -193, -192, -187, -185, 3, 5, 6, 14, 15, 16, -188, -190})
_SHARE_WAIT_S = 0.3

Place = tuple[str, int]


class LiveRecord(NamedTuple):
    """A record as a consumer got it."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    delivery_count: int | None = None


def _record(message: Any, count: int | None = None) -> LiveRecord:
    headers = tuple((name, content or b"") for name, content in message.headers() or ())
    return LiveRecord(
        message.topic(), message.partition(), message.offset(), message.timestamp()[1],
        message.key(), message.value(), headers, count,
    )  # fmt: skip


def _at(place: Place, offset: int = UNKNOWN_OFFSET) -> Any:
    return confluent_kafka.TopicPartition(place[0], place[1], offset)


class GroupMember:
    """A consumer of a group, or of partitions assigned by hand.

    What it fetched and nobody has taken yet waits in ``ahead``; positions are those of what was
    taken.
    """

    def __init__(self, config: Mapping[str, str], busy: Queue[Any]) -> None:
        given = dict(config)
        self._most = int(given.pop("max.poll.records", "500"))
        self._reset = given.get("auto.offset.reset", "latest")
        if self._reset == "none":
            given["auto.offset.reset"] = "error"
        given.setdefault("group.id", "")
        self._in_group = bool(given["group.id"])
        given["group.id"] = given["group.id"] or "advisor-without-a-group"
        self._consumer = confluent_kafka.Consumer(
            {
                "enable.auto.commit": "false",
                "enable.partition.eof": "true",
                "fetch.wait.max.ms": "30",
                **given,
            }
        )
        self._busy = busy
        self._ahead: deque[LiveRecord] = deque()
        self._next: dict[Place, int] = {}
        self._ends: dict[Place, int] = {}
        self._assigned: tuple[Place, ...] | None = None
        self._trouble: LiveRefused | LiveSilent | None = None

    # Membership

    def subscribe(self, topics: tuple[str, ...], pattern: str | None) -> None:
        # POSIX expressions, which know no groups that capture nothing
        names = list(topics) if pattern is None else [_anchored(pattern).replace("(?:", "(")]
        self._consumer.subscribe(
            names, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def _on_assign(self, consumer: Any, partitions: list[Any]) -> None:
        """Fix where each partition begins now: the library would find it some time later."""
        self._forget()
        self._assigned = tuple((one.topic, one.partition) for one in partitions)
        begun = [self._beginning(place) for place in self._assigned]
        consumer.assign([_at(*one) for one in zip(self._assigned, begun, strict=True)])

    def _beginning(self, place: Place) -> int:
        """Raises nothing: the library would tear down whoever raises in its callback."""
        try:
            found = self._committed(place)
            if found is None and self._reset in ("earliest", "latest"):
                ends = self._consumer.get_watermark_offsets(_at(place), BEGIN_S, cached=False)
                found = ends[0] if self._reset == "earliest" else ends[1]
        except (confluent_kafka.KafkaException, confluent_kafka.KafkaError):
            found = None
        if found is None:
            return UNKNOWN_OFFSET
        self._next[place] = found
        return found

    def _committed(self, place: Place) -> int | None:
        (found,) = self._consumer.committed([_at(place)], timeout=BEGIN_S)
        return None if found.offset < 0 else int(found.offset)

    def _on_revoke(self, _: Any, __: list[Any]) -> None:
        self._forget()
        self._assigned = ()

    def _forget(self) -> None:
        self._ahead.clear()
        self._next.clear()
        self._ends.clear()

    def assign(self, offsets: Mapping[Place, int]) -> None:
        self._forget()
        self._assigned = tuple(offsets)
        self._next.update(offsets)
        self._consumer.assign([_at(place, offset) for place, offset in offsets.items()])

    def assignment(self) -> tuple[Place, ...] | None:
        self.drain(0)
        return self._assigned

    def member_id(self) -> str:
        return str(self._consumer.memberid()) if self._in_group else ""

    def group_metadata(self) -> bytes:
        return bytes(self._consumer.consumer_group_metadata())

    # Reading

    def drain(self, within_s: float) -> None:
        """Take what arrives, waiting for the first of it; serves rebalances."""
        most = READ_AHEAD - len(self._ahead)
        for message in self._consumer.consume(max(1, min(most, 500)), timeout=within_s):
            error = message.error()
            if error is None:
                self._ahead.append(_record(message))
            elif as_number(error) == EOF:
                self._ends[message.topic(), message.partition()] = message.offset()
            elif as_number(error) not in _PASSING:
                self._trouble = trouble(as_number(error), error.str())

    def poll(self, within_ms: int) -> tuple[LiveRecord, ...]:
        end_s = monotonic() + within_ms / 1000
        self.drain(0)
        while not self._ahead and self._trouble is None and self._busy.empty():
            left_s = end_s - monotonic()
            if left_s <= 0:
                break
            self.drain(min(left_s, SLICE_S))
        if not self._ahead and self._trouble is None:
            self._catch_up()
        if not self._ahead and self._trouble is not None:
            found, self._trouble = self._trouble, None
            raise found
        return self._take()

    def _catch_up(self) -> None:
        """What is there already but still on its way counts as there."""
        end_s = monotonic() + BEHIND_S
        while not self._ahead and monotonic() < end_s and self._is_behind():
            self.drain(SLICE_S)

    def _is_behind(self) -> bool:
        for place in self._assigned or ():
            try:
                _, high = self._consumer.get_watermark_offsets(_at(place), 2.0, cached=False)
            except (confluent_kafka.KafkaException, confluent_kafka.KafkaError):
                return False
            if max(self._next.get(place, 0), self._ends.get(place, 0)) < high:
                return True
        return False

    def _take(self) -> tuple[LiveRecord, ...]:
        """Up to max.poll.records of the partition of the first."""
        found: list[LiveRecord] = []
        while self._ahead and len(found) < self._most:
            first = self._ahead[0]
            if found and (first.topic, first.partition) != (found[0].topic, found[0].partition):
                break
            found.append(self._ahead.popleft())
        if found:
            last = found[-1]
            self._next[last.topic, last.partition] = last.offset + 1
        return tuple(found)

    # Positions

    def _known(self, place: Place) -> None:
        if place not in (self._assigned or ()):
            raise LiveRefused("STATE", f"{place[0]}-{place[1]} is not assigned")

    def position(self, place: Place) -> int:
        self._known(place)
        if any((one.topic, one.partition) == place for one in self._ahead):
            return self._next[place]
        found = max(self._next.get(place, -1), self._ends.get(place, -1))
        if found < 0:
            found = self._beginning(place)
        if found < 0:
            raise LiveSilent("the position is not resolved")
        return found

    def seek(self, place: Place, offset: int) -> None:
        self._known(place)
        kept = [one for one in self._ahead if (one.topic, one.partition) != place]
        self._ahead = deque(kept)
        self._next[place] = offset
        self._ends.pop(place, None)
        self._consumer.seek(_at(place, offset))

    def commit(self, offsets: Mapping[Place, int]) -> None:
        if not self._in_group:
            raise LiveRefused("INVALID_GROUP_ID", "")
        asked = [_at(place, offset) for place, offset in offsets.items()]
        for one in self._consumer.commit(offsets=asked, asynchronous=False):
            if one.error is not None:
                raise trouble(as_number(one.error), one.error.str())

    def committed(self, place: Place) -> int | None:
        return self._committed(place)

    def close(self) -> None:
        self._consumer.close()


class ShareMember:
    """A share consumer with explicit acknowledgement."""

    def __init__(self, config: Mapping[str, str], busy: Queue[Any]) -> None:
        given = dict(config)
        self._consumer = confluent_kafka.ShareConsumer(
            {"fetch.wait.max.ms": "50", "share.acknowledgement.mode": "explicit", **given}
        )
        self._busy = busy
        self._ahead: list[LiveRecord] = []
        self._undecided: set[tuple[str, int, int]] = set()

    def subscribe(self, topics: tuple[str, ...], pattern: str | None) -> None:
        self._consumer.subscribe([*topics, *([] if pattern is None else [pattern])])

    def drain(self, within_s: float) -> None:
        """Poll once unless something was polled and not yet given to anyone."""
        if not self._ahead and not self._undecided:
            self._ahead = self._polled(within_s)

    def _polled(self, within_s: float) -> list[LiveRecord]:
        found = []
        for message in self._consumer.poll(timeout=within_s):
            error = message.error()
            if error is None:
                found.append(_record(message, message.delivery_count()))
            elif as_number(error) not in _PASSING:
                raise trouble(as_number(error), error.str())
        self._undecided |= {one[:3] for one in found}
        return found

    def poll(self, within_ms: int) -> tuple[LiveRecord, ...]:
        if self._ahead:
            found, self._ahead = self._ahead, []
            return tuple(found)
        if self._undecided:
            raise LiveRefused("STATE", "records without an acknowledgement")
        end_s = monotonic() + max(within_ms / 1000, _SHARE_WAIT_S)
        while (left_s := end_s - monotonic()) > 0 and self._busy.empty():
            found = self._polled(min(left_s, 0.1))
            if found:
                return tuple(found)
        return ()

    def acknowledge(self, record: LiveRecord, kind: str) -> None:
        if kind == "RENEW":
            raise LiveSilent("not executed (the client library knows no RENEW)")
        how = getattr(confluent_kafka.AcknowledgeType, kind)
        place = (record.topic, record.partition, record.offset)
        self._undecided.discard(place)
        try:
            self._consumer.acknowledge_offset(*place, how)
        except confluent_kafka.KafkaException:
            raise
        except Exception as error:
            # the library knows by itself that it holds the record no more
            raise LiveRefused("INVALID_RECORD_STATE", type(error).__name__) from None
        for refused in self._consumer.commit_sync(timeout=ANSWER_S).values():
            if refused is not None:
                raise trouble(as_number(refused.args[0]), refused.args[0].str())

    def close(self) -> None:
        self._consumer.close()


def _anchored(pattern: str) -> str:
    return "^" + pattern.removeprefix("^").removesuffix("$") + "$"


# The program


def send(stream: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value)
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next value; EOFError at the end."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    return pickle.loads(stream.read(struct.unpack(">I", head)[0]))


def _read_all(stream: IO[bytes], into: Queue[Any]) -> None:
    try:
        while True:
            into.put(receive(stream))
    except (EOFError, OSError, pickle.UnpicklingError):
        into.put(None)


def answer(member: Any, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """What came of one request: ``done``, ``refused`` or ``silent``, and its details."""
    try:
        return ("done", getattr(member, name)(*arguments))
    except LiveRefused as refused:
        return ("refused", refused.code, refused.text)
    except LiveSilent as silent:
        return ("silent", str(silent))
    except confluent_kafka.KafkaException as error:
        found = trouble(as_number(error.args[0]), error.args[0].str())
        if isinstance(found, LiveRefused):
            return ("refused", found.code, found.text)
        return ("silent", str(found))
    except confluent_kafka.KafkaError as error:
        # what a callback raised
        return ("silent", error.str())
    except Exception as error:
        # preview parts of the library raise what they like
        return ("refused", "STATE", f"{type(error).__name__}: {error}")


class _Makers:
    group = GroupMember
    share = ShareMember


_MAKERS = _Makers()


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    requests: Queue[Any] = Queue()
    Thread(target=_read_all, args=(incoming, requests), daemon=True).start()
    first = requests.get()
    if first is None:
        return
    number, kind, config = first
    made = answer(_MAKERS, kind, (config, requests))
    if made[0] != "done":
        send(outgoing, (number, made))
        return
    member = made[1]
    send(outgoing, (number, ("done", None)))
    looping = False
    while True:
        try:
            request = requests.get(timeout=0 if looping else None)
        except Empty:
            answer(member, "drain", (SLICE_S,))
            continue
        if request is None:
            answer(member, "close", ())
            return
        number, name, arguments = request
        if name == "loop":
            looping = arguments[0]
            send(outgoing, (number, ("done", None)))
            continue
        send(outgoing, (number, answer(member, name, arguments)))


def main() -> None:
    serve(sys.stdin.buffer, sys.stdout.buffer)
