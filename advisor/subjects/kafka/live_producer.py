"""A producer on a real cluster: one record at a time, each waited for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import confluent_kafka

from advisor.subjects.kafka import protocol as native
from advisor.subjects.kafka.live_raw import RawClient, batch_of
from advisor.subjects.kafka.live_settings import (
    LiveRefused,
    LiveSilent,
    as_number,
    to_librdkafka,
    trouble,
)

TURN_S = 0.05
KNOWN_S = 5.0
# keys go where the Java client sends them; its size limit, not librdkafka's
_DEFAULTS = {
    "partitioner": "murmur2_random",
    "linger.ms": "0",
    "message.max.bytes": "1048576",
    "statistics.interval.ms": "100",
}


class _Statistics:
    """What the library tells of itself; knows no producer, so that none is kept alive by it."""

    def __init__(self) -> None:
        self.identity = (-1, -1)

    def __call__(self, text: str) -> None:
        known = json.loads(text).get("eos", {})
        self.identity = (known.get("producer_id", -1), known.get("producer_epoch", -1))


class LiveProducer:
    """Methods raise LiveRefused, LiveSilent or the library's own KafkaException."""

    def __init__(self, settings: Mapping[str, str], config: Mapping[str, str]) -> None:
        self._settings = settings
        self._config = config
        self._statistics = _Statistics()
        self._sent: dict[native.TopicPartition, tuple[native.Produce, int]] = {}
        self._counts: dict[native.TopicPartition, int] = {}
        self._client: Any = confluent_kafka.Producer(
            {**settings, **_DEFAULTS, **to_librdkafka(config), "stats_cb": self._statistics}
        )

    @property
    def _transactional_id(self) -> str | None:
        return self._config.get("transactional.id")

    @property
    def _idempotent(self) -> bool:
        return bool(self._transactional_id) or self._config.get("enable.idempotence") == "true"

    def produce(self, one: native.Produce) -> native.TopicPartition:
        told: list[tuple[Any, Any]] = []
        given: dict[str, Any] = {"partition": -1 if one.partition is None else one.partition}
        if one.timestamp_ms is not None:
            given["timestamp"] = one.timestamp_ms
        self._client.produce(
            one.topic, one.value, one.key, headers=list(one.headers),
            on_delivery=lambda error, message: told.append((error, message)), **given,
        )  # fmt: skip
        while not told:
            self._client.poll(TURN_S)
        error, message = told[0]
        if error is not None:
            raise trouble(as_number(error), error.str())
        place = (str(message.topic()), int(message.partition()))
        self._counts[place] = self._counts.get(place, 0) + 1
        self._sent[place] = (one, message.timestamp()[1])
        return place

    def produce_batch(self, one: native.ProduceBatch) -> None:
        """By a producer of its own that lingers; the first error stands for all."""
        if self._transactional_id is not None:
            raise LiveSilent("not executed (a batch in a transaction)")
        client: Any = confluent_kafka.Producer(
            {**self._settings, **_DEFAULTS, **to_librdkafka(self._config), "linger.ms": "300"}
        )
        client.list_topics(one.topic, timeout=KNOWN_S)
        told: list[Any] = []
        for key, value, stamp in one.records:
            given = {} if stamp is None else {"timestamp": stamp}
            client.produce(
                one.topic, value, key, partition=one.partition,
                on_delivery=lambda error, _: told.append(error), **given,
            )  # fmt: skip
        client.flush()
        for error in told:
            if error is not None:
                raise trouble(as_number(error), error.str())

    def refresh(self, topic: str) -> None:
        """Ask for the topic's partitions now, not in five minutes."""
        self._client.list_topics(topic, timeout=KNOWN_S)

    def resend_last(
        self, place: native.TopicPartition, raw: RawClient, leader: tuple[str, int]
    ) -> None:
        """The last record once more, as the library does when an acknowledgement is lost."""
        one, timestamp_ms = self._sent[place]
        producer = (-1, -1, -1)
        if self._idempotent:
            end_s = monotonic() + KNOWN_S
            while self._statistics.identity[0] < 0 and monotonic() < end_s:
                self._client.poll(TURN_S)
            if self._statistics.identity[0] < 0:
                raise LiveSilent("the library does not tell its producer id")
            producer = (*self._statistics.identity, self._counts[place] - 1)
        batch = batch_of(
            one.key, one.value, one.headers,
            timestamp_ms=timestamp_ms or int(time.time() * 1000), producer=producer,
            transactional=self._transactional_id is not None,
        )  # fmt: skip
        acks = int(self._config.get("acks", "-1"))
        raw.send_again(
            place, batch, acks=acks, leader=leader, transactional_id=self._transactional_id
        )

    # Transactions

    def _needs_id(self) -> None:
        if self._transactional_id is None:
            raise LiveRefused("STATE", "no transactional.id")

    def _in_time(self, call: Callable[[float], Any]) -> None:
        self._needs_id()
        call(60.0)

    def init_transactions(self) -> None:
        self._in_time(self._client.init_transactions)
        self._counts.clear()

    def begin_transaction(self) -> None:
        self._needs_id()
        self._client.begin_transaction()

    def send_offsets(self, offsets: Mapping[native.TopicPartition, int], group: bytes) -> None:
        self._needs_id()
        places = [
            confluent_kafka.TopicPartition(topic, number, offset)
            for (topic, number), offset in offsets.items()
        ]
        self._client.send_offsets_to_transaction(places, group, 60.0)

    def commit_transaction(self) -> None:
        self._in_time(self._client.commit_transaction)

    def abort_transaction(self) -> None:
        self._in_time(self._client.abort_transaction)
