"""Scenarios in RabbitMQ's own calls."""

import os

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import RabbitMQClient
from advisor.subjects.rabbitmq.session import SUPPORTED_OPTIONS, VARIANTS, open_session


def model_client(version: BrokerVersion) -> RabbitMQClient:
    """A client on a fresh model broker of this version."""
    return ModelClient(version)


def reach(host: str, login: str | None = None) -> RabbitMQClient:
    """A client on the broker at ``host`` (``name``, ``name:port`` or ``name:port/vhost``).

    ``login`` is ``name:password``; without it those of the URL in ADVISOR_RABBITMQ_URL, or the
    broker's own guest. ConnectionError if nobody answers or lets us in.
    """
    from advisor.subjects.rabbitmq import live_reach

    return live_reach.reach(host, login, os.environ.get("ADVISOR_RABBITMQ_URL"))


__all__ = ["SUPPORTED_OPTIONS", "VARIANTS", "model_client", "open_session", "reach"]
