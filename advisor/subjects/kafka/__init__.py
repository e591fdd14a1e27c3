"""Scenarios in Kafka's own calls: a topic, a compacted topic, a share group."""

import os

from advisor.subjects.kafka.model_client import model_client
from advisor.subjects.kafka.protocol import KafkaClient
from advisor.subjects.kafka.session import open_session
from advisor.subjects.kafka.variants import SUPPORTED_OPTIONS, VARIANTS


def reach(host: str, login: str | None = None) -> KafkaClient:
    """A client on the cluster that answers at ``host`` (``name:port``).

    ``login`` is ``name:password``, for SASL; all other security settings come from the environment
    (see ``live_settings``). ConnectionError if nobody answers.
    """
    from advisor.subjects.kafka.live_client import LiveClient
    from advisor.subjects.kafka.live_settings import connection_settings

    return LiveClient(connection_settings(host, login, os.environ))


__all__ = ["SUPPORTED_OPTIONS", "VARIANTS", "model_client", "open_session", "reach"]
