"""The variants of each option: the name, one line, and the design that makes it."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.subjects.kafka.design import (
    COMPACTED,
    SHARE,
    TOPIC,
    Design,
    FlushEveryMessage,
    LongerLock,
    PauseAndResume,
    PollInterval,
    RaisedMessageLimit,
)
from advisor.subjects.kafka.dispatching import OutOfOrderCompletion
from advisor.subjects.kafka.identity import DeduplicationTable, Outbox
from advisor.subjects.kafka.priorities import TopicPerPriority
from advisor.subjects.kafka.replies import ReplyTopic
from advisor.subjects.kafka.retrying import RetryTopic
from advisor.subjects.kafka.routing import Router, TopicPerRoutingKey
from advisor.subjects.kafka.share_reader import LockRenewal
from advisor.subjects.kafka.timing import DelayScheduler, ExpiryCheck

_EVERYWHERE: Mapping[str, tuple[str, type[Design]]] = {
    "topic-per-routing-key": ("a topic for each routing key", TopicPerRoutingKey),
    "router": ("an own consumer forwards into a topic for each group", Router),
    "delay-scheduler": ("an own program forwards delayed records when due", DelayScheduler),
    "topic-per-priority": ("readers ask the topics in order of priority", TopicPerPriority),
    "expiry-check": ("readers throw away what is past its deadline", ExpiryCheck),
    "reply-topic": ("a reply partition for each requester, and correlation", ReplyTopic),
    "flush-every-message": ("flush.messages=1 on the topic", FlushEveryMessage),
    "raised-message-limit": ("max.message.bytes and max.request.size", RaisedMessageLimit),
    "deduplication-table": ("readers remember what they have done", DeduplicationTable),
    "outbox": ("an outbox table and a forwarder", Outbox),
}
_CONSUMER_GROUPS: Mapping[str, tuple[str, type[Design]]] = {
    "retry-topic": ("failed records go to a topic for another attempt", RetryTopic),
    "poll-interval": ("max.poll.interval.ms above the longest task", PollInterval),
    "pause-and-resume": ("a thread works while the loop polls on", PauseAndResume),
    "out-of-order-completion": ("a dispatcher hands records to workers", OutOfOrderCompletion),
}
_SHARE_GROUPS: Mapping[str, tuple[str, type[Design]]] = {
    "longer-lock": ("share.record.lock.duration.ms=60000", LongerLock),
    "lock-renewal": ("readers renew the lock of what they work on", LockRenewal),
}

DESIGNS: Mapping[str, Mapping[str, tuple[str, type[Design]]]] = {
    TOPIC: {**_EVERYWHERE, **_CONSUMER_GROUPS},
    COMPACTED: {**_EVERYWHERE, **_CONSUMER_GROUPS},
    SHARE: {**_EVERYWHERE, **_SHARE_GROUPS},
}
SUPPORTED_OPTIONS = frozenset(DESIGNS)
VARIANTS: Mapping[str, Mapping[str, str]] = {
    option: {name: line for name, (line, _) in designs.items()}
    for option, designs in DESIGNS.items()
}
