"""Scenarios in RabbitMQ's own calls."""

from advisor.domain.version import BrokerVersion
from advisor.subjects.rabbitmq.client_on_model import ModelClient
from advisor.subjects.rabbitmq.protocol import RabbitMQClient
from advisor.subjects.rabbitmq.session import SUPPORTED_OPTIONS, VARIANTS, open_session


def model_client(version: BrokerVersion) -> RabbitMQClient:
    """A client on a fresh model broker of this version."""
    return ModelClient(version)


__all__ = ["SUPPORTED_OPTIONS", "VARIANTS", "model_client", "open_session"]
