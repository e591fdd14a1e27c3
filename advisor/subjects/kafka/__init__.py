"""Scenarios in Kafka's own calls: a topic, a compacted topic, a share group."""

from advisor.subjects.kafka.model_client import model_client
from advisor.subjects.kafka.session import open_session
from advisor.subjects.kafka.variants import SUPPORTED_OPTIONS, VARIANTS

__all__ = ["SUPPORTED_OPTIONS", "VARIANTS", "model_client", "open_session"]
